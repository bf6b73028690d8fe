"""Layers into one sound: every layer has its own ramp, and a change of plan is always a crossfade."""

import copy
import math
from collections.abc import Callable

import numpy as np

from bot.audio.arc import Arc, calm
from bot.audio.ending import Ending, ending_at
from bot.audio.gains import approach, ramp
from bot.audio.guidance import ScoreSource
from bot.audio.mix import Layer, Place, Plan
from bot.audio.opus import SAMPLE_RATE, Pcm
from bot.audio.rise import (
    ENTERING_DB_PER_S,
    LAYER_RISE_DB_PER_S,
    RISE_DB_PER_S,
    SLEW_DB_PER_S,
    SWIFT_BELOW_LUFS,
    entering_lufs,
    moved,
    together_lufs,
)
from bot.audio.score import Score, Whisper, whispers_of, without_whispers
from bot.audio.sources import Source
from bot.audio.whispering import LONGEST_S

CROSSFADE_S = 4.0

OpenSource = Callable[[Layer | tuple[Whisper, ...], int, Arc | None], Source]
"""Open the source of a layer for a seed, at house level, or of whispered lines; events thin along the arc."""

_Key = tuple[str, Place | None, int] | Score
_FLOOR_SEED = 0x5EED
"""Makes the floor's night another one than that of the same bed as a layer: alike they would add up."""


class _Voice:
    """A sounding layer: level in dB, slewed, and presence 0..1, heard as sin(pi/2 presence)."""

    def __init__(self, source: Source, gain_db: float, presence: float, arc: Arc | None = None) -> None:
        self.source = source
        self.arc = arc
        """What thins it."""
        self.gain_db = self.wanted_db = gain_db
        self.presence = presence
        self.wanted = 1.0
        self.shift = 0
        """Frames by which its night is ahead of the mixer's."""

    @property
    def steady(self) -> bool:
        return self.presence == self.wanted == 1.0 and self.gain_db == self.wanted_db and not self.shift

    @property
    def entering(self) -> bool:
        return self.presence < self.wanted

    @property
    def rising(self) -> bool:
        return self.gain_db < self.wanted_db and self.wanted == 1.0

    @property
    def full_lufs(self) -> float:
        """How loud it is at its present gain, once it is all there."""
        return (self.source.level_lufs or 0.0) + self.gain_db

    @property
    def heard_lufs(self) -> float:
        return self.full_lufs + 20.0 * math.log10(max(math.sin(math.pi / 2 * self.presence), 1e-6))

    def come_in(self, wanted_db: float, most_lufs: float) -> None:
        """Come in, or back, no louder than so; what is missing follows on a ramp. Never a jump."""
        now = self._amplitude()
        now_db = 20.0 * math.log10(max(now, 1e-6))
        self.gain_db = max(min(wanted_db, most_lufs - (self.source.level_lufs or 0.0)), now_db)
        self.presence = math.asin(min(1.0, now / math.pow(10.0, self.gain_db / 20.0))) * 2 / math.pi
        self.wanted, self.wanted_db = 1.0, wanted_db

    def render(self, start: int, frames: int, *, may_rise: bool) -> Pcm:
        seconds = frames / SAMPLE_RATE
        before = self._amplitude()
        self.presence = approach(self.presence, self.wanted, seconds / CROSSFADE_S)
        rise = LAYER_RISE_DB_PER_S if may_rise else 0.0
        up = (SLEW_DB_PER_S if self.full_lufs < SWIFT_BELOW_LUFS else rise) * seconds
        self.gain_db = moved(self.gain_db, self.wanted_db, down=SLEW_DB_PER_S * seconds, up=up)
        after = self._amplitude()
        sound = self.source.render(start + self.shift, frames)
        sound *= ramp(before, after, frames)
        return sound

    def _amplitude(self) -> float:
        return math.sin(math.pi / 2 * self.presence) * math.pow(10.0, self.gain_db / 20.0)


def floor_of(arc: Arc, seed: int) -> tuple[Layer, int]:
    """Return what everything gives way to along an arc, and its seed, in a night of this seed."""
    return Layer(arc.floor, arc.floor_db), seed ^ _FLOOR_SEED


class _Leveled:
    """A source at a gain of its own."""

    thins = False
    level_lufs: float | None = None

    def __init__(self, source: Source, gain_db: float) -> None:
        self._source = source
        self._gain = np.float32(10.0 ** (gain_db / 20.0))

    def render(self, start: int, frames: int) -> Pcm:
        sound = self._source.render(start, frames)
        sound *= self._gain
        return sound


class Mixer:
    """The sounding layers of one plan, and those of former plans on their way out.

    Not thread-safe: the render worker owns it.
    """

    def __init__(self, plan: Plan, open_source: OpenSource) -> None:
        self._open = open_source
        self._voices: dict[_Key, _Voice] = {}
        self._leaving: list[_Voice] = []
        """On their way out, at another place in the night or on another arc than what came for them."""
        self._at: int | None = None
        """Where the next block begins; None before the first."""
        self._arc: Arc | None = None
        self._ending: Ending | None = None
        self._floor: Source | None = None
        self.rise_db_per_s = 0.0
        """How fast the last block may have grown louder by wishes; the rest of the pace is the master's."""
        self._set(plan)

    @property
    def steady(self) -> bool:
        """True while every layer is where it should be and none is on its way out."""
        settled = not self._leaving and self._ending is None
        return settled and all(voice.steady for voice in self._voices.values())

    @property
    def heard_lufs(self) -> float:
        """About how loud the layers are together just now."""
        return together_lufs(voice.heard_lufs for voice in (*self._voices.values(), *self._leaving))

    def change(self, plan: Plan, moved: int = 0) -> None:
        """Move to another plan from where things are now, however far an earlier change has come.

        `moved` is by how many frames the position jumps with it; what sounds already goes on regardless.
        """
        if moved:
            for voice in (*self._voices.values(), *self._leaving):
                voice.shift -= moved
            kept = {key: voice for key, voice in self._voices.items() if key in _led(plan.score)}
            self._leaving += [voice for key, voice in self._voices.items() if key not in kept]
            for voice in self._leaving:
                voice.wanted = 0.0
            self._voices = kept
        if self._at is not None:
            self._at += moved
        self._set(plan)

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
        entering = any(voice.entering for voice in self._voices.values())
        rising = not entering and any(voice.rising for voice in self._voices.values())
        self.rise_db_per_s = ENTERING_DB_PER_S * entering + LAYER_RISE_DB_PER_S * rising
        for key, voice in list(self._voices.items()):
            out += voice.render(start, frames, may_rise=not entering)
            if voice.presence == voice.wanted == 0.0:
                del self._voices[key]
        for voice in self._leaving:
            out += voice.render(start, frames, may_rise=False)
        self._leaving = [voice for voice in self._leaving if voice.presence]
        if self._arc is not None or self._ending is not None:
            out = self._end_softly(out, start, frames)
        self._at = start + frames
        return out

    def _end_softly(self, layers: Pcm, start: int, frames: int) -> Pcm:
        before = self._ending
        if before is None:
            entered = self._at is None and self._arc is not None
            before = ending_at(self._arc, start) if entered and self._arc is not None else Ending()
        after = before.towards(self._arc, start + frames, frames / SAMPLE_RATE)
        if self._arc is None and after.untouched:
            self._ending = self._floor = None
            return before.shape(layers, None, after)[0]
        heard = before.share < 1.0 or after.share < 1.0
        floor = self._floor.render(start, frames) if heard and self._floor is not None else None
        if after.level_db > before.level_db or after.cutoff_hz > before.cutoff_hz:
            self.rise_db_per_s = RISE_DB_PER_S
        out, self._ending = before.shape(layers, floor, after)
        return out

    def _set(self, plan: Plan) -> None:
        keys = {(layer.trigger, layer.place, plan.seed): layer for layer in plan.mix.layers}
        heard = [voice.heard_lufs for voice in (*self._voices.values(), *self._leaving)]
        for known_key, voice in self._voices.items():
            if known_key not in keys and known_key not in _led(plan.score):
                voice.wanted = 0.0
        coming: list[tuple[_Voice, float]] = []
        for key, layer in keys.items():
            known = self._voices.get(key)
            if known is not None and known.arc != plan.arc and known.source.thins:
                known = self._thin_anew(key, known, layer, plan)
            if known is None:
                source = self._open(layer, plan.seed, plan.arc)
                known = self._voices[key] = _Voice(source, layer.gain_db, 0.0, plan.arc)
                known.wanted = 0.0
            if known.wanted == 0.0:
                coming.append((known, layer.gain_db))
            else:
                known.wanted_db = layer.gain_db
        self._let_in(coming, heard)
        if plan.score:
            self._follow(plan.score, max(layer.gain_db for layer in plan.mix.layers))
        self._begin_arc(plan)

    def _thin_anew(self, key: _Key, known: _Voice, layer: Layer, plan: Plan) -> _Voice | None:
        """Let events follow another arc: at once where both agree by now, else as another voice."""
        at = self._at or 0
        if calm(known.arc, at) and calm(plan.arc, at):
            known.source, known.arc = self._open(layer, plan.seed, plan.arc), plan.arc
            return known
        known.wanted = 0.0
        self._leaving.append(self._voices.pop(key))
        return None

    def _let_in(self, coming: list[tuple[_Voice, float]], heard_lufs: list[float]) -> None:
        """Let voices come in or back: all at once at the beginning, else no louder than what plays."""
        if self._at is None:
            for voice, gain_db in coming:
                voice.gain_db = voice.wanted_db = gain_db
                voice.presence = voice.wanted = 1.0
        elif coming:
            on_their_way = [voice.full_lufs for voice in self._voices.values() if voice.entering]
            most_lufs = entering_lufs(heard_lufs, on_their_way, len(coming))
            for voice, gain_db in coming:
                voice.come_in(gain_db, most_lufs)

    def _begin_arc(self, plan: Plan) -> None:
        if plan.arc is not None and (self._arc is None or self._arc.floor != plan.arc.floor):
            source = self._open(*floor_of(plan.arc, plan.seed), None)
            self._floor = _Leveled(source, plan.arc.floor_db)
        self._arc = plan.arc

    def _follow(self, score: Score, gain_db: float) -> None:
        """Let a score sound, in step with the loudest layer. What begins in silence needs no fade."""
        for part in _led(score):
            known = self._voices.get(part)
            if known is None:
                self._voices[part] = self._voice_of(part, gain_db)
            else:
                known.wanted, known.wanted_db = 1.0, gain_db

    def _voice_of(self, part: Score, gain_db: float) -> _Voice:
        lines = whispers_of(part)
        if not lines:
            return _Voice(ScoreSource(part), gain_db, presence=1.0)
        at_s = 0.0 if self._at is None else self._at / SAMPLE_RATE
        midway = any(line.at_s < at_s < line.at_s + LONGEST_S for line in lines)
        return _Voice(self._open(lines, 0, None), gain_db, presence=0.0 if midway else 1.0)


def _led(score: Score) -> tuple[Score, ...]:
    """Return what of a score comes and goes by itself: bells and breaths, and whispered lines."""
    return tuple(part for part in (without_whispers(score), whispers_of(score)) if part)
