"""/morning and /nights: five taps, until noon, blank where nothing was told, a picture with words."""

import io
from collections.abc import AsyncGenerator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from bot.reminders.diary import Night
from bot.sandbox.clock import SandboxClock
from bot.sandbox.world import World
from tests.cogs.room import opened_world, words
from tests.cogs.test_bedtime import BERLIN, NOON, at_local, button, letters, rest, tell, with_clock


@pytest.fixture(scope="module", autouse=True)
def _drawing_library() -> None:
    """Load it before the tests: the first time takes seconds, and SimCord waits for five."""
    from matplotlib.backends import backend_agg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    backend_agg.FigureCanvasAgg(Figure()).draw()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    async with opened_world(tmp_path, SandboxClock(NOON, running=False)) as world:
        yield world


async def told(world: World, command: str, **options: object) -> str:
    result = await world.caller.user.slash(command, **options)
    assert result.response is not None
    assert result.response.ephemeral
    return words(result.response)


def diary(world: World):
    return world.bot.services.evenings.mornings._diary


async def asked(world: World) -> None:
    await with_clock(world)
    await told(world, "morning", at="8")
    await at_local(world, 8, 0, day=27)


async def test_it_is_off_until_asked_for_and_off_again(world: World) -> None:
    assert "I can ask you each morning" in await told(world, "morning")
    assert (
        "I don't know your clock yet" in (await world.caller.user.slash("morning", on=True)).response.content
    )
    await with_clock(world)
    assert "in five taps" in await told(world, "morning", at="8:30")
    assert "I ask no more." in await told(world, "morning", on=False)
    await at_local(world, 9, 0, day=27)
    assert letters(world) == []


async def test_five_taps_and_the_night_is_kept(world: World) -> None:
    await answered(world)
    assert words(letters(world)[0]) == "Noted. `/nights` shows the last weeks."
    night = await diary(world).night(world.caller.id, date(2026, 11, 27))
    assert night == Night(world.caller.id, date(2026, 11, 27), 660, 20, 1, 1140, 4)


async def answered(world: World) -> None:
    await asked(world)
    [message] = letters(world)
    assert message.flags.suppress_notifications
    assert "About when did you try to sleep?" in words(message)
    person = world.caller.user
    await person.select(message, ["660"], custom_id=button(message, "lay_down"))
    for question, value in (("fell_asleep", 20), ("woke", 1)):
        [message] = letters(world)
        taps = [c for c in ids(message) if c.startswith(f"morning:{question}:") and c.endswith(f":{value}")]
        await person.click(message, custom_id=taps[0])
    [message] = letters(world)
    await person.select(message, ["1140"], custom_id=button(message, "got_up"))
    [message] = letters(world)
    await person.click(message, custom_id=next(c for c in ids(message) if c.endswith(":4")))


def ids(message) -> list[str]:
    from simcord.components import walk_components  # noqa: PLC0415

    raw = [c.to_dict() for c in message.components]
    return [str(part["custom_id"]) for part in walk_components(raw) if "custom_id" in part]


@pytest.mark.parametrize("n_taps", [0, 1])
async def test_at_noon_an_unfinished_question_is_gone_and_the_rest_stays_blank(
    world: World, n_taps: int
) -> None:
    await asked(world)
    [message] = letters(world)
    if n_taps:
        await world.caller.user.select(message, ["660"], custom_id=button(message, "lay_down"))
    await at_local(world, 11, 59, day=27)
    assert len(letters(world)) == 1
    await at_local(world, 12, 0, day=27)
    assert letters(world) == []
    night = await diary(world).night(world.caller.id, date(2026, 11, 27))
    assert night == Night(world.caller.id, date(2026, 11, 27), 660 if n_taps else None)
    await at_local(world, 8, 0, day=28)
    assert len(letters(world)) == 1, "the next morning asks again"


async def test_an_answered_morning_stays_after_noon(world: World) -> None:
    await answered(world)
    await at_local(world, 12, 1, day=27)
    assert words(letters(world)[0]).startswith("Noted.")


async def test_turning_it_off_takes_the_question_away_at_once(world: World) -> None:
    await asked(world)
    assert "I ask no more." in await told(world, "morning", on=False)
    await rest(world)
    assert letters(world) == []


async def test_another_time_leaves_the_question_until_noon(world: World) -> None:
    await asked(world)
    assert "next at" in await told(world, "morning", at="7:30")
    await at_local(world, 11, 59, day=27)
    assert len(letters(world)) == 1
    await at_local(world, 12, 0, day=27)
    assert letters(world) == []


async def test_a_tap_after_noon_finds_it_closed(world: World) -> None:
    """Discord was away at noon, so that the question still stands."""
    await asked(world)
    [message] = letters(world)
    world.env.inject_error("DELETE", "/channels/*/messages/*", status=503)
    await at_local(world, 12, 0, day=27)
    await world.caller.user.select(message, ["660"], custom_id=button(message, "lay_down"))
    assert words(letters(world)[0]).startswith("This one is closed")


@pytest.mark.parametrize("at", ["8pm", "noon", "2am"])
async def test_a_morning_is_in_the_morning(world: World, at: str) -> None:
    await with_clock(world)
    result = await world.caller.user.slash("morning", at=at)
    assert "between 3:00 and 11:30" in (result.response.content or words(result.response))


async def test_nights_are_a_picture_with_words_for_the_asker_alone(world: World) -> None:
    assert "There is nothing to show yet." in await tell(world, "nights")
    await with_clock(world)
    now = world.clock.now()
    for n in (1, 2, 4):
        morning = date(2026, 11, 26) - timedelta(days=n)
        await diary(world).put(Night(world.caller.id, morning, 660 + 30 * n, 20, 0, 1140, 3), now)
    result = await world.caller.slash(world.text, "nights", weeks=2)
    assert result.response is not None
    assert result.response.ephemeral
    said = words(result.response)
    assert "3 nights told in the last 2 weeks. Asleep mostly from about 12:20" in said.replace("\u202f", " ")
    [attachment] = result.response.attachments
    assert attachment.description is not None
    assert "3 nights told" in attachment.description


async def test_what_was_told_is_gone_after_ninety_days(world: World) -> None:
    now = world.clock.now()
    await diary(world).put(Night(world.caller.id, date(2026, 11, 20), 660), now)
    weeks = await world.bot.services.evenings.mornings.weeks(world.caller.id, 12)
    assert [night.lay_down for night in weeks.nights] == [660]
    assert await diary(world).since(world.caller.id, date(2026, 1, 1), now + timedelta(days=90)) == []


def test_the_picture_is_dark_and_as_wide_as_two_phones() -> None:
    from bot.pictures.nights import Bar, Labels, draw_nights, weeks_of  # noqa: PLC0415
    from bot.pictures.theme import BACKGROUND, FIRST, SECOND  # noqa: PLC0415

    mornings = weeks_of(datetime(2026, 11, 26, tzinfo=BERLIN).date(), 4)
    bars = {morning: Bar(660, 690, 1140) for morning in mornings[::2]}
    labels = Labels(
        "asleep", "awake", [(720, "0:00"), (960, "4:00")], {day: str(day.day) for day in mornings}
    )
    image = Image.open(io.BytesIO(draw_nights(mornings, bars, labels))).convert("RGB")
    assert image.width == 720
    assert image.getpixel((5, 5)) == BACKGROUND
    colours = {colour: n for n, colour in image.getcolors(1 << 20)}
    assert colours[FIRST] > 14 * 200 * 10, "a bar for every night told"
    assert colours[SECOND] > 14 * 20
    dark = sum(n for colour, n in colours.items() if sum(colour) < 3 * 60)
    assert dark / (image.width * image.height) > 0.6
