import pytest

from bot.audio.library import Library
from bot.sandbox.world import World
from tests.cogs.room import refused


def texts_in(components: list[dict[str, object]]) -> str:
    """Return all text of a Components V2 message."""
    found = [str(component.get("content", "")) for component in components]
    for component in components:
        inner = component.get("components")
        if isinstance(inner, list):
            found.append(texts_in(inner))
    return "\n".join(found)


async def test_the_library_lists_every_sound_with_its_family_and_evidence(world: World) -> None:
    result = await world.caller.slash(world.text, "library")
    assert result.response is not None
    assert result.response.ephemeral
    shown = texts_in(result.response.components)
    for family, sounds in Library.load().families.items():
        assert all(sound.name in shown for sound in sounds)
        one = await world.caller.slash(world.text, "library", category=family)
        assert one.response is not None
        detailed = texts_in(one.response.components)
        assert all(sound.description in detailed for sound in sounds)


async def test_one_category(world: World) -> None:
    families = Library.load().families
    family, sounds = next(iter(families.items()))
    others = {s.name for name, group in families.items() if name != family for s in group}
    result = await world.caller.slash(world.text, "library", category=family)
    assert result.response is not None
    shown = texts_in(result.response.components)
    assert all(sound.name in shown for sound in sounds)
    assert not any(name in shown for name in others)


async def test_an_unknown_category_names_those_there_are(world: World) -> None:
    result = await world.caller.slash(world.text, "library", category="engines")
    assert refused(world, result).startswith("I don't have that kind of sound. I have ")


@pytest.mark.parametrize("typed", ["", "WAT", "zzz"])
async def test_categories_are_offered_while_typing(world: World, typed: str) -> None:
    offered = await world.caller.autocomplete(world.text, "library", "category", typed)
    assert {"name": "Water", "value": "water"} in offered


async def test_the_library_works_in_a_dm(world: World) -> None:
    result = await world.caller.user.slash("library")
    assert result.response is not None
