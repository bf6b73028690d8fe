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
from bot.audio.schedule import BedSchedule, EventSchedule

HEARD_S: Final = 90.0
"""What is measured of each sound: long enough for the sparsest."""
_TENTH: Final = SAMPLE_RATE // 10
_BANDS_HZ: Final = ((100.0, 500.0), (500.0, 2_000.0), (2_000.0, 10_000.0))
_BRIGHT_BY_NATURE: Final = frozenset({"crickets", "birds"})
"""Animals that sing where ears are sharpest; they are kept low instead."""

_CYCLES: Final = frozenset({"clock", "cat-purr"})
"""What has a beat or a breath of its own, which is no loop."""
_NIGHT_S: Final = 8 * 3600
_HIGH: Final = signal.butter(4, 5_000.0, "highpass", fs=SAMPLE_RATE, output="sos")


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
    cancelled_db: float
    """What one loudspeaker playing both ears loses at most, in any octave, of their two powers: 0 where they
    are independent or only one hears anything, under 0 where they agree, over 0 only where they cancel."""
    coherence_low: float
    coherence_mid: float
    coherence_high: float
    floor_db: float
    """Quietest tenth of a second that is heard, below the level."""
    interval_cv: float | None
    twins: float | None
    """Likeness of the two most alike one-shots, 0..1."""
    seam_pct: float | None
    """Roughness where grains join, as a percentile among inner points; mean of the joins heard."""
    repeat: float
    """Highest likeness of the fine envelope with itself at any lag over 20 s; of a bed, over eight hours."""


def assay(library: Library, trigger_id: str, seconds: float = HEARD_S, seed: int = 1) -> Assay:
    """Play a sound alone at house level, as the mixer gets it, and measure it."""
    trigger = library.triggers[trigger_id]
    shelf = SourceShelf(library)
    source = shelf.open(Layer(trigger_id), seed)
    pcm = np.concatenate([source.render(s * SAMPLE_RATE, SAMPLE_RATE) for s in range(round(seconds))])
    short = loudness.short_term_lufs(pcm)
    spectra = measured_spectra(pcm)
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
        cancelled_db=spectra.cancelled_db(),
        coherence_low=low,
        coherence_mid=mid,
        coherence_high=high,
        floor_db=_floor_db(pcm),
        interval_cv=_interval_cv(trigger, seed),
        twins=_twins(trigger, file),
        seam_pct=_joins_pct(trigger, file, pcm, seed),
        repeat=heard_again(pcm) if trigger.bed is None else heard_again_in_a_night(trigger, file, seed),
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
    hold("sharp_db", -99.0, -3.0 if trigger.texture_class in _BRIGHT_BY_NATURE else -7.5)
    hold("dc", 0.0, 2e-4)
    hold("cancelled_db", -99.0, 3.0)
    hold("floor_db", -60.0, 0.0)
    if trigger.id not in _CYCLES:
        hold("repeat", -1.0, 0.3)
    if trigger.bed:
        hold("level_lufs", -31.0 if (assay_.raw_crest_db or 0.0) < 26.0 else -44.0, -29.0)
        hold("seam_pct", 0.0, 95.0)
        hold("coherence_low", 0.3, 1.0)
        hold("coherence_high", 0.05, 0.95)
    if trigger.events:
        hold("twins", 0.0, 0.997)
        if trigger.events.interval_cv > 0.12:
            hold("interval_cv", 0.3, 2.5)
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
class Spectra:
    """Power of each ear and their crossing over frequency, means over windows of 2048 frames."""

    hz: NDArray[np.float64]
    left: NDArray[np.float64]
    right: NDArray[np.float64]
    cross: NDArray[np.complex128]

    def coherence(self, low_hz: float, high_hz: float) -> float:
        """Return how alike the ears are in a band, 0..1."""
        band = (self.hz >= low_hz) & (self.hz < high_hz)
        both = math.sqrt(self.left[band].sum() * self.right[band].sum() + 1e-30)
        return float(np.abs(self.cross[band]).sum() / both)

    def cancelled_db(self) -> float:
        """Return `Assay.cancelled_db`, of octaves that begin half an octave apart."""
        lost = []
        for low_hz in np.geomspace(125.0, 5_657.0, 12):
            band = (self.hz >= low_hz) & (self.hz < 2.0 * low_hz)
            both = self.left[band].sum() + self.right[band].sum()
            mono = both + 2.0 * self.cross[band].real.sum()
            lost.append(10.0 * np.log10(max(both, 1e-30) / max(mono, 1e-30)))
        return float(max(lost))

    def sharp_db(self) -> float:
        """Return `Assay.sharp_db`."""
        mono = self.left + self.right + 2.0 * self.cross.real
        sharp = mono[(self.hz > 4_000.0) & (self.hz < 6_300.0)].sum()
        return float(10.0 * np.log10(max(sharp, 1e-20) / max(mono.sum(), 1e-20)))


def measured_spectra(pcm: Pcm, n: int = 2_048) -> Spectra:
    """Measure a sound of shape (frames, 2)."""
    window = np.hanning(n).astype(np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(pcm, n, axis=0)[:: n // 2]
    powers, cross = np.zeros((2, n // 2 + 1)), np.zeros(n // 2 + 1, np.complex128)
    for start in range(0, len(windows), 500):
        ears = np.fft.rfft(windows[start : start + 500] * window, axis=2)
        powers += (np.abs(ears) ** 2).sum(axis=0)
        cross += (ears[:, 0] * ears[:, 1].conj()).sum(axis=0)
    hz: NDArray[np.float64] = np.fft.rfftfreq(n, 1.0 / SAMPLE_RATE).astype(np.float64)
    return Spectra(hz, powers[0], powers[1], cross)


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
    return _percentile(_roughness(file[-2 * window :], file[: 2 * window]), _inner(file, window))


def _joins_pct(trigger: Trigger, file: Pcm, pcm: Pcm, seed: int, window: int = 4_800) -> float | None:
    """Rate the middles of the crossfades that were heard, and return their mean."""
    if trigger.bed is None:
        return None
    schedule = BedSchedule(seed, trigger.id, trigger.bed, len(file))
    middles = [grain.start + schedule.crossfade // 2 for grain in schedule.between(0, len(pcm))]
    inside = [at for at in middles if 2 * window <= at <= len(pcm) - 2 * window]
    inner = _inner(pcm, window)
    rated = [
        _percentile(_roughness(pcm[at - 2 * window : at], pcm[at : at + 2 * window]), inner) for at in inside
    ]
    return float(np.mean(rated))


def _inner(pcm: Pcm, window: int) -> NDArray[np.float64]:
    points = np.random.default_rng(0).integers(2 * window, len(pcm) - 2 * window, 300)
    return np.array([_roughness(pcm[at - 2 * window : at], pcm[at : at + 2 * window]) for at in points])


def _percentile(found: tuple[float, float, float], inner: NDArray[np.float64]) -> float:
    return float(max((inner[:, i] <= found[i]).mean() * 100.0 for i in range(3)))


def _roughness(before: Pcm, after: Pcm) -> tuple[float, float, float]:
    joined, middle = np.concatenate([before, after]), len(before)
    jump = np.abs(np.diff(joined, axis=0))[middle - 2 : middle + 1].max()
    click = np.abs(signal.sosfilt(_HIGH, joined, axis=0)[middle - 2 : middle + 48]).max()
    n = len(before) // 2
    levels = [_octaves_db(part.mean(axis=1)) for part in (before[-n:], after[:n])]
    return float(jump), float(click), float(np.sqrt(np.mean((levels[0] - levels[1]) ** 2)))


def _octaves_db(sound: NDArray[np.float32]) -> NDArray[np.float64]:
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2 + 1e-12
    edges = np.unique(np.geomspace(5, len(power) - 1, 13).astype(int))
    bands: NDArray[np.float64] = 10.0 * np.log10(np.add.reduceat(power, edges[:-1]) / np.diff(edges))
    return bands


def heard_again(pcm: Pcm) -> float:
    """Return the highest likeness of a sound, shape (n, 2), with itself 20 s and more later, -1..1."""
    return _repeat(_changes(pcm))


def heard_again_in_a_night(trigger: Trigger, file: Pcm, seed: int) -> float:
    """Return the same for eight hours of a bed. Raises ValueError for what is no bed."""
    return _repeat(_night(trigger, file, seed))


def _changes(pcm: Pcm) -> NDArray[np.float64]:
    """How the envelope changes, 50 a second, in six octaves; shape (6, n)."""
    mono = pcm.mean(axis=1)
    step = SAMPLE_RATE // 50
    n = len(mono) // step
    rows = []
    for low_hz in 125.0 * 2.0 ** np.arange(6):
        band = signal.butter(2, (low_hz, 2.0 * low_hz), "bandpass", fs=SAMPLE_RATE, output="sos")
        envelope = np.sqrt((signal.sosfilt(band, mono)[: n * step] ** 2).reshape(n, step).mean(axis=1))
        rows.append(np.diff(envelope**0.6, append=envelope[-1] ** 0.6))
    return np.array(rows)


def _night(trigger: Trigger, file: Pcm, seed: int) -> NDArray[np.float64]:
    """Lay the changes of a bed's file out as its grains do through a night; shape (6, n)."""
    if trigger.bed is None:
        raise ValueError(f"{trigger.id} is no bed")
    changes, step = _changes(file), SAMPLE_RATE // 50
    night = np.zeros((len(changes), _NIGHT_S * 50))
    schedule = BedSchedule(seed, trigger.id, trigger.bed, len(file))
    for grain in schedule.between(0, _NIGHT_S * SAMPLE_RATE):
        first = max(grain.start + schedule.crossfade // 2, 0)
        n = min((grain.end - schedule.crossfade // 2 - first) // step, night.shape[1] - first // step)
        at = (grain.offset + first - grain.start) // step
        n = max(0, min(n, changes.shape[1] - at))
        night[:, first // step : first // step + n] = changes[:, at : at + n]
    return night


def _repeat(changes: NDArray[np.float64]) -> float:
    """Correlate changes with themselves 20 s and more later; the highest likeness at any lag."""
    rows = changes - changes.mean(axis=1, keepdims=True)
    rows /= np.maximum(rows.std(axis=1, keepdims=True), 1e-12)
    n = rows.shape[1]
    size = 1 << (2 * n).bit_length()
    power = sum(np.abs(np.fft.rfft(row, size)) ** 2 for row in rows)
    alike = np.fft.irfft(power, size)[:n]
    alike *= n / np.maximum(n - np.arange(n), n // 3) / alike[0]
    return float(alike[20 * 50 : n * 2 // 3].max())
