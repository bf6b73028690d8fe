"""Slow ways around the head: where something is at any moment, a pure function of seed and time."""

import math
from typing import Protocol

from bot.audio.chance import Dice


class Path(Protocol):
    def azimuth_deg(self, at_s: float) -> float:
        """Return where it is, 0 ahead, positive right, -180..180."""
        ...


class Passes:
    """To and fro between two sides, each pass about `pass_s` seconds long, never twice as far or as fast.

    It eases in and out of its turns.
    """

    def __init__(self, seed: int, stream: int, sides_deg: tuple[float, float], pass_s: float) -> None:
        self._seed = seed
        self._stream = stream
        self._sides = sides_deg
        self._pass_s = pass_s

    def azimuth_deg(self, at_s: float) -> float:
        index = math.floor(at_s / self._pass_s)
        while self._turn_s(index) > at_s:
            index -= 1
        while self._turn_s(index + 1) <= at_s:
            index += 1
        start, end = self._turn_s(index), self._turn_s(index + 1)
        way = (at_s - start) / (end - start)
        eased = way * way * (3.0 - 2.0 * way)  # no cosine: its last bit is not the same on every machine
        here, there = self._side(index), self._side(index + 1)
        return here + (there - here) * eased

    def _turn_s(self, index: int) -> float:
        return (index + Dice(self._seed, self._stream, index).uniform(-0.18, 0.18)) * self._pass_s

    def _side(self, index: int) -> float:
        low, high = self._sides
        dice = Dice(self._seed, self._stream, index)
        dice.uniform()  # the first draw was the time
        reach = dice.uniform(0.6, 1.0)
        middle, half = (low + high) / 2.0, (high - low) / 2.0
        return middle + (half if index % 2 else -half) * reach


class Circle:
    """Round and round, `circle_s` seconds a turn, beginning where it is told."""

    def __init__(self, azimuth_deg: float, circle_s: float) -> None:
        self._azimuth_deg = azimuth_deg
        self._circle_s = circle_s

    def azimuth_deg(self, at_s: float) -> float:
        turned = self._azimuth_deg + 360.0 * at_s / self._circle_s
        return (turned + 180.0) % 360.0 - 180.0
