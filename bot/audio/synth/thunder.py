"""Thunder far away.

A lightning channel is a long crooked line, and each piece of it is heard when its sound arrives. The claps of
the pieces overlap into a roll; the longer the way, the lower what is left of them. Under it, far rain.
"""

from dataclasses import dataclass, field

import numpy as np

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth import grains
from bot.audio.synth.noise import Signal
from bot.audio.synth.rendering import Rendering, bank
from bot.audio.synth.shots import finished, place, toned
from bot.audio.synth.texture import Fall, Grit, Hiss, Sway, Texture, at_level, without_slow_swells
from bot.audio.synth.texture import render as render_scene


@dataclass(frozen=True)
class Thunder:
    rolls: int = 10
    roll_s: tuple[float, float] = (6.0, 11.5)
    pieces: tuple[int, int] = (50, 110)
    piece_hz: tuple[float, float] = (38.0, 170.0)
    lead_s: float = 0.5
    """How slowly the first of it swells: nothing here cracks."""
    rain: Texture = field(
        default_factory=lambda: Texture(
            40.0,
            hisses=(
                Hiss(
                    0.0,
                    ((40, -14), (150, -4), (500, 0), (1500, -3), (4000, -12), (12000, -30)),
                    ((100, 0.8), (500, 0.74), (2000, 0.6), (5000, 0.35)),
                    (Sway(0.6, ((0.05, 0.0), (0.5, -6.0), (2.0, -16.0))),),
                    gust_db=0.8,
                ),
            ),
            falls=(
                Fall(
                    900.0,
                    -4.0,
                    (Grit("burst", (600, 4500), 0.003, 0.5, 2.6),),
                    spread=0.5,
                    near_m=(1.0, 9.0),
                    gust=0.2,
                ),
            ),
        )
    )
    rain_db: float = -33.0


def render(storm: Thunder, rng: np.random.Generator) -> Rendering:
    shots = [_roll(storm, stream) for stream in rng.spawn(storm.rolls)]
    return bank(shots, at_level(render_scene(without_slow_swells(storm.rain), rng), storm.rain_db))


def _roll(storm: Thunder, rng: np.random.Generator) -> Signal:
    seconds = float(rng.uniform(*storm.roll_s))
    out = np.zeros(round(seconds * SAMPLE_RATE))
    kinds = [grains.burst(rng, hz, 1.8, 6.0 / hz + 0.03) for hz in np.geomspace(*storm.piece_hz, 20)]
    # The channel comes nearer and goes away along its length: a few bends, where many pieces arrive together.
    bends = np.sort(rng.uniform(0.05, 0.6, int(rng.integers(2, 5))))
    for _ in range(int(rng.integers(storm.pieces[0], storm.pieces[1] + 1))):
        bend = float(rng.choice(bends))
        at = abs(bend + float(rng.normal(0.0, 0.1)))
        late = at / 0.9
        which = int(np.clip(rng.normal(9.0 - 9.0 * late, 5.0), 0, 19))
        gain = float(rng.lognormal(0.0, 0.6)) * np.exp(-2.6 * late)
        place(out, kinds[which], round(at * (seconds - 1.5) * SAMPLE_RATE), gain)
    t = np.arange(len(out)) / SAMPLE_RATE
    out *= np.sin(np.pi / 2.0 * np.minimum(t / storm.lead_s, 1.0)) ** 2
    out *= np.cos(np.pi / 2.0 * np.clip((t - seconds + 2.5) / 2.5, 0.0, 1.0)) ** 2
    return finished(toned(out, ((30, -6), (60, 0), (200, -3), (600, -12), (2000, -30))), rng, 8.0)
