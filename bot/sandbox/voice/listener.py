"""A member who listens: a small client of the loopback voice server, with DAVE, that can also send."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from bot.core.clock import Clock, SystemClock
from bot.core.tasks import Tasks
from bot.sandbox.voice.certificate import client_ssl_context
from bot.sandbox.voice.changes import Changes
from bot.sandbox.voice.datagrams import Address, DatagramSocket, discovery_request, read_discovery_response
from bot.sandbox.voice.end_to_end import MAX_VERSION, EndToEnd
from bot.sandbox.voice.hearing import FrameQueue, HeardFrame, Hearing
from bot.sandbox.voice.interface import Credentials
from bot.sandbox.voice.rtp import (
    AES256_GCM,
    Cipher,
    InvalidPacketError,
    RtpSender,
    cipher_for,
    read_header,
    without_extension,
)
from bot.sandbox.voice.wire import VERSION, CloseCode, Opcode, read_server_binary

_CONNECT_TIMEOUT_S = 10.0
_MICROPHONE = 1
_NOWHERE = ("127.0.0.1", 9)
_DAVE_TEXT = {Opcode.DAVE_PREPARE_TRANSITION, Opcode.DAVE_EXECUTE_TRANSITION, Opcode.DAVE_PREPARE_EPOCH}

_Outbox = asyncio.Queue[str | bytes]


class VoiceClosedError(ConnectionError):
    """The server closed the websocket; `code` says why."""

    def __init__(self, code: int) -> None:
        super().__init__(f"the voice websocket was closed with {code}")
        self.code = code


class ListeningMember:
    """A user in a voice channel, for whom credentials are registered: `async with ListeningMember(...)`.

    Iterate over it, or call `hear`, for the frames of the others. When the listener does not keep up the
    oldest frames are dropped. One that is `deaf` is in the encryption group and nothing else. `channel_id`
    follows only what `follow` says; the server cannot tell a client.
    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        endpoint: str,
        ca_file: Path,
        mode: str = AES256_GCM,
        max_queued_frames: int = 3000,
        deaf: bool = False,
        clock: Clock | None = None,
    ) -> None:
        self.credentials = credentials
        self.mode = mode
        self._deaf = deaf
        self.ssrc = 0
        self.close_code: int | None = None
        """What the websocket closed with; None while it is open."""
        self.end_to_end = EndToEnd(credentials.user_id, credentials.channel_id, self)
        self.frames = FrameQueue(max_queued_frames)
        self.hearing = Hearing(self.end_to_end, self.frames.put)
        self.n_invalid = 0
        """Datagrams that were not sound sealed for us."""
        self._url = f"wss://{endpoint}/?v={VERSION}"
        self._ca_file = ca_file
        self._clock = clock or SystemClock()
        self._changes = Changes()
        self._tasks = Tasks()
        self._http: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._outbox: _Outbox = asyncio.Queue()
        self._datagrams: DatagramSocket | None = None
        self._server: Address = ("", 0)
        self._cipher: Cipher | None = None
        self._sender: RtpSender | None = None
        self._seq_ack = -1
        self._heartbeat_s = 0.0
        self._n_resumed = 0
        self._closed = False
        self._on_text: dict[int, Callable[[Any], None]] = {
            Opcode.HELLO: self._hello,
            Opcode.READY: self._ready,
            Opcode.SESSION_DESCRIPTION: self._session_description,
            Opcode.RESUMED: self._resumed,
            Opcode.SPEAKING: self._speaking,
            Opcode.CLIENTS_CONNECT: self._clients_connect,
            Opcode.CLIENT_DISCONNECT: self._client_disconnect,
        }

    async def __aenter__(self) -> Self:
        try:
            await self.connect()
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
    def n_heard(self) -> int:
        """Frames that could be opened."""
        return self.frames.n_heard

    @property
    def n_end_to_end(self) -> int:
        """Those of them that were end-to-end encrypted."""
        return self.frames.n_end_to_end

    @property
    def n_undecryptable(self) -> int:
        """Frames given up: sealed for a group we were not in, or lost keys."""
        return self.hearing.n_undecryptable

    @property
    def privacy_code(self) -> str | None:
        """The 30 digits all members of the encryption group see; None without a group."""
        return self.end_to_end.privacy_code

    def __aiter__(self) -> AsyncIterator[HeardFrame]:
        return aiter(self.frames)

    async def hear(self, n_frames: int, *, timeout_s: float = 30.0) -> list[HeardFrame]:
        """Return the next frames, as many as asked for; TimeoutError when they do not come."""
        frames: list[HeardFrame] = []
        async with asyncio.timeout(timeout_s):
            async for frame in self.frames:
                frames.append(frame)
                if len(frames) == n_frames:
                    break
        return frames

    async def until(self, condition: Callable[[], bool], *, timeout_s: float = 10.0) -> None:
        """Return once the condition holds, looking again after everything that reaches this member."""
        await self._changes.until(condition, timeout_s=timeout_s)

    async def connect(self) -> None:
        """Join; VoiceClosedError when the server refuses."""
        context = await asyncio.to_thread(client_ssl_context, self._ca_file)
        self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context))
        if not self._deaf:
            self._datagrams = DatagramSocket()
            self._datagrams.start(self._receive_datagram)
        identify = self._identity() | {
            "user_id": str(self.credentials.user_id),
            "max_dave_protocol_version": MAX_VERSION,
        }
        await self._converse(Opcode.IDENTIFY, identify)
        await self._until_open(lambda: self._cipher is not None)

    async def resume(self) -> None:
        """Take the session up again over a new websocket; the UDP socket, ssrc and keys stay.

        Raises VoiceClosedError when the server no longer has the session.
        """
        n_resumed = self._n_resumed
        await self._converse(Opcode.RESUME, self._identity() | {"seq_ack": self._seq_ack})
        await self._until_open(lambda: self._n_resumed > n_resumed)

    async def close(self) -> None:
        """Leave and release everything; again does nothing."""
        if self._closed:
            return
        self._closed = True
        if self._socket is not None:
            await self._socket.close(code=CloseCode.NORMAL)
        await self._tasks.close()
        if self._datagrams is not None:
            self._datagrams.close()
        if self._http is not None:
            await self._http.close()
        self.frames.end()

    def follow(self, channel_id: int) -> None:
        """Be in another channel from the next group on: what VOICE_STATE_UPDATE tells a client."""
        self.end_to_end.channel_id = channel_id

    def speak(self, flags: int = _MICROPHONE) -> None:
        """Announce that sound follows, or with 0 that it ends. Due before the first `send`."""
        self.send_text(Opcode.SPEAKING, {"speaking": flags, "delay": 0, "ssrc": self.ssrc})

    def send(self, opus: bytes) -> None:
        """Send one 20 ms frame now; pacing is the caller's."""
        if self._sender is None or self._datagrams is None:
            raise RuntimeError("not connected")
        self._datagrams.send(self._sender.packet(self.end_to_end.seal(opus)), self._server)

    def send_text(self, op: Opcode, data: object) -> None:
        self._outbox.put_nowait(_text(op, data))

    def send_binary(self, op: Opcode, payload: bytes) -> None:
        self._outbox.put_nowait(bytes([op]) + payload)

    async def _converse(self, op: Opcode, data: Mapping[str, object]) -> None:
        if self._http is None:
            raise RuntimeError("not connected")
        self._socket = socket = await self._http.ws_connect(self._url, max_msg_size=0)
        self._outbox = asyncio.Queue()  # what the old connection did not carry is lost, as on a network
        self.close_code = None
        self.send_text(op, data)
        self._tasks.start(self._attend(socket, self._outbox), name="listening member")

    async def _until_open(self, condition: Callable[[], bool]) -> None:
        await self.until(lambda: condition() or self.close_code is not None, timeout_s=_CONNECT_TIMEOUT_S)
        if self.close_code is not None:
            raise VoiceClosedError(self.close_code)

    async def _attend(self, socket: aiohttp.ClientWebSocketResponse, outbox: _Outbox) -> None:
        """Read one websocket until it ends, and write and beat meanwhile."""
        code: int = CloseCode.ABNORMAL
        try:
            async with asyncio.TaskGroup() as group:
                others = [
                    group.create_task(_write(socket, outbox)),
                    group.create_task(self._beat(outbox)),
                ]
                code = await self._read(socket)
                for task in others:
                    task.cancel()
        finally:
            if self._socket is socket:
                self.close_code = code
            self._changes.notify()

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> int:
        while True:
            message = await socket.receive()
            if message.type is aiohttp.WSMsgType.TEXT:
                self._receive_text(json.loads(message.data))
            elif message.type is aiohttp.WSMsgType.BINARY:
                self._receive_binary(message.data)
            elif message.type is aiohttp.WSMsgType.CLOSE:
                return int(message.data or CloseCode.NORMAL)
            else:
                return CloseCode.ABNORMAL
            self._changes.notify()

    async def _beat(self, outbox: _Outbox) -> None:
        await self.until(lambda: self._heartbeat_s > 0)
        for t in itertools.count():
            await self._clock.sleep(self._heartbeat_s)
            outbox.put_nowait(_text(Opcode.HEARTBEAT, {"t": t, "seq_ack": self._seq_ack}))

    def _receive_text(self, frame: Mapping[str, Any]) -> None:
        self._seq_ack = frame.get("seq", self._seq_ack)
        handle = self._on_text.get(frame["op"])
        if handle is not None:
            handle(frame["d"])
        elif frame["op"] in _DAVE_TEXT:
            self.end_to_end.receive_text(Opcode(frame["op"]), frame["d"])
            self.hearing.retry()

    def _hello(self, data: Mapping[str, Any]) -> None:
        self._heartbeat_s = data["heartbeat_interval"] / 1000

    def _ready(self, data: Mapping[str, Any]) -> None:
        self.ssrc, self._server = data["ssrc"], (data["ip"], data["port"])
        if self._datagrams is not None:
            self._datagrams.send(discovery_request(self.ssrc), self._server)
        else:
            self._select_protocol(*_NOWHERE)

    def _select_protocol(self, address: str, port: int) -> None:
        selected = {"address": address, "port": port, "mode": self.mode}
        self.send_text(Opcode.SELECT_PROTOCOL, {"protocol": "udp", "data": selected})

    def _session_description(self, data: Mapping[str, Any]) -> None:
        self._cipher = cipher_for(data["mode"], bytes(data["secret_key"]))
        self._sender = RtpSender(self.ssrc, self._cipher)
        self.end_to_end.begin(data["dave_protocol_version"])

    def _resumed(self, _: object) -> None:
        self._n_resumed += 1

    def _speaking(self, data: Mapping[str, Any]) -> None:
        self.hearing.user_of[data["ssrc"]] = int(data["user_id"])
        self.hearing.retry()

    def _clients_connect(self, data: Mapping[str, Any]) -> None:
        self.end_to_end.known_user_ids.update(map(int, data["user_ids"]))

    def _client_disconnect(self, data: Mapping[str, Any]) -> None:
        self.end_to_end.known_user_ids.discard(int(data["user_id"]))
        self.hearing.forget(int(data["user_id"]))

    def _receive_binary(self, frame: bytes) -> None:
        self._seq_ack, op, payload = read_server_binary(frame)
        self.end_to_end.receive_binary(op, payload)
        self.hearing.retry()

    def _receive_datagram(self, datagram: memoryview, arrival_ns: int, sender: Address) -> None:
        if sender != self._server:
            return
        if address := read_discovery_response(datagram):
            self._select_protocol(*address)
        elif self._cipher is not None:
            self._receive_rtp(self._cipher, bytes(datagram), arrival_ns)
        self._changes.notify()

    def _receive_rtp(self, cipher: Cipher, packet: bytes, arrival_ns: int) -> None:
        try:
            header = read_header(packet)
            clear, payload = cipher.open(packet)
        except InvalidPacketError:
            self.n_invalid += 1
            return
        self.hearing.receive(header, without_extension(clear, payload), arrival_ns)

    def _identity(self) -> dict[str, object]:
        return {
            "server_id": str(self.credentials.guild_id),
            "session_id": self.credentials.session_id,
            "token": self.credentials.token,
        }


def _text(op: Opcode, data: object) -> str:
    return json.dumps({"op": int(op), "d": data})


async def _write(socket: aiohttp.ClientWebSocketResponse, outbox: _Outbox) -> None:
    while True:
        frame = await outbox.get()
        try:
            await (socket.send_str(frame) if isinstance(frame, str) else socket.send_bytes(frame))
        except ConnectionError:
            return
