"""What the server saw of one session: compact while it runs, a frozen value when it is read."""

import base64
from array import array
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any, NamedTuple

from bot.sandbox.voice.rtp import SAMPLES_PER_FRAME, RtpHeader

_ARRAYS = {"arrivals_ns": "q", "sequences": "H", "timestamps": "I"}


class Gap(NamedTuple):
    """Where a stream does not go on by one packet and 20 ms."""

    packet_index: int
    """Of the packet after the gap, in the record's arrays."""
    lost_packets: int
    """Sequence numbers left out; negative: came again or out of order."""
    lost_samples: int
    """48 kHz samples the timestamp left out beyond the one frame; negative: it stepped back."""


class KeptPayload(NamedTuple):
    packet_index: int
    """Of its packet, counted from the session's first."""
    payload: bytes
    """After transport decryption: the Opus frame, or a DAVE frame when end-to-end encrypted."""


class SpeakingChange(NamedTuple):
    at_ns: int
    flags: int


class Close(NamedTuple):
    at_ns: int
    code: int
    by_server: bool


@dataclass(frozen=True)
class SessionRecord:
    """One voice session, from IDENTIFY on. Instants are Unix nanoseconds, arrivals from the kernel."""

    guild_id: int
    channel_id: int
    user_id: int
    session_id: str
    ssrc: int
    mode: str
    """Empty until the client chose one."""
    arrivals_ns: "array[int]"
    sequences: "array[int]"
    timestamps: "array[int]"
    """The three arrays run in step, one entry a packet, the newest `record_packets` of the session."""
    n_packets: int
    n_invalid: int
    """Datagrams with this session's ssrc that came from elsewhere or could not be decrypted."""
    kept: tuple[KeptPayload, ...]
    speaking: tuple[SpeakingChange, ...]
    connects_ns: tuple[int, ...]
    """IDENTIFY, once a session."""
    resumes_ns: tuple[int, ...]
    closes: tuple[Close, ...]
    ended: bool

    @property
    def opus(self) -> list[bytes]:
        return [kept.payload for kept in self.kept]

    def gaps(self) -> list[Gap]:
        """Return every place where sequence or timestamp do not continue; O(n)."""
        found: list[Gap] = []
        steps = pairwise(zip(self.sequences, self.timestamps, strict=True))
        for index, (before, after) in enumerate(steps, start=1):
            lost_packets = _signed(after[0] - before[0] - 1, 16)
            lost_samples = _signed(after[1] - before[1] - SAMPLES_PER_FRAME, 32)
            if lost_packets or lost_samples:
                found.append(Gap(index, lost_packets, lost_samples))
        return found

    def to_json(self) -> dict[str, Any]:
        """Return plain values; arrays and payloads as base64, arrays in this machine's byte order."""
        values: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        for name in _ARRAYS:
            values[name] = base64.b64encode(values[name].tobytes()).decode()
        values["kept"] = [(index, base64.b64encode(payload).decode()) for index, payload in self.kept]
        return values

    @classmethod
    def from_json(cls, written: Mapping[str, Any]) -> "SessionRecord":
        """Rebuild what `to_json` of this machine wrote."""
        values = dict(written)
        for name, code in _ARRAYS.items():
            values[name] = array(code, base64.b64decode(written[name]))
        values["kept"] = tuple(KeptPayload(index, base64.b64decode(data)) for index, data in written["kept"])
        values["speaking"] = tuple(SpeakingChange(*change) for change in written["speaking"])
        values["closes"] = tuple(Close(*close) for close in written["closes"])
        values["connects_ns"] = tuple(written["connects_ns"])
        values["resumes_ns"] = tuple(written["resumes_ns"])
        return cls(**values)


class PacketLog:
    """Arrival, sequence and timestamp of each packet, 14 bytes, O(1); at the limit the oldest half goes."""

    def __init__(self, *, record_packets: int, keep_opus: int, keep_opus_packets: int) -> None:
        self._limit = record_packets
        self._keep_every = keep_opus
        self.arrivals_ns = array("q")
        self.sequences = array("H")
        self.timestamps = array("I")
        self.n_packets = 0
        self.n_invalid = 0
        self.kept: deque[KeptPayload] = deque(maxlen=keep_opus_packets)

    @property
    def wants_payload(self) -> bool:
        """Whether the next packet belongs to the sample that is decrypted and kept."""
        return self._keep_every > 0 and self.n_packets % self._keep_every == 0

    def add(self, header: RtpHeader, arrival_ns: int) -> None:
        if len(self.arrivals_ns) >= self._limit:
            for column in (self.arrivals_ns, self.sequences, self.timestamps):
                del column[: self._limit // 2 + 1]
        self.arrivals_ns.append(arrival_ns)
        self.sequences.append(header.sequence)
        self.timestamps.append(header.timestamp)
        self.n_packets += 1

    def keep(self, payload: bytes) -> None:
        """Keep the payload of the packet that will be added next."""
        self.kept.append(KeptPayload(self.n_packets, payload))


def _signed(difference: int, bits: int) -> int:
    half = 1 << (bits - 1)
    return (difference + half) % (1 << bits) - half
