"""What the help card has on it, in which order. Pure: whatever fails elsewhere, this is there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Self

from bot.content.helpline_directory import Emergency, HelplineDirectory, Line
from bot.support.levels import Level
from bot.support.ports import Resource

MOST_LINES: Final = 2
"""More than two to choose from is no help on the worst night; a youth line comes besides."""
MOST_RESOURCES: Final = 4


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person chose on the card; it travels in the buttons, so that nothing need be kept."""

    language: str
    """A tag of the locale files."""
    country: str | None = None
    """ISO 3166 alpha-2."""
    concern: str | None = None
    """One of CONCERNS."""

    def but(self, *, language: str | None = None, country: str | None = None) -> "Wish":
        return replace(self, language=language or self.language, country=country or self.country)


@dataclass(frozen=True, slots=True)
class Card:
    """One help card, ready to be drawn from top to bottom."""

    wish: Wish
    level: Level
    emergency: Emergency | None
    """None while the country is not known."""
    lines: tuple[Line, ...]
    """Checked within a year: above the directory."""
    older_lines: tuple[Line, ...]
    """Checked longer ago: below the directory, with their date."""
    resources: tuple[Resource, ...]
    """The server's own, always last."""

    @classmethod
    def of(
        cls,
        directory: HelplineDirectory,
        wish: Wish,
        today: date,
        *,
        level: Level = Level.NONE,
        resources: Sequence[Resource] = (),
    ) -> Self:
        country = directory.countries.get(wish.country or "")
        shown = () if country is None else _shown(country.lines, today)
        return cls(
            wish=wish,
            level=level,
            emergency=None if country is None else country.emergency,
            lines=tuple(line for line in shown if line.is_fresh(today)),
            older_lines=tuple(line for line in shown if not line.is_fresh(today)),
            resources=tuple(resources[:MOST_RESOURCES]),
        )

    @property
    def written_lines(self) -> tuple[Line, ...]:
        """Those that can be reached without speaking, the fresher first."""
        return tuple(line for line in (*self.lines, *self.older_lines) if line.is_written)


def _shown(lines: Sequence[Line], today: date) -> tuple[Line, ...]:
    """Choose lines for everybody, the freshest first and pairs together, then one for young people."""
    ranked = sorted(lines, key=lambda line: not line.is_fresh(today))
    chosen: list[Line] = []
    for line in ranked:
        together = [line, *(other for other in lines if other.name == line.pair)]
        fits = len(chosen) + len(together) <= MOST_LINES
        if not line.meant_for and line not in chosen and fits:
            chosen += together
    youth = next((line for line in ranked if "youth" in line.meant_for), None)
    return tuple(chosen) if youth is None else (*chosen, youth)
