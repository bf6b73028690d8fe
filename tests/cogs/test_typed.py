"""Words typed into forms: each form gives its own answer, and where they ask for it the card follows."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import simcord

from bot.sandbox.world import World
from tests.cogs.care_reading import ids_of, shown
from tests.cogs.test_support import card, choice, latest
from tests.gateway.panel_reading import until
from tests.gateway.restarts import restarted

HEAVY = "i want to kill myself tonight"
LIGHT = "somewhere by the sea"


async def country(world: World, words: str) -> simcord.InteractionResult:
    """Type into the form that asks for a country."""
    message = await card(world)
    await world.caller.click(message, label="Country")
    form = await world.caller.select(latest(world), ["elsewhere"], custom_id=choice(world, "pick-country"))
    return await world.caller.submit_modal(form, {"country": words})


async def clock(world: World, words: str) -> simcord.InteractionResult:
    asked = await world.caller.slash(world.text, "bedtime set", time="22:30")
    zone = next(i for i in ids_of(world, asked.response) if i.startswith("bedtime:zone:"))
    form = await world.caller.click(asked.response, custom_id=zone)
    return await world.caller.submit_modal(form, {"zone": words})


async def check_in(world: World, words: str) -> simcord.InteractionResult:
    message = (await world.caller.slash(world.text, "checkin")).response
    for answer in ("Quite", "Some", "All right"):
        await world.caller.click(message, label=answer)
    form = await world.caller.click(message, label="Say it in words")
    assert form.modal is not None
    field = form.modal["components"][0]["component"]["custom_id"]
    return await world.caller.submit_modal(form, {field: words})


FORMS = [clock, check_in]
"""Those that give an answer of their own; the country's form is the card's, and shows it anew."""
Form = Callable[[World, str], Awaitable[simcord.InteractionResult]]


def cards_after(world: World, result: simcord.InteractionResult) -> list[str]:
    """Return the help cards that followed a form's own answer."""
    return [
        shown(world, follow)
        for follow in result.followups
        if any(id_.startswith("help:country:") for id_ in ids_of(world, follow))
    ]


@pytest.mark.parametrize("form", FORMS)
async def test_heavy_words_in_a_form_are_followed_by_the_card(world: World, form: Form) -> None:
    result = await form(world, HEAVY)
    await world.advance(4.0)
    await until(world, lambda: bool(cards_after(world, result)))
    [followed] = cards_after(world, result)
    assert world.bot.services.texts.get("support.card.crisis") in followed
    assert all(follow.ephemeral for follow in result.followups)
    assert not world.env.errors
    everything = [*result.followups, *world.text.history(viewer=world.caller)]
    assert not any("kill" in shown(world, message) for message in everything), "nothing is quoted"


@pytest.mark.parametrize("form", FORMS)
async def test_light_words_in_a_form_are_just_answered(world: World, form: Form) -> None:
    result = await form(world, LIGHT)
    await world.advance(4.0)
    assert cards_after(world, result) == []


async def test_heavy_words_in_the_cards_own_form_bring_one_card(world: World) -> None:
    result = await country(world, HEAVY)
    later = await clock(world, HEAVY)
    await world.advance(4.0)
    await until(world, lambda: bool(cards_after(world, later)))
    assert result.followups == [], "what another form asked for later has come by now"
    followed = {message.id for message in later.followups}
    everything = [m for m in world.text.history(viewer=world.caller) if m.id not in followed]
    cards = [m for m in everything if any(i.startswith("help:country:") for i in ids_of(world, m))]
    [shown_now] = [shown(world, message) for message in cards]
    assert world.bot.services.texts.get("support.card.crisis") in shown_now
    assert world.bot.services.texts.get("support.card.unknown_country") in shown_now
    assert "kill" not in shown_now
    assert not world.env.errors


async def test_the_cards_form_is_answered_by_the_next_process(world: World, tmp_path: Path) -> None:
    message = await card(world)
    await world.caller.click(message, label="Country")
    form = await world.caller.select(latest(world), ["elsewhere"], custom_id=choice(world, "pick-country"))
    await world.bot.close()
    async with restarted(world, tmp_path):
        await world.caller.submit_modal(form, {"country": "portugal"})
        assert "call 112" in shown(world, latest(world))
