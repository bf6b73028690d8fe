"""Bells and breaths: soft attacks, nothing high, never much above the bed, the same from any moment on."""

import numpy as np
import pytest
from scipy import signal

from bot.audio.guidance import ScoreSource
from bot.audio.library import Library
from bot.audio.loudness import true_peak_dbtp
from bot.audio.mix import Layer, Mix, Plan
from bot.audio.opus import SAMPLE_RATE, Pcm
from bot.audio.render import render
from bot.audio.score import Bell, Breaths, Score, shifted

BED_LUFS = -30.0
PATTERNS = {
    "coherent": Breaths(0.0, 4, 5.5, 5.5),
    "box": Breaths(0.0, 4, 4.0, 4.0, 0.0, 4.0, 4.0),
    "4-7-8": Breaths(0.0, 3, 4.0, 8.0, 0.0, 7.0),
    "sigh": Breaths(0.0, 4, 2.5, 6.5, 1.0),
}


def sound_of(score: Score, seconds: float, block: int = 1920) -> Pcm:
    source = ScoreSource(score)
    n = round(seconds * SAMPLE_RATE)
    return np.concatenate([source.render(at, min(block, n - at)) for at in range(0, n, block)])


def momentary_lufs(pcm: Pcm) -> np.ndarray:
    """K-weighted loudness of every 400 ms, one a tenth of a second (BS.1770)."""
    k = [
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585],
        [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
    ]
    power = np.sum(signal.sosfilt(k, pcm.astype(float), axis=0) ** 2, axis=1)
    tenths = power[: len(power) // 4800 * 4800].reshape(-1, 4800).mean(axis=1)
    return -0.691 + 10 * np.log10(np.maximum(np.convolve(tenths, np.ones(4) / 4, "valid"), 1e-12))


def share_above(pcm: Pcm, hz: float) -> float:
    frequency, density = signal.welch(pcm[:, 0], SAMPLE_RATE, nperseg=8192)
    return float(density[frequency > hz].sum() / density.sum())


def test_a_bell_swells_in_over_more_than_80_ms() -> None:
    bell = np.abs(sound_of((Bell(0.5),), 3.0)).max(axis=1)
    at = 0.5 * SAMPLE_RATE
    assert not bell[: round(at)].any()
    envelope = np.maximum.reduceat(bell, np.arange(0, len(bell), 240))
    peak = envelope.max()
    rise = np.flatnonzero(envelope >= 0.9 * peak)[0] - np.flatnonzero(envelope >= 0.1 * peak)[0]
    assert rise * 240 / SAMPLE_RATE > 0.08


def test_a_bell_is_below_2_khz_and_at_most_6_db_above_the_bed() -> None:
    bell = sound_of((Bell(0.0),), 9.0)
    assert share_above(bell, 2000.0) < 1e-4
    assert momentary_lufs(bell).max() <= BED_LUFS + 6.0
    assert momentary_lufs(bell).max() >= BED_LUFS, "heard over the bed"
    assert true_peak_dbtp(bell) < -9.0


@pytest.mark.parametrize("name", PATTERNS)
def test_breaths_are_heard_over_the_bed_without_startling(name: str) -> None:
    breath = PATTERNS[name]
    pcm = sound_of((breath,), breath.length_s * breath.n_breaths)
    loudness = momentary_lufs(pcm)
    assert BED_LUFS <= loudness.max() <= BED_LUFS + 6.0
    assert share_above(pcm, 2000.0) < 0.01
    assert np.diff(loudness[loudness > -50.0]).max() < 10.0, "no tenth of a second jumps"


@pytest.mark.parametrize("name", PATTERNS)
def test_breathing_in_rises_and_breathing_out_falls(name: str) -> None:
    breath = PATTERNS[name]
    pcm = sound_of((breath,), breath.length_s)

    def centroid(start_s: float, end_s: float) -> float:
        part = pcm[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE), 0]
        frequency, density = signal.welch(part, SAMPLE_RATE, nperseg=8192)
        return float((frequency * density).sum() / density.sum())

    full, out = breath.inhale_s + breath.top_s, breath.length_s - breath.rest_s - breath.exhale_s
    assert centroid(0.2, full * 0.4) * 1.3 < centroid(full * 0.75, full)
    assert centroid(out + 0.1, out + breath.exhale_s * 0.3) > 1.3 * centroid(
        out + breath.exhale_s * 0.6, out + breath.exhale_s * 0.9
    )


def test_breaths_begin_and_end_in_silence() -> None:
    breath = Breaths(1.0, 2, 5.5, 5.5)
    pcm = np.abs(sound_of((breath,), 26.0)).max(axis=1)
    assert not pcm[: SAMPLE_RATE - 1].any()
    assert not pcm[round(23.01 * SAMPLE_RATE) :].any()
    assert pcm[round(22.97 * SAMPLE_RATE) :].max() < 0.002


def test_any_block_is_the_same_however_it_is_reached() -> None:
    score: Score = (Bell(2.0), Breaths(1.0, 3, 4.0, 4.0, 0.0, 4.0, 4.0))
    whole = sound_of(score, 12.0)
    np.testing.assert_allclose(sound_of(score, 12.0, block=999), whole, atol=1e-6)


def test_a_score_can_be_moved() -> None:
    score: Score = (Bell(2.0), Breaths(1.0, 3, 4.0, 6.0, 0.5, 1.0, 2.0))
    assert shifted(score, 10.0) == (Bell(12.0), Breaths(11.0, 3, 4.0, 6.0, 0.5, 1.0, 2.0))


@pytest.mark.parametrize(
    "bad", [lambda: Bell(-1.0), lambda: Breaths(0.0, 0, 4.0, 4.0), lambda: Breaths(0.0, 1, 0.0, 4.0)]
)
def test_what_cannot_sound_is_refused(bad: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        bad()  # type: ignore[operator]


def test_in_a_mix_the_bell_rings_over_the_bed_and_the_bed_stays() -> None:
    library = Library.load()
    mix = Mix((Layer("rain"),))
    plain = np.concatenate(list(render(library, Plan(mix, 7), 14.0)))
    belled = np.concatenate(list(render(library, Plan(mix, 7, (Bell(6.0),)), 14.0)))
    before, during = slice(4 * SAMPLE_RATE, 6 * SAMPLE_RATE), slice(6 * SAMPLE_RATE, 8 * SAMPLE_RATE)

    def level(pcm: Pcm, part: slice) -> float:
        low = signal.sosfilt(signal.butter(4, 300.0, fs=SAMPLE_RATE, output="sos"), pcm[part, 0])
        return float(10 * np.log10(np.mean(low**2)))

    assert level(belled, before) == pytest.approx(level(plain, before), abs=0.5)
    assert level(belled, during) > level(plain, during) + 6.0
    assert momentary_lufs(belled).max() <= momentary_lufs(plain).max() + 6.0


@pytest.mark.parametrize("name", PATTERNS)
def test_in_a_mix_a_breath_is_followed_by_ear_alone(name: str) -> None:
    """Between 200 and 900 Hz a breath at its height is louder than its ends by what an ear tells."""
    breath = PATTERNS[name]
    library = Library.load()
    score: Score = (Breaths(4.0, 1, *_times(breath)),)
    plan = Plan(Mix((Layer("rain"),)), 7, score)
    pcm = np.concatenate(list(render(library, plan, 4.0 + breath.length_s)))
    band = signal.butter(4, (200.0, 900.0), "bandpass", fs=SAMPLE_RATE, output="sos")
    heard = signal.sosfilt(band, pcm.mean(axis=1).astype(float))

    def level_db(start_s: float, length_s: float) -> float:
        part = heard[round(start_s * SAMPLE_RATE) : round((start_s + length_s) * SAMPLE_RATE)]
        return float(10 * np.log10(np.mean(part**2)))

    full_s = breath.inhale_s + breath.top_s
    brim = level_db(4.0 + full_s - 0.6, 0.6)
    assert brim > level_db(4.0, 0.4) + 3.0
    assert brim > level_db(4.0 + breath.length_s - 0.5, 0.5) + 3.0


def _times(breath: Breaths) -> tuple[float, ...]:
    return breath.inhale_s, breath.exhale_s, breath.top_s, breath.hold_s, breath.rest_s
