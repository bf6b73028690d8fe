"""One thread sends the sound of every voice channel, each a packet every 20 ms on one grid.

The lanes are spread over four phases of the grid, so that hundreds of them do not leave in one burst. What
comes too late is dropped, never sent in a burst: the listeners' clocks have gone on.
"""

import logging
import sys
import threading
import time
from collections.abc import Callable
from typing import Final

from bot.audio.load import Load
from bot.gateway.voice.rtp import Transport
from bot.playback.ports import PacketSource

_log = logging.getLogger(__name__)

FRAME_S: Final = 0.02
SAMPLES: Final = 960
SILENCE: Final = b"\xf8\xff\xfe"
N_PHASES: Final = 4
SWITCH_S: Final = 0.0005
"""How soon a thread that computes lets the pacer go on; Python's own 5 ms, once a packet, is late."""
LATEST_S: Final = 0.06
"""Later than this a frame is of no use any more."""
TRAILING_SILENCE: Final = 5
"""Frames of silence before nothing is sent, so that nobody's decoder makes up what would come."""
WELL_FRAMES: Final = 5
"""So many frames in a row must have left before a way that failed counts as one again."""
KEEP_ALIVE_FRAMES: Final = 250
"""In silence a frame each five seconds: routers forget a way that is not used."""


class Lane:
    """One channel's outgoing sound. `transport` is where it leaves just now, None while there is no way.

    Sound is taken from the source every 20 ms whether it can be sent or not: a night goes on by the clock.
    Sequence and timestamp go on over every change of transport.
    """

    def __init__(self, close: Callable[["Lane"], None], n_dropped: int) -> None:
        self.transport: Transport | None = None
        self.n_sent = 0
        self.n_unsent = 0
        """Frames that were due and had no way out."""
        self.unsent_since_s: float | None = None
        """When the first of those since all was well was due, by `time.perf_counter`."""
        self._n_well = 0  # frames in a row that left since one did not
        self._close = close
        self._source: PacketSource | None = None
        self._ended: Callable[[], None] | None = None
        self._sequence = 0
        self._timestamp = 0
        self._quiet = TRAILING_SILENCE  # frames of silence in a row
        self._n_dropped = n_dropped

    def play(self, source: PacketSource, ended: Callable[[], None]) -> None:
        """Send from this source from now on. Once it gave b"" and the last silence left, `ended` is called.

        That is on the pacer's thread.
        """
        self._ended = ended
        self._source = source

    def close(self) -> None:
        """Send nothing more; returns without waiting for the frame that may be leaving."""
        self.transport = None
        self._close(self)

    def tick(self, n_dropped: int) -> None:
        """Send the frame that is due. Only the pacer calls this; it never raises."""
        if n_dropped != self._n_dropped:
            self._pass_over(n_dropped - self._n_dropped)
            self._n_dropped = n_dropped
        packet = SILENCE if self._source is None else self._next()
        timestamp = self._timestamp
        self._timestamp = (timestamp + SAMPLES) & 0xFFFF_FFFF
        if packet == SILENCE:
            self._quiet += 1
            if self._quiet > TRAILING_SILENCE:
                self._tell_of_the_end()
                if self._quiet % KEEP_ALIVE_FRAMES:
                    return
        else:
            self._quiet = 0
        transport = self.transport
        if transport is None:
            self._missed()
            return
        sequence = self._sequence
        self._sequence = (sequence + 1) & 0xFFFF
        try:
            transport.send(packet, sequence, timestamp)
        except (OSError, ValueError):
            self._missed()
        else:
            self._has_left()

    def _next(self) -> bytes:
        source = self._source
        packet = b"" if source is None else source()
        if packet:
            return packet
        self._source = None
        self._quiet = 0  # the trailing silence is still owed
        return SILENCE

    def _tell_of_the_end(self) -> None:
        if self._source is None and self._ended is not None:
            ended, self._ended = self._ended, None
            ended()

    def _pass_over(self, n_frames: int) -> None:
        for _ in range(n_frames):
            if self._source is not None:
                self._next()
        self._sequence = (self._sequence + n_frames) & 0xFFFF
        self._timestamp = (self._timestamp + n_frames * SAMPLES) & 0xFFFF_FFFF

    def _has_left(self) -> None:
        self.n_sent += 1
        if self.unsent_since_s is None:
            return
        # One that left proves nothing: towards a closed port every other send fails, for the one before it.
        self._n_well += 1
        if self._n_well >= WELL_FRAMES:
            self.unsent_since_s = None

    def _missed(self) -> None:
        self._n_well = 0
        self.n_unsent += 1
        if self.unsent_since_s is None:
            self.unsent_since_s = time.perf_counter()


class Pacer:
    """Runs while it has lanes. Opening and closing lanes is safe from any thread."""

    def __init__(self) -> None:
        self.n_dropped = 0
        """Frames of every lane that were passed over because this machine was too late."""
        self.load = Load()
        """How much of its time sending takes."""
        self._phases: list[tuple[Lane, ...]] = [()] * N_PHASES
        self._lock = threading.Lock()
        self._changed = threading.Event()
        self._closing = False
        self._switch_before_s = sys.getswitchinterval()
        self._thread: threading.Thread | None = None

    def open(self) -> Lane:
        """Return a new lane, silent and without a transport."""
        lane = Lane(self._forget, self.n_dropped)
        with self._lock:
            emptiest = min(range(N_PHASES), key=lambda phase: len(self._phases[phase]))
            self._phases[emptiest] = (*self._phases[emptiest], lane)
        self.revive()
        self._changed.set()
        return lane

    def revive(self) -> None:
        """See to it that the thread runs, whatever may have ended it."""
        with self._lock:
            if not self._closing and (self._thread is None or not self._thread.is_alive()):
                sys.setswitchinterval(SWITCH_S)
                self._thread = threading.Thread(target=self._run, name="hush-pacer", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """End the thread; nothing is sent any more."""
        self._closing = True
        self._changed.set()
        if self._thread is not None:
            self._thread.join()
            sys.setswitchinterval(self._switch_before_s)

    def _forget(self, lane: Lane) -> None:
        with self._lock:
            self._phases = [tuple(one for one in phase if one is not lane) for phase in self._phases]

    def _run(self) -> None:
        due_s = time.perf_counter()
        phase = 0
        while not self._closing:
            if not any(self._phases):
                self.load.rests()
                self._changed.wait()
                self._changed.clear()
                due_s = time.perf_counter()
                continue
            due_s = self._wait_until(due_s)
            n_dropped = self.n_dropped
            for lane in self._phases[phase]:
                try:
                    lane.tick(n_dropped)
                except Exception:  # noqa: BLE001 - one channel's fault must not silence the others
                    _log.exception("a channel's frame could not be sent")
            phase = (phase + 1) % N_PHASES
            due_s += FRAME_S / N_PHASES

    def _wait_until(self, due_s: float) -> float:
        """Sleep until a tick is due; return when it is, later than asked when frames had to be dropped."""
        early_s = due_s - time.perf_counter()
        if early_s > 0.0:
            self.load.rests()
            time.sleep(early_s)
            self.load.works()
        elif early_s < -LATEST_S:
            n_late = int(-early_s / FRAME_S)
            self.n_dropped += n_late
            due_s += n_late * FRAME_S
        return due_s
