"""What time takes away: rows past their term, and all of a server's data 30 days after Hush left it."""

import asyncio
import logging
from datetime import timedelta
from typing import Final

from bot.core.clock import Clock
from bot.core.errors import StoreError
from bot.core.preferences import GuildSettingsStore
from bot.core.tasks import Tasks
from bot.privacy.ports import DepartureStore, Presence, RetentionStore

_log = logging.getLogger(__name__)

GUILD_KEPT: Final = timedelta(days=30)
EVERY_S: Final = 6 * 3600.0
FIRST_S: Final = 60.0
"""After a start, when Discord has told of its servers."""


class Sweep:
    """Runs a few times a day while the process lives; what one run misses, the next one does."""

    def __init__(
        self,
        *,
        retention: RetentionStore,
        departures: DepartureStore,
        settings: GuildSettingsStore,
        presence: Presence,
        clock: Clock,
        tasks: Tasks,
    ) -> None:
        self._retention = retention
        self._departures = departures
        self._settings = settings
        self._presence = presence
        self._clock = clock
        self._tasks = tasks
        self._turn = asyncio.Lock()

    def begin(self) -> None:
        self._tasks.start(self._run(), name="sweep")

    async def guild_left(self, guild_id: int) -> None:
        """Begin to count; a database that does not answer is told by the next run."""
        try:
            await self._departures.departed(guild_id, self._clock.now())
        except StoreError as error:
            _log.warning("a departure is not written down yet: %s", error)

    async def guild_joined(self, guild_id: int) -> None:
        try:
            await self._departures.returned((guild_id,))
        except StoreError as error:
            _log.warning("a return is not written down yet: %s", error)

    async def once(self) -> int:
        """Delete whatever is due now; return how many rows. Raises StoreError."""
        async with self._turn:
            n_rows = await self._retention.sweep(self._clock.now())
            if self._presence.is_complete:
                await self._compare()
            for guild_id in await self._departures.left_before(self._clock.now() - GUILD_KEPT):
                if not self._presence.is_in(guild_id):
                    n_rows += await self._departures.erase(guild_id)
                    await self._settings.remove(guild_id)
            return n_rows

    async def _compare(self) -> None:
        """Notice what happened while the process was away."""
        known = [g for g in await self._departures.known() if self._presence.responsible_for(g)]
        await self._departures.returned([g for g in known if self._presence.is_in(g)])
        for guild_id in known:
            if not self._presence.is_in(guild_id):
                await self._departures.departed(guild_id, self._clock.now())

    async def _run(self) -> None:
        wait_s = FIRST_S
        while True:
            await self._clock.sleep(wait_s)
            wait_s = EVERY_S
            try:
                await self.once()
            except StoreError as error:
                _log.warning("what is past its time is not deleted yet: %s", error)
