"""What a person may say it is about. None of it is kept."""

from typing import Final

CONCERNS: Final = (
    "suicidal_thoughts",
    "self_harm",
    "low_mood",
    "anxiety",
    "sleep",
    "loss",
    "trauma",
    "eating",
    "substances",
    "violence",
    "someone_else",
)
"""Ids; their names and the kinds of help for each are in the locale files."""
HEAVY_CONCERNS: Final = frozenset({"suicidal_thoughts", "self_harm"})
"""Those the card meets like words of that weight."""
