"""Layers into one sound: every layer has its own ramp, and a change of plan is always a crossfade."""

import copy
import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bot.audio.guidance import ScoreSource
from bot.audio.mix import Layer, Place, Plan
from bot.audio.opus import SAMPLE_RATE, Pcm
from bot.audio.score import Score
from bot.audio.sources import Source

CROSSFADE_S = 4.0
SLEW_DB_PER_S = 8.0
"""The fastest a level moves at a person's wish: the house allows 1 dB in 100 ms, the codec adds a little."""

OpenSource = Callable[[Layer, int], Source]
"""Open the source of a layer for a seed, at house level."""

_Key = tuple[str, Place | None, int] | Score


class _Voice:
    """A sounding layer: level in dB, slewed, and presence 0..1, heard as sin(pi/2 presence)."""

    def __init__(self, source: Source, gain_db: float, presence: float) -> None:
        self.source = source
        self.gain_db = self.wanted_db = gain_db
        self.presence = presence
        self.wanted = 1.0
        self.shift = 0
        """Frames by which its night is ahead of the mixer's."""

    @property
    def steady(self) -> bool:
        return self.presence == self.wanted == 1.0 and self.gain_db == self.wanted_db and not self.shift

    def render(self, start: int, frames: int) -> Pcm:
        seconds = frames / SAMPLE_RATE
        before = self._amplitude()
        self.presence = approach(self.presence, self.wanted, seconds / CROSSFADE_S)
        self.gain_db = approach(self.gain_db, self.wanted_db, SLEW_DB_PER_S * seconds)
        after = self._amplitude()
        return self.source.render(start + self.shift, frames) * ramp(before, after, frames)

    def _amplitude(self) -> float:
        return math.sin(math.pi / 2 * self.presence) * math.pow(10.0, self.gain_db / 20.0)


class Mixer:
    """The sounding layers of one plan, and those of former plans on their way out.

    Not thread-safe: the render worker owns it.
    """

    def __init__(self, plan: Plan, open_source: OpenSource) -> None:
        self._open = open_source
        self._voices: dict[_Key, _Voice] = {}
        self._leaving: list[_Voice] = []
        """On their way out, and to another place in the night than what came for them."""
        self._set(plan, presence=1.0)

    @property
    def steady(self) -> bool:
        """True while every layer is where it should be and none is on its way out."""
        return not self._leaving and all(voice.steady for voice in self._voices.values())

    def change(self, plan: Plan, moved: int = 0) -> None:
        """Move to another plan from where things are now, however far an earlier change has come.

        `moved` is by how many frames the position jumps with it; what sounds already goes on regardless.
        """
        if moved:
            for voice in (*self._voices.values(), *self._leaving):
                voice.shift -= moved
            kept = {key: voice for key, voice in self._voices.items() if key == plan.score}
            self._leaving += [voice for key, voice in self._voices.items() if key not in kept]
            for voice in self._leaving:
                voice.wanted = 0.0
            self._voices = kept
        self._set(plan, presence=0.0)

    def copy(self) -> "Mixer":
        """Return another mixer that goes on from exactly here."""
        twin = copy.copy(self)
        twin._voices = {  # noqa: SLF001 - its own twin
            key: copy.copy(voice) for key, voice in self._voices.items()
        }
        twin._leaving = [copy.copy(voice) for voice in self._leaving]  # noqa: SLF001
        return twin

    def render(self, start: int, frames: int) -> Pcm:
        """Return shape (frames, 2) from frame `start` of the night on."""
        out = np.zeros((frames, 2), np.float32)
        for key, voice in list(self._voices.items()):
            out += voice.render(start, frames)
            if voice.presence == voice.wanted == 0.0:
                del self._voices[key]
        for voice in self._leaving:
            out += voice.render(start, frames)
        self._leaving = [voice for voice in self._leaving if voice.presence]
        return out

    def _set(self, plan: Plan, presence: float) -> None:
        keys = {(layer.trigger, layer.place, plan.seed): layer for layer in plan.mix.layers}
        for known_key, voice in self._voices.items():
            if known_key not in keys and known_key != plan.score:
                voice.wanted = 0.0
        for key, layer in keys.items():
            known = self._voices.get(key)
            if known is None:
                self._voices[key] = _Voice(self._open(layer, plan.seed), layer.gain_db, presence)
            else:
                known.wanted, known.wanted_db = 1.0, layer.gain_db
        if plan.score:
            self._follow(plan.score, max(layer.gain_db for layer in plan.mix.layers))

    def _follow(self, score: Score, gain_db: float) -> None:
        """Let a score sound, in step with the loudest layer. It begins in silence, so it needs no fade."""
        known = self._voices.get(score)
        if known is None:
            self._voices[score] = _Voice(ScoreSource(score), gain_db, presence=1.0)
        else:
            known.wanted, known.wanted_db = 1.0, gain_db


def approach(value: float, wanted: float, step: float) -> float:
    """Move value towards wanted by at most step."""
    return min(wanted, value + step) if value < wanted else max(wanted, value - step)


def ramp(before: float, after: float, frames: int) -> NDArray[np.float32] | np.float32:
    """Return a gain that goes from before to after over a block: shape (frames, 1), or one number."""
    if before == after:
        return np.float32(after)
    steps = np.arange(1, frames + 1, dtype=np.float32) / np.float32(frames)
    return np.asarray(np.float32(before) + np.float32(after - before) * steps, np.float32)[:, None]
