"""What Hush whispers, read from whispers/<language>.toml: lines for people and their sounds, by kind."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from bot.core.errors import ContentError


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
