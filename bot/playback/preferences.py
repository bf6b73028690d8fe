"""Servers' settings at hand: nobody's tap waits for the disk, and a silent database silences nothing."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable

from bot.core.errors import StoreError
from bot.core.preferences import GuildSettings, GuildSettingsStore

_log = logging.getLogger(__name__)


class CachedGuildSettings:
    """A `GuildSettingsStore` that asks the one behind it once a server; all changes must go through here."""

    def __init__(self, store: GuildSettingsStore) -> None:
        self._store = store
        self._known: dict[int, GuildSettings] = {}
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(self, guild_id: int) -> GuildSettings:
        """Return the server's settings; the defaults too when the database does not answer."""
        if (known := self._known.get(guild_id)) is not None:
            return known
        try:
            stored = await self._store.get(guild_id)
        except StoreError as error:
            _log.warning("a server's settings could not be read: %s", error)
            return GuildSettings(guild_id)
        return self._known.setdefault(guild_id, stored)

    def language_of(self, guild_id: int) -> str | None:
        """Return the language a server chose, as far as it was read; None is the server's own."""
        known = self._known.get(guild_id)
        return None if known is None else known.language

    async def put(self, settings: GuildSettings) -> None:
        await self._store.put(settings)
        self._known[settings.guild_id] = settings

    async def change(self, guild_id: int, change: Callable[[GuildSettings], GuildSettings]) -> GuildSettings:
        """Change what is stored, one after another; raise StoreError when that cannot be read or written."""
        async with self._turns[guild_id]:
            settings = change(await self._store.get(guild_id))
            await self.put(settings)
            return settings

    async def remove(self, guild_id: int) -> None:
        await self._store.remove(guild_id)
        self._known.pop(guild_id, None)
