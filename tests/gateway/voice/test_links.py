import asyncio
from collections.abc import AsyncGenerator, Iterator

import pytest
import simcord

from bot.core.errors import Refusal
from bot.core.tasks import Tasks
from bot.gateway.rooms import VocalChannel, room_from
from bot.gateway.voice import DiscordVoiceLinks
from bot.gateway.voice.pacer import Pacer
from bot.playback.model import Room
from bot.sandbox.world import World
from tests.cogs.room import deny, left, seat

SOUND = b"\xfc" + bytes(range(60))


def nothing() -> None:
    """Take note of nothing."""


@pytest.fixture
async def tasks() -> AsyncGenerator[Tasks]:
    tasks = Tasks()
    yield tasks
    await tasks.close()


@pytest.fixture
def pacer() -> Iterator[Pacer]:
    pacer = Pacer()
    yield pacer
    pacer.close()


@pytest.fixture
def links(world: World, tasks: Tasks, pacer: Pacer) -> DiscordVoiceLinks:
    return DiscordVoiceLinks(world.bot, world.clock, tasks, pacer=pacer, answer_s=1.0)


def room_in(world: World, channel: simcord.ChannelHandle) -> Room:
    there = world.bot.get_channel(channel.id)
    assert isinstance(there, VocalChannel)
    return room_from(there)


async def test_a_link_sends_what_it_is_given_and_tells_when_there_is_no_more(
    world: World, links: DiscordVoiceLinks
) -> None:
    ears = await world.listen()
    link = await links.join(room_in(world, world.lantern))
    assert link.audible
    assert link.listeners == 1
    packets = iter([SOUND] * 30)
    ended = asyncio.Event()
    link.play(lambda: next(packets, b""), ended.set, nothing)
    await asyncio.wait_for(ended.wait(), timeout=20.0)
    assert len(await ears.hear(30)) == 30
    await link.leave()
    assert seat(world) is None


async def test_leaving_twice_or_after_being_sent_away_is_fine(world: World, links: DiscordVoiceLinks) -> None:
    link = await links.join(room_in(world, world.lantern))
    ended = asyncio.Event()
    link.play(lambda: SOUND, ended.set, nothing)
    await world.move(None, None)
    await asyncio.wait_for(ended.wait(), timeout=20.0)
    await link.leave()
    await link.leave()
    assert (await links.join(room_in(world, world.attic))).room.name == "Attic"


async def test_playing_on_a_lost_connection_ends_at_once(world: World, links: DiscordVoiceLinks) -> None:
    link = await links.join(room_in(world, world.lantern))
    await link.leave()
    ended = asyncio.Event()
    link.play(lambda: SOUND, ended.set, nothing)
    assert await asyncio.wait_for(ended.wait(), timeout=20.0)


async def test_a_link_follows_where_it_is_moved(world: World, links: DiscordVoiceLinks) -> None:
    link = await links.join(room_in(world, world.lantern))
    await world.move(None, world.attic)
    assert link.room.channel_id == world.attic.id
    assert link.listeners == 0
    await link.leave()


async def test_when_discord_does_not_answer_the_asker_hears_so_and_nothing_stays_behind(
    world: World, tasks: Tasks, pacer: Pacer
) -> None:
    links = DiscordVoiceLinks(world.bot, world.clock, tasks, pacer=pacer, answer_s=0.2)
    deny(world, world.attic, connect=True)  # then Discord says nothing at all
    with pytest.raises(Refusal) as refusal:
        await links.join(room_in(world, world.attic))
    assert (refusal.value.key, refusal.value.values) == ("play.refused.no_answer", {"channel": "Attic"})
    await left(world)
    patient = DiscordVoiceLinks(world.bot, world.clock, tasks, pacer=pacer, answer_s=10.0)
    await (await patient.join(room_in(world, world.lantern))).leave()


async def test_a_join_that_succeeds_after_all_is_undone(world: World, links: DiscordVoiceLinks) -> None:
    arrived = world.bot.wait_for("voice_state_update", check=lambda m, *_: m.id == world.bot_id, timeout=10.0)
    joining = asyncio.create_task(links.join(room_in(world, world.lantern)))
    await arrived
    joining.cancel()
    with pytest.raises(asyncio.CancelledError):
        await joining
    await left(world)


async def test_a_channel_that_is_not_there_cannot_be_joined(world: World, links: DiscordVoiceLinks) -> None:
    with pytest.raises(Refusal, match=r"play\.refused\.no_answer"):
        await links.join(Room(world.guild.id, 4, "gone", 64_000))


async def test_a_second_stay_in_one_server_is_refused_not_crashed(
    world: World, links: DiscordVoiceLinks
) -> None:
    link = await links.join(room_in(world, world.lantern))
    with pytest.raises(Refusal, match=r"play\.refused\.no_answer"):
        await links.join(room_in(world, world.attic))
    await link.leave()


@pytest.mark.parametrize(("carries", "used"), [(64_000, 64_000), (96_000, 96_000), (384_000, 128_000)])
async def test_bitrate_is_what_the_channel_carries_up_to_the_house_limit(
    world: World, carries: int, used: int
) -> None:
    channel = world.guild.create_voice_channel("*starry* night", bitrate=carries)
    room = room_in(world, channel)
    assert room.bitrate == used
    assert room.name == r"\*starry\* night"


async def test_a_stage_carries_64_kbit(world: World) -> None:
    assert room_in(world, world.stage).bitrate == 64_000


async def test_moved_onto_a_stage_it_asks_to_speak_there(world: World) -> None:
    await world.sitter.slash(world.text, "play", sound="rain")
    world.env.backend.set_voice_state(world.guild.id, world.bot_id, world.stage.id, suppress=True)
    async with asyncio.timeout(20.0):
        while (voice := seat(world)) is None or voice.requested_to_speak_at is None:
            await world.env.settle()
