"""When water moves on a beach: swells in sets, the pieces they break in, the small waves between."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.audio.synth.noise import CONTROL_RATE, Signal


@dataclass(frozen=True)
class Surge:
    """One push of water: when it begins, its amplitude, where (-1 left..1 right), how it swells and dies."""

    at_s: float
    height: float
    side: float
    rise_s: float
    fall_s: float


@dataclass(frozen=True)
class Sea:
    """How the swells come, on a circle of time.

    sections: mean number of pieces a swell breaks in, along the shore, each lower by the factor
    section_decay. wavelet_s: mean time between the small waves that break all the while.
    """

    seconds: float = 84.0
    swells: int = 10
    lateness: float = 0.18
    """How far a swell may come early or late, as a share of the period."""
    swells_in_set: float = 4.7
    height_spread: float = 0.2
    sections: float = 3.0
    section_gap_s: float = 1.65
    section_decay: float = 0.65
    rise_s: tuple[float, float] = (0.5, 0.93)
    fall_s: tuple[float, float] = (0.41, 0.75)
    wavelet_s: float = 3.5


@dataclass(frozen=True)
class Swell:
    """One swell's breaking, its foam washing up the sand, and the water running back."""

    breaking: tuple[Surge, ...]
    wash: tuple[Surge, ...]
    backwash: Surge


def draw_swells(sea: Sea, rng: np.random.Generator) -> list[Swell]:
    return [_swell(sea, rng, index) for index in range(sea.swells)]


def _swell(sea: Sea, rng: np.random.Generator, index: int) -> Swell:
    at_s = (index + 0.5 + rng.uniform(-sea.lateness, sea.lateness)) * sea.seconds / sea.swells
    in_set = np.cos(2.0 * np.pi * index / sea.swells_in_set)
    chance = np.clip(rng.standard_normal(), -1.2, 1.0)
    height = float(np.exp(sea.height_spread * (0.6 * in_set + 0.5 * chance)))
    first, direction = rng.uniform(-0.8, 0.2), float(rng.choice((-1.0, 1.0)))
    breaking: list[Surge] = []
    for piece in range(max(2, rng.poisson(sea.sections))):
        side = float(np.clip(direction * (first + 0.4 * piece), -1.0, 1.0))
        size = height * rng.uniform(0.55, 1.0) * sea.section_decay**piece
        breaking.append(Surge(at_s, size, side, rng.uniform(*sea.rise_s), rng.uniform(*sea.fall_s)))
        at_s += sea.section_gap_s * rng.uniform(0.7, 1.6)
    backwash = Surge(at_s + 1.2, height, 0.3 * direction, rise_s=1.4, fall_s=1.3)
    return Swell(tuple(breaking), tuple(_wash(piece, rng) for piece in breaking), backwash)


def _wash(piece: Surge, rng: np.random.Generator) -> Surge:
    """Foam runs up the sand once the piece has broken, wider and slower than it."""
    at_s = piece.at_s + piece.rise_s + 0.1
    return Surge(at_s, 0.8 * piece.height, 0.6 * piece.side, rng.uniform(0.6, 1.1), rng.uniform(1.0, 1.8))


def draw_wavelets(sea: Sea, rng: np.random.Generator) -> list[Surge]:
    found: list[Surge] = []
    at_s = rng.uniform(0.0, sea.wavelet_s)
    end_s = at_s + sea.seconds - 0.5 * sea.wavelet_s
    while at_s < end_s:
        height = float(np.exp(0.4 * np.clip(rng.standard_normal(), -2.0, 1.2)))
        rise_s, fall_s = rng.uniform(0.3, 0.6), rng.uniform(0.3, 0.7)
        found.append(Surge(at_s, height, rng.uniform(-1.0, 1.0), rise_s, fall_s))
        at_s += sea.wavelet_s * rng.uniform(0.45, 1.55)
    return found


def power_at_ears(surges: Sequence[Surge], seconds: float, lean_db: float) -> Signal:
    """Add up the power of all surges at each ear over time, shape (2, control points).

    lean_db: level difference between the ears for a surge at the far side.
    """
    now = np.arange(round(seconds * CONTROL_RATE)) / CONTROL_RATE
    total = np.zeros((2, len(now)))
    for surge in surges:
        t = (now - surge.at_s) % seconds
        rising = np.sin(np.pi / 2.0 * np.minimum(t / surge.rise_s, 1.0)) ** 2
        shape = surge.height**2 * rising * np.exp(-np.maximum(t - surge.rise_s, 0.0) / surge.fall_s)
        lean = 10.0 ** (surge.side * lean_db / 20.0)
        total += shape * np.array([[1.0 / lean], [lean]])
    return total
