"""What monitoring needs to know, as the composition root gathers it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Readings:
    """Everything counted, at one moment. Counts run since the start of the process."""

    sessions: int
    """Servers in which something plays now."""
    streams: int
    """Plans being rendered now; a crossfade or an ending one counts until it is silent."""
    frames_late: int
    """Packets of 20 ms that were due and not ready."""
    reminders_delivered: int
    reminders_failed: int
    """Tries that Discord did not take; they are tried again, or told about."""
    commands_answered: int
    errors_shown: Mapping[str, int]
    """Commands and presses that could not be done, by why."""


@dataclass(frozen=True, slots=True)
class Health:
    """Whether each part that Hush cannot do without is working."""

    gateway: bool
    """Every shard is connected to Discord."""
    sound: bool
    """The render worker is alive."""
    database: bool
    """It gave an answer just now."""

    @property
    def lacking(self) -> list[str]:
        """The parts that do not work."""
        return [part for part in ("gateway", "sound", "database") if not getattr(self, part)]


class Vitals(Protocol):
    """Where the numbers come from. Both are quick: a monitoring system asks every few seconds."""

    def read(self) -> Readings: ...

    async def health(self) -> Health:
        """Never raises; what cannot be asked is not healthy."""
        ...
