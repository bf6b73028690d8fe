"""A code and a seed are one night: the same schedule to the last frame everywhere, and the same sound."""

import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from bot.audio.arc import arc_from, falls
from bot.audio.code import decode, encode
from bot.audio.engine import SourceShelf
from bot.audio.library import Bed, Events, Library, Segment, Trigger
from bot.audio.mix import Layer, Mix, Place, Plan
from bot.audio.mixer import Mixer
from bot.audio.opus import SAMPLE_RATE, Pcm
from bot.audio.render import render
from bot.audio.schedule import BedSchedule, EventSchedule

pytestmark = pytest.mark.timeout(300)
ROOT = Path(__file__).parents[2]
MINUTE, HOUR = 60 * SAMPLE_RATE, 3600 * SAMPLE_RATE
SEED = 2026
MIX = Mix(
    (
        Layer("rain"),
        Layer("wood-tapping", -6.0, Place(-60.0, 0.5)),
        Layer("crickets", -3.0, Place(30.0, 2.0, 90.0)),
    )
)


def night(trigger: Trigger, seed: int, place: Place | None = None) -> Iterator[str]:
    """Yield every grain and event of three hours spread over a night, with all that is known of each."""
    for hour in (0, 3, 7):
        span = hour * HOUR, (hour + 1) * HOUR
        if trigger.bed is not None:
            yield from map(repr, BedSchedule(seed, trigger.id, trigger.bed, 2 * MINUTE).between(*span))
        elif trigger.events is not None:
            arc = arc_from(0, 120.0, "rain", 0.0)
            for event in EventSchedule(seed, trigger.id, trigger.events, place).between(*span):
                yield f"{event!r} {falls(arc, seed, trigger.id, event.at)}"


def digest_of(code: str, seed: int) -> str:
    library, digest = Library.load(), hashlib.sha256()
    for layer in decode(code, library.triggers).layers:
        for line in night(library.triggers[layer.trigger], seed, layer.place):
            digest.update(line.encode())
    return digest.hexdigest()


def in_another_process(code: str, seed: int, hash_seed: str) -> str:
    script = (
        "import sys; from tests.audio.test_same_night import digest_of;"
        " print(digest_of(sys.argv[1], int(sys.argv[2])))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, code, str(seed)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_a_code_and_a_seed_are_one_schedule_in_every_process() -> None:
    code = encode(MIX)
    here = digest_of(code, SEED)
    assert here == in_another_process(code, SEED, "1")
    assert here == in_another_process(code.lower().replace("-", " "), SEED, "2")
    assert here != in_another_process(code, SEED + 1, "1")


def test_the_schedule_is_the_one_it_always_was() -> None:
    """Fixed numbers, so that another machine, Python or version of ours cannot quietly give another night."""
    facts = {
        "id": "known", "name": "Known", "family": "noise", "synonyms": (), "goes_with": (), "gain_db": 0.0,
        "description": "Only for this test.", "evidence": "tradition", "source": "a test",
        "level_lufs": -30.0, "recipe": "test",
    }  # fmt: skip
    bed = Trigger(**facts, bed=Bed(grain_s=(9.0, 16.0), crossfade_s=3.0))
    events = Events(
        bank=tuple(Segment(start=i * 9600, frames=9600) for i in range(12)),
        floor=Segment(start=200_000, frames=960_000),
        interval_s=0.5,
        interval_cv=0.6,
        phrase_events=6.0,
        pause_s=1.5,
        gain_spread_db=3.0,
        azimuth_deg=(-80.0, 80.0),
        distance_m=(0.15, 0.5),
        pass_s=11.0,
    )
    tapping = Trigger(**facts, events=events)
    beating = Trigger(**facts, events=events.model_copy(update={"interval_cv": 0.05, "pass_s": None}))
    digests = [
        hashlib.sha256("".join(night(each, SEED)).encode()).hexdigest() for each in (bed, tapping, beating)
    ]
    assert digests == [
        "b421e931939586100a1036628f02de6cb603a0cd6a038c712b8e2e71be30df52",
        "5687e027203ba59e7c9d181876e9bd114010006784f22206f7572cdbf75a20af",
        "e68d38d17f21777125fd7faeb9e391cf2c134b0322363942b4fb5220915b6be0",
    ]


def test_a_code_and_a_seed_are_the_same_sound_whatever_else_the_process_does(tmp_path: Path) -> None:
    """To the bit on one machine, rendered by the command while this process renders it too."""
    code, library = encode(MIX), Library.load()
    out = tmp_path / "night.wav"
    command = [sys.executable, "-m", "bot", "sounds", "render", "--code", code, "--seed", str(SEED)]
    done = subprocess.Popen([*command, "--seconds", "12", "--out", str(out)], cwd=ROOT)
    mine: list[Pcm] = []
    plan = Plan(decode(code, library.triggers), SEED)
    worker = threading.Thread(target=lambda: mine.extend(render(library, plan, 12.0)))
    worker.start()
    worker.join()
    assert done.wait() == 0
    theirs = decoded_wav(out)
    assert len(theirs) == 12 * SAMPLE_RATE
    difference = np.abs(theirs - np.concatenate(mine))
    assert difference.max() <= 1.0 / 2**23, "but for the file's 24 bits"
    other = np.concatenate(list(render(library, Plan(plan.mix, SEED + 1), 6.0)))
    assert rms_db(other - theirs[: len(other)]) > -60.0, "another seed is another night"


@pytest.mark.parametrize("at_s", [0.0, 1800.0, 6.5 * 3600])
def test_any_moment_is_the_same_sound_however_one_comes_to_it(at_s: float) -> None:
    """From a fresh mixer in the middle of the night, and in other blocks: within -80 dBFS."""
    plan = Plan(decode(encode(MIX), Library.load().triggers), SEED)
    shelf = SourceShelf(Library.load())
    first, n = round(at_s * SAMPLE_RATE), 6 * SAMPLE_RATE
    straight = np.concatenate([Mixer(plan, shelf.open).render(first, n)])
    stepwise = Mixer(plan, shelf.open)
    parts, at = [], first - 3 * SAMPLE_RATE
    for size in (3 * SAMPLE_RATE, 960, 4800, 1000, 7, *[3840] * 90):
        parts.append(stepwise.render(at, size))
        at += size
    walked = np.concatenate(parts)[3 * SAMPLE_RATE :][:n]
    assert rms_db(walked - straight) < -80.0


def test_hours_are_rendered_in_constant_memory(tmp_path: Path) -> None:
    short, long = (peak_rss_mb(tmp_path / "night.ogg", seconds) for seconds in (15, 120))
    assert long < short + 12.0, "eight times as long takes no more memory"


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_whole_night_is_rendered_in_constant_memory(tmp_path: Path) -> None:
    out = tmp_path / "night.ogg"
    short, whole = peak_rss_mb(out, 60), peak_rss_mb(out, 8 * 3600)
    assert whole < short + 25.0
    with av.open(str(out)) as container:
        assert (container.duration or 0) / av.time_base == pytest.approx(8 * 3600.0, abs=0.1)


def test_a_wav_goes_on_beyond_four_gigabytes(tmp_path: Path) -> None:
    """Its header says so from the start: the marker is RF64's, or room for it is kept."""
    out = tmp_path / "night.wav"
    peak_rss_mb(out, 1)
    assert b"JUNK" in out.read_bytes()[:64]


def peak_rss_mb(out: Path, seconds: float) -> float:
    """Render a mix by the command line in a process of its own; return the most memory it held, MB."""
    command = ["sounds", "render", "--code", encode(MIX), "--seed", "1", "--out", str(out)]
    script = (
        "import resource, sys; from bot.cli import main; code = main(sys.argv[1:]);"
        " print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss); sys.exit(code)"
    )
    argv = [sys.executable, "-c", script, *command, "--seconds", str(seconds)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=True)
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return int(done.stdout.split()[-1]) / unit


def decoded_wav(path: Path) -> Pcm:
    with av.open(str(path)) as container:
        to_floats = av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE)
        blocks = [out.to_ndarray() for f in container.decode(audio=0) for out in to_floats.resample(f)]
    return np.concatenate(blocks, axis=1).T


def rms_db(pcm: Pcm) -> float:
    return float(10.0 * np.log10(np.mean(pcm.astype(np.float64) ** 2) + 1e-20))
