"""Wind-downs in the database, behind the port of the evenings."""

from sqlalchemy import select

from bot.core.clock import Clock
from bot.reminders.routine import Routine
from bot.store.database import Database
from bot.store.tables import winddown
from bot.store.upsert import upsert


class SqlRoutineStore:
    """Implements `bot.reminders.routine.RoutineStore`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def get(self, user_id: int) -> Routine:
        c = winddown.columns
        statement = select(c.user_id, c.sound, c.minutes, c.pairing).where(c.user_id == user_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return Routine(user_id) if row is None else Routine(*row)

    async def put(self, routine: Routine) -> None:
        row = {
            "user_id": routine.user_id,
            "sound": routine.sound,
            "minutes": routine.minutes,
            "pairing": routine.pairing,
            "updated_at": self._clock.now(),
        }
        async with self._database.transaction() as connection:
            await upsert(connection, winddown, row)
