"""What the engine costs: CPU per second of sound, by layers and by distinct mixes, beside the bare encoder.

Run: PYTHONPATH=. .venv/bin/python benchmarks/engine.py [--seconds 20] [--only layers,mixes,library,encoder];
one JSON object a line. CPU time of this process's own, so that other work on the machine changes little.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bot.audio.codec import decode
from bot.audio.engine import SourceShelf
from bot.audio.library import Library
from bot.audio.mix import Layer, Mix, Place, Plan
from bot.audio.mixer import Mixer
from bot.audio.opus import FRAME, SAMPLE_RATE, OpusDecoder, OpusEncoder, Pcm
from bot.audio.station import CHUNK
from bot.audio.stream import Stream

BEDS = ("rain", "waves", "wind", "fire", "stream", "cabin", "fan", "brown-noise")
EVENTS = (
    "wood-tapping", "glass-tapping", "hair-brushing", "page-turning",
    "scissors", "clock", "keyboard", "singing-bowl",
)  # fmt: skip
KINDS = {
    "beds": lambda names: Mix(tuple(Layer(name) for name in names)),
    "beds to a side": lambda names: Mix(tuple(Layer(name, 0.0, Place(-60.0, 1.0)) for name in names)),
    "event sounds": lambda names: Mix(tuple(Layer(name) for name in names)),
}


def encoder_alone(seconds: float) -> float:
    """CPU seconds to encode that much noise: the floor under every mix."""
    noise = (np.random.default_rng(1).standard_normal((SAMPLE_RATE, 2)) * 0.02).astype(np.float32)
    encoder = OpusEncoder()
    began = time.process_time()
    for i in range(round(seconds * 50)):
        at = i * FRAME % SAMPLE_RATE
        encoder.encode(noise[at : at + FRAME])
    return time.process_time() - began


def cost_of(streams: list[Stream], seconds: float) -> float:
    """CPU seconds to render and encode that much of all of them, files decoded before."""
    for stream in streams:
        stream.produce()
    began = time.process_time()
    for _ in range(round(seconds * 12.5)):
        for stream in streams:
            stream.produce()
            for _ in range(4):
                stream.read()
    return time.process_time() - began


def stream_of(shelf: SourceShelf, mix: Mix, seed: int = 1) -> Stream:
    return Stream(Plan(mix, seed), shelf.open, lambda: None, volume=100)


def by_layers(library: Library, seconds: float) -> Iterator[dict[str, object]]:
    shelf = SourceShelf(library)
    for kind, made in KINDS.items():
        names = EVENTS if kind == "event sounds" else BEDS
        for n_layers in (1, 2, 4, 8):
            alone = encoder_alone(seconds)
            cost = cost_of([stream_of(shelf, made(names[:n_layers]))], seconds)
            yield {
                "what": "layers",
                "kind": kind,
                "layers": n_layers,
                "cpu_ms_per_s": round(cost / seconds * 1000, 1),
                "of_the_encoder_alone": round(cost / alone, 1),
                "real_time_factor": round(seconds / cost),
            }


def by_mixes(library: Library, seconds: float) -> Iterator[dict[str, object]]:
    """Distinct mixes of three layers: two beds, one of them to a side, and an event sound."""
    shelf = SourceShelf(library)
    streams: list[Stream] = []
    for n_mixes in (1, 2, 4, 8, 16):
        while (at := len(streams)) < n_mixes:
            bed, other = Layer(BEDS[at % 8]), Layer(BEDS[(at + 1) % 8], -6.0, Place(60.0, 1.0))
            streams.append(stream_of(shelf, Mix((bed, other, Layer(EVENTS[at % 8], -6.0))), seed=at + 1))
        cost, alone = cost_of(streams, seconds), encoder_alone(seconds)
        yield {
            "what": "mixes",
            "mixes": n_mixes,
            "cpu_ms_per_s": round(cost / seconds * 1000, 1),
            "each_of_the_encoder_alone": round(cost / alone / n_mixes, 1),
            "mixes_a_core": round(seconds / (cost / n_mixes)),
        }


def by_complexity(library: Library, seconds: float) -> Iterator[dict[str, object]]:
    """Yield what each complexity costs, and the error it leaves in Bark bands, in dB of the sound.

    The worst is that of one frame in twenty, in the band and the sound that suffer most.
    """
    shelf = SourceShelf(library)
    mixes = [
        (BEDS[0], BEDS[1], EVENTS[0]),
        ("brown-noise",),
        ("singing-bowl",),
        ("soft-whisper",),
        ("chimes", "stream"),
    ]
    for bitrate in (128_000, 64_000):
        for complexity in (10, 5, 4, 3, 2, 1, 0):
            cpu_s, worst_db, mean_db = 0.0, -np.inf, []
            for names in mixes:
                mixer = Mixer(Plan(Mix(tuple(map(Layer, names))), 1), shelf.open)
                blocks = [
                    0.35 * mixer.render(i * CHUNK, CHUNK) for i in range(75, 75 + round(seconds * 12.5))
                ]
                encoder, decoder = OpusEncoder(bitrate, complexity), OpusDecoder()
                began = time.process_time()
                packets = [packet for block in blocks for packet in encoder.encode(block)]
                cpu_s += time.process_time() - began
                heard = np.concatenate([decoder.decode(packet) for packet in packets])[312:]
                pcm = np.concatenate(blocks)[: len(heard)]
                error_db = 10.0 * np.log10(_bark_bands(pcm - heard) / _bark_bands(pcm))
                mean_db.append(float(error_db.mean()))
                worst_db = max(worst_db, float(np.percentile(error_db, 95, axis=0).max()))
            yield {
                "what": "encoder",
                "bitrate": bitrate,
                "complexity": complexity,
                "cpu_ms_per_s": round(cpu_s / (seconds * len(mixes)) * 1000, 2),
                "error_db": round(float(np.mean(mean_db)), 2),
                "error_db_worst": round(worst_db, 2),
            }


def _bark_bands(pcm: Pcm) -> NDArray[np.float64]:
    """Power of the left ear in each of 24 Bark bands, frame by frame of 43 ms."""
    hz = np.fft.rfftfreq(2048, 1 / SAMPLE_RATE)
    bark = 13.0 * np.arctan(0.00076 * hz) + 3.5 * np.arctan((hz / 7500.0) ** 2)
    frames = np.lib.stride_tricks.sliding_window_view(pcm[:, 0], 2048)[::1024] * np.hanning(2048)
    power = np.abs(np.fft.rfft(frames)) ** 2
    return (
        np.stack([power[:, (bark >= band) & (bark < band + 1)].sum(axis=1) for band in range(24)], 1) + 1e-13
    )


def whole_library(_: Library, __: float) -> Iterator[dict[str, object]]:
    """In a process of its own each: what is there at start, and with the sounds of a full mix decoded."""
    for how_much in ("nothing", "manifests", "one", "eight"):
        argv = [sys.executable, "-c", f"from benchmarks.engine import fresh; fresh({how_much!r})"]
        yield json.loads(subprocess.run(argv, capture_output=True, check=True).stdout)  # noqa: S603 - ourselves


def fresh(how_much: str) -> None:
    before, began, held = rss_mb(), time.process_time(), []
    if how_much != "nothing":
        library = Library.load()
        wanted = {"manifests": (), "one": BEDS[:1], "eight": (*BEDS[:4], *EVENTS[:4])}[how_much]
        held = [decode(library.audio_file(name).read_bytes()) for name in wanted]
    row = {
        "what": "library",
        "loaded": how_much,
        "sounds": len(held),
        "decoded_mb": round(sum(pcm.nbytes for pcm in held) / 1e6),
        "cpu_s": round(time.process_time() - began, 2),
        "peak_mb": round(rss_mb()),
        "more_mb": round(rss_mb() - before),
    }
    print(json.dumps(row))


def rss_mb() -> float:
    """Most memory held so far, MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1e3)


PARTS = {"layers": by_layers, "mixes": by_mixes, "library": whole_library, "encoder": by_complexity}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--only", default=",".join(PARTS))
    args = parser.parse_args()
    library = Library.load()
    for part in args.only.split(","):
        for row in PARTS[part](library, args.seconds):
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
