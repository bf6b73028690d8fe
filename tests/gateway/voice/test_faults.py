"""The table of faults: what Hush does when a voice connection is closed, cut, moved or forgotten.

Every fault is worked on a real line against the loopback voice server; what that server saw is judged.
"""

import asyncio
import itertools
import random
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass

import pytest

from bot.core.tasks import Tasks
from bot.gateway.rooms import room_from
from bot.gateway.voice import DiscordVoiceLink, DiscordVoiceLinks
from bot.gateway.voice.links import UNSENT_S, WATCH_S
from bot.gateway.voice.pacer import Pacer
from bot.playback.model import Fate, Trouble
from bot.sandbox.clock import SandboxClock
from bot.sandbox.fleet import BOT_ID, Fleet, channel_id, guild_id, open_fleet
from bot.sandbox.voice import ServerOptions, SessionRecord, VoiceServer
from bot.sandbox.voice.session import Session

BACK_S = 3.0
BUSY_MACHINE_S = 4.0
"""What a crowded machine may add to any wait here."""


@dataclass
class Stay:
    """A playing line in server 0, and everything around it."""

    fleet: Fleet
    server: VoiceServer
    clock: SandboxClock
    links: DiscordVoiceLinks
    link: DiscordVoiceLink
    ended: asyncio.Event
    returns: list[float]

    async def fresh_sound(
        self, timeout_s: float = BACK_S + BUSY_MACHINE_S, *, at: VoiceServer | None = None
    ) -> None:
        """Return once sound arrives at the server, another one if given, over a live session, from now on."""
        first_seen: dict[Session, int] = {}
        server = at or self.server

        def flows() -> bool:
            session = server.session(guild_id(0), BOT_ID)
            if session is None or not session.is_connected:
                first_seen.clear()
                return False
            n_packets = session.log.n_packets
            return n_packets > first_seen.setdefault(session, n_packets) + 5

        await server.until(flows, timeout_s=timeout_s)

    async def until(self, condition: Callable[[], object], timeout_s: float = 20.0) -> None:
        async with asyncio.timeout(timeout_s):
            while not condition():  # noqa: ASYNC110 - some of it no event tells
                await asyncio.sleep(0.01)

    async def records(self) -> list[SessionRecord]:
        return await self.server.records()

    @property
    def session(self) -> Session | None:
        """What the voice server has of us."""
        return self.server.session(guild_id(0), BOT_ID)

    @property
    def chimes(self) -> int:
        """Comings and goings others heard since the join."""
        return self.fleet.chimes[0] - 1


def sound() -> Callable[[], bytes]:
    numbers = itertools.count()
    return lambda: b"\xfc" + next(numbers).to_bytes(4) * 20


@pytest.fixture
async def stay() -> AsyncGenerator[Stay]:
    pacer, tasks, clock = Pacer(), Tasks(), SandboxClock()
    async with VoiceServer(ServerOptions(keep_opus=0)) as server, open_fleet(server, 2) as fleet:
        links = DiscordVoiceLinks(fleet.client, clock, tasks, pacer=pacer)
        fleet.sit(0, 5, 0)
        link = await links.join(room_from(fleet.channel(0)))
        ended, returns = asyncio.Event(), list[float]()
        link.play(sound(), ended.set, lambda: returns.append(clock.monotonic()))
        stay = Stay(fleet, server, clock, links, link, ended, returns)
        await stay.fresh_sound()
        yield stay
        await link.leave()
        await tasks.close()
        pacer.close()


async def test_a_join_counts_as_one_coming_and_sound_flows(stay: Stay) -> None:
    assert stay.chimes == 0
    record = (await stay.records())[0]
    assert record.mode == "aead_aes256_gcm_rtpsize"
    assert record.speaking[0].flags == 1
    assert record.speaking[0].at_ns < record.arrivals_ns[0], "SPEAKING before audio"


@pytest.mark.parametrize("code", [4015, 1006, 1001])
async def test_a_break_is_resumed_without_a_leave_or_a_gap(stay: Stay, code: int) -> None:
    session = stay.session
    await stay.fleet.close(0, code)
    await stay.fresh_sound()
    record = (await stay.records())[-1]
    if code != 1001:  # the loopback server keeps a session only after the other two
        assert stay.session is session
        assert len(record.resumes_ns) == 1
        assert all(gap.lost_packets * 960 == gap.lost_samples for gap in record.gaps())
        assert not stay.returns, "sound went on meanwhile: nothing to fade in"
        assert len(record.speaking) == 2, "said again after the reconnect"
    assert stay.chimes == 0
    assert not stay.ended.is_set()


@pytest.mark.parametrize("code", [4006, 4009, 1000])
async def test_a_session_that_is_gone_is_made_anew_unheard(stay: Stay, code: int) -> None:
    await stay.fleet.close(0, code)
    await stay.fresh_sound()
    first, second = await stay.records()
    assert second.session_id == first.session_id
    assert stay.chimes == 0
    assert second.sequences[0] > first.sequences[-1], "the numbers go on"
    assert second.timestamps[0] != 0


@pytest.mark.parametrize("code", [4006, 4009, 1000])
async def test_where_discord_names_no_server_again_we_leave_and_join(stay: Stay, code: int) -> None:
    stay.fleet.names_no_server = True
    await stay.fleet.close(0, code)
    await stay.fresh_sound()
    assert stay.chimes == 2
    assert len(stay.returns) == 1, "it comes back with a fade"


async def test_a_migration_is_followed_before_the_old_server_is_left(stay: Stay) -> None:
    before = stay.session
    await stay.fleet.migrate(0)
    await stay.until(lambda: len(stay.server.sessions) == 1 and stay.session is not before)
    await stay.fresh_sound()
    first, second = await stay.records()
    hole_s = (second.arrivals_ns[0] - first.arrivals_ns[-1]) / 1e9
    assert hole_s < 0.3 + BUSY_MACHINE_S / 2
    assert stay.chimes == 0


async def test_no_endpoint_then_another_keeps_the_old_until_then(stay: Stay) -> None:
    migrating = asyncio.create_task(stay.fleet.migrate(0, pause_s=1.0))
    await stay.fresh_sound(timeout_s=5.0)
    assert not migrating.done(), "still heard over the old server"
    await migrating
    await stay.fresh_sound()
    assert stay.chimes == 0


async def test_a_moderators_move_is_followed(stay: Stay) -> None:
    await stay.fleet.move(0, 1)
    await stay.fresh_sound()
    assert stay.link.room.channel_id == channel_id(0, 1)
    assert stay.session.credentials.channel_id == channel_id(0, 1)
    assert stay.chimes == 0
    assert not stay.ended.is_set()


async def test_a_move_within_one_server_goes_on(stay: Stay) -> None:
    session = stay.session
    await stay.fleet.move(0, 1, same_server=True)
    await stay.fresh_sound()
    assert stay.session is session
    assert stay.link.room.channel_id == channel_id(0, 1)


async def test_4014_first_and_the_server_two_seconds_later(stay: Stay) -> None:
    await stay.fleet.close(0, 4014)
    await asyncio.sleep(2.0)
    await stay.fleet.migrate(0)
    await stay.fresh_sound()
    assert stay.chimes == 0
    assert len(stay.returns) == 1, "two seconds nobody heard: it fades in"


@pytest.mark.parametrize("code", [4014, 4022])
async def test_let_go_without_a_word_it_asks_again_after_a_while(stay: Stay, code: int) -> None:
    await stay.fleet.close(0, code)
    await stay.fresh_sound(timeout_s=15.0)
    assert stay.chimes == 0


async def test_sent_away_it_stays_away(stay: Stay) -> None:
    await stay.fleet.kick(0)
    await asyncio.wait_for(stay.ended.wait(), 10.0)
    assert stay.link.fate is Fate.SENT_AWAY
    assert not stay.link.present
    await asyncio.sleep(1.0)
    assert stay.chimes == 1
    assert not stay.fleet.client.voice_clients


async def test_a_deleted_channel_is_known_for_one(stay: Stay) -> None:
    await stay.fleet.delete_channel(0)
    await asyncio.wait_for(stay.ended.wait(), 10.0)
    assert stay.link.fate is Fate.CHANNEL_DELETED


async def test_a_rate_limit_is_kept_shown_and_outlasted(stay: Stay) -> None:
    await stay.fleet.close(0, 4021)
    await stay.until(lambda: stay.link.trouble is Trouble.RATE_LIMITED)
    assert not stay.server.sessions, "no knocking meanwhile"
    stay.clock.advance(31.0)
    await stay.fresh_sound()
    assert stay.link.trouble is None
    assert stay.chimes == 0


async def test_encryption_we_do_not_have_is_asked_for_patiently(stay: Stay) -> None:
    await stay.fleet.close(0, 4017)
    await stay.until(lambda: stay.link.trouble is Trouble.CONNECTION)
    stay.clock.advance(31.0)
    await stay.fresh_sound()


async def test_a_gateway_that_began_anew_is_told_where_we_sit(stay: Stay) -> None:
    await stay.fleet.begin_anew()
    stay.links.gateway_began_anew(0)
    await stay.fresh_sound(timeout_s=15.0)
    assert not stay.ended.is_set()
    assert stay.link.present
    assert stay.fleet.client.voice_clients, "reachable: the client knows of it again"
    await stay.fleet.migrate(0)
    await stay.fresh_sound()


async def test_a_gateway_that_is_resumed_changes_nothing(stay: Stay) -> None:
    session = stay.session
    stay.fleet.away = True
    await stay.fresh_sound()
    stay.fleet.resume()
    await stay.fresh_sound()
    assert stay.session is session
    assert stay.chimes == 0
    assert not stay.returns


async def test_a_call_lost_while_the_gateway_is_away_is_back_soon_after_it_is_resumed(stay: Stay) -> None:
    stay.fleet.away = True
    await stay.fleet.close(0, 4006)
    await stay.until(lambda: stay.link.trouble is Trouble.CONNECTION)
    stay.fleet.resume()
    stay.clock.advance(5.0)
    await stay.fresh_sound()
    assert stay.link.trouble is None
    assert not stay.ended.is_set()


async def test_a_migration_told_only_after_a_resume_is_followed(stay: Stay) -> None:
    before = stay.session
    stay.fleet.away = True
    await stay.fleet.migrate(0)
    stay.fleet.resume()
    await stay.until(lambda: len(stay.server.sessions) == 1 and stay.session is not before)
    await stay.fresh_sound()
    assert stay.chimes == 0


async def test_a_server_in_an_outage_is_heard_through_it(stay: Stay) -> None:
    session = stay.session
    stay.fleet.fail(0)
    assert not stay.links.reachable(guild_id(0))
    await stay.fresh_sound()
    stay.fleet.recover(0)
    await stay.fresh_sound()
    assert stay.links.reachable(guild_id(0))
    assert stay.session is session
    assert stay.link.listeners == 1
    assert stay.link.room.channel_id == channel_id(0)
    assert stay.chimes == 0
    assert not stay.returns
    await stay.fleet.migrate(0)
    await stay.fresh_sound()


async def test_a_call_lost_during_an_outage_of_its_server_is_made_anew(stay: Stay) -> None:
    stay.fleet.fail(0)
    await stay.fleet.close(0, 4006)
    await stay.fresh_sound()
    stay.fleet.recover(0)
    await stay.fresh_sound()
    assert stay.chimes == 0


async def test_another_region_is_followed_there_and_back(stay: Stay) -> None:
    async with VoiceServer(ServerOptions(keep_opus=0)) as elsewhere:
        for server in (elsewhere, stay.server):
            await stay.fleet.change_region(0, server)
            await stay.fresh_sound(at=server)
    assert stay.chimes == 0
    assert stay.link.line.n_rejoins == 0
    assert not stay.ended.is_set()


def cut_off(stay: Stay) -> None:
    """Break the way out under a call that looks alive: its websocket says nothing of it."""
    call = stay.link.line._call
    assert call is not None
    assert call._socket is not None
    call._socket.shutdown(socket.SHUT_RDWR)


async def test_a_call_that_is_live_but_sends_nothing_is_found_out_and_made_anew(stay: Stay) -> None:
    session = stay.session
    cut_off(stay)
    began_s = asyncio.get_running_loop().time()
    await stay.until(lambda: stay.link.line.lane.unsent_since_s is not None)
    assert session.is_connected, "by all it says of itself it is well"
    await stay.fresh_sound(timeout_s=UNSENT_S + WATCH_S + BACK_S + BUSY_MACHINE_S)
    assert asyncio.get_running_loop().time() - began_s > UNSENT_S, "not at the first lost packet"
    assert stay.session is not session
    assert stay.link.line.lane.unsent_since_s is None
    assert len(stay.returns) == 1, "nobody heard it for five seconds: it fades in"
    assert stay.chimes == 0


async def test_a_repair_that_fails_is_shown_and_tried_again(stay: Stay) -> None:
    cut_off(stay)
    stay.server.freeze(frozen=True)
    stay.fleet.deaf.add(0)
    await stay.until(lambda: stay.link.trouble is Trouble.CONNECTION, timeout_s=40.0)
    stay.server.freeze(frozen=False)
    stay.fleet.deaf.clear()
    async with asyncio.timeout(20.0):
        while stay.link.trouble is not None:
            stay.clock.advance(60.0)
            await asyncio.sleep(0.2)
    await stay.fresh_sound()


async def test_while_the_gateway_is_away_it_keeps_trying_and_says_so(stay: Stay) -> None:
    stay.fleet.deaf.add(0)
    await stay.fleet.close(0, 4006)
    await stay.until(lambda: stay.link.trouble is Trouble.CONNECTION)
    stay.fleet.deaf.clear()
    for _ in range(8):
        stay.clock.advance(60.0)
        await asyncio.sleep(0.2)
    await stay.fresh_sound(timeout_s=20.0)
    assert stay.link.trouble is None
    assert stay.returns


async def test_a_server_that_fell_silent_is_noticed(stay: Stay) -> None:
    stay.server.freeze(frozen=True)
    await stay.until(lambda: stay.link.trouble is not None, timeout_s=45.0)
    stay.server.freeze(frozen=False)
    stay.clock.advance(60.0)
    await stay.fresh_sound(timeout_s=15.0)


async def gateway_resume(stay: Stay) -> None:
    stay.fleet.away = True
    await asyncio.sleep(0.2)
    stay.fleet.resume()


async def gateway_anew(stay: Stay) -> None:
    await stay.fleet.begin_anew()
    stay.fleet.sit(0, 5, 0)
    stay.links.gateway_began_anew(0)
    await stay.until(lambda: stay.fleet.seated(0))


async def outage(stay: Stay) -> None:
    stay.fleet.fail(0)
    await asyncio.sleep(0.1)
    stay.fleet.recover(0)


CODES = (1000, 1001, 1006, 4006, 4009, 4014, 4015, 4022)
FAULTS: dict[str, Callable[[Stay], Awaitable[None]]] = {
    **{str(code): lambda stay, code=code: stay.fleet.close(0, code) for code in CODES},
    "migrate": lambda stay: stay.fleet.migrate(0),
    "no endpoint": lambda stay: stay.fleet.migrate(0, pause_s=0.3),
    "move": lambda stay: stay.fleet.move(0, 1),
    "back": lambda stay: stay.fleet.move(0, 0),
    "moved within": lambda stay: stay.fleet.move(0, 1, same_server=True),
    "gateway resume": gateway_resume,
    "gateway anew": gateway_anew,
    "outage": outage,
}


@pytest.mark.parametrize("name", sorted(FAULTS))
async def test_every_fault_twice_within_ten_seconds(stay: Stay, name: str) -> None:
    for pause_s in (0.3, 0.0):
        await FAULTS[name](stay)
        await asyncio.sleep(pause_s)
    await stay.fresh_sound(timeout_s=20.0)
    assert not stay.ended.is_set()
    assert stay.link.present


@pytest.mark.parametrize("seed", range(6))
async def test_two_faults_within_ten_seconds(stay: Stay, seed: int) -> None:
    dice = random.Random(seed)
    for name in dice.sample(sorted(FAULTS), 2):
        await FAULTS[name](stay)
        await asyncio.sleep(dice.uniform(0.0, 1.5))
    await stay.fresh_sound(timeout_s=20.0)
    assert not stay.ended.is_set()


@pytest.mark.parametrize(
    "seconds", [6.0, pytest.param(600.0, marks=[pytest.mark.long, pytest.mark.timeout(900)])]
)
async def test_a_random_soak(stay: Stay, seconds: float) -> None:
    dice, n_faults = random.Random(11), 0
    end = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < end:
        name = dice.choice(sorted(FAULTS))
        await FAULTS[name](stay)
        n_faults += 1
        if dice.random() < 0.7:
            await stay.fresh_sound(timeout_s=20.0)
        else:
            await asyncio.sleep(dice.uniform(0.0, 1.0))
    await stay.fresh_sound(timeout_s=20.0)
    n_rejoins = stay.link.line.n_rejoins
    print(f"{n_faults} faults, {n_rejoins} times left and joined again")
    assert n_rejoins <= 2 + 0.03 * n_faults, "almost nothing of this is worth a leave and a join"
    assert len(asyncio.all_tasks()) < 40
