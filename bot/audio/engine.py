"""The engine of a process: one worker thread renders every stream a little ahead, from files decoded once."""

import logging
import threading
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from bot.audio.codec import decode
from bot.audio.library import Library
from bot.audio.mix import Layer, Plan
from bot.audio.opus import Pcm
from bot.audio.sources import Source, open_source
from bot.audio.stream import Stream

_log = logging.getLogger(__name__)


class SourceShelf:
    """Opens the sources of layers; files are decoded when first needed and kept while in use."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._pcm: Callable[[str], Pcm] = lru_cache(maxsize=16)(self._decode)

    def open(self, layer: Layer, seed: int) -> Source:
        """Raise ContentError when the file is damaged, KeyError when there is no such trigger."""
        trigger = self._library.triggers[layer.trigger]
        return open_source(trigger, layer, seed, self._pcm(layer.trigger))

    def _decode(self, trigger_id: str) -> Pcm:
        gain = 10.0 ** (self._library.triggers[trigger_id].gain_db / 20.0)
        pcm: Pcm = decode(self._library.audio_file(trigger_id).read_bytes()) * np.float32(gain)
        pcm.flags.writeable = False
        return pcm


class Engine:
    """Opens streams and renders them in its own thread until closed."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._shelf = SourceShelf(library)
        self._streams: list[Stream] = []
        self._lock = threading.Lock()
        self._due = threading.Event()
        self._closing = False
        self._late_before = 0
        """Packets that streams no longer here did not have in time."""
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
    ) -> Stream:
        """Begin to render a plan, from silence and from `position_s` seconds into its night.

        `seconds` None plays until stopped; bitrate in bit/s.
        """
        stream = Stream(
            plan,
            self._shelf.open,
            self._due.set,
            volume=volume,
            bitrate=bitrate,
            seconds=seconds,
            tail_s=tail_s,
            position_s=position_s,
        )
        with self._lock:
            if self._closing:
                raise RuntimeError("the engine is closed")
            self._streams.append(stream)
        self._due.set()
        return stream

    @property
    def is_alive(self) -> bool:
        """Whether the worker still renders."""
        return self._worker.is_alive() and not self._closing

    @property
    def n_streams(self) -> int:
        """Streams being rendered now."""
        return sum(not stream.finished for stream in self._streams)

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

    def _work(self) -> None:
        while not self._closing:
            with self._lock:
                self._late_before += sum(stream.underruns for stream in self._streams if stream.finished)
                self._streams = [stream for stream in self._streams if not stream.finished]
                streams = list(self._streams)
            if not self._serve(streams):
                self._due.wait()
                self._due.clear()
        for stream in self._streams:
            stream.abandon()

    def _serve(self, streams: list[Stream]) -> bool:
        """Give every stream that wants it one chunk; return whether any did."""
        served = False
        for stream in streams:
            if stream.wants_more():
                served = True
                try:
                    stream.produce()
                except Exception:  # noqa: BLE001 - one stream's damage must not silence the others
                    _log.exception("a stream cannot be rendered")
                    stream.abandon()
        return served
