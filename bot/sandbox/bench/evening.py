"""A crowded evening in a database: rules, what is due from them, and the direct messages they arrive in."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import aiohttp
from sqlalchemy import URL, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.reminders.firing import EVERY_DAY
from bot.reminders.model import Kind, Reminder, Rule
from bot.reminders.zones import zone
from bot.sandbox.recording.process import RecordingDiscord
from bot.store.database import Database
from bot.store.reminder_rows import reminder_row, rule_row
from bot.store.tables import direct_channel, reminder, reminder_rule

FIRST_PERSON = 600_000_000_000_000_000
_AT_ONCE = 1000
_ZONE = zone("Europe/Berlin")
_CONNECTIONS = 16


async def open_channels(discord: RecordingDiscord, people: Sequence[int]) -> dict[int, int]:
    """Open a direct message with each person, as a confirmation does; return the channels."""
    waiting, channels = list(reversed(people)), dict[int, int]()

    async def open_some(session: aiohttp.ClientSession) -> None:
        while waiting:
            person = waiting.pop()
            body = {"recipient_id": str(person)}
            async with session.post(f"{discord.url}/users/@me/channels", json=body) as answer:
                channels[person] = int((await answer.json())["id"])

    headers = {"Authorization": "Bot a-token"}
    async with aiohttp.ClientSession(headers=headers) as session:
        await asyncio.gather(*(open_some(session) for _ in range(_CONNECTIONS)))
    return channels


async def fill(url: URL, n_rules: int, channels: Mapping[int, int], due_at: datetime, now: datetime) -> None:
    """Keep `n_rules` rules: those of people with a channel are due at `due_at`, the rest over a day."""
    async with Database(url) as database:
        for first in range(0, n_rules, _AT_ONCE):
            numbers = range(first, min(first + _AT_ONCE, n_rules))
            async with database.transaction() as connection:
                await _add(connection, numbers, channels, due_at, now)
        for part in _parts([{"user_id": p, "channel_id": c, "closed_at": None} for p, c in channels.items()]):
            async with database.transaction() as connection:
                await connection.execute(insert(direct_channel), part)


async def _add(
    connection: AsyncConnection,
    numbers: range,
    channels: Mapping[int, int],
    due_at: datetime,
    now: datetime,
) -> None:
    rules, pending = [], []
    for number in numbers:
        user_id, at = FIRST_PERSON + number, due_at
        if user_id not in channels:
            at = now + timedelta(hours=1, seconds=number % 80_000)
        # The wall time it is due at: once delivered, the next one is tomorrow's.
        wall = at.astimezone(_ZONE).time().replace(second=0, microsecond=0)
        rule = Rule(number + 1, user_id, _ZONE.key, wall, EVERY_DAY)
        rules.append({"id": rule.id} | rule_row(rule, now))
        pending.append(reminder_row(Reminder(rule.user_id, Kind.BEDTIME, rule.id, at, at)))
    await connection.execute(insert(reminder_rule), rules)
    await connection.execute(insert(reminder), pending)


def _parts(rows: list[dict[str, object]]) -> Iterator[list[dict[str, object]]]:
    for first in range(0, len(rows), _AT_ONCE):
        yield rows[first : first + _AT_ONCE]
