"""Whispered lines of a guide: soft, near one ear, swelled in and out, gone and back without a jump."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import signal

from bot.audio.engine import SourceShelf
from bot.audio.library import Library
from bot.audio.loudness import true_peak_dbtp
from bot.audio.mix import Layer, Mix, Plan
from bot.audio.mixer import Mixer
from bot.audio.opus import SAMPLE_RATE, Pcm
from bot.audio.render import render
from bot.audio.score import Bell, Whisper, shifted, whispers_of, without_whispers
from bot.audio.whispering import LONGEST_S
from bot.content.whispered import TRIGGERS, WHISPERING, bank_of, whispered_lines
from tests.audio.test_guidance import BED_LUFS, momentary_lufs

LIBRARY = Library.load()
SHELF = SourceShelf(LIBRARY)
SPOKEN = ("gentle-lines", "practice-lines")
RAIN = Mix((Layer("rain"),))


def sound_of(*lines: Whisper, seconds: float, block: int = 1920) -> Pcm:
    source, n = SHELF.open(lines, 0), round(seconds * SAMPLE_RATE)
    return np.concatenate([source.render(at, min(block, n - at)) for at in range(0, n, block)])


def db(pcm: Pcm) -> float:
    return float(10 * np.log10(np.mean(pcm.astype(float) ** 2)))


def n_lines(trigger: str) -> int:
    events = LIBRARY.triggers[trigger].events
    assert events is not None
    return len(events.bank)


def test_every_line_lies_in_its_triggers_bank() -> None:
    assert set(LIBRARY.triggers) >= WHISPERING
    for kind in ("gentle", "practice", "words"):
        events = LIBRARY.triggers[TRIGGERS[kind]].events
        lines = whispered_lines()[kind]
        assert events is not None
        assert len(events.bank) == len(lines)
        # More sounds take longer: the lines lie in the bank in the order of the file.
        n_sounds, lengths = [len(line.sounds) for line in lines], [shot.frames for shot in events.bank]
        assert np.corrcoef(n_sounds, lengths)[0, 1] > 0.7
        for index, line in enumerate(lines):
            assert bank_of(line.text) == (TRIGGERS[kind], index)
    assert bank_of("You are getting sleepy.") is None


@pytest.mark.parametrize("trigger", SPOKEN)
def test_a_line_is_soft_and_heard_over_the_bed(trigger: str) -> None:
    for shot in range(n_lines(trigger)):
        pcm = sound_of(Whisper(0.0, trigger, shot, 40.0), seconds=LONGEST_S)
        assert BED_LUFS + 3.0 <= momentary_lufs(pcm).max() <= BED_LUFS + 6.0, shot
        assert true_peak_dbtp(pcm) < -9.0, shot


@pytest.mark.parametrize("trigger", SPOKEN)
def test_a_line_swells_in_and_out(trigger: str) -> None:
    pcm = np.abs(sound_of(Whisper(0.5, trigger, 5, -40.0), seconds=5.0)).max(axis=1)
    assert not pcm[: SAMPLE_RATE // 2].any()
    assert not pcm[-SAMPLE_RATE // 4 :].any()
    sounding = np.flatnonzero(pcm)
    for edge in (pcm[sounding[0] :][:960], pcm[: sounding[-1]][-960:]):
        assert edge.max() < 0.1 * pcm.max(), "20 ms at either end"


def test_lines_come_to_one_ear_and_then_to_the_other() -> None:
    lines = Whisper(0.0, "gentle-lines", 3, -40.0), Whisper(5.0, "gentle-lines", 3, 40.0)
    pcm = sound_of(*lines, seconds=10.0)
    left, right = (db(ear) for ear in pcm[: 5 * SAMPLE_RATE].T)
    assert left > right + 3.0
    left, right = (db(ear) for ear in pcm[5 * SAMPLE_RATE :].T)
    assert right > left + 3.0


def test_any_block_is_the_same_however_it_is_reached() -> None:
    lines = Whisper(0.7, "gentle-lines", 3, -40.0), Whisper(4.0, "practice-lines", 20, 40.0)
    whole = sound_of(*lines, seconds=8.0)
    np.testing.assert_allclose(sound_of(*lines, seconds=8.0, block=999), whole, atol=1e-6)


def test_in_a_mix_the_line_is_heard_and_never_startles() -> None:
    line = Whisper(6.0, "practice-lines", 5, 40.0)
    plain = np.concatenate(list(render(LIBRARY, Plan(RAIN, 7), 9.0)))
    whispered = np.concatenate(list(render(LIBRARY, Plan(RAIN, 7, (line,)), 9.0)))
    band = signal.butter(4, (400.0, 1500.0), "bandpass", fs=SAMPLE_RATE, output="sos")
    heard, bed = (signal.sosfilt(band, pcm, axis=0) for pcm in (whispered, plain))
    line_at, before = (
        slice(round(6.05 * SAMPLE_RATE), round(6.45 * SAMPLE_RATE)),
        slice(4 * SAMPLE_RATE, 6 * SAMPLE_RATE),
    )
    assert db(heard[line_at]) > db(bed[line_at]) + 4.0
    assert db(heard[before]) == pytest.approx(db(bed[before]), abs=0.5)
    assert momentary_lufs(whispered[4 * SAMPLE_RATE :]).max() <= momentary_lufs(plain).max() + 6.0


def test_taken_away_midway_a_line_fades_and_returns_swelling() -> None:
    """Somebody who blocks whispering comes in the middle of a line, and goes again; the bell rings on."""
    score = Bell(0.0), Whisper(1.0, "gentle-lines", 10, 40.0)
    quiet = Plan(RAIN, 7, without_whispers(score))
    mixer, bed = Mixer(Plan(RAIN, 7, score), SHELF.open), Mixer(quiet, SHELF.open)
    changes = {40: quiet, 60: Plan(RAIN, 7, score)}
    """Blocks of 40 ms: at 1.6 s and at 2.4 s."""
    blocks = []
    for index in range(100):
        if index in changes:
            mixer.change(changes[index])
        blocks.append(mixer.render(index * 1920, 1920) - bed.render(index * 1920, 1920))
    line, whole = np.concatenate(blocks), sound_of(Whisper(1.0, "gentle-lines", 10, 40.0), seconds=4.0)
    np.testing.assert_allclose(line[: 40 * 1920], whole[: 40 * 1920], atol=1e-4)
    fading = slice(42 * 1920, 60 * 1920)
    assert db(whole[fading]) - 3.0 < db(line[fading]) < db(whole[fading]) - 0.1
    # Going and coming lines together are never more than one; no block begins elsewhere than the last ended.
    assert np.abs(line).max() <= np.abs(whole).max() + 1e-4
    usual = max(float(np.abs(step).max()) for step in np.diff(whole, axis=0))
    assert max(float(np.abs(after[0] - before[-1]).max()) for before, after in pairwise(blocks)) <= usual


def test_a_line_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="has no line 99"):
        SHELF.open((Whisper(0.0, "gentle-lines", 99),), 0)
    with pytest.raises(KeyError):
        SHELF.open((Whisper(0.0, "rain", 0),), 0)
    for at_s, shot, azimuth_deg in ((-1.0, 0, 0.0), (0.0, -1, 0.0), (0.0, 0, 120.0)):
        with pytest.raises(ValueError, match=r"\w"):
            Whisper(at_s, "gentle-lines", shot, azimuth_deg)


def test_a_score_is_taken_apart_and_moved() -> None:
    line = Whisper(3.0, "gentle-lines", 1, 40.0)
    assert whispers_of((Bell(2.0), line)) == (line,)
    assert without_whispers((Bell(2.0), line)) == (Bell(2.0),)
    assert shifted((Bell(2.0), line), 10.0) == (Bell(12.0), Whisper(13.0, "gentle-lines", 1, 40.0))
