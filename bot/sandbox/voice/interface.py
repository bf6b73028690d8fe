"""What the rest of the sandbox may know of a loopback voice server, in this process or its own."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.sandbox.voice.record import SessionRecord


@dataclass(frozen=True)
class Credentials:
    """What the main gateway told both sides: this user may join this channel with this session and token."""

    guild_id: int
    channel_id: int
    user_id: int
    session_id: str
    token: str

    @classmethod
    def issue(cls, guild_id: int, channel_id: int, user_id: int) -> "Credentials":
        """Make fresh ones, as a gateway does for each VOICE_STATE_UPDATE and VOICE_SERVER_UPDATE pair."""
        return cls(guild_id, channel_id, user_id, secrets.token_hex(16), secrets.token_hex(8))


@dataclass(frozen=True)
class ServerOptions:
    """How a server behaves; ValueError for values that make no sense."""

    dave_version: int = 1
    """1: end-to-end encryption, clients without it are refused (4017). 0: transport encryption only."""
    heartbeat_interval_ms: int = 13_750
    """Told in HELLO; a client silent for twice as long is closed with 4009."""
    resume_window_s: float = 60.0
    """How long a session whose connection broke waits for opcode 7."""
    record_packets: int = 1_000_000
    """Newest packets whose arrival, sequence and timestamp are kept, a session (14 bytes each)."""
    keep_opus: int = 1
    """Decrypt and keep every n-th payload; 0 none. Hundreds of sessions want 0 or 50 here."""
    keep_opus_packets: int = 15_000
    """Newest payloads kept, a session."""

    def __post_init__(self) -> None:
        if self.dave_version not in {0, 1}:
            raise ValueError("dave_version is 0 or 1")
        if self.heartbeat_interval_ms <= 0 or self.resume_window_s < 0:
            raise ValueError("heartbeat_interval_ms and resume_window_s are durations")
        if self.record_packets < 2 or self.keep_opus < 0 or self.keep_opus_packets < 0:
            raise ValueError("record_packets, keep_opus and keep_opus_packets count packets")


class LoopbackVoice(Protocol):
    """A running voice server. `VoiceServer` and `VoiceServerProcess` are both one."""

    @property
    def endpoint(self) -> str:
        """`127.0.0.1:port`, as VOICE_SERVER_UPDATE carries it."""
        ...

    @property
    def ca_file(self) -> Path:
        """The PEM certificate clients must trust; gone after `close`."""
        ...

    async def register(self, credentials: Credentials) -> None:
        """Let this user in; replaces what was registered for the same user and guild.

        A session that is open with other credentials stays open until it is closed or replaced.
        """
        ...

    async def forget(self, guild_id: int, user_id: int) -> None:
        """Let the user in no longer, and end a session that is open with 4014. Unknown users are no error."""
        ...

    async def move(self, guild_id: int, user_id: int, channel_id: int) -> None:
        """Put an open session into another channel of the guild without a new connection.

        Its credentials move too. KeyError when the user is not registered.
        """
        ...

    async def close_session(self, guild_id: int, user_id: int, code: int) -> None:
        """Close the user's websocket with this code, 1006 by cutting it; nothing if there is none."""
        ...

    async def seat(self, credentials: Credentials) -> None:
        """Let a member of the server's own come in, who is in the encryption group and hears nothing.

        With one in a channel whatever is sent there is sealed end to end. It stays until the server closes.
        """
        ...

    async def records(self) -> list[SessionRecord]:
        """Return what was seen of every session, ended ones first."""
        ...

    async def close(self) -> None:
        """End every session and release sockets, tasks and files; again does nothing."""
        ...
