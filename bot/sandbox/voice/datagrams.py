"""A UDP socket on the event loop that knows when the kernel received each datagram, and IP discovery."""

import asyncio
import socket
import struct
from collections.abc import Callable

Address = tuple[str, int]
Receiver = Callable[[memoryview, int, Address], None]
"""Called with (datagram, arrival, sender); the view is only valid during the call. Arrival: Unix ns."""

DISCOVERY_BYTES = 74

_SO_TIMESTAMPNS = 35  # Linux; the socket module does not name it
_TIMESPEC = struct.Struct("@qq")
_ANCILLARY_BYTES = socket.CMSG_SPACE(_TIMESPEC.size)
_RECEIVE_BUFFER_BYTES = 4 << 20  # about 0.5 s of 400 sessions, should the loop be late
_BATCH = 128
_DISCOVERY = struct.Struct(">HHI64sH")
_REQUEST, _RESPONSE = 1, 2
_DISCOVERY_BODY_BYTES = 70


class DatagramSocket:
    """A bound, non-blocking UDP socket on loopback. Needs a running event loop; `close` releases it."""

    def __init__(self, *, host: str = "127.0.0.1") -> None:
        self._buffer = bytearray(2048)
        self._view = memoryview(self._buffer)
        self._loop = asyncio.get_running_loop()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._socket.bind((host, 0))
        self.address: Address = self._socket.getsockname()
        self.n_unsent = 0

    def start(self, receiver: Receiver) -> None:
        """Call `receiver` with every datagram from now on; it must not raise."""
        self._loop.add_reader(self._socket, self._readable, receiver)

    def send(self, datagram: bytes, to: Address) -> None:
        """Send now or drop, as a network would."""
        try:
            self._socket.sendto(datagram, to)
        except OSError:
            self.n_unsent += 1

    def close(self) -> None:
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def _readable(self, receiver: Receiver) -> None:
        # A batch, not all there is: websockets must get their turn when hundreds of sessions send.
        for _ in range(_BATCH):
            try:
                size, ancillary, _, sender = self._socket.recvmsg_into([self._buffer], _ANCILLARY_BYTES)
            except OSError:
                return
            if not ancillary:
                continue
            seconds, nanoseconds = _TIMESPEC.unpack(ancillary[0][2])
            receiver(self._view[:size], seconds * 1_000_000_000 + nanoseconds, sender)


def discovery_request(ssrc: int) -> bytes:
    return _DISCOVERY.pack(_REQUEST, _DISCOVERY_BODY_BYTES, ssrc, b"", 0)


def discovery_response(ssrc: int, address: Address) -> bytes:
    host, port = address
    return _DISCOVERY.pack(_RESPONSE, _DISCOVERY_BODY_BYTES, ssrc, host.encode(), port)


def read_discovery_request(datagram: bytes | memoryview) -> int | None:
    """Return the ssrc that asks, None when the datagram is something else."""
    if len(datagram) != DISCOVERY_BYTES:
        return None
    kind, length, ssrc, _, _ = _DISCOVERY.unpack(datagram)
    return ssrc if (kind, length) == (_REQUEST, _DISCOVERY_BODY_BYTES) else None


def read_discovery_response(datagram: bytes | memoryview) -> Address | None:
    """Return the address the server saw, None when the datagram is something else."""
    if len(datagram) != DISCOVERY_BYTES:
        return None
    kind, length, _, host, port = _DISCOVERY.unpack(datagram)
    if (kind, length) != (_RESPONSE, _DISCOVERY_BODY_BYTES):
        return None
    return host.split(b"\0", 1)[0].decode("ascii", "replace"), port
