"""Ordinary chat: frames of sentences and words to fill them in, so that triage knows everyday talk."""

import tomllib
from collections.abc import Iterator
from hashlib import sha256
from itertools import chain
from pathlib import Path
from string import Formatter

from bot.support.levels import Level
from corpus.rows import EVERYDAY, Row

FOLDER = Path(__file__).parent / "everyday"
FILLINGS = 6
"""At most so many lines from one whole sentence."""
COMPOSED = 250
"""At most so many from a sentence put together from its parts."""


def everyday() -> list[Row]:
    """Return the benign rows of all languages; the same on every machine."""
    return list(chain.from_iterable(_rows(path) for path in sorted(FOLDER.glob("*.toml"))))


def files() -> list[Path]:
    return sorted(FOLDER.glob("*.toml"))


def _rows(path: Path) -> Iterator[Row]:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    lang, slots = path.stem, content["slots"]
    frames = [(frame, FILLINGS) for frame in content["lines"]]
    frames += [(frame, COMPOSED) for frame in content["composed"]]
    lines = (
        line for at, (frame, n) in enumerate(frames) for line in _filled(frame, slots, n, seed=f"{lang}/{at}")
    )
    for line in dict.fromkeys(lines):
        yield Row(line, Level.NONE, frozenset({Level.NONE}), lang, ("plain",), f"{EVERYDAY}-{lang}")


def _filled(frame: str, slots: dict[str, list[str]], n: int, seed: str) -> Iterator[str]:
    parts = [(text, name) for text, name, _, _ in Formatter().parse(frame)]
    for turn in range(n):
        line = "".join(
            text + (_pick(slots[name], f"{seed}/{turn}/{at}") if name else "")
            for at, (text, name) in enumerate(parts)
        )
        yield " ".join(line.split())


def _pick(words: list[str], seed: str) -> str:
    return words[int.from_bytes(sha256(seed.encode()).digest()[:8]) % len(words)]
