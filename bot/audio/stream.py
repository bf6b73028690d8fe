"""One session's sound: a plan in, Opus packets out, rendered a little ahead of whoever reads them."""

import threading
from collections import deque
from collections.abc import Callable, Hashable
from typing import Any, Final

from bot.audio.master import FADE_OUT_S
from bot.audio.mix import Plan
from bot.audio.mixer import OpenSource
from bot.audio.opus import SAMPLE_RATE, SILENCE_PACKET
from bot.audio.station import Phase, Station, Wants

LEAD_PACKETS: Final = 8
"""Packets kept ready: 160 ms, what a busy machine may stall without a gap."""
_NOTHING: Final = Wants()

Prepare = Callable[[Plan, Callable[[], None]], None]
"""Calls back, from any thread, once a plan's sounds are at hand."""


def _at_hand(_plan: Plan, then: Callable[[], None]) -> None:
    then()


class Stream:
    """Safe to use from any thread: wishes are queued and carried out by the worker between two chunks.

    A stream begins in silence and swells in. `read` never waits, whatever the worker does. Which station it
    hears, alone or with others, is the engine's business.
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
        dark: bool = False,
        prepare: Prepare = _at_hand,
        held: bool = False,
    ) -> None:
        """Begin in silence; `held`, nothing is rendered before it swells. `dark` as `set_dark`."""
        self.plan = plan
        self.volume = volume
        self.dark = dark
        self.paused = False
        self.ended = False
        """True once the last packet was read."""
        self.underruns = 0
        """Packets that were due and not ready."""
        self.swelling = False
        """It wishes to begin anew, with others if there are any."""
        self._wake = wake
        self._prepare = prepare
        self._packets: deque[bytes] = deque()
        self._wishes: deque[tuple[Hashable, ...]] = deque()
        self._complete = threading.Event()
        self._hushed = False
        self._begun = self._in_time = False
        self._held = held
        self._n_behind = 0  # packets that came too late to be heard
        self._end = None if seconds is None else round(seconds * SAMPLE_RATE)  # in the station's time
        self._tail = round(tail_s * SAMPLE_RATE)
        self.station = Station(
            plan,
            open_source,
            volume=volume,
            bitrate=bitrate,
            position=round(position_s * SAMPLE_RATE),
            tail=self._tail_progress(),
            dark=dark,
        )
        self.station.take_in(self)

    # What people wish ------------------------------------------------------------------------------------

    def change(self, plan: Plan, position_s: float | None = None) -> None:
        """Crossfade to another plan, or move a layer's level.

        `position_s` is where the other plan's night is by now; None goes on where this one is.
        """
        self.plan = plan
        position = None if position_s is None else round(position_s * SAMPLE_RATE)
        self._prepare(plan, lambda: self._wish("change", plan, position))

    def set_volume(self, percent: int) -> None:
        """Move to a volume, 0 (mute) to 100 (house level), 1 dB in 100 ms.

        Raises ValueError outside that range.
        """
        if not 0 <= percent <= 100:
            raise ValueError(f"a volume is 0 to 100, not {percent}")
        self.volume = percent
        self._wish("volume", percent)

    def set_dark(self, dark: bool) -> None:
        """Let what is bright grow soft over some minutes, for quiet hours, or come back as slowly."""
        if dark != self.dark:
            self.dark = dark
            self._wish("dark", dark)

    def set_end(self, seconds: float | None, tail_s: float) -> None:
        """End `seconds` from now, growing softer over the last `tail_s` of them; None plays on.

        With less left than the tail is long, the tail is on its way already.
        """
        self._wish("end", seconds, tail_s)

    def pause(self) -> None:
        """Fade to silence and hold the night where it is; time towards the end goes on."""
        self.paused = True
        self._wish("pause")

    def resume(self) -> None:
        if self.paused:
            self.paused = False
            self._wish("resume")

    def stop(self) -> None:
        """Fade to exact zero over two seconds; then `read` gives b"" and the stream has ended."""
        self._wish("stop")

    def swell(self) -> None:
        """Begin anew from silence, where the night is by now: when it is first heard, or heard again."""
        self._hushed = self.swelling = True
        self._wake()

    @property
    def position_s(self) -> float:
        """How far into its night it has come, pauses not counted; a little ahead of what is heard."""
        return self.station.position / SAMPLE_RATE

    @property
    def remaining_s(self) -> float | None:
        """Seconds until silence, or None when nothing ends it."""
        end = self._end
        return None if end is None else max(0.0, (end - self.station.elapsed) / SAMPLE_RATE)

    # The reader's side -----------------------------------------------------------------------------------

    def read(self) -> bytes:
        """Return the next 20 ms packet; a silence packet when none is ready; b"" when it is over.

        What comes after its time is left out: a night goes on by the clock, and so do those who share it.
        """
        if self._hushed and not self.finished:
            return SILENCE_PACKET
        packets = self._packets
        try:
            packet = packets.popleft()
            while self._n_behind and packets:
                packet = packets.popleft()
                self._n_behind -= 1
        except IndexError:
            return self._nothing_ready()
        self._begun = True
        if len(packets) < LEAD_PACKETS:
            self._wake()
        return packet

    def _nothing_ready(self) -> bytes:
        if self._complete.is_set() and not self._packets:
            self.ended = True
            return b""
        self.underruns += self._begun
        if self._in_time:
            self._n_behind += 1
        self._wake()
        return SILENCE_PACKET

    # The worker's side -----------------------------------------------------------------------------------

    @property
    def finished(self) -> bool:
        """True when nothing more will be rendered."""
        return self._complete.is_set()

    @property
    def n_waiting(self) -> int:
        """Packets ready to be heard; less than none when some are past already."""
        return len(self._packets) - self._n_behind

    def wants_more(self) -> bool:
        if self._held and not self.swelling:
            return False
        return len(self._packets) - self._n_behind < LEAD_PACKETS and not self._complete.is_set()

    @property
    def n_behind(self) -> int:
        """Packets that are past already and were not rendered."""
        return self._n_behind if not self._packets else 0

    def skip(self, n_packets: int) -> None:
        """Know that so many of those will not be rendered any more."""
        self._n_behind -= n_packets

    def produce(self) -> None:
        """Carry out the wishes and render one chunk, for who has this stream alone, without an engine."""
        self.station.produce()

    def abandon(self) -> None:
        """End at once: nobody listens any more, or the stream cannot be rendered."""
        self._complete.set()
        self._wake()

    def finish(self) -> None:
        """Nothing more will come."""
        self._complete.set()

    def tune(self, station: Station) -> None:
        """Hear another station from the next packet on."""
        self.station = station

    def deliver(self, packets: list[bytes]) -> None:
        self._packets.extend(packets)

    def discard(self) -> None:
        """Forget what waits to be read; hushed until `unhush`."""
        self._packets.clear()
        self._n_behind = 0
        self._begun = self._in_time = self._held = self.swelling = False

    def unhush(self, n_too_early: int = 0) -> None:
        """Let what comes now be heard, but for its first so many packets, and nothing of before."""
        self.discard()
        self._n_behind = n_too_early
        self._in_time = True  # from here on what is not ready is past
        self._hushed = False

    def shift_end(self, frames: int) -> None:
        """Know the same end in another station's time."""
        if self._end is not None:
            self._end += frames

    def peaceful(self, elapsed: int) -> bool:
        """Whether nothing is wished but an end that is far away, nor one near."""
        far = all(_is_far_end(wish) for wish in tuple(self._wishes))
        return far and not self.paused and self._phase(elapsed) is None

    def wants(self, elapsed: int) -> Wants:
        """Take the wishes of the station off the queue, and tell whether the end has come near."""
        if not self._wishes and self._end is None and not self.swelling:
            return _NOTHING
        wishes: list[tuple[Hashable, ...]] = [("swell",)] if self.swelling else []
        self.swelling = False
        while self._wishes:
            wish = self._wishes.popleft()
            if wish[0] == "end":
                _, seconds, tail_s = wish
                self._set_end(seconds, tail_s)  # type: ignore[arg-type]
            else:
                wishes.append(wish)
        return Wants(tuple(wishes), self._phase(elapsed))

    def _phase(self, elapsed: int) -> Phase | None:
        if self._end is None or self._end - elapsed > max(self._tail, round(FADE_OUT_S * SAMPLE_RATE)):
            return None
        return Phase(self._end, self._tail)

    def _set_end(self, seconds: float | None, tail_s: float) -> None:
        self._end = None if seconds is None else self.station.elapsed + round(seconds * SAMPLE_RATE)
        self._tail = round(tail_s * SAMPLE_RATE)

    def _tail_progress(self) -> float:
        if self._end is None or not self._tail:
            return 0.0
        return min(1.0, max(0.0, 1.0 - self._end / self._tail))

    def _wish(self, *wish: Hashable) -> None:
        self._wishes.append(wish)
        self._wake()


def _is_far_end(wish: tuple[Any, ...]) -> bool:
    name, *arguments = wish
    return name == "end" and (arguments[0] is None or arguments[0] > max(arguments[1], FADE_OUT_S))
