"""What servers and people have chosen, with the house's defaults, and the ports that remember it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

DEFAULT_TIMER_MINUTES: Final = 60
DEFAULT_TAIL_MINUTES: Final = 10
LONGEST_MINUTES: Final = 12 * 60
DEFAULT_EMPTY_MINUTES: Final = 5
LONGEST_EMPTY_MINUTES: Final = 60
DAY_MINUTES: Final = 24 * 60

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,4})?")
_COUNTRY = re.compile(r"[A-Z]{2}")
_TIMEZONE = re.compile(r"[A-Za-z0-9_+/-]{1,64}")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """When a server wants it softer and darker, by the clock of its time zone; they may go past midnight."""

    from_minutes: int
    """Minutes after local midnight, 0..1439."""
    to_minutes: int
    cap_percent: int

    def __post_init__(self) -> None:
        _require_within("from_minutes", self.from_minutes, DAY_MINUTES - 1)
        _require_within("to_minutes", self.to_minutes, DAY_MINUTES - 1)
        _require_within("cap_percent", self.cap_percent, 100)
        if self.from_minutes == self.to_minutes:
            raise ValueError("quiet hours begin and end at different times")


@dataclass(frozen=True, slots=True)
class GuildSettings:
    """What a server's admins have chosen."""

    guild_id: int
    listener_role_id: int | None = None
    """Who of those in the channel may change what sounds; None is everyone in it."""
    timer_default_minutes: int = DEFAULT_TIMER_MINUTES
    """How long a session lasts when nobody says; 0 plays until the channel is empty."""
    tail_minutes: int = DEFAULT_TAIL_MINUTES
    """The last stretch of a session, over which it grows softer."""
    volume_cap_percent: int = 100
    leave_at_end: bool = False
    """Leave the channel when a session ends, rather than stay silently until it is empty."""
    empty_minutes: int = DEFAULT_EMPTY_MINUTES
    """How long Hush stays in a channel that everybody left, silent after the first half minute."""
    timezone: str | None = None
    """An IANA name, for all that happens here at a time of day; None is UTC."""
    voice_status: bool = False
    """Show what plays as the voice channel's status, where everybody in the server reads it."""
    language: str | None = None
    """A Discord locale tag; None is the server's own."""
    moderator_channel_id: int | None = None
    """Where a person may let moderators know that they would like support; None offers nobody that."""
    quiet: QuietHours | None = None
    channel_caps: Mapping[int, int] = field(default_factory=dict)
    """The loudest a single channel may be, percent, where that differs from the server's."""

    def __post_init__(self) -> None:
        _require_within("timer_default_minutes", self.timer_default_minutes, LONGEST_MINUTES)
        _require_within("tail_minutes", self.tail_minutes, LONGEST_MINUTES)
        _require_within("volume_cap_percent", self.volume_cap_percent, 100)
        _require_within("empty_minutes", self.empty_minutes, LONGEST_EMPTY_MINUTES)
        _require_shape("timezone", self.timezone, _TIMEZONE)
        for percent in self.channel_caps.values():
            _require_within("channel_caps", percent, 100)
        _require_shape("language", self.language, _LANGUAGE)


@dataclass(frozen=True, slots=True)
class PersonSettings:
    """What one person has chosen. Nothing here is asked for; all of it may stay empty."""

    user_id: int
    language: str | None = None
    """A Discord locale tag; None is what their Discord says."""
    country: str | None = None
    """ISO 3166 alpha-2, for helplines; None asks when it matters."""
    timezone: str | None = None
    """An IANA name; None is not known yet."""
    quiet: bool = False
    """No unasked offers."""

    def __post_init__(self) -> None:
        _require_shape("language", self.language, _LANGUAGE)
        _require_shape("country", self.country, _COUNTRY)
        _require_shape("timezone", self.timezone, _TIMEZONE)


class GuildSettingsStore(Protocol):
    """Remembers servers' settings. Every method raises StoreError when the database does not answer."""

    async def get(self, guild_id: int) -> GuildSettings:
        """Return the server's settings; the defaults when it has chosen nothing."""
        ...

    async def put(self, settings: GuildSettings) -> None:
        """Remember all of these settings in place of the earlier ones; the last to put wins."""
        ...

    async def remove(self, guild_id: int) -> None:
        """Forget what the server chose; nothing happens when that is nothing."""
        ...


class PersonSettingsStore(Protocol):
    """Remembers people's settings. Every method raises StoreError when the database does not answer."""

    async def get(self, user_id: int) -> PersonSettings:
        """Return the person's settings; the defaults, which hold nothing about them, when unknown."""
        ...

    async def put(self, settings: PersonSettings) -> None:
        """Remember all of these settings in place of the earlier ones; the last to put wins."""
        ...

    async def remove(self, user_id: int) -> None:
        """Forget the person's settings; nothing happens when there are none."""
        ...


def _require_shape(name: str, value: str | None, shape: re.Pattern[str]) -> None:
    if value is not None and not shape.fullmatch(value):
        raise ValueError(f"{name} has the wrong shape: {value!r}")


def _require_within(name: str, value: int, most: int) -> None:
    if not 0 <= value <= most:
        raise ValueError(f"{name} must be within 0..{most}, not {value}")
