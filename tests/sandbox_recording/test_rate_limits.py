import asyncio
from datetime import timedelta

import aiohttp
import discord
import pytest

from bot.sandbox.recording.behaviour import Behaviour, Window
from bot.sandbox.recording.process import RecordingDiscord

pytestmark = pytest.mark.asyncio(loop_scope="module")

_BOT = {"Authorization": "Bot a-token"}


async def test_discord_py_waits_by_the_headers_and_never_meets_a_429(
    server: RecordingDiscord, mark: int, dm: discord.DMChannel
) -> None:
    window = Window(limit=2, seconds=0.25)
    await server.configure(
        Behaviour.unlimited().model_copy(update={"route_limits": {"create_message": window}})
    )
    for number in range(5):
        await dm.send(f"{number}")

    lines = [line for line in server.lines(after=mark) if line.route == "create_message"]
    assert [line.status for line in lines] == [200] * 5
    assert lines[2].at - lines[0].at >= timedelta(seconds=0.24)
    assert lines[4].at - lines[2].at >= timedelta(seconds=0.24)


async def test_a_bucket_that_another_process_emptied_answers_429_and_discord_py_comes_again(
    server: RecordingDiscord, mark: int, dm: discord.DMChannel
) -> None:
    await server.configure(
        Behaviour.unlimited().model_copy(
            update={"route_limits": {"create_message": Window(limit=1, seconds=0.5)}}
        )
    )
    async with (
        aiohttp.ClientSession(headers=_BOT) as other,
        other.post(f"{server.url}/channels/{dm.id}/messages", json={"content": "first"}) as response,
    ):
        assert response.headers["X-RateLimit-Remaining"] == "0"
    message = await dm.send("second")

    assert [line.status for line in server.lines(after=mark) if line.route == "create_message"] == [
        200,
        429,
        200,
    ]
    assert [d.message for d in server.deliveries(after=mark)][-1] == message.id


async def test_the_global_limit_holds_all_routes_and_discord_py_obeys_it(
    server: RecordingDiscord, mark: int, bot: discord.Client, person: int
) -> None:
    people = range(person, person + 8)
    channels = [await bot.create_dm(discord.Object(recipient)) for recipient in people]
    window = Window(limit=3, seconds=0.5)
    await server.configure(Behaviour.unlimited().model_copy(update={"global_limit": window}))
    await asyncio.gather(*(channel.send("good evening", nonce=1) for channel in channels))

    assert sorted(d.recipient or 0 for d in server.deliveries(after=mark)) == list(people)
    statuses = [line.status for line in server.lines(after=mark) if line.route == "create_message"]
    assert statuses.count(200) == len(people)
    assert statuses.count(429) >= 1


async def test_a_429_is_told_as_discord_tells_it(server: RecordingDiscord) -> None:
    window = Window(limit=1, seconds=30.0)
    await server.configure(Behaviour.unlimited().model_copy(update={"global_limit": window}))
    async with aiohttp.ClientSession(headers=_BOT) as session:
        assert (await session.get(f"{server.url}/users/@me")).status == 200
        async with session.get(f"{server.url}/users/@me") as response:
            body = await response.json()
        assert response.status == 429
        assert body["global"] is True
        assert body["message"] == "You are being rate limited."
        assert 0.0 < body["retry_after"] <= 30.001
        assert response.headers["X-RateLimit-Global"] == "true"
        assert response.headers["X-RateLimit-Scope"] == "global"
        assert response.headers["Via"]
        assert int(response.headers["Retry-After"]) >= body["retry_after"]


async def test_route_headers_and_429_scope(server: RecordingDiscord) -> None:
    await server.configure(Behaviour(route_limits={"create_dm": Window(limit=2, seconds=30.0)}))
    async with aiohttp.ClientSession(headers=_BOT) as session:
        headers = []
        for recipient in ("5", "6", "7"):
            async with session.post(
                f"{server.url}/users/@me/channels", json={"recipient_id": recipient}
            ) as response:
                headers.append(response.headers)
        assert [h["X-RateLimit-Remaining"] for h in headers] == ["1", "0", "0"]
        assert {h["X-RateLimit-Limit"] for h in headers} == {"2"}
        assert len({h["X-RateLimit-Bucket"] for h in headers}) == 1
        assert float(headers[0]["X-RateLimit-Reset-After"]) <= 30.0
        assert float(headers[0]["X-RateLimit-Reset"]) > 1.7e9
        assert "X-RateLimit-Scope" not in headers[1]
        assert headers[2]["X-RateLimit-Scope"] == "user"


async def test_answers_to_interactions_are_outside_the_global_limit(
    server: RecordingDiscord, dm: discord.DMChannel
) -> None:
    interaction, token = await server.open_interaction(7, channel=dm.id, user=5)
    await server.configure(
        Behaviour.unlimited().model_copy(update={"global_limit": Window(limit=1, seconds=60.0)})
    )
    async with aiohttp.ClientSession(headers=_BOT) as session:
        statuses = [(await session.get(f"{server.url}/users/@me")).status for _ in range(2)]
        answer = await session.post(
            f"{server.url}/interactions/{interaction}/{token}/callback", json={"type": 5}
        )
        followup = await session.post(f"{server.url}/webhooks/7/{token}", json={"content": "here"})
    assert statuses == [200, 429]
    assert answer.status == 204
    assert followup.status == 200


async def test_too_many_invalid_requests_shut_cloudflares_door(
    server: RecordingDiscord, bot: discord.Client, person: int
) -> None:
    await server.configure(
        Behaviour.unlimited().model_copy(update={"invalid_requests": Window(limit=2, seconds=60.0)})
    )
    async with aiohttp.ClientSession() as nobody:
        for _ in range(2):
            assert (await nobody.get(f"{server.url}/users/@me")).status == 401
    with pytest.raises(discord.HTTPException) as refusal:
        await bot.create_dm(discord.Object(person))
    assert refusal.value.status == 429
    assert refusal.value.response.content_type == "text/html"
    assert "Via" not in refusal.value.response.headers

    await server.advance(61.0)
    await bot.create_dm(discord.Object(person))
