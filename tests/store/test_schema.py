"""The migrations lead to the tables the stores believe in, and those say whose data they hold."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, Connection, MetaData, Table, insert, inspect, select
from sqlalchemy.exc import StatementError

from bot.store.engines import offline
from bot.store.migrate import Schema, migrate
from bot.store.retention import TERMS
from bot.store.tables import metadata, person_columns, voice_session
from bot.store.types import Instant
from tests.databases import new_database


def described(connection: Connection) -> dict[str, object]:
    """Everything the engine itself says about its tables, as plain values."""
    inspector = inspect(connection)
    return {
        table: {
            "columns": [
                {**column, "type": column["type"].compile(connection.dialect)}
                for column in inspector.get_columns(table)
            ],
            "primary key": inspector.get_pk_constraint(table),
            "foreign keys": inspector.get_foreign_keys(table),
            "indexes": inspector.get_indexes(table),
            "unique": inspector.get_unique_constraints(table),
            "checks": inspector.get_check_constraints(table),
        }
        for table in sorted(inspector.get_table_names())
        if table != "alembic_version"
    }


def test_migrating_from_nothing_gives_the_tables_of_the_code(engine, tmp_path, request):
    migrated, created = (new_database(engine, tmp_path, request) for _ in range(2))
    assert migrate(migrated).before is None
    if engine == "sqlite":
        (tmp_path / created.database).parent.mkdir()
    makers = [offline(url, "migrator") for url in (migrated, created)]
    with makers[0].connect() as left, makers[1].begin() as right:
        metadata.create_all(right)
        assert described(left) == described(right)
        assert set(described(left)) == set(metadata.tables)
    for maker in makers:
        maker.dispose()


def test_the_history_is_one_line():
    schema = Schema()
    assert sorted(schema.known) == [f"{number:04}" for number in range(1, len(schema.known) + 1)]
    assert schema.head == max(schema.known)


def test_a_persons_id_is_found_by_walking_the_schema():
    found = {f"{column.table.name}.{column.name}" for column in person_columns()}
    assert found == {
        "voice_session.asked_by",
        "person_settings.user_id",
        "refused_pairing.user_id",
        "care_outcome.user_id",
        "guide.user_id",
        "sound_rating.user_id",
        "own_recording.owner_id",
        "reminder_rule.user_id",
        "reminder.user_id",
        "direct_channel.user_id",
        "familiar_guild.user_id",
        "winddown.user_id",
        "night.user_id",
        "preset.user_id",
        "favourite_sound.user_id",
        "blocked_sound.user_id",
    }


def test_no_column_that_looks_like_a_persons_id_goes_unmarked():
    marked = set(person_columns())
    for table in metadata.sorted_tables:
        for column in table.columns:
            if any(word in column.name for word in ("user", "person", "member", "author", "_by")):
                assert column in marked, f"{table.name}.{column.name}"


def test_every_table_has_a_term() -> None:
    lacking = set(metadata.tables) - set(TERMS)
    assert not lacking, "say in bot/store/retention.py and docs/privacy.md how long these are kept"
    assert set(TERMS) <= set(metadata.tables)


async def test_an_instant_keeps_its_moment_and_loses_its_zone(database):
    late = datetime(2026, 10, 25, 2, 30, tzinfo=timezone(timedelta(hours=13, minutes=45)))
    row = {column.name: 0 for column in voice_session.columns}
    row |= {"plan": "", "paused": False, "started_at": late, "ends_at": None, "updated_at": late}
    async with database.transaction() as connection:
        await connection.execute(insert(voice_session).values(row))
    async with database.reading() as connection:
        back = (
            await connection.execute(select(voice_session.columns.started_at, voice_session.columns.ends_at))
        ).one()
        before = select(voice_session.columns.guild_id).where(voice_session.columns.started_at < late)
        assert (await connection.execute(before)).all() == []
    assert back == (late, None)
    assert back.started_at.tzinfo is UTC


async def test_a_naive_instant_is_refused(database):
    moments = Table("moment", MetaData(), Column("at", Instant))
    async with database.reading() as connection:
        with pytest.raises(StatementError, match="must be aware"):
            await connection.execute(select(moments).where(moments.columns.at == datetime(2026, 1, 1)))
