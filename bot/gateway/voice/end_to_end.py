"""Our side of DAVE, Discord's end-to-end encryption of voice (protocol version 1, MLS by `davey`).

The loop's thread changes the group while the pacer's seals frames with it, so every touch of the session
is under one lock.
"""

import logging
import struct
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

import davey

_log = logging.getLogger(__name__)

MAX_VERSION: Final[int] = davey.DAVE_PROTOCOL_VERSION

PREPARE_TRANSITION, EXECUTE_TRANSITION, TRANSITION_READY, PREPARE_EPOCH = 21, 22, 23, 24
EXTERNAL_SENDER, KEY_PACKAGE, PROPOSALS, COMMIT_WELCOME, ANNOUNCE_COMMIT, WELCOME = 25, 26, 27, 28, 29, 30
INVALID_COMMIT_WELCOME = 31

_TRANSITION_ID = struct.Struct(">H")
_DOWNGRADE_S = 120
_UPGRADE_S = 10
"""How long frames that are not sealed still pass while a channel changes its version."""

SendText = Callable[[int, object], None]
SendBinary = Callable[[int, bytes], None]


class EndToEnd:
    """One session's encryption group. `seal` may be called from any thread; the rest is the loop's."""

    def __init__(self, user_id: int, *, send_text: SendText, send_binary: SendBinary) -> None:
        self.channel_id = 0
        """Names the group; set before `begin`."""
        self.version = 0
        self._user_id = user_id
        self._send_text = send_text
        self._send_binary = send_binary
        self._lock = threading.Lock()
        self._session: davey.DaveSession | None = None
        self._sealing = False
        self._pending: dict[int, int] = {}
        self._downgraded = False

    @property
    def sealing(self) -> bool:
        """Whether frames go out end-to-end encrypted: there is a group with somebody else in it."""
        return self._sealing

    def seal(self, opus: bytes) -> bytes:
        """Encrypt a frame for the group; without one it stays as it is."""
        if not self._sealing:
            return opus
        with self._lock:
            session = self._session
            if session is None or not session.ready:
                return opus
            sealed: bytes = session.encrypt_opus(opus)
            return sealed

    def begin(self, version: int) -> None:
        """Start a group afresh, as SESSION_DESCRIPTION or the first epoch says; 0 is no encryption."""
        self.version = version
        with self._lock:
            if not version:
                if self._session is not None:
                    self._session.reset()
                    self._session.set_passthrough_mode(True, _UPGRADE_S)
                key_package = None
            else:
                if self._session is None:
                    self._session = davey.DaveSession(version, self._user_id, self.channel_id)
                else:
                    self._session.reinit(version, self._user_id, self.channel_id)
                key_package = self._session.get_serialized_key_package()
        self._look()
        if key_package is not None:
            self._send_binary(KEY_PACKAGE, key_package)

    def receive_text(self, op: int, data: Mapping[str, Any]) -> None:
        """Take opcode 21, 22 or 24."""
        if op == PREPARE_TRANSITION:
            self._prepare(data["transition_id"], data["protocol_version"])
        elif op == EXECUTE_TRANSITION:
            self._execute(data["transition_id"])
        elif op == PREPARE_EPOCH and data["epoch"] == 1:
            self.begin(data["protocol_version"])

    def receive_binary(self, op: int, payload: bytes) -> None:
        """Take opcode 25, 27, 29 or 30."""
        if self._session is None:
            return
        try:
            if op == EXTERNAL_SENDER:
                with self._lock:
                    self._session.set_external_sender(payload)
            elif op == PROPOSALS:
                self._commit(self._session, payload)
            elif op in {ANNOUNCE_COMMIT, WELCOME}:
                self._change_group(self._session, op, payload)
        except ValueError as error:
            _log.warning("an encryption message was not taken: %s", type(error).__name__)
        self._look()

    def _commit(self, session: davey.DaveSession, payload: bytes) -> None:
        append, revoke = davey.ProposalsOperationType.append, davey.ProposalsOperationType.revoke
        with self._lock:
            made = session.process_proposals(revoke if payload[0] else append, payload[1:])
        if made is not None:
            self._send_binary(COMMIT_WELCOME, made.commit + (made.welcome or b""))

    def _change_group(self, session: davey.DaveSession, op: int, payload: bytes) -> None:
        (transition_id,) = _TRANSITION_ID.unpack_from(payload)
        message = payload[_TRANSITION_ID.size :]
        try:
            with self._lock:
                if op == WELCOME:
                    session.process_welcome(message)
                else:
                    session.process_commit(message)
        except ValueError:
            # The server removes us and adds us again by the key package that follows.
            self._send_text(INVALID_COMMIT_WELCOME, {"transition_id": transition_id})
            self.begin(self.version)
            return
        if transition_id:
            self._pending[transition_id] = self.version
            self._ready_for(transition_id)

    def _prepare(self, transition_id: int, version: int) -> None:
        self._pending[transition_id] = version
        if not transition_id:
            self._execute(transition_id)
            return
        if not version and self._session is not None:
            with self._lock:
                self._session.set_passthrough_mode(True, _DOWNGRADE_S)
        self._ready_for(transition_id)

    def _execute(self, transition_id: int) -> None:
        if transition_id not in self._pending:
            return
        before, self.version = self.version, self._pending.pop(transition_id)
        if before and not self.version:
            self._downgraded = True
        elif transition_id and self._downgraded:
            self._downgraded = False
            if self._session is not None:
                with self._lock:
                    self._session.set_passthrough_mode(True, _UPGRADE_S)
        self._look()

    def _ready_for(self, transition_id: int) -> None:
        self._send_text(TRANSITION_READY, {"transition_id": transition_id})

    def _look(self) -> None:
        """Note whether there is a group to seal for, so that `seal` need not ask under the lock."""
        self._sealing = self.version > 0 and self._session is not None and bool(self._session.ready)
