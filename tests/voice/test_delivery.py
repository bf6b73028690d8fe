"""The delivery service against real DAVE sessions, with every order in which messages can cross."""

from collections import deque

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from bot.sandbox.voice.delivery import DeliveryService
from bot.sandbox.voice.end_to_end import EndToEnd
from bot.sandbox.voice.wire import Opcode

CHANNEL_ID = 77


class StillClock:
    def __init__(self):
        self.at = 0.0

    def monotonic(self):
        return self.at


class Client:
    """A DAVE client and its two queues of messages under way; the service's peer and the client's gateway."""

    def __init__(self, user_id):
        self.user_id = user_id
        self.here = True
        self.to_client = deque()
        self.to_service = deque()
        outgoing = type("Outgoing", (), {})()
        outgoing.send_text = lambda op, data: self.to_service.append((op, data))
        outgoing.send_binary = lambda op, payload: self.to_service.append((op, payload))
        self.end_to_end = EndToEnd(user_id, CHANNEL_ID, outgoing)
        self.end_to_end.known_user_ids = set(range(1000))
        self.end_to_end.begin(1)

    def send_text(self, op, data):
        self.to_client.append((op, data))

    def send_binary(self, op, payload):
        self.to_client.append((op, payload))

    def receive_one(self):
        op, content = self.to_client.popleft()
        if isinstance(content, bytes):
            self.end_to_end.receive_binary(op, content)
        else:
            self.end_to_end.receive_text(op, content)

    def speak_one(self, service):
        op, content = self.to_service.popleft()
        match op:
            case Opcode.MLS_KEY_PACKAGE:
                service.receive_key_package(self, content)
            case Opcode.MLS_COMMIT_WELCOME:
                service.receive_commit_welcome(self, content)
            case Opcode.DAVE_TRANSITION_READY:
                service.receive_transition_ready(self, content["transition_id"])
            case Opcode.MLS_INVALID_COMMIT_WELCOME:
                service.receive_invalid(self)


class Channel:
    def __init__(self):
        self.clock = StillClock()
        self.service = DeliveryService(CHANNEL_ID, self.clock)
        self.clients = []
        self.n_clients = 0

    def join(self):
        self.n_clients += 1
        client = Client(self.n_clients)
        self.clients.append(client)
        self.service.join(client)
        return client

    def leave(self, client):
        self.clients.remove(client)
        self.service.leave(client)

    def drain(self):
        while any(client.to_client or client.to_service for client in self.clients):
            for client in self.clients:
                while client.to_client:
                    client.receive_one()
                while client.to_service:
                    client.speak_one(self.service)

    def assert_all_share_a_group(self):
        state = self.service.state
        assert state.is_settled
        assert state.n_invalid_commits == 0
        if len(self.clients) < 2:
            assert state.epoch == 0
            assert not any(client.end_to_end.is_ready for client in self.clients)
            return
        ids = {client.user_id for client in self.clients}
        assert set(state.user_ids) == ids
        codes = {client.end_to_end.privacy_code for client in self.clients}
        assert len(codes) == 1
        assert None not in codes
        assert {client.end_to_end.epoch for client in self.clients} == {state.epoch}
        for client in self.clients:
            assert client.end_to_end.member_ids == ids
            sealed = client.end_to_end.seal(b"\xfc frame of %d" % client.user_id)
            for other in self.clients:
                if other is not client:
                    opened = other.end_to_end.open(client.user_id, sealed)
                    assert opened == (b"\xfc frame of %d" % client.user_id, True)


class AnyOrder(RuleBasedStateMachine):
    """Members join, leave and get lost while messages of the others are still under way."""

    def __init__(self):
        super().__init__()
        self.channel = Channel()

    def pick(self, index):
        return self.channel.clients[index % len(self.channel.clients)]

    @precondition(lambda self: len(self.channel.clients) < 6)
    @rule()
    def join(self):
        self.channel.join()

    @precondition(lambda self: self.channel.clients)
    @rule(index=st.integers(0, 5))
    def leave(self, index):
        self.channel.leave(self.pick(index))

    @precondition(lambda self: self.channel.clients)
    @rule(index=st.integers(0, 5), n_messages=st.integers(1, 4))
    def a_client_receives(self, index, n_messages):
        client = self.pick(index)
        for _ in range(min(n_messages, len(client.to_client))):
            client.receive_one()

    @precondition(lambda self: self.channel.clients)
    @rule(index=st.integers(0, 5), n_messages=st.integers(1, 4))
    def the_service_receives(self, index, n_messages):
        client = self.pick(index)
        for _ in range(min(n_messages, len(client.to_service))):
            client.speak_one(self.channel.service)

    @precondition(lambda self: self.channel.clients)
    @rule(index=st.integers(0, 5))
    def a_client_cannot_follow(self, index):
        self.pick(index).end_to_end.receive_binary(Opcode.MLS_WELCOME, b"\x00\x07not a welcome")

    @rule()
    def the_service_starts_afresh(self):
        self.channel.service.reset()

    @rule()
    def all_messages_arrive(self):
        self.channel.drain()
        self.channel.assert_all_share_a_group()

    def teardown(self):
        self.channel.drain()
        self.channel.assert_all_share_a_group()


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@pytest.fixture
def channel():
    return Channel()


def test_the_leaf_of_who_left_is_given_to_who_comes(channel):
    for _ in range(4):
        channel.join()
    channel.drain()
    before = channel.service.state.user_ids
    channel.leave(next(client for client in channel.clients if client.user_id == before[1]))
    channel.drain()
    late = channel.join()
    channel.drain()
    assert channel.service.state.user_ids == (before[0], late.user_id, *before[2:])
    channel.assert_all_share_a_group()


def test_epochs_are_counted_and_begin_anew_with_a_new_group(channel):
    first, second = channel.join(), channel.join()
    channel.drain()
    assert channel.service.state.epoch == 1
    channel.join()
    channel.drain()
    assert channel.service.state.epoch == 2
    channel.leave(first)
    channel.leave(second)
    channel.drain()
    assert channel.service.state.epoch == 0
    channel.join()
    channel.drain()
    assert channel.service.state.epoch == 1
    channel.assert_all_share_a_group()


def test_the_transition_is_executed_when_all_are_ready_or_time_is_up(channel):
    first, second = channel.join(), channel.join()
    channel.drain()
    assert [client.end_to_end.transitions_executed for client in (first, second)] == [1, 1]
    third = channel.join()
    third.receive_one()
    third.speak_one(channel.service)
    for client in (first, second):
        client.receive_one()
    first.speak_one(channel.service)  # its commit wins
    first.receive_one()
    first.speak_one(channel.service)  # it is ready, the others say nothing
    assert first.end_to_end.transitions_executed == 1
    channel.clock.at += 2.0
    channel.service.tick()
    first.receive_one()
    assert first.end_to_end.transitions_executed == 2


def test_a_group_nobody_commits_starts_afresh(channel):
    clients = [channel.join(), channel.join()]
    for client in clients:
        client.speak_one(channel.service)
    for client in clients:
        client.to_client.clear()  # the proposals are lost
    channel.clock.at += 5.0
    channel.service.tick()
    assert channel.service.state.n_resets == 1
    for client in clients:
        assert client.to_client[0] == (Opcode.DAVE_PREPARE_EPOCH, {"epoch": 1, "protocol_version": 1})


def test_a_commit_that_is_not_of_what_was_proposed_does_not_win(channel):
    first, second = channel.join(), channel.join()
    channel.drain()
    stolen = Channel()
    stranger = stolen.join()
    stolen.join().speak_one(stolen.service)
    stranger.speak_one(stolen.service)
    while stranger.to_client:
        stranger.receive_one()
    commit = next(content for op, content in stranger.to_service if op is Opcode.MLS_COMMIT_WELCOME)
    epoch = channel.service.state.epoch
    channel.join().speak_one(channel.service)
    channel.service.receive_commit_welcome(first, commit)
    assert channel.service.state.epoch == epoch
    channel.drain()
    channel.assert_all_share_a_group()
    assert second in channel.clients
