"""How long each table's rows are kept: said to people, written in docs/privacy.md, and enforced by a sweep.

A table without a term here fails a test, so that a new one cannot be forgotten.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Table, delete

from bot.store.database import Database
from bot.store.tables import metadata


@dataclass(frozen=True, slots=True)
class Term:
    """How long rows are kept. `days` count from the instant in the column `since`."""

    what: str
    """What the rows are, in words for the person or server they are about."""
    days: int | None = None
    """None: not by the calendar; `until` says."""
    since: str | None = None
    until: str = "until you delete it"

    @property
    def spoken(self) -> str:
        if self.days is None:
            return self.until
        if self.days == 0:
            return "until its date of expiry"
        return f"{self.days} days, or {self.until}"


_WITH_THE_SERVER: Final = "30 days after Hush leaves the server"

TERMS: Final[Mapping[str, Term]] = {
    "voice_session": Term("what a server hears now, and who asked for it", 30, "updated_at", "until it ends"),
    "guild_settings": Term("a server's settings", until=_WITH_THE_SERVER),
    "channel_cap": Term("the loudest a channel may be", until=_WITH_THE_SERVER),
    "person_settings": Term("your settings: language, country, time zone, quiet", 1095, "updated_at"),
    "sleep_room": Term("a server's sleep rooms", until=_WITH_THE_SERVER),
    "server_resource": Term("a server's own help", until=_WITH_THE_SERVER),
    "own_recording": Term("recordings you brought", until="until they are removed, or " + _WITH_THE_SERVER),
    "guild_departure": Term("when Hush left a server", until=_WITH_THE_SERVER),
    "refused_pairing": Term("suggestions you did not want again", 1095, "refused_at"),
    "care_outcome": Term("whether a suggestion left you calmer", 90, "felt_at"),
    "guide": Term(
        "a guided practice that runs now, and the key that changes its answer for 15 minutes",
        until="until it ends",
    ),
    "reminder_rule": Term("your reminders", until="until you remove them"),
    "reminder": Term("what is due next from your reminders", 30, "due_at", "until it is delivered"),
    "reminder_process": Term("which processes deliver reminders", 30, "seen_at", "until they end"),
    "reminder_channel": Term("where a server allows reminders", until=_WITH_THE_SERVER),
    "direct_channel": Term("where your direct messages are", until="until you delete it"),
    "familiar_guild": Term("a server you used Hush in", 90, "used_at"),
    "winddown": Term("your wind-down", 1095, "updated_at"),
    "sound_rating": Term("how sounds were for you", 1095, "rated_at"),
    "preset": Term("mixes you kept", 1095, "saved_at"),
    "favourite_sound": Term("sounds you like best", 1095, "chosen_at"),
    "blocked_sound": Term("sounds you never want to hear", 1095, "chosen_at"),
    "night": Term("how your nights were", 0, "expires_at"),
}


def kept(table: Table) -> Term:
    """Return a table's term; a careful one for a table that has none yet."""
    return TERMS.get(table.name, Term(table.name.replace("_", " ")))


class SqlRetention:
    """Implements `bot.privacy.ports.RetentionStore`."""

    def __init__(self, database: Database, terms: Mapping[str, Term] = TERMS) -> None:
        self._database = database
        self._terms = terms

    async def sweep(self, now: datetime) -> int:
        n_rows = 0
        for name, term in self._terms.items():
            if term.days is not None and term.since is not None:
                table = metadata.tables[name]
                over = table.columns[term.since] < now - timedelta(days=term.days)
                async with self._database.transaction() as connection:  # one a table: nobody waits long
                    n_rows += (await connection.execute(delete(table).where(over))).rowcount
        return n_rows
