import asyncio
import os
import select
import signal
import sys
from pathlib import Path

import aiohttp
import discord
import pytest

from bot.sandbox.recording import faults
from bot.sandbox.recording.behaviour import Behaviour
from bot.sandbox.recording.process import RecordingDiscord
from bot.sandbox.recording.world import replayed

pytestmark = pytest.mark.asyncio(loop_scope="module")

_FOLDER = Path(__file__).parent
_ENVIRONMENT = {**os.environ, "PYTHONPATH": str(_FOLDER.parents[1])}


async def test_killed_in_the_middle_every_nonce_is_there_once(
    server: RecordingDiscord, mark: int, bot: discord.Client, person: int
) -> None:
    channels = [await bot.create_dm(discord.Object(person + number)) for number in range(6)]
    alive = asyncio.Event()
    alive.set()
    answered: dict[int, int] = {}

    async def deliver(number: int) -> None:
        while number not in answered:
            await alive.wait()
            try:
                message = await channels[number % 6].send("good evening", nonce=number)
            except (aiohttp.ClientError, OSError):
                continue
            answered[number] = message.id

    deliveries = asyncio.gather(*(deliver(number) for number in range(90)))
    await server.script(faults.lost_response(times=None, probability=0.3, seed=5))
    n_before = sum(line.kind == "request" for line in server.lines())
    for n_requests in (10, 40):
        await server.wait_for_requests(n_before + n_requests)
        alive.clear()
        await server.kill()
        await server.restart()
        alive.set()
    await deliveries

    found = server.deliveries(after=mark)
    assert sorted(int(d.nonce or -1) for d in found) == list(range(90))
    assert {int(d.nonce or -1): d.message for d in found} == answered
    assert [line.kind for line in server.lines(after=mark)].count("start") == 2
    assert any(line.answered is False for line in server.lines(after=mark))


async def test_a_crash_between_work_and_answer_loses_nothing(
    server: RecordingDiscord, mark: int, dm: discord.DMChannel
) -> None:
    await server.script(faults.crash())
    with pytest.raises(aiohttp.ClientError):
        await dm.send("good evening", nonce=1)
    await server.wait_killed()
    with pytest.raises(aiohttp.ClientError):
        await dm.send("good evening", nonce=1)
    await server.restart()
    message = await dm.send("good evening", nonce=1)

    assert [(d.message, d.n_requests) for d in server.deliveries(after=mark)] == [(message.id, 2)]


async def test_a_crash_before_the_work_strikes_once(
    server: RecordingDiscord, mark: int, dm: discord.DMChannel, person: int
) -> None:
    await server.script(faults.crash(carried_out=False))
    with pytest.raises(aiohttp.ClientError):
        await dm.send("good evening", nonce=1)
    await server.wait_killed()
    await server.restart()
    assert server.deliveries(after=mark) == []
    await dm.send("good evening", nonce=1)
    assert len(server.deliveries(after=mark)) == 1


async def _live_a_little(
    server: RecordingDiscord, bot: discord.Client, dm: discord.DMChannel, person: int
) -> None:
    """Leave a trace of everything the log can hold."""
    guild, user = 77, person + 1
    voice = await server.add_channel(guild, kind=2)
    await server.set_voice_state(guild, user, voice)
    message = await dm.send("one", nonce=1)
    await message.edit(content="two")
    await (await dm.send("three", nonce=2)).delete()
    interaction, token = await server.open_interaction(7, channel=dm.id, user=person, source=message.id)
    async with aiohttp.ClientSession() as session:
        answer = {"type": 7, "data": {"content": "pressed"}}
        await session.post(f"{server.url}/interactions/{interaction}/{token}/callback", json=answer)
        await session.post(f"{server.url}/webhooks/7/{token}", json={"content": "more"})
    await bot.http.bulk_upsert_global_commands(
        7, [{"name": "play", "description": "Play a sound.", "type": 1, "options": []}]
    )
    await server.advance(90.0)
    await server.script(faults.server_error(503, recipient=user, times=3))
    await server.script(faults.cannot_send(person, times=2))
    with pytest.raises(discord.Forbidden):
        await dm.send("four")
    await server.lift(await server.script(faults.malformed_json()))


async def test_a_restarted_server_knows_what_the_killed_one_knew(
    server: RecordingDiscord, bot: discord.Client, dm: discord.DMChannel, person: int
) -> None:
    await _live_a_little(server, bot, dm, person)
    before = await server.snapshot()
    assert replayed(server.lines()).snapshot() == before
    await server.kill()
    assert replayed(server.lines()).snapshot() == before
    await server.restart()
    after = await server.snapshot()

    assert after.pop("last_seq") == before.pop("last_seq") + 1  # the line of its start
    assert after == before
    with pytest.raises(discord.Forbidden):
        await dm.send("the second of the two refusals")
    await dm.send("open again")


async def test_contents_survive_only_while_they_are_kept(
    server: RecordingDiscord, dm: discord.DMChannel
) -> None:
    forgotten = await dm.send("a private evening")
    await server.configure(Behaviour.unlimited().model_copy(update={"keep_contents": True}))
    kept = await dm.send("an evening for the record")
    assert (await dm.fetch_message(forgotten.id)).content == "a private evening"
    await server.restart()
    assert (await dm.fetch_message(forgotten.id)).content == ""
    assert (await dm.fetch_message(kept.id)).content == "an evening for the record"
    assert "private" not in server.log.read_text()


async def test_a_torn_last_line_is_forgotten_at_restart(
    server: RecordingDiscord, mark: int, dm: discord.DMChannel
) -> None:
    await dm.send("good evening", nonce=1)
    await server.kill()
    whole = server.log.read_bytes()
    server.log.write_bytes(whole + whole.splitlines()[-1][:-9])
    n_lines = len(list(server.lines()))
    await server.restart()
    await dm.send("good evening", nonce=1)

    assert [line.seq for line in server.lines()] == list(range(1, n_lines + 3))
    assert len(server.deliveries(after=mark)) == 1


async def test_a_killed_client_that_comes_again_delivers_every_nonce_once(
    server: RecordingDiscord, mark: int, person: int
) -> None:
    async def sender() -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, str(_FOLDER / "sender.py"), server.url, str(person), "40", env=_ENVIRONMENT
        )

    n_before = sum(line.kind == "request" for line in server.lines())
    first = await sender()
    await server.wait_for_requests(n_before + 20)
    first.kill()
    await first.wait()
    n_first = len(server.deliveries(after=mark))
    assert 0 < n_first < 40

    again = await sender()
    assert await again.wait() == 0
    assert sorted(int(d.nonce or -1) for d in server.deliveries(after=mark)) == list(range(40))


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waiting for a stranger's end needs Linux's pidfd")
async def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable,
        str(_FOLDER / "parent.py"),
        str(tmp_path / "discord.log"),
        stdout=asyncio.subprocess.PIPE,
        stdin=asyncio.subprocess.PIPE,
        env=_ENVIRONMENT,
    )
    assert parent.stdout is not None
    async with asyncio.timeout(30):
        pid = int(await parent.stdout.readline())
    watched = os.pidfd_open(pid)
    try:
        parent.send_signal(signal.SIGKILL)
        await parent.communicate()
        readable, _, _ = await asyncio.to_thread(select.select, [watched], [], [], 10.0)
    finally:
        os.close(watched)
    assert readable == [watched]
