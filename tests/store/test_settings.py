"""What servers and people chose is remembered; what they did not choose is the house's default."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.core.preferences import (
    GuildSettings,
    GuildSettingsStore,
    PersonSettings,
    PersonSettingsStore,
    QuietHours,
)
from bot.store.settings import SqlGuildSettingsStore, SqlPersonSettingsStore
from bot.store.tables import guild_settings, person_settings

snowflakes = st.integers(0, 2**63 - 1)
languages = st.none() | st.sampled_from(["en-US", "de", "zh-TW", "es-419", "fil"])
zones = st.sampled_from(["Europe/Berlin", "UTC"])
guilds = st.builds(
    GuildSettings,
    snowflakes,
    listener_role_id=st.none() | snowflakes,
    timer_default_minutes=st.integers(0, 720),
    tail_minutes=st.integers(0, 720),
    volume_cap_percent=st.integers(0, 100),
    leave_at_end=st.booleans(),
    empty_minutes=st.integers(0, 60),
    timezone=st.none() | zones,
    voice_status=st.booleans(),
    language=languages,
    moderator_channel_id=st.none() | snowflakes,
    quiet=st.none() | st.builds(QuietHours, st.integers(0, 700), st.integers(701, 1439), st.integers(0, 100)),
    channel_caps=st.dictionaries(snowflakes, st.integers(0, 100), max_size=4),
)
people = st.builds(
    PersonSettings,
    snowflakes,
    languages,
    st.none() | st.sampled_from(["DE", "NP"]),
    st.none() | st.sampled_from(["Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+12"]),
    st.booleans(),
)
on_one_database = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def guild_store(database, clock) -> GuildSettingsStore:
    return SqlGuildSettingsStore(database, clock)


@pytest.fixture
def person_store(database, clock) -> PersonSettingsStore:
    return SqlPersonSettingsStore(database, clock)


async def test_an_unknown_server_has_the_defaults_and_no_row(guild_store, database):
    assert await guild_store.get(5) == GuildSettings(5)
    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(guild_settings)) == 0


async def test_an_unknown_person_has_the_defaults_and_no_row(person_store, database):
    assert await person_store.get(5) == PersonSettings(5)
    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(person_settings)) == 0


@on_one_database
@given(chosen=guilds)
async def test_what_a_server_chose_comes_back(guild_store, chosen):
    await guild_store.put(chosen)
    assert await guild_store.get(chosen.guild_id) == chosen


@on_one_database
@given(chosen=people)
async def test_what_a_person_chose_comes_back(person_store, chosen):
    await person_store.put(chosen)
    assert await person_store.get(chosen.user_id) == chosen


async def test_a_servers_first_choice_keeps_its_date(guild_store, database, clock):
    first = clock.now()
    await guild_store.put(GuildSettings(5))
    clock.wind(timedelta(days=2))
    await guild_store.put(GuildSettings(5, leave_at_end=True))
    async with database.reading() as connection:
        dates = select(guild_settings.columns.created_at, guild_settings.columns.updated_at)
        assert (await connection.execute(dates)).one() == (first, clock.now())


async def test_forgetting_leaves_nothing_and_others_alone(guild_store, person_store):
    await guild_store.put(GuildSettings(5, volume_cap_percent=30, channel_caps={1: 20}))
    await guild_store.put(GuildSettings(6, volume_cap_percent=30, channel_caps={2: 20}))
    await person_store.put(PersonSettings(5, quiet=True))
    await person_store.put(PersonSettings(6, quiet=True))
    for store in (guild_store, person_store):
        await store.remove(5)
        await store.remove(5)
    assert await guild_store.get(5) == GuildSettings(5)
    assert await guild_store.get(6) == GuildSettings(6, volume_cap_percent=30, channel_caps={2: 20})
    assert await person_store.get(5) == PersonSettings(5)
    assert (await person_store.get(6)).quiet


@pytest.mark.parametrize(
    "change",
    [
        {"timer_default_minutes": -1},
        {"timer_default_minutes": 721},
        {"tail_minutes": -1},
        {"volume_cap_percent": 101},
        {"language": "<b>"},
        {"channel_caps": {3: 101}},
    ],
)
def test_a_server_cannot_choose_nonsense(change):
    with pytest.raises(ValueError, match=next(iter(change))):
        GuildSettings(5, **change)


@pytest.mark.parametrize("change", [{"language": ""}, {"country": "germany"}, {"timezone": "half past ten"}])
def test_a_person_cannot_choose_nonsense(change):
    with pytest.raises(ValueError, match=next(iter(change))):
        PersonSettings(5, **change)
