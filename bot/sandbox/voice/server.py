"""The loopback voice server: websockets over TLS, RTP over UDP, one watch over what is overdue."""

import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from bot.core.clock import Clock, SystemClock
from bot.core.tasks import Tasks
from bot.sandbox.voice.certificate import LoopbackCertificate
from bot.sandbox.voice.connection import Connection
from bot.sandbox.voice.control import add_control
from bot.sandbox.voice.datagrams import Address, DatagramSocket
from bot.sandbox.voice.delivery import GroupState
from bot.sandbox.voice.dialogue import Dialogue
from bot.sandbox.voice.exchange import Exchange
from bot.sandbox.voice.interface import Credentials, ServerOptions
from bot.sandbox.voice.listener import ListeningMember
from bot.sandbox.voice.record import SessionRecord
from bot.sandbox.voice.session import Session
from bot.sandbox.voice.wire import VERSION, CloseCode

_HOST = "127.0.0.1"
_WATCH_S = 0.1
_GOODBYE_S = 0.3


class VoiceServer:
    """A voice server on loopback, in this event loop: `async with VoiceServer() as server`.

    Clients reach it at `wss://{endpoint}/?v=8` trusting `ca_file`. With a `control_token` it also answers the
    control API (see `control`). Reading `endpoint` or `ca_file` of one that is not open is an error.
    """

    def __init__(
        self,
        options: ServerOptions | None = None,
        *,
        clock: Clock | None = None,
        control_token: str | None = None,
    ) -> None:
        self._clock = clock or SystemClock()
        self._exchange = Exchange(options or ServerOptions(), self._clock)
        self._control_token = control_token
        self._tasks = Tasks()
        self._dialogues: dict[Dialogue, Connection] = {}
        self._certificate: LoopbackCertificate | None = None
        self._datagrams: DatagramSocket | None = None
        self._runner: web.AppRunner | None = None
        self._port = 0
        self._seated: list[ListeningMember] = []
        self._frozen = False

    async def __aenter__(self) -> Self:
        try:
            await self._open()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def endpoint(self) -> str:
        return f"{_HOST}:{self._port}"

    @property
    def ca_file(self) -> Path:
        if self._certificate is None:
            raise RuntimeError("the voice server is not open")
        return self._certificate.ca_file

    @property
    def sessions(self) -> tuple[Session, ...]:
        """The sessions there are now; each can be `close`d with a code or `abort`ed."""
        return self._exchange.sessions

    def session(self, guild_id: int, user_id: int) -> Session | None:
        return self._exchange.session(guild_id, user_id)

    def group(self, guild_id: int, channel_id: int) -> GroupState:
        """Return how the encryption group of a channel stands; of an empty channel as if never used."""
        room = self._exchange.room(guild_id, channel_id)
        return room.delivery.state if room else GroupState()

    async def until(self, condition: Callable[[], bool], *, timeout_s: float = 10.0) -> None:
        """Return once the condition holds, looking again after everything that happens here."""
        await self._exchange.changes.until(condition, timeout_s=timeout_s)

    async def register(self, credentials: Credentials) -> None:
        self._exchange.register(credentials)

    async def forget(self, guild_id: int, user_id: int) -> None:
        self._exchange.forget(guild_id, user_id)

    async def move(self, guild_id: int, user_id: int, channel_id: int) -> None:
        self._exchange.move(guild_id, user_id, channel_id)

    async def close_session(self, guild_id: int, user_id: int, code: int) -> None:
        session = self._exchange.session(guild_id, user_id)
        if session is None:
            return
        if code == CloseCode.ABNORMAL:
            session.abort()
        else:
            session.close(code)

    async def seat(self, credentials: Credentials) -> None:
        self._exchange.register(credentials)
        member = ListeningMember(credentials, endpoint=self.endpoint, ca_file=self.ca_file, deaf=True)
        self._seated.append(member)
        await member.connect()

    async def records(self) -> list[SessionRecord]:
        return self._exchange.records()

    def set_dave_version(self, version: int) -> None:
        """Downgrade all channels to transport encryption only (0), or upgrade them again (1)."""
        self._exchange.set_dave_version(version)

    def freeze(self, *, frozen: bool) -> None:
        """Say nothing any more and attend to nothing that is said, connections staying open; or go on."""
        self._frozen = frozen
        self._exchange.changes.notify()

    async def close(self) -> None:
        self._frozen = False
        for member in self._seated:
            await member.close()
        self._seated.clear()
        connections = tuple(self._dialogues.values())
        for dialogue in tuple(self._dialogues):
            dialogue.end()
        try:
            await self._exchange.changes.until(lambda: not self._dialogues, timeout_s=_GOODBYE_S)
        except TimeoutError:
            for connection in connections:
                connection.abort()
        if self._runner is not None:
            await self._runner.cleanup()
        await self._tasks.close()
        if self._datagrams is not None:
            self._datagrams.close()
        if self._certificate is not None:
            self._certificate.close()
        self._runner = self._datagrams = self._certificate = None

    async def _open(self) -> None:
        self._certificate = LoopbackCertificate()
        self._datagrams = datagrams = DatagramSocket(host=_HOST)
        datagrams.start(partial(self._exchange.receive_datagram, socket=datagrams))
        app = web.Application()
        app.router.add_get("/", partial(self._converse, datagrams.address))
        if self._control_token is not None:
            add_control(app, self, self._control_token)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_GOODBYE_S)
        await self._runner.setup()
        listener = socket.create_server((_HOST, 0), backlog=512)
        self._port = listener.getsockname()[1]
        await web.SockSite(self._runner, listener, ssl_context=self._certificate.server_context).start()
        self._tasks.start(self._watch(), name="voice server watch")

    async def _converse(self, udp: Address, request: web.Request) -> web.StreamResponse:
        if request.query.get("v") != str(VERSION):
            raise web.HTTPBadRequest(text=f"only voice gateway version {VERSION}")
        connection = Connection(request)
        response = await connection.open()
        dialogue = Dialogue(self._exchange, connection, self._clock, udp)
        self._dialogues[dialogue] = connection
        writer = self._tasks.start(connection.write(), name="voice websocket writer")
        code = int(CloseCode.ABNORMAL)
        try:
            if not self._frozen:
                dialogue.greet()
            while not isinstance(frame := await connection.receive(), int):
                if not self._frozen:
                    dialogue.receive(frame)
            code = frame
        finally:
            dialogue.lost(code)
            del self._dialogues[dialogue]
            writer.cancel()
            self._exchange.changes.notify()
        return response

    async def _watch(self) -> None:
        while True:
            await self._clock.sleep(_WATCH_S)
            if self._frozen:
                continue
            for dialogue in tuple(self._dialogues):
                dialogue.tick()
            self._exchange.tick()
