"""Every loop that is shipped: small, dark, endless without a seam, with a still, and without flashes.

General flash and red flash as WCAG 2.3.1 defines them, but stricter: the standard allows three flashes a
second, or more where they are small. Here no spot may flash three times in any second, and hardly any twice.
"""

import io
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bot.audio.library import Library
from bot.content.care import CareContent
from bot.content.texts import Texts
from bot.pictures.files import LARGEST_BYTES
from bot.pictures.gallery import SCENE_NAMES, Gallery, breath_name
from bot.pictures.scenes import SCENES

LOOPS = Path(str(files("bot.pictures"))) / "loops"
CONTENT = CareContent.load(Library.load().triggers)
BREATHS = {breath_name(p.breath): p.breath for p in CONTENT.practices.values() if p.breath is not None}
NAMES = [*SCENE_NAMES, *BREATHS]


def frames_of(data: bytes) -> tuple[np.ndarray, float]:
    """Return sRGB frames, shape (n, h, w, 3) at a quarter of the size, and frames a second.

    The encoder keeps what does not change as one longer frame; here it is several again.
    """
    frames, lengths = [], []
    with Image.open(io.BytesIO(data)) as picture:
        for index in range(picture.n_frames):
            picture.seek(index)
            small = picture.convert("RGB").resize((120, 80), Image.Resampling.BOX)
            frames.append(np.asarray(small, np.float32) / 255.0)
            lengths.append(picture.info["duration"])
    shortest = int(np.gcd.reduce(lengths))
    return np.repeat(np.stack(frames), np.array(lengths) // shortest, axis=0), 1000.0 / shortest


def linear(frames: np.ndarray) -> np.ndarray:
    return np.where(frames <= 0.04045, frames / 12.92, ((frames + 0.055) / 1.055) ** 2.4)


def luminance(frames: np.ndarray) -> np.ndarray:
    """Relative luminance (WCAG 2), 0 to 1."""
    return linear(frames) @ np.array([0.2126, 0.7152, 0.0722])


def swings(luminances: np.ndarray, depth: float) -> np.ndarray:
    """Return where, in the loop played twice, each pixel changes direction by at least `depth`; booleans."""
    played = np.concatenate([luminances, luminances])
    low = high = played[0].copy()
    direction = np.zeros(played.shape[1:], int)
    turned = np.zeros(played.shape, bool)
    for number, frame in enumerate(played[1:], 1):
        low, high = np.minimum(low, frame), np.maximum(high, frame)
        risen = (frame - low >= depth) & (direction <= 0)
        fallen = (high - frame >= depth) & (direction >= 0)
        turned[number] = risen | fallen
        direction = np.where(risen, 1, np.where(fallen, -1, direction))
        low, high = np.where(turned[number], frame, low), np.where(turned[number], frame, high)
    return turned


def flashes_in_a_second(luminances: np.ndarray, fps: float, depth: float = 0.1) -> np.ndarray:
    """Return the pairs of opposing changes of each pixel within the second that ends with each frame."""
    so_far = np.cumsum(swings(luminances, depth), axis=0, dtype=np.int32)
    second = max(1, round(fps))
    within = so_far.copy()
    within[second:] -= so_far[:-second]
    return within / 2


def assert_nothing_flashes(luminances: np.ndarray, fps: float) -> None:
    flashes = flashes_in_a_second(luminances, fps)
    assert flashes.max() < 3.0
    assert (flashes > 1.0).mean(axis=(1, 2)).max() < 0.001, "a snowflake may pass where one just was"


@pytest.mark.parametrize("name", NAMES)
def test_a_loop_is_small_and_moves_slowly_in_the_dark(name: str) -> None:
    data = (LOOPS / f"{name}.webp").read_bytes()
    assert len(data) < LARGEST_BYTES
    frames, fps = frames_of(data)
    assert 5.0 <= len(frames) / fps <= 20.0
    brightness = luminance(frames)
    assert brightness.mean() < 0.10
    assert brightness.max() < 0.45


@pytest.mark.parametrize("name", NAMES)
def test_nothing_flashes(name: str) -> None:
    frames, fps = frames_of((LOOPS / f"{name}.webp").read_bytes())
    brightness = luminance(frames)
    assert_nothing_flashes(brightness, fps)
    red = linear(frames)[..., 0] / np.maximum(linear(frames).sum(axis=-1), 1e-3)
    bright_enough = linear(frames).sum(axis=-1) > 0.05
    assert not ((red >= 0.8) & bright_enough).any(), "no saturated red"
    whole = brightness.mean(axis=(1, 2))
    assert np.abs(np.diff(np.append(whole, whole[0]))).max() < 0.01, "the picture as a whole never jumps"


def test_the_flash_test_finds_a_flash_however_seldom() -> None:
    blinking = np.zeros((120, 8, 8))
    blinking[40:52:4, 2, 2] = 0.3  # one pixel, three times in one second of ten
    with pytest.raises(AssertionError):
        assert_nothing_flashes(blinking, 12.0)
    assert_nothing_flashes(np.tile(np.linspace(0.0, 0.4, 120)[:, None, None], (1, 8, 8)), 12.0)


@pytest.mark.parametrize("name", NAMES)
def test_the_last_frame_leads_into_the_first(name: str) -> None:
    frames, _ = frames_of((LOOPS / f"{name}.webp").read_bytes())
    steps = np.abs(np.diff(frames, axis=0)).mean(axis=(1, 2, 3))
    seam = float(np.abs(frames[-1] - frames[0]).mean())
    assert seam <= max(np.percentile(steps, 95) * 1.5, 0.002)


@pytest.mark.parametrize("name", NAMES)
def test_every_loop_has_a_still_of_one_frame_and_words(name: str) -> None:
    with Image.open(LOOPS / f"{name}.still.webp") as still, Image.open(LOOPS / f"{name}.webp") as moving:
        assert getattr(still, "n_frames", 1) == 1
        assert moving.n_frames > 50
        assert moving.info["loop"] == 0
        assert still.size == moving.size
    key = name if name in SCENE_NAMES else "breath"
    assert len(Texts.load().get(f"guide.picture.{key}")) > 20


@pytest.mark.parametrize("name", SCENE_NAMES)
def test_what_is_shipped_is_what_the_code_draws(name: str) -> None:
    frames, _ = frames_of((LOOPS / f"{name}.webp").read_bytes())
    scene, _, _ = SCENES[name]
    for index in (0, len(frames) // 3):
        drawn = (np.clip(scene(index / len(frames)), 0.0, 1.0) * 255).astype(np.uint8)
        small = Image.fromarray(drawn).resize((120, 80), Image.Resampling.BOX)
        assert np.abs(np.asarray(small, np.float32) / 255.0 - frames[index]).mean() < 0.02


@pytest.mark.parametrize("name", BREATHS)
def test_a_breath_grows_holds_and_shrinks_in_its_own_time(name: str) -> None:
    pattern = BREATHS[name]
    frames, fps = frames_of((LOOPS / f"{name}.webp").read_bytes())
    assert len(frames) / fps == pytest.approx(pattern.length_s, abs=0.1)
    size = luminance(frames).mean(axis=(1, 2))
    full_s = pattern.inhale_s + pattern.top_s
    largest_s = float(np.argmax(size)) / fps
    assert full_s - 0.6 <= largest_s <= full_s + pattern.hold_s + 0.3
    smallest = size[-max(1, round(pattern.rest_s * fps * 0.8)) :]
    assert smallest.max() < size.min() + 0.3 * (size.max() - size.min())


async def test_a_breath_that_is_not_shipped_is_drawn(tmp_path: Path) -> None:
    pattern = next(iter(BREATHS.values())).model_copy(
        update={"inhale_s": 1.0, "exhale_s": 1.0, "hold_s": 0.0, "rest_s": 0.0}
    )
    animation = await Gallery(tmp_path).breath(pattern)
    frames, fps = frames_of(animation.moving)
    assert len(frames) / fps == pytest.approx(pattern.length_s, abs=0.1)
