"""What a guide shows and sounds, second by second: pure, at the guide's own pace."""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.audio.score import Bell, Breaths, Score, Whisper
from bot.care.model import Said
from bot.content.care import SHORTEST_STEP_S, BreathPattern, Pairing, Practice
from bot.content.whispered import bank_of

SLOWER: Final = 1.2
"""How much longer everything takes after each press of "slower"."""
SLOWEST: Final = SLOWER**3
WHISPERED_AFTER_S: Final = 1.2
"""How long after its caption a line is whispered: first the words are there, then the voice."""
_AFTER_A_BELL_S: Final = 3.5
_EAR_DEG: Final = 40.0
"""Lines come to one ear and then to the other."""
LEAD_S: Final = 6.0
"""Time to put the phone down before the first breath."""


@dataclass(frozen=True, slots=True)
class Cue:
    """What is shown from `at_s` on."""

    at_s: float
    caption: str | Said
    bell: bool = False
    whisper: str | None = None
    """A line to be whispered a moment later."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Cues in order, the first at 0; over at `length_s`."""

    cues: tuple[Cue, ...]
    length_s: float
    breath: BreathPattern | None = None
    """Breathed from `LEAD_S` to the end, as often as it fits."""

    def cue_at(self, at_s: float) -> Cue:
        return self.cues[max(0, bisect_right(self.cues, at_s, key=lambda cue: cue.at_s) - 1)]

    def next_after(self, at_s: float) -> float:
        """Return when something changes next; the end when nothing more does."""
        later = bisect_right(self.cues, at_s, key=lambda cue: cue.at_s)
        return self.cues[later].at_s if later < len(self.cues) else self.length_s

    def score_from(self, at_s: float, pace: float) -> Score:
        """Return the bells and breaths still to come, in seconds from now, everything `pace` times longer."""
        bells = [
            Bell(max(0.0, cue.at_s - at_s) * pace)
            for cue in self.cues
            if cue.bell and cue.at_s > at_s - _JUST_NOW_S
        ]
        return (*bells, *self._breaths_from(at_s, pace), *self._whispers_from(at_s, pace))

    def _whispers_from(self, at_s: float, pace: float) -> Iterator[Whisper]:
        azimuth_deg = _EAR_DEG
        for cue in self.cues:
            found = None if cue.whisper is None else bank_of(cue.whisper)
            if found is None:
                continue
            azimuth_deg = -azimuth_deg
            after_s = _AFTER_A_BELL_S if cue.bell else WHISPERED_AFTER_S
            in_s = (cue.at_s - at_s) * pace + after_s
            if in_s >= 0.0:  # one that has begun is let go, and not begun again
                yield Whisper(in_s, *found, azimuth_deg)

    def _breaths_from(self, at_s: float, pace: float) -> Sequence[Breaths]:
        if self.breath is None:
            return ()
        length_s = self.breath.length_s
        # Always a whole breath: one that is on its way when something changes is let go.
        begun = max(0, math.ceil((at_s - LEAD_S) / length_s - 1e-9))
        n_breaths = int((self.length_s - LEAD_S) / length_s + 1e-9) - begun
        if n_breaths < 1:
            return ()
        breath, begin_s = self.breath, (LEAD_S + begun * length_s - at_s) * pace
        times = breath.inhale_s, breath.exhale_s, breath.top_s, breath.hold_s, breath.rest_s
        return (Breaths(begin_s, n_breaths, *(seconds * pace for seconds in times)),)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a guide has come. A value: each change makes another one."""

    reached_s: float = 0.0
    """In the timeline's own seconds, at `since`."""
    since: datetime | None = None
    """When it went on from there; None while it is paused."""
    pace: float = 1.0

    def at_s(self, now: datetime) -> float:
        if self.since is None:
            return self.reached_s
        return self.reached_s + max(0.0, (now - self.since).total_seconds()) / self.pace

    def paused(self, now: datetime) -> "Progress":
        return Progress(self.at_s(now), None, self.pace)

    def resumed(self, now: datetime) -> "Progress":
        return Progress(self.at_s(now), now, self.pace)

    def slower(self, now: datetime) -> "Progress":
        since = None if self.since is None else now
        return Progress(self.at_s(now), since, min(SLOWEST, self.pace * SLOWER))

    def ends_at(self, timeline: Timeline, now: datetime) -> datetime:
        return now + timedelta(seconds=max(0.0, timeline.length_s - self.at_s(now)) * self.pace)


def of_pairing(pairing: Pairing, minutes: int) -> Timeline:
    """Spread a pairing's steps over the minutes; the first ones come a little quicker than the last."""
    length_s = minutes * 60.0
    n = len(pairing.steps)
    weights = [1.0 + index / n for index in range(n)]
    starts = [length_s * sum(weights[:index]) / sum(weights) for index in range(n)]
    cues = tuple(Cue(at_s, step, bell=at_s > 0.0) for at_s, step in zip(starts, pairing.steps, strict=True))
    return Timeline(cues, length_s)


def of_practice(practice: Practice, minutes: int) -> Timeline:
    """Stretch a practice to the minutes, within what its steps allow; a breath just goes on."""
    length_s = minutes * 60.0
    if practice.breath is not None:
        cues = [Cue(0.0, Said("breathe.cue.begin")), Cue(LEAD_S, Said("breathe.cue.follow"))]
        if length_s >= 120.0:
            cues.append(Cue(length_s / 2, Said("breathe.cue.half")))
        return Timeline(tuple(cues), length_s, practice.breath)
    # Short steps (holding a muscle) keep their time; the pauses between take up what is asked for.
    short_s = sum(step.seconds for step in practice.step if step.seconds < _SHORT_S)
    long_s = sum(step.seconds for step in practice.step if step.seconds >= _SHORT_S)
    stretch = max(0.0, length_s - short_s) / long_s
    at_s, timed = 0.0, []
    for step in practice.step:
        timed.append(Cue(at_s, step.text, step.bell, step.whisper))
        at_s += step.seconds if step.seconds < _SHORT_S else max(SHORTEST_STEP_S, step.seconds * stretch)
    return Timeline(tuple(timed), at_s)


_JUST_NOW_S: Final = 0.5
"""A bell that was due so shortly ago is rung now rather than not at all."""
_SHORT_S: Final = 12.0
"""A step shorter than this is something held, not a pause."""


def of_rounds(work_minutes: int, rest_minutes: int, n_rounds: int) -> Timeline:
    """Lay rounds of work and rest in a row; the last one has no rest after it. A bell at each turn."""
    cues, at_s = [], 0.0
    for number in range(1, n_rounds + 1):
        said = {"round": number, "rounds": n_rounds}
        cues.append(Cue(at_s, Said("focus.cue.work", said), bell=True))
        at_s += work_minutes * 60.0
        if number < n_rounds:
            cues.append(Cue(at_s, Said("focus.cue.rest", said), bell=True))
            at_s += rest_minutes * 60.0
    return Timeline(tuple(cues), at_s)
