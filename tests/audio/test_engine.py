import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from bot.audio.engine import Engine
from bot.audio.library import Library
from bot.audio.opus import SILENCE_PACKET, OpusDecoder
from bot.audio.stream import LEAD_PACKETS, Stream

from .hearing import levels_db, plan


@pytest.fixture
def engine(library: Library) -> Iterator[Engine]:
    engine = Engine(library)
    yield engine
    engine.close()


def wait_for(condition: Callable[[], bool], limit_s: float = 20.0) -> None:
    """Wait, in a thread that yields, until something the worker does has happened."""
    deadline = threading.Event()
    timer = threading.Timer(limit_s, deadline.set)
    timer.start()
    try:
        while not condition():
            assert not deadline.wait(0.002), "it did not happen in time"
    finally:
        timer.cancel()


def read_ready(stream: Stream, packets: int) -> list[bytes]:
    """Read as fast as the worker renders."""
    got = []
    while len(got) < packets:
        wait_for(lambda: not stream.wants_more() or stream.finished)
        got.append(stream.read())
    return got


def test_the_worker_keeps_a_little_ahead(engine: Engine):
    stream = engine.open(plan("hiss"))
    wait_for(lambda: not stream.wants_more())
    assert LEAD_PACKETS <= len(stream._packets) <= LEAD_PACKETS + 4


def test_what_is_read_is_the_sound_at_its_level(engine: Engine):
    stream = engine.open(plan("hiss"), volume=100)
    decoder = OpusDecoder()
    pcm = np.concatenate([decoder.decode(packet) for packet in read_ready(stream, 300)])
    assert levels_db(pcm)[-10:] == pytest.approx(20 * np.log10(0.02) - 6.0, abs=1.2)
    assert stream.underruns == 0


def test_streams_do_not_disturb_each_other(engine: Engine):
    one, other = engine.open(plan("hiss")), engine.open(plan("hiss", "taps", seed=2))
    alone = read_ready(engine.open(plan("hiss")), 100)
    assert read_ready(one, 100) == alone
    assert read_ready(other, 100) != alone


def test_a_damaged_file_ends_its_own_stream_only(library_root: Path, tmp_path: Path, caplog):
    root = shutil.copytree(library_root, tmp_path / "sounds")
    (root / "noise" / "taps.opus").write_bytes(b"OggS, but no more")
    engine = Engine(Library.load(root))
    try:
        broken, whole = engine.open(plan("taps")), engine.open(plan("hiss"))
        wait_for(lambda: broken.finished)
        assert broken.read() == b""
        assert "a stream cannot be rendered" in caplog.text
        assert len(set(read_ready(whole, 50))) > 10
    finally:
        engine.close()


def test_closing_ends_every_stream_and_the_worker(library: Library):
    engine = Engine(library)
    stream = engine.open(plan("hiss"))
    wait_for(lambda: not stream.wants_more())
    engine.close()
    assert not any(thread.name == "hush-render" for thread in threading.enumerate())
    while stream.read():
        pass
    assert stream.ended
    with pytest.raises(RuntimeError, match="closed"):
        engine.open(plan("hiss"))


def test_a_stopped_stream_is_let_go(engine: Engine):
    stream = engine.open(plan("hiss"))
    read_ready(stream, 20)
    stream.stop()
    wait_for(lambda: stream.read() == b"")
    engine.open(plan("hiss"))
    wait_for(lambda: stream not in engine._streams)
    assert stream.ended


def test_a_crowd_that_comes_at_once_is_refused_before_it_is_too_many(engine: Engine):
    """Each with a night of its own: the load tells what they cost only once they play."""
    n_taken = 0
    for seed in range(400):
        if engine.can_take(plan("hiss", seed=seed), 60, 128_000):
            engine.open(plan("hiss", seed=seed), held=True)
            n_taken += 1
    assert 20 < n_taken < 75
    again = plan("hiss", seed=0)
    assert not engine.can_take(plan("hiss", seed=1000), 60, 128_000)
    for stream in engine._streams[1:]:
        stream.abandon()
    assert engine.can_take(again, 60, 128_000), "who gave up makes room"


def test_those_who_ask_at_once_share_a_night(engine: Engine):
    assert engine.tonight(plan("hiss").mix) is None
    first = engine.open(plan("hiss", seed=7), held=True)
    assert engine.tonight(plan("hiss").mix) == (7, 0.0), "although nobody hears it yet"
    assert engine.tonight(plan("taps").mix) is None
    first.abandon()
    assert engine.tonight(plan("hiss").mix) is None


def test_a_late_reader_gets_silence_not_a_wait(library: Library):
    engine = Engine(library)
    engine.close()
    idle = Stream(plan("hiss"), lambda layer, seed, arc: pytest.fail("nobody renders"), lambda: None)
    assert idle.read() == SILENCE_PACKET
