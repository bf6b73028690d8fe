"""The values playback speaks in: where, what somebody wishes, what plays."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.audio.mix import Mix
from bot.core.preferences import DEFAULT_TAIL_MINUTES, DEFAULT_TIMER_MINUTES

DEFAULT_VOLUME = 60
DEFAULT_LENGTH = timedelta(minutes=DEFAULT_TIMER_MINUTES)


@dataclass(frozen=True, slots=True)
class Seat:
    """Who asks, and where they sit; `channel_id` is None outside voice."""

    guild_id: int
    channel_id: int | None
    user_id: int | None = None
    role_ids: frozenset[int] = frozenset()
    manages_server: bool = False
    """They hold Manage Server, so the listener role does not bind them."""


@dataclass(frozen=True, slots=True)
class Room:
    """A voice or stage channel. `name` is ready to be shown, `bitrate` is what the channel carries, bit/s."""

    guild_id: int
    channel_id: int
    name: str
    bitrate: int


class Fate(enum.Enum):
    """Why a stay in a channel ended without anybody asking Hush."""

    SENT_AWAY = "sent_away"
    """A moderator disconnected it."""
    CHANNEL_DELETED = "channel_deleted"


class Trouble(enum.Enum):
    """Why nothing is heard just now although it should be; it is being mended."""

    CONNECTION = "connection"
    RATE_LIMITED = "rate_limited"


@dataclass(frozen=True, slots=True)
class PanelPlace:
    """Where a session is shown: a message of ours."""

    channel_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asked to hear, as typed. None means: as usual, or as it is."""

    sound: str
    """A sound, a preset of theirs or of the house, or a share code."""
    volume: int | None = None
    minutes: int | None = None
    unnamed: bool = False
    """Nobody is told what it is while it plays: it is to be judged by ear."""


@dataclass(frozen=True, slots=True)
class Length:
    """How long a session lasts, the `tail` it fades over included; `total` None plays until it is stopped."""

    total: timedelta | None
    tail: timedelta

    @classmethod
    def from_minutes(
        cls,
        minutes: int | None,
        *,
        usual_minutes: int = DEFAULT_TIMER_MINUTES,
        tail_minutes: int = DEFAULT_TAIL_MINUTES,
    ) -> "Length":
        """None is what is usual, 0 is open-ended; a short session fades over its last third."""
        minutes = usual_minutes if minutes is None else minutes
        if minutes == 0:
            return cls(None, timedelta(0))
        total = timedelta(minutes=minutes)
        return cls(total, min(timedelta(minutes=tail_minutes), total / 3))

    @property
    def total_s(self) -> float | None:
        return None if self.total is None else self.total.total_seconds()

    @property
    def tail_s(self) -> float:
        return self.tail.total_seconds()

    def after(self, start_at: datetime) -> datetime | None:
        return None if self.total is None else start_at + self.total


@dataclass(frozen=True, slots=True)
class NowPlaying:
    """What plays in a guild at one moment."""

    room: Room
    title: str
    family: str
    volume: int
    paused: bool
    audible: bool
    """False while a stage keeps Hush in the audience."""
    tail: timedelta
    """The last stretch, over which it grows softer."""
    ends_at: datetime | None
    """When it will be silent; None plays until the channel is empty. A pause does not move it."""
    remaining_s: float | None
    panel: PanelPlace | None = None
    """Where it is shown, once it is."""
    trouble: Trouble | None = None
    """Why it cannot be heard just now, None when it can."""
    mix: Mix | None = None
    arc: bool = False
    """Whether it ends along a sleep arc."""
    unnamed: bool = False
    """Whether it is to be judged by ear; then the title says nothing."""

    @property
    def guild_id(self) -> int:
        return self.room.guild_id

    @property
    def channel_id(self) -> int:
        return self.room.channel_id
