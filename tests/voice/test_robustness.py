"""Bytes nobody should send never do more than be refused."""

import contextlib
import json

from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.clock import SystemClock
from bot.sandbox.voice import mls
from bot.sandbox.voice.datagrams import read_discovery_request, read_discovery_response
from bot.sandbox.voice.exchange import Exchange
from bot.sandbox.voice.interface import Credentials, ServerOptions
from bot.sandbox.voice.mls import ExternalSender, KeyPackage, MlsError
from bot.sandbox.voice.rtp import (
    MODES,
    InvalidPacketError,
    RtpHeader,
    RtpSender,
    cipher_for,
    read_header,
    without_extension,
    write_header,
)
from bot.sandbox.voice.tls import Reader, opaque
from bot.sandbox.voice.wire import (
    Identify,
    Opcode,
    ProtocolError,
    read_client_binary,
    read_client_text,
    read_heartbeat,
    read_identify,
    read_resume,
    read_select_protocol,
    read_speaking,
    read_transition_id,
)
from tests.voice.discord_client import CHANNEL_ID, GUILD_ID
from tests.voice.test_delivery import Channel, Client

KEY = bytes(range(32))


@given(st.binary(max_size=20_000))
def test_a_vector_is_read_as_written(data):
    reader = Reader(opaque(data) + b"x")
    assert reader.opaque() == data
    assert reader.uint8() == ord("x")
    reader.end()


@given(st.binary(max_size=600))
@example(b"")
@example(b"\x00\x01\x00\x02\xff")
def test_mls_parsers_refuse_garbage(data):
    for parse in (KeyPackage.read, mls.read_commit_welcome):
        with contextlib.suppress(MlsError):
            parse(data)


def mutations(valid):
    """Valid messages with a few bytes changed, and cut or drawn out."""

    def mutate(changes, cut, tail):
        data = bytearray(valid)
        for place, value in changes:
            data[place % len(data)] = value
        return bytes(data[: len(data) - cut % len(data)]) + tail

    changes = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=4)
    return st.builds(mutate, changes, st.integers(0, 5000) | st.just(0), st.binary(max_size=4))


VALID_KEY_PACKAGE = Client(1).to_service[0][1]


@given(mutations(VALID_KEY_PACKAGE))
def test_a_changed_key_package_is_refused(data):
    if data == VALID_KEY_PACKAGE:
        return
    try:
        KeyPackage.read(data)
    except MlsError:
        return
    raise AssertionError("a key package nobody signed was taken")


def valid_commit():
    channel = Channel()
    first, second = channel.join(), channel.join()
    for client in (first, second):
        client.speak_one(channel.service)
    while first.to_client:
        first.receive_one()
    return next(content for op, content in first.to_service if op is Opcode.MLS_COMMIT_WELCOME)


@given(mutations(valid_commit()))
def test_a_changed_commit_never_breaks_the_service(data):
    channel = Channel()
    clients = [channel.join(), channel.join()]
    for client in clients:
        client.speak_one(channel.service)
    with contextlib.suppress(ProtocolError):
        channel.service.receive_commit_welcome(clients[0], data)
    assert channel.service.state.epoch == 0
    channel.drain()
    channel.assert_all_share_a_group()


def test_our_own_messages_parse():
    sender = ExternalSender()
    key_package = KeyPackage.read(VALID_KEY_PACKAGE)
    assert key_package.leaf.user_id == 1
    assert sender.add(b"group", 0, key_package).reference != sender.add(b"group", 1, key_package).reference
    assert sender.remove(b"group", 3, 2).message.startswith(b"\x00\x01\x00\x01")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
fields = st.dictionaries(
    st.sampled_from(["server_id", "user_id", "session_id", "token", "t", "seq_ack", "protocol", "data"])
    | st.sampled_from(["mode", "speaking", "transition_id", "max_dave_protocol_version"]),
    json_values,
)


@given(st.text() | st.builds(lambda op, d: json.dumps({"op": op, "d": d}), json_values, json_values | fields))
def test_text_frames_are_read_or_refused(text):
    try:
        _, data = read_client_text(text)
    except ProtocolError:
        return
    for read in (read_identify, read_resume, read_heartbeat, read_speaking, read_transition_id):
        with contextlib.suppress(ProtocolError):
            read(data)
    with contextlib.suppress(ProtocolError):
        read_select_protocol(data, MODES)


@given(st.binary(max_size=64))
def test_binary_frames_are_read_or_refused(frame):
    with contextlib.suppress(ProtocolError):
        read_client_binary(frame)


@given(st.binary(max_size=200))
def test_packets_are_opened_or_refused(packet):
    read_discovery_request(packet)
    read_discovery_response(packet)
    with contextlib.suppress(InvalidPacketError):
        read_header(packet)
        for mode in MODES:
            cipher_for(mode, KEY).open(packet)


@given(st.sampled_from(MODES), st.binary(max_size=400), st.integers(0, 2**32 - 1))
def test_what_is_sealed_opens_with_its_key_only(mode, payload, counter):
    cipher = cipher_for(mode, KEY)
    header = write_header(RtpHeader(65535, 2**32 - 1, 7))
    packet = cipher.seal(header, payload, counter)
    assert cipher.open(packet) == (header, payload)
    assert without_extension(header, payload) == payload
    for other in (cipher_for(mode, bytes(32)), *(cipher_for(m, KEY) for m in MODES if m != mode)):
        try:
            other.open(packet)
        except InvalidPacketError:
            continue
        raise AssertionError("opened with another key")


def test_an_extension_is_cut_off_and_its_header_authenticated():
    cipher = cipher_for(MODES[0], KEY)
    header = bytes([0x90]) + write_header(RtpHeader(1, 960, 7))[1:] + b"\xbe\xde\x00\x02"
    clear, payload = cipher.open(cipher.seal(header, b"extbody!" + b"opus", 0))
    assert clear == header
    assert without_extension(clear, payload) == b"opus"


class Socket:
    """Where the exchange sends to."""

    def __init__(self):
        self.sent = []

    def send(self, datagram, to):
        self.sent.append((datagram, to))


class Line:
    """A client's connection that goes nowhere."""

    def send(self, frame):
        pass

    def close(self, code):
        pass

    def abort(self):
        pass


def exchange_with_members(**options):
    exchange = Exchange(ServerOptions(dave_version=0, **options), SystemClock())
    sessions = []
    for user_id in (1, 2):
        exchange.register(Credentials(GUILD_ID, CHANNEL_ID, user_id, f"s{user_id}", "token"))
        session = exchange.identify(Identify(GUILD_ID, user_id, f"s{user_id}", "token", 1), Line())
        session.choose_mode(MODES[0])
        session.address = ("127.0.0.1", user_id)
        exchange.enter(session)
        sessions.append(session)
    return exchange, sessions


@given(st.lists(st.tuples(st.binary(max_size=120), st.integers(1, 3)), max_size=20))
def test_garbage_datagrams_change_nothing(datagrams):
    exchange, sessions = exchange_with_members()
    socket = Socket()
    for datagram, port in datagrams:
        exchange.receive_datagram(memoryview(datagram), 1, ("127.0.0.1", port), socket=socket)
        packet = bytearray(write_header(RtpHeader(1, 960, sessions[0].ssrc)) + datagram)
        exchange.receive_datagram(memoryview(packet), 1, ("127.0.0.1", port), socket=socket)
    assert [session.log.n_packets for session in sessions] == [0, 0]
    assert socket.sent == []


@given(st.lists(st.integers(0, 3), min_size=1, max_size=60))
def test_gaps_are_what_was_lost(steps):
    """Every sent packet reaches the other; the record names each place where some were left out."""
    exchange, (sender, other) = exchange_with_members(keep_opus=3)
    socket, rtp = Socket(), RtpSender(sender.ssrc, sender.cipher)
    n_sent, lost = 0, []
    for arrival_ns, n_lost in enumerate(steps):
        for _ in range(n_lost):
            rtp.packet(b"lost")
        if n_lost and n_sent:
            lost.append((n_sent, n_lost, n_lost * 960))
        packet = rtp.packet(n_sent.to_bytes(2))
        exchange.receive_datagram(memoryview(packet), arrival_ns, sender.address, socket=socket)
        n_sent += 1
    record = sender.record()
    assert [tuple(gap) for gap in record.gaps()] == lost
    assert record.arrivals_ns.tolist() == list(range(n_sent))
    assert record.opus == [i.to_bytes(2) for i in range(0, n_sent, 3)]
    heard = [other.cipher.open(datagram) for datagram, to in socket.sent if to == other.address]
    assert [payload for _, payload in heard] == [i.to_bytes(2) for i in range(n_sent)]


def test_a_stranger_cannot_send_in_a_members_name():
    exchange, (sender, _) = exchange_with_members()
    socket = Socket()
    packet = RtpSender(sender.ssrc, sender.cipher).packet(b"opus")
    exchange.receive_datagram(memoryview(packet), 1, ("127.0.0.1", 999), socket=socket)
    assert socket.sent == []
    assert sender.record().n_invalid == 1
