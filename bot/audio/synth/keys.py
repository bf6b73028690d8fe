"""A keyboard: every key goes down and comes up again, and the desk hears both."""

from dataclasses import dataclass, field

import numpy as np

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth import grains
from bot.audio.synth.noise import Curve, Signal
from bot.audio.synth.quiet import Quiet, render_floor
from bot.audio.synth.rendering import Rendering, bank
from bot.audio.synth.shots import finished, place, toned


@dataclass(frozen=True)
class Keyboard:
    """Soft keys with a short travel. Levels are peaks against the bottoming-out's."""

    keys: int = 48
    held_s: tuple[float, float] = (0.085, 0.15)
    travel_s: tuple[float, float] = (0.006, 0.016)
    """From the touch to the bottom."""
    touch_db: float = -11.5
    up_db: float = -9.5
    case_hz: tuple[float, ...] = (640.0, 830.0, 1050.0, 1420.0, 1900.0, 2450.0, 2750.0, 3300.0)
    case_decay_s: float = 0.0068
    clack_hz: tuple[float, float] = (1850.0, 6500.0)
    clack_decay_s: float = 0.0048
    clack_db: float = 0.7
    desk_hz: float = 82.0
    desk_db: float = -9.0
    desk_decay_s: float = 0.016
    wide_keys: float = 0.12
    """Share of keys such as the space bar: lower, louder, with a rattle."""
    tone_db: Curve = (
        (60, 3), (250, -5.5), (500, -4.5), (1000, -1.7), (2500, 4), (5000, -2.5), (8000, 1.5), (16000, -6),
    )  # fmt: skip
    spread_db: float = 7.0
    quiet: Quiet = field(default_factory=lambda: Quiet(level_db=-44.0))


def render(board: Keyboard, rng: np.random.Generator) -> Rendering:
    shots = [_key(board, stream) for stream in rng.spawn(board.keys)]
    return bank(shots, render_floor(board.quiet, rng))


def _key(board: Keyboard, rng: np.random.Generator) -> Signal:
    wide = rng.random() < board.wide_keys
    pitch = float(rng.uniform(0.72, 0.82) if wide else rng.uniform(0.9, 1.14))
    held_s, travel_s = float(rng.uniform(*board.held_s)), float(rng.uniform(*board.travel_s))
    out = np.zeros(round((held_s + travel_s + 0.2) * SAMPLE_RATE))
    place(out, _contact(board, pitch * 1.1, 0.4, rng), 0, 10.0 ** (board.touch_db / 20.0))
    place(out, _contact(board, pitch, 1.0, rng), round(travel_s * SAMPLE_RATE), 1.0)
    up_at = travel_s + held_s
    up = _contact(board, pitch * float(rng.uniform(1.1, 1.3)), 0.15, rng)
    place(out, up, round(up_at * SAMPLE_RATE), 10.0 ** ((board.up_db + rng.uniform(-3.0, 2.0)) / 20.0))
    if wide:
        rattle = _contact(board, pitch * 1.5, 0.0, rng)
        place(out, rattle, round((travel_s + float(rng.uniform(0.008, 0.02))) * SAMPLE_RATE), 0.4)
    return finished(toned(out, board.tone_db), rng, board.spread_db)


def _contact(board: Keyboard, pitch: float, desk: float, rng: np.random.Generator) -> Signal:
    """Plastic meets plastic: a clack, the case's resonances, and a thump of the desk. Peak about 1."""
    out = np.zeros(SAMPLE_RATE // 5)
    clack = grains.burst(rng, float(rng.uniform(*board.clack_hz)), 3.0, board.clack_decay_s)
    place(out, clack, 0, 10.0 ** (board.clack_db / 20.0) / np.abs(clack).max())
    for hz in board.case_hz:
        ring = grains.ring(
            hz * pitch * float(rng.uniform(0.97, 1.03)), board.case_decay_s * (640.0 / hz) ** 0.4
        )
        place(out, ring, int(rng.integers(0, 40)), float(rng.normal(0.0, 0.45)) / np.abs(ring).max())
    thump = grains.ring(board.desk_hz * float(rng.uniform(0.9, 1.1)), board.desk_decay_s)
    place(out, thump, 0, desk * 10.0 ** (board.desk_db / 20.0) / np.abs(thump).max())
    out /= np.abs(out).max()
    return out
