"""What was good for whom, and the guides on their way, behind self-care's ports."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select

from bot.care.guide import GuideRecord, GuideWish, ReplyKey
from bot.care.model import Outcome
from bot.care.ports import KEPT
from bot.care.timeline import Progress
from bot.core.clock import Clock
from bot.store.database import Database
from bot.store.tables import care_outcome, guide, refused_pairing
from bot.store.upsert import upsert


class SqlCareStore:
    """Implements `bot.care.ports.CareStore`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def refuse(self, user_id: int, pairing_id: str, at: datetime) -> None:
        row = {"user_id": user_id, "pairing_id": pairing_id, "refused_at": at}
        async with self._database.transaction() as connection:
            await upsert(connection, refused_pairing, row)

    async def refused(self, user_id: int) -> frozenset[str]:
        columns = refused_pairing.columns
        async with self._database.reading() as connection:
            rows = await connection.execute(select(columns.pairing_id).where(columns.user_id == user_id))
            return frozenset(rows.scalars())

    async def record(self, user_id: int, outcome: Outcome) -> None:
        columns = care_outcome.columns
        row = {
            "user_id": user_id,
            "pairing_id": outcome.pairing_id,
            "felt_at": outcome.at,
            "sound": outcome.sound,
            "calmer": outcome.calmer,
        }
        async with self._database.transaction() as connection:
            old = columns.felt_at < self._clock.now() - KEPT
            await connection.execute(delete(care_outcome).where(columns.user_id == user_id, old))
            await upsert(connection, care_outcome, row)

    async def outcomes(self, user_id: int) -> Sequence[Outcome]:
        columns = care_outcome.columns
        statement = (
            select(columns.pairing_id, columns.sound, columns.calmer, columns.felt_at)
            .where(columns.user_id == user_id, columns.felt_at >= self._clock.now() - KEPT)
            .order_by(columns.felt_at)
        )
        async with self._database.reading() as connection:
            return [Outcome(*row) for row in await connection.execute(statement)]


class SqlGuideStore:
    """Implements `bot.care.ports.GuideStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, record: GuideRecord) -> None:
        wish, progress = record.wish, record.progress
        row = {
            "message_id": record.message_id,
            "channel_id": record.channel_id,
            "guild_id": record.guild_id,
            "user_id": record.user_id,
            "kind": wish.kind,
            "content_id": wish.content_id,
            "minutes": wish.minutes,
            "sound": wish.sound,
            "reached_s": progress.reached_s,
            "since": progress.since,
            "pace": progress.pace,
            "voice_channel_id": record.voice_channel_id,
            "began_sound": record.began_sound,
            "reply_token": None if record.reply is None else record.reply.token,
            "reply_until": None if record.reply is None else record.reply.until,
        }
        async with self._database.transaction() as connection:
            await upsert(connection, guide, row)

    async def remove(self, message_id: int) -> None:
        async with self._database.transaction() as connection:
            await connection.execute(delete(guide).where(guide.columns.message_id == message_id))

    async def all(self) -> Sequence[GuideRecord]:
        async with self._database.reading() as connection:
            return [_record(row) for row in await connection.execute(select(guide))]


def _record(row: Row[Any]) -> GuideRecord:
    return GuideRecord(
        row.message_id,
        row.channel_id,
        row.guild_id,
        row.user_id,
        GuideWish(row.kind, row.content_id, row.minutes, row.sound),
        Progress(row.reached_s, row.since, row.pace),
        row.voice_channel_id,
        began_sound=row.began_sound,
        reply=None if row.reply_token is None else ReplyKey(row.reply_token, row.reply_until),
    )
