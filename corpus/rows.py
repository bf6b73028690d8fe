"""The batches of the triage corpus as rows."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.support.levels import Level

FOLDER = Path(__file__).parent / "triage"
CHAT_FOLDER = Path(__file__).parent / "chat"
CHAT = "chat"
EVERYDAY = "everyday"
PLAIN = frozenset({"plain", "greeting", "request"})
"""Families of benign rows that nobody would mistake; every other benign row is a tricky one."""


@dataclass(frozen=True, slots=True)
class Row:
    text: str
    level: Level
    ok: frozenset[Level]
    lang: str
    families: tuple[str, ...]
    batch: str

    @property
    def chat(self) -> bool:
        """Whether it is ordinary chat that an author wrote."""
        return self.batch.startswith(CHAT)

    @property
    def everyday(self) -> bool:
        """Whether it is a made line of ordinary chat, for training only."""
        return self.batch.startswith(EVERYDAY)

    @property
    def tricky(self) -> bool:
        """Whether it is benign and made to look otherwise."""
        return (
            self.level is Level.NONE
            and not self.everyday
            and not self.chat
            and not PLAIN.issuperset(self.families)
        )


def kind(batch: str) -> str:
    """Return what a batch is one of many of: rows, chat or made lines, the first two of one language."""
    return batch.rpartition("-")[0]


def batches(folder: Path = FOLDER) -> list[Path]:
    return sorted(folder.glob("*.jsonl"))


def load(paths: Sequence[Path] | None = None) -> list[Row]:
    """Read whole batches (all unless named), in the order of their names."""
    return [
        _row(json.loads(line), path.stem)
        for path in (batches() if paths is None else paths)
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def chat_files(folder: Path = CHAT_FOLDER) -> list[Path]:
    return sorted(folder.glob("*.txt"))


def chat() -> list[Row]:
    """Read the batches of ordinary chat, a line each: benign, written by authors of their own."""
    return [
        Row(
            line,
            Level.NONE,
            frozenset({Level.NONE}),
            path.stem.split("-")[0],
            ("plain",),
            f"{CHAT}-{path.stem}",
        )
        for path in chat_files()
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def digest(paths: Sequence[Path]) -> str:
    """Return a fingerprint of files' names and contents."""
    found = hashlib.sha256()
    for path in sorted(paths, key=lambda p: p.name):
        found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def _row(row: dict[str, Any], batch: str) -> Row:
    return Row(
        text=row["text"],
        level=Level[row["level"].upper()],
        ok=frozenset(Level[name.upper()] for name in row["ok"]),
        lang=row["lang"],
        families=tuple(row["families"]),
        batch=batch,
    )
