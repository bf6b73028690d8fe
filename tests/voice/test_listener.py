import asyncio

import pytest

from bot.sandbox.voice import (
    MODES,
    OPUS_SILENCE,
    CloseCode,
    Credentials,
    ListeningMember,
    ServerOptions,
    VoiceClosedError,
    VoiceServer,
)
from tests.voice.discord_client import CHANNEL_ID, GUILD_ID, OTHER_CHANNEL_ID, opus_frames


@pytest.mark.parametrize("mode", MODES)
async def test_frames_arrive_in_both_modes(server, join, everybody_is_in, mode):
    sender, listener = await join(server, 10, mode=mode), await join(server, 11)
    await everybody_is_in(sender, listener)
    sender.speak()
    frames = [*opus_frames(50), OPUS_SILENCE]
    for frame in frames:
        sender.send(frame)
    heard = await listener.hear(51)
    assert [frame.opus for frame in heard] == frames
    assert [frame.end_to_end for frame in heard] == [True] * 50 + [False]
    assert {(frame.user_id, frame.ssrc) for frame in heard} == {(10, sender.ssrc)}
    assert server.session(GUILD_ID, 10).record().mode == mode
    assert sender.privacy_code == listener.privacy_code
    assert (listener.n_invalid, listener.n_undecryptable) == (0, 0)


async def test_two_senders_are_told_apart(server, join, everybody_is_in):
    first, second, listener = [await join(server, user_id) for user_id in (10, 11, 12)]
    await everybody_is_in(first, second, listener)
    for sender in (first, second):
        sender.speak()
        sender.send(str(sender.credentials.user_id).encode())
    heard = await listener.hear(2)
    assert {(frame.user_id, frame.opus) for frame in heard} == {(10, b"10"), (11, b"11")}


async def test_channels_do_not_hear_each_other(server, join, everybody_is_in):
    sender, here = await join(server, 10), await join(server, 11)
    elsewhere = await join(server, 12, OTHER_CHANNEL_ID)
    await everybody_is_in(sender, here)
    sender.speak()
    sender.send(b"\xfc here")
    await here.hear(1)
    assert elsewhere.n_heard == 0
    assert elsewhere.end_to_end.known_user_ids == set()


async def test_what_is_sent_before_there_are_keys_is_heard_in_the_clear(server, join):
    sender = await join(server, 10)
    sender.speak()
    listener = await join(server, 11)
    await listener.until(lambda: listener.hearing.user_of.get(sender.ssrc) == 10)
    sender.send(b"\xfc one of the first")
    heard = await listener.hear(1)
    assert heard[0].opus == b"\xfc one of the first"


async def test_resume_keeps_ssrc_keys_and_what_was_missed(server, join, everybody_is_in):
    sender, listener = await join(server, 10), await join(server, 11)
    await everybody_is_in(sender, listener)
    sender.speak()
    ssrc = sender.ssrc
    await listener.until(lambda: ssrc in listener.hearing.user_of)
    server.session(GUILD_ID, 10).abort()
    await sender.until(lambda: sender.close_code == CloseCode.ABNORMAL)
    sender.send(b"\xfc while away")  # UDP goes on
    third = await join(server, 12)
    await server.until(lambda: len(server.group(GUILD_ID, CHANNEL_ID).user_ids) == 3)
    await sender.resume()
    await everybody_is_in(sender, listener, third)  # the commit it missed was replayed
    sender.send(b"\xfc back")
    assert [frame.opus for frame in await listener.hear(2)] == [b"\xfc while away", b"\xfc back"]
    assert (await third.hear(1))[0].end_to_end
    record = server.session(GUILD_ID, 10).record()
    assert sender.ssrc == record.ssrc == ssrc
    assert len(record.resumes_ns) == len(record.connects_ns) == 1
    assert record.closes[0].code == CloseCode.ABNORMAL
    assert record.gaps() == []
    assert sender.privacy_code == listener.privacy_code == third.privacy_code


async def test_a_crashed_server_lets_resume_and_a_kicked_member_does_not_come_back(server, join):
    member = await join(server, 10)
    await server.close_session(GUILD_ID, 10, CloseCode.SERVER_CRASHED)
    await member.until(lambda: member.close_code == CloseCode.SERVER_CRASHED)
    await member.resume()
    await server.forget(GUILD_ID, 10)
    await member.until(lambda: member.close_code == CloseCode.DISCONNECTED)
    with pytest.raises(VoiceClosedError) as refused:
        await member.resume()
    assert refused.value.code == CloseCode.SESSION_INVALID


async def test_a_session_nobody_resumes_leaves_the_group(join):
    async with VoiceServer(ServerOptions(resume_window_s=0.2)) as server:
        member, other = await join(server, 10), await join(server, 11)
        await server.until(lambda: server.group(GUILD_ID, CHANNEL_ID).epoch == 1)
        server.session(GUILD_ID, 10).abort()
        await server.until(lambda: server.session(GUILD_ID, 10) is None)
        await other.until(lambda: not other.end_to_end.is_ready)
        with pytest.raises(VoiceClosedError):
            await member.resume()
        await other.close()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"token": "wrong"}, CloseCode.AUTHENTICATION_FAILED),
        ({"session_id": "wrong"}, CloseCode.SESSION_INVALID),
        ({"user_id": 99}, CloseCode.SESSION_INVALID),
        ({"guild_id": 99}, CloseCode.SESSION_INVALID),
    ],
)
async def test_wrong_credentials_are_refused(server, changed, code):
    right = Credentials.issue(GUILD_ID, CHANNEL_ID, 10)
    await server.register(right)
    wrong = Credentials(**(vars(right) | changed))
    member = ListeningMember(wrong, endpoint=server.endpoint, ca_file=server.ca_file)
    with pytest.raises(VoiceClosedError) as refused:
        async with member:
            pass
    assert refused.value.code == code


async def test_a_second_session_of_a_user_ends_the_first(server, join):
    first = await join(server, 10)
    second = await join(server, 10)
    await first.until(lambda: first.close_code == CloseCode.SESSION_INVALID)
    assert [session.ssrc for session in server.sessions] == [second.ssrc]


async def test_many_join_and_leave_at_once(server, join, everybody_is_in):
    members = await asyncio.gather(*(join(server, 100 + i) for i in range(8)))
    await everybody_is_in(*members)
    assert len({member.privacy_code for member in members}) == 1
    await asyncio.gather(*(member.close() for member in members[1::2]))
    rest = members[::2]
    await everybody_is_in(*rest)
    late = await asyncio.gather(*(join(server, 200 + i) for i in range(3)))
    await everybody_is_in(*rest, *late)
    late[0].speak()
    late[0].send(b"\xfc hello")
    for member in (*rest, *late[1:]):
        assert (await member.hear(1))[0].end_to_end
    state = server.group(GUILD_ID, CHANNEL_ID)
    assert (state.n_invalid_commits, state.n_invalid_reports, state.n_resets) == (0, 0, 0)


async def test_a_member_who_cannot_follow_is_added_anew(server, join, everybody_is_in):
    members = [await join(server, user_id) for user_id in (10, 11, 12)]
    await everybody_is_in(*members)
    epoch = server.group(GUILD_ID, CHANNEL_ID).epoch
    lost = members[1].end_to_end
    lost.receive_binary(30, b"\x00\x07not a welcome")  # answers with opcode 31 and a new key package
    assert not lost.is_ready
    await server.until(lambda: server.group(GUILD_ID, CHANNEL_ID).n_invalid_reports == 1)
    await everybody_is_in(*members)
    assert server.group(GUILD_ID, CHANNEL_ID).epoch > epoch
    assert len({member.privacy_code for member in members}) == 1


async def test_a_slow_reader_loses_the_oldest_frames(server, join, everybody_is_in):
    sender, listener = await join(server, 10), await join(server, 11, max_queued_frames=5)
    await everybody_is_in(sender, listener)
    sender.speak()
    for i in range(12):
        sender.send(b"\xfc" + bytes([i]))
    await listener.until(lambda: listener.n_heard == 12)
    assert [frame.opus[1] for frame in await listener.hear(5)] == [7, 8, 9, 10, 11]
    assert listener.frames.n_dropped == 7
