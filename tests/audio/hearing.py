"""What the audio tests listen with: steady sources and simple measures."""

import numpy as np

from bot.audio.loudness import short_term_lufs
from bot.audio.mix import Layer, Mix, Plan
from bot.audio.opus import SAMPLE_RATE, SILENCE_PACKET, OpusDecoder, Pcm
from bot.audio.rise import QUIET_LUFS
from bot.audio.stream import Stream


class Tone:
    """A source that sounds one frequency for ever, at a known level."""

    thins = False
    level_lufs: float | None = -30.0

    def __init__(self, hz: float = 440.0, amplitude: float = 0.03) -> None:
        self.hz, self.amplitude = hz, amplitude

    def render(self, start: int, frames: int) -> Pcm:
        at = np.arange(start, start + frames)
        wave = self.amplitude * np.sin(2 * np.pi * self.hz * (at % SAMPLE_RATE) / SAMPLE_RATE)
        return np.stack([wave, wave], axis=1).astype(np.float32)


def plan(*triggers: str, seed: int = 1) -> Plan:
    return Plan(Mix(tuple(Layer(trigger) for trigger in triggers)), seed)


def tones(layer: Layer, seed: int, arc: object = None) -> Tone:
    """Open a source for any trigger: its name picks the frequency, a whole number of hertz."""
    return Tone(200.0 + 50.0 * (sum(layer.trigger.encode()) % 40))


class Listener:
    """Somebody in the channel: one decoder for the whole session, as a client has."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self._decoder = OpusDecoder()

    def hear(self, seconds: float) -> Pcm:
        """Pull packets as a channel would and decode them, rendering when the stream wants it."""
        return np.concatenate([self._decoder.decode(packet) for packet in pull(self.stream, seconds)])


def pull(stream: Stream, seconds: float) -> list[bytes]:
    packets = []
    for _ in range(round(seconds * 50)):
        while stream.wants_more():
            stream.produce()
        packets.append(stream.read() or SILENCE_PACKET)
    return packets


def levels_db(pcm: Pcm, window_s: float = 0.1) -> np.ndarray:
    """RMS level of each window, dB re full scale, floored at -120."""
    n = round(window_s * SAMPLE_RATE)
    blocks = pcm[: len(pcm) // n * n].reshape(-1, n * pcm.shape[1]).astype(np.float64)
    return 10 * np.log10(np.maximum(np.mean(blocks**2, axis=1), 1e-12))


def rises_lu(pcm: Pcm) -> np.ndarray:
    """Rise of short-term loudness over three seconds, LU, each 0.1 s; from nothing quieter than wakes."""
    loudness = short_term_lufs(pcm)
    return loudness[30:] - np.maximum(loudness[:-30], QUIET_LUFS)
