"""Every private touch of SimCord, and of the discord.py parts it stands in for, in one place.

SimCord has a member's voice state but no voice connection. `VoiceGateway` adds what Discord's gateway
does for one: it answers op 4, says which voice server to use, and tells that server when somebody is moved
or sent away. `LivePreview` lets SimCord's preview follow the world and stand in our page's frame.
Everything is put on the objects of one environment, nothing on classes, so worlds may follow each other.
"""

# ruff: noqa: SLF001 - this is the one place for it

import asyncio
import contextvars
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlsplit

import aiohttp
import discord
import simcord
from aiohttp import web
from discord.gateway import DiscordClientWebSocketResponse
from discord.http import HTTPClient
from discord.webhook.async_ import async_context
from simcord._clock import Clock as SimcordClock
from simcord._runtime import _CLOCK_SCOPE
from simcord.backend.models import Overwrite
from simcord.enums import ChannelType, OverwriteType

from bot.core.errors import Refusal
from bot.core.tasks import Tasks
from bot.sandbox.clock import SandboxClock
from bot.sandbox.voice.interface import Credentials, LoopbackVoice
from bot.sandbox.voice.wire import CloseCode

SIMCORD_VERSION = "3.2.1"
DISCORD_VERSION = (2, 7)

if simcord.__version__ != SIMCORD_VERSION or discord.version_info[:2] != DISCORD_VERSION:
    raise ImportError(
        f"The sandbox is fitted to simcord {SIMCORD_VERSION} and discord.py {DISCORD_VERSION[0]}."
        f"{DISCORD_VERSION[1]}, and found {simcord.__version__} and {discord.__version__}. "
        "Install the pinned set, or refit bot/sandbox/simcord_bridge.py."
    )

ANSWER_S = 0.025
"""How long Discord takes to answer op 4. An instant answer would overtake discord.py's own bookkeeping:
its `disconnect()` then waits 30 s for an event that has already been."""

_FOLLOW_S = 0.2
_GOODBYE_S = 0.1
_ENTER_CHOOSES = "if (active instanceof HTMLElement) {"
_ENTER_RUNS = "if (active instanceof HTMLElement && active.dataset.value !== event.target.value) {"
"""In the preview's script Enter chooses a suggestion, which opens the suggestions anew, so that another Enter
chooses again and the command never runs. With the chosen one in the field already, Enter shall run it."""


class _SharedClock(SimcordClock):
    """SimCord's clock, reading and moving ours."""

    def __init__(self, clock: SandboxClock) -> None:
        self._clock = clock

    @property
    def elapsed(self) -> float:  # type: ignore[override]
        return self._clock.monotonic()

    def now(self) -> datetime:
        return self._clock.now()

    def advance(self, seconds: float) -> None:
        self._clock.advance(seconds)


def new_environment(bot: discord.AutoShardedClient, clock: SandboxClock, *, bot_name: str) -> simcord.Env:
    """Return an environment that is not started: guilds and members may be there before the bot is."""
    env: Any = simcord.Env(bot, shard_count=bot.shard_count or 1)
    env.backend.clock = _SharedClock(clock)
    env.backend.bot_user.name = bot_name
    record = env._record_error

    def record_fault(error: BaseException) -> None:
        # A command wraps what it raises. A refusal is an answer, and the one funnel has given it.
        if not isinstance(getattr(error, "original", error), Refusal):
            record(error)

    env._record_error = record_fault
    return cast("simcord.Env", env)


def handle_of(env: simcord.Env, guild_id: int) -> simcord.GuildHandle:
    """Return a handle of a server that was not made through SimCord's builders."""
    handle = simcord.GuildHandle(env, env.backend.get_guild(guild_id))
    env._guilds.append(handle)
    return handle


class Backstage:
    """What a moderator, or Discord itself, does to a world, where SimCord has no actor's verb for it."""

    def __init__(self, env: simcord.Env) -> None:
        self._backend = env.backend

    @property
    def bot_id(self) -> int:
        return self._backend.bot_user.id

    def name_of(self, user_id: int) -> str:
        """Return the name a person reads."""
        user = self._backend.get_user(user_id)
        return user.global_name or user.name

    def seat(self, guild_id: int, user_id: int, channel_id: int | None) -> None:
        """Put somebody into a voice channel, or into none."""
        self._backend.set_voice_state(guild_id, user_id, channel_id)

    def allow_bot(self, guild_id: int, permissions: discord.Permissions) -> None:
        """Let the bot's own role carry these permissions and no others; before the environment starts."""
        roles = self._backend.get_guild(guild_id).roles.values()
        next(role for role in roles if role.managed).permissions = permissions.value

    def deny_bot(self, channel_id: int, permissions: discord.Permissions) -> None:
        """Take these permissions from the bot in one channel; what was denied before is no longer."""
        mine = Overwrite(self.bot_id, OverwriteType.MEMBER, deny=permissions.value)
        others = [o for o in self._backend.get_channel(channel_id).overwrites if o.target_id != self.bot_id]
        self._backend.edit_channel(channel_id, {}, overwrites=[*others, mine])

    def limit(self, channel_id: int, n_people: int) -> None:
        """Let a voice channel hold so many; 0 is no limit."""
        self._backend.edit_channel(channel_id, {"user_limit": n_people})

    def delete_channel(self, channel_id: int) -> None:
        self._backend.delete_channel(channel_id)


class Running:
    """Starts an environment and ends it; raises at the end what the bot raised and nobody looked at."""

    def __init__(self, env: simcord.Env, *, check_errors: bool = True) -> None:
        self._env = env
        self._check_errors = check_errors
        # Outside of what SimCord watches, in the background tasks and the tests themselves, discord.py would
        # answer interactions through its default adapter, and so over the network.
        self._adapter: Any = contextvars.Context().run(async_context.get)

    async def __aenter__(self) -> None:
        self._adapter.request = self._answer_interaction  # before the bot is ready, and takes up its guides
        try:
            await self._env.start()
        except BaseException:
            del self._adapter.request
            raise
        # Not `time_context`: it insists on ending in the context it began in, and a fixture's end does not.
        _CLOCK_SCOPE.set(self._env)

    async def __aexit__(self, exc_type: type[BaseException] | None, *_: object) -> None:
        _CLOCK_SCOPE.set(None)
        del self._adapter.request
        await self._env.shutdown()
        if exc_type is None and self._check_errors:
            self._env._raise_errors_since(self._env._errors_acknowledged)

    async def _answer_interaction(self, *args: Any, **kwargs: Any) -> Any:
        return await self._env._webhook_adapter.request(*args, **kwargs)


def _fit_nothing(_websocket: Any, _http: Any) -> None:
    pass


class VoiceGateway:
    """Discord's part in a voice connection: op 4, its two answers, moves and removals."""

    def __init__(
        self,
        env: simcord.Env,
        bot: discord.AutoShardedClient,
        server: LoopbackVoice,
        *,
        fit: Callable[[Any, Any], None] = _fit_nothing,
    ) -> None:
        """`fit` is given the bot's gateway and its HTTP client whenever they are used, to teach them more."""
        self._env = env
        self._backend = env.backend
        self._bot = bot
        self._fit = fit
        self._server = server
        self._tasks = Tasks()
        self._http: Any = bot.http
        self._seats: dict[tuple[int, int], int] = {}
        self._websocket_of = bot._connection._get_websocket

    async def __aenter__(self) -> None:
        self._http._HTTPClient__session = aiohttp.ClientSession(
            connector=self._http.connector,
            ws_response_class=DiscordClientWebSocketResponse,
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        connection: Any = self._bot._connection
        connection._get_websocket = self._websocket
        self._backend.subscribers.append(self._observe)

    async def __aexit__(self, *_: object) -> None:
        self._backend.subscribers.remove(self._observe)
        await self._tasks.close()
        await self._http.close()

    async def admit(self, guild_id: int, user_id: int) -> Credentials:
        """Let the voice server expect a user where they sit; KeyError when they sit nowhere."""
        state = self._backend.get_guild(guild_id).voice_states[user_id]
        if state.channel_id is None:
            raise KeyError(user_id)
        self._seats[guild_id, user_id] = state.channel_id
        token = secrets.token_hex(8)
        credentials = Credentials(guild_id, state.channel_id, user_id, state.session_id, token)
        await self._server.register(credentials)
        return credentials

    def _websocket(self, guild_id: int | None = None, *, shard_id: int | None = None) -> Any:
        # Fitted where it is used: shards appear while the environment starts, and again after a restart.
        websocket: Any = self._websocket_of(guild_id, shard_id=shard_id)
        websocket.voice_state = self._voice_state
        http: Any = self._bot.http
        http.ws_connect = self._ws_connect
        self._fit(websocket, http)
        return websocket

    async def _ws_connect(self, url: str, *, compress: int = 0) -> aiohttp.ClientWebSocketResponse:
        if urlsplit(url).hostname != "127.0.0.1":
            raise RuntimeError(f"The sandbox stays on this machine; {url} is elsewhere.")
        return await HTTPClient.ws_connect(self._http, url, compress=compress)

    async def _voice_state(
        self, guild_id: int, channel_id: int | None, self_mute: bool = False, self_deaf: bool = False
    ) -> None:
        """Take op 4 (update voice state) from the bot."""
        flags = {"self_mute": self_mute, "self_deaf": self_deaf}
        self._tasks.start(self._answer(guild_id, channel_id, flags), name="answer to op 4")

    async def _answer(self, guild_id: int, channel_id: int | None, flags: dict[str, bool]) -> None:
        await asyncio.sleep(ANSWER_S)
        bot_id = self._backend.bot_user.id
        if channel_id is not None and not self._may_enter(guild_id, channel_id):
            return  # Discord says nothing either
        if channel_id is None:
            self._seats.pop((guild_id, bot_id), None)
        elif self._seats.get((guild_id, bot_id)) != channel_id:
            self._seats[guild_id, bot_id] = channel_id
            flags["suppress"] = self._backend.get_channel(channel_id).type == ChannelType.STAGE_VOICE
        self._backend.set_voice_state(guild_id, bot_id, channel_id, **flags)
        if channel_id is not None:
            await self._send_voice_server(guild_id)

    def _may_enter(self, guild_id: int, channel_id: int) -> bool:
        bot_id = self._backend.bot_user.id
        try:
            self._backend.require_permissions(guild_id, bot_id, channel_id, "view_channel", "connect")
        except simcord.BackendError:
            return False
        limit = self._backend.get_channel(channel_id).user_limit
        states = self._backend.get_guild(guild_id).voice_states.values()
        others = sum(s.channel_id == channel_id and s.user_id != bot_id for s in states)
        allowed = discord.Permissions(self._backend.compute_permissions(guild_id, bot_id, channel_id))
        return not limit or others < limit or allowed.move_members

    async def _send_voice_server(self, guild_id: int) -> None:
        token = (await self.admit(guild_id, self._backend.bot_user.id)).token
        payload = {"guild_id": str(guild_id), "token": token, "endpoint": self._server.endpoint}
        # Not through `emit`: that would make SimCord wait for the voice connection as for a command.
        websocket: Any = self._websocket_of(guild_id)
        if websocket.open:
            websocket._gateway.deliver("VOICE_SERVER_UPDATE", payload)

    def _observe(self, event: str, payload: Mapping[str, Any]) -> None:
        if event == "CHANNEL_DELETE" and payload.get("guild_id"):
            self._tasks.start(
                self._empty(int(payload["guild_id"]), int(payload["id"])), name="empty a deleted channel"
            )
        if event != "VOICE_STATE_UPDATE":
            return
        seat = int(payload["guild_id"]), int(payload["user_id"])
        channel_id = payload["channel_id"] and int(payload["channel_id"])
        if seat in self._seats and self._seats[seat] != channel_id:
            self._tasks.start(self._displace(*seat, channel_id), name="voice move by somebody else")

    async def _displace(self, guild_id: int, user_id: int, channel_id: int | None) -> None:
        """Somebody was moved or sent away: their connection ends, the bot is told where to go on."""
        if channel_id is None:
            self._seats.pop((guild_id, user_id), None)
            await self._server.forget(guild_id, user_id)
            return
        self._seats[guild_id, user_id] = channel_id
        await self._server.close_session(guild_id, user_id, CloseCode.DISCONNECTED)
        if user_id == self._backend.bot_user.id:
            await asyncio.sleep(ANSWER_S)
            if self._seats.get((guild_id, user_id)) == channel_id:
                await self._send_voice_server(guild_id)

    async def _empty(self, guild_id: int, channel_id: int) -> None:
        for state in list(self._backend.get_guild(guild_id).voice_states.values()):
            if state.channel_id == channel_id:
                self._backend.set_voice_state(guild_id, state.user_id, None)


class LivePreview:
    """SimCord's preview of one channel at a time, following the world.

    frame_origins: pages that may show it in a frame, none at first; there `framed_style` adds to its style.
    """

    def __init__(self, env: simcord.Env, *, framed_style: str) -> None:
        self.frame_origins: tuple[str, ...] = ()
        self._env = env
        self._framed_style = framed_style
        self._preview: Any = None
        self._tasks = Tasks()
        self._turn = asyncio.Lock()

    @property
    def url(self) -> str | None:
        """The address to open, a credential for this preview; None while nothing is shown."""
        return self._preview.url if self._preview is not None and self._preview._active else None

    async def show(
        self,
        channel: simcord.ChannelHandle,
        viewer: simcord.MemberActor | simcord.UserHandle,
        *,
        timezone: str,
    ) -> str:
        """Show a channel, as one person sees it, instead of the one before; return the address."""
        async with self._turn:
            await self._end()
            await _until_idle(self._env)
            preview: Any = self._env.preview(channel, viewers=[viewer], layout="channel", timezone=timezone)
            self._allow_frames(preview)
            self._accept_followed_revisions(preview)
            await preview.__aenter__()
            preview._server.runner._shutdown_timeout = _GOODBYE_S
            self._preview = preview
            self._tasks.start(self._follow(preview), name="preview follows the world")
            return str(preview.url)

    async def close(self) -> None:
        async with self._turn:
            await self._end()

    async def _end(self) -> None:
        await self._tasks.close()
        if self._preview is not None:
            await self._preview.close()
            self._preview = None

    def _allow_frames(self, preview: Any) -> None:
        server = preview._server
        headers = dict(server._SECURITY_HEADERS)
        del headers["X-Frame-Options"]
        ancestors = "frame-ancestors " + " ".join(self.frame_origins or ("'none'",))
        policy = headers["Content-Security-Policy"].replace("frame-ancestors 'none'", ancestors)
        server._SECURITY_HEADERS = headers | {"Content-Security-Policy": policy}
        serve = server._static

        async def static(request: web.Request) -> web.Response:
            response: web.Response = await serve(request)
            if request.headers.get("Sec-Fetch-Dest") == "iframe" and response.text:
                response.text = response.text.replace('"/preview.css"', '"/preview.css?framed"')
            elif request.path == "/preview.css" and "framed" in request.query and response.text:
                response.text += self._framed_style
            elif request.path == "/commands.js" and response.text:
                response.text = response.text.replace(_ENTER_CHOOSES, _ENTER_RUNS)
            return response

        server._static = static

    @staticmethod
    def _accept_followed_revisions(preview: Any) -> None:
        """Let a tap on what was shown a moment ago count, although the page has followed the world since."""
        admit = preview._action

        async def action(context_id: str, body: Any) -> Any:
            page = preview._pages.get(context_id)
            if page is not None and isinstance(body, dict) and body.get("sequence") == page.last_sequence + 1:
                seen = body.get("published_revision")
                if isinstance(seen, int) and seen < page.revision:
                    body = {**body, "published_revision": page.revision}
            return await admit(context_id, body)

        preview._action = action

    async def _follow(self, preview: Any) -> None:
        transcript = self._env.backend.transcript
        n_seen = len(transcript)
        while preview._active:
            await asyncio.sleep(_FOLLOW_S)
            if self._env._operation_task is not None:
                continue  # its end publishes too; then the rest is looked at
            news = transcript[n_seen:]
            n_seen = len(transcript)
            if any(_shows_in(preview.channel.id, *entry) for entry in news):
                preview._advance_presentation_time()
                for page in tuple(preview._pages.values()):
                    preview._publish(page, reason="refresh")


def _shows_in(channel_id: int, kind: str, name: str, payload: Any) -> bool:
    if kind == "HTTP":
        return "/webhooks/" in name  # later edits of an answer only one person sees
    return (
        kind == "GATEWAY"
        and name.startswith("MESSAGE_")
        and str(payload.get("channel_id")) == str(channel_id)
    )


async def _until_idle(env: simcord.Env) -> None:
    """Wait until no command is being carried out; SimCord refuses two at once, and tells no end of one."""
    while env._operation_task is not None:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
