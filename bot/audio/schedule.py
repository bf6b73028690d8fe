"""When what sounds: grains of a bed and events of a point process, as pure functions of seed and time.

All times are frames (48 kHz) since the start of the night.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.audio.chance import Dice, key64, mix64
from bot.audio.library import Bed, Events
from bot.audio.mix import Place
from bot.audio.opus import SAMPLE_RATE
from bot.audio.path import Circle, Passes, Path

_CELL_S = 60


@dataclass(frozen=True, slots=True)
class Grain:
    """A stretch of a bed: heard from `start` to `end`, read from `offset` on.

    It swells in over the crossfade after `start` and away over the crossfade before `end`.
    """

    start: int
    end: int
    offset: int
    mirrored: bool


class BedSchedule:
    """Grains that cover all time, each overlapping the next by exactly one crossfade."""

    def __init__(self, seed: int, name: str, bed: Bed, file_frames: int) -> None:
        self._seed = seed
        self._stream = key64(name + "/grains")
        self.crossfade = round(bed.crossfade_s * SAMPLE_RATE)
        shortest, longest = (round(s * SAMPLE_RATE) for s in bed.grain_s)
        longest = min(longest, file_frames // 2)
        shortest = min(shortest, longest)
        self._hop = (shortest + longest) // 2 - self.crossfade
        self._jitter = (longest - shortest) // 4
        self._parts = file_frames // longest
        self._part = file_frames // self._parts
        self._first = Dice(seed, self._stream, 0).integer(self._parts)
        self._grain = lru_cache(maxsize=8)(self._lay)
        if self._hop - 2 * self._jitter < self.crossfade:
            raise ValueError(f"{name}: the file is too short for its grains and crossfade")

    def _start(self, index: int) -> int:
        jitter = Dice(self._seed, self._stream, index).integer(2 * self._jitter + 1) - self._jitter
        return index * self._hop + jitter

    def _lay(self, index: int) -> Grain:
        start = self._start(index)
        end = self._start(index + 1) + self.crossfade
        dice = Dice(self._seed, self._stream, index)
        dice.integer(2)  # the first draw placed the start
        # Part after part of the file in turn: what overlaps is never the same sound twice, and nothing comes
        # again before all the rest was heard.
        part = (self._first + index) % self._parts
        offset = dice.integer(self._part - (end - start) + 1) + part * self._part
        return Grain(start, end, offset, mirrored=bool(dice.integer(2)))

    def between(self, start: int, end: int) -> Iterator[Grain]:
        """Yield the grains heard anywhere in [start, end), in order."""
        first = (start - self._jitter - self.crossfade) // self._hop - 1
        last = (end + self._jitter) // self._hop + 1
        for index in range(first, last + 1):
            grain = self._grain(index)
            if grain.start < end and grain.end > start:
                yield grain


@dataclass(frozen=True, slots=True)
class Event:
    """One one-shot: its onset falls on frame `at`."""

    at: int
    shot: int
    gain_db: float
    speed: float
    """How fast the one-shot is read: a touch harder or softer, never quite the same thing twice."""
    place: Place
    towards: Place | None = None
    """Where it is by its end, if it moves."""


_BEAT_CV = 0.12
"""Up to this spread of its intervals a sound has a beat (a heart, a clock, steps), which no minute breaks."""


class EventSchedule:
    """Phrases of events with pauses between; within a phrase the hand stays near one place and wanders.

    Most sounds are a renewal process, begun anew in every cell of a minute; those with a beat lie on a grid
    with jitter. Either way any moment can be reached without the night before it.
    """

    def __init__(self, seed: int, name: str, events: Events, place: Place | None = None) -> None:
        self._seed = seed
        self._stream = key64(name + "/events")
        self._events = events
        self._place = place
        self._path = _path(seed, self._stream, events, place)
        span_deg = events.azimuth_deg[1] - events.azimuth_deg[0]
        self._wander_deg = min(8.0, span_deg / 4.0)
        fill = self._fill_beats if events.interval_cv <= _BEAT_CV else self._fill
        self._cell = lru_cache(maxsize=2)(fill)

    def between(self, start: int, end: int) -> Iterator[Event]:
        """Yield the events whose onset lies in [start, end), in order."""
        cell_frames = _CELL_S * SAMPLE_RATE
        for cell in range(start // cell_frames, (end - 1) // cell_frames + 1):
            for event in self._cell(cell):
                if start <= event.at < end:
                    yield event

    def _fill(self, cell: int) -> tuple[Event, ...]:
        model, found = self._events, list[Event]()
        dice = Dice(self._seed, self._stream, cell)
        origin = cell * _CELL_S * SAMPLE_RATE
        now_s = dice.uniform() * (model.interval_s + model.pause_s / model.phrase_events)
        shot = dice.integer(len(model.bank))
        while now_s < _CELL_S:
            centre = self._centre(dice)
            for _ in range(max(1, round(dice.around(model.phrase_events, 0.4)))):
                # Any one-shot but the last: the same tap twice in a row is a machine's.
                shot = (shot + 1 + dice.integer(len(model.bank) - 1)) % len(model.bank)
                event = self._event(origin + round(now_s * SAMPLE_RATE), shot, centre, dice)
                length_s = self._length_s(event) if model.apart else 0.0
                if now_s + length_s >= _CELL_S:
                    return tuple(found)
                found.append(event)
                now_s += max(dice.around(model.interval_s, model.interval_cv), length_s)
            now_s += dice.around(model.pause_s, 0.5)
        return tuple(found)

    def _fill_beats(self, cell: int) -> tuple[Event, ...]:
        """Beat k of phrase p falls at its place on the grid, give or take the spread."""
        model = self._events
        beats = max(1, round(model.phrase_events))
        period_s = beats * model.interval_s + model.pause_s
        found: list[Event] = []
        first, last = cell * _CELL_S / period_s, (cell + 1) * _CELL_S / period_s
        for phrase in range(math.floor(first) - 1, math.floor(last) + 2):
            dice = Dice(self._seed, self._stream, phrase)
            centre, shot = self._centre(dice), dice.integer(len(model.bank))
            for beat in range(beats):
                late = max(-0.4, min(0.4, model.interval_cv * 0.7 * dice.normal()))
                at = round((phrase * period_s + (beat + late) * model.interval_s) * SAMPLE_RATE)
                shot = (shot + 1 + dice.integer(len(model.bank) - 1)) % len(model.bank)
                event = self._event(at, shot, centre, dice)
                if cell * _CELL_S * SAMPLE_RATE <= at < (cell + 1) * _CELL_S * SAMPLE_RATE:
                    found.append(event)
        return tuple(found)

    def _event(self, at: int, shot: int, centre: Place, dice: Dice) -> Event:
        gain_db = min(dice.normal(), 1.0) * self._events.gain_spread_db
        spread = self._events.speed_spread
        speed = dice.uniform(1.0 - spread, 1.0 + spread)
        place = self._wandered(centre, dice)
        if self._path is None:
            return Event(at, shot, gain_db, speed, place)
        length_s = self._events.bank[shot].frames / speed / SAMPLE_RATE
        here, there = (self._path.azimuth_deg(at / SAMPLE_RATE + late_s) for late_s in (0.0, length_s))
        ends = [Place(azimuth, place.distance_m) for azimuth in (here, there)]
        return Event(at, shot, gain_db, speed, ends[0], ends[1])

    def _length_s(self, event: Event) -> float:
        return self._events.bank[event.shot].frames / event.speed / SAMPLE_RATE

    def _centre(self, dice: Dice) -> Place:
        if self._place is not None:
            return self._place
        return Place(dice.uniform(*self._events.azimuth_deg), dice.uniform(*self._events.distance_m))

    def _wandered(self, centre: Place, dice: Dice) -> Place:
        azimuth = centre.azimuth_deg + dice.uniform(-self._wander_deg, self._wander_deg)
        distance = centre.distance_m * dice.uniform(0.92, 1.08)
        return Place((azimuth + 180.0) % 360.0 - 180.0, min(10.0, max(0.1, distance)))


def _path(seed: int, stream: int, events: Events, place: Place | None) -> Path | None:
    if place is not None:
        return None if place.circle_s is None else Circle(place.azimuth_deg, place.circle_s)
    if events.pass_s is None:
        return None
    return Passes(seed, mix64(stream), events.azimuth_deg, events.pass_s)
