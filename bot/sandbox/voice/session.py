"""A client's voice session: it outlives its websocket, so that opcode 7 can take it up again."""

import secrets
from collections import deque
from collections.abc import Callable

from bot.core.clock import Clock
from bot.sandbox.voice.connection import Connection
from bot.sandbox.voice.datagrams import Address
from bot.sandbox.voice.interface import Credentials, ServerOptions
from bot.sandbox.voice.record import Close, PacketLog, SessionRecord, SpeakingChange
from bot.sandbox.voice.rtp import KEY_BYTES, Cipher, cipher_for
from bot.sandbox.voice.wire import (
    RESUMABLE,
    SEQUENCE_MODULUS,
    CloseCode,
    Opcode,
    ProtocolError,
    binary_frame,
    text_frame,
)

_REPLAY_FRAMES = 512
_MAX_SPEAKING_CHANGES = 10_000


class Session:
    """Made by IDENTIFY. `close` and `abort` are what a test does to it; the rest is the server's."""

    def __init__(
        self,
        credentials: Credentials,
        ssrc: int,
        connection: Connection,
        options: ServerOptions,
        *,
        clock: Clock,
        ended: Callable[["Session"], None],
    ) -> None:
        self.credentials = credentials
        self.ssrc = ssrc
        self.mode = ""
        self.secret_key = secrets.token_bytes(KEY_BYTES)
        self.cipher: Cipher | None = None
        self.address: Address | None = None
        """Where its RTP comes from and goes to; known by IP discovery."""
        self.speaking_flags: int | None = None
        self.detached_at: float | None = None
        self.ended = False
        self.log = PacketLog(
            record_packets=options.record_packets,
            keep_opus=options.keep_opus,
            keep_opus_packets=options.keep_opus_packets,
        )
        self._clock = clock
        self._on_ended = ended
        self._connection: Connection | None = connection
        self._n_sent = 0
        self._replay: deque[str | bytes] = deque(maxlen=_REPLAY_FRAMES)
        self._speaking: deque[SpeakingChange] = deque(maxlen=_MAX_SPEAKING_CHANGES)
        self._connects_ns = [self._now_ns()]
        self._resumes_ns: list[int] = []
        self._closes: list[Close] = []

    @property
    def user_id(self) -> int:
        return self.credentials.user_id

    @property
    def is_connected(self) -> bool:
        return self._connection is not None

    def is_on(self, connection: Connection) -> bool:
        return self._connection is connection

    def send_text(self, op: Opcode, data: object) -> None:
        """Send a numbered frame, now or when the session resumes."""
        self._send(text_frame(op, data, self._next_seq()))

    def send_binary(self, op: Opcode, payload: bytes) -> None:
        self._send(binary_frame(op, payload, self._next_seq()))

    def acknowledge(self, seq_ack: int) -> None:
        """Forget frames the client has seen."""
        n_missed = self._missed(seq_ack)
        if n_missed <= len(self._replay):
            while len(self._replay) > n_missed:
                self._replay.popleft()

    def resume(self, connection: Connection, seq_ack: int) -> None:
        """Go on over a new connection; ProtocolError 4006 when what was missed is no longer there."""
        n_missed = self._missed(seq_ack)
        if n_missed > len(self._replay):
            raise ProtocolError(CloseCode.SESSION_INVALID, "too much was missed")
        if self._connection is not None:
            self._connection.abort()
        self._connection = connection
        self.detached_at = None
        self._resumes_ns.append(self._now_ns())
        connection.send(text_frame(Opcode.RESUMED, None))
        for frame in list(self._replay)[len(self._replay) - n_missed :]:
            connection.send(frame)

    def choose_mode(self, mode: str) -> None:
        self.mode = mode
        self.cipher = cipher_for(mode, self.secret_key)

    def speak(self, flags: int) -> None:
        self.speaking_flags = flags
        self._speaking.append(SpeakingChange(self._now_ns(), flags))

    def close(self, code: int) -> None:
        """Close its websocket. After 4015 or 1006 the session waits to be resumed, else it is over."""
        connection = self._connection
        self._disconnected(code, by_server=True)
        if connection is not None:
            connection.close(code)

    def abort(self) -> None:
        """Cut its TCP connection; the client sees 1006 and may resume."""
        connection = self._connection
        self._disconnected(CloseCode.ABNORMAL, by_server=True)
        if connection is not None:
            connection.abort()

    def lost(self, connection: Connection, code: int) -> None:
        """Note that the client's end is gone; ignored for a connection that is no longer the session's."""
        if connection is self._connection:
            self._disconnected(code, by_server=False)

    def record(self) -> SessionRecord:
        credentials, log = self.credentials, self.log
        return SessionRecord(
            guild_id=credentials.guild_id,
            channel_id=credentials.channel_id,
            user_id=credentials.user_id,
            session_id=credentials.session_id,
            ssrc=self.ssrc,
            mode=self.mode,
            arrivals_ns=log.arrivals_ns[:],
            sequences=log.sequences[:],
            timestamps=log.timestamps[:],
            n_packets=log.n_packets,
            n_invalid=log.n_invalid,
            kept=tuple(log.kept),
            speaking=tuple(self._speaking),
            connects_ns=tuple(self._connects_ns),
            resumes_ns=tuple(self._resumes_ns),
            closes=tuple(self._closes),
            ended=self.ended,
        )

    def _disconnected(self, code: int, *, by_server: bool) -> None:
        if self.ended:
            return
        if self._connection is not None or code not in RESUMABLE:
            self._closes.append(Close(self._now_ns(), int(code), by_server))
        self._connection = None
        if code not in RESUMABLE:
            self.ended = True
            self._on_ended(self)
        elif self.detached_at is None:
            self.detached_at = self._clock.monotonic()

    def _send(self, frame: str | bytes) -> None:
        self._replay.append(frame)
        if self._connection is not None:
            self._connection.send(frame)

    def _next_seq(self) -> int:
        self._n_sent += 1
        return self._n_sent % SEQUENCE_MODULUS

    def _missed(self, seq_ack: int) -> int:
        """Return how many frames came after the one acknowledged; -1 acknowledges none."""
        return (self._n_sent - max(seq_ack, 0)) % SEQUENCE_MODULUS

    def _now_ns(self) -> int:
        return int(self._clock.now().timestamp() * 1_000_000) * 1000
