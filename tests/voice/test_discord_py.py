"""The real discord.py voice client, unpatched, against the loopback server."""

import asyncio
import itertools

import discord
import pytest

from bot.sandbox.voice import XCHACHA20_POLY1305, CloseCode, ServerOptions, VoiceServer
from tests.voice.discord_client import (
    BOT_ID,
    CHANNEL_ID,
    GUILD_ID,
    OTHER_CHANNEL_ID,
    OpusSource,
    channel,
    discord_client,
    is_silence,
    opus_frames,
)


async def ready(voice_client, member):
    """Both have keys of the same group."""
    code = lambda: member.privacy_code  # noqa: E731
    await member.until(lambda: code() is not None and code() == voice_client.voice_privacy_code)


async def test_three_seconds_arrive_unchanged_through_encryption(server, join):
    frames = opus_frames(150)
    async with discord_client(server) as client:
        voice_client = await channel(client).connect()
        assert voice_client.mode == XCHACHA20_POLY1305
        member = await join(server, 10)
        await ready(voice_client, member)
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        voice_client.play(OpusSource(iter(frames)), after=lambda error: loop.call_soon_threadsafe(ended.set))
        heard = await member.hear(155)
        await ended.wait()
        await voice_client.disconnect()
        await server.until(lambda: server.session(GUILD_ID, BOT_ID) is None)
    assert [frame.opus for frame in heard[:150]] == frames
    assert all(frame.end_to_end for frame in heard[:150])
    assert all(is_silence(frame.opus) for frame in heard[150:])
    assert {frame.user_id for frame in heard} == {BOT_ID}
    arrivals = [frame.arrival_ns for frame in heard]
    assert arrivals == sorted(arrivals)
    assert 2.5e9 < arrivals[149] - arrivals[0] < 10e9
    assert member.n_undecryptable == 0

    record = next(record for record in await server.records() if record.user_id == BOT_ID)
    assert record.n_packets == 155
    assert record.gaps() == []
    assert record.n_invalid == 0
    assert record.sequences.tolist() == [frame.rtp_sequence for frame in heard]
    assert record.timestamps.tolist() == [frame.rtp_timestamp for frame in heard]
    assert len(record.opus) == 155
    assert record.opus[0] != frames[0], "the server must not be able to read it"
    assert [change.flags for change in record.speaking[:3]] == [0, 1, 0]
    assert record.closes[-1].code in {CloseCode.NORMAL, CloseCode.DISCONNECTED}


async def test_without_end_to_end_encryption_the_server_reads_the_frames(join):
    frames = opus_frames(20)
    async with VoiceServer(ServerOptions(dave_version=0, keep_opus=4)) as server:
        async with discord_client(server) as client:
            voice_client = await channel(client).connect()
            member = await join(server, 10)
            voice_client.play(OpusSource(iter(frames)))
            heard = await member.hear(20)
            (record,) = [record for record in await server.records() if record.user_id == BOT_ID]
        assert [frame.opus for frame in heard] == frames
        assert record.opus[:5] == frames[::4]
        assert [kept.packet_index for kept in record.kept][:5] == [0, 4, 8, 12, 16]
        assert member.privacy_code is None
        await member.close()


async def test_members_come_and_go_while_the_bot_plays(server, join, everybody_is_in):
    """Down to the bot alone and up again: sound returns after each change and nobody's code differs."""
    async with discord_client(server) as client:
        voice_client = await channel(client).connect()
        voice_client.play(OpusSource(b"\xfc" + i.to_bytes(40) for i in itertools.count()))
        codes = []
        for turn in range(3):
            first = await join(server, 100 + turn)
            await hears(voice_client, first)
            second, third = await asyncio.gather(join(server, 200 + turn), join(server, 300))
            for member in (first, second, third):
                await hears(voice_client, member)
            await server.until(lambda: len(server.group(GUILD_ID, CHANNEL_ID).user_ids) == 4)
            await first.close()
            await third.close()
            await hears(voice_client, second)
            await server.until(lambda: len(server.group(GUILD_ID, CHANNEL_ID).user_ids) == 2)
            await hears(voice_client, second)
            codes.append(second.privacy_code)
            await second.close()
            await server.until(lambda: server.group(GUILD_ID, CHANNEL_ID).epoch == 0)
        assert len(set(codes)) == 3
        assert voice_client.is_playing()
        assert server.group(GUILD_ID, CHANNEL_ID).n_invalid_commits == 0
        assert server.group(GUILD_ID, CHANNEL_ID).n_invalid_reports == 0
        record = next(record for record in await server.records() if record.user_id == BOT_ID)
        assert record.gaps() == []
        assert len(record.connects_ns) == 1


async def hears(voice_client, member):
    """Both are in one group, and ten of the bot's frames in a row are opened with its keys."""
    await ready(voice_client, member)
    n_heard = member.n_end_to_end
    await member.until(lambda: member.n_end_to_end >= n_heard + 10)
    while (frame := (await member.hear(1))[0]) and not frame.end_to_end:
        pass
    counts = [int.from_bytes(f.opus[1:]) for f in [frame, *await member.hear(9)]]
    assert counts == list(range(counts[0], counts[0] + 10))


async def test_a_wrong_token_is_refused(server):
    async with discord_client(server) as client:
        client.ws.token = "wrong"
        with pytest.raises(discord.ConnectionClosed) as refused:
            await channel(client).connect(reconnect=False)
        assert refused.value.code == CloseCode.AUTHENTICATION_FAILED
        assert server.sessions == ()


async def test_moved_by_a_moderator_on_the_same_server(server, join, everybody_is_in):
    async with discord_client(server) as client:
        voice_client = await channel(client).connect()
        here, there = await join(server, 10), await join(server, 11, OTHER_CHANNEL_ID)
        await ready(voice_client, here)
        voice_client.play(OpusSource(itertools.repeat(b"\xfc rain")))
        await hears_end_to_end(here)
        session = server.session(GUILD_ID, BOT_ID)
        client.ws.tell_voice_state(OTHER_CHANNEL_ID, session.credentials.session_id)
        await server.move(GUILD_ID, BOT_ID, OTHER_CHANNEL_ID)
        await hears_end_to_end(there)
        assert voice_client.channel.id == OTHER_CHANNEL_ID
        assert voice_client.voice_privacy_code == there.privacy_code
        assert session.record().gaps() == []


async def hears_end_to_end(member):
    n_heard = member.n_end_to_end
    await member.until(lambda: member.n_end_to_end >= n_heard + 5)


async def test_downgraded_and_upgraded_while_playing(server, join):
    """Opcode 21 to version 0 lets frames pass unsealed; opcode 24 seals them again."""
    async with discord_client(server) as client:
        voice_client = await channel(client).connect()
        member = await join(server, 10)
        await ready(voice_client, member)
        voice_client.play(OpusSource(itertools.repeat(b"\xfc rain")))
        await hears_end_to_end(member)
        server.set_dave_version(0)
        await member.until(lambda: member.end_to_end.version == 0)
        n_plain = member.n_heard - member.n_end_to_end
        await member.until(lambda: member.n_heard - member.n_end_to_end >= n_plain + 5)
        server.set_dave_version(1)
        await hears_end_to_end(member)
        assert member.privacy_code == voice_client.voice_privacy_code
