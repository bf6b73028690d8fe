"""The whole path: a slash command in, and what the listening member decrypts and decodes out."""

import time
from itertools import pairwise
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from bot.app import create_bot
from bot.audio.loudness import integrated_lufs, true_peak_dbtp
from bot.audio.opus import SAMPLE_RATE, SILENCE_PACKET, OpusDecoder, Pcm
from bot.gateway.client import Hush
from bot.sandbox.voice import HeardFrame, ListeningMember
from bot.sandbox.world import World
from tests.audio.hearing import levels_db

HOUSE_LUFS = -30.0
AT_SIXTY = HOUSE_LUFS - 8.87
"""What volume 60, the default, comes to."""


def decoded(frames: list[HeardFrame]) -> Pcm:
    decoder = OpusDecoder()
    return np.concatenate([decoder.decode(frame.opus) for frame in frames])


async def heard_until_silent(listener: ListeningMember) -> list[HeardFrame]:
    frames = []
    while not frames or [f.opus for f in frames[-5:]] != [SILENCE_PACKET] * 5:
        frames += await listener.hear(1)
    return frames


def assert_continuous(frames: list[HeardFrame], world: World) -> bool:
    """Miss nothing but what the pacer dropped while this machine stood still; return whether all is there."""
    n_missing = 0
    for earlier, later in pairwise(frames):
        step = (later.rtp_sequence - earlier.rtp_sequence) % 2**16
        assert (later.rtp_timestamp - earlier.rtp_timestamp) % 2**32 == 960 * step
        n_missing += step - 1
    n_dropped = cast("Hush", world.bot).services.links.pacer.n_dropped
    assert n_missing <= n_dropped
    return not n_missing


def assert_no_click(pcm: Pcm) -> None:
    """A gap or a click is a spike above 14 kHz, far beyond what the sound itself has there."""
    sharp = np.abs(sosfilt(butter(6, 14_000, "highpass", fs=SAMPLE_RATE, output="sos"), pcm.mean(axis=1)))
    inner = sharp[SAMPLE_RATE:]
    assert inner.max() < 20 * np.percentile(inner, 99)
    assert levels_db(pcm[4 * SAMPLE_RATE :], 0.02).min() > levels_db(pcm[4 * SAMPLE_RATE :], 1.0).mean() - 12


@pytest.mark.parametrize("seconds", [9, pytest.param(60, marks=pytest.mark.long)])
async def test_rain_is_heard_at_its_level_without_gap_or_click(tmp_path: Path, seconds: int):
    async with World(create_bot, data_dir=tmp_path) as world:
        listener = await world.listen()
        asked = time.time_ns()
        await world.sitter.slash(world.text, "play", sound="rain")
        frames = await listener.hear(50 * seconds, timeout_s=2 * seconds + 20)
        while not frames[0].end_to_end:  # before the group had formed
            frames.pop(0)
        audible = next(f for f in frames if f.opus != SILENCE_PACKET)
        assert audible.arrival_ns - asked < 1e9, "the first sound within a second of the command"
        # DAVE lets silence pass as it is.
        assert all(frame.end_to_end for frame in frames if frame.opus != SILENCE_PACKET)
        whole = assert_continuous(frames, world)
        pcm = decoded(frames)
        if whole:
            assert_no_click(pcm)
        assert integrated_lufs(pcm[4 * SAMPLE_RATE :]) == pytest.approx(AT_SIXTY, abs=1.0)
        assert true_peak_dbtp(pcm) < -9.0


async def test_a_volume_wish_ramps_within_300_ms_and_stop_fades_to_zero_then_leaves(tmp_path: Path):
    async with World(create_bot, data_dir=tmp_path) as world:
        listener = await world.listen()
        await world.sitter.slash(world.text, "play", sound="rain", volume=100)
        frames = await listener.hear(50 * 5)
        wished = time.time_ns()
        await world.sitter.slash(world.text, "volume", percent=10)
        frames += await listener.hear(50 * 6)
        await world.sitter.slash(world.text, "stop")
        frames += await heard_until_silent(listener)

        assert_continuous(frames, world)
        pcm = decoded(frames)
        levels = levels_db(pcm, 0.1)
        at = np.searchsorted([f.arrival_ns for f in frames], wished + 300_000_000) / 5
        before = levels[int(at) - 12 : int(at) - 4].mean()
        assert levels[int(at) + 3 : int(at) + 6].mean() < before - 1.0, "the ramp has begun"
        ramp = levels[int(at) - 5 : int(at) + 60]
        assert (ramp[10:] - ramp[:-10]).min() > -12.0, "at most 1 dB in 100 ms, and rain's own swing"
        quiet = levels[int(at) + 52 : int(at) + 56].mean()
        assert quiet == pytest.approx(before - 40.0, abs=1.5)
        assert not np.abs(pcm[-960:]).max() > 1e-6, "exact zero"
        await world.server.until(lambda: world.where_is(world.bot_id) is None)
        assert not world.env.errors
