"""How loud a room may be: the hoster's limit, the server's, the channel's, and the quiet hours'."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.clock import Clock
from bot.core.preferences import GuildSettings

_DAY = timedelta(days=1)
_UTC = "UTC"


class VolumeLimits:
    """The lowest of all limits holds; nobody can raise what somebody further out has lowered."""

    def __init__(self, clock: Clock, zone: Callable[[str], ZoneInfo], *, hoster_percent: int = 100) -> None:
        """`zone` knows the IANA names."""
        self._clock = clock
        self._zone = zone
        self.hoster_percent = hoster_percent

    def cap(self, settings: GuildSettings, channel_id: int) -> int:
        """Return the highest volume allowed in a channel now, percent."""
        caps = [
            self.hoster_percent,
            settings.volume_cap_percent,
            settings.channel_caps.get(channel_id, 100),
        ]
        if settings.quiet is not None and self.is_quiet(settings):
            caps.append(settings.quiet.cap_percent)
        return min(caps)

    def is_quiet(self, settings: GuildSettings) -> bool:
        """Whether it is within the quiet hours now, by the server's clock on the wall."""
        hours = settings.quiet
        if hours is None:
            return False
        local = self._clock.now().astimezone(self._zone_of(settings))
        minutes = local.hour * 60 + local.minute
        if hours.from_minutes < hours.to_minutes:
            return hours.from_minutes <= minutes < hours.to_minutes
        return minutes >= hours.from_minutes or minutes < hours.to_minutes

    def until_change_s(self, settings: GuildSettings) -> float | None:
        """Return the seconds until quiet hours next begin or end; None where there are none."""
        hours = settings.quiet
        if hours is None:
            return None
        return min(self._until_s(minutes, settings) for minutes in (hours.from_minutes, hours.to_minutes))

    def _until_s(self, minutes: int, settings: GuildSettings) -> float:
        """Return the seconds until the server's clock on the wall shows these minutes after midnight next."""
        now = self._clock.now()
        place = self._zone_of(settings)
        at = time(*divmod(minutes, 60))
        today = now.astimezone(place).date()
        days = (datetime.combine(today + n * _DAY, at, place).astimezone(UTC) for n in range(3))
        return next((day - now).total_seconds() for day in days if day > now)

    def _zone_of(self, settings: GuildSettings) -> ZoneInfo:
        return self._zone(settings.timezone or _UTC)
