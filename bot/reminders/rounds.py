"""The round that carries reminders out: claim with a lease, deliver, settle; never the other way about."""

import asyncio
import contextlib
import logging
import math
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import islice, takewhile
from typing import Final

from bot.core.clock import Clock
from bot.core.errors import StoreError
from bot.core.tasks import Tasks
from bot.reminders.firing import EVERY_DAY, firings, is_past_noon, next_firing
from bot.reminders.model import (
    GRACE,
    N_IGNORED_BEFORE_ASKING,
    Claim,
    Delivered,
    Kind,
    Letter,
    Reminder,
    Rule,
    Topic,
)
from bot.reminders.ports import (
    Changes,
    ClosedDoor,
    DirectChannels,
    NoSuchPlace,
    Post,
    QueueStore,
    TryLater,
)
from bot.reminders.zones import VERSION

_log = logging.getLogger(__name__)

LEASE: Final = timedelta(seconds=40)
"""A dead process's reminders pass on within a minute, this and the poll of the others together."""
POLL_S: Final = 15.0
"""How often a process looks that shares its queue."""
_HERE_S: Final = 3.0
"""How often at most it says that it lives and counts the others: a new one soon has its share."""
ALONE_POLL_S: Final = 600.0
"""How often one looks that is alone: only a machine that slept can have made it miss something."""
MOST_LEAD: Final = timedelta(minutes=5)
"""How much early a crowded minute may begin."""
MOST_IN_FLIGHT: Final = 64
_RETRY_S: Final = (5.0, 15.0, 30.0, 60.0, 120.0, 300.0)
_STORE_SILENT_S: Final = 5.0
_GOODBYE_S: Final = 3.0
_AT_ONCE: Final = 500
_CROWD_LOOK_S: Final = 20.0
_TOLD_AT: Final = time(9, 0)
_NOON: Final = time(12, 0)
_MOST_TOLD: Final = 99
_DAYTIME: Final = timedelta(hours=11)
"""From nine in the morning until eight in the evening it may be told what was missed."""
_SAME_EVENING: Final = timedelta(hours=12)


class Rounds:
    """Delivers what is due until closed. Lives on the event loop.

    is_held: whether it is less than a day since somebody's crisis; then no morning's questions come.
    """

    def __init__(
        self,
        *,
        queue: QueueStore,
        channels: DirectChannels,
        post: Post,
        clock: Clock,
        tasks: Tasks,
        lease: timedelta = LEASE,
        is_held: Callable[[int], bool] | None = None,
    ) -> None:
        self._queue = queue
        self._channels = channels
        self._post = post
        self._clock = clock
        self._tasks = tasks
        self._lease = lease
        self._is_held = is_held
        self._running: asyncio.Task[None] | None = None
        self._in_flight: set[asyncio.Task[None]] = set()
        self._landed = asyncio.Event()
        self._said_here_s = -math.inf
        self._n_sharing = 1
        self._rests_until_s = -math.inf
        self.n_delivered = 0
        self.n_failed = 0
        """Deliveries that were put off or given up."""

    @property
    def is_resting(self) -> bool:
        """Whether nothing is under way and the next reminder is still to come."""
        return self._clock.monotonic() < self._rests_until_s and not self._in_flight

    def begin(self) -> None:
        """Start once Discord can be written to. Later calls do nothing."""
        if self._running is None:
            self._running = self._tasks.start(self._run(), name="reminders")

    async def close(self) -> None:
        """Take on nothing more; what is being sent may end, the rest keeps its lease."""
        if self._running is None:
            return
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)
        if self._in_flight:
            await asyncio.wait(self._in_flight, timeout=_GOODBYE_S)
        for task in self._in_flight:
            task.cancel()
        await asyncio.gather(*self._in_flight, return_exceptions=True)

    async def _run(self) -> None:
        prepared = False
        while True:
            try:
                if not prepared:
                    await self._queue.free_dead_leases()
                    await self._rederive()
                    prepared = True
                async with self._queue.changes() as changes:
                    await self._serve(changes)
            except StoreError as error:
                _log.error("reminders wait for the database: %s", error)
            except OSError as error:  # the connection that listens
                _log.error("reminders wait for the database: %s", type(error).__name__)
            await self._clock.sleep(_STORE_SILENT_S)

    async def _serve(self, changes: Changes) -> None:
        while True:
            await self._say_here()
            if not await self._take():
                # Reckoned from before the questions: a slow database must not make the answer late.
                began_s = self._clock.monotonic()
                await self._wait(changes, began_s + await self._idle_s())

    async def _say_here(self) -> None:
        if self._queue.is_shared and self._clock.monotonic() - self._said_here_s >= _HERE_S:
            has_just_come = self._said_here_s == -math.inf
            self._said_here_s = self._clock.monotonic()
            # Who has just come may not be the only one: processes are started together.
            self._n_sharing = await self._queue.here(self._clock.now()) + has_just_come
            self._post.share_with(self._n_sharing)

    async def _take(self) -> bool:
        """Claim and send what is due, as much as there is room for; return whether there may be more."""
        room = MOST_IN_FLIGHT - len(self._in_flight)
        if room < MOST_IN_FLIGHT // 2:  # few claims of many rather than many of one
            self._landed.clear()
            await self._landed.wait()
            return True
        now = self._clock.now()
        due_by = now + await self._lead(now)
        claims = await self._queue.claim(due_by=due_by, now=now, lease=self._lease, most=room)
        for claim in claims:
            task = self._tasks.start(self._carry_out(claim), name="reminder")
            self._in_flight.add(task)
            task.add_done_callback(self._done)
        return bool(claims)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._in_flight.discard(task)
        self._landed.set()

    async def _lead(self, now: datetime) -> timedelta:
        """Return how far ahead to look, so that the last of a crowded minute is not late."""
        per_s = self._post.per_s * self._n_sharing
        most = math.ceil(per_s * MOST_LEAD.total_seconds())
        n_coming = await self._queue.count_due(due_by=now + MOST_LEAD, most=most)
        lead = timedelta(seconds=(n_coming + len(self._in_flight)) / per_s)
        return min(lead, MOST_LEAD) if lead > timedelta(seconds=5) else timedelta(0)

    async def _idle_s(self) -> float:
        longest_s = POLL_S if self._queue.is_shared else ALONE_POLL_S
        now = self._clock.now()
        due_at = await self._queue.next_due()
        if due_at is None:
            return longest_s
        left = due_at - now
        if left > MOST_LEAD:  # a crowd may be coming: look again when it could begin
            left -= MOST_LEAD
        elif left > timedelta(0):
            left -= await self._lead(now)
            longest_s = min(longest_s, _CROWD_LOOK_S)
        return min(max(left.total_seconds(), 0.0), longest_s)

    async def _wait(self, changes: Changes, until_s: float) -> None:
        """Return at `until_s` (monotonic), when something changed, or when a delivery has ended."""
        self._landed.clear()
        waiting = [
            asyncio.ensure_future(self._clock.sleep(until_s - self._clock.monotonic())),
            asyncio.ensure_future(changes.wait()),
            *([asyncio.ensure_future(self._landed.wait())] if self._in_flight else []),
        ]
        self._rests_until_s = until_s
        try:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for ended in done:
                ended.result()
        finally:
            self._rests_until_s = -math.inf
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def _carry_out(self, claim: Claim) -> None:
        try:
            await self._deliver(claim)
        except StoreError as error:
            # Told or not: the lease ends, and the nonce lets the next try arrive only once.
            _log.error("a reminder could not be settled: %s", error)
        except TryLater as later:
            self.n_failed += 1
            wait_s = max(later.wait_s, _RETRY_S[min(claim.n_tries, len(_RETRY_S)) - 1])
            with contextlib.suppress(StoreError):
                await self._queue.release(claim, until=self._clock.now() + timedelta(seconds=wait_s))

    async def _deliver(self, claim: Claim) -> None:
        reminder, now = claim.reminder, self._clock.now()
        if reminder.kind is Kind.NOON:
            await self._take_away(claim)
            return
        if reminder.kind is Kind.MORNING and self._is_held is not None and self._is_held(reminder.user_id):
            await self._queue.settle(claim, _following(claim, now))
            return
        if _is_too_late(claim, now):
            if reminder.kind is Kind.MISSED:
                await self._queue.settle(claim, _next_morning(reminder, now))
            else:
                await self._queue.settle(claim, _following(claim, now), also=_notice(claim, now))
            return
        asks = (
            claim.rule is not None
            and reminder.kind is Kind.BEDTIME
            and claim.rule.n_ignored >= N_IGNORED_BEFORE_ASKING
        )
        delivered = None
        try:
            delivered = await self._send(
                _letter(claim, Topic.TOO_MUCH if asks else _topic(reminder.kind)), claim
            )
        except ClosedDoor:
            # The rule stays, for a while: `/bedtime list` says that the door is closed.
            self.n_failed += 1
            await self._channels.closed(reminder.user_id, now)
        else:
            self.n_delivered += 1
        if asks:
            await self._queue.rest(claim)
        else:
            is_evening = reminder.kind is Kind.BEDTIME
            at_noon = None if delivered is None else _at_noon(claim, delivered, now)
            await self._queue.settle(claim, _following(claim, now), also=at_noon, ignored=is_evening)

    async def _take_away(self, claim: Claim) -> None:
        message_id = claim.reminder.message_id
        if claim.dm_channel_id is not None and message_id is not None:
            await self._post.withdraw(Delivered(claim.dm_channel_id, message_id))
        await self._queue.settle(claim, None)

    async def _send(self, letter: Letter, claim: Claim) -> Delivered:
        try:
            delivered = await self._post.deliver(letter)
        except NoSuchPlace:
            # The channel is gone: where it was a server's, the person is told in their direct messages.
            known = claim.dm_channel_id if letter.in_server else None
            letter = replace(_in_dm(letter, known), is_fallback=letter.in_server)
            try:
                delivered = await self._post.deliver(letter)
            except NoSuchPlace:
                delivered = await self._post.deliver(_in_dm(letter, None))
        if not letter.in_server and delivered.channel_id != claim.dm_channel_id:
            await self._channels.opened(letter.user_id, delivered.channel_id)
        return delivered

    async def _rederive(self) -> None:
        """Derive anew what was derived under other zone data, or has fallen out of the queue."""
        while rules := await self._queue.unarmed(most=_AT_ONCE):
            await self._queue.arm([rule.next_due_after(self._clock.now()) for rule in rules])
        while outdated := await self._queue.outdated(VERSION, most=_AT_ONCE):
            now = self._clock.now()
            fresh = [(rule, _rederived(rule, about_at, now)) for rule, about_at in outdated]
            await self._queue.rederive(fresh, now=now, data_version=VERSION)


def _rederived(rule: Rule, about_at: datetime | None, now: datetime) -> Reminder:
    """Return the same evening's reminder as the zone's data has it now: it may be weeks ahead."""
    if about_at is not None and (same := rule.next_after(about_at - _SAME_EVENING)).due_at > now:
        return same
    return rule.next_due_after(now)


def _is_too_late(claim: Claim, now: datetime) -> bool:
    reminder = claim.reminder
    match reminder.kind:
        case Kind.BEDTIME | Kind.SNOOZE:
            return now - reminder.due_at > GRACE
        case Kind.MISSED:
            return now - reminder.due_at > _DAYTIME
        case Kind.MORNING:
            return claim.rule is None or is_past_noon(claim.rule.zone, reminder.about_at, now)
        case _:
            return False


def _topic(kind: Kind) -> Topic:
    match kind:
        case Kind.BEDTIME | Kind.SNOOZE:
            return Topic.BEDTIME
        case Kind.MISSED:
            return Topic.MISSED
        case Kind.CONFIRM:
            return Topic.CONFIRM
        case Kind.MORNING:
            return Topic.MORNING
        case Kind.NOON:
            raise ValueError("nothing is said at noon")


def _letter(claim: Claim, topic: Topic) -> Letter:
    reminder, rule = claim.reminder, claim.rule
    in_server = rule is not None and rule.place is not None and topic is Topic.BEDTIME
    return Letter(
        topic=topic,
        user_id=reminder.user_id,
        rule_id=reminder.rule_id,
        about_at=reminder.about_at,
        locale=reminder.locale,
        nonce=reminder.nonce,
        channel_id=rule.place.channel_id if rule and rule.place and in_server else claim.dm_channel_id,
        in_server=in_server,
        silent=topic is not Topic.BEDTIME,
        was_put_off=reminder.kind is Kind.SNOOZE,
        has_lead=reminder.about_at - reminder.due_at >= timedelta(minutes=5),
        n_missed=reminder.n_missed,
    )


def _in_dm(letter: Letter, channel_id: int | None) -> Letter:
    return replace(letter, channel_id=channel_id, in_server=False)


def _following(claim: Claim, now: datetime) -> Reminder | None:
    """Return what is due from the same rule next; one that is late within reason may still come."""
    rule, reminder = claim.rule, claim.reminder
    if rule is None or reminder.kind is not rule.kind:
        return None
    return rule.next_after(max(reminder.about_at, now - GRACE + rule.lead))


def _notice(claim: Claim, now: datetime) -> Reminder | None:
    """Return the line that tells of missed evenings, due on the next morning where the person is."""
    rule, reminder = claim.rule, claim.reminder
    if rule is None or reminder.kind not in (Kind.BEDTIME, Kind.SNOOZE):
        return None
    n_missed = 1
    if (following := _following(claim, now)) is not None:  # away for days: every evening of them counts
        passed = firings(rule.zone, rule.at, rule.days, reminder.about_at)
        n_missed += sum(1 for _ in takewhile(lambda at: at < following.about_at, islice(passed, _MOST_TOLD)))
    return Reminder(
        reminder.user_id,
        Kind.MISSED,
        0,
        reminder.about_at,
        next_firing(rule.zone, _TOLD_AT, EVERY_DAY, now),
        reminder.locale,
        n_missed,
    )


def _next_morning(missed: Reminder, now: datetime) -> Reminder:
    """Return it on the first morning to come, for it too fell into an absence."""
    n_days = (now - missed.due_at) // timedelta(days=1) + 1
    return replace(missed, due_at=missed.due_at + timedelta(days=n_days))


def _at_noon(claim: Claim, delivered: Delivered, now: datetime) -> Reminder | None:
    """Return what takes the morning's question away again when nobody answered it by noon."""
    rule, reminder = claim.rule, claim.reminder
    if rule is None or reminder.kind is not Kind.MORNING:
        return None
    due_at = next_firing(rule.zone, _NOON, EVERY_DAY, now)
    return replace(reminder, kind=Kind.NOON, due_at=due_at, message_id=delivered.message_id)
