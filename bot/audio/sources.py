"""Layers as sound: any block of any night, rendered from the schedule and the trigger's file.

Rendering keeps no state but caches, so a block is the same whether the night was played up to it or not.
"""

import math
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.audio.arc import Arc, falls
from bot.audio.library import Bed, Events, Segment, Trigger
from bot.audio.mix import Layer, Place
from bot.audio.opus import SAMPLE_RATE, Pcm
from bot.audio.path import Circle
from bot.audio.place import TAIL, spatialise
from bot.audio.schedule import BedSchedule, Event, EventSchedule, Grain

_FLOOR_FADE_S = 2.0
_LONGEST_SHOT = 20 * 48_000
_KEPT_BLOCKS = 1
"""Blocks for which a placed event is kept after it was last heard: another may hear this a little behind."""
_INAUDIBLE = 1e-5
_TRIM = 1_200


class Source(Protocol):
    thins: bool
    """Whether it grows sparser along an arc."""
    level_lufs: float | None
    """How loud it is at house level; None for a guide's, which come by themselves."""

    def render(self, start: int, frames: int) -> Pcm:
        """Return shape (frames, 2): what sounds from frame `start` of the night on, at house level.

        It belongs to who asked, who may write into it.
        """
        ...


def open_source(trigger: Trigger, layer: Layer, seed: int, pcm: Pcm, arc: Arc | None = None) -> Source:
    """Make the source of one layer; `pcm` is the trigger's decoded file, shape (n, 2).

    Along the arc its events grow sparser and cease.
    """
    source: BedSource | EventSource
    if trigger.bed is not None:
        source = BedSource(BedSchedule(seed, trigger.id, trigger.bed, len(pcm)), pcm, layer.place)
    elif trigger.events is not None:
        source = EventSource(trigger.id, trigger.events, layer.place, seed, pcm, arc=arc)
    else:
        raise ValueError(f"{trigger.id} is neither bed nor events")
    source.level_lufs = trigger.level_lufs
    return source


class BedSource:
    """A bed that never repeats: grains of the file, crossfaded with equal power."""

    thins = False
    level_lufs: float | None = None

    def __init__(self, schedule: BedSchedule, pcm: Pcm, place: Place | None = None) -> None:
        self._schedule = schedule
        self._pcm = pcm
        self._lean = _lean_of(place)

    def render(self, start: int, frames: int) -> Pcm:
        out = np.zeros((frames, 2), np.float32)
        for grain in self._schedule.between(start, start + frames):
            for first, last, gains in self._stretches(grain, start, start + frames):
                at = grain.offset + first - grain.start
                sound = self._pcm[at : at + last - first]
                if grain.mirrored:
                    sound = sound[:, ::-1]
                out[first - start : last - start] += sound if gains is None else sound * gains
        if self._lean is not None:
            out *= self._lean(start, frames)
        return out

    def _stretches(self, grain: Grain, start: int, end: int) -> Iterator[tuple[int, int, Pcm | None]]:
        """Yield what is heard of a grain in [start, end): from, to, and the gains if it swells there."""
        fade = self._schedule.crossfade
        full, fading = grain.start + fade, grain.end - fade
        first, last = max(start, grain.start), min(end, grain.end)
        if first < full:
            until = min(last, full)
            yield first, until, _swell(fade)[first - grain.start : until - grain.start]
        if first < fading and last > full:
            yield max(first, full), min(last, fading), None
        if last > fading:
            since = max(first, fading)
            yield since, last, _swell(fade)[::-1][since - fading : last - fading]


@lru_cache(maxsize=16)
def _swell(fade: int) -> Pcm:
    """Return the gains with which a grain comes in over so many frames, shape (fade, 2)."""
    rise = np.sin(np.pi / 2 * (np.arange(fade) + 0.5) / fade).astype(np.float32)
    both: Pcm = np.stack([rise, rise], axis=1)
    both.flags.writeable = False
    return both


def _lean_of(place: Place | None) -> Callable[[int, int], NDArray[np.float32]] | None:
    """Lean a bed to one side with equal power, or slowly round; it stays wide: it is around the listener."""
    if place is None:
        return None
    if place.circle_s is None:
        still = np.array([_lean(place.azimuth_deg)], np.float32)
        return lambda _start, _frames: still
    circle = Circle(place.azimuth_deg, place.circle_s)

    def turning(start: int, frames: int) -> NDArray[np.float32]:
        ends = (_lean(circle.azimuth_deg(at / SAMPLE_RATE)) for at in (start, start + frames))
        steps = np.arange(frames, dtype=np.float32) / np.float32(frames)
        gains = np.empty((frames, 2), np.float32)
        for ear, (here, there) in enumerate(zip(*ends, strict=True)):
            gains[:, ear] = np.float32(here) + np.float32(there - here) * steps
        return gains

    return turning


def _lean(azimuth_deg: float) -> tuple[float, float]:
    """Return the gains of both ears, their power always 2."""
    angle = (math.sin(math.radians(azimuth_deg)) * 0.8 + 1.0) * math.pi / 4
    return math.cos(angle) * math.sqrt(2.0), math.sin(angle) * math.sqrt(2.0)


class EventSource:
    """One-shots that fall around the head, over the quiet room they were made in."""

    thins = True
    level_lufs: float | None = None

    def __init__(
        self, name: str, events: Events, place: Place | None, seed: int, pcm: Pcm, *, arc: Arc | None = None
    ) -> None:
        self._name = name
        self._seed = seed
        self._arc = arc
        self._schedule = EventSchedule(seed, name, events, place)
        self._onset = events.onset_frames
        for segment in events.bank:
            _refuse_outside(pcm, segment)
        self._pcm = pcm
        moves = events.pass_s is not None if place is None else place.circle_s is not None
        self._bank = [(one.start, one.frames if moves else _heard_frames(pcm, one)) for one in events.bank]
        """Where each one-shot begins, and its length; one that moves needs all of it to arrive."""
        self._longest = round(max(frames for _, frames in self._bank) * 1.07) + TAIL
        floor = pcm[events.floor.start : events.floor.start + events.floor.frames]
        half_s = len(floor) / SAMPLE_RATE / 2.0
        bed = Bed(grain_s=(0.85 * half_s, half_s), crossfade_s=_FLOOR_FADE_S)
        self._floor = BedSource(BedSchedule(seed, name + "/floor", bed, len(floor)), floor)
        self._n_blocks = 0
        self._kept: dict[Event, tuple[Pcm, int]] = {}
        """Events as they sound, and the block in which each was last heard."""

    def render(self, start: int, frames: int) -> Pcm:
        out = self._floor.render(start, frames)
        end = start + frames
        for event in self._schedule.between(max(0, start - self._longest), end + round(self._onset * 1.05)):
            if self._arc is not None and not falls(self._arc, self._seed, self._name, event.at):
                continue
            begin = event.at - round(self._onset / event.speed)
            if begin >= end or begin + self._frames_of(event) <= start:
                continue
            sound = self._sounded(event)
            first, last = max(start, begin), min(end, begin + len(sound))
            out[first - start : last - start] += sound[first - begin : last - begin]
        self._forget_the_past()
        return out

    def _sounded(self, event: Event) -> Pcm:
        known = self._kept.get(event)
        sound = self._sound(event) if known is None else known[0]
        self._kept[event] = sound, self._n_blocks
        return sound

    def _forget_the_past(self) -> None:
        self._n_blocks += 1
        past = [event for event, (_, block) in self._kept.items() if self._n_blocks - block > _KEPT_BLOCKS]
        for event in past:
            del self._kept[event]

    def _frames_of(self, event: Event) -> int:
        return math.ceil((self._bank[event.shot][1] - 1.0) / event.speed) + TAIL

    def _sound(self, event: Event) -> Pcm:
        start, frames = self._bank[event.shot]
        both = self._pcm[start : start + frames]
        shot = (both[:, 0] + both[:, 1]) * np.float32(0.5)
        at = np.arange(0.0, len(shot) - 1.0, event.speed)
        whole = at.astype(np.intp)
        varied = shot[whole]
        varied += (shot[1:][whole] - varied) * (at - whole).astype(np.float32)
        sound = spatialise(varied, event.place, event.towards)
        sound *= np.float32(10.0 ** (event.gain_db / 20.0))
        return sound


def _refuse_outside(pcm: Pcm, segment: Segment) -> None:
    if segment.start + segment.frames > len(pcm) or segment.frames > _LONGEST_SHOT:
        raise ValueError(f"one-shot at {segment.start} does not lie in the file, or is over 20 s")


def _heard_frames(pcm: Pcm, segment: Segment) -> int:
    """Return how long a one-shot is without the silence at its end, under -100 dBFS."""
    frames = segment.frames
    while frames > 2 * _TRIM:
        end = segment.start + frames
        if np.abs(pcm[end - _TRIM : end]).max() > _INAUDIBLE:
            break
        frames -= _TRIM
    return frames
