"""A person's data: everything held, handed over, deleted."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.core.clock import Clock
from bot.privacy.ports import Held, Holder, PersonalRows, Table

FORMAT: Final = 1
NOT_HELD: Final = (
    "What you write to Hush, in direct messages, mentions, replies, options or forms.",
    "How you sounded, and whether a help card was ever shown to you.",
    "Messages that are not addressed to Hush: Discord does not even send their text.",
    "Who sits in a voice channel with you, or how long you listened.",
    "Your name, picture, e-mail address or anything else of your Discord profile.",
)
"""Said with every export, so that it is clear what cannot be asked for."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """All there is about one person."""

    tables: tuple[Table, ...]
    things: tuple[Held, ...]
    """Outside the tables."""

    @property
    def is_empty(self) -> bool:
        return not self.tables and not self.things


class Privacy:
    """Asks the tables, and every feature that registered as holding something besides."""

    def __init__(self, rows: PersonalRows, clock: Clock) -> None:
        self._rows = rows
        self._clock = clock
        self._holders: list[Holder] = []

    def register(self, holder: Holder) -> None:
        """Ask this feature too from now on."""
        self._holders.append(holder)

    async def holdings(self, user_id: int) -> Holdings:
        """Return everything held about a person; raise StoreError when the database does not answer."""
        things: list[Held] = []
        for holder in self._holders:
            things += await holder.held(user_id)
        return Holdings(tuple(await self._rows.of(user_id)), tuple(things))

    async def export(self, user_id: int) -> bytes:
        """Return everything held about a person as readable JSON in UTF-8. Raises StoreError."""
        holdings = await self.holdings(user_id)
        content = {
            "format": FORMAT,
            "made_at": self._clock.now().isoformat(),
            "discord_user_id": str(user_id),
            "held": [
                {"table": table.name, "what": table.what, "kept": table.kept, "rows": list(table.rows)}
                for table in holdings.tables
            ],
            "held_besides": [{"what": one.key, **one.values} for one in holdings.things],
            "not_held": list(NOT_HELD),
        }
        return json.dumps(content, ensure_ascii=False, indent=2, default=str).encode() + b"\n"

    async def delete(self, user_id: int) -> int:
        """Delete everything held about a person; return how many rows it was.

        Features let go first, so that nothing they do for the person writes a row afterwards. Raises
        StoreError when the database does not answer; asking again then does the rest.
        """
        for holder in self._holders:
            await holder.forget(user_id)
        return await self._rows.erase(user_id)


def named(tables: Sequence[Table]) -> list[str]:
    """Return what tables hold, in words, the same words once."""
    return list(dict.fromkeys(table.what for table in tables))
