"""Loops slowed down and begun in the middle: the same frames at the right moments, and never a drift."""

import io
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bot.pictures.files import LARGEST_BYTES
from bot.pictures.tempo import retimed
from tests.pictures.test_loops import BREATHS, LOOPS, NAMES, assert_nothing_flashes, frames_of, luminance


class Film:
    """An animation as what is seen at any moment."""

    def __init__(self, data: bytes) -> None:
        self.frames, lengths = [], []
        with Image.open(io.BytesIO(data)) as picture:
            assert picture.info["loop"] == 0
            for index in range(picture.n_frames):
                picture.seek(index)
                self.frames.append(np.asarray(picture.convert("RGB"), np.float32))
                lengths.append(picture.info["duration"])
        self.ends_ms = list(accumulate(lengths))

    @property
    def length_ms(self) -> int:
        return self.ends_ms[-1]

    def at(self, ms: float) -> np.ndarray:
        moment = ms % self.length_ms
        return self.frames[next(i for i, end in enumerate(self.ends_ms) if moment < end)]


@pytest.mark.parametrize(
    ("pace", "from_s"), [(1.0, 0.0), (1.2, 0.0), (1.0, 5.03), (1.728, 9.77), (1.44, 33.3)]
)
@pytest.mark.parametrize("name", ["breath-4-0-4-4-4", "hands"])
def test_every_moment_shows_what_it_should(name: str, pace: float, from_s: float) -> None:
    loop = (LOOPS / f"{name}.webp").read_bytes()
    plain, slowed = Film(loop), Film(retimed(loop, pace, from_s))
    assert slowed.length_ms == pytest.approx(plain.length_ms * pace, abs=0.51)
    for share in np.linspace(0.003, 0.997, 40):
        at_ms = share * plain.length_ms
        seen = slowed.at(at_ms * pace)
        near = (plain.at(at_ms + from_s * 1000 + shift) for shift in (0.0, -1.0, 1.0))
        assert any(np.array_equal(seen, one) for one in near)


@pytest.mark.parametrize("name", NAMES)
def test_slowed_and_turned_a_loop_stays_small_whole_and_without_flashes(name: str) -> None:
    loop = (LOOPS / f"{name}.webp").read_bytes()
    slowed = retimed(loop, 1.2**3, 3.21)
    assert len(slowed) < LARGEST_BYTES
    assert len(slowed) < len(loop) * 1.1
    frames, fps = frames_of(retimed(loop, 2.0))
    assert_nothing_flashes(luminance(frames), fps)


@pytest.mark.parametrize("name", BREATHS)
def test_begun_at_a_breath_it_begins_with_breathing_in(name: str) -> None:
    pattern = BREATHS[name]
    film = Film(retimed((LOOPS / f"{name}.webp").read_bytes(), 1.2, 3 * pattern.length_s))
    sizes = [float(film.at(second * 1200.0).mean()) for second in np.arange(0.0, pattern.inhale_s, 0.5)]
    assert sizes[0] == min(sizes)
    assert sizes == sorted(sizes)


def test_what_does_not_move_is_refused(tmp_path: Path) -> None:
    still = (LOOPS / "candle.still.webp").read_bytes()
    for bad in (still, b"RIFF", b"", still[:40]):
        with pytest.raises(ValueError, match="WebP"):
            retimed(bad, 1.2)
