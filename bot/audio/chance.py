"""Seeded chance that is the same everywhere: counter-based integers and exact arithmetic only.

No libm and no generator state: every number is a pure function of (seed, stream, index, draw), so any moment
of a night can be computed without the moments before it, on any machine, to the bit.
"""

from typing import Final

_MASK: Final = (1 << 64) - 1
_GOLDEN: Final = 0x9E3779B97F4A7C15


def mix64(value: int) -> int:
    """Scramble 64 bits: the finaliser of SplitMix64 (Steele, Lea & Flood 2014)."""
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB & _MASK
    return value ^ (value >> 31)


def key64(text: str) -> int:
    """Turn a name into 64 bits (FNV-1a, then scrambled)."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 & _MASK
    return mix64(value)


class Dice:
    """A short row of numbers for one thing (a grain, a phrase, an event)."""

    __slots__ = ("_state",)

    def __init__(self, seed: int, stream: int, index: int) -> None:
        self._state = mix64(mix64(mix64(seed & _MASK) ^ stream) + (index & _MASK) * _GOLDEN & _MASK)

    def integer(self, below: int) -> int:
        """Return one of 0..below-1."""
        self._state = (self._state + _GOLDEN) & _MASK
        return mix64(self._state) * below >> 64

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """Return a float in [low, high)."""
        return low + (high - low) * (self.integer(1 << 53) / (1 << 53))

    def normal(self) -> float:
        """Return roughly a standard normal: twelve uniforms less six, so never beyond ±6."""
        return sum(self.uniform() for _ in range(12)) - 6.0

    def around(self, mean: float, cv: float) -> float:
        """Return a positive span of the given mean, spread by `cv` and never under a seventh of the mean."""
        return mean * max(1.0 / 7.0, 1.0 + cv * self.normal())
