"""What Hush whispers, read from whispers/<language>.toml: lines for people and their sounds, by kind."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from bot.core.errors import ContentError

TRIGGERS: Final = {
    "words": "whispered-words",
    "numbers": "counting",
    "gentle": "gentle-lines",
    "practice": "practice-lines",
}
"""The trigger each kind of lines is the bank of, in the order of the file."""
WHISPERING: Final = frozenset({*TRIGGERS.values(), "soft-whisper"})
"""Whoever never wants to hear one of these does not want to be whispered to."""


@dataclass(frozen=True)
class Line:
    """One whispered line. sounds: ARPAbet, `1` after the stressed vowels, `_` a pause."""

    text: str
    sounds: tuple[str, ...]


def whispered_lines(language: str = "en") -> Mapping[str, tuple[Line, ...]]:
    """Return the lines by kind: words, numbers, gentle, practice. Raises ContentError naming the file."""
    file = files("bot.content") / "whispers" / f"{language}.toml"
    try:
        kinds = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ContentError(f"whispers/{file.name}: {error}") from None
    for kind, lines in kinds.items():
        for text, sounds in lines.items():
            if not isinstance(sounds, str) or not sounds.split():
                raise ContentError(f"whispers/{file.name}: {kind}.{text}: needs its sounds")
    return {
        kind: tuple(Line(text, tuple(sounds.split())) for text, sounds in lines.items())
        for kind, lines in kinds.items()
    }


@cache
def bank_of(text: str) -> tuple[str, int] | None:
    """Return the trigger and the one-shot of its bank in which a line is whispered; None for no such line."""
    for kind, lines in whispered_lines().items():
        for index, line in enumerate(lines):
            if line.text == text and kind in TRIGGERS:
                return TRIGGERS[kind], index
    return None
