"""Terms: every table has one, docs/privacy.md says the same, and the sweep keeps to them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.store.database import Database
from bot.store.departures import SqlDepartures
from bot.store.retention import TERMS, SqlRetention
from bot.store.tables import metadata
from tests.store.filled import everything, fill

DOC = Path(__file__).parents[2] / "docs" / "privacy.md"
NOW = datetime(2027, 1, 1, tzinfo=UTC)


def test_a_term_by_the_calendar_names_a_column_that_is_always_there() -> None:
    for name, term in TERMS.items():
        assert (term.days is None) == (term.since is None)
        if term.since is not None:
            assert not metadata.tables[name].columns[term.since].nullable


def test_the_published_table_says_what_the_sweep_does() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in DOC.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `")
    ]
    assert {row[0].strip("`"): (row[1], row[2]) for row in rows} == {
        name: (term.what, term.spoken) for name, term in TERMS.items()
    }


@pytest.mark.parametrize("name", [name for name, term in TERMS.items() if term.days is not None])
async def test_a_row_goes_when_its_time_is_over_and_not_before(database: Database, name: str) -> None:
    term = TERMS[name]
    await fill(database, metadata, 7, seed=0, at=NOW - timedelta(days=term.days or 0))
    sweep = SqlRetention(database, {name: term})
    assert await sweep.sweep(NOW) == 0
    assert await sweep.sweep(NOW + timedelta(seconds=1)) == 1
    async with database.reading() as connection:
        left = await everything(connection, metadata)
    assert left.pop(name) == []
    assert all(left.values()), "every other row is still there"


async def test_leaving_and_coming_back(database: Database) -> None:
    departures = SqlDepartures(database)
    await departures.departed(5, NOW)
    await departures.departed(5, NOW + timedelta(days=3))
    await departures.departed(6, NOW)
    assert set(await departures.left_before(NOW)) == set()
    assert set(await departures.left_before(NOW + timedelta(seconds=1))) == {5, 6}
    await departures.returned([6, 7])
    assert set(await departures.left_before(NOW + timedelta(days=9))) == {5}


async def test_all_of_a_servers_data_goes_and_no_other_servers(database: Database) -> None:
    departures = SqlDepartures(database)
    await fill(database, metadata, 7, seed=1, guild=500)
    await fill(database, metadata, 8, seed=2, guild=600)
    assert set(await departures.known()) == {500, 600}
    assert await departures.erase(500) > 0
    async with database.reading() as connection:
        left = await everything(connection, metadata)
    for name, table in metadata.tables.items():
        if "guild_id" in table.columns:
            assert 500 not in [row["guild_id"] for row in left[name]], name
            assert 600 in [row["guild_id"] for row in left[name]], name
    assert await departures.erase(500) == 0


async def test_a_persons_reminder_in_a_lost_server_comes_by_direct_message(database: Database) -> None:
    await fill(database, metadata, 7, seed=1, guild=500)
    await SqlDepartures(database).erase(500)
    async with database.reading() as connection:
        [rule] = (await everything(connection, metadata))["reminder_rule"]
    assert rule["user_id"] == 7
    assert rule["guild_id"] is rule["channel_id"] is None
