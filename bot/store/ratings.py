"""Answers about sounds, as counts, behind discovery's port."""

from datetime import datetime

from sqlalchemy import select

from bot.discovery.ratings import Ratings, Tally
from bot.store.database import Database
from bot.store.tables import sound_rating
from bot.store.upsert import upsert


class SqlRatingStore:
    """Implements `bot.discovery.ports.RatingStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, user_id: int, sound: str, at: datetime, *, pleasant: bool, tingled: bool) -> None:
        columns = sound_rating.columns
        mine = select(columns.pleasant, columns.unpleasant, columns.tingled, columns.did_not).where(
            columns.user_id == user_id, columns.sound == sound
        )
        async with self._database.transaction() as connection:
            row = (await connection.execute(mine.with_for_update())).one_or_none()
            tally = (Tally() if row is None else Tally(*row)).with_answer(pleasant=pleasant, tingled=tingled)
            counted = {
                "user_id": user_id,
                "sound": sound,
                "pleasant": tally.pleasant,
                "unpleasant": tally.unpleasant,
                "tingled": tally.tingled,
                "did_not": tally.did_not,
                "rated_at": at,
            }
            await upsert(connection, sound_rating, counted)

    async def of(self, user_id: int) -> Ratings:
        columns = sound_rating.columns
        statement = select(
            columns.sound, columns.pleasant, columns.unpleasant, columns.tingled, columns.did_not
        ).where(columns.user_id == user_id)
        async with self._database.reading() as connection:
            return {sound: Tally(*counts) for sound, *counts in await connection.execute(statement)}
