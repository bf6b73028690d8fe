"""Desired sessions in the database, behind playback's port."""

import json
import logging
import math
from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any, Final

from sqlalchemy import Row, delete, select

from bot.audio.arc import Arc
from bot.audio.mix import Layer, Mix, Place, Plan
from bot.audio.score import Bell, Breaths, Whisper, whispers_of
from bot.core.clock import Clock
from bot.core.errors import StoreError
from bot.playback.desired import DesiredSession
from bot.store.database import Database
from bot.store.tables import voice_session
from bot.store.upsert import upsert

_log = logging.getLogger(__name__)

_FORMAT: Final = 1
_COLUMNS: Final = [voice_session.columns[field.name] for field in fields(DesiredSession)]


class SqlSessionStore:
    """Implements `bot.playback.desired.SessionStore`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def put(self, session: DesiredSession) -> None:
        row = {column.name: getattr(session, column.name) for column in _COLUMNS}
        row |= {"plan": plan_to_text(session.plan), "updated_at": self._clock.now()}
        async with self._database.transaction() as connection:
            await upsert(connection, voice_session, row)

    async def get(self, guild_id: int) -> DesiredSession | None:
        statement = select(*_COLUMNS).where(voice_session.columns.guild_id == guild_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return None if row is None else _session(row)

    async def remove(self, guild_id: int) -> None:
        async with self._database.transaction() as connection:
            await connection.execute(delete(voice_session).where(voice_session.columns.guild_id == guild_id))

    async def all(self) -> Sequence[DesiredSession]:
        statement = select(*_COLUMNS).order_by(voice_session.columns.guild_id)
        async with self._database.reading() as connection:
            rows = (await connection.execute(statement)).all()
        sessions = []
        for row in rows:
            try:
                sessions.append(_session(row))
            except StoreError:
                _log.exception("a session is left out")
        return sessions


def plan_to_text(plan: Plan) -> str:
    """Write a plan as JSON. A silent layer's gain is null: JSON has no infinity."""
    layers = [
        {
            "trigger": layer.trigger,
            "gain_db": None if layer.gain_db == -math.inf else layer.gain_db,
            "place": None if layer.place is None else asdict(layer.place),
        }
        for layer in plan.mix.layers
    ]
    content: dict[str, Any] = {"format": _FORMAT, "seed": plan.seed, "layers": layers}
    if plan.arc is not None:
        content["arc"] = asdict(plan.arc)
    if plan.score:
        content["bells"] = [part.at_s for part in plan.score if isinstance(part, Bell)]
        content["breaths"] = [asdict(part) for part in plan.score if isinstance(part, Breaths)]
        content["whispers"] = [asdict(part) for part in whispers_of(plan.score)]
    return json.dumps(content, allow_nan=False)


def plan_from_text(text: str) -> Plan:
    """Read a plan back; raise StoreError when the text is none."""
    try:
        content = json.loads(text)
        if content["format"] != _FORMAT:
            raise ValueError(f"format {content['format']}")  # noqa: TRY301 - one place makes the sentence
        layers = tuple(_layer(layer) for layer in content["layers"])
        bells = [Bell(at_s) for at_s in content.get("bells", ())]
        breaths = [Breaths(**part) for part in content.get("breaths", ())]
        whispers = [Whisper(**part) for part in content.get("whispers", ())]
        arc = Arc(**content["arc"]) if "arc" in content else None
        return Plan(Mix(layers), content["seed"], (*bells, *breaths, *whispers), arc)
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"A plan in voice_session.plan cannot be read: {error!r}.") from error


def _layer(content: dict[str, Any]) -> Layer:
    gain_db = -math.inf if content["gain_db"] is None else content["gain_db"]
    place = content["place"]
    return Layer(content["trigger"], gain_db, None if place is None else Place(**place))


def _session(row: Row[Any]) -> DesiredSession:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
    return DesiredSession(**{**values, "plan": plan_from_text(values["plan"])})
