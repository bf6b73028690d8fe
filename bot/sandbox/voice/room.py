"""One voice channel on the server: who hears whom, and the encryption group they share."""

import itertools

from bot.core.clock import Clock
from bot.sandbox.voice.datagrams import DatagramSocket
from bot.sandbox.voice.delivery import DeliveryService
from bot.sandbox.voice.session import Session
from bot.sandbox.voice.wire import Opcode

_COUNTER_MODULUS = 1 << 32


class Room:
    def __init__(self, channel_id: int, clock: Clock, *, dave_version: int) -> None:
        self.delivery = DeliveryService(channel_id, clock, version=dave_version)
        self._sessions: dict[Session, itertools.count[int]] = {}
        """Each with the nonce counter of what is sealed for it."""

    @property
    def sessions(self) -> tuple[Session, ...]:
        return tuple(self._sessions)

    def enter(self, session: Session, *, in_place: bool = False) -> None:
        """Take a session in, tell everybody who is there, and give it the group's external sender."""
        others = self.sessions
        self._sessions[session] = itertools.count()
        if others:
            session.send_text(Opcode.CLIENTS_CONNECT, {"user_ids": [str(other.user_id) for other in others]})
        for other in others:
            other.send_text(Opcode.CLIENTS_CONNECT, {"user_ids": [str(session.user_id)]})
            if other.speaking_flags is not None:
                session.send_text(Opcode.SPEAKING, _speaking(other))
            if session.speaking_flags is not None:
                other.send_text(Opcode.SPEAKING, _speaking(session))
        self.delivery.join(session, in_place=in_place)

    def leave(self, session: Session) -> None:
        if self._sessions.pop(session, None) is None:
            return
        for other in self._sessions:
            other.send_text(Opcode.CLIENT_DISCONNECT, {"user_id": str(session.user_id)})
        self.delivery.leave(session)

    def relay_speaking(self, session: Session) -> None:
        for other in self._sessions:
            if other is not session:
                other.send_text(Opcode.SPEAKING, _speaking(session))

    def has_listeners(self) -> bool:
        """Whether anybody would hear a sender."""
        return sum(session.address is not None for session in self._sessions) > 1

    def forward(self, sender: Session, header: bytes, payload: bytes, socket: DatagramSocket) -> None:
        """Seal a decrypted packet for each of the others and send it; who has no address yet misses it."""
        for other, counter in self._sessions.items():
            if other is not sender and other.address is not None and other.cipher is not None:
                sealed = other.cipher.seal(header, payload, next(counter) % _COUNTER_MODULUS)
                socket.send(sealed, other.address)


def _speaking(session: Session) -> dict[str, object]:
    return {"user_id": str(session.user_id), "ssrc": session.ssrc, "speaking": session.speaking_flags}
