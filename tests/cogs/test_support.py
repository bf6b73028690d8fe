"""/support: the card, its buttons, every language, and a database that is gone."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
import simcord
from discord import ButtonStyle
from simcord.components import walk_components

from bot.core.errors import StoreError
from bot.gateway.help_card import LANGUAGES
from bot.sandbox.world import World
from tests.cogs.room import words


def parts(message: simcord.ResponseMessage) -> list[dict[str, object]]:
    return list(walk_components([c if isinstance(c, dict) else c.to_dict() for c in message.components]))


def labels(message: simcord.ResponseMessage) -> list[str]:
    return [str(part["label"]) for part in parts(message) if "label" in part]


async def card(world: World, **options: str) -> simcord.ResponseMessage:
    result = await world.caller.slash(world.text, "support", **options)
    assert not world.env.errors
    assert result.response is not None
    assert result.response.ephemeral
    return result.response


async def test_the_card_has_the_emergency_number_first_then_the_lines(world: World) -> None:
    shown = words(await card(world, country="US"))
    assert "I'm a bot, so I can't keep you safe, but people can." in shown
    order = ["call 911", "988 Suicide & Crisis Lifeline", "Text **HOME** to **741741**", "findahelpline.com",
             "Checked more than a year ago", "TrevorLifeline", "Somebody you trust"]  # fmt: skip
    places = [shown.index(each) for each in order]
    assert places == sorted(places)
    assert "checked June 2026" in shown
    assert "checked December 2023" in shown


async def test_an_unknown_place_asks_for_the_country_first(world: World) -> None:
    shown = await card(world)
    assert "call your emergency number" in words(shown)
    [country] = [part for part in parts(shown) if part.get("label") == "Country"]
    assert country["style"] == ButtonStyle.primary.value


async def test_a_country_nobody_knows_is_said_kindly(world: World) -> None:
    shown = words(await card(world, country="Middle of nowhere"))
    assert "I don't know that country. Choose it with the button below." in shown
    assert "Middle of nowhere" not in shown


async def test_a_low_confidence_number_says_so(world: World) -> None:
    assert "I have that number from one list only." in words(await card(world, country="AE"))


async def test_kinds_of_help_for_a_concern(world: World) -> None:
    shown = words(await card(world, country="DE", concern="sleep"))
    assert "CBT for insomnia" in shown


async def test_countries_and_concerns_are_offered_while_typing(world: World) -> None:
    offered = await world.caller.autocomplete(world.text, "support", "country", "germ")
    assert offered[0] == {"name": "Germany", "value": "DE"}
    concerns = await world.caller.autocomplete(world.text, "support", "concern", "sleep")
    assert concerns == [{"name": "Not sleeping", "value": "sleep"}]


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("I just want to chat", "You don't have to be in danger"),
        ("I can't talk aloud", "These work without speaking:"),
        ("It won't help", "It only has to help a little."),
    ],
)
async def test_each_barrier_has_a_sentence_and_a_next_step(world: World, label: str, said: str) -> None:
    shown = await card(world, country="US")
    result = await world.caller.click(shown.message, label=label)
    assert result.response.ephemeral
    assert said in words(result.response)


async def test_without_a_written_line_the_directory_has_them(world: World) -> None:
    shown = await card(world, country="BD")
    result = await world.caller.click(shown.message, label="I can't talk aloud")
    assert "findahelpline.com" in words(result.response)


async def test_the_country_is_changed_in_place(world: World) -> None:
    shown = await card(world)
    await world.caller.click(shown.message, label="Country")
    select = choice(world, "pick-country")
    await world.caller.select(latest(world), ["GB"], custom_id=select)
    assert "Samaritans" in words(latest(world))
    assert "Remember United Kingdom" in labels(latest(world))


async def test_a_country_can_be_typed(world: World) -> None:
    shown = await card(world)
    await world.caller.click(shown.message, label="Country")
    select = choice(world, "pick-country")
    modal = await world.caller.select(latest(world), ["elsewhere"], custom_id=select)
    await world.caller.submit_modal(modal, {"country": "portugal"})
    assert "call 112" in words(latest(world))


async def test_a_country_typed_wrong_is_said_kindly(world: World) -> None:
    shown = await card(world)
    await world.caller.click(shown.message, label="Country")
    modal = await world.caller.select(latest(world), ["elsewhere"], custom_id=choice(world, "pick-country"))
    await world.caller.submit_modal(modal, {"country": "qqq"})
    assert "I don't know that country." in words(latest(world))


async def test_a_country_is_remembered_only_when_asked(world: World) -> None:
    shown = await card(world, country="GB")
    assert "call your emergency number" in words(await card(world)), "choosing is not remembering"
    result = await world.caller.click(shown.message, label="Remember United Kingdom")
    assert "I'll remember United Kingdom." in words(result.response)
    assert "Samaritans" in words(await card(world))


async def test_safe_leaves_a_quiet_word(world: World) -> None:
    shown = await card(world, country="GB")
    await world.caller.click(shown.message, label="I'm safe, thanks")
    assert words(latest(world)) == "Thank you for telling me. `/support` is here at any hour."


async def test_quiet_is_kept(world: World) -> None:
    shown = await card(world, country="GB")
    result = await world.caller.click(shown.message, label="Quiet")
    assert "I'll make no more offers" in words(result.response)
    settings = await world.bot.services.support.settings_of(world.caller.id)
    assert settings.quiet


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_language_can_be_chosen_on_the_card(world: World, language: str) -> None:
    shown = await card(world, country="JP")
    await world.caller.click(shown.message, label="Language · اللغة")
    select = choice(world, "pick-language")
    await world.caller.select(latest(world), [language], custom_id=select)
    texts = world.bot.services.texts
    title = words(latest(world)).splitlines()[0].removeprefix("## ").strip("\u200f\u2067\u2069")
    assert title == texts.get("support.card.title", language)
    assert texts.get("support.button.safe", language) in labels(latest(world))


async def test_it_works_in_a_dm(world: World) -> None:
    result = await world.caller.user.slash("support", country="DE")
    assert "TelefonSeelsorge" in words(result.response)
    assert "0800 111 0 111" in words(result.response)


async def test_it_is_there_for_user_installs(world: World) -> None:
    [command] = [c for c in world.env.backend.commands[None].values() if c["name"] == "support"]
    assert set(command["integration_types"]) == {0, 1}
    assert set(command["contexts"]) == {0, 1, 2}


def database_files(folder: Path) -> list[Path]:
    files = [folder / name for name in ("hush.db", "hush.db-wal", "hush.db-shm")]
    assert files[0].stat().st_size > 0
    return [file for file in files if file.exists()]


@pytest.fixture
async def without_database(world: World, tmp_path: Path) -> World:
    """A world whose database has been taken away while Hush runs: its file, and what was open of it."""
    people = world.bot.services.person_settings
    await people.put(replace(await people.get(world.caller.id), country="GB"))
    assert "Samaritans" in words(await card(world)), "it is read from the file"
    for file in database_files(tmp_path):
        file.unlink()
    # An open file lives on until it is closed; then the path leads nowhere.
    await people._database._dispose(*people._database._engines[:2])
    with pytest.raises(StoreError):
        await people.get(world.caller.id)
    assert (tmp_path / "hush.db").stat().st_size == 0, "at most an empty one in its place"
    return world


async def test_it_answers_within_a_second_with_the_database_file_removed(
    without_database: World,
) -> None:
    world = without_database
    began_s = time.perf_counter()
    chosen = await card(world, country="GB")
    first_s = time.perf_counter()
    unknown = await card(world)
    second_s = time.perf_counter()
    assert "Samaritans" in words(chosen)
    assert "call your emergency number" in words(unknown), "what was remembered is gone"
    assert first_s - began_s < 1.0
    assert second_s - first_s < 1.0


async def test_it_answers_while_the_database_gives_no_answer(world: World) -> None:
    await world.bot.services.support._people._database.close()
    shown = await card(world, country="GB")
    assert "Samaritans" in words(shown)
    assert "call your emergency number" in words(await card(world))
    for button in ("Remember United Kingdom", "Quiet"):
        result = await world.caller.click(shown.message, label=button)
        assert "I couldn't write that down just now." in words(result.response)
    await world.caller.click(shown.message, label="I'm safe, thanks")
    assert any("Thank you for telling me." in words(m) for m in world.text.history(viewer=world.caller))


def choice(world: World, act: str) -> str:
    return next(str(p["custom_id"]) for p in parts(latest(world)) if act in str(p.get("custom_id")))


def latest(world: World) -> object:
    return world.text.history(viewer=world.caller)[-1]
