"""What is rendered and encoded once, for however many streams hear the same.

Every stream hears one station. Streams part when one of them wishes something (a twin station goes on from
the very sample, its encoder warmed on what was heard last) and meet again once they sound alike. So a steady
sound costs the same for one channel as for hundreds, and nobody hears the change.
"""

# ruff: noqa: SLF001 - a station may look into its twin

import copy
from collections import deque
from collections.abc import Callable, Hashable
from typing import Final, NamedTuple, Protocol

import numpy as np

from bot.audio.master import FADE_OUT_S, Master
from bot.audio.mix import Plan
from bot.audio.mixer import Mixer, OpenSource
from bot.audio.opus import FRAME, SAMPLE_RATE, SILENCE_PACKET, OpusEncoder, Pcm

PACKETS_A_CHUNK: Final = 4
CHUNK: Final = PACKETS_A_CHUNK * FRAME
"""Frames rendered at a time: small, so that a wish is heard soon, yet each chunk has its cost."""
SETTLED: Final = 13
"""Chunks of steady sound, one second, after which two encoders of the same sound have come to agree."""
_WARM_CHUNKS: Final = 3
_TIERS: Final = (128_000, 96_000, 64_000, 48_000, 32_000, 24_000, 16_000, 12_000, 8_000)


def tier_of(bitrate: int) -> int:
    """Return the bitrate that channels of about this one share, never more than it; bit/s."""
    return next((tier for tier in _TIERS if tier <= bitrate), _TIERS[-1])


FindNight = Callable[[Plan, int], int]
"""Where others have come in a plan's night, in frames; what is given when nobody is near that."""


def _as_told(_plan: Plan, position: int) -> int:
    return position


class StationKey(NamedTuple):
    """What makes a station sound as it does."""

    plan: Plan
    volume: int
    bitrate: int
    dark: bool


class Phase(NamedTuple):
    """The last stretch before an end, in frames of a station's time: when, and how long it grows softer."""

    end: int
    tail: int


class Wants(NamedTuple):
    """What a stream wants of its station. `wishes` are (method, arguments...) in order."""

    wishes: tuple[tuple[Hashable, ...], ...] = ()
    phase: Phase | None = None


class Hearer(Protocol):
    """A station's side of a stream."""

    @property
    def n_waiting(self) -> int:
        """Packets delivered and still to be heard; less than none when it is that far behind."""
        ...

    swelling: bool
    """It wishes to begin anew, with others if there are any."""

    @property
    def finished(self) -> bool: ...

    def peaceful(self, elapsed: int) -> bool:
        """Whether nothing is wished but an end that is far away, nor one near."""
        ...

    @property
    def n_behind(self) -> int:
        """Packets that are past already and were not rendered."""
        ...

    def skip(self, n_packets: int) -> None:
        """Know that so many of those will not be rendered any more."""
        ...

    def wants_more(self) -> bool: ...

    def wants(self, elapsed: int) -> Wants:
        """Tell, once, what is wished since the last time, at this moment of the station's time."""
        ...

    def tune(self, station: "Station") -> None:
        """Hear this station from the next packet on."""
        ...

    def deliver(self, packets: list[bytes]) -> None: ...

    def unhush(self, n_too_early: int = 0) -> None:
        """Let what comes now be heard, but for its first so many packets."""
        ...

    def discard(self) -> None:
        """Forget what waits to be read."""
        ...

    def shift_end(self, frames: int) -> None:
        """Know the same end in another station's time."""
        ...

    def finish(self) -> None:
        """Know that nothing more will come."""
        ...


class Station:
    """One render, master and encoder. Only the worker touches it, but for reading where it is."""

    def __init__(
        self,
        plan: Plan,
        open_source: OpenSource,
        *,
        volume: int,
        bitrate: int,
        position: int = 0,
        tail: float = 0.0,
        dark: bool = False,
    ) -> None:
        """Begin silent at a volume, `position` frames into the night; `tail` and `dark` as in Master."""
        self.plan = plan
        self.volume = volume
        self.bitrate = bitrate
        self.dark = dark
        self.position = position - position % CHUNK
        """Frames of the night rendered; always whole chunks, so that stations of one night can meet."""
        self.elapsed = 0
        """Frames of time passed, pauses included."""
        self.streams: list[Hearer] = []
        self.paused = False
        self.n_steady = 0
        """Chunks in a row in which nothing was on its way to somewhere else."""
        self.starts_at_s = 0.0
        """Nothing is rendered before this, by `time.perf_counter`: others may come to begin together."""
        self.find_night: FindNight = _as_told
        self._open = open_source
        self._stopping = False
        self._phase: Phase | None = None
        self._ending = False
        self._mixer: Mixer | None = None
        self._master = Master(volume, tail=tail, dark=dark)
        self._encoder: OpusEncoder | None = None
        self._recent: deque[Pcm] = deque(maxlen=_WARM_CHUNKS)
        self._rendered: Pcm | None = None
        self._packets: list[bytes] = []
        """Encoded, and not handed out yet."""
        self._n_underway = 0
        """Packets that `position` counts already and nobody has yet."""

    @property
    def key(self) -> StationKey:
        """Stations with equal keys sound alike once both are steady."""
        return StationKey(self.plan, self.volume, self.bitrate, self.dark)

    @property
    def shareable(self) -> bool:
        """Whether its night goes on by the clock, so that another can join it."""
        return not (self.paused or self._stopping) and not all(stream.finished for stream in self.streams)

    @property
    def settled(self) -> bool:
        return self.n_steady >= SETTLED

    @property
    def read_position(self) -> int:
        """Frames of the night that its streams have heard, or would have if all had come in time."""
        waiting = max((stream.n_waiting for stream in self.streams), default=0)
        return self.position - (waiting + self._n_underway) * FRAME

    def may_begin(self, stream: Hearer) -> bool:
        """Whether a stream that begins anew may do so elsewhere."""
        return self.shareable and stream.peaceful(self.elapsed)

    def wants_more(self, now_s: float) -> bool:
        return now_s >= self.starts_at_s and any(stream.wants_more() for stream in self.streams)

    def take_in(self, stream: Hearer) -> None:
        stream.tune(self)
        self.streams.append(stream)

    def let_go(self, stream: Hearer) -> None:
        self.streams.remove(stream)

    def produce(self) -> "list[Station]":
        """Render, encode and hand out one chunk; return the stations that parted from this."""
        parted = self.render()
        self.encode()
        self.hand_out()
        return parted

    def render(self) -> "list[Station]":
        """Carry out what the streams want and render one chunk; return the stations that parted from this."""
        self._skip_what_is_past()
        parted = self._attend()
        self._render()
        return parted

    def encode(self) -> None:
        """Encode what was rendered. May run in another thread than the rest, by its turn."""
        block, encoder = self._rendered, self._encoder
        if block is None or encoder is None:
            return
        self._rendered = None
        frames = np.split(block, PACKETS_A_CHUNK)
        if all(frame.any() for frame in frames):
            self._packets = encoder.encode(block)
        else:
            for frame in frames:
                self._packets += encoder.encode(frame) if frame.any() else [SILENCE_PACKET]

    def hand_out(self) -> None:
        """Give the streams what was encoded."""
        packets, self._packets, self._n_underway = self._packets, [], 0
        for stream in self.streams:
            stream.deliver(packets)

    def realign(self, position: int) -> None:
        """Crossfade to the same night a little further on or back, where others are."""
        self.n_steady = 0
        self._change(self.plan, position)

    def alike(self, other: "Station") -> bool:
        """Whether going from one to the other would not be heard, now."""
        return (
            self.settled
            and other.settled
            and self.key == other.key
            and self.position == other.position
            and self._master.alike(other._master)
        )

    def absorb(self, other: "Station") -> None:
        """Take over the streams of a station that sounds alike."""
        for stream in other.streams:
            stream.shift_end(self.elapsed - other.elapsed)
            self.take_in(stream)
        other.streams = []

    def abandon(self) -> None:
        """End every stream at once: the worker is closing or this cannot be rendered."""
        for stream in self.streams:
            stream.finish()
        self.streams = []

    # What streams want -----------------------------------------------------------------------------------

    def _skip_what_is_past(self) -> None:
        """Do not render what nobody can hear any more: a machine that is late must not grow later."""
        n_chunks = min((stream.n_behind for stream in self.streams), default=0) // PACKETS_A_CHUNK
        if n_chunks:
            self.elapsed += n_chunks * CHUNK
            if not self._master.silent:
                self.position += n_chunks * CHUNK
            for stream in self.streams:
                stream.skip(n_chunks * PACKETS_A_CHUNK)

    def _attend(self) -> "list[Station]":
        groups: dict[Wants, list[Hearer]] = {}
        for stream in self.streams:
            groups.setdefault(stream.wants(self.elapsed), []).append(stream)
        staying = Wants((), self._phase)
        if staying not in groups:
            staying = max(groups, key=lambda wants: len(groups[wants]))
        self.streams = groups.pop(staying)
        parted = [self._twin(streams, wants) for wants, streams in groups.items()]
        self._carry_out(staying)
        return parted

    def _twin(self, streams: list[Hearer], wants: Wants) -> "Station":
        """Part: for these streams go on from this very sample, and carry out what they want."""
        twin = copy.copy(self)
        twin.streams = []
        for stream in streams:
            twin.take_in(stream)
        if self._mixer is not None:
            twin._mixer = self._mixer.copy()
            twin._encoder = OpusEncoder(self.bitrate)
            for chunk in self._recent:
                twin._encoder.encode(chunk)
        twin._master = copy.deepcopy(self._master)
        twin._recent = self._recent.copy()
        twin._carry_out(wants)
        return twin

    def _carry_out(self, wants: Wants) -> None:
        for name, *arguments in wants.wishes:
            self.n_steady = 0
            _WISHES[str(name)](self, *arguments)
        if wants.phase != self._phase:
            self._enter(wants.phase)

    def _enter(self, phase: Phase | None) -> None:
        """Move the end; a fade that only the old end began turns round."""
        self._phase = phase
        if self._ending and not self._stopping:
            self._ending = False
            if not self.paused:
                self._master.fade_in()
        if phase is None:
            self._master.set_tail(0.0)

    def _change(self, plan: Plan, position: int | None) -> None:
        moved = 0
        if position is not None:
            head = self.find_night(plan, position) + max(s.n_waiting for s in self.streams) * FRAME
            moved = round(head / CHUNK) * CHUNK - self.position
        self.plan = plan
        self.position += moved
        if self._master.silent:
            self._mixer = None  # what nobody hears any more shall not be heard on its way out
        elif self._mixer is not None:
            self._mixer.change(plan, moved)

    def _set_volume(self, percent: int) -> None:
        self.volume = percent
        self._master.set_volume(percent)

    def _set_dark(self, dark: bool) -> None:
        self.dark = dark
        self._master.set_dark(dark)

    def _pause(self) -> None:
        self.paused = True
        self._master.fade_out()

    def _resume(self) -> None:
        self.paused = False
        if not (self._stopping or self._ending):
            self._master.fade_in()

    def _stop(self) -> None:
        self._stopping = True
        self._master.fade_out()

    def _swell(self) -> None:
        """Fall silent at once and fade in from what was to be heard next; nobody hears the cut."""
        if not self.paused:
            self.position -= max(stream.n_waiting for stream in self.streams) * FRAME
            self.position = max(0, self.position - self.position % CHUNK)
        self._master.swell()
        for stream in self.streams:
            stream.unhush()

    # Sound -----------------------------------------------------------------------------------------------

    def _render(self) -> None:
        if self._mixer is None or self._encoder is None:
            self._mixer = Mixer(self.plan, self._open)
            self._encoder = OpusEncoder(self.bitrate)
        self._watch_the_end()
        if not self._master.silent:
            self._rendered = self._sound(self._mixer)
        elif self._stopping or self._ending:
            self.abandon()
            return
        else:
            self._packets = [SILENCE_PACKET] * PACKETS_A_CHUNK
        self.elapsed += CHUNK
        steady = self._phase is None and self.shareable and self._master.steady and self._mixer.steady
        self.n_steady = self.n_steady + 1 if steady else 0

    def _sound(self, mixer: Mixer) -> Pcm:
        mixed = mixer.render(self.position, CHUNK)
        heard = self._master.process(mixed, mix_lufs=mixer.heard_lufs, rise_db_per_s=mixer.rise_db_per_s)
        self.position += CHUNK
        self._n_underway = PACKETS_A_CHUNK
        self._recent.append(heard)
        return heard

    def _watch_the_end(self) -> None:
        if self._phase is None:
            return
        left = self._phase.end - self.elapsed
        if self._phase.tail:
            self._master.set_tail(min(1.0, max(0.0, 1.0 - left / self._phase.tail)))
        if left <= FADE_OUT_S * SAMPLE_RATE and not self._ending:
            self._ending = True
            self._master.fade_out()


_WISHES: Final[dict[str, Callable[..., None]]] = {
    "change": Station._change,
    "volume": Station._set_volume,
    "dark": Station._set_dark,
    "pause": Station._pause,
    "resume": Station._resume,
    "stop": Station._stop,
    "swell": Station._swell,
}
