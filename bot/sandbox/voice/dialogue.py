"""What is said on one websocket: each opcode a client may send, and what the server does about it."""

from bot.core.clock import Clock
from bot.sandbox.voice.connection import Connection
from bot.sandbox.voice.datagrams import Address
from bot.sandbox.voice.exchange import Exchange
from bot.sandbox.voice.room import Room
from bot.sandbox.voice.rtp import MODES
from bot.sandbox.voice.session import Session
from bot.sandbox.voice.wire import (
    VERSION,
    CloseCode,
    Opcode,
    ProtocolError,
    read_client_binary,
    read_client_text,
    read_heartbeat,
    read_identify,
    read_resume,
    read_select_protocol,
    read_speaking,
    read_transition_id,
    text_frame,
)


class Dialogue:
    """Frames in through `receive`; the websocket's end through `lost`; silence found by `tick`."""

    def __init__(self, exchange: Exchange, connection: Connection, clock: Clock, udp: Address) -> None:
        self._exchange = exchange
        self._connection = connection
        self._clock = clock
        self._udp = udp
        self._session: Session | None = None
        self._heard_at = clock.monotonic()
        self._on_text = {
            Opcode.IDENTIFY: self._identify,
            Opcode.RESUME: self._resume,
            Opcode.HEARTBEAT: self._heartbeat,
            Opcode.SELECT_PROTOCOL: self._select_protocol,
            Opcode.SPEAKING: self._speaking,
            Opcode.CLIENT_CONNECT: self._client_connect,
            Opcode.DAVE_TRANSITION_READY: self._transition_ready,
            Opcode.MLS_INVALID_COMMIT_WELCOME: self._invalid_commit_welcome,
        }

    def greet(self) -> None:
        interval_ms = self._exchange.options.heartbeat_interval_ms
        self._connection.send(text_frame(Opcode.HELLO, {"v": VERSION, "heartbeat_interval": interval_ms}))

    def receive(self, frame: str | bytes) -> None:
        """Handle a frame; one that breaks the protocol closes the websocket with the fitting code."""
        try:
            if isinstance(frame, str):
                self._receive_text(*read_client_text(frame))
            else:
                self._receive_binary(*read_client_binary(frame))
        except ProtocolError as error:
            self._close(error.code)
        self._exchange.changes.notify()

    def lost(self, code: int) -> None:
        if self._session is not None:
            self._session.lost(self._connection, code)

    def tick(self) -> None:
        """Close the connection of a client that stopped heartbeating."""
        patience_s = 2 * self._exchange.options.heartbeat_interval_ms / 1000
        if self._clock.monotonic() - self._heard_at > patience_s:
            self._close(CloseCode.SESSION_TIMEOUT)

    def end(self) -> None:
        """Say goodbye because the server ends."""
        self._close(CloseCode.GOING_AWAY)

    def _close(self, code: CloseCode) -> None:
        if self._session is not None and self._session.is_on(self._connection):
            self._session.close(code)
        self._connection.close(code)

    def _identify(self, data: object) -> None:
        if self._session is not None:
            raise ProtocolError(CloseCode.ALREADY_AUTHENTICATED, "identified before")
        self._session = session = self._exchange.identify(read_identify(data), self._connection)
        host, port = self._udp
        session.send_text(
            Opcode.READY,
            {"ssrc": session.ssrc, "ip": host, "port": port, "modes": list(MODES), "experiments": []},
        )

    def _resume(self, data: object) -> None:
        if self._session is not None:
            raise ProtocolError(CloseCode.ALREADY_AUTHENTICATED, "identified before")
        self._session = self._exchange.resume(read_resume(data), self._connection)

    def _heartbeat(self, data: object) -> None:
        t, seq_ack = read_heartbeat(data)
        self._heard_at = self._clock.monotonic()
        if self._session is not None:
            self._session.acknowledge(seq_ack)
        self._connection.send(text_frame(Opcode.HEARTBEAT_ACK, {"t": t}))

    def _select_protocol(self, data: object) -> None:
        session = self._authenticated()
        if session.cipher is not None:
            raise ProtocolError(CloseCode.BAD_REQUEST, "a protocol was selected before")
        session.choose_mode(read_select_protocol(data, MODES))
        session.send_text(
            Opcode.SESSION_DESCRIPTION,
            {
                "mode": session.mode,
                "secret_key": list(session.secret_key),
                "audio_codec": "opus",
                "video_codec": "H264",
                "media_session_id": f"{session.credentials.channel_id:032x}",
                "dave_protocol_version": self._exchange.dave_version,
            },
        )
        # Only now: discord.py drops MLS frames that come before the session description.
        self._exchange.enter(session)

    def _speaking(self, data: object) -> None:
        session = self._authenticated()
        session.speak(read_speaking(data))
        if room := self._exchange.room_of(session):
            room.relay_speaking(session)

    def _client_connect(self, _: object) -> None:
        self._authenticated()  # announces video, of which there is none here

    def _transition_ready(self, data: object) -> None:
        session, transition_id = self._authenticated(), read_transition_id(data)
        if room := self._exchange.room_of(session):
            room.delivery.receive_transition_ready(session, transition_id)

    def _invalid_commit_welcome(self, data: object) -> None:
        session, _ = self._authenticated(), read_transition_id(data)
        if room := self._exchange.room_of(session):
            room.delivery.receive_invalid(session)

    def _receive_text(self, op: Opcode, data: object) -> None:
        if op not in self._on_text:
            raise ProtocolError(CloseCode.UNKNOWN_OPCODE, f"clients do not send {op.name}")
        self._on_text[op](data)

    def _receive_binary(self, op: Opcode, payload: bytes) -> None:
        session = self._authenticated()
        room: Room | None = self._exchange.room_of(session)
        if op is Opcode.MLS_KEY_PACKAGE:
            if room is not None:
                room.delivery.receive_key_package(session, payload)
        elif op is Opcode.MLS_COMMIT_WELCOME:
            if room is not None:
                room.delivery.receive_commit_welcome(session, payload)
        else:
            raise ProtocolError(CloseCode.UNKNOWN_OPCODE, f"clients do not send {op.name} in binary")

    def _authenticated(self) -> Session:
        if self._session is None:
            raise ProtocolError(CloseCode.NOT_AUTHENTICATED, "not identified")
        return self._session
