"""How this bot is, gathered from the rooms that know."""

from dataclasses import asdict

from bot.audio.engine import Engine
from bot.gateway.client import Hush
from bot.monitoring.ports import Health, Readings
from bot.playback.sessions import Sessions
from bot.reminders.rounds import Rounds
from bot.store.checkup import answers
from bot.store.database import Database


class BotVitals:
    """Implements `bot.monitoring.ports.Vitals` for one bot."""

    def __init__(
        self, client: Hush, sessions: Sessions, engine: Engine, database: Database, reminders: Rounds
    ) -> None:
        self._client = client
        self._reminders = reminders
        self._sessions = sessions
        self._engine = engine
        self._database = database

    def read(self) -> Readings:
        errors = asdict(self._client.tally)
        return Readings(
            sessions=sum(self._sessions.playing(guild.id) is not None for guild in self._client.guilds),
            streams=self._engine.n_streams,
            frames_late=self._engine.n_packets_late,
            reminders_delivered=self._reminders.n_delivered,
            reminders_failed=self._reminders.n_failed,
            commands_answered=errors.pop("answered"),
            errors_shown=errors,
        )

    async def health(self) -> Health:
        return Health(
            gateway=self._client.is_connected,
            sound=self._engine.is_alive,
            database=await answers(self._database),
        )
