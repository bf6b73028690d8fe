"""RTP packets sealed as Discord's voice servers want them ("rtpsize": the header stays in the clear).

A packet is header, sealed payload with its tag, and the 4 bytes of nonce that count up.
"""

import socket
import struct
from collections.abc import Callable
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt

from bot.gateway.voice.end_to_end import EndToEnd

AES256_GCM: Final = "aead_aes256_gcm_rtpsize"
XCHACHA20_POLY1305: Final = "aead_xchacha20_poly1305_rtpsize"
MODES: Final = (AES256_GCM, XCHACHA20_POLY1305)
"""In order of preference: the first costs a sixth of the second; the second every server offers."""

_HEADER = struct.Struct(">BBHII")
_COUNTER = struct.Struct("<I")
_VERSION, _OPUS = 0x80, 0x78

Seal = Callable[[bytes, bytes, bytes], bytes]
"""(nonce counter, payload, header) -> sealed payload with its tag."""


def seal_for(mode: str, key: bytes) -> Seal:
    """Return the sealing of a mode in MODES, its key prepared once; ValueError for another mode."""
    if mode == AES256_GCM:
        encrypt = AESGCM(key).encrypt
        return lambda counter, payload, header: encrypt(counter + bytes(8), payload, header)
    if mode == XCHACHA20_POLY1305:
        return lambda counter, payload, header: crypto_aead_xchacha20poly1305_ietf_encrypt(
            payload, header, counter + bytes(20), key
        )
    raise ValueError(f"unknown mode {mode}")


class Transport:
    """The way out of one voice session: its socket, SSRC and keys. Only the pacer's thread sends."""

    def __init__(self, sock: socket.socket, ssrc: int, mode: str, key: bytes, end_to_end: EndToEnd) -> None:
        self._send = sock.send
        self._ssrc = ssrc
        self._seal = seal_for(mode, key)
        self._end_to_end = end_to_end
        self._n_sealed = 0

    def send(self, opus: bytes, sequence: int, timestamp: int) -> None:
        """Seal and send one frame; raises OSError when it cannot leave this machine."""
        header = _HEADER.pack(_VERSION, _OPUS, sequence, timestamp, self._ssrc)
        counter = _COUNTER.pack(self._n_sealed & 0xFFFF_FFFF)
        self._n_sealed += 1
        self._send(header + self._seal(counter, self._end_to_end.seal(opus), header) + counter)
