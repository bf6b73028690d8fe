"""What the evenings need from the outside world: a memory, and somebody who carries letters."""

from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol

from bot.reminders.model import Claim, Delivered, Kind, Letter, Place, Reminder, Rule


class RuleStore(Protocol):
    """Remembers rules and what is pending from them. Every method raises StoreError when it cannot.

    A rule and its pending reminder change together. What a method did survives a kill once it returns.
    """

    async def add(self, rule: Rule, due: Reminder | None, *, most: int) -> Rule | None:
        """Keep a new rule with what is next due from it; return it with its id.

        None, and nothing kept, when the person has `most` already.
        """
        ...

    async def change(self, rule: Rule, due: Reminder | None) -> bool:
        """Replace the person's rule of that id and what is pending from it; False when there is none.

        `due` None leaves nothing pending. A delivery under way loses its claim. What is to be taken away at
        noon stays so.
        """
        ...

    async def remove(self, user_id: int, rule_id: int) -> bool:
        """Forget the person's rule and everything pending from it; False when there was none."""
        ...

    async def rules_of(self, user_id: int, kind: Kind = Kind.BEDTIME) -> Sequence[Rule]:
        """Return the person's rules of that kind, oldest first."""
        ...

    async def rule(self, user_id: int, rule_id: int) -> Rule | None: ...

    async def pending(self, user_id: int) -> Sequence[Reminder]:
        """Return what is pending for the person, soonest first."""
        ...

    async def put(self, reminder: Reminder) -> None:
        """Let this be due, in place of what is pending of the same kind and rule."""
        ...

    async def drop(self, user_id: int, kinds: Collection[str], rule_id: int) -> None:
        """Let nothing of these kinds be pending for the rule."""
        ...

    async def touched(self, user_id: int, rule_id: int) -> None:
        """Somebody pressed something: the reminders before were not ignored."""
        ...


class QueueStore(Protocol):
    """What is due, shared by every process on one database.

    A claim gives its holder a lease: nobody else gets the reminder until the lease ends. `settle` and
    `release` do nothing, and return False, when the claim was lost meanwhile. Raises StoreError.
    """

    @property
    def is_shared(self) -> bool:
        """Whether other processes may be at the same queue."""
        ...

    async def claim(self, *, due_by: datetime, now: datetime, lease: timedelta, most: int) -> Sequence[Claim]:
        """Take up to `most` reminders due by `due_by` that nobody holds, soonest first."""
        ...

    async def settle(
        self,
        claim: Claim,
        following: Reminder | None,
        *,
        also: Reminder | None = None,
        ignored: bool = False,
    ) -> bool:
        """Have done with the claimed one: put `following` in its place, or nothing.

        also: due too, in place of what is pending of its kind and rule; evenings missed add up. ignored:
        count the rule's reminder as not answered yet.
        """
        ...

    async def rest(self, claim: Claim) -> bool:
        """Have done with the claimed one, and let its rule pause."""
        ...

    async def release(self, claim: Claim, *, until: datetime) -> bool:
        """Nobody may take it before `until`, then anybody."""
        ...

    async def next_due(self) -> datetime | None:
        """Return when the soonest reminder that is not held is due, or the soonest lease ends."""
        ...

    async def count_due(self, *, due_by: datetime, most: int) -> int:
        """Return how many are due by then and not held, counting no further than `most`."""
        ...

    async def free_dead_leases(self) -> None:
        """Start: where no other process can be, every lease is one of a dead process."""
        ...

    async def here(self, now: datetime) -> int:
        """Say that this process lives; return how many do."""
        ...

    async def outdated(self, data_version: str, *, most: int) -> Sequence[tuple[Rule, datetime | None]]:
        """Return rules whose instants were derived under other zone data, and what is pending is about."""
        ...

    async def unarmed(self, *, most: int) -> Sequence[Rule]:
        """Return rules that are awake and yet have nothing pending."""
        ...

    async def arm(self, reminders: Sequence[Reminder]) -> None:
        """Let these be pending where nothing of their kind and rule is."""
        ...

    async def rederive(
        self, rules: Sequence[tuple[Rule, Reminder]], *, now: datetime, data_version: str
    ) -> None:
        """Let each rule's pending reminder be this one, unless it is held or overdue already."""
        ...

    def changes(self) -> AbstractAsyncContextManager["Changes"]:
        """Listen for what people change, in this process or another."""
        ...


class Changes(Protocol):
    async def wait(self) -> None:
        """Return once something has changed since the last return; may return in vain."""
        ...


class DirectChannels(Protocol):
    """Remembers the channel of each person's direct messages."""

    async def channel_of(self, user_id: int) -> int | None: ...

    async def opened(self, user_id: int, channel_id: int) -> None:
        """Remember where to write to them, and that they can be written to."""
        ...

    async def closed(self, user_id: int, at: datetime) -> None:
        """Remember that they take no direct messages at present."""
        ...

    async def is_closed(self, user_id: int) -> bool: ...


class FamiliarGuilds(Protocol):
    """Remembers in which servers a person used Hush, to find them in voice there when they ask for it."""

    async def used(self, user_id: int, guild_id: int) -> None: ...

    async def of(self, user_id: int) -> Sequence[int]:
        """Return those servers, the one used last first."""
        ...


class ReminderChannels(Protocol):
    """The channels in which a server's admins allow evening reminders."""

    async def allow(self, place: Place) -> None: ...

    async def of(self, guild_id: int) -> frozenset[int]:
        """Return the channels a server allows."""
        ...

    async def put(self, guild_id: int, channel_ids: frozenset[int]) -> None:
        """Allow these in place of the earlier ones."""
        ...

    async def is_allowed(self, place: Place) -> bool: ...


class Undelivered(Exception):  # noqa: N818 - an outcome
    """A letter did not arrive, and trying the same again is of no use."""


class ClosedDoor(Undelivered):
    """The person takes no direct messages from Hush."""


class NoSuchPlace(Undelivered):
    """The channel is gone, or Hush may not write there."""


class TryLater(Exception):  # noqa: N818
    """A letter did not arrive now; it may after `wait_s` seconds."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s


class Post(Protocol):
    """Carries letters within one budget of requests."""

    @property
    def per_s(self) -> float:
        """Letters a second that the budget allows this process."""
        ...

    def share_with(self, n_processes: int) -> None:
        """So many processes use the same budget."""
        ...

    async def deliver(self, letter: Letter) -> Delivered:
        """Deliver it and return where it is; the same nonce again within minutes arrives once.

        Raises ClosedDoor, NoSuchPlace or TryLater. Waits its turn in the budget; all of it takes less than
        a lease.
        """
        ...

    async def withdraw(self, delivered: Delivered) -> None:
        """Take a letter away; one that is gone already is no matter. Raises TryLater."""
        ...
