"""Coming back after the process was ended, however it was: what should still sound, sounds again."""

import asyncio
import logging
from itertools import chain, repeat

from bot.audio.library import Library
from bot.core.clock import Clock
from bot.core.errors import Refusal, StoreError
from bot.core.tasks import Tasks
from bot.playback.desired import DesiredSession
from bot.playback.ledger import Ledger
from bot.playback.model import Room
from bot.playback.ports import Display, VoiceLinks
from bot.playback.service import Playback

_log = logging.getLogger(__name__)

_AT_ONCE = 8
"""Joins side by side: a whole fleet of them would meet Discord's limits."""
_KNOCKS_S = (0.0, 5.0, 30.0)
"""How long to wait before each try to join; then as long as before the last, while somebody waits there."""


class Restore:
    """Brings the sessions of an earlier process back, each once.

    One whose time has passed, or whose channel is gone, is forgotten and its panel says so. One whose
    channel is empty waits as long as any session does in an empty channel.
    """

    def __init__(
        self,
        *,
        playback: Playback,
        library: Library,
        links: VoiceLinks,
        ledger: Ledger,
        display: Display,
        clock: Clock,
        tasks: Tasks,
    ) -> None:
        self._playback = playback
        self._library = library
        self._links = links
        self._ledger = ledger
        self._display = display
        self._clock = clock
        self._tasks = tasks
        self._began = False
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._unreachable: dict[int, DesiredSession] = {}
        self._waiting: dict[int, tuple[Room, asyncio.Future[bool]]] = {}

    async def begin(self) -> None:
        """Bring back what was wished; Discord has told what servers there are. Later calls do nothing."""
        if self._began:
            return
        self._began = True
        try:
            stored = await self._ledger.all()
        except StoreError as error:
            _log.error("nothing can be brought back: %s", error)
            return
        for wanted in stored:
            self._start(wanted)

    def guild_available(self, guild_id: int) -> None:
        """Discord tells about a server again."""
        if (wanted := self._unreachable.pop(guild_id, None)) is not None:
            self._start(wanted)

    def room_changed(self, guild_id: int) -> None:
        """Somebody came or went in a guild."""
        if guild_id in self._waiting:
            room, arrival = self._waiting[guild_id]
            if self._links.listeners_in(room) and not arrival.done():
                arrival.set_result(True)

    def _start(self, wanted: DesiredSession) -> None:
        self._tasks.start(self._bring_back(wanted), name="restore")

    async def _bring_back(self, wanted: DesiredSession) -> None:
        if not self._links.reachable(wanted.guild_id):
            self._unreachable[wanted.guild_id] = wanted
        elif not await self._returned(wanted) and self._playback.now_playing(wanted.guild_id) is None:
            self._ledger.remove(wanted.guild_id)
            self._display.ended(wanted.guild_id, wanted.panel)

    async def _returned(self, wanted: DesiredSession) -> bool:
        known = all(layer.trigger in self._library.triggers for layer in wanted.plan.mix.layers)
        room = self._links.find(wanted.guild_id, wanted.channel_id)
        if not known or room is None or self._is_over(wanted):
            return False
        if not self._links.listeners_in(room) and not await self._somebody_comes(room):
            return False
        for wait_s in chain(_KNOCKS_S, repeat(_KNOCKS_S[-1])):
            await self._clock.sleep(wait_s)
            if not self._links.reachable(wanted.guild_id):
                continue
            room = self._links.find(wanted.guild_id, wanted.channel_id)
            if room is None or self._is_over(wanted) or not self._links.listeners_in(room):
                return False
            try:
                async with self._turns:
                    await self._playback.bring_back(room, wanted)
            except Refusal as refusal:
                _log.warning("a session could not be brought back yet: %s", refusal.key)
            else:
                return True
        return False

    def _is_over(self, wanted: DesiredSession) -> bool:
        return wanted.ends_at is not None and wanted.ends_at <= self._clock.now()

    async def _somebody_comes(self, room: Room) -> bool:
        arrival: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting[room.guild_id] = room, arrival
        patience_s = await self._playback.empty_room_patience_s(room.guild_id)
        patience = self._tasks.start(self._lose_patience(arrival, patience_s), name="restore-patience")
        try:
            return await arrival
        finally:
            patience.cancel()
            del self._waiting[room.guild_id]

    async def _lose_patience(self, arrival: asyncio.Future[bool], patience_s: float) -> None:
        await self._clock.sleep(patience_s)
        if not arrival.done():
            arrival.set_result(False)
