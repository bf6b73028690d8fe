"""What people may do with their mornings: be asked once a day, answer by taps, look back over weeks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.core.clock import Clock
from bot.core.errors import Refusal
from bot.core.preferences import PersonSettingsStore
from bot.reminders.diary import QUESTIONS, DiaryStore, Night
from bot.reminders.firing import EVERY_DAY, is_past_noon, local_date
from bot.reminders.model import Kind, Rule
from bot.reminders.ports import RuleStore
from bot.reminders.spoken import read_time

USUAL: Final = time(8, 30)
LATEST: Final = time(11, 30)
MOST_WEEKS: Final = 12


@dataclass(frozen=True, slots=True)
class Weeks:
    """The last weeks of somebody's nights: every morning, oldest first, and what was told."""

    mornings: Sequence[date]
    nights: Sequence[Night]


class Mornings:
    """Every method raises StoreError when the database does not answer, Refusal with the sentence to say."""

    def __init__(
        self, *, rules: RuleStore, diary: DiaryStore, people: PersonSettingsStore, clock: Clock
    ) -> None:
        self._rules = rules
        self._diary = diary
        self._people = people
        self._clock = clock

    async def rule_of(self, user_id: int) -> Rule | None:
        rules = await self._rules.rules_of(user_id, Kind.MORNING)
        return rules[0] if rules else None

    async def turn_on(self, user_id: int, typed: str | None, locale: str) -> datetime:
        """Ask every morning from now on, at a time as typed; return when first."""
        zone_name = (await self._people.get(user_id)).timezone
        if zone_name is None:
            raise Refusal("bedtime.refused.no_zone")
        known = await self.rule_of(user_id)
        at = _morning(typed) if typed is not None else known.at if known is not None else USUAL
        rule = Rule(0, user_id, zone_name, at, EVERY_DAY, locale=locale, kind=Kind.MORNING)
        due = rule.next_due_after(self._clock.now())
        if known is None:
            await self._rules.add(rule, due, most=1)
        else:
            await self._rules.change(replace(rule, id=known.id), replace(due, rule_id=known.id))
        return due.due_at

    async def turn_off(self, user_id: int) -> None:
        """Ask no more. What was told stays until its time is over."""
        if (rule := await self.rule_of(user_id)) is None:
            return
        asked = [due for due in await self._rules.pending(user_id) if due.kind is Kind.NOON]
        await self._rules.remove(user_id, rule.id)
        for due in asked:  # today's question goes now, not at noon
            await self._rules.put(replace(due, rule_id=0, due_at=self._clock.now()))

    async def answer(
        self, user_id: int, rule_id: int, asked_at: datetime, question: str, value: int
    ) -> str | None:
        """Remember one answer; return the next question, None after the last.

        Raises Refusal from noon on: by then a night is remembered as one would like it.
        """
        rule = await self._rules.rule(user_id, rule_id)
        now = self._clock.now()
        if rule is None or is_past_noon(rule.zone, asked_at, now):
            raise Refusal("morning.refused.over")
        await self._rules.touched(user_id, rule_id)
        night = await self._diary.night(user_id, local_date(rule.zone, asked_at))
        await self._diary.put(night.with_answer(question, value), now)
        following = QUESTIONS.index(question) + 1
        if following < len(QUESTIONS):
            return QUESTIONS[following]
        await self._rules.drop(user_id, [Kind.NOON], rule_id)
        return None

    async def weeks(self, user_id: int, n_weeks: int) -> Weeks:
        """Return the last weeks up to this morning, where the person is."""
        zone_name = (await self._people.get(user_id)).timezone or "UTC"
        now = self._clock.now()
        today = local_date(zone_name, now)
        mornings = [today - timedelta(days=n) for n in range(7 * n_weeks - 1, -1, -1)]
        return Weeks(mornings, await self._diary.since(user_id, mornings[0], now))


def _morning(typed: str) -> time:
    """Read a time that is in the morning; "8" is eight in the morning here."""
    spoken = read_time(typed)
    at = spoken.at.replace(hour=spoken.at.hour % 12) if spoken.is_guess else spoken.at
    if not time(3) <= at <= LATEST:
        raise Refusal("morning.refused.time")
    return at
