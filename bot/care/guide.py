"""One guide: what somebody asked to be led through, how far it has come, and how it looks now."""

import dataclasses
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Literal

from bot.care.model import Said
from bot.care.timeline import LEAD_S, SLOWEST, Progress, Timeline, of_pairing, of_practice, of_rounds
from bot.content.care import BreathPattern, CareContent, Visual

Kind = Literal["pairing", "practice", "focus"]


@dataclass(frozen=True, slots=True)
class GuideWish:
    """What to be led through. `content_id` is a pairing or a practice; for focus it is "work/rest/rounds"."""

    kind: Kind
    content_id: str
    minutes: int
    sound: str | None = None
    calm_before: int = 0
    """How calm they said they were, 1 to 5; 0 was not asked. In memory only, never stored."""

    @property
    def rounds(self) -> tuple[int, int, int]:
        """Minutes of work, minutes of rest, and how often."""
        work, rest, rounds = (int(part) for part in self.content_id.split("/"))
        return work, rest, rounds


class End(Enum):
    """How a guide ended."""

    DONE = "done"
    STOPPED = "stopped"
    RESTARTED = "restarted"
    UNASKED = "unasked"
    """It came to its end, and nothing is asked about it."""
    EMPTIED = "emptied"
    """Everybody left the room that it led."""


Motion = tuple[Visual | BreathPattern | None, float | None]
"""A picture and the pace at which it moves; None holds still."""


@dataclass(frozen=True, slots=True)
class Face:
    """Everything a guide's message shows."""

    wish: GuideWish
    title: str | Said
    caption: str | Said
    next_at: datetime | None
    ends_at: datetime | None
    paused: bool = False
    slowest: bool = False
    sound: str | None = None
    note: Said | None = None
    end: End | None = None
    whispers: bool = False
    """Some of its captions are whispered as well, where there is sound."""
    worked_minutes: int = 0
    """For focus: the minutes of work so far."""
    picture: Visual | BreathPattern | None = None
    """What moves beside the words: a visual trigger, or the circle of a breath."""
    still: bool = False
    """Its owner wishes the picture to hold still."""
    moves: bool = False
    """The picture moves now: it is not wished still, nothing is paused, and the first breath has begun."""
    pace: float = 1.0
    phase_s: float = field(default=0.0, compare=False)
    """Where in its loop the picture is at this moment, before it was slowed down."""

    @property
    def motion(self) -> Motion:
        """What would have to be uploaded anew, were it another than before."""
        return self.picture, self.pace if self.moves else None


@dataclass(frozen=True, slots=True)
class ReplyKey:
    """What an answer to an interaction is edited with. The token opens that one answer, for as long."""

    token: str = field(repr=False)
    until: datetime


@dataclass(frozen=True, slots=True)
class GuideRecord:
    """A guide as it outlives the process."""

    message_id: int
    channel_id: int
    guild_id: int | None
    user_id: int
    wish: GuideWish
    progress: Progress
    voice_channel_id: int | None = None
    began_sound: bool = False
    reply: ReplyKey | None = None
    """None: its message is one of our own."""


def timeline_of(wish: GuideWish, content: CareContent) -> Timeline:
    """Lay out a guide; raise KeyError when its content is no more."""
    if wish.kind == "focus":
        return of_rounds(*wish.rounds)
    if wish.kind == "practice":
        return of_practice(content.practices[wish.content_id], wish.minutes)
    pairing = content.pairings[wish.content_id]
    if pairing.practice is not None:
        return of_practice(content.practices[pairing.practice], wish.minutes)
    return of_pairing(pairing, wish.minutes)


def title_of(wish: GuideWish, content: CareContent) -> str | Said:
    if wish.kind == "focus":
        return Said("focus.panel.title")
    things = content.practices if wish.kind == "practice" else content.pairings
    return things[wish.content_id].title


def picture_of(wish: GuideWish, content: CareContent) -> Visual | BreathPattern | None:
    """Return what is shown beside a guide's words."""
    if wish.kind == "focus":
        return None
    pairing = content.pairings[wish.content_id] if wish.kind == "pairing" else None
    practice_id = wish.content_id if pairing is None else pairing.practice
    breath = None if practice_id is None else content.practices[practice_id].breath
    return breath if pairing is None else pairing.visual or breath


def face_of(
    wish: GuideWish,
    content: CareContent,
    progress: Progress,
    now: datetime,
    *,
    sound: str | None = None,
    note: Said | None = None,
    end: End | None = None,
    still: bool = False,
) -> Face:
    """Return how a guide looks at this moment."""
    timeline = timeline_of(wish, content)
    picture = picture_of(wish, content) if end is None else None
    at_s = min(progress.at_s(now), timeline.length_s)
    running = end is None and progress.since is not None
    resumed = dataclasses.replace(progress, reached_s=at_s, since=now)
    next_s = timeline.next_after(at_s)
    return Face(
        wish=wish,
        title=title_of(wish, content),
        caption=timeline.cue_at(at_s).caption,
        next_at=_moment(resumed, timeline, now, next_s) if running else None,
        ends_at=_moment(resumed, timeline, now, timeline.length_s) if running else None,
        paused=end is None and progress.since is None,
        slowest=progress.pace >= SLOWEST - 1e-9,
        sound=sound,
        note=note,
        end=end,
        whispers=any(cue.whisper is not None for cue in timeline.cues),
        picture=picture,
        still=still,
        moves=running and not still and picture is not None and _begun_s(picture, at_s) >= 0.0,
        pace=progress.pace,
        phase_s=max(0.0, _begun_s(picture, at_s)),
        worked_minutes=_worked_minutes(wish, at_s) if wish.kind == "focus" else 0,
    )


def _begun_s(picture: Visual | BreathPattern | None, at_s: float) -> float:
    """Return for how long a picture has moved: the circle of a breath begins with the first breath."""
    return at_s - LEAD_S if isinstance(picture, BreathPattern) else at_s


def _moment(progress: Progress, timeline: Timeline, now: datetime, at_s: float) -> datetime:
    """Return when the timeline will be there, to the second: a face that only drifted is the same face."""
    shortened = dataclasses.replace(timeline, length_s=at_s)
    return progress.ends_at(shortened, now).replace(microsecond=0)


def _worked_minutes(wish: GuideWish, at_s: float) -> int:
    work, rest, rounds = wish.rounds
    whole, left_s = divmod(at_s, (work + rest) * 60.0)
    return round(min(whole * work + min(left_s / 60.0, work), rounds * work))
