"""What support needs from the outside: what a server offers itself, and a few choices of a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

NAME_LIMIT: Final = 80
WHAT_LIMIT: Final = 200
HOW_LIMIT: Final = 200
HOURS_LIMIT: Final = 80
LINK_LIMIT: Final = 200
MOST_PER_SERVER: Final = 10


@dataclass(frozen=True, slots=True)
class Resource:
    """A server's own help, as its admins wrote it: plain text, whatever is in it."""

    name: str
    what: str
    how: str
    hours: str | None = None
    link: str | None = None
    """https only."""


class ResourceStore(Protocol):
    """Remembers servers' resources. Every method raises StoreError when the database does not answer."""

    async def of(self, guild_id: int) -> Sequence[Resource]:
        """Return a server's resources in the order they were added."""
        ...

    async def add(self, guild_id: int, resource: Resource) -> None:
        """Add it; one of that name is replaced in its place."""
        ...

    async def remove(self, guild_id: int, name: str) -> bool:
        """Take it away; False when there is none of that name."""
        ...
