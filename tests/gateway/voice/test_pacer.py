"""The pacer against a real UDP socket, its packets opened by the sandbox's own reading of RTP."""

import itertools
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from bot.gateway.voice.end_to_end import EndToEnd
from bot.gateway.voice.pacer import (
    KEEP_ALIVE_FRAMES,
    LATEST_S,
    SILENCE,
    TRAILING_SILENCE,
    WELL_FRAMES,
    Lane,
    Pacer,
)
from bot.gateway.voice.rtp import AES256_GCM, MODES, Transport
from bot.sandbox.voice.rtp import RtpHeader, cipher_for, read_header

KEY = bytes(range(32))


def nobody(_op: int, _data: object) -> None:
    raise AssertionError("without a group nothing is said about one")


class Ear:
    """The far end of a transport."""

    def __init__(self, mode: str = AES256_GCM, ssrc: int = 7) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(20.0)
        self._way = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._way.connect(self.socket.getsockname())
        self._cipher = cipher_for(mode, KEY)
        end_to_end = EndToEnd(1, send_text=nobody, send_binary=nobody)
        self.transport = Transport(self._way, ssrc, mode, KEY, end_to_end)

    def hear(self, n: int) -> list[tuple[RtpHeader, bytes]]:
        heard = []
        for _ in range(n):
            packet = self.socket.recv(2048)
            heard.append((read_header(packet), self._cipher.open(packet)[1]))
        return heard

    def heard_nothing(self) -> bool:
        self.socket.setblocking(False)
        try:
            self.socket.recv(2048)
        except BlockingIOError:
            return True
        return False

    def close(self) -> None:
        self.socket.close()
        self._way.close()


@pytest.fixture
def ear() -> Iterator[Ear]:
    ear = Ear()
    yield ear
    ear.close()


@pytest.fixture
def pacer() -> Iterator[Pacer]:
    pacer = Pacer()
    yield pacer
    pacer.close()


def counted(n: int | None = None) -> Callable[[], bytes]:
    numbers = itertools.count() if n is None else iter(range(n))
    return lambda: b"" if (number := next(numbers, None)) is None else b"\xfc" + number.to_bytes(4)


def lane_with(ear: Ear, source: Callable[[], bytes], ended: Callable[[], None] = lambda: None) -> Lane:
    lane = Lane(lambda _: None, 0)
    lane.transport = ear.transport
    lane.play(source, ended)
    return lane


@pytest.mark.parametrize("mode", MODES)
def test_what_is_played_arrives_in_order_and_ends_in_five_frames_of_silence(pacer: Pacer, mode: str) -> None:
    ear = Ear(mode)
    ended = threading.Event()
    lane = pacer.open()
    lane.transport = ear.transport
    lane.play(counted(10), ended.set)
    heard = ear.hear(10 + TRAILING_SILENCE)
    assert [payload for _, payload in heard[:10]] == [counted_payload(n) for n in range(10)]
    assert [payload for _, payload in heard[10:]] == [SILENCE] * TRAILING_SILENCE
    first = heard[0][0]
    for n, (header, _) in enumerate(heard):
        assert header == (first.sequence + n, first.timestamp + 960 * n, 7)
    assert ended.wait(20.0)
    ear.close()


def counted_payload(n: int) -> bytes:
    return b"\xfc" + n.to_bytes(4)


def test_silence_is_not_sent_but_for_a_frame_each_five_seconds(ear: Ear) -> None:
    lane = lane_with(ear, lambda: SILENCE)
    for _ in range(KEEP_ALIVE_FRAMES * 3 + 10):
        lane.tick(0)
    times = [header.timestamp for header, _ in ear.hear(3)]
    assert times[1] - times[0] == times[2] - times[1] == KEEP_ALIVE_FRAMES * 960
    assert ear.heard_nothing()


def test_sound_that_falls_silent_trails_off(ear: Ear) -> None:
    lane = lane_with(ear, iter([b"\xfcsound", *[SILENCE] * 20, b"\xfcagain"]).__next__)
    for _ in range(22):
        lane.tick(0)
    heard = ear.hear(2 + TRAILING_SILENCE)
    assert heard[-1][1] == b"\xfcagain"
    assert heard[-1][0].sequence - heard[0][0].sequence == 1 + TRAILING_SILENCE
    assert heard[-1][0].timestamp - heard[0][0].timestamp == 21 * 960


def test_sequence_and_time_go_on_over_a_change_of_transport(ear: Ear) -> None:
    lane = lane_with(ear, counted())
    for _ in range(3):
        lane.tick(0)
    other = Ear(ssrc=8)
    lane.transport = other.transport
    for _ in range(3):
        lane.tick(0)
    last, first = ear.hear(3)[-1], other.hear(1)[0]
    assert first[0].sequence == last[0].sequence + 1
    assert first[0].timestamp == last[0].timestamp + 960
    assert first[1] == counted_payload(3)
    other.close()


def test_without_a_way_out_the_night_goes_on_and_is_counted(ear: Ear) -> None:
    lane = lane_with(ear, counted())
    lane.transport = None
    for _ in range(5):
        lane.tick(0)
    assert lane.n_unsent == 5
    assert lane.unsent_since_s is not None
    lane.transport = ear.transport
    for _ in range(WELL_FRAMES):
        lane.tick(0)
    assert ear.hear(1)[0][1] == counted_payload(5)
    assert lane.unsent_since_s is None


def test_a_port_that_nobody_has_open_is_no_way_out_although_every_other_frame_leaves() -> None:
    ear = Ear()
    lane = lane_with(ear, counted())
    ear.socket.close()  # now this machine answers each datagram with "unreachable"
    for _ in range(40):
        lane.tick(0)
    assert 0 < lane.n_unsent < 40
    assert lane.unsent_since_s is not None
    ear.close()


def test_what_is_too_late_is_dropped_and_everything_else_keeps_its_time(ear: Ear) -> None:
    lane = lane_with(ear, counted())
    lane.tick(0)
    lane.tick(4)
    before, after = ear.hear(2)
    assert after[0].sequence - before[0].sequence == 5
    assert after[0].timestamp - before[0].timestamp == 5 * 960
    assert after[1] == counted_payload(5)


def test_a_stalled_machine_drops_and_never_bursts(pacer: Pacer, ear: Ear) -> None:
    lane = pacer.open()
    lane.transport = ear.transport
    stall = threading.Event()
    numbers = counted()

    def source() -> bytes:
        packet = numbers()
        if packet == counted_payload(3):
            stall.wait(20 * LATEST_S / 6)
        return packet

    lane.play(source, lambda: None)
    heard = ear.hear(12)
    steps = [b[0].timestamp - a[0].timestamp for a, b in itertools.pairwise(heard)]
    assert pacer.n_dropped >= 8
    assert max(steps) >= 8 * 960


def test_a_source_that_fails_silences_nobody_else(pacer: Pacer, ear: Ear) -> None:
    broken = pacer.open()
    broken.play(lambda: 1 // 0 * b"", lambda: None)
    lanes = [pacer.open() for _ in range(4)]
    for lane in lanes:
        lane.transport = ear.transport
        lane.play(counted(), lambda: None)
    assert len(ear.hear(40)) == 40


def test_a_closed_lane_sends_nothing_while_another_is_heard_to_its_end(pacer: Pacer, ear: Ear) -> None:
    lane = pacer.open()
    lane.transport = ear.transport
    lane.play(counted(), lambda: None)
    ear.hear(3)
    lane.close()
    n_sent = lane.n_sent
    again = pacer.open()
    again.transport = ear.transport
    again.play(counted(1), lambda: None)
    while ear.hear(1)[0][1] != SILENCE:
        pass
    assert lane.n_sent - n_sent <= 1, "the frame that was leaving"


def test_a_pacer_ends(pacer: Pacer) -> None:
    pacer.open()
    pacer.close()
    assert "hush-pacer" not in [thread.name for thread in threading.enumerate()]
