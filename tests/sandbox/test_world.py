import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import discord
import pytest

from bot.core.errors import Refusal
from bot.sandbox.clock import SandboxClock
from bot.sandbox.world import World
from tests.sandbox.minimal_bot import PAYLOADS, MinimalBot


async def sounding(world):
    """Bring the bot to the sitter and return a listener who hears it."""
    listener = await world.listen()
    result = await world.sitter.slash(world.text, "join")
    assert result.response.content == "here"
    await listener.hear(20)
    return listener


@pytest.mark.parametrize("round_", [1, 2])
async def test_a_command_brings_the_bot_and_its_sound_through_encryption(round_):
    async with World(MinimalBot) as world:
        listener = await sounding(world)
        while not (await listener.hear(1))[0].end_to_end:
            pass
        heard = await listener.hear(60)
        sent_at = [PAYLOADS.index(frame.opus) for frame in heard]
        steps = {(b - a) % len(PAYLOADS) for a, b in pairwise(sent_at)}
        assert steps == {1}, "every packet, in order, as it was sent"
        assert heard[-1].end_to_end
        assert heard[-1].user_id == world.bot_id
        result = await world.sitter.slash(world.text, "leave")
        assert result.response.content == "gone"
        assert world.where_is(world.bot_id) is None
        assert world.discord_guild.voice_client is None
        assert not world.env.errors


async def test_the_bot_comes_into_a_server_that_was_there_before():
    async with World(MinimalBot) as world:
        await world.env.settle()
        assert world.bot.seen == ["ready"]
        assert list(world.bot.get_channel(world.lantern.id).voice_states) == [world.sitter.id]
        assert world.bot.user.name == "Hush"
        mine = world.bot.get_channel(world.lantern.id).permissions_for(world.discord_guild.me)
        assert mine.connect
        assert mine.speak
        assert not mine.move_members


async def test_a_room_without_messages_takes_them_in_its_next_life(tmp_path):
    async with World(MinimalBot, data_dir=tmp_path):
        pass
    async with World(MinimalBot, data_dir=tmp_path) as world:
        result = await world.sitter.slash(world.text, "join")
        assert result.response.content == "here"


async def test_a_moderator_moves_the_bot_and_it_is_heard_in_the_other_room():
    async with World(MinimalBot) as world:
        await sounding(world)
        await world.move(None, world.attic)
        listener = await world.listen(world.attic)
        heard = await listener.hear(20)
        assert heard[-1].user_id == world.bot_id
        assert world.discord_guild.voice_client.channel.id == world.attic.id
        assert world.bot.seen[-1] == (world.sitter.id, world.attic.id)


async def test_a_moderator_sends_the_bot_away():
    async with World(MinimalBot) as world:
        await sounding(world)
        await world.move(None, None)
        await world.server.until(lambda: world.discord_guild.voice_client is None)
        await world.server.until(lambda: world.server.session(world.guild.id, world.bot_id) is None)
        assert world.where_is(world.bot_id) is None


async def test_who_is_moved_hears_the_old_room_no_longer():
    async with World(MinimalBot) as world:
        listener = await sounding(world)
        await world.move(world.sitter, world.attic)
        await listener.until(lambda: listener.close_code is not None)
        assert listener.close_code == 4014


async def test_a_deleted_channel_is_left():
    async with World(MinimalBot) as world:
        await sounding(world)
        await world.delete(world.lantern)
        await world.server.until(lambda: world.where_is(world.bot_id) is None)
        await world.server.until(lambda: not world.bot.voice_clients)
        assert world.server.session(world.guild.id, world.bot_id) is None


async def test_without_the_permission_to_connect_there_is_no_answer():
    async with World(MinimalBot) as world:
        await world.deny(world.lantern, connect=True)
        result = await world.sitter.slash(world.text, "join")
        assert result.response.content == "no answer"


async def test_a_full_channel_does_not_answer_either():
    async with World(MinimalBot) as world:
        await world.limit(world.lantern, 1)
        result = await world.sitter.slash(world.text, "join")
        assert result.response.content == "no answer"


async def test_on_a_stage_the_bot_starts_in_the_audience():
    async with World(MinimalBot) as world:
        await world.sitter.join_voice(world.stage)
        await world.sitter.slash(world.text, "join")
        assert world.discord_guild.me.voice.suppress


async def test_time_is_one_for_simcord_and_the_bot():
    start = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)
    async with World(MinimalBot, clock=SandboxClock(start, running=False)) as world:
        assert world.env.now() == world.clock.now() == start
        result = await world.caller.slash(world.text, "later")
        await world.advance(599.0)
        assert not world.bot.woken.is_set()
        await world.advance(1.0)
        async with asyncio.timeout(10):
            await world.bot.woken.wait()
        assert result.response.content == "now", "answered from a background task, without the network"
        assert world.env.now() == world.clock.now() == start + timedelta(minutes=10)


async def test_running_time_follows_the_machine():
    async with World(MinimalBot) as world:
        before = world.env.now()
        await world.server.until(lambda: world.env.now() > before)
        assert abs(discord.utils.utcnow() - world.env.now()) < timedelta(seconds=5)


async def test_what_the_bot_raised_is_raised_at_the_end():
    class Broken(MinimalBot):
        async def on_ready(self):
            raise LookupError("on purpose")

    with pytest.raises(ExceptionGroup) as caught:
        async with World(Broken):
            pass
    assert isinstance(caught.value.exceptions[0], LookupError)


async def test_a_refusal_is_an_answer_and_no_fault():
    class Refusing(MinimalBot):
        async def setup_hook(self):
            await super().setup_hook()
            self.tree.error(self.answer)

        async def join(self, interaction: discord.Interaction):
            raise Refusal("play.refused.not_in_voice")

        async def answer(self, interaction, error):
            await interaction.response.send_message(error.original.key)

    async with World(Refusing) as world:
        result = await world.caller.slash(world.text, "join")
        assert result.response.content == "play.refused.not_in_voice"
        assert not world.env.errors
