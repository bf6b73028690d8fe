"""Writing down what should sound, behind people's backs: nobody's answer waits for the disk."""

import asyncio
import logging
from collections.abc import Sequence

from bot.core.clock import Clock
from bot.core.errors import StoreError
from bot.core.tasks import Tasks
from bot.playback.desired import DesiredSession, SessionStore

_log = logging.getLogger(__name__)

_RETRY_S = 5.0
_LAST_WRITES_LIMIT_S = 1.0
"""When the process ends, a database that does not answer is not waited for much longer."""


class Ledger:
    """Brings every server's newest desired session to the store, soon and in order.

    What a newer one replaces before its turn is never written. A database that does not answer is asked
    again; what is wanted stays in memory meanwhile.
    """

    def __init__(self, store: SessionStore, clock: Clock, tasks: Tasks) -> None:
        self._store = store
        self._clock = clock
        self._tasks = tasks
        self._unwritten: dict[int, DesiredSession | None] = {}
        self._writing: asyncio.Task[None] | None = None

    def put(self, session: DesiredSession) -> None:
        self._want(session.guild_id, session)

    def remove(self, guild_id: int) -> None:
        self._want(guild_id, None)

    async def all(self) -> Sequence[DesiredSession]:
        """Return what every server should hear; raise StoreError when the database does not answer."""
        stored = await self._store.all()
        return [session for session in stored if session.guild_id not in self._unwritten]

    async def settled(self) -> None:
        """Wait a moment until everything is written."""
        if self._writing is not None:
            await asyncio.wait({self._writing}, timeout=_LAST_WRITES_LIMIT_S)

    async def close(self) -> None:
        """Wait a moment until everything is written."""
        await self.settled()

    def _want(self, guild_id: int, session: DesiredSession | None) -> None:
        self._unwritten[guild_id] = session
        if self._writing is None or self._writing.done():
            self._writing = self._tasks.start(self._write_all(), name="ledger")

    async def _write_all(self) -> None:
        while self._unwritten:
            guild_id, session = next(iter(self._unwritten.items()))
            try:
                await self._write(guild_id, session)
            except StoreError as error:
                _log.warning("what should sound is not written down yet: %s", error)
                await self._clock.sleep(_RETRY_S)
            else:
                if self._unwritten[guild_id] is session:  # else something newer came meanwhile
                    del self._unwritten[guild_id]

    async def _write(self, guild_id: int, session: DesiredSession | None) -> None:
        if session is None:
            await self._store.remove(guild_id)
        else:
            await self._store.put(session)
