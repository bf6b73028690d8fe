"""The room blend: what somebody who listens never wants to hear is not played while they are there.

A promise kept without a word: the layer fades out when they join and may return when they leave. Two people
alone can infer it; docs/privacy.md says so.
"""

import asyncio

from bot.playback.choices import Choices
from bot.playback.model import Room
from bot.playback.ports import VoiceLinks
from bot.playback.tastes import Taste, TasteStore


class Blocks(Choices):
    """What people never want to hear."""

    def __init__(self, store: TasteStore) -> None:
        super().__init__(store, Taste.BLOCKED)

    async def blocked(self, user_id: int) -> frozenset[str]:
        """Return the sounds this person never wants to hear."""
        return await self.of(user_id)

    async def block(self, user_id: int, sound: str) -> None:
        await self.add(user_id, sound)

    async def unblock(self, user_id: int, sound: str) -> None:
        await self.remove(user_id, sound)


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
