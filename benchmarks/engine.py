"""What the engine costs: CPU per second of sound, for mixes of one to three layers, beside the bare encoder.

Run: PYTHONPATH=. .venv/bin/python benchmarks/engine.py [--seconds 20]; one JSON object a line.
"""

import argparse
import json
import time

import numpy as np

from bot.audio.engine import SourceShelf
from bot.audio.library import Library
from bot.audio.mix import Layer, Mix, Plan
from bot.audio.opus import FRAME, SAMPLE_RATE, OpusEncoder
from bot.audio.stream import Stream

MIXES = {
    "rain": ("rain",),
    "wood-tapping": ("wood-tapping",),
    "rain + waves": ("rain", "waves"),
    "rain + waves + wood-tapping": ("rain", "waves", "wood-tapping"),
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


def stream_of(shelf: SourceShelf, triggers: tuple[str, ...]) -> Stream:
    plan = Plan(Mix(tuple(Layer(trigger) for trigger in triggers)), seed=1)
    return Stream(plan, shelf.open, lambda: None, volume=100)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=20.0)
    seconds = parser.parse_args().seconds
    library = Library.load()
    shelf = SourceShelf(library)
    for name, triggers in MIXES.items():
        stream = stream_of(shelf, triggers)
        began = time.process_time()
        stream.produce()  # decodes the files
        first_s = time.process_time() - began
        began = time.process_time()
        for _ in range(round(seconds * 25)):
            stream.produce()
            stream.read(), stream.read()
        cost = time.process_time() - began
        row = {
            "mix": name,
            "first_chunk_ms": round(first_s * 1000),
            "cpu_ms_per_s": round(cost / seconds * 1000, 1),
            "encoder_alone_ms_per_s": round(encoder_alone(seconds) / seconds * 1000, 1),
            "real_time_factor": round(seconds / cost),
        }
        print(json.dumps(row))


if __name__ == "__main__":
    main()
