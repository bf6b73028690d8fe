"""What is held about a person is found and deleted by the schema: on both engines, in every table."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, Table, Text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.personal import SqlPersonalRows
from bot.store.tables import PERSON, metadata, person_columns
from tests.store.filled import everything, fill

WREN, MOSS = 1_000_000_000_000_000_001, 1_000_000_000_000_000_002


def rows_of(tables: dict[str, list[dict[str, object]]], person: int) -> dict[str, list[dict[str, object]]]:
    found = {name: [row for row in rows if person in row.values()] for name, rows in tables.items()}
    return {name: rows for name, rows in found.items() if rows}


async def test_every_table_about_people_is_shown(database: Database) -> None:
    await fill(database, metadata, WREN, seed=1)
    await fill(database, metadata, MOSS, seed=2)
    shown = {table.name: table.rows for table in await SqlPersonalRows(database).of(WREN)}
    assert set(shown) == {column.table.name for column in person_columns()}
    for column in person_columns():
        assert [row[column.name] for row in shown[column.table.name]] == [str(WREN)]
        assert str(MOSS) not in str(shown[column.table.name])


async def test_deleting_leaves_no_trace_of_one_and_nothing_missing_of_the_other(database: Database) -> None:
    await fill(database, metadata, WREN, seed=1)
    async with database.reading() as connection:
        without_moss = await everything(connection, metadata)
    await fill(database, metadata, MOSS, seed=2)
    rows = SqlPersonalRows(database)
    assert await rows.erase(MOSS) == len(person_columns())
    async with database.reading() as connection:
        left = await everything(connection, metadata)
    assert rows_of(left, MOSS) == {}
    assert rows_of(left, WREN) == rows_of(without_moss, WREN)
    assert await rows.of(MOSS) == []
    assert await rows.erase(MOSS) == 0


async def test_what_others_own_stays_without_the_name(database: Database) -> None:
    await fill(database, metadata, WREN, seed=1)
    await SqlPersonalRows(database).erase(WREN)
    async with database.reading() as connection:
        [session] = (await everything(connection, metadata))["voice_session"]
    assert session["asked_by"] is None


async def test_a_table_of_tomorrow_is_found_with_what_hangs_on_it(database: Database) -> None:
    tomorrow = MetaData(naming_convention=metadata.naming_convention)
    Table(
        "diary",
        tomorrow,
        Column("id", Integer, primary_key=True),
        Column("owner", BigInteger, nullable=False, info=dict(PERSON)),
    )
    Table(
        "page",
        tomorrow,
        Column("id", Integer, primary_key=True),
        Column("diary_id", Integer, ForeignKey("diary.id"), nullable=False),
        Column("reader", BigInteger, info=dict(PERSON)),
    )
    Table(
        "margin",
        tomorrow,
        Column("id", Integer, primary_key=True),
        Column("page_id", Integer, ForeignKey("page.id"), nullable=False),
        Column("note", Text),
    )

    def create(connection: AsyncConnection) -> None:
        tomorrow.create_all(connection)

    async with database.transaction() as connection:
        await connection.run_sync(create)
    await fill(database, tomorrow, WREN, seed=1)
    await fill(database, tomorrow, MOSS, seed=2)
    rows = SqlPersonalRows(database, tomorrow)
    assert {table.name for table in await rows.of(WREN)} == {"diary", "page", "margin"}
    await rows.erase(WREN)
    async with database.reading() as connection:
        left = await everything(connection, tomorrow)
    assert {name: len(found) for name, found in left.items()} == {"diary": 1, "page": 1, "margin": 1}
    assert rows_of(left, WREN) == {}
    async with database.transaction() as connection:
        await connection.run_sync(tomorrow.drop_all)
