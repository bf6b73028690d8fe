"""/therapy and "Help a friend": plain words, sources, and a way to people on every page."""

import re

import pytest

from bot.content.therapy_guide import TherapyGuide
from bot.sandbox.world import World
from tests.cogs.room import refused, words
from tests.cogs.test_support import labels

GUIDE = TherapyGuide.load()


@pytest.mark.parametrize("kind", list(GUIDE.therapies))
async def test_every_kind_says_what_it_is_and_how_to_begin(world: World, kind: str) -> None:
    result = await world.caller.slash(world.text, "therapy", kind=kind)
    assert result.response.ephemeral
    shown, therapy = words(result.response), GUIDE.therapies[kind]
    for part in (therapy.name, therapy.what, therapy.used_for, therapy.source, therapy.first_session):
        assert part in shown
    assert all(question in shown for question in therapy.ask)
    assert "If you are under 18, begin with an adult you trust." in shown
    assert labels(result.response) == ["Support"]
    assert not re.search(r"\byou need\b|\btreats?\b|\bcures?\b", shown)


async def test_without_a_kind_it_lists_them(world: World) -> None:
    shown = words((await world.caller.slash(world.text, "therapy")).response)
    assert all(therapy.name in shown for therapy in GUIDE.therapies.values())
    assert "Nobody has to have one" in shown


@pytest.mark.parametrize(
    ("typed", "found"), [("ptsd", "trauma"), ("EXPO", "prolonged-exposure"), ("dbt", "dbt")]
)
async def test_kinds_are_found_by_what_people_call_them(world: World, typed: str, found: str) -> None:
    offered = await world.caller.autocomplete(world.text, "therapy", "kind", typed)
    assert offered[0]["value"] == found
    result = await world.caller.slash(world.text, "therapy", kind=typed)
    assert GUIDE.therapies[found].name in words(result.response)


async def test_an_unknown_kind_is_said_kindly(world: World) -> None:
    result = await world.caller.slash(world.text, "therapy", kind="moon bathing")
    assert refused(world, result).startswith("I don't know that kind.")


async def test_helping_a_friend_shows_only_the_presser_and_touches_nobody(world: World) -> None:
    message = await world.sitter.send(world.text, "i can't do this any more")
    before = len(world.env.http_requests)
    result = await world.caller.context_menu(world.text, "Help a friend", message)
    assert result.response.ephemeral
    shown = words(result.response)
    for part in ("Ask directly.", "Listen.", "Stay", "Bring somebody in.", "Call the emergency number"):
        assert part in shown
    assert "i can't do this" not in shown
    assert str(world.sitter.id) not in shown
    assert [r.path.split("/")[1] for r in world.env.http_requests[before:]] == ["interactions"]
    assert len(world.text.history(viewer=world.sitter)) == 1, "the author sees nothing of it"


async def test_on_ones_own_message_it_opens_the_card(world: World) -> None:
    message = await world.caller.send(world.text, "i can't do this any more")
    result = await world.caller.context_menu(world.text, "Help a friend", message)
    assert "People who can help" in words(result.response)
