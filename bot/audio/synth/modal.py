"""Things that ring when struck: the modes of a wooden plate, the force of a fingertip."""

from dataclasses import dataclass

import numpy as np
from scipy import signal

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.noise import Signal


@dataclass(frozen=True)
class Plate:
    """A thin rectangular board with simply supported edges, stiffer along its grain.

    lowest_hz: its first mode. aspect: length over width. grain: stiffness along over across.
    loss, loss_per_khz: share of a mode's energy lost in a radian, and how that grows with frequency;
    wood's inner friction and its radiation make high modes die first.
    """

    lowest_hz: float
    aspect: float = 1.5
    grain: float = 9.0
    loss: float = 0.016
    loss_per_khz: float = 0.006
    support_per_s: float = 10.0
    """Decay that the hand holding it adds to every mode."""
    highest_hz: float = 9_000.0

    def modes(self) -> tuple[Signal, Signal]:
        """Return the mode numbers along and across, two arrays of equal length, lowest pitch first."""
        along, across = (grid.ravel() for grid in np.meshgrid(np.arange(1.0, 16.0), np.arange(1.0, 24.0)))
        hz = self.frequency_hz(along, across)
        order = np.argsort(hz, kind="stable")
        order = order[hz[order] <= self.highest_hz]
        return along[order], across[order]

    def frequency_hz(self, along: Signal, across: Signal) -> Signal:
        hz: Signal = self.lowest_hz * self._bending(along, across) / self._bending(np.ones(1), np.ones(1))
        return hz

    def _bending(self, along: Signal, across: Signal) -> Signal:
        x, y = (along / self.aspect) ** 2, across**2
        bending: Signal = np.sqrt(self.grain * x**2 + 2.0 * np.sqrt(self.grain) * 0.6 * x * y + y**2)
        return bending

    def decay_per_s(self, frequency_hz: Signal) -> Signal:
        """Amplitude decay rate: pi * f * loss(f), and the support's share."""
        loss = self.loss + self.loss_per_khz * frequency_hz / 1000.0
        return self.support_per_s + np.pi * frequency_hz * loss


@dataclass(frozen=True)
class Touch:
    """How a fingertip meets the plate.

    x, y: where, as shares of length and width. contact_s: how long it stays (Hertz: a soft pad 3 ms and
    more, a nail under 1 ms); the longer, the darker.
    """

    x: float
    y: float
    contact_s: float


def strike(plate: Plate, touch: Touch, seconds: float) -> Signal:
    """Return what the plate radiates from the first contact on, shape (n,), peak 1."""
    along, across = plate.modes()
    hz = plate.frequency_hz(along, across)
    t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    excited = np.sin(np.pi * along * touch.x) * np.sin(np.pi * across * touch.y)
    # The air hears acceleration, which favours high modes; many opposite patches cancel each other.
    radiated = excited * (hz / plate.lowest_hz) / (along * across) ** 0.5
    decay = plate.decay_per_s(hz)
    rings = radiated[:, None] * np.exp(-decay[:, None] * t) * np.sin(2.0 * np.pi * hz[:, None] * t)
    sound: Signal = signal.fftconvolve(rings.sum(axis=0), contact_force(touch.contact_s))[: len(t)]
    sound /= np.abs(sound).max()
    return sound


def contact_force(contact_s: float) -> Signal:
    """Force of an elastic contact over its time: half a sine to the power 1.5 (Hertz), sum 1."""
    n = max(4, round(contact_s * SAMPLE_RATE))
    force: Signal = np.sin(np.pi * (np.arange(n) + 0.5) / n) ** 1.5
    force /= force.sum()
    return force
