"""A small Discord on this machine, with Hush in it: for the demo, for tests, for benchmarks.

    async with World(create_bot, data_dir=tmp_path) as world:
        result = await world.sitter.slash(world.text, "play", sound="rain")
        ears = await world.listen()

Commands go through SimCord actors (`world.sitter`, `world.caller`), sound through discord.py's own voice
client to a loopback voice server, and what is heard comes back decrypted.
"""

import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import aiohttp
import discord
import simcord
from discord.ext import commands

from bot.core.clock import Clock
from bot.sandbox.channel_statuses import ChannelStatuses
from bot.sandbox.clock import SandboxClock
from bot.sandbox.journal import FILE_NAME, WorldJournal
from bot.sandbox.simcord_bridge import Backstage, Running, VoiceGateway, handle_of, new_environment
from bot.sandbox.voice import ListeningMember, VoiceServer, client_ssl_context
from bot.sandbox.voice.interface import LoopbackVoice
from bot.settings import Settings, load

BOT_NAME = "Hush"
GUILD_NAME = "Sleepy Hollow"

INVITED_WITH = discord.Permissions(
    view_channel=True,
    send_messages=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
    use_external_emojis=True,
    connect=True,
    speak=True,
    request_to_speak=True,
)
"""What the bot may do in the world's server: what an invite asks for, not the near-everything of SimCord."""


class CreateBot(Protocol):
    """How the composition root makes a bot; `bot.app.create_bot` is one."""

    def __call__(
        self,
        settings: Settings | None = None,
        *,
        clock: Clock | None = None,
        connector: aiohttp.BaseConnector | None = None,
    ) -> commands.AutoShardedBot: ...


class World:
    """One server with its channels, two members and Hush; ready when entered, gone without trace when left.

    guild: "Sleepy Hollow". text, quiet: text channels. lantern, attic: voice channels. stage: a stage.
    sitter: sits in `lantern`, alone, from before Hush came. caller: is in no voice channel.
    dm: the caller's direct messages with Hush. moderator: may do everything.
    clock: what Hush and SimCord both live by; `advance` moves it. statuses: what stands on voice channels.

    data_dir: Hush's folder; a temporary one unless given. A folder that a world lived in before, however it
    ended, brings that world back: its ids, people, messages and files. clock: real time unless given.
    voice: the voice server, in this process unless given.
    n_further: how many more servers there are, each a voice channel with somebody in it (`further`).
    check_errors: leaving raises what the bot raised and no test looked at (`world.env.errors`).
    """

    env: simcord.Env
    bot: commands.AutoShardedBot
    server: LoopbackVoice
    guild: simcord.GuildHandle
    text: simcord.ChannelHandle
    quiet: simcord.ChannelHandle
    lantern: simcord.ChannelHandle
    attic: simcord.ChannelHandle
    stage: simcord.ChannelHandle
    sitter: simcord.MemberActor
    caller: simcord.MemberActor
    moderator: simcord.MemberActor
    statuses: ChannelStatuses
    further: list[simcord.GuildHandle]

    def __init__(
        self,
        create_bot: CreateBot,
        *,
        data_dir: Path | None = None,
        clock: SandboxClock | None = None,
        voice: LoopbackVoice | None = None,
        n_further: int = 0,
        check_errors: bool = True,
    ) -> None:
        self._create_bot = create_bot
        self._data_dir = data_dir
        self._voice = voice
        self.clock = clock if clock is not None else SandboxClock()
        self._n_further = n_further
        self._check_errors = check_errors
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opening:
            await self._open(opening)
            self._stack = opening.pop_all()
        return self

    async def __aexit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._stack.__aexit__(exception_type, exception, traceback)

    @property
    def dm(self) -> simcord.ChannelHandle:
        return self.caller.user.dm_channel

    @property
    def discord_guild(self) -> discord.Guild:
        """The server as the bot's own cache has it."""
        return next(guild for guild in self.bot.guilds if guild.id == self.guild.id)

    async def listen(
        self, channel: simcord.ChannelHandle | None = None, *, member: simcord.MemberActor | None = None
    ) -> ListeningMember:
        """Let a member, the sitter unless given, hear what their voice channel hears until the world ends.

        With a channel they go there first. The listener closes with the world; earlier if the member is moved
        (4014) or listens anew (4006).
        """
        member = member or self.sitter
        if channel is not None and self.where_is(member.id) != channel.id:
            await member.join_voice(channel)
        credentials = await self._gateway.admit(self.guild.id, member.id)
        listener = ListeningMember(credentials, endpoint=self.server.endpoint, ca_file=self.server.ca_file)
        return await self._listeners.enter_async_context(listener)

    def where_is(self, user_id: int) -> int | None:
        """Return the id of the voice channel somebody is in."""
        state = self.guild.voice_states().get(user_id)
        return None if state is None else state.channel_id

    async def advance(self, seconds: float) -> None:
        """Move time forward for SimCord and Hush, stopping wherever one of Hush's sleepers is due."""
        end_s = self.clock.monotonic() + seconds
        while (left_s := end_s - self.clock.monotonic()) > 0.0:
            wake_s = self.clock.next_wake_s()
            await self.env.advance_time(left_s if wake_s is None else min(left_s, wake_s))
            await self.env.settle()

    async def move(self, member: simcord.MemberActor | None, channel: simcord.ChannelHandle | None) -> None:
        """Move a member, or the bot when None, as a moderator does; to no channel is out of voice."""
        user_id = self.bot_id if member is None else member.id
        self._backstage.seat(self.guild.id, user_id, channel.id if channel else None)
        await self.env.settle()

    async def deny(self, channel: simcord.ChannelHandle, **permissions: bool) -> None:
        """Take permissions from the bot in one channel: `deny(world.lantern, speak=True)`."""
        self._backstage.deny_bot(channel.id, discord.Permissions(**permissions))
        await self.env.settle()

    async def limit(self, channel: simcord.ChannelHandle, n_people: int) -> None:
        """Let a voice channel hold so many people; 0 is no limit."""
        self._backstage.limit(channel.id, n_people)
        await self.env.settle()

    async def delete(self, channel: simcord.ChannelHandle) -> None:
        """Delete a channel; who was in it is put out."""
        self._backstage.delete_channel(channel.id)
        await self.env.settle()

    def name_of(self, user_id: int) -> str:
        """Return the name a person reads."""
        return self._backstage.name_of(user_id)

    @property
    def bot_id(self) -> int:
        return self._backstage.bot_id

    async def _open(self, stack: AsyncExitStack) -> None:
        data_dir = self._data_dir or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hush-")))
        self.server = await stack.enter_async_context(VoiceServer()) if self._voice is None else self._voice
        self.bot = self._create_bot(
            load(data_dir=data_dir, shard_count=1, discord_token=None),
            clock=self.clock,
            connector=aiohttp.TCPConnector(limit=0, ssl=client_ssl_context(self.server.ca_file)),
        )
        self.env = new_environment(self.bot, self.clock, bot_name=BOT_NAME)
        self._backstage = Backstage(self.env)
        journal = WorldJournal(data_dir / FILE_NAME)
        if journal.rebuild(self.env.backend):
            self._move_back_in()
        else:
            self._settle_in()
        if self._data_dir is not None:
            stack.callback(journal.close)
            journal.follow(self.env.backend)
        self.statuses = ChannelStatuses(self.env)
        self._gateway = VoiceGateway(self.env, self.bot, self.server, fit=self.statuses.fit)
        await stack.enter_async_context(self._gateway)
        await stack.enter_async_context(Running(self.env, check_errors=self._check_errors))
        # Between the two: listeners stay until Hush has gone, so that its last fade is heard.
        self._listeners = await stack.enter_async_context(AsyncExitStack())
        stack.push_async_callback(self.bot.close)

    def _settle_in(self) -> None:
        """Build the server before the bot sees it, as the servers a bot comes to were there before."""
        env = self.env
        guild = env.create_guild(GUILD_NAME, owner=env.create_user("moss", global_name="Moss"))
        guild.create_text_channel("fireside", topic="Ask Hush for something soft.")
        guild.create_text_channel("quiet-corner")
        guild.create_voice_channel("Lantern Room")
        guild.create_voice_channel("Attic")
        guild.create_stage_channel("Evening Stage")
        for name in ("wren", "juniper"):
            guild.add_member(env.create_user(name, global_name=name.capitalize()))
        self._name_everything(guild)
        self._backstage.seat(guild.id, self.sitter.id, self.lantern.id)
        self._backstage.allow_bot(guild.id, INVITED_WITH)
        self.further = [self._settle_another(n) for n in range(self._n_further)]

    def _settle_another(self, n: int) -> simcord.GuildHandle:
        sleeper = self.env.create_user(f"sleeper-{n}")
        guild = self.env.create_guild(f"Hollow {n}", owner=sleeper)
        loft = guild.create_voice_channel("Loft")
        self._backstage.seat(guild.id, sleeper.id, loft.id)
        self._backstage.allow_bot(guild.id, INVITED_WITH)
        return guild

    def _move_back_in(self) -> None:
        first, *others = [handle_of(self.env, guild_id) for guild_id in self.env.backend.guilds]
        self._name_everything(first)
        self.further = others

    def _name_everything(self, guild: simcord.GuildHandle) -> None:
        backend = self.env.backend
        channels = {
            channel.name: simcord.ChannelHandle(self.env, guild, channel)
            for channel in backend.channels.values()
            if channel.guild_id == guild.id
        }
        people = {
            user.name: simcord.MemberActor(self.env, guild, simcord.UserHandle(self.env, user))
            for user in backend.users.values()
            if not user.bot
        }
        self.guild = guild
        self.text, self.quiet = channels["fireside"], channels["quiet-corner"]
        self.lantern, self.attic = channels["Lantern Room"], channels["Attic"]
        self.stage = channels["Evening Stage"]
        self.sitter, self.caller, self.moderator = people["wren"], people["juniper"], people["moss"]
