from bot.sandbox.world import World
from tests.cogs.room import words


async def test_it_names_what_is_missing_in_the_room(world: World):
    await world.moderator.join_voice(world.lantern)
    await world.deny(world.lantern, speak=True)
    result = await world.moderator.slash(world.text, "doctor")
    assert result.response.ephemeral
    assert "In #Lantern Room I lack Speak" in words(result.response)


async def test_it_is_for_admins_only(world: World):
    commands = {c["name"]: c for c in world.env.backend.commands[None].values()}
    assert int(commands["doctor"]["default_member_permissions"]) & 0x20
