"""Keeping what sounds under the limits also when they change: quiet hours begin, an admin lowers one.

In quiet hours it is darker too, which comes and goes by itself; loudness only ever goes down by itself.
"""

import asyncio

from bot.core.clock import Clock
from bot.core.preferences import GuildSettings, GuildSettingsStore
from bot.core.tasks import Tasks
from bot.playback.limits import VolumeLimits
from bot.playback.sessions import Sessions
from bot.playback.steps import quieter

STEP_S = 5.0
"""Between two even steps down: nobody shall notice that it became softer."""


class Ceilings:
    """Lowers what is too loud, step by step. Never raises anything: what grew softer at night stays so."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        settings: GuildSettingsStore,
        limits: VolumeLimits,
        clock: Clock,
        tasks: Tasks,
    ) -> None:
        self._sessions = sessions
        self._settings = settings
        self._limits = limits
        self._clock = clock
        self._tasks = tasks
        self._watches: dict[int, asyncio.Task[None]] = {}

    def cap(self, settings: GuildSettings, channel_id: int) -> int:
        """Return the highest volume allowed in a channel now, percent."""
        return self._limits.cap(settings, channel_id)

    def is_dark(self, settings: GuildSettings) -> bool:
        """Return whether it is quiet hours, when what is bright is soft."""
        return self._limits.is_quiet(settings)

    def watch(self, guild_id: int) -> None:
        """Look at a server's session anew: it began, moved, or its limits were changed."""
        if (earlier := self._watches.pop(guild_id, None)) is not None:
            earlier.cancel()
        if self._sessions.playing(guild_id) is not None:
            watch = self._tasks.start(self._keep_under(guild_id), name="ceiling")
            self._watches[guild_id] = watch

    async def _keep_under(self, guild_id: int) -> None:
        while True:
            settings = await self._settings.get(guild_id)
            session = self._sessions.playing(guild_id)
            if session is None:
                return
            session.stream.set_dark(self.is_dark(settings))
            cap = self.cap(settings, session.link.room.channel_id)
            if session.stream.volume > cap:
                session.stream.set_volume(max(cap, quieter(session.stream.volume)) if cap else 0)
                self._sessions.changed(session)
                await self._clock.sleep(STEP_S)
            elif (until_s := self._limits.until_change_s(settings)) is None:
                return
            else:
                await self._clock.sleep(until_s)
