"""What the sleep arc does to a mix: layers give way to the floor, the spectrum closes, the level sinks."""

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from bot.audio import arc as curves
from bot.audio.arc import Arc
from bot.audio.gains import approach, ramp
from bot.audio.opus import SAMPLE_RATE, Pcm

_SWELL_DB_PER_S: Final = 1.0
"""How fast what the arc took comes back, when somebody is still awake."""
_SHARE_PER_S: Final = 0.05
_OCTAVES_PER_S: Final = 0.2
_OPEN_HZ: Final = curves.cutoff_hz(0.0)


@dataclass(frozen=True)
class Ending:
    """Where the ending of a mix is now; every block gives the next one. Frozen, so that a twin may share it.

    level_db, share (of the layers, 1..0) and cutoff_hz follow the arc's curves and never jump, even where the
    arc does.
    """

    level_db: float = 0.0
    share: float = 1.0
    cutoff_hz: float = _OPEN_HZ
    memory: NDArray[np.float32] | None = None
    """The low-pass's, shape (2 passes, 1, 2 ears)."""

    @property
    def untouched(self) -> bool:
        """True while it changes nothing."""
        return self.level_db == 0.0 and self.share == 1.0 and self.cutoff_hz == _OPEN_HZ

    def towards(self, arc: Arc | None, at: int, seconds: float) -> "Ending":
        """Return where it is after so many seconds, at frame `at` of the night."""
        level_db, share, cutoff_hz = _wanted(arc, at)
        octaves = math.log2(cutoff_hz / self.cutoff_hz)
        step = approach(0.0, octaves, _OCTAVES_PER_S * seconds)
        return replace(
            self,
            level_db=approach(self.level_db, level_db, _SWELL_DB_PER_S * seconds),
            share=approach(self.share, share, _SHARE_PER_S * seconds),
            cutoff_hz=cutoff_hz if step == octaves else self.cutoff_hz * math.pow(2.0, step),
        )

    def shape(self, layers: Pcm, floor: Pcm | None, after: "Ending") -> tuple[Pcm, "Ending"]:
        """Return what is left of a block on the way from here to `after`, and `after` with its memory."""
        n = len(layers)
        mixed = layers * ramp(_layers_gain(self), _layers_gain(after), n)
        if floor is not None:
            mixed = mixed + floor * ramp(_floor_gain(self), _floor_gain(after), n)
        pole = math.exp(-2.0 * math.pi * after.cutoff_hz / SAMPLE_RATE)
        memory = self.memory
        if memory is None:  # as if the first sample had always been
            memory = np.stack([mixed[:1] * pole, mixed[:1] * pole])
        kept = []
        for each in memory:
            mixed, left = lfilter([1.0 - pole], [1.0, -pole], mixed, axis=0, zi=each)
            kept.append(left)
        return mixed.astype(np.float32), replace(after, memory=np.stack(kept).astype(np.float32))


def ending_at(arc: Arc, at: int) -> Ending:
    """Return the ending of a night that is entered at this frame."""
    return Ending(*_wanted(arc, at))


def _wanted(arc: Arc | None, at: int) -> tuple[float, float, float]:
    progress = 0.0 if arc is None else arc.progress(at)
    return curves.level_db(progress), curves.layers_share(progress), curves.cutoff_hz(progress)


def _layers_gain(ending: Ending) -> float:
    return math.pow(10.0, ending.level_db / 20.0) * math.sin(math.pi / 2 * ending.share)


def _floor_gain(ending: Ending) -> float:
    return math.pow(10.0, ending.level_db / 20.0) * math.cos(math.pi / 2 * ending.share)
