"""RTP packets and Discord's two transport encryptions of them ("rtpsize": the header stays in the clear).

A packet on the wire is header, sealed payload, 16-byte tag, 4-byte nonce counter. The header is what is
authenticated but not encrypted: 12 bytes, contributing sources, and of an extension only its first 4 bytes.
"""

import struct
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError

AES256_GCM = "aead_aes256_gcm_rtpsize"
XCHACHA20_POLY1305 = "aead_xchacha20_poly1305_rtpsize"
MODES = (AES256_GCM, XCHACHA20_POLY1305)

SAMPLES_PER_FRAME = 960  # 20 ms at 48 kHz
OPUS_SILENCE = b"\xf8\xff\xfe"
KEY_BYTES = 32

_HEADER = struct.Struct(">BBHII")
_COUNTER = struct.Struct("<I")
_OPUS_PAYLOAD_TYPE = 120
_TAG_BYTES = 16


class InvalidPacketError(ValueError):
    """Not an RTP packet with sound, or not sealed with this session's key."""


class RtpHeader(NamedTuple):
    sequence: int
    """16 bits, wraps."""
    timestamp: int
    """32 bits, 48 kHz samples, wraps."""
    ssrc: int


def read_header(packet: bytes | memoryview) -> RtpHeader:
    """Read the fixed header of an Opus RTP packet; raise InvalidPacketError for anything else."""
    if len(packet) < _HEADER.size:
        raise InvalidPacketError("shorter than an RTP header")
    first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(packet)
    if first >> 6 != 2 or second & 0x7F != _OPUS_PAYLOAD_TYPE:
        raise InvalidPacketError("not RTP version 2 with Opus in it")
    return RtpHeader(sequence, timestamp, ssrc)


def write_header(header: RtpHeader) -> bytes:
    return _HEADER.pack(0x80, _OPUS_PAYLOAD_TYPE, header.sequence, header.timestamp, header.ssrc)


class Cipher(Protocol):
    """One AEAD key of one session."""

    def seal(self, header: bytes, payload: bytes, counter: int) -> bytes:
        """Return the whole packet; a counter (32 bits) must never be used twice with one key."""
        ...

    def open(self, packet: bytes) -> tuple[bytes, bytes]:
        """Return (header, payload); the payload still begins with an extension's body if there is one.

        Raises InvalidPacketError when the packet is not sealed with this key.
        """
        ...


class _Aes256Gcm:
    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def seal(self, header: bytes, payload: bytes, counter: int) -> bytes:
        suffix = _COUNTER.pack(counter)
        return header + self._aead.encrypt(suffix + bytes(8), payload, header) + suffix

    def open(self, packet: bytes) -> tuple[bytes, bytes]:
        header, sealed, suffix = _split(packet)
        try:
            return header, self._aead.decrypt(suffix + bytes(8), sealed, header)
        except InvalidTag as error:
            raise InvalidPacketError("not sealed with this key") from error


class _XChaCha20Poly1305:
    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, header: bytes, payload: bytes, counter: int) -> bytes:
        suffix = _COUNTER.pack(counter)
        sealed = crypto_aead_xchacha20poly1305_ietf_encrypt(payload, header, suffix + bytes(20), self._key)
        return header + sealed + suffix

    def open(self, packet: bytes) -> tuple[bytes, bytes]:
        header, sealed, suffix = _split(packet)
        try:
            payload = crypto_aead_xchacha20poly1305_ietf_decrypt(
                sealed, header, suffix + bytes(20), self._key
            )
        except CryptoError as error:
            raise InvalidPacketError("not sealed with this key") from error
        return header, payload


def cipher_for(mode: str, key: bytes) -> Cipher:
    """Return the cipher of a mode in MODES; ValueError for another mode."""
    if mode == AES256_GCM:
        return _Aes256Gcm(key)
    if mode == XCHACHA20_POLY1305:
        return _XChaCha20Poly1305(key)
    raise ValueError(f"unknown mode {mode}")


class RtpSender:
    """Writes one stream's packets, 20 ms each, counting sequence, timestamp and nonce from 0."""

    def __init__(self, ssrc: int, cipher: Cipher) -> None:
        self._ssrc = ssrc
        self._cipher = cipher
        self._n_sent = 0

    def packet(self, payload: bytes) -> bytes:
        n_sent, self._n_sent = self._n_sent, self._n_sent + 1
        timestamp = n_sent * SAMPLES_PER_FRAME & 0xFFFF_FFFF
        header = write_header(RtpHeader(n_sent & 0xFFFF, timestamp, self._ssrc))
        return self._cipher.seal(header, payload, n_sent & 0xFFFF_FFFF)


def without_extension(header: bytes, payload: bytes) -> bytes:
    """Return the frame alone: drop an extension's body, whose length ends the clear header."""
    if not header[0] & 0x10:
        return payload
    n_words = struct.unpack_from(">H", header, len(header) - 2)[0]
    return payload[4 * n_words :]


def _split(packet: bytes) -> tuple[bytes, bytes, bytes]:
    header_bytes = _HEADER.size + 4 * (packet[0] & 0x0F) + (4 if packet[0] & 0x10 else 0)
    if len(packet) < header_bytes + _TAG_BYTES + _COUNTER.size:
        raise InvalidPacketError("no room for a tag and a nonce")
    return packet[:header_bytes], packet[header_bytes : -_COUNTER.size], packet[-_COUNTER.size :]
