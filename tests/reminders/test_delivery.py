"""Letters through discord.py's real client to the recording Discord: once each, refusals understood."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import discord
import pytest
import pytest_asyncio

from bot.content.texts import Texts
from bot.gateway.budget import LONGEST_TURN_S, Lane, RequestBudget
from bot.gateway.letters import Letters
from bot.gateway.morning_words import MorningWords
from bot.gateway.post import DiscordPost
from bot.reminders.model import Letter, Topic
from bot.reminders.ports import ClosedDoor, NoSuchPlace, TryLater
from bot.sandbox.clock import SandboxClock
from bot.sandbox.recording import faults
from bot.sandbox.recording.behaviour import Behaviour, Window
from bot.sandbox.recording.process import RecordingDiscord

_TEXTS = Texts.load()
written = Letters(_TEXTS, MorningWords(_TEXTS).first_question).write
pytestmark = pytest.mark.asyncio(loop_scope="module")
_module = pytest_asyncio.fixture(loop_scope="module")
_PEOPLE = itertools.count(500_000_000_000_000_001)
SILENT = 1 << 12
EVENING = datetime(2026, 11, 26, 21, 30, tzinfo=UTC)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RecordingDiscord]:
    log = Path(tmp_path_factory.mktemp("recording"), "discord.log")
    async with RecordingDiscord(log, behaviour=Behaviour.unlimited()) as server:
        yield server


@_module
async def server(running: RecordingDiscord) -> RecordingDiscord:
    await running.lift()
    await running.configure(Behaviour.unlimited())
    return running


@_module
async def mark(server: RecordingDiscord) -> int:
    return await server.last_seq()


@_module
async def client(server: RecordingDiscord) -> AsyncIterator[discord.Client]:
    with server.redirected():
        async with discord.Client(intents=discord.Intents.none(), max_ratelimit_timeout=30.0) as client:
            await client.login("a-token")
            yield client


@pytest.fixture
def clock() -> SandboxClock:
    return SandboxClock()


@pytest.fixture
def budget(clock: SandboxClock) -> RequestBudget:
    return RequestBudget(clock)


@pytest.fixture
def post(client: discord.Client, budget: RequestBudget) -> DiscordPost:
    return DiscordPost(client, budget, written)


@pytest.fixture
def letter() -> Letter:
    person = next(_PEOPLE)
    return Letter(Topic.BEDTIME, person, 1, EVENING, "en-US", f"n{person}", None, silent=False)


async def test_the_first_letter_opens_the_door_and_the_next_uses_it(post, letter, server, mark) -> None:
    channel_id = (await post.deliver(letter)).channel_id
    again = await post.deliver(replace(letter, nonce="another", channel_id=channel_id))
    assert again.channel_id == channel_id
    routes = [line.route for line in server.lines(after=mark)]
    assert routes.count("create_dm") == 1
    first, second = server.deliveries(after=mark)
    assert (first.recipient, first.nonce, first.channel) == (letter.user_id, letter.nonce, channel_id)
    assert second.channel == channel_id
    assert not first.flags & SILENT
    assert first.pings == ()


async def test_the_same_letter_again_arrives_once(post, letter, server, mark) -> None:
    await post.deliver(letter)
    await post.deliver(letter)
    [delivery] = server.deliveries(after=mark)
    assert delivery.n_requests == 2


async def test_a_lost_answer_does_not_double_the_letter(post, letter, server, mark) -> None:
    await server.script(faults.lost_response(recipient=letter.user_id))
    with pytest.raises(TryLater):
        await post.deliver(letter)
    await post.deliver(letter)
    [delivery] = server.deliveries(after=mark)
    assert delivery.is_known


async def test_a_letter_is_taken_away_and_one_that_is_gone_is_no_matter(post, letter, server) -> None:
    delivered = await post.deliver(letter)
    await post.withdraw(delivered)
    [message] = await server.messages(channel=delivered.channel_id)
    assert message["recorded"]["deleted"]
    await post.withdraw(delivered)
    other = await post.deliver(replace(letter, nonce="x", channel_id=delivered.channel_id))
    await server.script(faults.lost_response(route=None, times=None))
    with pytest.raises(TryLater):
        await post.withdraw(other)


async def test_a_silent_letter_is_silent(post, letter, server, mark) -> None:
    await post.deliver(replace(letter, topic=Topic.MISSED, silent=True))
    [delivery] = server.deliveries(after=mark)
    assert delivery.flags & SILENT


async def test_in_a_channel_only_its_person_is_mentioned(post, letter, server, mark) -> None:
    channel = await server.add_channel(77)
    await post.deliver(replace(letter, channel_id=channel, in_server=True))
    [delivery] = server.deliveries(after=mark)
    assert delivery.channel == channel
    assert delivery.pings == (str(letter.user_id),)


async def test_a_closed_door(post, letter, server) -> None:
    await server.script(faults.cannot_send(letter.user_id))
    with pytest.raises(ClosedDoor):
        await post.deliver(letter)


async def test_a_channel_that_is_gone_or_closed_to_us(post, letter, server) -> None:
    channel = await server.add_channel(77)
    await server.script(faults.missing_access(channel))
    for channel_id in (channel, 123):
        with pytest.raises(NoSuchPlace):
            await post.deliver(replace(letter, channel_id=channel_id, in_server=True))


async def test_opening_too_fast_pauses_that_lane_and_no_other(post, letter, server, budget) -> None:
    known = (await post.deliver(letter)).channel_id
    stranger = replace(letter, user_id=next(_PEOPLE), nonce="s")
    await server.script(faults.opening_too_fast(times=None))
    with pytest.raises(TryLater) as later:
        await post.deliver(stranger)
    assert later.value.wait_s == 60.0
    await server.lift()
    n_before = len(list(server.lines()))
    with pytest.raises(TryLater) as later:
        await post.deliver(stranger)
    assert 55.0 < later.value.wait_s <= 60.0
    assert len(list(server.lines())) == n_before, "nothing was asked meanwhile"
    assert (await post.deliver(replace(letter, channel_id=known, nonce="b"))).channel_id == known
    post._budget.openings._clock.advance(61.0)
    await post.deliver(stranger)


async def test_a_long_429_for_opening_pauses_the_lane(post, letter, server) -> None:
    await server.script(
        faults.Fault(effect="refuse", route="create_dm", status=429, retry_after_s=300.0, text="slow")
    )
    with pytest.raises(TryLater) as later:
        await post.deliver(letter)
    assert later.value.wait_s == pytest.approx(300.0, abs=1.0)


async def test_a_crowd_stays_within_discords_limits(client, server, mark, clock) -> None:
    """Two hundred at once, against Discord's real limits: not one 429."""
    people = [next(_PEOPLE) for _ in range(200)]
    post = DiscordPost(client, RequestBudget(clock, openings_per_s=10_000), written)
    template = Letter(Topic.BEDTIME, 0, 1, EVENING, "en-US", "", None)
    channels = [(await client.create_dm(discord.Object(person))).id for person in people]
    await server.configure(Behaviour())
    start = clock.monotonic()
    waiting = [
        replace(template, user_id=person, nonce=f"c{person}", channel_id=channel)
        for person, channel in zip(people, channels, strict=True)
    ]
    for each in waiting:
        await post.deliver(each)
    took_s = clock.monotonic() - start
    statuses = [line.status for line in server.lines(after=mark) if line.route == "create_message"]
    assert statuses == [200] * 200
    assert 195 / 40 <= took_s < 20


async def test_cloudflares_page_is_for_later(post, letter, server) -> None:
    await server.script(faults.cloudflare_ban(times=1))
    with pytest.raises(TryLater):
        await post.deliver(letter)


async def test_a_lane_lets_through_evenly_and_refuses_who_would_wait_long() -> None:
    clock = SandboxClock(EVENING, running=False)
    lane = Lane(clock, 2.0, burst=3)
    for _ in range(3):
        await lane.turn()
    turns = [asyncio.ensure_future(lane.turn()) for _ in range(5)]
    through = []
    for _ in range(6):
        for _ in range(5):
            await asyncio.sleep(0)
        through.append(sum(turn.done() for turn in turns))
        clock.advance(0.5)
    assert through == [0, 1, 2, 3, 4, 5]
    assert lane.pause() == 60.0
    assert lane.pause() == 120.0
    with pytest.raises(TryLater) as later:
        await lane.turn()
    assert later.value.wait_s == pytest.approx(120.0)
    assert later.value.wait_s > LONGEST_TURN_S
    clock.advance(121.0)
    await lane.turn()
    lane.passed()
    assert lane.pause() == 60.0


async def test_what_a_panel_asks_of_discord_makes_reminders_wait_and_an_answer_does_not(
    server, clock
) -> None:
    budget = RequestBudget(clock, per_s=10.0)
    with server.redirected():
        async with discord.Client(intents=discord.Intents.none(), http_trace=budget.trace) as client:
            await client.login("a-token")
            post = DiscordPost(client, budget, written)
            clock.advance(60.0)
            channel_id = await server.add_channel(77)
            panel = await client.get_partial_messageable(channel_id).send("rain")
            for step in range(19):
                await panel.edit(content=f"rain {step}")
            began_s = clock.monotonic()
            letter = Letter(Topic.BEDTIME, next(_PEOPLE), 1, EVENING, "en-US", "p", channel_id)
            await post.deliver(letter)
            waited_s = clock.monotonic() - began_s
            assert 1.0 < waited_s <= 2.0, "twenty requests at ten a second, five of them saved up"
            for _ in range(8):
                await client.create_dm(discord.Object(next(_PEOPLE)))
            began_s = clock.monotonic()
            await budget.openings.turn()
            assert clock.monotonic() - began_s > 2.0, "a guide's new direct message is one as well"
            webhook = discord.Webhook.partial(1, "t", client=client)
            clock.advance(60.0)
            for _ in range(40):
                with contextlib.suppress(discord.NotFound):
                    await webhook.send("an answer")
            began_s = clock.monotonic()
            await post.deliver(replace(letter, nonce="q"))
            assert clock.monotonic() - began_s < 0.05


async def test_processes_share_one_budget(budget: RequestBudget) -> None:
    alone = budget.messages.per_s
    budget.share_with(4)
    assert budget.messages.per_s == alone / 4


async def test_fewer_new_dms_than_thought_only_come_later(server, client, letter, clock) -> None:
    """A Discord that allows fewer new DMs than we thought: refused ones come later, none is lost."""
    await server.configure(Behaviour.unlimited().model_copy(update={"new_dms": Window(limit=2, seconds=60)}))
    post = DiscordPost(client, RequestBudget(clock, openings_per_s=1000), written)
    people = [next(_PEOPLE) for _ in range(5)]
    waiting = [replace(letter, user_id=person, nonce=f"w{person}") for person in people]
    for _ in range(6):
        left = []
        for each in waiting:
            try:
                await post.deliver(each)
            except TryLater:
                left.append(each)
        waiting = left
        clock.advance(901.0)
        await server.advance(61.0)
    assert waiting == []
