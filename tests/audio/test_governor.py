import numpy as np
import pyloudnorm
import pytest

from bot.audio.gains import ramp
from bot.audio.governor import LIMIT_LUFS, Governor
from bot.audio.opus import SAMPLE_RATE, Pcm

METER = pyloudnorm.Meter(SAMPLE_RATE, block_size=3.0)


def through(pcm: Pcm, block: int = 1920) -> Pcm:
    governor = Governor()
    blocks = [pcm[i : i + block] for i in range(0, len(pcm), block)]
    return np.concatenate([b * ramp(*governor.gain(b), len(b)) for b in blocks])


def noise(amplitude: float, seconds: float = 8.0) -> Pcm:
    n = round(seconds * SAMPLE_RATE)
    return (np.random.default_rng(1).standard_normal((n, 2)) * amplitude).astype(np.float32)


def short_term(pcm: Pcm) -> list[float]:
    step, window = SAMPLE_RATE // 4, 3 * SAMPLE_RATE
    return [METER.integrated_loudness(pcm[i : i + window]) for i in range(0, len(pcm) - window + 1, step)]


@pytest.mark.parametrize("amplitude", [0.05, 0.1, 0.2])
def test_three_seconds_are_never_too_loud(amplitude: float):
    swelling = noise(amplitude) * np.minimum(1.0, np.arange(8 * SAMPLE_RATE) / SAMPLE_RATE)[:, None].astype(
        np.float32
    )
    assert max(short_term(through(swelling))) <= LIMIT_LUFS


def test_a_sleeping_level_is_left_alone():
    quiet = noise(0.015)
    assert np.array_equal(through(quiet), quiet)


def test_it_lets_go_slowly():
    pcm = np.concatenate([noise(0.3, 2.0), noise(0.01, 6.0)])
    gain_db = 20 * np.log10(np.abs(through(pcm)[::480, 0] / pcm[::480, 0]))
    after = gain_db[250:]
    assert np.diff(after).max() < 0.02
    assert after[-1] > after[0] + 3.0


def test_a_sound_that_comes_far_too_loud_is_held_from_its_first_moment():
    rising = noise(0.35) * np.minimum(1.0, np.arange(8 * SAMPLE_RATE) / (3 * SAMPLE_RATE))[:, None].astype(
        np.float32
    )
    for block in (960, 1920, 3840):
        assert max(short_term(through(rising, block))) <= LIMIT_LUFS
    levels = 20 * np.log10(np.abs(through(rising)[SAMPLE_RATE:]).reshape(-1, 4800, 2).max(axis=(1, 2)))
    assert levels.min() > levels.max() - 12.0, "held down, not cut out"
