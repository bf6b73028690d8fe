"""How loud a room may be: the lowest limit holds, at every way in, and quiet hours by the wall clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.audio.engine import Engine
from bot.core.preferences import GuildSettings, QuietHours
from bot.playback.limits import VolumeLimits
from bot.playback.model import Wish
from bot.reminders.zones import zone
from bot.sandbox.clock import SandboxClock
from tests.playback.house import EVENING, HOME, INSIDE, House, opened, settle, soon, until

NIGHT = QuietHours(22 * 60, 7 * 60, 30)
BERLIN = GuildSettings(1, timezone="Europe/Berlin", quiet=NIGHT)
percents = st.integers(0, 100)


def limits_at(at: datetime, hoster: int = 100) -> VolumeLimits:
    return VolumeLimits(SandboxClock(at, running=False), zone, hoster_percent=hoster)


@given(hoster=percents, server=percents, channel=percents, quiet=percents, is_night=st.booleans())
def test_the_lowest_limit_holds(hoster: int, server: int, channel: int, quiet: int, is_night: bool) -> None:
    settings = replace(
        BERLIN,
        volume_cap_percent=server,
        channel_caps={10: channel},
        quiet=replace(NIGHT, cap_percent=quiet),
    )
    limits = limits_at(datetime(2026, 11, 23, 23 if is_night else 12, tzinfo=UTC), hoster)
    at_night = [quiet] if is_night else []
    assert limits.cap(settings, 10) == min([hoster, server, channel, *at_night])
    assert limits.cap(settings, 11) == min([hoster, server, *at_night])


@pytest.mark.parametrize(
    ("at", "quiet"),
    [
        (datetime(2026, 11, 23, 20, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 23, 21, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 24, 5, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 24, 6, 0, tzinfo=UTC), False),
        (datetime(2026, 7, 23, 20, 0, tzinfo=UTC), True),
        (datetime(2026, 7, 24, 5, 0, tzinfo=UTC), False),
    ],
)
def test_quiet_hours_follow_the_clock_on_the_servers_wall(at: datetime, quiet: bool) -> None:
    assert limits_at(at).is_quiet(BERLIN) == quiet


@given(
    begin=st.integers(0, 1439),
    length=st.integers(1, 1439),
    at=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
    name=st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]),
)
def test_the_next_change_is_a_beginning_or_an_end(begin: int, length: int, at: datetime, name: str) -> None:
    end = (begin + length) % 1440
    settings = GuildSettings(1, timezone=name, quiet=QuietHours(begin, end, 30))
    now = at.replace(tzinfo=UTC)
    wait_s = limits_at(now).until_change_s(settings)
    assert wait_s is not None
    assert 0.0 < wait_s <= 25.0 * 3600.0 + 1.0
    local = (now + timedelta(seconds=wait_s)).astimezone(zone(name))
    minutes = local.hour * 60 + local.minute
    assert min((minutes - begin) % 1440, (minutes - end) % 1440) <= 60, (
        "or as much later as the clock was put forward"
    )


async def test_play_volume_and_restore_stay_under_the_hosters_limit(engine: Engine) -> None:
    async with opened(engine, hoster_percent=40) as house:
        assert (await house.playback.play(HOME, Wish("rain"))).volume == 40
        assert (await house.playback.play(HOME, Wish("rain", volume=100))).volume == 40
        assert (await house.playback.set_volume(INSIDE, 100)).volume == 40
        assert (await house.playback.louder(INSIDE)).volume == 40
        await house.ledger.settled()
        house.store.kept[1] = replace(house.store.kept[1], volume_percent=100)
        await house.die()
        async with opened(engine, house, hoster_percent=40) as later:
            await later.restore.begin()
            await until(lambda: later.playback.now_playing(1))
            assert later.session().stream.volume == 40


async def test_a_channel_may_only_be_softer_than_its_server(house: House) -> None:
    house.settings.kept[1] = GuildSettings(1, volume_cap_percent=50, channel_caps={10: 20, 11: 90})
    assert (await house.playback.play(HOME, Wish("rain", volume=80))).volume == 20
    house.links.last.move(11)
    assert (await house.playback.set_volume(replace(INSIDE, channel_id=11), 80)).volume == 50


async def test_moved_to_a_softer_channel_it_becomes_softer_in_small_steps(house: House) -> None:
    house.settings.kept[1] = GuildSettings(1, channel_caps={11: 20})
    await house.playback.play(HOME, Wish("rain"))
    house.links.last.move(11)
    house.playback.room_changed(1)
    heard = [house.session().stream.volume]
    await settle()
    for _ in range(12):
        heard.append(house.session().stream.volume)
        await house.wind(5.0)
    assert heard[0] == 60
    assert heard[-1] == 20
    assert all(softer <= louder for louder, softer in pairwise(heard))
    assert all(softer / louder > 0.8 for louder, softer in pairwise(heard))
    assert house.display.shown[1].volume == 20


async def test_what_plays_when_quiet_hours_begin_grows_softer_and_stays_so(house: House) -> None:
    assert datetime(2026, 11, 23, 22, 0, tzinfo=UTC) == EVENING
    house.settings.kept[1] = GuildSettings(1, quiet=QuietHours(23 * 60, 6 * 60, 25))
    await house.playback.play(HOME, Wish("rain", minutes=0))
    await soon(house.links.last.heard(5))
    await house.wind(3590.0)
    assert house.session().stream.volume == 60
    await house.wind(20.0)
    assert house.session().stream.volume < 60
    for _ in range(12):
        await house.wind(5.0)
    assert house.session().stream.volume == 25
    assert (await house.playback.louder(INSIDE)).volume == 25
    await house.wind(8 * 3600.0)
    assert house.session().stream.volume == 25, "never louder by itself"
    assert (await house.playback.set_volume(INSIDE, 60)).volume == 60, "but by a person, in the morning"


async def test_quiet_hours_darken_what_plays_and_let_it_brighten_after(house: House, engine: Engine) -> None:
    house.settings.kept[1] = GuildSettings(1, quiet=QuietHours(23 * 60, 6 * 60, 100))
    await house.playback.play(HOME, Wish("rain", minutes=0))
    await soon(house.links.last.heard(5))
    await house.wind(3590.0)
    assert not house.session().stream.dark
    await house.wind(20.0)
    assert house.session().stream.dark
    assert house.session().stream.volume == 60
    await house.wind(2 * 3600.0)
    await house.ledger.settled()
    await house.die()
    async with opened(engine, house) as later:
        await later.restore.begin()
        await until(lambda: later.playback.now_playing(1))
        assert later.session().stream.dark, "it begins as dark as it was"
        await later.wind(5 * 3600.0)
        assert not later.session().stream.dark


async def test_what_begins_in_quiet_hours_begins_dark(house: House) -> None:
    house.settings.kept[1] = GuildSettings(1, timezone="Asia/Tokyo", quiet=QuietHours(6 * 60, 8 * 60, 100))
    await house.playback.play(HOME, Wish("rain"))
    assert house.session().stream.station.dark, "22:00 here is 7:00 there"


async def test_a_lowered_limit_is_heard_at_once_and_watched_once(house: House) -> None:
    await house.playback.play(HOME, Wish("rain"))
    await house.cached_settings.change(1, lambda settings: replace(settings, volume_cap_percent=30))
    house.playback.limits_changed(1)
    house.playback.limits_changed(1)
    await settle()
    assert house.session().stream.volume == 50
    await house.wind(5.0)
    assert house.session().stream.volume == 42
