import re

from bot.audio.library import Library
from bot.playback.search import SoundSearch
from bot.sandbox.world import World
from tests.cogs.room import words


async def test_help_says_what_to_try_first_and_names_only_commands_that_exist(world: World) -> None:
    result = await world.caller.slash(world.text, "help")
    assert result.response is not None
    assert result.response.ephemeral
    shown = words(result.response)
    assert "`/play rain`" in shown
    assert SoundSearch(Library.load()).find("rain"), "the example plays"
    named = {found.split(" rain")[0] for found in re.findall(r"`/([a-z ]+)`", shown)}
    assert named
    assert named <= set(world.caller.available_commands(world.text))


async def test_help_works_in_a_dm(world: World) -> None:
    result = await world.caller.user.slash("help")
    assert result.response is not None
