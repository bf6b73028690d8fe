"""A breath as a circle: it grows while breathing in, rests while holding, shrinks while breathing out."""

import math

from bot.content.care import BreathPattern
from bot.pictures.files import Animation
from bot.pictures.scenes import breathing


def draw_breath(pattern: BreathPattern) -> Animation:
    """Render one whole breath as a loop, in its own time."""
    return breathing(lambda at_s: _shape(pattern, at_s), pattern.length_s)


def _shape(pattern: BreathPattern, at_s: float) -> tuple[float, float]:
    """Return size and glow at a moment of the breath; the glow marks a held breath."""
    full_s = pattern.inhale_s + pattern.top_s
    out_s = full_s + pattern.hold_s
    if at_s < pattern.inhale_s:
        return _eased(at_s / pattern.inhale_s) * (0.8 if pattern.top_s else 1.0), 0.3
    if at_s < full_s:
        return 0.8 + 0.2 * _eased((at_s - pattern.inhale_s) / pattern.top_s), 0.3
    if at_s < out_s:
        return 1.0, 0.3 + 0.5 * math.sin(math.pi * (at_s - full_s) / pattern.hold_s)
    return 1.0 - _eased(min(1.0, (at_s - out_s) / pattern.exhale_s)), 0.3


def _eased(share: float) -> float:
    return 0.5 - 0.5 * math.cos(math.pi * share)
