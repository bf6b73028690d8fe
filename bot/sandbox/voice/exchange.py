"""The server's state: who may come in, which sessions there are, which room each is in. No sockets."""

import itertools
from collections import deque

from bot.core.clock import Clock
from bot.sandbox.voice.changes import Changes
from bot.sandbox.voice.connection import Connection
from bot.sandbox.voice.datagrams import (
    Address,
    DatagramSocket,
    discovery_response,
    read_discovery_request,
)
from bot.sandbox.voice.interface import Credentials, ServerOptions
from bot.sandbox.voice.record import SessionRecord
from bot.sandbox.voice.room import Room
from bot.sandbox.voice.rtp import InvalidPacketError, read_header, without_extension
from bot.sandbox.voice.session import Session
from bot.sandbox.voice.wire import CloseCode, Identify, ProtocolError, Resume

_FIRST_SSRC = 1001
_HISTORY = 4096


class Exchange:
    def __init__(self, options: ServerOptions, clock: Clock) -> None:
        self.options = options
        self.changes = Changes()
        self._clock = clock
        self._credentials: dict[tuple[int, int], Credentials] = {}
        self._sessions: dict[tuple[int, int], Session] = {}
        self._by_ssrc: dict[int, Session] = {}
        self._rooms: dict[tuple[int, int], Room] = {}
        self._room_of: dict[Session, Room] = {}
        self._ended: deque[SessionRecord] = deque(maxlen=_HISTORY)
        self._ssrcs = itertools.count(_FIRST_SSRC)
        self._dave_version = options.dave_version

    @property
    def sessions(self) -> tuple[Session, ...]:
        return tuple(self._sessions.values())

    def session(self, guild_id: int, user_id: int) -> Session | None:
        return self._sessions.get((guild_id, user_id))

    @property
    def dave_version(self) -> int:
        return self._dave_version

    def room(self, guild_id: int, channel_id: int) -> Room | None:
        """Return the room of a channel somebody is in."""
        return self._rooms.get((guild_id, channel_id))

    def records(self) -> list[SessionRecord]:
        return [*self._ended, *(session.record() for session in self._sessions.values())]

    def register(self, credentials: Credentials) -> None:
        self._credentials[credentials.guild_id, credentials.user_id] = credentials

    def forget(self, guild_id: int, user_id: int) -> None:
        self._credentials.pop((guild_id, user_id), None)
        if session := self.session(guild_id, user_id):
            session.close(CloseCode.DISCONNECTED)

    def move(self, guild_id: int, user_id: int, channel_id: int) -> None:
        old = self._credentials[guild_id, user_id]
        self.register(Credentials(guild_id, channel_id, user_id, old.session_id, old.token))
        session = self.session(guild_id, user_id)
        if session is None:
            return
        was_in_room = session in self._room_of
        self._leave(session)
        session.credentials = self._credentials[guild_id, user_id]
        if was_in_room:
            self.enter(session, in_place=True)

    def identify(self, request: Identify, connection: Connection) -> Session:
        """Open a session; a user has one a guild, so an older one ends with 4006."""
        credentials = self._credentials.get((request.guild_id, request.user_id))
        if credentials is None or credentials.session_id != request.session_id:
            raise ProtocolError(CloseCode.SESSION_INVALID, "no such session")
        if credentials.token != request.token:
            raise ProtocolError(CloseCode.AUTHENTICATION_FAILED, "wrong token")
        if request.max_dave_version < self._dave_version:
            raise ProtocolError(CloseCode.DAVE_REQUIRED, "end-to-end encryption is required")
        if older := self.session(request.guild_id, request.user_id):
            older.close(CloseCode.SESSION_INVALID)
        session = Session(
            credentials,
            next(self._ssrcs),
            connection,
            self.options,
            clock=self._clock,
            ended=self._session_ended,
        )
        self._sessions[request.guild_id, request.user_id] = session
        self._by_ssrc[session.ssrc] = session
        self.changes.notify()
        return session

    def resume(self, request: Resume, connection: Connection) -> Session:
        """Find the session a client comes back to and connect it; ProtocolError 4006 or 4004."""
        for session in self._sessions.values():
            credentials = session.credentials
            if (credentials.guild_id, credentials.session_id) == (request.guild_id, request.session_id):
                if credentials.token != request.token:
                    raise ProtocolError(CloseCode.AUTHENTICATION_FAILED, "wrong token")
                session.resume(connection, request.seq_ack)
                self.changes.notify()
                return session
        raise ProtocolError(CloseCode.SESSION_INVALID, "no such session")

    def enter(self, session: Session, *, in_place: bool = False) -> None:
        """Put a session that has chosen its mode into its channel's room."""
        guild_id, channel_id = session.credentials.guild_id, session.credentials.channel_id
        room = self.room(guild_id, channel_id)
        if room is None:
            room = Room(channel_id, self._clock, dave_version=self._dave_version)
            self._rooms[guild_id, channel_id] = room
        self._room_of[session] = room
        room.enter(session, in_place=in_place)
        self.changes.notify()

    def room_of(self, session: Session) -> Room | None:
        return self._room_of.get(session)

    def set_dave_version(self, version: int) -> None:
        """Move every room to transport encryption only (0) or back to end-to-end encryption (1)."""
        self._dave_version = version
        for room in self._rooms.values():
            room.delivery.set_version(version)
        self.changes.notify()

    def tick(self) -> None:
        """Let what is overdue happen; call a few times a second."""
        for room in self._rooms.values():
            room.delivery.tick()
        oldest = self._clock.monotonic() - self.options.resume_window_s
        for session in self.sessions:
            if session.detached_at is not None and session.detached_at <= oldest:
                session.close(CloseCode.SESSION_TIMEOUT)
        self.changes.notify()

    def receive_datagram(
        self, datagram: memoryview, arrival_ns: int, sender: Address, socket: DatagramSocket
    ) -> None:
        """Note an RTP packet, decrypt it if somebody hears it or it is in the sample; answer IP discovery."""
        try:
            header = read_header(datagram)
        except InvalidPacketError:
            self._discover(datagram, sender, socket)
            return
        session = self._by_ssrc.get(header.ssrc)
        if session is None or session.cipher is None:
            return
        room = self._room_of.get(session)
        if room is None or session.address != sender:
            session.log.n_invalid += 1
            return
        if room.has_listeners() or session.log.wants_payload:
            try:
                clear, payload = session.cipher.open(bytes(datagram))
            except InvalidPacketError:
                session.log.n_invalid += 1
                return
            if session.log.wants_payload:
                session.log.keep(without_extension(clear, payload))
            room.forward(session, clear, payload, socket)
        session.log.add(header, arrival_ns)
        self.changes.notify()

    def _discover(self, datagram: memoryview, sender: Address, socket: DatagramSocket) -> None:
        ssrc = read_discovery_request(datagram)
        session = self._by_ssrc.get(ssrc) if ssrc is not None else None
        if session is not None:
            session.address = sender
            socket.send(discovery_response(session.ssrc, sender), sender)

    def _session_ended(self, session: Session) -> None:
        self._leave(session)
        self._by_ssrc.pop(session.ssrc, None)
        key = (session.credentials.guild_id, session.credentials.user_id)
        if self._sessions.get(key) is session:
            del self._sessions[key]
        self._ended.append(session.record())
        self.changes.notify()

    def _leave(self, session: Session) -> None:
        room = self._room_of.pop(session, None)
        if room is None:
            return
        room.leave(session)
        if not room.sessions:
            self._rooms = {key: other for key, other in self._rooms.items() if other is not room}
