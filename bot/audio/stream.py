"""One session's sound: a plan in, Opus packets out, rendered a little ahead of whoever reads them."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Final

import numpy as np

from bot.audio.master import FADE_OUT_S, Master
from bot.audio.mix import Plan
from bot.audio.mixer import Mixer, OpenSource
from bot.audio.opus import FRAME, SAMPLE_RATE, SILENCE_PACKET, OpusEncoder

_log = logging.getLogger(__name__)

CHUNK: Final = 2 * FRAME
"""Frames rendered at a time: small, so that a wish is heard soon."""
LEAD_PACKETS: Final = 8
"""Packets kept ready: 160 ms, what a busy machine may stall without a gap."""


class Stream:
    """Safe to use from any thread: wishes are queued and carried out by the worker between two chunks.

    A stream begins in silence and swells in. `read` never waits, whatever the worker does.
    """

    def __init__(
        self,
        plan: Plan,
        open_source: OpenSource,
        wake: Callable[[], None],
        *,
        volume: int = 60,
        bitrate: int = 128_000,
        seconds: float | None = None,
        tail_s: float = 0.0,
        position_s: float = 0.0,
    ) -> None:
        self.plan = plan
        self.volume = volume
        self.paused = False
        self.stopping = False
        self.ended = False
        """True once the last packet was read."""
        self.underruns = 0
        """Packets that were due and not ready."""
        self._told_to_stop = False
        self._hushed = False
        self._open = open_source
        self._wake = wake
        self._bitrate = bitrate
        self._packets: deque[bytes] = deque()
        self._wishes: deque[Callable[[], None]] = deque()
        self._mixer: Mixer | None = None
        self._encoder: OpusEncoder | None = None
        self._position = round(position_s * SAMPLE_RATE)  # frames of the night rendered
        self._elapsed = 0  # frames of time passed, pauses included
        self._end: int | None = None
        self._tail = 0
        self._complete = threading.Event()
        self._set_end(seconds, tail_s)
        self._master = Master(volume, tail=self._tail_progress())

    # What people wish ------------------------------------------------------------------------------------

    def change(self, plan: Plan) -> None:
        """Crossfade to another plan, or move a layer's level."""
        self.plan = plan
        self._wish(lambda: self._mixer.change(plan) if self._mixer is not None else None)

    def set_volume(self, percent: int) -> None:
        """Move to a volume, 0 (mute) to 100 (house level), 1 dB in 100 ms.

        Raises ValueError outside that range.
        """
        if not 0 <= percent <= 100:
            raise ValueError(f"a volume is 0 to 100, not {percent}")
        self.volume = percent
        self._wish(lambda: self._master.set_volume(percent))

    def set_end(self, seconds: float | None, tail_s: float) -> None:
        """End `seconds` from now, growing softer over the last `tail_s` of them; None plays on.

        With less left than the tail is long, the tail is on its way already.
        """
        self._wish(lambda: self._move_end(seconds, tail_s))

    def pause(self) -> None:
        """Fade to silence and hold the night where it is; time towards the end goes on."""
        self.paused = True
        self._wish(self._master.fade_out)

    def resume(self) -> None:
        self.paused = False
        self._wish(lambda: None if self.stopping else self._master.fade_in())

    def stop(self) -> None:
        """Fade to exact zero over two seconds; then `read` gives b"" and the stream has ended."""
        self._wish(self._stop_for_good)

    def swell(self) -> None:
        """Begin anew from silence, where the night is by now: for who comes back after an outage."""
        self._hushed = True
        self._wish(self._swell)

    @property
    def position_s(self) -> float:
        """How far into its night it has come, pauses not counted; a little ahead of what is heard."""
        return self._position / SAMPLE_RATE

    @property
    def remaining_s(self) -> float | None:
        """Seconds until silence, or None when nothing ends it."""
        end = self._end
        return None if end is None else max(0.0, (end - self._elapsed) / SAMPLE_RATE)

    # The reader's side -----------------------------------------------------------------------------------

    def read(self) -> bytes:
        """Return the next 20 ms packet; a silence packet when none is ready; b"" when it is over."""
        if self._hushed and not self.finished:
            return SILENCE_PACKET
        try:
            packet = self._packets.popleft()
        except IndexError:
            if self._complete.is_set() and not self._packets:
                self.ended = True
                return b""
            if self._elapsed:
                self.underruns += 1
            self._wake()
            return SILENCE_PACKET
        if len(self._packets) < LEAD_PACKETS:
            self._wake()
        return packet

    # The worker's side -----------------------------------------------------------------------------------

    @property
    def finished(self) -> bool:
        """True when nothing more will be rendered."""
        return self._complete.is_set()

    def wants_more(self) -> bool:
        return not self.finished and len(self._packets) < LEAD_PACKETS

    def produce(self) -> None:
        """Carry out the wishes and render one chunk. Only the worker calls this."""
        while self._wishes:
            self._wishes.popleft()()
        if self._mixer is None or self._encoder is None:
            self._mixer = Mixer(self.plan, self._open)
            self._encoder = OpusEncoder(self._bitrate)
        self._watch_the_end()
        if self._master.silent:
            self._produce_silence()
        else:
            self._produce_sound(self._mixer, self._encoder)
        self._elapsed += CHUNK

    def abandon(self) -> None:
        """End at once: the worker is closing or the stream cannot be rendered."""
        self._complete.set()

    def _produce_sound(self, mixer: Mixer, encoder: OpusEncoder) -> None:
        heard = self._master.process(mixer.render(self._position, CHUNK))
        self._position += CHUNK
        for frame in np.split(heard, CHUNK // FRAME):
            self._packets.append(encoder.encode(frame) if frame.any() else SILENCE_PACKET)

    def _produce_silence(self) -> None:
        if self.stopping:
            self._complete.set()
        else:
            self._packets.extend([SILENCE_PACKET] * (CHUNK // FRAME))

    def _swell(self) -> None:
        self._packets.clear()
        self._master.swell()
        self._hushed = False

    def _stop_for_good(self) -> None:
        self._told_to_stop = True
        self._begin_stop()

    def _begin_stop(self) -> None:
        self.stopping = True
        self._master.fade_out()

    def _set_end(self, seconds: float | None, tail_s: float) -> None:
        self._end = None if seconds is None else self._elapsed + round(seconds * SAMPLE_RATE)
        self._tail = round(tail_s * SAMPLE_RATE)

    def _move_end(self, seconds: float | None, tail_s: float) -> None:
        """Move the end; a fade that only the old end began turns round."""
        self._set_end(seconds, tail_s)
        if self.stopping and not self._told_to_stop:
            self.stopping = False
            if not self.paused:
                self._master.fade_in()

    def _tail_progress(self) -> float:
        if self._end is None or not self._tail:
            return 0.0
        return min(1.0, max(0.0, 1.0 - (self._end - self._elapsed) / self._tail))

    def _watch_the_end(self) -> None:
        self._master.set_tail(self._tail_progress())
        if self._end is not None and self._end - self._elapsed <= FADE_OUT_S * SAMPLE_RATE:
            self._begin_stop()

    def _wish(self, wish: Callable[[], None]) -> None:
        self._wishes.append(wish)
        self._wake()
