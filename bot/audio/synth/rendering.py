"""Fresh sound on its way to a file: a bed as it is, or a bank of one-shots laid out with silence between."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.noise import Signal

ONSET_S: Final = 0.01
"""How far into a one-shot its sound begins."""
_GUARD_FRAMES: Final = 2_880
"""Silence between one-shots: longer than a codec frame and its lead-in, so none leaks into the next."""


@dataclass(frozen=True)
class Rendering:
    """Fresh sound, shape (2, n), at any level. spans: (start, frames) of each one-shot, then of the floor."""

    sound: Signal
    spans: tuple[tuple[int, int], ...] = ()
    onset_frames: int = 0


def bank(shots: Sequence[Signal], floor: Signal) -> Rendering:
    """Lay one-shots, mono (n,) or stereo (2, n), and then their floor one after another."""
    parts = [np.broadcast_to(part, (2, part.shape[-1])) for part in (*shots, floor)]
    silence = np.zeros((2, _GUARD_FRAMES))
    sound = np.concatenate([piece for part in parts for piece in (silence, part)] + [silence], axis=-1)
    lengths = np.array([part.shape[-1] for part in parts])
    starts = _GUARD_FRAMES + np.concatenate([[0], np.cumsum(lengths + _GUARD_FRAMES)[:-1]])
    spans = tuple((int(start), int(length)) for start, length in zip(starts, lengths, strict=True))
    return Rendering(sound, spans, onset_frames=round(ONSET_S * SAMPLE_RATE))
