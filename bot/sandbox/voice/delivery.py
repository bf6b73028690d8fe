"""The DAVE version 1 delivery service of one voice channel: who is in the MLS group, and how that changes.

The service proposes, a member commits, the service hands the commit round. One round of proposals is in
flight at a time; who comes or goes meanwhile waits for the next. That is slower than amending a round, but a
client that has committed to an Add need not commit again, and some lose the welcome when they must.
With one member left there is no group: it starts a group of its own, and the first round makes the two one.

Pure state: messages go out through `Peer`, time comes in through the clock and `tick`. Nothing here waits.
"""

import logging
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.clock import Clock
from bot.sandbox.voice import mls
from bot.sandbox.voice.mls import Commit, ExternalSender, KeyPackage, MlsError, Welcome
from bot.sandbox.voice.round import Add, Change, Member, Peer, Remove, Round
from bot.sandbox.voice.tls import opaque
from bot.sandbox.voice.wire import CloseCode, Opcode, ProtocolError

_log = logging.getLogger(__name__)
_TRANSITION_TIMEOUT_S = 2.0
_ROUND_TIMEOUT_S = 5.0
_APPEND, _REVOKE = b"\x00", b"\x01"
_INITIAL_TRANSITION = 0
_FIRST_EPOCH = 1


@dataclass(frozen=True, eq=False)
class _Transition:
    waiting: set[Member]
    recipients: tuple[Member, ...]
    deadline: float


@dataclass(frozen=True)
class GroupState:
    """A look at the group: `epoch` 0 means none established; `user_ids` in order of their leaves."""

    epoch: int = 0
    user_ids: tuple[int, ...] = ()
    n_commits: int = 0
    n_late_commits: int = 0
    """Answers to a round another's commit had settled: all but one, each round."""
    n_invalid_commits: int = 0
    n_invalid_reports: int = 0
    """Opcode 31: a member could not follow."""
    n_resets: int = 0
    is_settled: bool = True
    """No round and no transition in flight, and nobody with a key package waits."""


class DeliveryService:
    """One channel's group. The group id is the channel id in 8 bytes, as clients derive it."""

    def __init__(self, channel_id: int, clock: Clock, *, version: int = 1) -> None:
        self.version = version
        self._group_id = channel_id.to_bytes(8)
        self._clock = clock
        self._sender = ExternalSender()
        self._members: dict[Peer, Member] = {}
        self._tree: list[Member | None] = []
        self._epoch = 0
        self._round: Round | None = None
        self._transitions: dict[int, _Transition] = {}
        self._last_transition_id = 0
        self._n_commits = 0
        self._n_late_commits = 0
        self._n_invalid_commits = 0
        self._n_invalid_reports = 0
        self._n_resets = 0

    @property
    def state(self) -> GroupState:
        waiting = len(self._members) > 1 and any(member.key_package for member in self._members.values())
        return GroupState(
            epoch=self._epoch,
            user_ids=tuple(member.peer.user_id for member in self._tree if member),
            n_commits=self._n_commits,
            n_late_commits=self._n_late_commits,
            n_invalid_commits=self._n_invalid_commits,
            n_invalid_reports=self._n_invalid_reports,
            n_resets=self._n_resets,
            is_settled=self._round is None and not self._transitions and not waiting,
        )

    def join(self, peer: Peer, *, in_place: bool = False) -> None:
        """Take a session in, after its SESSION_DESCRIPTION went out.

        `in_place`: it comes from another channel without a new connection and must start afresh.
        """
        member = self._members[peer] = Member(peer)
        if self.version:
            if in_place:
                self._start_afresh(member)
            peer.send_binary(Opcode.MLS_EXTERNAL_SENDER, self._sender.package)

    def leave(self, peer: Peer) -> None:
        member = self._members.pop(peer, None)
        if member is not None:
            self._lose(member)

    def receive_key_package(self, peer: Peer, data: bytes) -> None:
        """Opcode 26. ProtocolError for one that is malformed, unsigned or somebody else's."""
        member = self._members.get(peer)
        if member is None or member.leaf is not None or not self.version:
            return
        try:
            key_package = KeyPackage.read(data)
        except MlsError as error:
            raise ProtocolError(CloseCode.BAD_REQUEST, str(error)) from error
        if key_package.leaf.user_id != peer.user_id:
            raise ProtocolError(CloseCode.BAD_REQUEST, "a key package for another user")
        member.key_package = key_package
        self._settle()

    def receive_commit_welcome(self, peer: Peer, data: bytes) -> None:
        """Opcode 28. The first valid commit of a round wins; the others are late and dropped."""
        try:
            commit, welcome = mls.read_commit_welcome(data)
        except MlsError as error:
            raise ProtocolError(CloseCode.BAD_REQUEST, str(error)) from error
        member, pending = self._members.get(peer), self._round
        if member is None or pending is None or pending.is_late(member, commit):
            self._n_late_commits += 1
        elif reason := pending.objection(member, commit, welcome):
            self._n_invalid_commits += 1
            _log.warning("a commit %s", reason, extra={"user_id": peer.user_id})
        else:
            self._apply(pending, member, commit, welcome)
            self._settle()

    def receive_transition_ready(self, peer: Peer, transition_id: int) -> None:
        """Opcode 23; opcode 22 follows when everybody concerned has said so."""
        transition, member = self._transitions.get(transition_id), self._members.get(peer)
        if transition is None or member is None:
            return
        transition.waiting.discard(member)
        if not transition.waiting:
            self._execute(transition_id)

    def receive_invalid(self, peer: Peer) -> None:
        """Opcode 31: the member could not follow. It is removed, and added again by its next key package."""
        member = self._members.get(peer)
        if member is not None:
            self._n_invalid_reports += 1
            self._lose(member)

    def tick(self) -> None:
        """Give up on who keeps the others waiting: call a few times a second."""
        now = self._clock.monotonic()
        for transition_id, transition in list(self._transitions.items()):
            if now >= transition.deadline:
                self._execute(transition_id)
        if self._round is not None and now >= self._round.deadline:
            _log.warning("nobody committed in time; the group starts afresh")
            self.reset()

    def set_version(self, version: int) -> None:
        """Downgrade to transport encryption only (0), or upgrade again (1) with a new group."""
        if version == self.version:
            return
        self.version = version
        if version:
            self.reset()
            for peer in self._members:
                peer.send_binary(Opcode.MLS_EXTERNAL_SENDER, self._sender.package)
            return
        self._forget_group()
        members = tuple(self._members.values())
        for member in members:
            member.key_package = None
        if members:
            transition = {"transition_id": self._begin_transition(members), "protocol_version": version}
            for member in members:
                member.peer.send_text(Opcode.DAVE_PREPARE_TRANSITION, transition)

    def reset(self) -> None:
        """Have everybody begin again: opcode 24 for epoch 1 asks each for a new key package."""
        self._forget_group()
        self._n_resets += 1
        for member in self._members.values():
            member.key_package = None
            self._start_afresh(member)

    def _settle(self) -> None:
        """Take the next step if one is due; called after every change."""
        if not self.version:
            return
        if self._round is not None and self._may_complete(self._round):
            return
        self._round = None
        if self._epoch and not self._present():
            self._forget_group()
        if not self._epoch:
            self._begin_initial_round()
        elif len(self._members) == 1:
            self._reset_sole_member()
        else:
            self._begin_round()

    def _may_complete(self, pending: Round) -> bool:
        """Whether somebody is left to commit and, the first time, somebody to be with."""
        present = [member for member in pending.committers if self._members.get(member.peer) is member]
        if self._epoch:
            return any(member.leaf is not None for member in present)
        if len(present) > 1:
            return True
        for member in present:
            references = (opaque(reference) for reference in pending.proposed_to(member))
            member.peer.send_binary(Opcode.MLS_PROPOSALS, _REVOKE + mls.vector(references))
        return False

    def _begin_initial_round(self) -> None:
        ready = [member for member in self._members.values() if member.key_package]
        if len(ready) > 1:
            self._propose(self._adds(ready), ready)

    def _begin_round(self) -> None:
        removes: list[Change] = [
            Remove(self._sender.remove(self._group_id, self._epoch, leaf), leaf)
            for leaf, member in enumerate(self._tree)
            if member is not None and member.leaf != leaf
        ]
        changes = [*removes, *self._adds(self._members.values())]
        if changes:
            self._propose(changes, self._present())

    def _adds(self, members: Iterable[Member]) -> list[Change]:
        return [
            Add(self._sender.add(self._group_id, self._epoch, member.key_package), member, member.key_package)
            for member in members
            if member.key_package is not None
        ]

    def _propose(self, changes: list[Change], committers: list[Member]) -> None:
        self._round = Round(
            group_id=self._group_id,
            epoch=self._epoch,
            changes={change.proposal.reference: change for change in changes},
            committers=frozenset(committers),
            deadline=self._clock.monotonic() + _ROUND_TIMEOUT_S,
        )
        for member in committers:
            messages = (change.proposal.message for change in self._round.proposed_to(member).values())
            member.peer.send_binary(Opcode.MLS_PROPOSALS, _APPEND + mls.vector(messages))

    def _apply(self, settled: Round, committer: Member, commit: Commit, welcome: Welcome | None) -> None:
        """Hand a round's commit to the members it finds in the group, its welcome to those it adds."""
        self._round = None
        if not self._epoch:
            self._tree = [committer]
            committer.leaf = 0
            committer.key_package = None
        changes = [settled.changes[reference] for reference in commit.references]
        for change in changes:  # removals first: additions fill the leaves they free, lowest first
            if isinstance(change, Remove):
                self._tree[change.leaf] = None
        old = self._present()
        new = [change.member for change in changes if isinstance(change, Add) and self._place(change)]
        self._epoch += 1
        self._n_commits += 1
        prefix = struct.pack(">H", self._begin_transition((*old, *new)))
        for member in old:
            member.peer.send_binary(Opcode.MLS_ANNOUNCE_COMMIT, prefix + commit.message)
        if welcome is not None:
            for member in new:
                member.peer.send_binary(Opcode.MLS_WELCOME, prefix + welcome.data)

    def _place(self, add: Add) -> bool:
        """Give the added its leaf; False when it left or made another key package since."""
        leaf = next((i for i, occupant in enumerate(self._tree) if occupant is None), len(self._tree))
        member = add.member
        self._tree[leaf : leaf + 1] = [member]
        if self._members.get(member.peer) is not member or member.key_package is not add.key_package:
            return False
        member.leaf = leaf
        member.key_package = None
        return True

    def _present(self) -> list[Member]:
        """Return the members whose leaf in the group is theirs and who are here, in order of leaves."""
        return [
            member for leaf, member in enumerate(self._tree) if member is not None and member.leaf == leaf
        ]

    def _reset_sole_member(self) -> None:
        self.reset()
        for peer in self._members:
            peer.send_text(
                Opcode.DAVE_PREPARE_TRANSITION,
                {"transition_id": _INITIAL_TRANSITION, "protocol_version": self.version},
            )

    def _start_afresh(self, member: Member) -> None:
        member.peer.send_text(
            Opcode.DAVE_PREPARE_EPOCH, {"epoch": _FIRST_EPOCH, "protocol_version": self.version}
        )

    def _forget_group(self) -> None:
        for member in self._members.values():
            member.leaf = None
        self._tree = []
        self._epoch = 0
        self._round = None
        self._transitions.clear()

    def _lose(self, member: Member) -> None:
        """Count a member out of the group: it left, or must come in anew."""
        member.leaf = None
        member.key_package = None
        for transition_id, transition in list(self._transitions.items()):
            transition.waiting.discard(member)
            if not transition.waiting:
                self._execute(transition_id)
        self._settle()

    def _begin_transition(self, members: tuple[Member, ...]) -> int:
        self._last_transition_id = self._last_transition_id % 0xFFFF + 1  # 0 is the initial transition
        deadline = self._clock.monotonic() + _TRANSITION_TIMEOUT_S
        self._transitions[self._last_transition_id] = _Transition(set(members), members, deadline)
        return self._last_transition_id

    def _execute(self, transition_id: int) -> None:
        transition = self._transitions.pop(transition_id)
        for member in transition.recipients:
            if self._members.get(member.peer) is member:
                member.peer.send_text(Opcode.DAVE_EXECUTE_TRANSITION, {"transition_id": transition_id})
