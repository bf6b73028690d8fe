"""The listening page: a local Discord in a browser, with ears.

    GET  /                     the page
    GET  /static/{file}        its style, script and picture
    GET  /api/state            what there is and what is heard, as JSON (below)
    POST /api/show             {"channel_id": str, "viewer_id": str, "timezone": str}, all optional: look at
                               another channel, through other eyes, in another (IANA) time zone; answers like
                               /api/state. 404 for ids and zones that are not there
    GET  /api/listen.ogg       endless Ogg Opus of what the listening member hears, in real time

    state = {
      "guild": str,
      "viewers":   [{"id", "name"}],
      "channels":  [{"id", "name", "kind": "text" | "voice" | "stage" | "dm",
                     "people": [{"id", "name", "bot": bool}]}],          # who is connected
      "preview":   {"url", "channel_id", "viewer_id"},                   # url: a credential
      "playing":   {"title": str, "volume": int, "paused": bool} | null,
      "listening": {"channel_id", "channel", "member_id", "member",
                    "connected": bool,                                   # to the voice server
                    "n_packets": int,                                    # heard so far
                    "level": {"rms_dbfs": float, "peak_dbfs": float}}    # the last 0.4 s; -120 is silence
    }

Ids are strings, as everywhere in Discord. Only requests to a loopback Host are answered, and posts only from
this page.
"""

import contextlib
import dataclasses
from collections.abc import Awaitable, Callable
from importlib.resources import files
from types import TracebackType
from typing import Any, Self
from zoneinfo import available_timezones

import simcord
from aiohttp import web

from bot.core.errors import SettingsError
from bot.core.tasks import Tasks
from bot.gateway.client import Hush
from bot.sandbox.ears import Ears
from bot.sandbox.simcord_bridge import LivePreview
from bot.sandbox.world import BOT_NAME, World

HOST = "127.0.0.1"
_STATIC = {
    "index.html": "text/html",
    "page.css": "text/css",
    "page.js": "text/javascript",
    "moon.svg": "image/svg+xml",
}
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'self'; frame-src http://127.0.0.1:* http://localhost:*; "
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclasses.dataclass(frozen=True, slots=True)
class _View:
    viewer: simcord.MemberActor
    channel: simcord.ChannelHandle
    timezone: str


class Page:
    """Serves the page for one world: `async with Page(world, port=0) as page`, at `page.url`.

    Entering raises SettingsError in one sentence when the port is taken.
    """

    def __init__(self, world: World, *, port: int) -> None:
        self._world = world
        self._ears = Ears()
        self._tasks = Tasks()
        self._asked_port = port
        self._port = 0
        self._runner: web.AppRunner | None = None
        self._preview = LivePreview(world.env, framed_style=_read("framed.css"))
        self._view = _View(world.sitter, world.text, "UTC")

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._port}/"

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._only_from_here])
        app.router.add_get("/", self._index)
        app.router.add_get("/static/{file}", self._static)
        app.router.add_get("/api/state", self._get_state)
        app.router.add_post("/api/show", self._post_show)
        app.router.add_get("/api/listen.ogg", self._listen)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, self._asked_port)
        try:
            await site.start()
        except OSError:
            await self._runner.cleanup()
            raise SettingsError(
                f"Port {self._asked_port} is taken. End what uses it, or choose another with --port."
            ) from None
        self._port = self._runner.addresses[0][1]
        self._preview.frame_origins = self._origins
        await self._show()
        self._tasks.start(self._ears.follow(await self._world.listen()), name="page listens")
        return self

    async def __aexit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._preview.close()
        if self._runner is not None:
            await self._runner.cleanup()
        await self._tasks.close()

    @property
    def _hosts(self) -> tuple[str, ...]:
        return f"127.0.0.1:{self._port}", f"localhost:{self._port}"

    @property
    def _origins(self) -> tuple[str, ...]:
        return tuple(f"http://{host}" for host in self._hosts)

    @web.middleware
    async def _only_from_here(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        if request.host not in self._hosts:
            raise web.HTTPForbidden(text="This page is for this machine only.")
        origin = request.headers.get("Origin")
        if request.method == "POST" and origin is not None and origin not in self._origins:
            raise web.HTTPForbidden(text="Only this page may ask for that.")
        response = await handler(request)
        if not response.prepared:
            response.headers.update(_HEADERS)
        return response

    async def _index(self, _: web.Request) -> web.Response:
        return _file("index.html")

    async def _static(self, request: web.Request) -> web.Response:
        return _file(request.match_info["file"])

    async def _get_state(self, _: web.Request) -> web.Response:
        return web.json_response(self.state())

    async def _post_show(self, request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType(text="Send JSON.")
        wish = await request.json()
        if not isinstance(wish, dict):
            raise web.HTTPBadRequest(text="Send a JSON object.")
        view = self._wished(wish)
        if view != self._view:
            self._view = view
            await self._show()
        return web.json_response(self.state())

    def _wished(self, wish: dict[str, Any]) -> _View:
        old = self._view
        viewer_id = wish.get("viewer_id", str(old.viewer.id))
        viewer = next((v for v in self._viewers if str(v.id) == viewer_id), None)
        if viewer is None:
            raise web.HTTPNotFound(text="Nobody has this viewer_id.")
        # Without a wish, from one person's direct messages to the other's.
        same = viewer.user.dm_channel if old.channel.guild is None else old.channel
        channel_id = wish.get("channel_id", str(same.id))
        channel = next((c for c, _ in self._channels_of(viewer) if str(c.id) == channel_id), None)
        if channel is None:
            raise web.HTTPNotFound(text="No channel has this channel_id.")
        timezone = wish.get("timezone", old.timezone)
        if timezone not in available_timezones():
            raise web.HTTPNotFound(text="No time zone has this name.")
        return _View(viewer, old.channel if channel.id == old.channel.id else channel, timezone)

    async def _listen(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={**_HEADERS, "Content-Type": "audio/ogg; codecs=opus"})
        await response.prepare(request)
        async with contextlib.aclosing(self._ears.stream()) as stream:
            with contextlib.suppress(ConnectionResetError):  # they stopped listening
                async for pages in stream:
                    await response.write(pages)
        return response

    @property
    def _viewers(self) -> tuple[simcord.MemberActor, ...]:
        return self._world.sitter, self._world.caller

    def _channels_of(self, viewer: simcord.MemberActor) -> list[tuple[simcord.ChannelHandle, str]]:
        world = self._world
        return [
            (world.text, "text"),
            (world.quiet, "text"),
            (world.lantern, "voice"),
            (world.attic, "voice"),
            (world.stage, "stage"),
            (viewer.user.dm_channel, "dm"),
        ]

    async def _show(self) -> None:
        view = self._view
        viewer = view.viewer.user if view.channel.guild is None else view.viewer
        await self._preview.show(view.channel, viewer, timezone=view.timezone)

    def state(self) -> dict[str, Any]:
        """Return what the module's docstring calls the state."""
        sitter = self._world.sitter
        return {
            "guild": self._world.guild.name,
            "viewers": [{"id": str(v.id), "name": self._world.name_of(v.id)} for v in self._viewers],
            "channels": [self._channel_state(*each) for each in self._channels_of(self._view.viewer)],
            "preview": {
                "url": self._preview.url,
                "channel_id": str(self._view.channel.id),
                "viewer_id": str(self._view.viewer.id),
            },
            "playing": self._playing(),
            "listening": {
                "channel_id": str(self._world.lantern.id),
                "channel": self._world.lantern.name,
                "member_id": str(sitter.id),
                "member": self._world.name_of(sitter.id),
                "connected": self._ears.connected,
                "n_packets": self._ears.n_packets,
                "level": dataclasses.asdict(self._ears.level()),
            },
        }

    def _channel_state(self, channel: simcord.ChannelHandle, kind: str) -> dict[str, Any]:
        states = self._world.guild.voice_states().values()
        return {
            "id": str(channel.id),
            "name": BOT_NAME if kind == "dm" else channel.name,
            "kind": kind,
            "people": [
                {
                    "id": str(s.user_id),
                    "name": self._world.name_of(s.user_id),
                    "bot": s.user_id == self._world.bot_id,
                }
                for s in states
                if s.channel_id == channel.id
            ],
        }

    def _playing(self) -> dict[str, Any] | None:
        bot = self._world.bot
        now = bot.services.playback.now_playing(self._world.guild.id) if isinstance(bot, Hush) else None
        if now is None:
            return None
        return {"title": now.title, "volume": now.volume, "paused": now.paused}


def _file(name: str) -> web.Response:
    content_type = _STATIC.get(name)
    if content_type is None:
        raise web.HTTPNotFound
    return web.Response(text=_read(name), content_type=content_type)


def _read(name: str) -> str:
    return (files("bot.sandbox") / "static" / name).read_text(encoding="utf-8")
