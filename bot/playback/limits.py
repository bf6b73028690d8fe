"""How loud a room may be: the hoster's limit, the server's, the channel's, and the quiet hours'."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.clock import Clock
from bot.core.preferences import GuildSettings, QuietHours

_DAY = timedelta(days=1)


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
        if self.is_quiet(settings.quiet):
            caps.append(settings.quiet.cap_percent)  # type: ignore[union-attr]  # hours that hold are some
        return min(caps)

    def is_quiet(self, hours: QuietHours | None) -> bool:
        """Whether it is within the quiet hours now, by the server's clock on the wall."""
        if hours is None:
            return False
        local = self._clock.now().astimezone(self._zone(hours.zone))
        minutes = local.hour * 60 + local.minute
        if hours.from_minutes < hours.to_minutes:
            return hours.from_minutes <= minutes < hours.to_minutes
        return minutes >= hours.from_minutes or minutes < hours.to_minutes

    def until_quiet_s(self, hours: QuietHours) -> float:
        """Return the seconds until the quiet hours begin next."""
        now = self._clock.now()
        place = self._zone(hours.zone)
        at = time(*divmod(hours.from_minutes, 60))
        today = now.astimezone(place).date()
        days = (datetime.combine(today + n * _DAY, at, place).astimezone(UTC) for n in range(3))
        return next((day - now).total_seconds() for day in days if day > now)
