"""Voice gateway version 8 on the wire: opcodes, close codes, frames, and what clients may say.

Text frames are `{"op", "d", "seq"?}`. Binary frames to a client are `uint16 seq, uint8 op, payload`, from a
client `uint8 op, payload`. A wrong frame raises ProtocolError with the code that closes the websocket.
"""

import enum
import json
import struct
from dataclasses import dataclass
from typing import Any

VERSION = 8
SEQUENCE_MODULUS = 1 << 16
_BINARY_HEADER = struct.Struct(">HB")


class Opcode(enum.IntEnum):
    IDENTIFY = 0
    SELECT_PROTOCOL = 1
    READY = 2
    HEARTBEAT = 3
    SESSION_DESCRIPTION = 4
    SPEAKING = 5
    HEARTBEAT_ACK = 6
    RESUME = 7
    HELLO = 8
    RESUMED = 9
    CLIENTS_CONNECT = 11
    CLIENT_CONNECT = 12
    CLIENT_DISCONNECT = 13
    DAVE_PREPARE_TRANSITION = 21
    DAVE_EXECUTE_TRANSITION = 22
    DAVE_TRANSITION_READY = 23
    DAVE_PREPARE_EPOCH = 24
    MLS_EXTERNAL_SENDER = 25
    MLS_KEY_PACKAGE = 26
    MLS_PROPOSALS = 27
    MLS_COMMIT_WELCOME = 28
    MLS_ANNOUNCE_COMMIT = 29
    MLS_WELCOME = 30
    MLS_INVALID_COMMIT_WELCOME = 31


_OPCODES = frozenset(Opcode)


class CloseCode(enum.IntEnum):
    NORMAL = 1000
    GOING_AWAY = 1001
    ABNORMAL = 1006
    UNKNOWN_OPCODE = 4001
    FAILED_TO_DECODE = 4002
    NOT_AUTHENTICATED = 4003
    AUTHENTICATION_FAILED = 4004
    ALREADY_AUTHENTICATED = 4005
    SESSION_INVALID = 4006
    SESSION_TIMEOUT = 4009
    UNKNOWN_PROTOCOL = 4012
    DISCONNECTED = 4014
    SERVER_CRASHED = 4015
    UNKNOWN_MODE = 4016
    DAVE_REQUIRED = 4017
    BAD_REQUEST = 4020
    RATE_LIMITED = 4021
    CALL_TERMINATED = 4022


RESUMABLE = frozenset({CloseCode.ABNORMAL, CloseCode.SERVER_CRASHED})
"""After these a session waits for its client to come back; after any other it is over."""


class ProtocolError(Exception):
    """A client broke the protocol; `code` closes its websocket."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code


@dataclass(frozen=True)
class Identify:
    guild_id: int
    user_id: int
    session_id: str
    token: str
    max_dave_version: int


@dataclass(frozen=True)
class Resume:
    guild_id: int
    session_id: str
    token: str
    seq_ack: int
    """The last sequence number seen, -1 for none."""


def text_frame(op: Opcode, data: object, seq: int | None = None) -> str:
    frame = {"op": int(op), "d": data}
    if seq is not None:
        frame["seq"] = seq
    return json.dumps(frame, separators=(",", ":"))


def binary_frame(op: Opcode, payload: bytes, seq: int) -> bytes:
    return _BINARY_HEADER.pack(seq, op) + payload


def read_server_binary(frame: bytes) -> tuple[int, Opcode, bytes]:
    """Read a frame to a client as (seq, op, payload); ValueError or struct.error when it is none."""
    seq, op = _BINARY_HEADER.unpack_from(frame)
    return seq, Opcode(op), frame[_BINARY_HEADER.size :]


def read_client_text(text: str) -> tuple[Opcode, Any]:
    try:
        frame = json.loads(text)
        op, data = frame["op"], frame.get("d")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ProtocolError(CloseCode.FAILED_TO_DECODE, "not a JSON object with an op") from error
    return _opcode(op), data


def read_client_binary(frame: bytes) -> tuple[Opcode, bytes]:
    if not frame:
        raise ProtocolError(CloseCode.FAILED_TO_DECODE, "an empty binary frame")
    return _opcode(frame[0]), frame[1:]


def read_identify(data: Any) -> Identify:
    fields = _fields(data)
    return Identify(
        guild_id=_integer(fields, "server_id"),
        user_id=_integer(fields, "user_id"),
        session_id=_string(fields, "session_id"),
        token=_string(fields, "token"),
        max_dave_version=_integer(fields, "max_dave_protocol_version", 0),
    )


def read_resume(data: Any) -> Resume:
    fields = _fields(data)
    return Resume(
        guild_id=_integer(fields, "server_id"),
        session_id=_string(fields, "session_id"),
        token=_string(fields, "token"),
        seq_ack=_integer(fields, "seq_ack", -1),
    )


def read_heartbeat(data: Any) -> tuple[int, int]:
    """Return (t, seq_ack) of a version 8 heartbeat; t is whatever number the client wants back."""
    try:
        fields = _fields(data)
        return _integer(fields, "t"), _integer(fields, "seq_ack", -1)
    except ProtocolError as error:
        raise ProtocolError(CloseCode.BAD_REQUEST, "not a version 8 heartbeat") from error


def read_select_protocol(data: Any, modes: tuple[str, ...]) -> str:
    """Return the chosen mode."""
    fields = _fields(data)
    if fields.get("protocol") != "udp":
        raise ProtocolError(CloseCode.UNKNOWN_PROTOCOL, "only udp")
    mode = _string(_fields(fields.get("data")), "mode")
    if mode not in modes:
        raise ProtocolError(CloseCode.UNKNOWN_MODE, f"no mode {mode}")
    return mode


def read_speaking(data: Any) -> int:
    """Return the speaking flags: 1 microphone, 2 soundshare, 4 priority; 0 silent."""
    return _integer(_fields(data), "speaking")


def read_transition_id(data: Any) -> int:
    return _integer(_fields(data), "transition_id")


def _opcode(value: object) -> Opcode:
    if isinstance(value, int) and value in _OPCODES:
        return Opcode(value)
    raise ProtocolError(CloseCode.UNKNOWN_OPCODE, "no such opcode")


def _fields(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise ProtocolError(CloseCode.FAILED_TO_DECODE, "d is not an object")
    return data


def _integer(fields: dict[str, Any], name: str, default: int | None = None) -> int:
    value = fields.get(name, default)
    if isinstance(value, int | str):
        try:
            return int(value)
        except ValueError:
            pass
    raise ProtocolError(CloseCode.FAILED_TO_DECODE, f"{name} is not a number")


def _string(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise ProtocolError(CloseCode.FAILED_TO_DECODE, f"{name} is not a string")
    return value
