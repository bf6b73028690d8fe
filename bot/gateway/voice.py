"""Voice links over discord.py's own voice connection."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

import discord

from bot.core.errors import Refusal
from bot.core.tasks import Tasks
from bot.gateway.rooms import VocalChannel, people_in, room_from
from bot.playback.model import Room
from bot.playback.ports import PacketSource

_log = logging.getLogger(__name__)

ANSWER_S = 10.0
"""How long Discord may take to let us in."""


class DiscordVoiceLinks:
    """Joins channels. Connecting and leaving are tasks of our own: a caller that goes away breaks neither."""

    def __init__(self, client: discord.Client, tasks: Tasks, *, answer_s: float = ANSWER_S) -> None:
        self._client = client
        self._tasks = tasks
        self._answer_s = answer_s

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

    async def join(self, room: Room) -> "DiscordVoiceLink":
        """See `bot.playback.ports.VoiceLinks`."""
        no_answer = Refusal("play.refused.no_answer", channel=room.name)
        channel = self._client.get_channel(room.channel_id)
        if not isinstance(channel, VocalChannel):
            raise no_answer
        connecting = self._tasks.start(self._connect(channel), name="voice-join")
        try:
            async with asyncio.timeout(self._answer_s):
                voice = await asyncio.shield(connecting)
        except BaseException as error:
            self._tasks.start(_undo(connecting), name="voice-join-undo")
            if isinstance(error, TimeoutError):
                raise no_answer from None
            raise
        if voice is None:
            raise no_answer
        invited = isinstance(channel, discord.StageChannel) and await _step_up(channel)
        return DiscordVoiceLink(voice, channel, self._tasks, invited=invited)

    async def _connect(self, channel: VocalChannel) -> discord.VoiceClient | None:
        try:
            return await channel.connect(timeout=self._answer_s, self_deaf=True)
        except (TimeoutError, OSError, discord.DiscordException) as error:
            _log.warning("a voice channel could not be joined: %s", type(error).__name__)
            return None


class DiscordVoiceLink:
    """A stay in a channel, sent by discord.py's player thread. See `bot.playback.ports.VoiceLink`."""

    def __init__(
        self, voice: discord.VoiceClient, channel: VocalChannel, tasks: Tasks, *, invited: bool = False
    ) -> None:
        self._voice = voice
        self._channel = channel
        self._tasks = tasks
        self._invited = invited  # onto the stage; the cache may hear of it a moment later

    @property
    def room(self) -> Room:
        return room_from(self._where())

    @property
    def listeners(self) -> int:
        return people_in(self._where())

    @property
    def audible(self) -> bool:
        mine = self._channel.guild.me.voice
        return self._invited or mine is None or not mine.suppress

    @property
    def present(self) -> bool:
        mine = self._channel.guild.me.voice
        return mine is not None and mine.channel is not None

    def play(self, packets: PacketSource, ended: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()

        def after(_error: Exception | None) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to be told
                loop.call_soon_threadsafe(ended)

        try:
            self._voice.play(_Packets(packets), after=after)
        except discord.ClientException:  # the connection went between the join and here
            loop.call_soon(ended)

    async def leave(self) -> None:
        if self._channel.guild.voice_client is self._voice:  # else discord.py has cleaned up already
            await asyncio.shield(self._tasks.start(_disconnect(self._voice), name="voice-leave"))

    def _where(self) -> VocalChannel:
        """Follow a moderator's move: the cache knows before the voice connection does."""
        mine = self._channel.guild.me.voice
        if mine is not None and mine.channel is not None:
            self._channel = mine.channel
        return self._channel


class _Packets(discord.AudioSource):
    """Opus packets as discord.py's player takes them."""

    def __init__(self, read: PacketSource) -> None:
        self._read = read

    def read(self) -> bytes:
        return self._read()

    def is_opus(self) -> bool:
        return True


async def _disconnect(voice: discord.VoiceClient) -> None:
    try:
        await voice.disconnect(force=True)
    except (OSError, discord.DiscordException) as error:
        _log.warning("a voice channel could not be left properly: %s", type(error).__name__)


async def _undo(connecting: "asyncio.Task[discord.VoiceClient | None]") -> None:
    """Leave again if the join that nobody waits for any more succeeds after all."""
    await asyncio.wait({connecting})
    if not connecting.cancelled() and connecting.exception() is None and (voice := connecting.result()):
        await _disconnect(voice)


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
