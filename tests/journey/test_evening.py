"""A minute of several members who do what they like, through Discord and voice, heard by one of them."""

import random
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from bot.app import create_bot
from bot.audio.governor import LIMIT_LUFS
from bot.audio.loudness import short_term_lufs, true_peak_dbtp
from bot.audio.opus import SAMPLE_RATE, OpusDecoder, Pcm
from bot.gateway.client import Hush
from bot.sandbox.voice import HeardFrame, ListeningMember
from bot.sandbox.world import World
from tests.audio.hearing import rises_lu
from tests.playback.offline import CENTRES_HZ, STEP_S, audible, bands_db, true_for, write_bands

GONE_S = 7.0
"""A crossfade, what was rendered ahead, and the database between a member's coming and the blend."""
CLICK_DB = -60.0


class Minute:
    """What was heard, and what was so when it was."""

    def __init__(self, world: World, listener: ListeningMember) -> None:
        self.world, self.listener = world, listener
        self.frames: list[HeardFrame] = []
        self.log: list[tuple[int, frozenset[str], bool]] = []
        """From when on which sounds were blocked by somebody there, and whether something sounded."""
        self.blocked: dict[int, set[str]] = {}

    @property
    def hush(self) -> Hush:
        assert isinstance(self.world.bot, Hush)
        return self.world.bot

    def note(self) -> None:
        inside = [m for m in self.blocked if self.world.where_is(m) == self.world.lantern.id]
        forbidden = frozenset(sound for member in inside for sound in self.blocked[member])
        session = self.hush.services.playback._sessions.playing(self.world.guild.id)
        sounding = session is not None and not session.stream.paused
        self.log.append((time.time_ns(), forbidden, sounding))

    async def hear(self, seconds: float) -> None:
        """Take what comes for a while; in silence that is next to nothing."""
        self.note()
        end_s = time.monotonic() + seconds
        while (left_s := end_s - time.monotonic()) > 0.0:
            try:
                self.frames += await self.listener.hear(1, timeout_s=left_s)
            except TimeoutError:
                return

    @property
    def seconds(self) -> float:
        return (self.frames[-1].rtp_timestamp - self.frames[0].rtp_timestamp) / SAMPLE_RATE

    def pcm(self) -> Pcm:
        """Return what was heard, by the clock: where nothing was sent it was silent."""
        decoder, first = OpusDecoder(), self.frames[0].rtp_timestamp
        out = np.zeros((round(self.seconds * SAMPLE_RATE) + 960, 2), np.float32)
        for frame in self.frames:
            at = (frame.rtp_timestamp - first) % 2**32
            out[at : at + 960] = decoder.decode(frame.opus)[: len(out) - at]
        return out

    @property
    def whole(self) -> bool:
        """Whether every packet that was sent came, and none was late at the bot."""
        lost = any((b.rtp_sequence - a.rtp_sequence) % 2**16 != 1 for a, b in pairwise(self.frames))
        return not lost and not self.hush.services.playback._sessions._engine.n_packets_late

    def so(self) -> tuple[list[frozenset[str]], list[bool]]:
        """Return for each tenth of a second what was blocked, and whether something sounded."""
        begin_ns = self.frames[0].arrival_ns
        steps = [begin_ns + round(i * STEP_S * 1e9) for i in range(round(self.seconds / STEP_S))]
        entries = [([e for e in self.log if e[0] <= at] or self.log[:1])[-1] for at in steps]
        return [entry[1] for entry in entries], [entry[2] for entry in entries]


def own(name: str) -> str:
    return f"own-band-{name}"


def bring_bands(world: World, folder: Path) -> None:
    """Give the server six recordings that can be told apart in what is heard."""
    bands = write_bands(folder)
    assert isinstance(world.bot, Hush)
    for name, trigger in bands.triggers.items():
        brought = trigger.model_copy(
            update={"id": own(name), "name": f"Band {name}", "server": world.guild.id}
        )
        place = folder / name
        place.mkdir()
        (place / f"{own(name)}.opus").write_bytes(bands.audio_file(name).read_bytes())
        world.bot.services.library.add(brought, place)


async def act(minute: Minute, chance: random.Random) -> None:  # noqa: C901 - a table
    """Let somebody do something; a refusal is an answer like any other."""
    world = minute.world
    member = chance.choice([world.sitter, world.caller, world.moderator])
    sound, percent = own(chance.choice(sorted(CENTRES_HZ))), chance.randrange(101)
    match chance.randrange(12):
        case 0 | 1:
            await member.slash(world.text, "layer add", sound=sound, volume=percent)
        case 2:
            await member.slash(world.text, "layer remove", sound=sound)
        case 3:
            await member.slash(world.text, "layer volume", sound=sound, volume=percent)
        case 4 | 5:
            await member.slash(world.text, "volume", percent=percent)
        case 6:
            await member.slash(world.text, chance.choice(["pause", "resume"]))
        case 7:
            await member.slash(world.text, "timer", minutes=chance.choice([0, 60]), arc=chance.random() < 0.5)
        case 8 if member is not world.sitter:
            minute.blocked.setdefault(member.id, set()).add(sound)
            await member.slash(world.text, "block", sound=sound)
        case 9 if member is not world.sitter:
            if world.where_is(member.id) == world.lantern.id:
                await member.leave_voice()
            else:
                await member.join_voice(world.lantern)
        case 10:
            limit = chance.choice([100, 80, 50])
            await minute.hush.services.guild_settings.change(
                world.guild.id, lambda settings: replace(settings, volume_cap_percent=limit)
            )
            minute.hush.services.playback.limits_changed(world.guild.id)
        case _:
            await world.sitter.slash(world.text, "play", sound=sound)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [1, 2])
async def test_a_minute_of_several_members(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    async with World(create_bot, data_dir=tmp_path) as world:
        bring_bands(world, tmp_path / "bands")
        minute = Minute(world, await world.listen())
        await world.sitter.slash(world.text, "play", sound=own("rain"), minutes=0)
        await minute.hear(6.0)
        while minute.seconds < 60.0:
            await act(minute, chance)
            await minute.hear(0.8)
        await world.sitter.slash(world.text, "resume")
        await minute.hear(14.0)
        assert not world.env.errors
        playing = minute.hush.services.playback.now_playing(world.guild.id)
        assert playing is not None
        assert playing.mix is not None
        wanted = {layer.trigger for layer in playing.mix.layers}
        whole, ended_s = minute.whole, minute.seconds
        await world.sitter.slash(world.text, "stop")
        await minute.hear(4.0)
        await world.server.until(lambda: world.where_is(world.bot_id) is None, timeout_s=20.0)
    pcm = minute.pcm()
    forbidden, sounding = minute.so()
    after = pcm[round((ended_s + 3.5) * SAMPLE_RATE) :]
    assert np.abs(after).max(initial=0.0) < 1e-4, "silent after it was stopped"
    if whole:
        sharp = sosfilt(butter(6, 8_000, "highpass", fs=SAMPLE_RATE, output="sos"), pcm, axis=0)
        assert 20 * np.log10(np.abs(sharp).max() + 1e-12) < CLICK_DB
    assert short_term_lufs(pcm).max() <= LIMIT_LUFS
    assert true_peak_dbtp(pcm) <= -3.0
    rises = rises_lu(pcm)
    begun = np.array(true_for(sounding, 7.0))[59 : 59 + len(rises)]
    assert rises[: len(begun)][begun].max(initial=-99.0) < 6.0
    levels = bands_db(pcm)
    for name in CENTRES_HZ:
        away = np.array(true_for([own(name) in blocked for blocked in forbidden], GONE_S))[4::5]
        there = audible(levels, name)[: len(away)]
        assert not there[away[: len(there)]].any(), f"{name} was blocked"
        if own(name) not in wanted or own(name) in forbidden[-1]:
            final = audible(levels, name)[round(ended_s * 2) - 4 : round(ended_s * 2) - 1]
            assert not final.any(), f"{name} was not wished at the end"
