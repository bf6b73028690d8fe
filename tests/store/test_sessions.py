"""What should sound survives, exactly as it was put."""

import math
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.audio.arc import Arc
from bot.audio.mix import Layer, Mix, Place, Plan
from bot.audio.score import Bell, Breaths, Whisper
from bot.core.errors import StoreError
from bot.playback.desired import DesiredSession, SessionStore
from bot.store.database import Database
from bot.store.sessions import SqlSessionStore, plan_from_text, plan_to_text
from bot.store.tables import voice_session

RAIN = Plan(Mix((Layer("rain"),)), seed=7)
STARTED = datetime(2026, 3, 1, 22, 40, tzinfo=UTC)
SESSION = DesiredSession(1, 2, RAIN, 60, STARTED, STARTED + timedelta(hours=1), 600.0, asked_by=9)

snowflakes = st.integers(0, 2**63 - 1)
zones = st.sampled_from(
    [
        UTC,
        ZoneInfo("Europe/Berlin"),
        ZoneInfo("Asia/Kathmandu"),
        ZoneInfo("America/St_Johns"),
        timezone(timedelta(hours=14)),
    ]
)
instants = st.datetimes(datetime(1970, 1, 2), datetime(2999, 1, 1), timezones=zones)
places = st.builds(Place, st.floats(-180, 180), st.floats(0.1, 10))
layers = st.builds(Layer, st.text(min_size=1), st.floats(max_value=0), st.none() | places)
mixes = st.builds(
    Mix, st.lists(layers, min_size=1, max_size=8, unique_by=lambda layer: layer.trigger).map(tuple)
)
plans = st.builds(Plan, mixes, st.integers())
sessions = st.builds(
    DesiredSession,
    guild_id=snowflakes,
    channel_id=snowflakes,
    plan=plans,
    volume_percent=st.integers(0, 100),
    started_at=instants,
    ends_at=st.none() | instants,
    tail_s=st.floats(0, 1e6),
    paused=st.booleans(),
    asked_by=st.none() | snowflakes,
    panel_channel_id=st.none() | snowflakes,
    panel_message_id=st.none() | snowflakes,
    position_frames=st.integers(0, 2**62),
)


@pytest.fixture
def store(database: Database, clock) -> SessionStore:
    return SqlSessionStore(database, clock)


async def test_a_server_without_a_session_is_silent(store):
    assert await store.get(1) is None
    assert list(await store.all()) == []


async def test_put_replaces_what_was_there(store):
    await store.put(SESSION)
    quieter = replace(
        SESSION, volume_percent=40, paused=True, ends_at=None, asked_by=None, panel_message_id=5
    )
    await store.put(quieter)
    assert await store.get(1) == quieter
    assert list(await store.all()) == [quieter]


async def test_sessions_of_servers_are_apart(store):
    others = [replace(SESSION, guild_id=guild_id) for guild_id in (3, 2)]
    for session in (SESSION, *others):
        await store.put(session)
    await store.remove(2)
    await store.remove(2)
    assert list(await store.all()) == [SESSION, others[0]]


async def test_the_time_of_the_last_change_is_the_clocks(store, database, clock):
    await store.put(SESSION)
    clock.wind(timedelta(minutes=5))
    await store.put(SESSION)
    async with database.reading() as connection:
        assert await connection.scalar(select(voice_session.columns.updated_at)) == clock.now()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(session=sessions)
async def test_every_value_comes_back(store, session):
    await store.put(session)
    back = await store.get(session.guild_id)
    # In UTC: Python calls a twice-occurring local time unequal to any instant of another zone.
    started_at, ends_at = (
        session.started_at.astimezone(UTC),
        session.ends_at and session.ends_at.astimezone(UTC),
    )
    assert back == replace(session, started_at=started_at, ends_at=ends_at)
    assert back.started_at.tzinfo is UTC


async def test_an_unreadable_session_does_not_silence_the_others(store, database, caplog):
    await store.put(SESSION)
    await store.put(replace(SESSION, guild_id=5))
    async with database.transaction() as connection:
        await connection.execute(
            update(voice_session).where(voice_session.columns.guild_id == 1).values(plan='{"format": 99}')
        )
    assert [session.guild_id for session in await store.all()] == [5]
    assert "voice_session.plan" in caplog.text
    with pytest.raises(StoreError, match=r"voice_session\.plan"):
        await store.get(1)


@pytest.mark.parametrize(
    "change",
    [
        {"started_at": datetime(2026, 3, 1)},
        {"ends_at": datetime(2026, 3, 1)},
        {"volume_percent": 101},
        {"volume_percent": -1},
        {"tail_s": -0.5},
        {"tail_s": math.inf},
        {"position_frames": -1},
    ],
)
def test_a_session_nobody_can_mean_is_refused_at_the_door(change):
    with pytest.raises(ValueError, match=next(iter(change))):
        replace(SESSION, **change)


@given(plan=plans)
def test_a_plan_survives_as_text(plan):
    assert plan_from_text(plan_to_text(plan)) == plan


def test_the_text_of_a_plan_keeps_every_field_a_plan_has():
    assert {name.name for kind in (Plan, Mix, Layer, Place) for name in fields(kind)} == {
        *("mix", "seed", "score", "arc", "layers", "trigger", "gain_db", "place"),
        *("azimuth_deg", "distance_m", "circle_s"),
    }, "bot.store.sessions must learn the new field, in a new format"


@pytest.mark.parametrize(
    "text", ["", "[]", "null", '{"format": 1}', '{"format": 1, "seed": 1, "layers": []}']
)
def test_a_text_that_is_no_plan_is_named(text):
    with pytest.raises(StoreError, match=r"voice_session\.plan"):
        plan_from_text(text)


def test_an_arc_is_kept_with_the_plan():
    slow = Layer("rain", -3.0, Place(10.0, 0.5, 24.0))
    plan = Plan(Mix((slow,)), 7, arc=Arc(-480, 86_400_000, "waves", -6.5))
    assert plan_from_text(plan_to_text(plan)) == plan


def test_a_guides_bells_and_breaths_are_kept_with_the_plan():
    score = (
        Bell(12.5),
        Breaths(30.0, 4, 2.5, 6.5, 1.0, 0.0, 0.5),
        Whisper(41.2, "gentle-lines", 3, -40.0),
    )
    plan = Plan(Mix((Layer("rain"),)), 7, score)
    assert plan_from_text(plan_to_text(plan)) == plan
