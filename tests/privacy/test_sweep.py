"""The sweep: 30 days after leaving a server nothing is left of it, also when the process was away."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.preferences import GuildSettings
from bot.core.tasks import Tasks
from bot.playback.preferences import CachedGuildSettings
from bot.privacy.sweep import GUILD_KEPT, Sweep
from bot.store.address import at
from bot.store.database import Database
from bot.store.departures import SqlDepartures
from bot.store.retention import SqlRetention
from bot.store.settings import SqlGuildSettingsStore
from tests.store.conftest import WoundClock


class Servers:
    """Implements `Presence`: the servers Discord tells of, and which are this process's."""

    def __init__(self, *ids: int) -> None:
        self.ids = set(ids)
        self.is_complete = True
        self.others: set[int] = set()

    def responsible_for(self, guild_id: int) -> bool:
        return guild_id not in self.others

    def is_in(self, guild_id: int) -> bool:
        return guild_id in self.ids


class House:
    def __init__(self, database: Database) -> None:
        self.clock = WoundClock()
        self.servers = Servers(5, 6)
        self.settings = CachedGuildSettings(SqlGuildSettingsStore(database, self.clock))
        self.sweep = Sweep(
            retention=SqlRetention(database),
            departures=SqlDepartures(database),
            settings=self.settings,
            presence=self.servers,
            clock=self.clock,
            tasks=Tasks(),
        )

    async def chosen(self, guild_id: int) -> bool:
        return (await self.settings.get(guild_id)).leave_at_end


@pytest.fixture
async def house(tmp_path: Path):
    async with Database(at(tmp_path / "hush.db")) as database:
        house = House(database)
        for guild_id in (5, 6):
            await house.settings.put(GuildSettings(guild_id, leave_at_end=True))
        yield house


async def test_a_server_that_removed_hush_is_forgotten_after_thirty_days(house: House):
    house.servers.ids.remove(5)
    await house.sweep.guild_left(5)
    house.clock.wind(GUILD_KEPT)
    await house.sweep.once()
    assert await house.chosen(5)
    house.clock.wind(timedelta(seconds=1))
    assert await house.sweep.once() == 2, "its settings, and that it left"
    assert not await house.chosen(5)
    assert await house.chosen(6)


async def test_coming_back_in_time_keeps_everything(house: House):
    house.servers.ids.remove(5)
    await house.sweep.guild_left(5)
    house.clock.wind(timedelta(days=29))
    house.servers.ids.add(5)
    await house.sweep.guild_joined(5)
    house.clock.wind(timedelta(days=29))
    await house.sweep.once()
    assert await house.chosen(5)


async def test_a_removal_while_the_process_was_away_is_noticed(house: House):
    house.servers.ids.remove(5)
    await house.sweep.once()
    house.clock.wind(GUILD_KEPT + timedelta(seconds=1))
    await house.sweep.once()
    assert not await house.chosen(5)
    assert await house.chosen(6)


async def test_nothing_is_concluded_before_discord_has_told_of_all_servers(house: House):
    house.servers.ids.clear()
    house.servers.is_complete = False
    await house.sweep.once()
    house.clock.wind(timedelta(days=99))
    await house.sweep.once()
    assert await house.chosen(5)


async def test_another_processs_servers_are_none_of_its_business(house: House):
    house.servers.ids.remove(5)
    house.servers.others.add(5)
    await house.sweep.once()
    house.clock.wind(timedelta(days=99))
    await house.sweep.once()
    assert await house.chosen(5)
