"""One round of an encryption group's change: what was proposed to whom, and which commit may settle it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.sandbox.voice.mls import Commit, KeyPackage, Proposal, Welcome
from bot.sandbox.voice.wire import Opcode


class Peer(Protocol):
    """A session in the channel, as far as end-to-end encryption needs it."""

    @property
    def user_id(self) -> int: ...

    def send_text(self, op: Opcode, data: object) -> None: ...

    def send_binary(self, op: Opcode, payload: bytes) -> None: ...


@dataclass(eq=False)
class Member:
    """A session that takes part in encryption, in the group or waiting for it."""

    peer: Peer
    key_package: KeyPackage | None = None
    leaf: int | None = None
    """Its place in the group's tree; None while pending."""


@dataclass(frozen=True, eq=False)
class Add:
    proposal: Proposal
    member: Member
    key_package: KeyPackage


@dataclass(frozen=True, eq=False)
class Remove:
    proposal: Proposal
    leaf: int


Change = Add | Remove


@dataclass(frozen=True, eq=False)
class Round:
    """Proposals in flight. In the initial round (epoch 0) each committer is asked to add all others."""

    group_id: bytes
    epoch: int
    changes: Mapping[bytes, Change]
    """By proposal reference."""
    committers: frozenset[Member]
    deadline: float
    """Monotonic; afterwards nobody is expected to commit any more."""

    def proposed_to(self, member: Member) -> dict[bytes, Change]:
        """Return the changes a member was sent: nobody is asked to add itself."""
        return {
            reference: change
            for reference, change in self.changes.items()
            if isinstance(change, Remove) or change.member is not member
        }

    def is_late(self, member: Member, commit: Commit) -> bool:
        """Whether a commit answers another round; that is nobody's fault."""
        return (
            member not in self.committers
            or commit.epoch != self.epoch
            or self.changes.keys().isdisjoint(commit.references)
        )

    def objection(self, member: Member, commit: Commit, welcome: Welcome | None) -> str | None:
        """Return what is wrong with a member's commit, None when it settles the round.

        Its signature is for the members to check: that takes the group's state, which only they have.
        """
        due = self.proposed_to(member)
        new = sorted(change.key_package.reference for change in due.values() if isinstance(change, Add))
        checks = (
            (commit.group_id == self.group_id, "is for another group"),
            (commit.sender_leaf == (member.leaf if self.epoch else 0), "is sent in another's name"),
            (commit.leaf is None or commit.leaf.user_id == member.peer.user_id, "changes who its sender is"),
            (not commit.has_inline_proposals, "brings proposals of its own"),
            (sorted(commit.references) == sorted(due), "is not of exactly the proposals sent"),
            (sorted(welcome.new_members if welcome else ()) == new, "welcomes others than it adds"),
        )
        return next((reason for holds, reason in checks if not holds), None)
