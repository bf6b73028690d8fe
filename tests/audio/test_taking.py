"""Files to take along: as long as asked, soft at both ends, at house level, within the limit."""

import asyncio
import contextlib
import io
import os
import select
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from bot.audio import loudness
from bot.audio.codec import decode
from bot.audio.library import Library
from bot.audio.mix import Layer, Mix, Plan
from bot.audio.opus import SAMPLE_RATE, Pcm
from bot.audio.piece import piece
from bot.audio.taking.order import Form, Order, longest_minutes
from bot.audio.taking.taker import TakeError, render_file

from .hearing import levels_db, plan

pytestmark = pytest.mark.timeout(300)
"""What renders gives way to all other work on the machine: on a busy one it may take long."""
MIB = 1024 * 1024
QUIET_LIMIT = 10 * MIB


def order(*triggers: str, seconds: float = 60.0, form: Form = Form.OGG, limit: int = QUIET_LIMIT) -> Order:
    return Order(Mix(tuple(Layer(one) for one in triggers)), 7, seconds, form, limit, "Rain · Wood")


def heard(file: bytes) -> Pcm:
    with av.open(io.BytesIO(file)) as container:
        stream = container.streams.audio[0]
        to_floats = av.AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE)
        blocks = [out.to_ndarray() for f in container.decode(stream) for out in to_floats.resample(f)]
    return np.concatenate(blocks, axis=1).T


def test_a_piece_is_exactly_as_long_as_asked_and_ends_in_exact_zero(library: Library) -> None:
    pcm = np.concatenate(list(piece(library, plan("hiss"), 9.37, tail_s=3.0)))
    assert len(pcm) == round(9.37 * SAMPLE_RATE)
    assert np.abs(pcm[:100]).max() < 1e-4
    assert not pcm[-1000:].any()
    levels = levels_db(pcm, 0.5)
    assert levels[0] < levels[7] - 10.0, "it comes softly"
    assert np.all(np.diff(levels[12:]) < 0.5), "it only grows softer towards its end"


def test_a_piece_is_the_same_wherever_it_is_rendered(library: Library) -> None:
    one, again, other = (
        np.concatenate(list(piece(library, plan("taps", seed=seed), 5.0))) for seed in (1, 1, 2)
    )
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("form", list(Form))
async def test_the_file_keeps_what_was_promised(form: Form, tmp_path: Path) -> None:
    told: list[float] = []
    file = await render_file(order("rain", "wood-tapping", form=form), tmp_path, told.append)
    pcm = heard(file)
    assert len(pcm) == pytest.approx(60.0 * SAMPLE_RATE, abs=2048), "AAC may pad its last frame"
    body = pcm[5 * SAMPLE_RATE : 38 * SAMPLE_RATE]
    mix = Plan(Mix((Layer("rain"), Layer("wood-tapping"))), 7)
    whole = np.concatenate(list(piece(Library.load(), mix, 60.0, tail_s=20.0)))
    wished = loudness.integrated_lufs(whole[5 * SAMPLE_RATE : 38 * SAMPLE_RATE])
    assert -31.0 < wished < -26.0, "two sounds of the house's level"
    assert loudness.integrated_lufs(body) == pytest.approx(wished, abs=1.0)
    assert loudness.true_peak_dbtp(pcm) <= -3.0
    levels = levels_db(pcm, 1.0)
    assert levels[0] < np.median(levels[5:38]) - 6.0
    assert levels[58] < np.median(levels[5:38]) - 25.0
    assert np.abs(pcm[-2400:]).max() < 1e-3
    assert told == sorted(told)
    assert told[-1] == 1.0
    with av.open(io.BytesIO(file)) as container:
        stream = container.streams.audio[0]
        assert stream.codec_context.name == ("opus" if form is Form.OGG else "aac")
        titles = {**container.metadata, **stream.metadata}
        assert "Rain · Wood" in (titles.get("title"), titles.get("TITLE"))


async def test_the_same_order_is_the_same_file(tmp_path: Path) -> None:
    one, again = [await render_file(order("rain", seconds=30.0), tmp_path, lambda _: None) for _ in range(2)]
    assert one == again
    assert len(decode(one)) == 30 * SAMPLE_RATE


@pytest.mark.parametrize("form", list(Form))
async def test_the_fullest_file_fits_its_limit(form: Form, tmp_path: Path) -> None:
    """A limit at which a minute just fits, and noise, which leaves a codec nothing to save: never over it."""
    limit = next(n for n in range(0, 4 * MIB, 1024) if longest_minutes(form, n) == 1)
    file = await render_file(order("white-noise", "rain-heavy", form=form, limit=limit), tmp_path, print)
    assert 0.85 * limit < len(file) <= limit


def test_what_fits_is_told_and_more_is_no_order() -> None:
    assert longest_minutes(Form.OGG, QUIET_LIMIT) == 27
    assert longest_minutes(Form.M4A, QUIET_LIMIT) == 20
    with pytest.raises(ValueError, match="seconds"):
        order("rain", seconds=28 * 60.0)
    assert order("rain", seconds=10 * 60.0).coding.bitrate == 96_000
    assert 48_000 <= (order("rain", seconds=27 * 60.0).coding.bitrate or 0) < 52_000


async def test_stopped_it_leaves_no_process_and_no_file(tmp_path: Path) -> None:
    begun = asyncio.Event()
    making = asyncio.create_task(render_file(order("rain", seconds=1500.0), tmp_path, lambda _: begun.set()))
    await asyncio.wait_for(begun.wait(), 60.0)
    children = _children()
    assert len(children) == 1
    assert os.getpriority(os.PRIO_PROCESS, children[0]) >= 10, "it gives way to voice"
    making.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await making
    assert not _children()
    assert not await asyncio.to_thread(os.listdir, tmp_path)


async def test_when_the_bot_is_killed_the_process_ends_by_itself(tmp_path: Path) -> None:
    bot = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, stdout=subprocess.PIPE)
    assert bot.stdout is not None
    assert await asyncio.wait_for(bot.stdout.readline(), 90.0) == b"begun\n"
    [worker] = _children(bot.pid)
    ended = os.pidfd_open(worker)
    bot.kill()
    await bot.wait()
    ready, _, _ = await asyncio.to_thread(select.select, [ended], [], [], 90.0)
    os.close(ended)
    assert ready


async def test_a_process_that_dies_is_one_error(tmp_path: Path) -> None:
    broken = Order(Mix((Layer("no-such-sound"),)), 7, 60.0, Form.OGG, QUIET_LIMIT, "x")
    with pytest.raises(TakeError):
        await render_file(broken, tmp_path, lambda _: None)


KILLED = """
import asyncio
from pathlib import Path
from bot.audio.mix import Layer, Mix
from bot.audio.taking.order import Form, Order
from bot.audio.taking.taker import render_file

order = Order(Mix((Layer("rain"),)), 7, 1500.0, Form.OGG, 10 * 1024 * 1024, "Rain")
begun = []

def told(progress):
    begun or print("begun", flush=True)
    begun.append(progress)

asyncio.run(render_file(order, Path("nowhere"), told))
"""
"""What is killed: something that has a long file made and says when that began."""


def _children(of: int | None = None) -> list[int]:
    """Return the processes that render files for us, or for another process."""
    found, wanted = [], of or os.getpid()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == wanted and b"taking.worker" in (folder / "cmdline").read_bytes():
                    found.append(int(folder.name))
    return found
