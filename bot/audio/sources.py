"""Layers as sound: any block of any night, rendered from the schedule and the trigger's file.

Rendering keeps no state but caches, so a block is the same whether the night was played up to it or not.
"""

import math
from collections.abc import Callable
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
_SOUNDING = 12
"""Events kept ready, once placed: about as many as sound at a time."""


class Source(Protocol):
    thins: bool
    """Whether it grows sparser along an arc."""
    level_lufs: float | None
    """How loud it is at house level; None for a guide's, which come by themselves."""

    def render(self, start: int, frames: int) -> Pcm:
        """Return shape (frames, 2): what sounds from frame `start` of the night on, at house level."""
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
            first, last = max(start, grain.start), min(start + frames, grain.end)
            at = grain.offset + first - grain.start
            sound = self._pcm[at : at + last - first]
            if grain.mirrored:
                sound = sound[:, ::-1]
            window = self._window(grain, first, last)
            out[first - start : last - start] += sound if window is None else sound * window[:, None]
        return out if self._lean is None else out * self._lean(start, frames)

    def _window(self, grain: Grain, first: int, last: int) -> NDArray[np.float32] | None:
        fade = self._schedule.crossfade
        if first >= grain.start + fade and last <= grain.end - fade:
            return None
        at = np.arange(first, last)
        rise = np.clip((at - grain.start + 0.5) / fade, 0.0, 1.0)
        fall = np.clip((grain.end - at - 0.5) / fade, 0.0, 1.0)
        return np.sin(np.pi / 2 * np.minimum(rise, fall)).astype(np.float32)


def _lean_of(place: Place | None) -> Callable[[int, int], NDArray[np.float32]] | None:
    """Lean a bed to one side with equal power, or slowly round; it stays wide: it is around the listener."""
    if place is None:
        return None
    if place.circle_s is None:
        still = _lean(np.array([place.azimuth_deg]))
        return lambda _start, _frames: still
    circle = Circle(place.azimuth_deg, place.circle_s)

    def turning(start: int, frames: int) -> NDArray[np.float32]:
        ends = [_lean(np.array([circle.azimuth_deg(at / SAMPLE_RATE)])) for at in (start, start + frames)]
        steps = (np.arange(frames, dtype=np.float32) / np.float32(frames))[:, None]
        return ends[0] + (ends[1] - ends[0]) * steps

    return turning


def _lean(azimuth_deg: NDArray[np.float64]) -> NDArray[np.float32]:
    """Gains of both ears, shape (n, 2), their power always 2."""
    angle = (np.sin(np.radians(azimuth_deg)) * 0.8 + 1.0) * math.pi / 4
    gains = np.stack([np.cos(angle), np.sin(angle)], axis=1) * math.sqrt(2.0)
    return gains.astype(np.float32)


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
        self._pcm, self._bank = pcm, events.bank
        self._longest = round(max(segment.frames for segment in events.bank) * 1.07) + TAIL
        floor = pcm[events.floor.start : events.floor.start + events.floor.frames]
        half_s = len(floor) / SAMPLE_RATE / 2.0
        bed = Bed(grain_s=(0.85 * half_s, half_s), crossfade_s=_FLOOR_FADE_S)
        self._floor = BedSource(BedSchedule(seed, name + "/floor", bed, len(floor)), floor)
        self._sounded: Callable[[Event], Pcm] = lru_cache(maxsize=_SOUNDING)(self._sound)

    def render(self, start: int, frames: int) -> Pcm:
        out = self._floor.render(start, frames)
        end = start + frames
        for event in self._schedule.between(max(0, start - self._longest), end + round(self._onset * 1.05)):
            if self._arc is not None and not falls(self._arc, self._seed, self._name, event.at):
                continue
            begin = event.at - round(self._onset / event.speed)
            sound = self._sounded(event)
            first, last = max(start, begin), min(end, begin + len(sound))
            if first < last:
                out[first - start : last - start] += sound[first - begin : last - begin]
        return out

    def _sound(self, event: Event) -> Pcm:
        segment = self._bank[event.shot]
        shot = self._pcm[segment.start : segment.start + segment.frames].mean(axis=1)
        at = np.arange(0.0, len(shot) - 1.0, event.speed)
        varied = np.interp(at, np.arange(len(shot)), shot).astype(np.float32)
        return spatialise(varied, event.place, event.towards) * np.float32(10.0 ** (event.gain_db / 20.0))


def _refuse_outside(pcm: Pcm, segment: Segment) -> None:
    if segment.start + segment.frames > len(pcm) or segment.frames > _LONGEST_SHOT:
        raise ValueError(f"one-shot at {segment.start} does not lie in the file, or is over 20 s")
