"""Evenings of several members who do what they like, on the offline engine, heard as decoded sound."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from scipy.signal import butter, sosfilt

from bot.audio.code import encode
from bot.audio.engine import SourceShelf
from bot.audio.governor import LIMIT_LUFS
from bot.audio.library import Library
from bot.audio.loudness import short_term_lufs, true_peak_dbtp
from bot.audio.master import volume_db
from bot.audio.mix import Layer, Mix
from bot.audio.opus import SAMPLE_RATE, OpusDecoder, Pcm
from bot.core.errors import Refusal
from bot.playback.layers import gain_db
from bot.playback.model import DEFAULT_VOLUME, Seat, Wish
from bot.playback.places import PLACES
from bot.playback.service import DEFAULT_LAYER
from tests.audio.hearing import rises_lu
from tests.playback.house import HOME, House, settle
from tests.playback.offline import (
    CENTRES_HZ,
    SILENT_DB,
    STEP_S,
    TICKS_A_S,
    OfflineEngine,
    OfflineLinks,
    audible,
    bands_db,
    true_for,
    write_bands,
)

SOUNDS = sorted(CENTRES_HZ)
MEMBERS = (1, 2, 3)
HOSTER = 90
GONE_S = 5.5
"""A crossfade, and what was rendered ahead."""
CLICK_DB = -62.0


@dataclass
class Asked:
    """What was asked for last and not refused: the state an evening is to end in."""

    gains: dict[str, float] = field(default_factory=dict)
    volume: int = DEFAULT_VOLUME
    lowest_cap: int = 100
    """Since that volume was asked for: what is too loud is lowered step by step, and never raised again."""
    playing: bool = False
    paused: bool = False
    ends_s: float | None = None
    """By the evening's own clock, where a timer was set."""
    present: set[int] = field(default_factory=lambda: set(MEMBERS))
    blocked: dict[int, set[str]] = field(default_factory=lambda: {member: set() for member in MEMBERS})
    server_cap: int = 100
    channel_cap: int = 100

    @property
    def cap(self) -> int:
        return min(HOSTER, self.server_cap, self.channel_cap)

    def wish(self, volume: int) -> None:
        self.volume, self.lowest_cap = min(volume, self.cap), self.cap

    @property
    def forbidden(self) -> set[str]:
        return set().union(*(self.blocked[member] for member in self.present))

    @property
    def audible(self) -> dict[str, float]:
        if not self.playing or self.paused or not self.present:
            return {}
        return {sound: gain for sound, gain in self.gains.items() if sound not in self.forbidden}


class Evening:
    """A house, those in it, what they asked for, and everything that was heard."""

    def __init__(self, library: Library) -> None:
        self.engine = OfflineEngine(library)
        self.links = OfflineLinks()
        self.links.people[HOME.channel_id] = frozenset(MEMBERS)
        self.house = House(self.engine, hoster_percent=HOSTER, links=self.links)  # type: ignore[arg-type]
        self.asked = Asked()
        self.at_s = 0.0
        self.packets: list[bytes] = []
        self.forbidden: list[frozenset[str]] = []
        """At each step of STEP_S."""
        self.sounding: list[bool] = []
        """Whether a session played that nothing had silenced."""
        self.stopped: list[bool] = []
        """Whether the last that was asked for was silence."""

    def seat(self, member: int) -> Seat:
        channel = HOME.channel_id if member in self.asked.present else None
        return Seat(1, channel, user_id=member)

    async def ask(self, what: Awaitable[Any], then: Callable[[], None] = lambda: None) -> None:
        """Let somebody ask; what is refused changes nothing."""
        try:
            await what
        except Refusal:
            return
        then()

    async def hear(self, seconds: float) -> None:
        for _ in range(round(seconds / STEP_S)):
            await settle()
            for _ in range(round(STEP_S * TICKS_A_S)):
                self.engine.tick()
                link = self.links.links[-1] if self.links.links else None
                self.packets.append(link.send() if link is not None else b"")
            self.house.clock.advance(STEP_S)
            self.at_s += STEP_S
            if self.asked.ends_s is not None and self.at_s >= self.asked.ends_s:
                self.asked.playing = False
            session = self.house.sessions.playing(1)
            self.forbidden.append(frozenset(self.asked.forbidden))
            self.sounding.append(session is not None and not session.stream.paused)
            self.stopped.append(not self.asked.playing)
        await settle()

    async def move(self, member: int, *, inside: bool) -> None:
        (self.asked.present.add if inside else self.asked.present.discard)(member)
        self.links.people[HOME.channel_id] = frozenset(self.asked.present)
        for link in self.links.links:
            link.people = len(self.asked.present)
        self.house.playback.room_changed(1)

    async def cap(self, **changes: Any) -> None:
        await self.house.cached_settings.change(1, lambda known: replace(known, **changes))
        self.house.playback.limits_changed(1)

    async def close(self) -> None:
        """End the process, whose last fade somebody must hear."""
        closing = asyncio.create_task(self.house.close())
        while not closing.done():
            self.engine.tick()
            if self.links.links:
                self.links.links[-1].send()
            await asyncio.sleep(0)
        await closing

    async def end(self) -> None:
        """Let somebody be there, let everything settle, and judge what was heard."""
        await self.move(1, inside=True)
        await self.hear(30.0)
        soon_over = self.asked.ends_s is not None and self.asked.ends_s < self.at_s + 40.0
        if soon_over:
            await self.hear(self.asked.ends_s - self.at_s + 3.0 if self.asked.playing else 0.0)
        session = self.house.sessions.playing(1)
        assert (session is not None) == self.asked.playing
        if session is not None:
            lowered = min(self.asked.volume, self.asked.lowest_cap)
            assert lowered <= session.stream.volume <= min(self.asked.volume, self.asked.cap)
            self.asked.volume = session.stream.volume
            assert {one.trigger: one.gain_db for one in session.plan.mix.layers} == self.asked.gains
        pcm = decoded(self.packets)
        self.judge(pcm)
        self.judge_end(pcm[-4 * SAMPLE_RATE :])

    def judge(self, pcm: Pcm) -> None:
        sharp = sosfilt(butter(6, 8_000, "highpass", fs=SAMPLE_RATE, output="sos"), pcm, axis=0)
        assert 20 * np.log10(np.abs(sharp).max() + 1e-12) < CLICK_DB, "nothing clicked"
        assert short_term_lufs(pcm).max() <= LIMIT_LUFS
        assert true_peak_dbtp(pcm) <= -3.0
        rises = rises_lu(pcm)  # one each 0.1 s; the first compares seconds 3 to 6 with 0 to 3
        begun = true_for(self.sounding, 6.5)
        valid = np.array(begun[59 : 59 + len(rises)])
        assert rises[valid[: len(rises)]].max(initial=-99.0) < 6.0
        levels = bands_db(pcm)
        for sound in SOUNDS:
            away = true_for([sound in forbidden for forbidden in self.forbidden], GONE_S)
            windows = np.array(away[4::5])[: len(levels[sound])]
            assert not audible(levels, sound)[: len(windows)][windows].any(), f"{sound} was blocked"
        quiet = np.array(true_for(self.stopped, 3.0))
        peaks = np.abs(pcm[: len(quiet) * 4800]).reshape(-1, 4800 * 2).max(axis=1)
        assert peaks[quiet[: len(peaks)]].max(initial=0.0) < 1e-4, "silent after it was asked to be"

    def judge_end(self, pcm: Pcm) -> None:
        wanted, volume = self.asked.audible, volume_db(self.asked.volume)
        bands = bands_db(pcm)
        levels = {sound: float(db[1:].mean()) for sound, db in bands.items()}
        expected = sum(10 ** (gain / 10) for gain in wanted.values())
        total = -140.0 if volume is None or not expected else 10 * np.log10(expected) - 30.0 + volume
        for sound in SOUNDS:
            if sound not in wanted or volume is None:
                assert not audible(bands, sound)[1:].any(), f"{sound} was not wished at the end"
                continue
            level = LEVELS[sound] + wanted[sound] + volume
            if total < LIMIT_LUFS - 2.0 and level > SILENT_DB + 8.0:
                assert levels[sound] == pytest.approx(level, abs=2.5), f"{sound} at the end"


LEVELS: dict[str, float] = {}
"""What each band has at house level."""


def decoded(packets: list[bytes]) -> Pcm:
    decoder, silence = OpusDecoder(), np.zeros((960, 2), np.float32)
    return np.concatenate([decoder.decode(packet) if packet else silence for packet in packets])


places = st.sampled_from([None, *PLACES])
buttons = st.sampled_from(["louder", "quieter", "pause", "resume"])
sounds, members, percents = st.sampled_from(SOUNDS), st.sampled_from(MEMBERS), st.integers(0, 100)
pauses = st.sampled_from([0.1, 0.3, 1.0, 2.5])


class EveningMachine(RuleBasedStateMachine):
    library: Library

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.evening = self.run(self._opened())
        self.n_steps = 0

    async def _opened(self) -> Evening:
        return Evening(self.library)

    def run(self, what: Any) -> Any:
        return self.runner.run(what)

    def step(self, what: Callable[[Evening, Asked], Awaitable[None]], pause_s: float) -> None:
        async def act() -> None:
            await what(self.evening, self.evening.asked)
            await self.evening.hear(pause_s)

        self.n_steps += 1
        self.run(act())

    @initialize(sound=sounds)
    def somebody_begins(self, sound: str) -> None:
        self.plays(sound, 1, 60, 4.0)

    @rule(sound=sounds, member=members, volume=st.none() | percents, pause_s=pauses)
    def plays(self, sound: str, member: int, volume: int | None, pause_s: float) -> None:
        async def act(evening: Evening, asked: Asked) -> None:
            if member in asked.present:
                await evening.ask(
                    evening.house.playback.play(HOME, Wish(sound, volume, 0), by=evening.seat(member)),
                    lambda: _play(asked, {sound: 0.0}, volume),
                )

        self.step(act, pause_s)

    @rule(member=members, code=st.booleans(), pause_s=pauses)
    def loads_a_preset(self, member: int, code: bool, pause_s: float) -> None:
        mix = Mix((Layer("ocean-waves"), Layer("rain", -6.0)))

        async def act(evening: Evening, asked: Asked) -> None:
            if member in asked.present:
                wish = Wish(encode(mix) if code else "sea rain", minutes=0)
                await evening.ask(
                    evening.house.playback.play(HOME, wish, by=evening.seat(member)),
                    lambda: _play(asked, {"ocean-waves": 0.0, "rain": -6.0}, None),
                )

        self.step(act, pause_s)

    @rule(sound=sounds, member=members, volume=st.none() | percents, pause_s=pauses)
    def adds(self, sound: str, member: int, volume: int | None, pause_s: float) -> None:
        async def act(evening: Evening, asked: Asked) -> None:
            gain = gain_db(DEFAULT_LAYER if volume is None else volume)
            await evening.ask(
                evening.house.playback.add_layer(evening.seat(member), sound, volume=volume),
                lambda: asked.gains.update({sound: gain}),
            )

        self.step(act, pause_s)

    @rule(sound=sounds, member=members, pause_s=pauses)
    def removes(self, sound: str, member: int, pause_s: float) -> None:
        async def act(evening: Evening, asked: Asked) -> None:
            await evening.ask(
                evening.house.playback.remove_layer(evening.seat(member), sound),
                lambda: asked.gains.pop(sound) and None,
            )

        self.step(act, pause_s)

    @rule(sound=sounds, member=members, volume=percents, place=places, pause_s=pauses)
    def changes(self, sound: str, member: int, volume: int, place: str | None, pause_s: float) -> None:
        async def act(evening: Evening, asked: Asked) -> None:
            await evening.ask(
                evening.house.playback.change_layer(evening.seat(member), sound, volume=volume, place=place),
                lambda: asked.gains.update({sound: gain_db(volume)}),
            )

        self.step(act, pause_s)

    @rule(presses=st.lists(st.tuples(members, buttons), min_size=1, max_size=6), pause_s=pauses)
    def several_press_at_once(self, presses: list[tuple[int, str]], pause_s: float) -> None:
        async def act(evening: Evening, asked: Asked) -> None:
            playback = evening.house.playback

            async def press(member: int, button: str) -> None:
                def then() -> None:
                    session = evening.house.session()
                    asked.wish(session.stream.volume)
                    asked.paused = {"pause": True, "resume": False}.get(button, asked.paused)

                await evening.ask(getattr(playback, button)(evening.seat(member)), then)

            await asyncio.gather(*(press(*one) for one in presses))

        self.step(act, pause_s)

    @rule(member=members, volume=percents, pause_s=pauses)
    def sets_the_volume(self, member: int, volume: int, pause_s: float) -> None:
        async def act(evening: Evening, asked: Asked) -> None:
            def then() -> None:
                asked.wish(volume)

            await evening.ask(evening.house.playback.set_volume(evening.seat(member), volume), then)

        self.step(act, pause_s)

    @rule(member=members, minutes=st.sampled_from([0, 1, 30, 90]), pause_s=pauses)
    def sets_a_timer(self, member: int, minutes: int, pause_s: float) -> None:
        async def act(evening: Evening, asked: Asked) -> None:
            def then() -> None:
                asked.ends_s = evening.at_s + minutes * 60.0 if minutes else None

            timer = evening.house.playback.set_timer(evening.seat(member), minutes, arc=minutes >= 30)
            await evening.ask(timer, then)

        self.step(act, pause_s)

    @rule(sound=sounds, member=members, pause_s=pauses)
    def blocks(self, sound: str, member: int, pause_s: float) -> None:
        async def act(evening: Evening, asked: Asked) -> None:
            await evening.house.blocks.block(member, sound)
            asked.blocked[member].add(sound)
            evening.house.playback.blocks_changed()

        self.step(act, pause_s)

    @rule(member=members, pause_s=pauses)
    def unblocks_everything(self, member: int, pause_s: float) -> None:
        async def act(evening: Evening, asked: Asked) -> None:
            for sound in sorted(asked.blocked[member]):
                await evening.house.blocks.unblock(member, sound)
            asked.blocked[member].clear()
            evening.house.playback.blocks_changed()

        self.step(act, pause_s)

    @rule(member=members, pause_s=pauses)
    def comes_or_goes(self, member: int, pause_s: float) -> None:
        async def act(evening: Evening, asked: Asked) -> None:
            await evening.move(member, inside=member not in asked.present)

        self.step(act, pause_s)

    @rule(server=st.booleans(), percent=st.sampled_from([100, 70, 40]), pause_s=pauses)
    def an_admin_moves_a_limit(self, server: bool, percent: int, pause_s: float) -> None:
        async def act(evening: Evening, asked: Asked) -> None:
            if server:
                asked.server_cap = percent
                await evening.cap(volume_cap_percent=percent)
            else:
                asked.channel_cap = percent
                await evening.cap(channel_caps={HOME.channel_id: percent})
            asked.lowest_cap = min(asked.lowest_cap, asked.cap)

        self.step(act, pause_s)

    @rule(member=members, pause_s=pauses)
    def stops(self, member: int, pause_s: float) -> None:
        async def act(evening: Evening, asked: Asked) -> None:
            def then() -> None:
                asked.playing = False

            await evening.ask(evening.house.playback.stop(evening.seat(member)), then)

        self.step(act, pause_s)

    def teardown(self) -> None:
        try:
            self.run(self.evening.end())
        finally:
            self.run(self.evening.close())
            self.runner.close()


def _play(asked: Asked, gains: dict[str, float], volume: int | None) -> None:
    if not asked.playing:
        asked.wish(DEFAULT_VOLUME)
    if volume is not None:
        asked.wish(volume)
    asked.gains, asked.playing, asked.paused, asked.ends_s = gains, True, False, None


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> type[EveningMachine]:
    EveningMachine.library = write_bands(tmp_path_factory.mktemp("bands"))

    shelf = SourceShelf(EveningMachine.library)
    for sound in SOUNDS:
        pcm = shelf.open(Layer(sound), 1).render(0, 8 * SAMPLE_RATE)
        LEVELS[sound] = float(bands_db(pcm)[sound][1:].mean())
    return EveningMachine


def test_an_evening_of_several_members(machine: type[EveningMachine]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=2,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            phases=[Phase.generate],
        ),
    )


def test_what_was_blocked_alone_is_not_heard_on_its_way_out(machine: type[EveningMachine]) -> None:
    evening = machine()
    evening.somebody_begins("fan")
    evening.blocks("fan", 2, 2.5)
    evening.loads_a_preset(1, code=False, pause_s=2.5)
    evening.teardown()


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_thousands_of_steps(machine: type[EveningMachine]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=60,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
