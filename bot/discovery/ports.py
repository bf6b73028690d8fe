"""What discovery needs from the outside world."""

from datetime import datetime
from typing import Protocol

from bot.discovery.ratings import Ratings


class RatingStore(Protocol):
    """Remembers answers as counts. Raises StoreError when the database does not answer."""

    async def add(self, user_id: int, sound: str, at: datetime, *, pleasant: bool, tingled: bool) -> None:
        """Count one answer about one sound."""
        ...

    async def of(self, user_id: int) -> Ratings: ...


class Blocks(Protocol):
    """What is never played while somebody listens."""

    async def blocked(self, user_id: int) -> frozenset[str]: ...
