"""One websocket of one client: what is sent leaves in order, by one writer, and closing comes last."""

import asyncio

from aiohttp import web

from bot.sandbox.voice.wire import CloseCode

_CLOSE_HANDSHAKE_S = 1.0


class Connection:
    def __init__(self, request: web.Request) -> None:
        self._request = request
        self._socket = web.WebSocketResponse(timeout=_CLOSE_HANDSHAKE_S, compress=False, max_msg_size=1 << 16)
        self._outbox: asyncio.Queue[str | bytes | int] = asyncio.Queue()
        self._closing = False

    async def open(self) -> web.WebSocketResponse:
        await self._socket.prepare(self._request)
        return self._socket

    def send(self, frame: str | bytes) -> None:
        if not self._closing:
            self._outbox.put_nowait(frame)

    def close(self, code: int) -> None:
        """Close after what was sent before."""
        if not self._closing:
            self._closing = True
            self._outbox.put_nowait(int(code))

    def abort(self) -> None:
        """Cut the TCP connection, as a network that breaks."""
        self._closing = True
        if self._request.transport is not None:
            self._request.transport.abort()

    async def write(self) -> None:
        """Write until closed or broken."""
        while True:
            item = await self._outbox.get()
            try:
                if isinstance(item, int):
                    await self._socket.close(code=item)
                    return
                if isinstance(item, str):
                    await self._socket.send_str(item)
                else:
                    await self._socket.send_bytes(item)
            except (ConnectionError, RuntimeError):
                return

    async def receive(self) -> str | bytes | int:
        """Return the next text or binary frame, or the code the connection ended with."""
        message = await self._socket.receive()
        if message.type is web.WSMsgType.TEXT or message.type is web.WSMsgType.BINARY:
            data: str | bytes = message.data
            return data
        if message.type is web.WSMsgType.CLOSE:
            return int(message.data or CloseCode.NORMAL)
        # A lost connection ends without a close frame; aiohttp's own close_code does not tell them apart.
        return CloseCode.ABNORMAL
