"""What privacy needs: every row about a person, and features that hold something besides rows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

Row = Mapping[str, object]
"""A row by column, in values JSON knows; ids and instants as text."""


@dataclass(frozen=True, slots=True)
class Table:
    """What one table holds about a person."""

    name: str
    what: str
    """In words, for the person."""
    kept: str
    """How long, in words."""
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """One thing a feature holds outside the tables: a key of the locale files with what fills it."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


class PersonalRows(Protocol):
    """Every row about a person, found by walking the schema. Raises StoreError when it cannot be done."""

    async def of(self, user_id: int) -> Sequence[Table]:
        """Return the tables that hold something about them."""
        ...

    async def erase(self, user_id: int) -> int:
        """Delete their rows and take their id off others' rows, all or nothing; return how many."""
        ...


class Holder(Protocol):
    """A feature that holds something about people outside the tables, or writes rows about them by itself.

    Each is registered with `Privacy`, which asks all of them.
    """

    async def held(self, user_id: int) -> Sequence[Held]:
        """Return what it holds besides rows, each worth a line before it is deleted: files by their name."""
        ...

    async def forget(self, user_id: int) -> None:
        """Let go of the person: files, memory, what runs for them (faded out).

        Once it returns, nothing of this feature writes a row about them any more. Their rows may still be
        there; they are erased right after. Raises StoreError or OSError when something could not be let go.
        """
        ...


class DepartureStore(Protocol):
    """Remembers which servers Hush is no longer in. Every method raises StoreError when it cannot."""

    async def departed(self, guild_id: int, at: datetime) -> None:
        """Remember when it was removed from a server; the first time counts."""
        ...

    async def returned(self, guild_ids: Collection[int]) -> None:
        """Forget that it ever left these."""
        ...

    async def known(self) -> Collection[int]:
        """Return every server some table holds something about."""
        ...

    async def left_before(self, at: datetime) -> Collection[int]:
        """Return the servers it was removed from before then, and has not come back to."""
        ...

    async def erase(self, guild_id: int) -> int:
        """Delete what belongs to a server and take its ids off people's rows; return how many rows."""
        ...


class RetentionStore(Protocol):
    async def sweep(self, now: datetime) -> int:
        """Delete the rows whose time is over; return how many. Raises StoreError when it cannot."""
        ...


class Presence(Protocol):
    """Which servers Hush is in."""

    @property
    def is_complete(self) -> bool:
        """Whether Discord has told of every server of this process."""
        ...

    def responsible_for(self, guild_id: int) -> bool:
        """Whether this process would be in it: another one's servers are none of its business."""
        ...

    def is_in(self, guild_id: int) -> bool: ...
