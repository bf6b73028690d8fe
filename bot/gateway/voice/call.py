"""A session at a voice server: websocket, UDP socket and keys (voice gateway version 8).

discord.py's own connection starts two threads a channel, cannot resume, and is deaf for half a minute after
some closings, which is why the dialogue is here. Timeouts are real time: a machine's answer is awaited.
"""

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from bot.core.tasks import Tasks
from bot.gateway.voice.end_to_end import (
    EXECUTE_TRANSITION,
    MAX_VERSION,
    PREPARE_EPOCH,
    PREPARE_TRANSITION,
    EndToEnd,
)
from bot.gateway.voice.rtp import MODES, Transport

IDENTIFY, SELECT_PROTOCOL, READY, HEARTBEAT, SESSION_DESCRIPTION, SPEAKING = 0, 1, 2, 3, 4, 5
RESUME, HELLO, RESUMED = 7, 8, 9
_MICROPHONE = 1
_DAVE = frozenset({PREPARE_TRANSITION, EXECUTE_TRANSITION, PREPARE_EPOCH})

BROKEN: Final = 1006
"""The close code of a websocket that was cut, or that nothing comes from any more."""
HANDSHAKE_S: Final = 3.0
RESUME_S: Final = 1.0
HEARTBEAT_S: Final = 5.0
"""Heartbeats come at least so often, so that a server that fell silent is noticed soon."""
PATIENCE_S: Final = 2.5 * HEARTBEAT_S
_DISCOVERY_TRIES = 3
_DISCOVERY_S = 0.5
_DISCOVERY = struct.Struct(">HHI64sH")
_CLOSE_S = 1.0
_RECEIVE_BUFFER_BYTES = 4096
"""What others say is not listened to, and need not be kept for us."""

OpenWebsocket = Callable[[str], Awaitable[aiohttp.ClientWebSocketResponse]]


class CallClosedError(ConnectionError):
    """The server ended the websocket; `code` says why."""

    def __init__(self, code: int) -> None:
        super().__init__(f"closed with {code}")
        self.code = code


LOST: Final = (CallClosedError, aiohttp.ClientError, TimeoutError, OSError)
"""What a call that cannot be made or resumed raises."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What Discord told us to come in with: VOICE_STATE_UPDATE's session, VOICE_SERVER_UPDATE's rest."""

    guild_id: int
    channel_id: int
    user_id: int
    session_id: str
    token: str
    endpoint: str


class Call:
    """Connects once, may lose its websocket and resume. Lives on the event loop, but for its `transport`."""

    def __init__(self, ticket: Ticket, open_websocket: OpenWebsocket) -> None:
        self.ticket = ticket
        self.transport: Transport | None = None
        """What the pacer may send through, once connected."""
        self.end_to_end = EndToEnd(ticket.user_id, send_text=self._say, send_binary=self._say_binary)
        self.end_to_end.channel_id = ticket.channel_id
        self._open_websocket = open_websocket
        self._websocket: aiohttp.ClientWebSocketResponse | None = None
        self._socket: socket.socket | None = None
        self._ssrc = 0
        self._seq_ack = -1
        self._tasks = Tasks()
        self._beating: asyncio.Task[None] | None = None
        self._outbox: asyncio.Queue[str | bytes] = asyncio.Queue()

    async def connect(self) -> None:
        """Identify, find the way for sound, agree on keys, and say that we speak. Raises one of LOST."""
        async with asyncio.timeout(HANDSHAKE_S):
            await self._begin(
                IDENTIFY,
                {
                    "server_id": str(self.ticket.guild_id),
                    "user_id": str(self.ticket.user_id),
                    "session_id": self.ticket.session_id,
                    "token": self.ticket.token,
                    "max_dave_protocol_version": MAX_VERSION,
                },
            )
            ready = await self._until(READY)
            self._ssrc = ready["ssrc"]
            address, port = await self._discover((ready["ip"], ready["port"]))
            mode = next((mode for mode in MODES if mode in ready["modes"]), MODES[-1])
            way = {"address": address, "port": port, "mode": mode}
            self._say(SELECT_PROTOCOL, {"protocol": "udp", "data": way})
            agreed = await self._until(SESSION_DESCRIPTION)
        self._speak()
        if self._socket is None:
            raise CallClosedError(BROKEN)
        key = bytes(agreed["secret_key"])
        self.transport = Transport(self._socket, self._ssrc, agreed["mode"], key, self.end_to_end)

    async def resume(self) -> None:
        """Go on over a new websocket; sound went on meanwhile, its way and keys stay. Raises one of LOST."""
        async with asyncio.timeout(RESUME_S):
            await self._begin(
                RESUME,
                {
                    "server_id": str(self.ticket.guild_id),
                    "session_id": self.ticket.session_id,
                    "token": self.ticket.token,
                    "seq_ack": self._seq_ack,
                },
            )
            await self._until(RESUMED)
        self._speak()

    async def listen(self) -> int:
        """Converse until the websocket ends; return its close code."""
        try:
            while True:
                async with asyncio.timeout(PATIENCE_S):
                    await self._receive()
        except CallClosedError as closed:
            return closed.code
        except (TimeoutError, aiohttp.ClientError, OSError):
            return BROKEN

    def move(self, channel_id: int) -> None:
        """Know that the server has put this session into another channel: its next group is that one's."""
        self.end_to_end.channel_id = channel_id

    async def close(self) -> None:
        """Say goodbye and release everything; sound ends here."""
        self.transport = None
        await self._drop_websocket()
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    # The dialogue ----------------------------------------------------------------------------------------

    async def _begin(self, op: int, data: Mapping[str, object]) -> None:
        await self._drop_websocket()
        self._outbox = asyncio.Queue()
        self._websocket = websocket = await self._open_websocket(f"wss://{self.ticket.endpoint}/?v=8")
        self._tasks.start(self._write(websocket, self._outbox), name="voice-writer")
        self._say(op, data)

    async def _drop_websocket(self) -> None:
        websocket, self._websocket = self._websocket, None
        await self._tasks.close()
        self._beating = None
        if websocket is not None:
            with contextlib.suppress(TimeoutError, aiohttp.ClientError, OSError):
                async with asyncio.timeout(_CLOSE_S):
                    await websocket.close(code=1000)

    async def _write(
        self, websocket: aiohttp.ClientWebSocketResponse, outbox: "asyncio.Queue[str | bytes]"
    ) -> None:
        """Write what is said, in order, whoever says it. What a broken websocket takes is lost."""
        with contextlib.suppress(aiohttp.ClientError, OSError):
            while True:
                frame = await outbox.get()
                if isinstance(frame, str):
                    await websocket.send_str(frame)
                else:
                    await websocket.send_bytes(frame)

    async def _beat(self, interval_s: float) -> None:
        n_beats = 0
        while True:
            await asyncio.sleep(interval_s)
            n_beats += 1
            self._say(HEARTBEAT, {"t": n_beats, "seq_ack": self._seq_ack})

    def _say(self, op: int, data: object) -> None:
        self._outbox.put_nowait(json.dumps({"op": op, "d": data}, separators=(",", ":")))

    def _say_binary(self, op: int, payload: bytes) -> None:
        self._outbox.put_nowait(bytes([op]) + payload)

    def _speak(self) -> None:
        """Discord takes no sound before it heard this, once a session."""
        self._say(SPEAKING, {"speaking": _MICROPHONE, "delay": 0, "ssrc": self._ssrc})

    async def _until(self, op: int) -> Any:
        """Return the data of the next message with this opcode; what comes before is attended to."""
        while True:
            received, data = await self._receive()
            if received == op:
                return data

    async def _receive(self) -> tuple[int, Any]:
        """Take the next message; CallClosedError when there will be none."""
        websocket = self._websocket
        if websocket is None:
            raise CallClosedError(BROKEN)
        message = await websocket.receive()
        if message.type is aiohttp.WSMsgType.TEXT:
            return self._receive_text(json.loads(message.data))
        if message.type is aiohttp.WSMsgType.BINARY:
            self._seq_ack = int.from_bytes(message.data[:2])
            op: int = message.data[2]
            self.end_to_end.receive_binary(op, message.data[3:])
            return op, None
        if message.type is aiohttp.WSMsgType.CLOSE:
            raise CallClosedError(message.data or BROKEN)
        raise CallClosedError(BROKEN)

    def _receive_text(self, frame: Mapping[str, Any]) -> tuple[int, Any]:
        op: int = frame["op"]
        data: Any = frame.get("d")
        self._seq_ack = frame.get("seq", self._seq_ack)
        if op == HELLO:
            if self._beating is not None:
                self._beating.cancel()
            interval_s = min(data["heartbeat_interval"] / 1000.0, HEARTBEAT_S)
            self._beating = self._tasks.start(self._beat(interval_s), name="voice-heartbeat")
        elif op == SESSION_DESCRIPTION:
            self.end_to_end.begin(data["dave_protocol_version"])
        elif op in _DAVE:
            self.end_to_end.receive_text(op, data)
        return op, data

    async def _discover(self, server: tuple[str, int]) -> tuple[str, int]:
        """Open the way for sound and return how the server sees us; asks again, since datagrams get lost."""
        if self._socket is not None:
            self._socket.close()
        self._socket = sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(sock, server)
        for _ in range(_DISCOVERY_TRIES):
            await loop.sock_sendall(sock, _DISCOVERY.pack(1, 70, self._ssrc, b"", 0))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_DISCOVERY_S):
                    return await self._discovered(sock)
        raise TimeoutError("no answer to IP discovery")

    async def _discovered(self, sock: socket.socket) -> tuple[str, int]:
        while True:
            answer = await asyncio.get_running_loop().sock_recv(sock, 2048)
            if len(answer) == _DISCOVERY.size and answer[:2] == b"\x00\x02":
                _, _, _, address, port = _DISCOVERY.unpack(answer)
                return address.rstrip(b"\0").decode("ascii"), port
