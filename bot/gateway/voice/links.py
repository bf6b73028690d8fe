"""Playback's ways into voice channels: joins, watches over every line, leaves."""

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Final

import discord

from bot.core.clock import Clock
from bot.core.errors import Refusal
from bot.core.tasks import Tasks
from bot.gateway.rooms import VocalChannel, people_in, room_from, who_is_in
from bot.gateway.voice.line import Line
from bot.gateway.voice.pacer import Pacer
from bot.playback.model import Fate, Room, Trouble
from bot.playback.ports import PacketSource

_log = logging.getLogger(__name__)

ANSWER_S: Final = 10.0
"""How long Discord may take to let us in."""
JOIN_EVERY_S: Final = 0.05
"""The least time between two joins: a handshake takes this thread a while, and others are listening."""
WATCH_S: Final = 1.0
UNSENT_S: Final = 5.0
"""When nothing due has left for so long, the line is repaired, whatever its connection looks like."""


class DiscordVoiceLinks:
    """Joins channels. Connecting and leaving are tasks of our own: a caller that goes away breaks neither."""

    def __init__(
        self,
        client: discord.Client,
        clock: Clock,
        tasks: Tasks,
        *,
        pacer: Pacer | None = None,
        answer_s: float = ANSWER_S,
    ) -> None:
        self._client = client
        self._clock = clock
        self._tasks = tasks
        self.pacer = pacer or Pacer()
        """Ends with whoever made the links."""
        self._answer_s = answer_s
        self._links: dict[int, DiscordVoiceLink] = {}
        self._told: Callable[[int], None] = _tell_nobody
        self._watching: asyncio.Task[None] | None = None
        self._next_join_s = 0.0

    def tell(self, changed: Callable[[int], None]) -> None:
        """See `bot.playback.ports.VoiceLinks`."""
        self._told = changed

    @property
    def has_room(self) -> bool:
        """See `bot.playback.ports.VoiceLinks`."""
        return self.pacer.load.has_room

    def reachable(self, guild_id: int) -> bool:
        """See `bot.playback.ports.VoiceLinks`; a server we were sent away from is told about: we know."""
        guild = self._client.get_guild(guild_id)
        return guild is None or not guild.unavailable

    def find(self, guild_id: int, channel_id: int) -> Room | None:
        """See `bot.playback.ports.VoiceLinks`."""
        guild = self._client.get_guild(guild_id)
        channel = None if guild is None else guild.get_channel(channel_id)
        return room_from(channel) if isinstance(channel, VocalChannel) else None

    def listeners_in(self, room: Room) -> int:
        """See `bot.playback.ports.VoiceLinks`."""
        channel = self._client.get_channel(room.channel_id)
        return people_in(channel) if isinstance(channel, VocalChannel) else 0

    def who_listens(self, room: Room) -> frozenset[int]:
        """See `bot.playback.ports.VoiceLinks`."""
        channel = self._client.get_channel(room.channel_id)
        return who_is_in(channel) if isinstance(channel, VocalChannel) else frozenset()

    async def join(self, room: Room) -> "DiscordVoiceLink":
        """See `bot.playback.ports.VoiceLinks`."""
        no_answer = Refusal("play.refused.no_answer", channel=room.name)
        channel = self._client.get_channel(room.channel_id)
        if not isinstance(channel, VocalChannel):
            raise no_answer
        await self._take_turns()
        connecting = self._tasks.start(self._connect(channel), name="voice-join")
        try:
            async with asyncio.timeout(self._answer_s):
                line = await asyncio.shield(connecting)
        except BaseException as error:
            self._tasks.start(_undo(connecting), name="voice-join-undo")
            if isinstance(error, TimeoutError):
                raise no_answer from None
            raise
        if line is None:
            raise no_answer
        link = self._links[room.guild_id] = DiscordVoiceLink(line, self._tasks)
        await link.step_up()
        if self._watching is None or self._watching.done():
            self._watching = self._tasks.start(self._watch(), name="voice-watch")
        return link

    def gateway_began_anew(self, shard_id: int) -> None:
        """Tell Discord where we sit: a shard's new session with it knows of no voice of ours."""
        for link in self._links.values():
            if link.shard_id == shard_id:
                link.line.announce()

    async def _take_turns(self) -> None:
        now_s = time.perf_counter()
        at_s = max(now_s, self._next_join_s)
        self._next_join_s = at_s + JOIN_EVERY_S
        if at_s > now_s:
            await asyncio.sleep(at_s - now_s)

    def seat_changed(self, guild_id: int) -> None:
        """Look at our own seat again: a stage may have put us into its audience, or let us up."""
        link = self._links.get(guild_id)
        if link is not None and link.seat_changed():
            self._tasks.start(link.step_up(), name="voice-step-up")

    async def _connect(self, channel: VocalChannel) -> Line | None:
        line = partial(Line, pacer=self.pacer, clock=self._clock, changed=self._changed)
        try:
            return await channel.connect(timeout=self._answer_s, cls=line, self_deaf=True)
        except (TimeoutError, OSError, discord.DiscordException) as error:
            _log.warning("a voice channel could not be joined: %s", type(error).__name__)
            return None

    def _changed(self, guild_id: int) -> None:
        link = self._links.get(guild_id)
        if link is not None and not link.line.live:
            del self._links[guild_id]
            link.gone()
        self._told(guild_id)

    async def _watch(self) -> None:
        """Trust nothing but frames that left: a connection may look well and carry none."""
        while self._links:
            await asyncio.sleep(WATCH_S)
            self.pacer.revive()
            for guild_id, link in list(self._links.items()):
                unsent_since_s = link.line.lane.unsent_since_s
                if not link.line.live:
                    self._links.pop(guild_id, None)
                elif unsent_since_s is not None and time.perf_counter() - unsent_since_s > UNSENT_S:
                    link.line.repair()


class DiscordVoiceLink:
    """A stay in a channel. See `bot.playback.ports.VoiceLink`."""

    def __init__(self, line: Line, tasks: Tasks) -> None:
        self.line = line
        self._tasks = tasks
        self._invited = False  # onto the stage; the cache may hear of it a moment later
        self._in_audience: int | None = None  # the stage in whose audience we have found ourselves
        self._ended: Callable[[], None] | None = None

    @property
    def room(self) -> Room:
        return room_from(self._channel)

    @property
    def listeners(self) -> int:
        return people_in(self._channel)

    @property
    def audible(self) -> bool:
        mine = self._channel.guild.me.voice
        return self._invited or mine is None or not mine.suppress

    def seat_changed(self) -> bool:
        """Take note of where we sit by the cache; True when that is newly the audience of a stage."""
        self._invited = False
        channel, mine = self._channel, self._channel.guild.me.voice
        suppressed = isinstance(channel, discord.StageChannel) and mine is not None and mine.suppress
        before, self._in_audience = self._in_audience, channel.id if suppressed else None
        return self._in_audience is not None and self._in_audience != before

    async def step_up(self) -> None:
        """On a stage, move to where we may speak, or ask to be let up."""
        channel = self._channel
        if isinstance(channel, discord.StageChannel):
            self._in_audience = channel.id
            self._invited = await _step_up(channel)

    @property
    def present(self) -> bool:
        return self.line.live

    @property
    def trouble(self) -> Trouble | None:
        return self.line.trouble

    @property
    def fate(self) -> Fate | None:
        return self.line.fate

    @property
    def shard_id(self) -> int:
        return self._channel.guild.shard_id

    def play(self, packets: PacketSource, ended: Callable[[], None], returned: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        self._ended = ended
        if not self.line.live:
            loop.call_soon(self.gone)
            return
        self.line.returned = returned
        self.line.lane.play(packets, partial(_call_on, loop, self.gone))

    def gone(self) -> None:
        """Tell whoever plays that it is over, once."""
        ended, self._ended = self._ended, None
        if ended is not None:
            ended()

    async def leave(self) -> None:
        if self.line.live:
            await asyncio.shield(self._tasks.start(self.line.disconnect(force=True), name="voice-leave"))

    @property
    def _channel(self) -> VocalChannel:
        """Where it is, as the cache knows it now; once the channel is gone, as it was."""
        channel = self.line.client.get_channel(self.line.channel.id)
        return channel if isinstance(channel, VocalChannel) else self.line.channel


def _call_on(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    try:
        loop.call_soon_threadsafe(callback)
    except RuntimeError:  # the loop is closed: nobody is left to be told
        _log.debug("sound ended after the event loop")


def _tell_nobody(_guild_id: int) -> None:
    pass


async def _undo(connecting: "asyncio.Task[Line | None]") -> None:
    """Leave again if the join that nobody waits for any more succeeds after all."""
    await asyncio.wait({connecting})
    if not connecting.cancelled() and connecting.exception() is None and (line := connecting.result()):
        await line.disconnect(force=True)


async def _step_up(stage: discord.StageChannel) -> bool:
    """Move from the audience to the stage, or ask to be moved; return whether Hush may speak."""
    me = stage.guild.me
    mine = stage.permissions_for(me)
    try:
        if mine.mute_members:
            await me.edit(suppress=False)
            return True
        if mine.request_to_speak:
            await me.request_to_speak()
    except discord.HTTPException as error:
        _log.warning("the stage could not be entered: %s", type(error).__name__)
    return False
