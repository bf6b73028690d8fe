"""The room blend: what somebody who listens never wants to hear is not played while they are there.

A promise kept without a word: the layer fades out when they join and may return when they leave. Two people
alone can infer it; docs/privacy.md says so.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from bot.core.errors import StoreError
from bot.playback.model import Room
from bot.playback.ports import VoiceLinks
from bot.playback.tastes import Taste, TasteStore
from bot.privacy.ports import Held

_log = logging.getLogger(__name__)

_MOST_REMEMBERED: Final = 20_000


class Blocks:
    """What people never want to hear. Known people's choices outlive a database that does not answer."""

    def __init__(self, store: TasteStore) -> None:
        self._store = store
        self._known: OrderedDict[int, frozenset[str]] = OrderedDict()

    async def blocked(self, user_id: int) -> frozenset[str]:
        """Return the sounds this person never wants to hear."""
        try:
            self._known[user_id] = await self._store.sounds(Taste.BLOCKED, user_id)
        except StoreError as error:
            _log.warning("what is blocked cannot be looked up: %s", error)
        self._known.setdefault(user_id, frozenset())
        self._known.move_to_end(user_id)
        while len(self._known) > _MOST_REMEMBERED:
            self._known.popitem(last=False)
        return self._known.get(user_id, frozenset())

    async def block(self, user_id: int, sound: str) -> None:
        await self._store.add(Taste.BLOCKED, user_id, sound)
        self._known[user_id] = self._known.get(user_id, frozenset()) | {sound}

    async def unblock(self, user_id: int, sound: str) -> None:
        await self._store.remove(Taste.BLOCKED, user_id, sound)
        self._known[user_id] = self._known.get(user_id, frozenset()) - {sound}

    async def held(self, _user_id: int) -> Sequence[Held]:
        """See `bot.privacy.ports.Holder`: what is remembered here stands in a table as well."""
        return ()

    async def forget(self, user_id: int) -> None:
        """See `bot.privacy.ports.Holder`."""
        self._known.pop(user_id, None)


class RoomBlend:
    """What may not be heard in a room, from who is in it."""

    def __init__(self, blocks: Blocks, links: VoiceLinks) -> None:
        self._blocks = blocks
        self._links = links

    async def blocked_in(self, room: Room) -> frozenset[str]:
        """Return every sound that somebody in the room never wants to hear."""
        people = self._links.who_listens(room)
        chosen = await asyncio.gather(*(self._blocks.blocked(user_id) for user_id in sorted(people)))
        return frozenset().union(*chosen)
