"""The engine of a process: one worker renders every station a little ahead, from files decoded once.

Encoding is a third of the work, and libopus computes while Python goes on: it has a thread of its own.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from weakref import WeakValueDictionary

import numpy as np

from bot.audio.arc import Arc
from bot.audio.codec import decode
from bot.audio.library import Library
from bot.audio.load import Load
from bot.audio.mix import Layer, Mix, Plan
from bot.audio.mixer import floor_of
from bot.audio.opus import SAMPLE_RATE, Pcm
from bot.audio.score import Whisper, whispers_of
from bot.audio.sources import Source, open_source
from bot.audio.station import StationKey, tier_of
from bot.audio.stations import Stations
from bot.audio.stream import Stream
from bot.audio.whispering import WhisperSource

_log = logging.getLogger(__name__)

_RECENT: Final = 16
_GATHERED_S: Final = 0.01
"""How long whoever needs sound waits for others, since a round of many costs less than many rounds."""
_MEASURED_S: Final = 4.0
"""How long a sound has to play until the load tells what it costs: two of its windows."""
_COST: Final = 0.015
"""Share of the worker's time that a sound is taken to cost until then."""
_Sounding = Layer | tuple[Whisper, ...]
"""A layer, or a guide's whispered lines."""


class SourceShelf:
    """Opens the sources of layers; files are decoded when first needed, and kept while somebody hears them.

    A source is a function of time, so that all who hear the same layer of the same night may share it.
    Safe to use from any thread; nobody waits for another's decoding.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._pcm: WeakValueDictionary[str, Pcm] = WeakValueDictionary()
        self._sources: WeakValueDictionary[tuple[_Sounding, int, Arc | None], Source] = WeakValueDictionary()
        self._recent: deque[Source] = deque(maxlen=_RECENT)
        """Opened last, so that what was made ready is still there when it is wanted."""

    def open(self, sounding: _Sounding, seed: int, arc: Arc | None = None) -> Source:
        """Raise ContentError when the file is damaged, KeyError when there is no such trigger."""
        key = sounding, seed, arc
        source = self._sources.get(key)
        if source is None:
            opened = (
                self._layer(sounding, seed, arc) if isinstance(sounding, Layer) else self._lines(sounding)
            )
            source = self._sources.setdefault(key, opened)
        self._recent.append(source)
        return source

    def _layer(self, layer: Layer, seed: int, arc: Arc | None) -> Source:
        trigger = self._library.triggers[layer.trigger]
        return open_source(trigger, layer, seed, self._decoded(layer.trigger), arc)

    def _lines(self, lines: tuple[Whisper, ...]) -> WhisperSource:
        banks = {}
        for trigger_id in {line.trigger for line in lines}:
            events = self._library.triggers[trigger_id].events
            if events is None:
                raise KeyError(f"{trigger_id} has no lines")
            banks[trigger_id] = events, self._decoded(trigger_id)
        return WhisperSource(lines, banks)

    def warm(self, plan: Plan) -> None:
        """Open what a plan needs, if that was not done yet."""
        for layer in plan.mix.layers:
            self.open(layer, plan.seed, plan.arc)
        if plan.arc is not None:
            self.open(*floor_of(plan.arc, plan.seed))
        if lines := whispers_of(plan.score):
            self.open(lines, 0)

    def _decoded(self, trigger_id: str) -> Pcm:
        pcm = self._pcm.get(trigger_id)
        if pcm is None:
            gain = 10.0 ** (self._library.triggers[trigger_id].gain_db / 20.0)
            pcm = decode(self._library.audio_file(trigger_id).read_bytes()) * np.float32(gain)
            pcm.flags.writeable = False
            self._pcm[trigger_id] = pcm
        return pcm


class Engine:
    """Opens streams and renders them in its own thread until closed; others encode, and decode files."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.load = Load()
        """How much of the worker's time rendering takes."""
        self._shelf = SourceShelf(library)
        self._encoders = ThreadPoolExecutor(1, thread_name_prefix="hush-encode")
        self._stations = Stations(self._shelf.open, self._encoders)
        self._streams: list[Stream] = []
        self._lock = threading.Lock()
        self._arriving: deque[Stream] = deque()
        self._due = threading.Event()
        self._closing = False
        self._late_before = 0
        """Packets that streams no longer here did not have in time."""
        self._decoder = ThreadPoolExecutor(1, thread_name_prefix="hush-decode")
        self._worker = threading.Thread(target=self._work, name="hush-render", daemon=True)
        self._worker.start()

    def open(
        self,
        plan: Plan,
        *,
        volume: int = 60,
        bitrate: int = 128_000,
        seconds: float | None = None,
        tail_s: float = 0.0,
        position_s: float = 0.0,
        dark: bool = False,
        held: bool = False,
    ) -> Stream:
        """Begin to render a plan, from silence and from `position_s` seconds into its night.

        `seconds` None plays until stopped; bitrate in bit/s, rounded down to what channels share. `held`, it
        only gets everything ready, and renders from when it swells. `dark` begins as in quiet hours.
        """
        stream = Stream(
            plan,
            self._shelf.open,
            self._wake,
            volume=volume,
            bitrate=tier_of(bitrate),
            seconds=seconds,
            tail_s=tail_s,
            position_s=position_s,
            dark=dark,
            prepare=self._prepare,
            held=held,
        )
        with self._lock:
            if self._closing:
                raise RuntimeError("the engine is closed")
            self._streams.append(stream)
        self._prepare(plan, lambda: self._arrive(stream))
        return stream

    def tonight(self, mix: Mix) -> tuple[int, float] | None:
        """Return the seed of the night in which most hear this mix now, and how far it has come, in s.

        Where nobody hears it yet, but somebody is about to, that is the night.
        """
        coming = (one for one in self._coming() if one.plan.mix == mix and not one.plan.score)
        begun = self._stations.tonight(mix)
        return begun or next(((one.plan.seed, one.position_s) for one in coming), None)

    def can_take(self, plan: Plan, volume: int, bitrate: int, *, dark: bool = False) -> bool:
        """Return whether one more stream would leave the others their time; sharing costs little.

        Who was taken a moment ago counts, although the load does not show it yet.
        """
        key = StationKey(plan, volume, tier_of(bitrate), dark)
        if self._stations.is_heard(key):
            return self.load.has_room_to_share
        coming = {stream.station.key for stream in self._coming()}
        return self.load.has_room_for(_COST * len(coming | {key}))

    @property
    def is_alive(self) -> bool:
        """Whether the worker still renders."""
        return self._worker.is_alive() and not self._closing

    @property
    def n_streams(self) -> int:
        """Streams being rendered now."""
        return sum(not stream.finished for stream in self._streams)

    @property
    def n_stations(self) -> int:
        """Renders and encodes there are for them."""
        return len(self._stations)

    @property
    def n_packets_late(self) -> int:
        """Packets that were due and not ready, since the engine was made."""
        with self._lock:
            return self._late_before + sum(stream.underruns for stream in self._streams)

    def close(self) -> None:
        """End the worker and every stream at once; fade them out before, where somebody listens."""
        with self._lock:
            self._closing = True
        self._due.set()
        self._worker.join()
        self._encoders.shutdown()
        self._decoder.shutdown(cancel_futures=True)
        for stream in self._streams:
            stream.abandon()

    # Any thread ------------------------------------------------------------------------------------------

    def _coming(self) -> Iterator[Stream]:
        """Yield the streams that have only just begun, or wait for their channel."""
        for stream in self._streams:
            if stream.station.elapsed < _MEASURED_S * SAMPLE_RATE and not (stream.paused or stream.finished):
                yield stream

    def _wake(self) -> None:
        if not self._due.is_set():
            self._due.set()

    def _prepare(self, plan: Plan, then: Callable[[], None]) -> None:
        """Have the files decoded, which takes longer than a stream may wait; in order of asking."""

        def warm() -> None:
            try:
                self._shelf.warm(plan)
            except Exception:  # noqa: BLE001 - the worker will meet it again, and end that stream
                _log.debug("a plan's sounds cannot be decoded", exc_info=True)
            then()

        try:
            self._decoder.submit(warm)
        except RuntimeError:  # closed meanwhile
            _log.debug("the engine is closed")

    def _arrive(self, stream: Stream) -> None:
        self._arriving.append(stream)
        self._wake()

    # The worker ------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while not self._closing:
            self._forget_finished()
            while self._arriving:
                self._stations.let_in(self._arriving.popleft())
            if not self._stations.serve(time.perf_counter()):
                self.load.rests()
                self._due.wait(self._stations.next_look_s)
                time.sleep(_GATHERED_S)
                self._due.clear()
                self.load.works()

    def _forget_finished(self) -> None:
        gone = [stream for stream in self._streams if stream.finished]
        if not gone:
            return
        with self._lock:
            self._late_before += sum(stream.underruns for stream in gone)
            self._streams = [stream for stream in self._streams if not stream.finished]
        self._stations.forget(gone)
