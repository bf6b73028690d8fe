"""The values playback speaks in: where, what somebody wishes, what plays."""

from dataclasses import dataclass
from datetime import datetime, timedelta

DEFAULT_VOLUME = 60
LONGEST_MINUTES = 720
DEFAULT_LENGTH = timedelta(minutes=60)
LONGEST_TAIL = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Seat:
    """Where the person who asks sits; `channel_id` is None outside voice."""

    guild_id: int
    channel_id: int | None


@dataclass(frozen=True, slots=True)
class Room:
    """A voice or stage channel. `name` is ready to be shown, `bitrate` is what the channel carries, bit/s."""

    guild_id: int
    channel_id: int
    name: str
    bitrate: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asked to hear, as typed. None means: as usual, or as it is."""

    sound: str
    volume: int | None = None
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Length:
    """How long a session lasts, the `tail` it fades over included; `total` None plays until it is stopped."""

    total: timedelta | None
    tail: timedelta

    @classmethod
    def from_minutes(cls, minutes: int | None) -> "Length":
        """None is the house's hour, 0 is open-ended; a short session fades over its last third."""
        if minutes == 0:
            return cls(None, timedelta(0))
        total = DEFAULT_LENGTH if minutes is None else timedelta(minutes=minutes)
        return cls(total, min(LONGEST_TAIL, total / 3))

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
    volume: int
    paused: bool
    audible: bool
    """False while a stage keeps Hush in the audience."""
    tail: timedelta
    """The last stretch, over which it grows softer."""
    ends_at: datetime | None
    """When it will be silent; None plays until the channel is empty. A pause does not move it."""
    remaining_s: float | None

    @property
    def guild_id(self) -> int:
        return self.room.guild_id

    @property
    def channel_id(self) -> int:
        return self.room.channel_id
