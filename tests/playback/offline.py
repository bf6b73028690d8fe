"""A house without threads: the engine's own stations and streams, heard a packet at a time by test's hand.

Its six sounds each have a band of their own, so that one can hear in what was decoded which of them play.
"""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.signal import butter, sosfilt

from bot.audio.codec import decode, encode_file
from bot.audio.engine import SourceShelf
from bot.audio.library import Library
from bot.audio.loudness import integrated_lufs
from bot.audio.mix import Mix
from bot.audio.opus import SAMPLE_RATE, SILENCE_PACKET, Pcm
from bot.audio.station import tier_of
from bot.audio.stations import Stations
from bot.audio.stream import Stream
from bot.playback.model import Room
from bot.playback.ports import PacketSource
from tests.playback.memory import MemoryLink, MemoryLinks

HOUSE_LUFS = -30.0
TICKS_A_S = 50
SILENT_DB = -68.0
UNDER_OTHERS_DB = 34.0
STEP_S = 0.1
"""How often one looks at what is so."""
CENTRES_HZ = {
    "rain": 250.0,
    "ocean-waves": 400.0,
    "fan": 640.0,
    "fire": 1_024.0,
    "wind": 1_640.0,
    "stream": 2_620.0,
}
_WIDE = 1.06
_MANIFEST = """
id = "{id}"
name = "{id}"
family = "water"
synonyms = []
description = "A band of noise around {hz} Hz."
evidence = "tradition"
source = "made by a test"
goes_with = []
gain_db = {gain_db}
level_lufs = -30.0
recipe = "none"
[bed]
grain_s = [2.5, 3.5]
crossfade_s = 1.0
"""


def write_bands(root: Path) -> Library:
    """Return a library of beds at house level, one a band."""
    folder = root / "water"
    folder.mkdir(parents=True)
    for seed, (name, hz) in enumerate(CENTRES_HZ.items()):
        file = folder / f"{name}.opus"
        encode_file(_band_of_noise(hz, seed), file)
        gain_db = HOUSE_LUFS - integrated_lufs(decode(file.read_bytes()))
        manifest = _MANIFEST.format(id=name, hz=hz, gain_db=round(gain_db, 2))
        (folder / f"{name}.toml").write_text(manifest, encoding="utf-8")
    return Library.load(root)


def _band_of_noise(hz: float, seed: int) -> Pcm:
    n = 7 * SAMPLE_RATE
    rng = np.random.default_rng(seed)
    spectrum = rng.standard_normal((n // 2 + 1, 2)) + 1j * rng.standard_normal((n // 2 + 1, 2))
    pitch = np.fft.rfftfreq(n, 1 / SAMPLE_RATE)
    spectrum[(pitch < hz / _WIDE) | (pitch > hz * _WIDE)] = 0.0
    pcm = np.fft.irfft(spectrum, axis=0)
    return (pcm * 0.03 / pcm.std()).astype(np.float32)


def bands_db(pcm: Pcm, window_s: float = 0.5) -> dict[str, np.ndarray]:
    """Return the level of each sound's band in every window, dB re full scale, both ears as one."""
    n = round(window_s * SAMPLE_RATE)
    together, found = pcm.mean(axis=1, dtype=np.float64), {}
    for name, hz in CENTRES_HZ.items():
        band = butter(4, (hz / 1.12, hz * 1.12), "bandpass", fs=SAMPLE_RATE, output="sos")
        heard = sosfilt(band, together)
        power = np.square(heard[: len(heard) // n * n]).reshape(-1, n).mean(axis=1)
        found[name] = 10.0 * np.log10(np.maximum(power, 1e-14))
    return found


def audible(levels: dict[str, np.ndarray], name: str) -> np.ndarray:
    """Return in which windows a sound is heard: over any room's noise, and over what the codec adds.

    levels: of `bands_db`. Opus leaves noise about 40 dB under what it carries.
    """
    others = np.max([level for other, level in levels.items() if other != name], axis=0)
    return levels[name] > np.maximum(SILENT_DB, others - UNDER_OTHERS_DB)


def true_for(steps: Sequence[bool], seconds: float) -> list[bool]:
    """Return at which steps of STEP_S something has been so for that long."""
    found, run = [], 0
    for step in steps:
        run = run + 1 if step else 0
        found.append(run * STEP_S > seconds)
    return found


class OfflineEngine:
    """Does what `bot.audio.engine.Engine` does, when it is told to."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self._shelf = SourceShelf(library)
        self._stations = Stations(self._shelf.open)
        self._streams: list[Stream] = []
        self._n_ticks = 0

    def open(self, plan: Any, *, bitrate: int = 128_000, **options: Any) -> Stream:
        stream = Stream(plan, self._shelf.open, lambda: None, bitrate=tier_of(bitrate), **options)
        self._streams.append(stream)
        self._stations.let_in(stream)
        return stream

    def tonight(self, mix: Mix) -> tuple[int, float] | None:
        return self._stations.tonight(mix)

    def can_take(self, *_args: Any, **_options: Any) -> bool:
        return True

    def tick(self) -> None:
        """Render as far ahead as the streams want, as the worker does."""
        self._n_ticks += 1
        while self._stations.serve(self._n_ticks / TICKS_A_S + 1.0):
            pass
        self._stations.forget([stream for stream in self._streams if stream.finished])
        self._streams = [stream for stream in self._streams if not stream.finished]


class OfflineLink(MemoryLink):
    """Sends a packet when it is told to."""

    _source: PacketSource | None = None

    def play(self, packets: PacketSource, ended: Callable[[], None], returned: Callable[[], None]) -> None:
        self._source, self._ended, self.returned = packets, ended, returned

    def send(self) -> bytes:
        """Return what a listener is sent now."""
        if self._source is None:
            return SILENCE_PACKET
        packet = self._source()
        if not packet:
            self._source = None
            asyncio.get_running_loop().call_soon(self._ended)
        return packet or SILENCE_PACKET

    async def cut(self) -> None:
        self._gone.set()
        self._source = None


class OfflineLinks(MemoryLinks):
    links: list[OfflineLink]  # type: ignore[assignment]

    async def join(self, room: Room) -> OfflineLink:
        link = OfflineLink(room)
        link.people = len(self.people.get(room.channel_id, ()))
        self.links.append(link)
        return link
