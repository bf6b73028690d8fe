"""Finishing of one-shots: a silent lead-in, no rumble, a soft end, and levels that differ a little."""

import numpy as np
from scipy import signal

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.noise import Curve, Signal, value_at
from bot.audio.synth.rendering import ONSET_S


def finished(dry: Signal, rng: np.random.Generator, spread_db: float = 3.0) -> Signal:
    """Return a one-shot: `dry`, shape (n,), after the lead-in, its peak within spread_db of 1."""
    shot = np.concatenate([np.zeros(round(ONSET_S * SAMPLE_RATE)), dry])
    high_pass = signal.butter(2, 45.0, "highpass", fs=SAMPLE_RATE, output="sos")
    clean: Signal = signal.sosfilt(high_pass, shot)
    n = min(len(clean) // 4, SAMPLE_RATE // 4)
    clean[-n:] *= np.cos(np.pi / 2.0 * np.arange(1, n + 1) / n) ** 2
    clean *= 10.0 ** (-float(rng.uniform(0.0, spread_db)) / 20.0) / np.abs(clean).max()
    return clean


def toned(sound: Signal, tone_db: Curve) -> Signal:
    """Shape a one-shot's spectrum by a curve; minimum phase, so that nothing rings before its onset."""
    n = 4096
    hz = np.fft.rfftfreq(n, 1.0 / SAMPLE_RATE).astype(np.float64)
    log_gain = value_at(tone_db, hz) * np.log(10.0) / 20.0
    cepstrum = np.fft.irfft(log_gain, n)
    cepstrum[1 : n // 2] *= 2.0
    cepstrum[n // 2 + 1 :] = 0.0
    taps = np.fft.irfft(np.exp(np.fft.rfft(cepstrum, n)), n)
    shaped: Signal = signal.oaconvolve(sound, taps[: n // 2])[: len(sound)]
    return shaped


def band_noise(rng: np.random.Generator, n: int, tone_db: Curve, from_hz: float = 20.0) -> Signal:
    """Noise of a colour, shape (n,), unit RMS; nothing is below from_hz, which a slow flutter has lower."""
    hz = np.fft.rfftfreq(n, 1.0 / SAMPLE_RATE).astype(np.float64)
    spectrum = np.fft.rfft(rng.standard_normal(n)) * 10.0 ** (value_at(tone_db, hz) / 20.0)
    spectrum[hz < from_hz] = 0.0
    noise: Signal = np.fft.irfft(spectrum, n)
    noise /= np.sqrt(np.mean(noise**2))
    return noise


def place(out: Signal, sound: Signal, at: int, gain: float = 1.0) -> None:
    """Add a sound into a longer one; what runs over its end is cut."""
    at = max(at, 0)
    end = min(len(out), at + len(sound))
    if end > at:
        out[at:end] += gain * sound[: end - at]
