"""A client's side of DAVE: what each opcode asks of `davey`'s session, and frames sealed and opened."""

import logging
import struct
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import davey

from bot.sandbox.voice.rtp import OPUS_SILENCE
from bot.sandbox.voice.wire import Opcode

_log = logging.getLogger(__name__)
MAX_VERSION = davey.DAVE_PROTOCOL_VERSION
_MAGIC_MARKER = b"\xfa\xfa"
_MIN_SUPPLEMENT_BYTES = 12  # tag 8, nonce 1 or more, size 1, marker 2
_TRANSITION = struct.Struct(">H")
_PASSTHROUGH_S = 10


class Opened(NamedTuple):
    opus: bytes
    end_to_end: bool


class Gateway(Protocol):
    """Where the answers go."""

    def send_text(self, op: Opcode, data: object) -> None: ...

    def send_binary(self, op: Opcode, payload: bytes) -> None: ...


class EndToEnd:
    """One user's encryption in one channel. Not for several threads."""

    def __init__(self, user_id: int, channel_id: int, gateway: Gateway) -> None:
        self.channel_id = channel_id
        """Names the group; change it before the server moves us to another channel."""
        self.version = 0
        self.known_user_ids: set[int] = set()
        """Who the server said is connected: others may not be added to the group."""
        self.transitions_executed = 0
        self._user_id = user_id
        self._gateway = gateway
        self._session: davey.DaveSession | None = None
        self._member_ids: frozenset[int] = frozenset()
        self._pending_versions: dict[int, int] = {}

    @property
    def privacy_code(self) -> str | None:
        """The 30 digits all members of the group see; None without a group."""
        return self._session.voice_privacy_code if self._session and self.is_ready else None

    @property
    def epoch(self) -> int | None:
        return self._session.epoch if self._session and self.is_ready else None

    @property
    def is_ready(self) -> bool:
        """Whether there is a group with keys, so that frames go out sealed."""
        return self.version > 0 and self._session is not None and self._session.ready

    @property
    def member_ids(self) -> frozenset[int]:
        """The users in our group, us included; empty without one."""
        return self._member_ids

    def begin(self, version: int) -> None:
        """Start afresh, as SESSION_DESCRIPTION or epoch 1 says: a new key package goes out."""
        self.version = version
        self._member_ids = frozenset()
        if not version:
            self._session = None
            return
        if self._session is None:
            self._session = davey.DaveSession(version, self._user_id, self.channel_id)
        else:
            self._session.reinit(version, self._user_id, self.channel_id)
        self._gateway.send_binary(Opcode.MLS_KEY_PACKAGE, self._session.get_serialized_key_package())

    def receive_text(self, op: Opcode, data: Mapping[str, Any]) -> None:
        if op is Opcode.DAVE_PREPARE_TRANSITION:
            transition_id = data["transition_id"]
            if transition_id:
                self._pending_versions[transition_id] = data["protocol_version"]
                self._ready_for(transition_id)
        elif op is Opcode.DAVE_EXECUTE_TRANSITION:
            self.version = self._pending_versions.pop(data["transition_id"], self.version)
            self.transitions_executed += 1
        elif op is Opcode.DAVE_PREPARE_EPOCH and data["epoch"] == 1:
            self.begin(data["protocol_version"])

    def receive_binary(self, op: Opcode, payload: bytes) -> None:
        session = self._session
        if session is None:
            return
        if op is Opcode.MLS_EXTERNAL_SENDER:
            session.set_external_sender(payload)
        elif op is Opcode.MLS_PROPOSALS:
            self._commit(session, payload)
        elif op in {Opcode.MLS_ANNOUNCE_COMMIT, Opcode.MLS_WELCOME}:
            (transition_id,) = _TRANSITION.unpack_from(payload)
            self._change_group(session, op, transition_id, payload[_TRANSITION.size :])

    def seal(self, opus: bytes) -> bytes:
        """Encrypt a frame; without a group it stays as it is."""
        if self._session is not None and self.is_ready:
            return self._session.encrypt_opus(opus)
        return opus

    def open(self, user_id: int, frame: bytes) -> Opened | None:
        """Decrypt a user's frame; None when we lack the keys, perhaps only for now.

        A frame that is not sealed is taken as it is while its sender has no keys to seal with: without
        encryption, before it is in our group, and ten seconds after the group changed.
        """
        if frame == OPUS_SILENCE or not self.version:
            return Opened(frame, end_to_end=False)
        sealed = _is_sealed(frame)
        if self._session is None or not self.is_ready or user_id not in self._member_ids:
            return None if sealed else Opened(frame, end_to_end=False)
        try:
            return Opened(self._session.decrypt(user_id, davey.MediaType.audio, frame), end_to_end=sealed)
        except ValueError:
            return None

    def _commit(self, session: davey.DaveSession, payload: bytes) -> None:
        append, revoke = davey.ProposalsOperationType.append, davey.ProposalsOperationType.revoke
        try:
            made = session.process_proposals(
                revoke if payload[0] else append, payload[1:], sorted(self.known_user_ids)
            )
        except ValueError as error:
            _log.warning("proposals not taken: %s", error, extra={"user_id": self._user_id})
            return
        if made is not None:
            self._gateway.send_binary(Opcode.MLS_COMMIT_WELCOME, made.commit + (made.welcome or b""))

    def _change_group(
        self, session: davey.DaveSession, op: Opcode, transition_id: int, message: bytes
    ) -> None:
        try:
            if op is Opcode.MLS_WELCOME:
                session.process_welcome(message)
            else:
                session.process_commit(message)
        except ValueError:
            data = {"transition_id": transition_id}
            self._gateway.send_text(Opcode.MLS_INVALID_COMMIT_WELCOME, data)
            self.begin(self.version)
            return
        self._member_ids = frozenset(map(int, session.get_user_ids()))
        # On and off again: unsealed frames pass for the time others need to learn of the change.
        session.set_passthrough_mode(True)
        session.set_passthrough_mode(False, _PASSTHROUGH_S)
        if transition_id:
            self._pending_versions[transition_id] = self.version
            self._ready_for(transition_id)

    def _ready_for(self, transition_id: int) -> None:
        self._gateway.send_text(Opcode.DAVE_TRANSITION_READY, {"transition_id": transition_id})


def _is_sealed(frame: bytes) -> bool:
    """Whether a frame ends as DAVE frames do: supplement size, then the marker."""
    return frame.endswith(_MAGIC_MARKER) and _MIN_SUPPLEMENT_BYTES <= frame[-3] <= len(frame)
