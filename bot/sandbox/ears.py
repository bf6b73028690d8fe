"""What a listening member hears: handed to browsers as it arrives, and metered."""

import asyncio
import contextlib
import math
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import av
import numpy as np

from bot.core.clock import Clock, SystemClock
from bot.sandbox.ogg import PACKET_S, SILENCE, OggOpusStream
from bot.sandbox.voice import ListeningMember

FLOOR_DBFS = -120.0
_METER_S = 0.4
_SLACK_S = 0.06
"""How late a packet may be before silence takes its place; more would be latency, less would click."""
_BROWSER_PACKET_BYTES = 4096
_BEHIND_PACKETS = 250
_STALLED_S = 2.0


@dataclass(frozen=True, slots=True)
class Level:
    """The last 0.4 s, over both channels. dBFS, where a full-scale sine has a peak of 0 and an rms of -3."""

    rms_dbfs: float
    peak_dbfs: float


class Meter:
    """Decodes what is heard and measures it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._decoder = av.CodecContext.create("libopus", "r")
        self._decoder.layout = "stereo"
        self._decoder.sample_rate = 48_000
        self._recent: deque[tuple[float, float, float]] = deque()

    def hear(self, packet: bytes) -> None:
        for frame in self._decoder.decode(av.Packet(packet)):
            sound = frame.to_ndarray().astype(np.float64) / 32768.0  # libopus decodes to s16
            self._recent.append(
                (self._clock.monotonic(), float(np.mean(sound * sound)), float(np.max(np.abs(sound))))
            )

    def level(self) -> Level:
        oldest_s = self._clock.monotonic() - _METER_S
        while self._recent and self._recent[0][0] < oldest_s:
            self._recent.popleft()
        if not self._recent:
            return Level(FLOOR_DBFS, FLOOR_DBFS)
        # What did not arrive counts as silence, so the needle falls when sound stops.
        power = sum(p for _, p, _ in self._recent) / max(len(self._recent), _METER_S / PACKET_S)
        return Level(_dbfs(math.sqrt(power)), _dbfs(max(peak for _, _, peak in self._recent)))


def _dbfs(amplitude: float) -> float:
    return round(20.0 * math.log10(amplitude), 1) if amplitude > 1e-6 else FLOOR_DBFS


class Ears:
    """One member's ears: what arrives is streamed to any number of browsers, and its level is read."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock if clock is not None else SystemClock()
        self._meter = Meter(self._clock)
        self._streams: set[asyncio.Queue[bytes]] = set()
        self._member: ListeningMember | None = None
        self.n_packets = 0
        """How many packets arrived so far."""

    @property
    def connected(self) -> bool:
        """Whether somebody listens and the voice server has them."""
        return self._member is not None and self._member.close_code is None

    async def follow(self, member: ListeningMember) -> None:
        """Hear through a listening member until they close."""
        self._member = member
        async for frame in member:
            self.hear(frame.opus)

    def level(self) -> Level:
        return self._meter.level()

    def hear(self, packet: bytes) -> None:
        self.n_packets += 1
        self._meter.hear(packet)
        for queue in self._streams:
            if queue.full():
                queue.get_nowait()  # this browser has stopped reading
            queue.put_nowait(packet)

    async def stream(self) -> AsyncGenerator[bytes]:
        """Yield an endless Ogg Opus file in real time, silent while nothing arrives."""
        queue: asyncio.Queue[bytes] = asyncio.Queue(_BEHIND_PACKETS)
        self._streams.add(queue)
        ogg = OggOpusStream(packet_bytes=_BROWSER_PACKET_BYTES)
        live_s = self._clock.monotonic()
        try:
            while True:
                packets = await _arriving(queue)
                live_s += PACKET_S * len(packets)
                late_s = self._clock.monotonic() - live_s
                if late_s > _STALLED_S:
                    live_s += late_s  # the browser made a pause; it goes on from now
                elif late_s > _SLACK_S:
                    silence = [SILENCE] * math.ceil((late_s - _SLACK_S) / PACKET_S)
                    live_s += PACKET_S * len(silence)
                    packets += silence
                if pages := b"".join(ogg.write(packet) for packet in packets):
                    yield pages
        finally:
            self._streams.discard(queue)
            ogg.close()


async def _arriving(queue: asyncio.Queue[bytes]) -> list[bytes]:
    """Return what has arrived; wait for it no longer than a packet lasts."""
    packets = []
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PACKET_S):
            packets.append(await queue.get())
    while not queue.empty():
        packets.append(queue.get_nowait())
    return packets
