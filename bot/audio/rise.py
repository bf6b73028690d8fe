"""How fast anything may grow louder while it plays: 1.8 dB a second in all, never 6 LU in three seconds.

Somebody sleeps. Softer comes at once (8 dB a second); louder comes slowly, whoever asks, and two wishes
share the pace. What is under QUIET_LUFS wakes nobody. Only a beginning, from
silence, has its own fade.
"""

import math
from collections.abc import Iterable
from typing import Final

SLEW_DB_PER_S: Final = 8.0
"""The fastest a level moves at a person's wish: the house allows 1 dB in 100 ms, the codec adds a little."""
RISE_DB_PER_S: Final = 1.8
LAYER_RISE_DB_PER_S: Final = 1.3
ENTERING_DB_PER_S: Final = 1.0
"""What sounds that come in add at most, since together they begin no louder than what plays already."""
HOUSE_LUFS: Final = -30.0
QUIET_LUFS: Final = -50.0
SWIFT_BELOW_LUFS: Final = -54.0
"""Up to here it may go up as fast as down; the rest of the way to QUIET_LUFS is for slowing down."""
_LEAST_LUFS: Final = -60.0
"""What a sound may come in with, whatever plays."""


def moved(value: float, wanted: float, *, down: float, up: float) -> float:
    """Move value towards wanted by at most `down` or `up`."""
    return min(wanted, value + up) if value < wanted else max(wanted, value - down)


def entering_lufs(heard_lufs: Iterable[float], entering_lufs: Iterable[float], n_new: int) -> float:
    """Return how loud each of some new sounds may come in, so that together they at most double what plays.

    heard_lufs: what sounds now. entering_lufs: what is on its way in already, as loud as it will be.
    """
    left = sum(map(_power, heard_lufs)) - sum(map(_power, entering_lufs))
    return 10.0 * math.log10(max(left, _power(_LEAST_LUFS)) / n_new)


def together_lufs(levels_lufs: Iterable[float]) -> float:
    """Return about how loud unlike sounds are together, LUFS."""
    return 10.0 * math.log10(max(sum(map(_power, levels_lufs)), 1e-12))


def _power(lufs: float) -> float:
    return math.pow(10.0, lufs / 10.0)
