"""The places a person can name, and where they are around the head."""

from typing import Final

from bot.audio.mix import Place

AROUND: Final = "around"
"""As the sound was made: beds all around, events where they fall."""
PLACES: Final[dict[str, Place | None]] = {
    "left": Place(-75.0, 0.3),
    "right": Place(75.0, 0.3),
    AROUND: None,
    "close": Place(0.0, 0.15),
    "far": Place(0.0, 3.0),
    "slow-circle": Place(0.0, 0.4, 24.0),
}


def name_of(place: Place | None) -> str | None:
    """Return the name of a place, None for one that has none."""
    return next((name for name, known in PLACES.items() if known == place), None)
