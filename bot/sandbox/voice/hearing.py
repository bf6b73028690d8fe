"""From decrypted RTP payloads to Opus frames: whose they are, and patience while keys are on their way."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Self

from bot.sandbox.voice.end_to_end import EndToEnd
from bot.sandbox.voice.rtp import RtpHeader

_HELD_FRAMES = 150  # 3 s a sender


@dataclass(frozen=True, slots=True)
class HeardFrame:
    """One Opus frame as it was sent."""

    arrival_ns: int
    """Unix nanoseconds, from the kernel."""
    ssrc: int
    user_id: int
    rtp_sequence: int
    rtp_timestamp: int
    opus: bytes
    end_to_end: bool
    """False for silence and for what was sent while the sender had no keys."""


class _Held(NamedTuple):
    header: RtpHeader
    payload: bytes
    arrival_ns: int


class FrameQueue:
    """Frames in order of arrival, for one reader. A reader who falls behind loses the oldest."""

    def __init__(self, max_frames: int) -> None:
        self.n_heard = 0
        self.n_end_to_end = 0
        self.n_dropped = 0
        """Frames nobody took in time."""
        self._max_frames = max_frames
        self._queue: asyncio.Queue[HeardFrame | None] = asyncio.Queue()

    def put(self, frame: HeardFrame) -> None:
        self.n_heard += 1
        self.n_end_to_end += frame.end_to_end
        if self._queue.qsize() >= self._max_frames:
            self._queue.get_nowait()
            self.n_dropped += 1
        self._queue.put_nowait(frame)

    def end(self) -> None:
        self._queue.put_nowait(None)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> HeardFrame:
        frame = await self._queue.get()
        if frame is None:
            self.end()  # for whoever asks again
            raise StopAsyncIteration
        return frame


class Hearing:
    """Opens each sender's frames and hands them on in order of arrival.

    A sender may use new keys before we have processed the same commit, and RTP may overtake the message that
    says whose it is. Such frames are held and opened when `retry` is called; a frame is given up when a later
    one of its sender opens, or when too many are held.
    """

    def __init__(self, end_to_end: EndToEnd, deliver: Callable[[HeardFrame], None]) -> None:
        self.user_of: dict[int, int] = {}
        """ssrc -> user id, as SPEAKING tells."""
        self.n_undecryptable = 0
        self._end_to_end = end_to_end
        self._deliver = deliver
        self._held: dict[int, deque[_Held]] = {}

    @property
    def n_held(self) -> int:
        return sum(map(len, self._held.values()))

    def receive(self, header: RtpHeader, payload: bytes, arrival_ns: int) -> None:
        """Take a transport-decrypted frame."""
        arrived = _Held(header, payload, arrival_ns)
        frame = self._open(arrived)
        held = self._held.get(header.ssrc)
        if frame is None or (held and not frame.end_to_end):
            self._hold(arrived)
            return
        if held:
            self.n_undecryptable += len(held)
            held.clear()
        self._deliver(frame)

    def retry(self) -> None:
        """Look at held frames again: the group or our knowledge of it has changed."""
        for ssrc, held in self._held.items():
            arrived = list(held)
            frames = [self._open(one) for one in arrived]
            n_done = max((i + 1 for i, frame in enumerate(frames) if frame is not None), default=0)
            for frame in frames[:n_done]:
                if frame is None:
                    self.n_undecryptable += 1
                else:
                    self._deliver(frame)
            self._held[ssrc] = deque(arrived[n_done:])

    def forget(self, user_id: int) -> None:
        """Give up what is held of a user who left."""
        for ssrc in [ssrc for ssrc, owner in self.user_of.items() if owner == user_id]:
            del self.user_of[ssrc]
            self.n_undecryptable += len(self._held.pop(ssrc, ()))

    def _open(self, arrived: _Held) -> HeardFrame | None:
        header, payload, arrival_ns = arrived
        user_id = self.user_of.get(header.ssrc)
        opened = None if user_id is None else self._end_to_end.open(user_id, payload)
        if user_id is None or opened is None:
            return None
        return HeardFrame(
            arrival_ns,
            header.ssrc,
            user_id,
            header.sequence,
            header.timestamp,
            opened.opus,
            opened.end_to_end,
        )

    def _hold(self, arrived: _Held) -> None:
        held = self._held.setdefault(arrived.header.ssrc, deque())
        held.append(arrived)
        if len(held) > _HELD_FRAMES:
            held.popleft()
            self.n_undecryptable += 1
