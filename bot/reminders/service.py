"""What people may do with their evenings: say where they live, set, change, pause and remove bedtimes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import Enum
from typing import Final

from bot.core.clock import Clock
from bot.core.errors import Refusal
from bot.core.preferences import PersonSettingsStore
from bot.reminders.firing import ClockChange, clock_change, first_firings, local_date
from bot.reminders.model import (
    LONGEST_LEAD_MINUTES,
    MOST_RULES,
    Kind,
    Letter,
    Place,
    Reminder,
    Rule,
    Topic,
)
from bot.reminders.ports import ClosedDoor, DirectChannels, NoSuchPlace, Post, RuleStore, TryLater
from bot.reminders.spoken import read_days, read_time, read_until
from bot.reminders.zone_search import Found, ZoneSearch
from bot.reminders.zones import zone

N_SHOWN: Final = 3
LATER_BY: Final = timedelta(minutes=30)
TONIGHT: Final = timedelta(hours=12)
"""What is due within so much belongs to the evening that somebody skips."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A bedtime as somebody typed it; what is None stays as it is, or as is usual.

    place: only with `moves`; None is then their direct messages.
    """

    time: str | None = None
    days: str | None = None
    lead_minutes: int | None = None
    place: Place | None = None
    moves: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """A rule as kept, and what it comes to.

    bedtimes: the next three. change: a change of the clock before the last of them. is_guess: the time
    could have meant the other half of the day. skipped: bedtimes that the clock jumps over, so that they
    come right after.
    """

    rule: Rule
    bedtimes: tuple[datetime, ...]
    change: ClockChange | None
    is_guess: bool = False

    @property
    def skipped(self) -> tuple[datetime, ...]:
        place = zone(self.rule.zone)
        walls = ((at, at.astimezone(place).time()) for at in self.bedtimes)
        return tuple(at for at, wall in walls if wall != self.rule.at)


class Told(Enum):
    """Whether a confirmation reached the person."""

    ARRIVED = "arrived"
    CLOSED = "closed"
    """They take no direct messages from Hush."""
    SOON = "soon"
    """It is on its way; Discord asks for patience."""


class Evenings:
    """Every method raises StoreError when the database does not answer, Refusal with the sentence to say."""

    def __init__(
        self,
        *,
        rules: RuleStore,
        channels: DirectChannels,
        people: PersonSettingsStore,
        post: Post,
        search: ZoneSearch,
        clock: Clock,
    ) -> None:
        self._rules = rules
        self._channels = channels
        self._people = people
        self._post = post
        self._search = search
        self._clock = clock

    # Where somebody lives --------------------------------------------------------------------------------

    async def zone_of(self, user_id: int) -> str | None:
        return (await self._people.get(user_id)).timezone

    def zones_like(self, typed: str, locale: str) -> Sequence[Found]:
        return self._search.find(typed, self._clock.now(), locale)

    def place_of(self, zone_name: str, locale: str) -> str:
        return self._search.place_of(zone_name, locale)

    def zone_meant(self, typed: str, locale: str) -> str:
        """Return the name of the zone a text means; raise Refusal when it could be several or none."""
        return self._search.the_one(typed, self._clock.now(), locale).name

    async def set_zone(self, user_id: int, typed: str, locale: str) -> str:
        """Remember the zone a text means, and let their rules keep to its clock; return its name."""
        found = self._search.the_one(typed, self._clock.now(), locale)
        person = await self._people.get(user_id)
        await self._people.put(replace(person, timezone=found.name))
        pending = {(due.kind, due.rule_id): due for due in await self._rules.pending(user_id)}
        for kind in (Kind.BEDTIME, Kind.MORNING):
            for rule in await self._rules.rules_of(user_id, kind):
                if rule.zone != found.name:
                    await self._move(rule, found.name, pending.get((kind, rule.id)))
        return found.name

    async def _move(self, rule: Rule, zone_name: str, due: Reminder | None) -> None:
        """Let a rule keep to another clock; one that is quiet until a day stays quiet until that day."""
        now, moved = self._clock.now(), replace(rule, zone=zone_name)
        if due is None or due.about_at <= rule.next_due_after(now).about_at:
            await self._keep(moved)
            return
        begins_at = datetime.combine(local_date(rule.zone, due.about_at), time(0), zone(zone_name))
        await self._rules.change(moved, moved.next_after(begins_at - timedelta(microseconds=1)))

    # Bedtimes --------------------------------------------------------------------------------------------

    def draft(self, user_id: int, wish: Wish, locale: str) -> Rule:
        """Return the rule a wish means, in no zone that matters yet. Raises Refusal."""
        if wish.time is None:
            raise Refusal("bedtime.refused.time")
        blank = Rule(0, user_id, "UTC", read_time(wish.time).at, read_days(""), locale=locale)
        return self._changed(blank, wish)[0]

    async def add(self, draft: Rule, *, is_guess: bool = False) -> Planned:
        """Keep a new rule; its zone is the person's."""
        zone_name = await self.zone_of(draft.user_id)
        if zone_name is None:
            raise Refusal("bedtime.refused.no_zone")
        rule = replace(draft, zone=zone_name)
        kept = await self._rules.add(rule, rule.next_due_after(self._clock.now()), most=MOST_RULES)
        if kept is None:
            raise Refusal("bedtime.refused.many", count=MOST_RULES)
        return self.planned(kept, is_guess=is_guess)

    async def edit(self, user_id: int, rule_id: int, wish: Wish) -> Planned:
        """Change what the wish names; an edited rule is awake again."""
        changed, is_guess = self._changed(await self.rule(user_id, rule_id), wish)
        awake = replace(changed, paused=False, n_ignored=0)
        await self._keep(awake)
        return self.planned(awake, is_guess=is_guess)

    async def rules_of(self, user_id: int) -> Sequence[Rule]:
        return await self._rules.rules_of(user_id)

    async def rule(self, user_id: int, rule_id: int) -> Rule:
        """Return the person's rule; raise Refusal when it is somebody else's or gone."""
        rule = await self._rules.rule(user_id, rule_id)
        if rule is None:
            raise Refusal("bedtime.refused.gone")
        return rule

    async def next_of(self, user_id: int) -> dict[int, datetime]:
        """Return the bedtime each of the person's rules is next about."""
        pending = await self._rules.pending(user_id)
        return {due.rule_id: due.about_at for due in pending if due.kind is Kind.BEDTIME}

    async def pause(self, rules: Sequence[Rule], until: str | None) -> datetime | None:
        """Say nothing until a day, as typed, or until resumed; return when that day begins."""
        if until is None:
            for rule in rules:
                await self._rules.change(replace(rule, paused=True), None)
            return None
        begins_at = None
        for rule in rules:
            begins_at = read_until(until, self._clock.now(), zone(rule.zone))
            awake = replace(rule, paused=False, n_ignored=0)
            await self._rules.change(awake, awake.next_after(begins_at - timedelta(microseconds=1)))
        return begins_at

    async def resume(self, rules: Sequence[Rule]) -> None:
        for rule in rules:
            await self._keep(replace(rule, paused=False, n_ignored=0))

    async def remove(self, user_id: int, rule_id: int) -> None:
        if not await self._rules.remove(user_id, rule_id):
            raise Refusal("bedtime.refused.gone")

    # An evening ------------------------------------------------------------------------------------------

    async def snooze(self, user_id: int, rule_id: int, minutes: int) -> datetime:
        """Come back in a while; return when."""
        rule = await self.rule(user_id, rule_id)
        await self._rules.touched(user_id, rule_id)
        at = self._clock.now() + timedelta(minutes=minutes)
        await self._rules.put(rule.next_after(at).put_off(at))
        return at

    async def skip(self, user_id: int, rule_id: int) -> None:
        """Say nothing more tonight: neither what was put off nor, on an older message, what is to come."""
        rule = await self.rule(user_id, rule_id)
        await self._rules.touched(user_id, rule_id)
        await self._rules.drop(user_id, [Kind.SNOOZE], rule_id)
        for due in await self._rules.pending(user_id):
            is_tonight = due.due_at - self._clock.now() <= TONIGHT
            if due.kind is Kind.BEDTIME and due.rule_id == rule_id and is_tonight:
                await self._rules.put(rule.next_after(due.about_at))

    async def begun(self, user_id: int, rule_id: int) -> None:
        """They wind down: nothing more tonight."""
        await self.skip(user_id, rule_id)

    async def later(self, user_id: int, rule_id: int) -> Planned:
        """Move a bedtime half an hour."""
        rule = await self.rule(user_id, rule_id)
        minutes = (rule.at.hour * 60 + rule.at.minute + 30) % (24 * 60)
        moved = replace(rule, at=rule.at.replace(minutes // 60, minutes % 60), paused=False, n_ignored=0)
        await self._keep(moved)
        return self.planned(moved)

    async def keep(self, user_id: int, rule_id: int) -> Planned:
        """Go on as before."""
        rule = await self.rule(user_id, rule_id)
        await self.resume([rule])
        return self.planned(replace(rule, paused=False, n_ignored=0))

    async def confirm(self, rule: Rule) -> Told:
        """Write to the person where their reminders will come, so that a closed door shows now."""
        if rule.place is not None:
            return Told.ARRIVED
        due = rule.next_due_after(self._clock.now())
        known = await self._channels.channel_of(rule.user_id)
        letter = Letter(
            topic=Topic.CONFIRM,
            user_id=rule.user_id,
            rule_id=rule.id,
            about_at=due.about_at,
            locale=rule.locale,
            nonce=replace(due, kind=Kind.CONFIRM, about_at=self._clock.now()).nonce,
            channel_id=known,
        )
        try:
            try:
                delivered = await self._post.deliver(letter)
            except NoSuchPlace:
                delivered = await self._post.deliver(replace(letter, channel_id=None))
        except (ClosedDoor, NoSuchPlace):
            await self._channels.closed(rule.user_id, self._clock.now())
            return Told.CLOSED
        except TryLater as later:
            due_at = self._clock.now() + timedelta(seconds=later.wait_s)
            await self._rules.put(
                Reminder(rule.user_id, Kind.CONFIRM, rule.id, due.about_at, due_at, rule.locale)
            )
            return Told.SOON
        await self._channels.opened(rule.user_id, delivered.channel_id)
        return Told.ARRIVED

    async def is_open(self, user_id: int) -> bool:
        """Return whether they can be written to, as far as is known."""
        return await self._channels.channel_of(user_id) is not None

    async def is_closed(self, user_id: int) -> bool:
        return await self._channels.is_closed(user_id)

    def planned(self, rule: Rule, *, is_guess: bool = False) -> Planned:
        now = self._clock.now()
        bedtimes = first_firings(rule.zone, rule.at, rule.days, now + rule.lead, N_SHOWN)
        return Planned(rule, tuple(bedtimes), clock_change(rule.zone, now, bedtimes[-1]), is_guess)

    def _changed(self, rule: Rule, wish: Wish) -> tuple[Rule, bool]:
        is_guess = False
        if wish.time is not None:
            spoken = read_time(wish.time)
            rule, is_guess = replace(rule, at=spoken.at), spoken.is_guess
        if wish.days is not None:
            rule = replace(rule, days=read_days(wish.days))
        if wish.lead_minutes is not None:
            if not 0 <= wish.lead_minutes <= LONGEST_LEAD_MINUTES:
                raise Refusal("bedtime.refused.lead", longest=timedelta(minutes=LONGEST_LEAD_MINUTES))
            rule = replace(rule, lead_minutes=wish.lead_minutes)
        if wish.moves:
            rule = replace(rule, place=wish.place)
        return rule, is_guess

    async def _keep(self, rule: Rule) -> None:
        due = None if rule.paused else rule.next_due_after(self._clock.now())
        if not await self._rules.change(rule, due):
            raise Refusal("bedtime.refused.gone")
