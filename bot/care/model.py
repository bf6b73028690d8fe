"""The values self-care speaks in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, get_args

from bot.content.care import Daytime, Feeling, Pairing


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the locale files, and what fills it."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known about the moment somebody asks in."""

    feeling: Feeling
    minutes: int
    daytime: Daytime | None = None
    """None while their time zone is not known."""
    hears: bool = False
    """They sit in a voice channel, so sounds can be played."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How something went, by a tap: calmer or no change. Nothing else about it is kept."""

    pairing_id: str
    sound: str | None
    calmer: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class History:
    """What is remembered about one person's self-care."""

    refused: frozenset[str] = frozenset()
    """Pairings they said are not for them."""
    outcomes: tuple[Outcome, ...] = ()
    blocked: frozenset[str] = frozenset()
    """Sounds that are never played to them."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A pairing for now, the sound to go with it, and why."""

    pairing_id: str
    pairing: Pairing
    minutes: int
    sound: str | None
    reason: Said


def daytime_at(hour: int) -> Daytime:
    """Return what people call this hour, 0..23."""
    if 5 <= hour < 10:
        return "morning"
    if 10 <= hour < 18:
        return "day"
    return "evening" if 18 <= hour < 22 else "night"


HELP_FIRST: Final[frozenset[Feeling]] = frozenset({"overwhelmed", "sad", "lonely"})
"""Feelings that may be more than a hard evening: help is shown before anything else."""
FEELINGS: Final[tuple[Feeling, ...]] = get_args(Feeling)
