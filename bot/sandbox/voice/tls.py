"""The encoding MLS messages are made of: big-endian integers and vectors with a QUIC-style length."""

import struct


class MlsError(ValueError):
    """Bytes that are not the MLS message they should be."""


def opaque(data: bytes) -> bytes:
    """Serialise `opaque data<V>`: its length in 1, 2 or 4 bytes, the two top bits saying which."""
    size = len(data)
    if size < 1 << 6:
        return struct.pack(">B", size) + data
    if size < 1 << 14:
        return struct.pack(">H", size | 0x4000) + data
    return struct.pack(">I", size | 0x8000_0000) + data


class Reader:
    """Reads front to back; MlsError where the bytes end too soon."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.offset = 0

    @property
    def at_end(self) -> bool:
        return self.offset == len(self.data)

    def uint8(self) -> int:
        return self._integer(1)

    def uint16(self) -> int:
        return self._integer(2)

    def uint32(self) -> int:
        return self._integer(4)

    def uint64(self) -> int:
        return self._integer(8)

    def opaque(self) -> bytes:
        """Read `opaque<V>`; a length longer than it need be is refused, as RFC 9420 says."""
        first = self.uint8()
        size_bytes, size = 1 << (first >> 6), first & 0x3F
        if size_bytes == 8:
            raise MlsError("a length of no known form")
        for _ in range(size_bytes - 1):
            size = size << 8 | self.uint8()
        if size_bytes > 1 and size < 1 << (8 * size_bytes // 2 - 2):
            raise MlsError("a length longer than need be")
        return self._take(size)

    def end(self) -> None:
        if not self.at_end:
            raise MlsError("more bytes than the message has")

    def _integer(self, size: int) -> int:
        return int.from_bytes(self._take(size))

    def _take(self, size: int) -> bytes:
        if self.offset + size > len(self.data):
            raise MlsError("the message ends too soon")
        self.offset += size
        return self.data[self.offset - size : self.offset]
