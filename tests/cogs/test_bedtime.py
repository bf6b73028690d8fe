"""/timezone, /bedtime, the reminders that come, and their buttons: all through SimCord, both clocks moved."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import discord
import pytest
import simcord

from bot.reminders.zones import zone
from bot.sandbox.clock import SandboxClock
from bot.sandbox.world import World
from tests.cogs.room import opened_world, words
from tests.gateway.restarts import restarted

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
BERLIN = zone("Europe/Berlin")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    async with opened_world(tmp_path, SandboxClock(NOON, running=False)) as world:
        yield world


async def tell(world: World, command: str, **options: object) -> str:
    """Use a command and return every text of the answer, which only the asker sees."""
    result = await world.caller.slash(world.text, command, **options)
    assert not world.env.errors
    assert result.response is not None
    assert result.response.ephemeral
    return result.response.content or words(result.response)


async def with_clock(world: World, place: str = "Berlin") -> None:
    await tell(world, "timezone", zone=place)


def letters(world: World) -> list[discord.Message]:
    return [m for m in world.dm.history() if m.author.id == world.bot_id]


def n_letters(world: World) -> int:
    """Count them without building each anew."""
    return len(world.env.backend.messages.get(world.dm.id, {}))


def button(message: discord.Message | simcord.ResponseMessage, action: str) -> str:
    raw = [c if isinstance(c, dict) else c.to_dict() for c in message.components]
    found = [
        str(part["custom_id"])
        for part in simcord.components.walk_components(raw)
        if f":{action}:" in str(part.get("custom_id", ""))
    ]
    assert len(found) == 1, (action, found)
    return found[0]


async def ticks() -> None:
    """Let whoever was woken wake, and whoever goes to sleep fall asleep."""
    for _ in range(10):
        await asyncio.sleep(0)


async def rest(world: World) -> None:
    """Return once what is due has been carried out: nobody tells, it happens in the background."""
    rounds = world.bot.services.evenings.rounds
    async with asyncio.timeout(20):
        await world.env.settle()
        await ticks()
        while not rounds.is_resting:  # noqa: ASYNC110
            await asyncio.sleep(0.002)
        await ticks()


async def go_to(world: World, moment: datetime) -> None:
    """Let time pass as it does: nothing is skipped on the way, a rounded microsecond at the end neither."""
    moment += timedelta(milliseconds=1)
    await rest(world)
    while (left_s := (moment - world.clock.now()).total_seconds()) > 0:
        await world.advance(min(left_s, world.clock.next_wake_s() or left_s))
        await rest(world)


async def jump_to(world: World, moment: datetime) -> None:
    """Let time pass at once, as on a machine that was suspended."""
    await rest(world)
    await world.advance(max(0.0, (moment - world.clock.now()).total_seconds()))
    await rest(world)


async def wait(world: World, seconds: float) -> None:
    await go_to(world, world.clock.now() + timedelta(seconds=seconds))


async def at_local(world: World, hour: int, minute: int, *, day: int = 26, month: int = 11) -> None:
    await go_to(world, datetime(2026, month, day, hour, minute, tzinfo=BERLIN))


async def evening(world: World) -> discord.Message:
    """Set half past ten, let it come, and return the reminder."""
    await with_clock(world)
    await tell(world, "bedtime set", time="22:30")
    await at_local(world, 22, 30)
    return letters(world)[-1]


async def test_a_clock_is_told_by_city_and_said_back(world: World) -> None:
    said = await tell(world, "timezone", zone="munich")
    assert said.startswith("Your clock is the one of Berlin, Germany, where it is <t:")
    offered = await world.caller.autocomplete(world.text, "timezone", "zone", "it is 13:00 for me")
    assert {"name": "Berlin, Germany", "value": "Europe/Berlin"} in offered


async def test_a_clock_that_is_not_known_is_asked_again(world: World) -> None:
    assert "Try a large city near you" in await tell(world, "timezone", zone="xyzzy plugh")


async def test_a_clock_that_several_places_have_is_picked(world: World) -> None:
    result = await world.caller.slash(world.text, "timezone", zone="Brazil")
    assert "Several places fit." in words(result.response)
    done = await world.caller.select(
        result.response, ["America/Manaus"], custom_id=button(result.response, "pick")
    )
    assert "Your clock is the one of Manaus, Brazil" in words(done.response)


async def test_the_answer_shows_the_next_three_and_a_message_comes_at_once(world: World) -> None:
    await with_clock(world)
    said = await tell(world, "bedtime set", time="half past ten", days="weekdays", lead=15)
    at = [int(datetime(2026, 11, day, 22, 30, tzinfo=BERLIN).timestamp()) for day in (26, 27, 30)]
    assert "## Bedtime 10:30" in said.replace("\u202f", " ")
    assert f"- <t:{at[0]}:F>\n- <t:{at[1]}:F>\n- <t:{at[2]}:F>" in said
    assert "On weekdays. I come 15 minutes before. The next three:" in said
    assert "If you meant twelve hours earlier or later" in said
    assert "I have just written you a direct message" in said
    [confirmation] = letters(world)
    assert "I'll remind you here" in words(confirmation)
    assert confirmation.flags.suppress_notifications


async def test_a_change_of_the_clock_before_the_third_is_named(world: World) -> None:
    await with_clock(world, "Santiago")
    world.clock.advance((datetime(2027, 4, 2, 12, tzinfo=UTC) - NOON).total_seconds())
    said = await tell(world, "bedtime set", time="23:30")
    assert "The clocks go back at <t:" in said
    world.clock.advance((datetime(2027, 9, 3, 12, tzinfo=UTC) - world.clock.now()).total_seconds())
    said = await tell(world, "bedtime set", time="0:15")
    assert "The clocks go forward at <t:" in said
    assert "Your clock jumps over that time then, so I come right after it: <t:" in said


async def test_without_a_clock_it_asks_once_and_goes_on_from_there(world: World) -> None:
    result = await world.caller.slash(world.text, "bedtime set", time="22:30", lead=30)
    assert "I ask only once" in words(result.response)
    form = await world.caller.click(result.response, custom_id=button(result.response, "zone"))
    shown = await world.caller.submit_modal(form, {"zone": "it is 13:00"})
    assert "Which one has your clock?" in words(shown.response)
    done = await world.caller.select(
        shown.response, ["Europe/Berlin"], custom_id=button(shown.response, "pick")
    )
    assert "I come 30 minutes before" in words(done.response)
    await at_local(world, 22, 0)
    assert "You wanted to be in bed at" in words(letters(world)[-1])
    assert "The next three:" in await tell(world, "bedtime set", time="23:00"), "not asked again"


async def test_the_reminder_comes_at_its_minute_notifies_and_is_warm(world: World) -> None:
    await with_clock(world)
    await tell(world, "bedtime set", time="22:30", lead=20)
    await at_local(world, 22, 9)
    assert len(letters(world)) == 1
    await at_local(world, 22, 10)
    reminder = letters(world)[-1]
    assert not reminder.flags.suppress_notifications
    assert words(reminder).count("\n") == 1
    for action in ("winddown", "snooze10", "snooze30", "skip", "change"):
        button(reminder, action)


async def test_a_snooze_comes_back(world: World) -> None:
    reminder = await evening(world)
    await world.caller.user.click(reminder, custom_id=button(reminder, "snooze10"))
    snoozed = letters(world)[-1]
    assert words(snoozed).startswith("I'll come back <t:")
    assert len(letters(world)) == 2
    await wait(world, 599)
    assert len(letters(world)) == 2
    await wait(world, 1)
    assert len(letters(world)) == 3
    assert "You asked me to come back about now." in words(letters(world)[-1])
    assert not letters(world)[-1].flags.suppress_notifications


async def test_skipping_after_a_snooze_is_the_end_for_tonight(world: World) -> None:
    reminder = await evening(world)
    await world.caller.user.click(reminder, custom_id=button(reminder, "snooze30"))
    await world.caller.user.click(letters(world)[-1], custom_id=button(letters(world)[-1], "skip"))
    assert words(letters(world)[-1]) == "Nothing more tonight. Sleep well."
    await wait(world, 3 * 3600)
    assert len(letters(world)) == 2


async def test_skipping_on_an_older_message_skips_what_is_still_to_come_tonight(world: World) -> None:
    reminder = await evening(world)
    await at_local(world, 21, 0, day=27)
    await world.caller.user.click(reminder, custom_id=button(reminder, "skip"))
    await at_local(world, 22, 31, day=27)
    assert len(letters(world)) == 2, "the confirmation and last evening's"
    await at_local(world, 22, 30, day=28)
    assert len(letters(world)) == 3


async def test_change_from_the_reminder(world: World) -> None:
    reminder = await evening(world)
    form = await world.caller.user.click(reminder, custom_id=button(reminder, "change"))
    shown = await world.caller.user.submit_modal(form, {"time": "11:15pm", "days": "sun-thu"})
    assert "11:15" in words(shown.response)
    assert "Sun to Thu" in await tell(world, "bedtime list")


async def test_buttons_work_after_a_restart_and_weeks_later(world: World, tmp_path: Path) -> None:
    reminder = await evening(world)
    await world.bot.close()
    world.clock.advance(20 * 86_400)
    async with restarted(world, tmp_path):
        await world.caller.user.click(reminder, custom_id=button(reminder, "snooze10"))
        assert any(words(m).startswith("I'll come back <t:") for m in letters(world))


async def test_wind_down_finds_the_person_in_voice_and_plays(world: World) -> None:
    reminder = await evening(world)
    await world.caller.join_voice(world.attic)
    await world.caller.user.click(reminder, custom_id=button(reminder, "winddown"))
    assert "**Rain** in #Attic, softer and softer, silent at <t:" in words(letters(world)[-1])
    assert world.where_is(world.bot_id) == world.attic.id


async def test_wind_down_asks_discord_where_the_person_sits_when_nobody_saw_them_come(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    reminder = await evening(world)
    await world.caller.join_voice(world.attic)
    known = discord.Guild.get_member
    monkeypatch.setattr(
        discord.Guild,
        "get_member",
        lambda guild, user_id: None if user_id == world.caller.id else known(guild, user_id),
    )
    await world.caller.user.click(reminder, custom_id=button(reminder, "winddown"))
    assert "**Rain** in #Attic" in words(letters(world)[-1])


async def test_wind_down_without_voice_is_three_minutes_of_breathing_or_a_pillow_file(world: World) -> None:
    reminder = await evening(world)
    await world.caller.user.click(reminder, custom_id=button(reminder, "winddown"))
    offer = letters(world)[-1]
    assert "I can send you **Rain** as a file" in words(offer)
    await world.caller.user.click(offer, custom_id=button(offer, "lead"))
    assert "Slow breathing" in words(letters(world)[-1])
    assert world.where_is(world.bot_id) is None


async def test_without_voice_the_wind_down_can_be_taken_as_a_file(world: World) -> None:
    reminder = await evening(world)
    await world.caller.user.click(reminder, custom_id=button(reminder, "winddown"))
    offer = letters(world)[-1]
    await world.caller.user.click(offer, custom_id=button(offer, "pillow"))
    assert "**Rain**, 27 minutes.\nI'm making it" in words(letters(world)[-1])
    cancel = letters(world)[-1]
    await world.caller.user.click(cancel, custom_id="take:cancel:v1")
    await ticks()


async def test_a_routine_is_chosen_by_taps_and_played(world: World) -> None:
    result = await world.caller.slash(world.text, "winddown edit")
    assert "**Rain** for 45 minutes" in words(result.response)
    chosen = await world.caller.select(
        result.response, ["nature"], custom_id=button(result.response, "shelf")
    )
    chosen = await world.caller.select(
        chosen.response, ["crickets"], custom_id=button(chosen.response, "sound")
    )
    assert "**Crickets** for 45 minutes" in words(chosen.response)
    chosen = await world.caller.select(chosen.response, ["water"], custom_id=button(chosen.response, "shelf"))
    chosen = await world.caller.select(chosen.response, ["waves"], custom_id=button(chosen.response, "sound"))
    chosen = await world.caller.select(chosen.response, ["30"], custom_id=button(chosen.response, "length"))
    assert "**Ocean waves** for 30 minutes" in words(chosen.response)
    await world.caller.join_voice(world.attic)
    assert "**Ocean waves** in #Attic" in await tell(world, "winddown start")


async def test_a_mix_can_be_what_a_routine_ends_in(world: World) -> None:
    result = await world.caller.slash(world.text, "winddown edit")
    chosen = await world.caller.select(result.response, ["mixes"], custom_id=button(result.response, "shelf"))
    chosen = await world.caller.select(
        chosen.response, ["Rain night"], custom_id=button(chosen.response, "sound")
    )
    assert "**Rain night** for 45 minutes" in words(chosen.response)
    await world.caller.join_voice(world.attic)
    assert "in #Attic, softer and softer" in await tell(world, "winddown start")


async def test_a_routine_begins_with_its_pairing(world: World) -> None:
    result = await world.caller.slash(world.text, "winddown edit")
    chosen = await world.caller.select(
        result.response, ["warm-and-heavy"], custom_id=button(result.response, "first")
    )
    assert "First **Warm and heavy**." in words(chosen.response)
    await world.caller.join_voice(world.attic)
    assert "Warm and heavy" in await tell(world, "winddown start")
    assert world.where_is(world.bot_id) == world.attic.id


async def test_list_pause_resume_and_remove(world: World) -> None:
    assert "You have no bedtime yet" in await tell(world, "bedtime list")
    await with_clock(world)
    for time in ("22:00", "23:00"):
        await tell(world, "bedtime set", time=time)
    assert await tell(world, "bedtime pause") == "All 2 are paused. `/bedtime resume` brings them back."
    assert (await tell(world, "bedtime list")).count("paused") == 2
    await at_local(world, 23, 30)
    assert len(letters(world)) == 2, "only the confirmations"
    assert (await tell(world, "bedtime resume", rule="22:00")).startswith("I come again, next <t:")
    assert (await tell(world, "bedtime remove")).startswith("You have several bedtimes.")
    offered = await world.caller.autocomplete(world.text, "bedtime remove", "rule", "11")
    assert [entry["name"].replace("\u202f", " ") for entry in offered] == ["11:00 PM, every day"]
    assert "is gone" in await tell(world, "bedtime remove", rule=offered[0]["value"])
    await at_local(world, 22, 0, day=27)
    assert len(letters(world)) == 3


async def test_pause_until_a_day(world: World) -> None:
    await with_clock(world)
    await tell(world, "bedtime set", time="22:30")
    assert (await tell(world, "bedtime pause", until="sunday")).startswith("Quiet until <t:")
    await at_local(world, 22, 31, day=28)
    assert len(letters(world)) == 1
    await at_local(world, 22, 30, day=29)
    assert len(letters(world)) == 2


async def test_an_edit_says_where_it_will_come(world: World) -> None:
    await with_clock(world)
    await tell(world, "bedtime set", time="22:30")
    before = len(letters(world))
    said = await tell(world, "bedtime edit", where="direct")
    assert said.endswith("I will come by direct message.")
    assert len(letters(world)) == before, "the door is known to be open"
    form = await world.caller.user.click(letters(world)[-1], custom_id=button(letters(world)[-1], "change"))
    changed = await world.caller.user.submit_modal(form, {"time": "23:00", "days": "every day"})
    assert "I will come by direct message." in words(changed.response)


async def test_a_pause_until_a_day_outlives_a_move(world: World) -> None:
    await with_clock(world)
    await tell(world, "bedtime set", time="22:30")
    await tell(world, "bedtime pause", until="2026-12-03")
    await with_clock(world, "New York")
    await jump_to(world, datetime(2026, 12, 3, 22, 20, tzinfo=zone("America/New_York")))
    await go_to(world, datetime(2026, 12, 3, 22, 29, tzinfo=zone("America/New_York")))
    assert len(letters(world)) == 1
    await wait(world, 60)
    assert len(letters(world)) == 2


async def test_edit_changes_only_what_is_named(world: World) -> None:
    await with_clock(world)
    await tell(world, "bedtime set", time="22:30", days="weekends", lead=10)
    said = await tell(world, "bedtime edit", time="9:45pm")
    assert "At the weekend. I come 10 minutes before." in said
    assert len(letters(world)) == 1, "told already where reminders come"
    assert "at the weekend, 10 minutes before" in await tell(world, "bedtime list")
    await at_local(world, 21, 35, day=28)
    assert len(letters(world)) == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"time": "soon"}, "I can't read that time."),
        ({"time": "22:30", "days": "someday"}, "I can't read those days."),
    ],
)
async def test_what_cannot_be_read_is_asked_again(world: World, options: dict[str, str], said: str) -> None:
    await with_clock(world)
    assert (await tell(world, "bedtime set", **options)).startswith(said)
    assert "no bedtime yet" in await tell(world, "bedtime list")


async def test_a_closed_door_is_solved_while_the_person_is_there(world: World) -> None:
    await with_clock(world)
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50007)
    result = await world.caller.slash(world.text, "bedtime set", time="22:30")
    assert "I can't write you direct messages yet." in words(result.response)
    assert "I could not write you" in await tell(world, "bedtime list")
    again = await world.caller.click(result.response, custom_id=button(result.response, "confirm"))
    assert "I have just written you a direct message" in words(again.response)
    assert len(letters(world)) == 1


async def test_in_a_channel_only_where_an_admin_allowed_it(world: World) -> None:
    await with_clock(world)
    refused = await tell(world, "bedtime set", time="22:30", where="here")
    assert refused.startswith("Evening reminders are not allowed in this channel.")
    asked = await world.moderator.slash(world.text, "bedtime set", time="22:30", where="here")
    done = await world.moderator.click(asked.response, custom_id=button(asked.response, "allow"))
    assert "may stand in this channel now" in words(done.response)
    said = await tell(world, "bedtime set", time="22:30", where="here")
    assert f"In <#{world.text.id}>" in said
    await at_local(world, 22, 30)
    reminder = next(m for m in world.text.history() if m.author.id == world.bot_id)
    assert words(reminder) == f"<@{world.caller.id}>, this is your evening reminder."
    stranger = await world.sitter.click(reminder, custom_id=button(reminder, "skip"))
    assert stranger.response is not None
    assert stranger.response.ephemeral
    assert "somebody else's" in (stranger.response.content or words(stranger.response))
    mine = await world.caller.click(reminder, custom_id=button(reminder, "skip"))
    assert mine.response is not None
    assert mine.response.ephemeral
    assert letters(world) == []


async def test_three_ignored_evenings_ask_once_and_the_answer_is_one_tap(world: World) -> None:
    await evening(world)
    for day in (27, 28, 29, 30):
        await at_local(world, 22, 30, day=day)
    question = letters(world)[-1]
    assert "later, on fewer days, or stop" in words(question)
    assert question.flags.suppress_notifications
    assert len(letters(world)) == 5
    await world.caller.user.click(question, custom_id=button(question, "later"))
    assert words(letters(world)[-1]).replace("\u202f", " ").startswith("From now on 11:00 PM.")
    await at_local(world, 23, 0, day=30)
    assert len(letters(world)) == 6, "half an hour later, as they said"
    assert "in bed about now" in words(letters(world)[-1])


async def test_moving_away_moves_the_bedtimes(world: World) -> None:
    await with_clock(world)
    await tell(world, "bedtime set", time="22:30")
    await with_clock(world, "New York")
    await at_local(world, 23, 0)
    assert len(letters(world)) == 1
    new_york = datetime(2026, 11, 26, 22, 30, tzinfo=zone("America/New_York"))
    await go_to(world, new_york)
    assert len(letters(world)) == 2


async def test_away_for_a_day_is_one_silent_line_in_the_morning(world: World, tmp_path: Path) -> None:
    await with_clock(world)
    for time in ("22:00", "23:00"):
        await tell(world, "bedtime set", time=time)
    await world.bot.close()
    world.clock.advance(timedelta(hours=26).total_seconds())
    async with restarted(world, tmp_path):
        await wait(world, 60)
        assert len(letters(world)) == 2
        await at_local(world, 22, 0, day=27)
        await at_local(world, 9, 0, day=28)
        told = letters(world)[-1]
        assert words(told).startswith("I was away and missed 2 of your reminders.")
        assert told.flags.suppress_notifications


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    "name",
    ["Australia/Sydney", "Australia/Lord_Howe", "Africa/Casablanca", "America/Santiago", "Asia/Tehran"],
)
async def test_a_year_of_evenings(world: World, name: str) -> None:
    """Every local date once, at half past ten there, with a tap every third evening."""
    await with_clock(world, name)
    await tell(world, "bedtime set", time="22:30")
    place = zone(name)
    first = world.clock.now().astimezone(place).date()
    if world.clock.now().astimezone(place).hour >= 22:
        first += timedelta(days=1)
    for day in range(365):
        date = first + timedelta(days=day)
        # Over the day at once, so that a year takes minutes; what came too early would show all the same.
        await jump_to(world, datetime(date.year, date.month, date.day, 22, 20, tzinfo=place))
        await go_to(world, datetime(date.year, date.month, date.day, 22, 29, 59, tzinfo=place))
        assert n_letters(world) == day + 1, date
        await wait(world, 2)
        assert n_letters(world) == day + 2, date
        if day % 3 == 2:
            reminder = letters(world)[-1]
            await world.caller.user.click(reminder, custom_id=button(reminder, "skip"))
