"""The server in a process of its own."""

import asyncio
import json
import os
import select
import signal
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest

import bot
from bot.sandbox.voice import (
    CloseCode,
    Credentials,
    ListeningMember,
    LoopbackVoice,
    ServerOptions,
    VoiceClosedError,
    VoiceServerProcess,
    client_ssl_context,
)
from tests.voice.discord_client import CHANNEL_ID, GUILD_ID, OTHER_CHANNEL_ID, opus_frames

ROOT = Path(bot.__file__).parents[1]
PARENT = Path(__file__).with_name("parent.py")


@contextmanager
def watched(pid):
    """A file descriptor that becomes readable when the process ends."""
    descriptor = os.pidfd_open(pid)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


async def ends(descriptor, within_s):
    readable, _, _ = await asyncio.to_thread(select.select, [descriptor], [], [], within_s)
    return bool(readable)


async def test_it_serves_as_the_server_in_process_does(join):
    frames = opus_frames(20)
    async with VoiceServerProcess(ServerOptions(keep_opus=2)) as server:
        voice: LoopbackVoice = server
        sender, listener = await join(voice, 10), await join(voice, 11)
        await sender.until(lambda: sender.end_to_end.is_ready)
        await listener.until(lambda: listener.end_to_end.is_ready)
        sender.speak()
        for frame in frames:
            sender.send(frame)
        assert [frame.opus for frame in await listener.hear(20)] == frames
        record = next(record for record in await voice.records() if record.user_id == 10)
        assert record.n_packets == 20
        assert record.gaps() == []
        assert len(record.opus) == 10
        assert not record.ended
        await voice.close_session(GUILD_ID, 11, CloseCode.ABNORMAL)
        await listener.until(lambda: listener.close_code == CloseCode.ABNORMAL)
        await listener.resume()
        listener.follow(OTHER_CHANNEL_ID)
        await voice.move(GUILD_ID, 11, OTHER_CHANNEL_ID)
        await sender.until(lambda: not sender.end_to_end.is_ready)
        await voice.forget(GUILD_ID, 10)
        await sender.until(lambda: sender.close_code == CloseCode.DISCONNECTED)
        with pytest.raises(KeyError):
            await voice.move(GUILD_ID, 10, OTHER_CHANNEL_ID)
        await listener.close()
    assert not server.ca_file.exists()


async def test_a_refused_user_is_refused_there_too():
    async with VoiceServerProcess() as server:
        stranger = Credentials.issue(GUILD_ID, CHANNEL_ID, 12)
        member = ListeningMember(stranger, endpoint=server.endpoint, ca_file=server.ca_file)
        with pytest.raises(VoiceClosedError):
            await member.connect()
        await member.close()


async def test_sigterm_ends_it_within_a_second_even_with_clients(join):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.sandbox.voice"), stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    async with asyncio.timeout(30):
        hello = json.loads(await process.stdout.readline())
    ca_file = Path(hello["ca_file"])
    connector = aiohttp.TCPConnector(ssl=client_ssl_context(ca_file))
    credentials = Credentials.issue(GUILD_ID, CHANNEL_ID, 10)
    async with aiohttp.ClientSession(connector=connector) as http:
        url = f"{hello['control_url']}/register"
        async with http.post(url, json=vars(credentials)) as refused:
            assert refused.status == 401
        http.headers["Authorization"] = f"Bearer {hello['control_token']}"
        async with http.post(url, json={"nonsense": 1}) as refused:
            assert refused.status == 400
        async with http.post(f"{hello['control_url']}/dance", json={}) as refused:
            assert refused.status == 404
        async with http.post(url, json=vars(credentials)) as taken:
            assert taken.status == 204
    async with ListeningMember(credentials, endpoint=hello["endpoint"], ca_file=ca_file) as member:
        began = time.perf_counter()
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            assert await process.wait() == 0
        assert time.perf_counter() - began < 1.0
        await member.until(lambda: member.close_code == CloseCode.GOING_AWAY)
    assert not ca_file.exists()  # noqa: ASYNC240 - one look


async def test_it_dies_with_its_parent():
    parent = await asyncio.create_subprocess_exec(
        sys.executable,
        str(PARENT),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    async with asyncio.timeout(30):
        child = int(await parent.stdout.readline())
    with watched(child) as descriptor:
        parent.kill()
        await parent.wait()
        assert await ends(descriptor, within_s=10)


async def test_options_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match="dave_version"):
        ServerOptions(dave_version=2)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.sandbox.voice", "--options", '{"keep_opus": -1}'),
        stderr=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    _, said = await process.communicate()
    assert process.returncode == 2
    assert b"keep_opus" in said
