import discord
import pytest
from discord.http import Route

from bot.sandbox.recording.behaviour import Behaviour
from bot.sandbox.recording.process import RecordingDiscord

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_same_nonce_returns_the_message_that_is_there(
    server: RecordingDiscord, mark: int, dm: discord.DMChannel
) -> None:
    first = await dm.send("good evening", nonce="evening-1")
    again = await dm.send("good evening", nonce="evening-1")
    other = await dm.send("good evening", nonce="evening-2")

    assert again.id == first.id != other.id
    assert again.nonce == "evening-1"
    assert [(d.message, d.n_requests, d.is_known) for d in server.deliveries(after=mark)] == [
        (first.id, 2, True),
        (other.id, 1, True),
    ]


async def test_a_nonce_that_is_not_enforced_creates_again(
    server: RecordingDiscord, mark: int, bot: discord.Client, dm: discord.DMChannel
) -> None:
    route = Route("POST", "/channels/{channel_id}/messages", channel_id=dm.id)
    for _ in range(2):
        await bot.http.request(route, json={"content": "twice", "nonce": "evening-1"})

    assert [d.nonce for d in server.deliveries(after=mark)] == ["evening-1", "evening-1"]


async def test_a_nonce_is_forgotten_after_its_window(server: RecordingDiscord, dm: discord.DMChannel) -> None:
    first = await dm.send("good evening", nonce=1)
    await server.advance(170.0)
    assert (await dm.send("good evening", nonce=1)).id == first.id
    await server.advance(20.0)
    assert (await dm.send("good evening", nonce=1)).id != first.id


async def test_a_nonce_counts_within_its_channel_unless_told_otherwise(
    server: RecordingDiscord, bot: discord.Client, dm: discord.DMChannel, person: int
) -> None:
    elsewhere = await bot.create_dm(discord.Object(person + 1))
    first = await dm.send("good evening", nonce=1)
    second = await elsewhere.send("good evening", nonce=1)
    assert second.id != first.id

    await server.configure(Behaviour.unlimited().model_copy(update={"nonce_scope": "author"}))
    third = await bot.create_dm(discord.Object(person + 2))
    assert (await third.send("good evening", nonce=1)).id == second.id


async def test_a_deleted_message_is_not_created_again(dm: discord.DMChannel) -> None:
    message = await dm.send("good evening", nonce=1)
    await message.delete()
    with pytest.raises(discord.NotFound) as refusal:
        await dm.send("good evening", nonce=1)
    assert refusal.value.code == 10008


async def test_a_nonce_over_25_characters_is_refused(
    server: RecordingDiscord, mark: int, dm: discord.DMChannel
) -> None:
    with pytest.raises(discord.HTTPException) as refusal:
        await dm.send("good evening", nonce="n" * 26)
    assert refusal.value.code == 50035
    assert server.deliveries(after=mark) == []
