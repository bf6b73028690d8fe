import asyncio

import aiohttp
import discord
import pytest

from bot.sandbox.recording import faults
from bot.sandbox.recording.behaviour import Behaviour, Window
from bot.sandbox.recording.process import ControlError, RecordingDiscord

pytestmark = pytest.mark.asyncio(loop_scope="module")

_Answers = list[tuple[int | None, int | None]]


def _answers(server: RecordingDiscord, mark: int, route: str = "create_message") -> _Answers:
    return [(line.status, line.code) for line in server.lines(after=mark) if line.route == route]


async def test_a_closed_door_is_50007_for_that_person_until_it_opens(
    server: RecordingDiscord, mark: int, bot: discord.Client, dm: discord.DMChannel, person: int
) -> None:
    async with server.scripted(faults.cannot_send(person)):
        with pytest.raises(discord.Forbidden) as refusal:
            await dm.send("good evening")
        assert refusal.value.code == 50007
        other = await bot.create_dm(discord.Object(person + 1))
        await other.send("good evening")
    await dm.send("good evening")

    assert [d.recipient for d in server.deliveries(after=mark)] == [person + 1, person]
    refused = next(line for line in server.lines(after=mark) if line.status == 403)
    assert (refused.recipient, refused.channel, refused.message) == (person, dm.id, None)


async def test_opening_dms_too_fast_is_40003(
    server: RecordingDiscord, bot: discord.Client, person: int
) -> None:
    await server.script(faults.opening_too_fast(person + 1))
    await bot.create_dm(discord.Object(person))
    with pytest.raises(discord.Forbidden) as refusal:
        await bot.create_dm(discord.Object(person + 1))
    assert refusal.value.code == 40003
    await bot.create_dm(discord.Object(person + 1))


async def test_new_dms_may_have_a_window_and_known_ones_stay_open(
    server: RecordingDiscord, bot: discord.Client, person: int
) -> None:
    await server.configure(
        Behaviour.unlimited().model_copy(update={"new_dms": Window(limit=1, seconds=60.0)})
    )
    first = await bot.http.start_private_message(person)
    with pytest.raises(discord.Forbidden) as refusal:
        await bot.http.start_private_message(person + 1)
    assert refusal.value.code == 40003
    assert (await bot.http.start_private_message(person))["id"] == first["id"]
    await server.advance(61.0)
    await bot.http.start_private_message(person + 1)


async def test_a_5xx_is_retried_by_discord_py_and_the_message_is_there_once(
    server: RecordingDiscord, mark: int, bot: discord.Client, person: int
) -> None:
    one, other = [await bot.create_dm(discord.Object(person + number)) for number in range(2)]
    await server.script(faults.server_error(502, recipient=person))
    await server.script(faults.server_error(500, recipient=person + 1, carried_out=True))
    sent = await asyncio.gather(one.send("good evening", nonce=1), other.send("good evening", nonce=1))

    assert sorted(_answers(server, mark), key=str) == [(200, None), (200, None), (500, 0), (502, 0)]
    found = {d.recipient: (d.message, d.n_requests) for d in server.deliveries(after=mark)}
    assert found == {person: (sent[0].id, 1), person + 1: (sent[1].id, 2)}


@pytest.mark.parametrize("is_carried_out", [False, True])
async def test_after_a_lost_response_the_nonce_finds_the_message(
    server: RecordingDiscord, mark: int, dm: discord.DMChannel, is_carried_out: bool
) -> None:
    await server.script(faults.lost_response(carried_out=is_carried_out))
    with pytest.raises(aiohttp.ClientConnectionError):
        await dm.send("good evening", nonce="evening-1")
    assert [d.is_known for d in server.deliveries(after=mark)] == ([False] if is_carried_out else [])

    message = await dm.send("good evening", nonce="evening-1")
    assert [(d.message, d.is_known) for d in server.deliveries(after=mark)] == [(message.id, True)]
    lines = [line for line in server.lines(after=mark) if line.route == "create_message"]
    assert [line.answered for line in lines] == [False, True]
    assert lines[0].status == (200 if is_carried_out else None)


async def test_a_slow_answer_is_logged_when_it_leaves_and_not_for_a_client_that_left(
    server: RecordingDiscord, mark: int, bot: discord.Client, dm: discord.DMChannel
) -> None:
    await server.script(faults.slow_response(0.2, times=2))
    n_before = sum(line.kind == "request" for line in server.lines())
    impatient = asyncio.create_task(dm.send("one", nonce=1))
    await server.wait_for_requests(n_before + 1)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    await dm.send("two", nonce=2)

    assert [(d.nonce, d.is_known) for d in server.deliveries(after=mark)] == [("1", False), ("2", True)]


async def test_half_a_json_body_is_no_answer(
    server: RecordingDiscord, mark: int, dm: discord.DMChannel
) -> None:
    await server.script(faults.malformed_json())
    with pytest.raises(ValueError, match=r"[Uu]nterminated|Expecting|unexpected"):
        await dm.send("good evening", nonce=1)
    assert [d.is_known for d in server.deliveries(after=mark)] == [False]
    await dm.send("good evening", nonce=1)
    assert [d.is_known for d in server.deliveries(after=mark)] == [True]


async def test_a_reset_token_ends_the_login(server: RecordingDiscord) -> None:
    await server.script(faults.invalid_token())
    with server.redirected():
        async with discord.Client(intents=discord.Intents.none()) as client:
            with pytest.raises(discord.LoginFailure):
                await client.login("a-token")


async def test_access_channel_and_message_can_vanish(server: RecordingDiscord, dm: discord.DMChannel) -> None:
    message = await dm.send("good evening")
    await server.script(faults.unknown_message(message.id, times=1))
    with pytest.raises(discord.NotFound) as unknown:
        await message.edit(content="good night")
    assert unknown.value.code == 10008
    await server.script(faults.unknown_channel(dm.id, times=1))
    with pytest.raises(discord.NotFound) as gone:
        await dm.send("good evening")
    assert gone.value.code == 10003
    await server.script(faults.missing_access(dm.id, times=1))
    with pytest.raises(discord.Forbidden) as forbidden:
        await dm.send("good evening")
    assert forbidden.value.code == 50001
    await message.edit(content="good night")


async def test_an_old_message_takes_few_edits(
    server: RecordingDiscord, mark: int, dm: discord.DMChannel
) -> None:
    message = await dm.send("good evening")
    await server.configure(
        Behaviour.unlimited().model_copy(update={"old_edits": Window(limit=1, seconds=0.5)})
    )
    for text in ("young", "younger"):
        await message.edit(content=text)
    assert _answers(server, mark, "edit_message") == [(200, None)] * 2
    await server.advance(3601.0)
    for text in ("old", "older"):
        await message.edit(content=text)
    assert _answers(server, mark, "edit_message")[2:] == [(200, None), (429, 30046), (200, None)]

    await server.script(faults.old_message(message.id, retry_after_s=0.01, times=5))
    with pytest.raises(discord.HTTPException) as refusal:
        await message.edit(content="oldest")
    assert (refusal.value.status, refusal.value.code) == (429, 30046)


async def test_cloudflares_page_is_no_json_and_is_not_waited_for(
    server: RecordingDiscord, dm: discord.DMChannel
) -> None:
    async with server.scripted(faults.cloudflare_ban()):
        with pytest.raises(discord.HTTPException) as refusal:
            await dm.send("good evening")
    assert refusal.value.status == 429
    assert "<html>" in refusal.value.text
    await dm.send("good evening")


async def test_a_fault_that_makes_no_sense_is_refused(server: RecordingDiscord) -> None:
    with pytest.raises(ControlError, match="probability"):
        await server.script(faults.Fault.model_construct(effect="lose", probability=2.0))


async def test_control_calls_need_the_token(server: RecordingDiscord) -> None:
    url = server.url.replace("/api/v10", "/__control__/lift")
    async with aiohttp.ClientSession() as session:
        response = await session.post(url, json={"fault": None}, headers={"Authorization": "Bearer guess"})
    assert response.status == 403
