"""Steps of volume that feel even: about 3 dB each on the house's curve, 40 log10(v / 100)."""

import math

_STEP_DB = 3.0
_RATIO = math.pow(10.0, _STEP_DB / 40.0)
SOFTEST = 10
"""Steps end here, at -40 dB: a tap too many must not turn into silence."""


def quieter(percent: int) -> int:
    """Return the volume one step down; what is softer than the last step stays as it is."""
    return max(min(percent, SOFTEST), round(percent / _RATIO))


def louder(percent: int) -> int:
    """Return the volume one step up, 100 at most; out of silence it begins at the softest step."""
    return min(100, max(SOFTEST, round(percent * _RATIO)))
