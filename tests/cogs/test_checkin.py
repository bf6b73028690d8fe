"""Three taps, an idea, and asking again afterwards; nothing of it reaches the disk."""

from pathlib import Path

import simcord
from simcord.components import walk_components

from bot.sandbox.world import World
from tests.cogs.care_reading import answered, buttons, ids_of, shown
from tests.gateway.panel_reading import until


async def check_in(world: World, *answers: str) -> tuple[simcord.ResponseMessage, simcord.InteractionResult]:
    result = await world.caller.slash(world.text, "checkin")
    message = answered(result)
    for answer in answers:
        result = await world.caller.click(message, label=answer)
    return message, result


def everything_stored(folder: Path) -> str:
    """Return every byte in the data folder, the database's journal included."""
    return "".join(file.read_bytes().decode("latin-1") for file in folder.rglob("*") if file.is_file())


async def test_one_question_at_a_time_then_a_word_and_ideas(world: World) -> None:
    message, _ = await check_in(world)
    assert shown(world, message).startswith("## How calm are you?")
    assert len(buttons(world, message)) == 5
    await world.caller.click(message, label="A little")
    assert shown(world, message).startswith("## How much energy is there?")
    await world.caller.click(message, label="Much")
    await world.caller.click(message, label="All right")
    assert "This sounds a bit like **Anxious**." in shown(world, message)
    assert buttons(world, message) == ["Ideas", "Say it in words", "I need help"]
    await world.caller.click(message, label="Ideas")
    assert shown(world, message).startswith("## Anxious, 10 minutes")


async def test_a_very_low_mood_brings_the_help_card_too(world: World) -> None:
    _, result = await check_in(world, "Halfway", "None", "Very low")
    [card] = result.followups
    assert card.ephemeral
    assert any(i.startswith("help:") for i in ids_of(world, card))


async def test_calm_is_asked_again_afterwards_and_only_the_change_is_kept(
    world: World, tmp_path: Path
) -> None:
    message, _ = await check_in(world, "A little", "Some", "All right")
    await world.caller.click(message, label="Ideas")
    start = next(i for i in ids_of(world, message) if i.startswith("care:start:"))
    await world.caller.click(message, custom_id=start)
    await world.advance(int(start.split(":")[4]) * 60.0 + 2.0)
    assert buttons(world, message) == ["Not at all", "A little", "Halfway", "Quite", "Very"]
    await world.caller.click(message, label="Quite")
    assert shown(world, message) == "I'll think of it next time."
    assert start.split(":")[3] in everything_stored(tmp_path), "what calmed, not how calm"


async def test_heavy_words_get_people_not_ideas_and_are_nowhere_afterwards(
    world: World, tmp_path: Path
) -> None:
    message, _ = await check_in(world, "A little", "Some", "All right")
    result = await world.caller.click(message, label="Say it in words")
    words = "i want to kill myself tonight"
    assert result.modal is not None
    [field] = _fields(result)
    answer = await world.caller.submit_modal(result, {field: words})
    assert "people can help" in shown(world, message)
    assert buttons(world, message) == ["I need help"]
    await world.advance(4.0)
    await until(world, lambda: answer.followups)
    assert any(i.startswith("help:") for follow in answer.followups for i in ids_of(world, follow))
    assert "kill" not in everything_stored(tmp_path)


async def test_light_words_are_thanked_for(world: World, tmp_path: Path) -> None:
    message, _ = await check_in(world, "A little", "Some", "All right")
    result = await world.caller.click(message, label="Say it in words")
    [field] = _fields(result)
    await world.caller.submit_modal(result, {field: "long day, the dishwasher leaks"})
    assert shown(world, message).startswith("Thank you. I have read it, and it is forgotten.")
    assert "dishwasher" not in everything_stored(tmp_path)


def _fields(result: simcord.InteractionResult) -> list[str]:
    modal = result.modal
    assert modal is not None
    return [c["custom_id"] for c in walk_components(modal["components"]) if c.get("type") == 4]
