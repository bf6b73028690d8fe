"""Many servers with nothing but voice channels, for one discord.py client: no commands, no HTTP, no SimCord.

What Discord's gateway does for voice is done here, and what goes wrong with it can be asked for: for
benchmarks with hundreds of channels, and for every fault a voice connection can meet. Everything private of
discord.py that this touches is in this module.
"""

# ruff: noqa: SLF001 - this is the one place for it

import asyncio
import ssl
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp
import discord
from discord.gateway import DiscordClientWebSocketResponse

from bot.core.tasks import Tasks
from bot.sandbox.voice import Credentials, LoopbackVoice, client_ssl_context

if discord.version_info[:2] != (2, 7):
    raise ImportError(f"The fleet is fitted to discord.py 2.7, and found {discord.__version__}.")

BOT_ID: Final = 800_000_000_000_000_000
_FIRST_GUILD: Final = 700_000_000_000_000_000
_ANSWER_S: Final = 0.02
_NOTHING_MUTED = dict.fromkeys(("deaf", "mute", "self_deaf", "self_mute", "self_video", "suppress"), False)


class Fleet:
    """The servers, numbered from 0, each with channels 0 and 1, and the gateway's part in their voice.

    deaf: servers in which op 4 is not answered. names_no_server: an op 4 for the channel we are in already
    gets no VOICE_SERVER_UPDATE. chimes: for each server, how often we were seen to come or go. away: the
    gateway's connection is broken: it takes nothing, and what happens is told once it is resumed.
    """

    def __init__(
        self, client: discord.Client, voice: LoopbackVoice, n_guilds: int, trusted: ssl.SSLContext
    ) -> None:
        self.client = client
        self._trusted = trusted
        self.voice = voice
        self.n_guilds = n_guilds
        self.deaf: set[int] = set()
        self.names_no_server = False
        self.away = False
        self.chimes: defaultdict[int, int] = defaultdict(int)
        self._seats: dict[int, int] = {}
        self._sessions: dict[int, str] = {}
        self._homes: dict[int, LoopbackVoice] = {}
        self._sitting: defaultdict[int, dict[int, dict[str, Any]]] = defaultdict(dict)
        self._missed: list[tuple[str, Any]] = []
        self._answers = Tasks()
        state: Any = client._connection
        state.user = discord.ClientUser(state=state, data=_user(BOT_ID, bot=True))  # type: ignore[arg-type]
        for n in range(n_guilds):
            self._found(n)
        gateway: Any = client
        gateway.ws = self

    def channel(self, n: int, which: int = 0) -> discord.VoiceChannel:
        """Return a channel as the client's cache has it; KeyError when it is gone."""
        found = self.client.get_channel(channel_id(n, which))
        if not isinstance(found, discord.VoiceChannel):
            raise KeyError(n)
        return found

    def sit(self, n: int, user_id: int, which: int | None, *, bot: bool = False) -> None:
        """Let somebody come into a channel, or go."""
        state = self._state_of(n, user_id, None if which is None else channel_id(n, which), "theirs")
        state |= {"member": _member(user_id, bot=bot)}
        self._sitting[n][user_id] = state
        self._parse("voice_state_update", state)

    def seated(self, n: int) -> bool:
        """Return whether Discord shows us in a channel of that server."""
        return n in self._seats

    def home(self, n: int) -> LoopbackVoice:
        """Return the voice server that serves a server's channels."""
        return self._homes.get(n, self.voice)

    # The gateway -----------------------------------------------------------------------------------------

    async def voice_state(
        self,
        guild_id: int,
        channel_id: int | None,
        self_mute: bool = False,  # noqa: ARG002
        self_deaf: bool = False,  # noqa: ARG002
    ) -> None:
        """Take op 4 as discord.py's websocket does, and answer a moment later."""
        if self.away:
            raise ConnectionResetError("Cannot write to closing transport")
        if (n := number_of(guild_id)) not in self.deaf:
            self._answers.start(self._answer(n, channel_id), name="answer to op 4")

    async def _answer(self, n: int, channel_id: int | None) -> None:
        await asyncio.sleep(_ANSWER_S)
        if channel_id is None:
            await self.kick(n)
            return
        repeated = self._seats.get(n) == channel_id
        credentials = await self._register(n, channel_id, keep_session=repeated)
        self.tell_seat(n, channel_id, credentials.session_id)
        if not (repeated and self.names_no_server):
            self.name_server(n, credentials.token)

    async def _register(self, n: int, channel_id: int, *, keep_session: bool) -> Credentials:
        credentials = Credentials.issue(guild_id(n), channel_id, BOT_ID)
        if keep_session:
            session_id, token = self._sessions[n], credentials.token
            credentials = Credentials(guild_id(n), channel_id, BOT_ID, session_id, token)
        self._sessions[n] = credentials.session_id
        await self.home(n).register(credentials)
        return credentials

    def tell_seat(self, n: int, channel_id: int | None, session_id: str = "") -> None:
        """VOICE_STATE_UPDATE about ourselves."""
        if (channel_id is None) != (n not in self._seats):
            self.chimes[n] += 1
        if channel_id is None:
            self._seats.pop(n, None)
        else:
            self._seats[n] = channel_id
        state = self._state_of(n, BOT_ID, channel_id, session_id)
        self._parse("voice_state_update", state | {"member": _member(BOT_ID, bot=True)})

    def name_server(self, n: int, token: str, *, endpoint: str | None = "") -> None:
        """VOICE_SERVER_UPDATE; an endpoint of None means that another will be named."""
        where = self.home(n).endpoint if endpoint == "" else endpoint
        self._parse("voice_server_update", {"guild_id": str(guild_id(n)), "token": token, "endpoint": where})

    # What goes wrong -------------------------------------------------------------------------------------

    async def close(self, n: int, code: int) -> None:
        """Have the voice server close our websocket; 1006 cuts it."""
        await self.home(n).close_session(guild_id(n), BOT_ID, code)

    async def kick(self, n: int) -> None:
        """Put us out of the channel: state null, then 4014."""
        self.tell_seat(n, None)
        await self.home(n).forget(guild_id(n), BOT_ID)

    async def migrate(self, n: int, *, pause_s: float | None = None) -> None:
        """Name another voice server, as for a change of region; with a pause, first none at all."""
        credentials = await self._register(n, self._seats[n], keep_session=True)
        if pause_s is not None:
            self.name_server(n, credentials.token, endpoint=None)
            await asyncio.sleep(pause_s)
        self.name_server(n, credentials.token)

    async def move(self, n: int, which: int, *, same_server: bool = False) -> None:
        """Move us as a moderator does: state, then 4014 and a server; or within one voice server."""
        there = channel_id(n, which)
        self.tell_seat(n, there, self._sessions[n])
        if same_server:
            await self.home(n).move(guild_id(n), BOT_ID, there)
            return
        await self.close(n, 4014)
        credentials = await self._register(n, there, keep_session=True)
        await asyncio.sleep(_ANSWER_S)
        self.name_server(n, credentials.token)

    async def delete_channel(self, n: int) -> None:
        """Delete the channel we are in."""
        gone = self.client.get_channel(self._seats[n])
        if isinstance(gone, discord.VoiceChannel):
            self._parse("channel_delete", {"id": str(gone.id), "guild_id": str(guild_id(n)), "type": 2})
        await self.kick(n)

    async def begin_anew(self) -> None:
        """Give the gateway a new session, as after an invalidated one: READY, and every server anew.

        Discord has forgotten our seats, so that no voice session of before lasts.
        """
        state: Any = self.client._connection
        seats, self._seats = self._seats, {}
        state.clear(views=False)
        state.user = discord.ClientUser(state=state, data=_user(BOT_ID, bot=True))  # type: ignore[arg-type]
        for n in range(self.n_guilds):
            self._found(n)
        for n in seats:
            await self.home(n).forget(guild_id(n), BOT_ID)
        self.client.dispatch("shard_ready", 0)

    async def change_region(self, n: int, to: LoopbackVoice) -> None:
        """Let another voice server serve a server: the channel is edited, none is named, then the other."""
        before, self._homes[n] = self.home(n), to
        self._trusted.load_verify_locations(to.ca_file)
        self._parse("channel_update", self._channel(n, self._which(n)) | {"rtc_region": "elsewhere"})
        credentials = await self._register(n, self._seats[n], keep_session=True)
        self.name_server(n, credentials.token, endpoint=None)
        await before.close_session(guild_id(n), BOT_ID, 4014)
        await asyncio.sleep(_ANSWER_S)
        self.name_server(n, credentials.token)

    def fail(self, n: int) -> None:
        """Let Discord have an outage in which it tells nothing of a server; voice goes on."""
        self._parse("guild_delete", {"id": str(guild_id(n)), "unavailable": True})

    def recover(self, n: int) -> None:
        """End that outage: the server is told anew, with everybody who sits in voice."""
        ours = self._state_of(n, BOT_ID, self._seats.get(n), self._sessions.get(n, ""))
        seated = [state for state in (*self._sitting[n].values(), ours) if state["channel_id"] is not None]
        self._parse("guild_create", self._guild(n) | {"unavailable": False, "voice_states": seated})

    def resume(self) -> None:
        """Take the gateway's session up again, and tell what was missed."""
        self.away = False
        missed, self._missed = self._missed, []
        for event, data in missed:
            self._parse(event, data)
        self.client.dispatch("shard_resumed", 0)

    async def shut(self) -> None:
        await self._answers.close()

    def _found(self, n: int) -> None:
        state: Any = self.client._connection
        guild: Any = self._guild(n)
        state._add_guild(discord.Guild(data=guild, state=state))

    def _guild(self, n: int) -> dict[str, Any]:
        channels = [self._channel(n, which) for which in (0, 1)]
        guild = {"id": str(guild_id(n)), "name": f"server-{n}", "channels": channels, "member_count": 2}
        return guild | {"members": [_member(BOT_ID, bot=True)]}

    def _channel(self, n: int, which: int) -> dict[str, Any]:
        return {
            "id": str(channel_id(n, which)),
            "guild_id": str(guild_id(n)),
            "type": 2,
            "name": f"room-{which}",
            "position": which,
            "bitrate": 128_000,
            "user_limit": 0,
            "permission_overwrites": [],
            "rtc_region": None,
            "nsfw": False,
        }

    def _which(self, n: int) -> int:
        return self._seats[n] - channel_id(n)

    def _parse(self, event: str, data: Any) -> None:
        if self.away:
            self._missed.append((event, data))
        else:
            getattr(self.client._connection, f"parse_{event}")(data)

    def _state_of(self, n: int, user_id: int, channel_id: int | None, session_id: str) -> dict[str, Any]:
        return {
            "guild_id": str(guild_id(n)),
            "channel_id": None if channel_id is None else str(channel_id),
            "user_id": str(user_id),
            "session_id": session_id,
        } | _NOTHING_MUTED


def guild_id(n: int) -> int:
    return _FIRST_GUILD + 100 * n


def number_of(guild_id: int) -> int:
    return (guild_id - _FIRST_GUILD) // 100


def channel_id(n: int, which: int = 0) -> int:
    return guild_id(n) + 1 + which


@asynccontextmanager
async def open_fleet(voice: LoopbackVoice, n_guilds: int) -> AsyncGenerator[Fleet]:
    """Hold a logged-in client with so many servers, whose voice goes to `voice`."""
    trusted = client_ssl_context(voice.ca_file)
    connector = aiohttp.TCPConnector(limit=0, ssl=trusted)
    client = discord.Client(
        intents=discord.Intents(guilds=True, voice_states=True),
        member_cache_flags=discord.MemberCacheFlags(joined=False, voice=True),
        chunk_guilds_at_startup=False,
        connector=connector,
    )
    await client._async_setup_hook()
    http: Any = client.http
    # What static_login does, without asking discord.com who we are.
    http._HTTPClient__session = aiohttp.ClientSession(
        connector=connector, ws_response_class=DiscordClientWebSocketResponse
    )
    fleet = Fleet(client, voice, n_guilds, trusted)
    try:
        yield fleet
    finally:
        for voice_client in client.voice_clients:
            await voice_client.disconnect(force=True)
        await fleet.shut()
        await client.http.close()


def _user(user_id: int, *, bot: bool) -> dict[str, Any]:
    return {"id": str(user_id), "username": f"u{user_id}", "discriminator": "0", "avatar": None, "bot": bot}


def _member(user_id: int, *, bot: bool) -> dict[str, Any]:
    member: dict[str, Any] = {"user": _user(user_id, bot=bot), "roles": [], "joined_at": None, "flags": 0}
    return member | {"deaf": False, "mute": False}
