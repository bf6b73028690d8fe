"""A small furnished room: first reflections from the walls, then a short dark tail."""

from dataclasses import dataclass

import numpy as np
from scipy import signal

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.noise import Signal


@dataclass(frozen=True)
class Room:
    """Levels are against the direct sound: of the first reflection, and of the tail where it starts."""

    first_s: float = 0.004
    last_s: float = 0.019
    reflections: int = 9
    reflections_db: float = -18.0
    tail_db: float = -47.0
    decay_s: float = 0.055
    """Time in which the tail falls by 8.7 dB."""
    damping_hz: float = 3_000.0

    def response(self, rng: np.random.Generator) -> Signal:
        """Draw an impulse response, shape (2, n): the direct sound at frame 0, equal in both ears."""
        n = round((self.last_s + 7.0 * self.decay_s) * SAMPLE_RATE)
        echo = np.zeros((2, n))
        for delay in np.geomspace(self.first_s, self.last_s, self.reflections):
            for ear in range(2):
                at = round(delay * float(rng.uniform(0.92, 1.08)) * SAMPLE_RATE)
                level = 10.0 ** (self.reflections_db / 20.0) * self.first_s / delay
                echo[ear, at] += level * rng.choice((-1.0, 1.0))
        t = np.arange(n) / SAMPLE_RATE
        late = rng.standard_normal((2, n)) * np.exp(-t / self.decay_s) * (t > self.first_s)
        echo += late * 10.0 ** (self.tail_db / 20.0)
        soft = signal.butter(1, self.damping_hz, fs=SAMPLE_RATE, output="sos")
        response: Signal = signal.sosfilt(soft, echo, axis=-1)
        response[:, 0] += 1.0
        return response
