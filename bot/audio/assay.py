"""Measuring a sound as it is delivered: levels, peaks, ears, spectrum, events, seams; and the limits."""

import math
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from bot.audio import loudness
from bot.audio.codec import decode
from bot.audio.engine import SourceShelf
from bot.audio.library import Library, Trigger
from bot.audio.mix import Layer
from bot.audio.opus import SAMPLE_RATE, Pcm
from bot.audio.schedule import EventSchedule

HEARD_S: Final = 90.0
"""What is measured of each sound: long enough for the sparsest."""
_TENTH: Final = SAMPLE_RATE // 10
_BANDS_HZ: Final = ((100.0, 500.0), (500.0, 2_000.0), (2_000.0, 10_000.0))
_BRIGHT_BY_NATURE: Final = frozenset({"crickets", "birds"})
"""Animals that sing where ears are sharpest; they are kept low instead."""


@dataclass(frozen=True)
class Assay:
    """Levels in dB; a None does not apply. See `faults` for what each must hold."""

    sound: str
    kind: str
    level_lufs: float
    peak_dbtp: float
    raw_crest_db: float | None
    crest_db: float
    startle_db: float
    """How far 0.4 s rise at most over the three seconds before, or over the level where those are quieter."""
    range_lu: float
    """Short-term loudness, 95th less 10th percentile."""
    sharp_db: float
    """Power between 4 and 6.3 kHz against all of it."""
    dc: float
    mono_loss_db: float
    """What one loudspeaker loses at most in an octave, beyond the ears' powers' mean."""
    coherence_low: float
    coherence_mid: float
    coherence_high: float
    floor_db: float
    """Quietest tenth of a second that is heard, below the level."""
    interval_cv: float | None
    twins: float | None
    """Likeness of the two most alike one-shots, 0..1."""
    seam_pct: float | None
    """Percentile, among inner points, of the roughest of the seams between grains."""
    repeat: float
    """Highest likeness of the fine envelope with itself at any lag over 20 s."""


def assay(library: Library, trigger_id: str, seconds: float = HEARD_S, seed: int = 1) -> Assay:
    """Play a sound alone at house level, as the mixer gets it, and measure it."""
    trigger = library.triggers[trigger_id]
    shelf = SourceShelf(library)
    source = shelf.open(Layer(trigger_id), seed)
    pcm = np.concatenate([source.render(s * SAMPLE_RATE, SAMPLE_RATE) for s in range(round(seconds))])
    short = loudness.short_term_lufs(pcm)
    spectra = _spectra(pcm)
    low, mid, high = (spectra.coherence(*band) for band in _BANDS_HZ)
    peak = loudness.true_peak_dbtp(pcm)
    rms_db = float(10.0 * np.log10(np.mean(pcm.astype(np.float64) ** 2) + 1e-20))
    level = loudness.integrated_lufs(pcm)
    file = decode(library.audio_file(trigger_id).read_bytes())
    return Assay(
        sound=trigger_id,
        kind="bed" if trigger.bed else "events",
        level_lufs=level,
        peak_dbtp=peak,
        raw_crest_db=trigger.raw_crest_db,
        crest_db=peak - rms_db,
        startle_db=_startle_db(pcm, level),
        range_lu=float(np.percentile(short, 95) - np.percentile(short, 10)),
        sharp_db=spectra.sharp_db(),
        dc=float(np.abs(pcm.mean(axis=0)).max()),
        mono_loss_db=spectra.mono_loss_db(),
        coherence_low=low,
        coherence_mid=mid,
        coherence_high=high,
        floor_db=_floor_db(pcm),
        interval_cv=_interval_cv(trigger, seed),
        twins=_twins(trigger, file),
        seam_pct=seam_percentile(file) if trigger.bed else None,
        repeat=_repeat(pcm),
    )


def faults(assay_: Assay, trigger: Trigger) -> list[str]:
    """Say what a sound does that it must not; empty when all is well."""
    found: list[str] = []

    def hold(name: str, least: float, most: float) -> None:
        value = getattr(assay_, name)
        if value is not None and not least <= value <= most:
            found.append(f"{name} is {value:.2f}, not within {least:g}..{most:g}")

    hold("level_lufs", -44.0, -27.0 if trigger.events else -29.0)
    hold("peak_dbtp", -99.0, -9.0 + 0.5)
    hold("startle_db", -99.0, 10.0)
    hold("sharp_db", -99.0, -3.0 if trigger.texture_class in _BRIGHT_BY_NATURE else -8.5)
    hold("dc", 0.0, 2e-4)
    hold("mono_loss_db", -99.0, 6.2)
    hold("floor_db", -60.0, 0.0)
    hold("repeat", -1.0, 0.3)
    if trigger.bed:
        hold("level_lufs", -31.0 if (assay_.raw_crest_db or 0.0) < 26.0 else -38.0, -29.0)
        hold("seam_pct", 0.0, 95.0)
        hold("coherence_low", 0.3, 1.0)
        hold("coherence_high", 0.05, 0.95)
    if trigger.events:
        hold("twins", 0.0, 0.997)
        if trigger.events.interval_cv > 0.12:
            hold("interval_cv", 0.35, 2.5)
    return found


def table(rows: list[Assay]) -> str:
    """Lay assays out as a Markdown table."""
    names = [field.name for field in fields(Assay)]
    heads = [name.replace("_", " ") for name in names]
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(_shown(getattr(row, name)) for name in names) + " |" for row in rows]
    return "\n".join(lines)


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.0e}" if 0.0 < abs(value) < 0.005 else f"{value:.2f}"
    return str(value)


def _startle_db(pcm: Pcm, level: float) -> float:
    """Compare each 0.4 s with the three seconds before it, or with the level where those are quieter."""
    momentary, before = loudness.momentary_lufs(pcm)[30:], loudness.short_term_lufs(pcm)
    n = min(len(momentary), len(before))
    return float(np.max(momentary[:n] - np.maximum(before[:n], level)))


@dataclass(frozen=True)
class _Spectra:
    """Power of each ear and their crossing over frequency, means over windows of 2048 frames."""

    hz: NDArray[np.float64]
    left: NDArray[np.float64]
    right: NDArray[np.float64]
    cross: NDArray[np.complex128]

    def coherence(self, low_hz: float, high_hz: float) -> float:
        band = (self.hz >= low_hz) & (self.hz < high_hz)
        both = math.sqrt(self.left[band].sum() * self.right[band].sum() + 1e-30)
        return float(np.abs(self.cross[band]).sum() / both)

    def mono_loss_db(self) -> float:
        losses = []
        for low_hz in np.geomspace(125.0, 5_657.0, 12):
            band = (self.hz >= low_hz) & (self.hz < 2.0 * low_hz)
            both = self.left[band].sum() + self.right[band].sum()
            mono = both + 2.0 * self.cross[band].real.sum()
            losses.append(10.0 * np.log10(2.0 * both / max(mono, 1e-30)))
        return float(max(losses))

    def sharp_db(self) -> float:
        mono = self.left + self.right + 2.0 * self.cross.real
        sharp = mono[(self.hz > 4_000.0) & (self.hz < 6_300.0)].sum()
        return float(10.0 * np.log10(max(sharp, 1e-20) / max(mono.sum(), 1e-20)))


def _spectra(pcm: Pcm, n: int = 2_048) -> _Spectra:
    window = np.hanning(n).astype(np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(pcm, n, axis=0)[:: n // 2]
    powers, cross = np.zeros((2, n // 2 + 1)), np.zeros(n // 2 + 1, np.complex128)
    for start in range(0, len(windows), 500):
        ears = np.fft.rfft(windows[start : start + 500] * window, axis=2)
        powers += (np.abs(ears) ** 2).sum(axis=0)
        cross += (ears[:, 0] * ears[:, 1].conj()).sum(axis=0)
    hz: NDArray[np.float64] = np.fft.rfftfreq(n, 1.0 / SAMPLE_RATE).astype(np.float64)
    return _Spectra(hz, powers[0], powers[1], cross)


def _floor_db(pcm: Pcm) -> float:
    n = len(pcm) // _TENTH
    power = (pcm[: n * _TENTH].astype(np.float64) ** 2).mean(axis=1).reshape(n, -1).mean(axis=1)
    return float(10.0 * np.log10(max(power.min(), 1e-20) / power.mean()))


def _interval_cv(trigger: Trigger, seed: int) -> float | None:
    if trigger.events is None:
        return None
    schedule = EventSchedule(seed, trigger.id, trigger.events)
    at = np.array([event.at for event in schedule.between(0, 600 * SAMPLE_RATE)], np.float64)
    gaps = np.diff(at)
    return float(gaps.std() / gaps.mean())


def _twins(trigger: Trigger, file: Pcm) -> float | None:
    """Correlate all pairs of one-shots, each of unit energy."""
    if trigger.events is None:
        return None
    longest = max(segment.frames for segment in trigger.events.bank)
    rows = np.zeros((len(trigger.events.bank), longest), np.float32)
    for row, segment in zip(rows, trigger.events.bank, strict=True):
        row[: segment.frames] = file[segment.start : segment.start + segment.frames].mean(axis=1)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return float((np.abs(rows @ rows.T) - np.eye(len(rows))).max())


def seam_percentile(file: Pcm, window: int = 4_800) -> float:
    """Rate a file's end against its start among inner points: jump, click, step of spectrum; the worst."""
    rng = np.random.default_rng(0)
    high = signal.butter(4, 5_000.0, "highpass", fs=SAMPLE_RATE, output="sos")
    inner = [
        _roughness(file[at - 2 * window : at], file[at : at + 2 * window], high)
        for at in rng.integers(2 * window, len(file) - 2 * window, 300)
    ]
    seam = _roughness(file[-2 * window :], file[: 2 * window], high)
    return float(max((np.array(inner)[:, i] <= seam[i]).mean() * 100.0 for i in range(3)))


def _roughness(before: Pcm, after: Pcm, high: NDArray[np.float64]) -> tuple[float, float, float]:
    joined, middle = np.concatenate([before, after]), len(before)
    jump = np.abs(np.diff(joined, axis=0))[middle - 2 : middle + 1].max()
    click = np.abs(signal.sosfilt(high, joined, axis=0)[middle - 2 : middle + 48]).max()
    n = len(before) // 2
    levels = [_octaves_db(part.mean(axis=1)) for part in (before[-n:], after[:n])]
    return float(jump), float(click), float(np.sqrt(np.mean((levels[0] - levels[1]) ** 2)))


def _octaves_db(sound: NDArray[np.float32]) -> NDArray[np.float64]:
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2 + 1e-12
    edges = np.unique(np.geomspace(5, len(power) - 1, 13).astype(int))
    bands: NDArray[np.float64] = 10.0 * np.log10(np.add.reduceat(power, edges[:-1]) / np.diff(edges))
    return bands


def _repeat(pcm: Pcm) -> float:
    """Correlate the envelope's changes, 50 a second in eight bands, with themselves 20 s and more later."""
    mono = pcm.mean(axis=1)
    step = SAMPLE_RATE // 50
    n = len(mono) // step
    changes = []
    for low_hz in 125.0 * 2.0 ** np.arange(6):
        band = signal.butter(2, (low_hz, 2.0 * low_hz), "bandpass", fs=SAMPLE_RATE, output="sos")
        envelope = np.sqrt((signal.sosfilt(band, mono)[: n * step] ** 2).reshape(n, step).mean(axis=1))
        change = np.diff(envelope**0.6)
        changes.append((change - change.mean()) / max(float(change.std()), 1e-12))
    rows = np.array(changes)
    size = 1 << (2 * n).bit_length()
    alike = np.fft.irfft((np.abs(np.fft.rfft(rows, size, axis=1)) ** 2).mean(axis=0), size)[:n]
    alike *= n / np.maximum(n - np.arange(n), n // 3) / alike[0]
    return float(alike[20 * 50 : n * 2 // 3].max())
