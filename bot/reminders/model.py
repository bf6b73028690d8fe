"""The values the evenings speak in: a rule, what is due from it, a claim on that, and what is to be said."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from bot.reminders.firing import EVERY_DAY, next_firing

MOST_RULES: Final = 10
"""Rules one person may have."""

LONGEST_LEAD_MINUTES: Final = 180

GRACE: Final = timedelta(minutes=45)
"""How late a reminder may still come; after that it would wake rather than remind."""

N_IGNORED_BEFORE_ASKING: Final = 3


class Kind(StrEnum):
    """Why something is said unasked. A person has at most one of each kind pending for each rule."""

    BEDTIME = "bedtime"
    SNOOZE = "snooze"
    MISSED = "missed"
    """An evening that nobody was reminded of, told in the morning."""
    CONFIRM = "confirm"
    """The first message after a rule was made, where it could not be said at once."""
    MORNING = "morning"
    """How was the night? From a rule of its own."""
    NOON = "noon"
    """The morning's question, not answered to its end, is taken away again; nothing is said."""


@dataclass(frozen=True, slots=True)
class Place:
    """A server's channel to be reminded in."""

    guild_id: int
    channel_id: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A person's bedtime: local wall time and zone are the truth, instants are derived from them.

    kind: `MORNING` for the morning's questions, which follow the same clock. at: whole minutes.
    days: ISO weekdays of the local date. lead_minutes: the reminder comes so much before. place: None is
    the person's DM. locale: the Discord tag they are spoken to in. n_ignored: reminders in a row that
    nobody touched.
    """

    id: int
    user_id: int
    zone: str
    at: time
    days: frozenset[int]
    lead_minutes: int = 0
    place: Place | None = None
    locale: str = "en-US"
    paused: bool = False
    n_ignored: int = 0
    kind: Kind = Kind.BEDTIME

    def __post_init__(self) -> None:
        if self.at.second or self.at.microsecond or self.at.tzinfo is not None:
            raise ValueError(f"at must be a wall time in whole minutes, not {self.at.isoformat()}")
        if not self.days or not self.days <= EVERY_DAY:
            raise ValueError(f"days must be ISO weekdays, not {sorted(self.days)}")
        if not 0 <= self.lead_minutes <= LONGEST_LEAD_MINUTES:
            raise ValueError(
                f"lead_minutes must be within 0..{LONGEST_LEAD_MINUTES}, not {self.lead_minutes}"
            )

    @property
    def lead(self) -> timedelta:
        return timedelta(minutes=self.lead_minutes)

    def next_after(self, moment: datetime) -> "Reminder":
        """Return the first reminder whose bedtime is after `moment`."""
        about_at = next_firing(self.zone, self.at, self.days, moment)
        return Reminder(self.user_id, self.kind, self.id, about_at, about_at - self.lead, self.locale)

    def next_due_after(self, moment: datetime) -> "Reminder":
        """Return the first reminder that is due after `moment`."""
        return self.next_after(moment + self.lead)


@dataclass(frozen=True, slots=True)
class Reminder:
    """One thing to be said. `about_at` is the bedtime it is about, `due_at` when to say it."""

    user_id: int
    kind: Kind
    rule_id: int
    """0 when it is about no rule."""
    about_at: datetime
    due_at: datetime
    locale: str = "en-US"
    n_missed: int = 1
    """For `MISSED`: the evenings it stands for."""
    message_id: int | None = None
    """For `NOON`: the message in the person's direct messages that goes."""

    @property
    def nonce(self) -> str:
        """The name of this very message, whoever delivers it and however often; 24 characters."""
        words = f"{self.user_id}:{self.kind}:{self.rule_id}:{int(self.about_at.timestamp())}"
        return hashlib.blake2b(words.encode(), digest_size=12).hexdigest()

    def put_off(self, until: datetime) -> "Reminder":
        return replace(self, kind=Kind.SNOOZE, about_at=until, due_at=until)


@dataclass(frozen=True, slots=True)
class Claim:
    """A reminder that one process alone may deliver until its lease ends.

    rule: as it was when claimed, None for what is about no rule. dm_channel_id: None is not known yet.
    holder: tells this claim from every other one.
    """

    reminder: Reminder
    rule: Rule | None
    dm_channel_id: int | None
    holder: str
    n_tries: int


class Topic(StrEnum):
    """What a letter says."""

    BEDTIME = "bedtime"
    CONFIRM = "confirm"
    MISSED = "missed"
    TOO_MUCH = "too_much"
    """Later, fewer, or stop?"""
    MORNING = "morning"


@dataclass(frozen=True, slots=True)
class Delivered:
    """Where a letter is."""

    channel_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A message on its way: to a channel of the person's, or to the person where no channel is known yet."""

    topic: Topic
    user_id: int
    rule_id: int
    about_at: datetime
    locale: str
    nonce: str
    channel_id: int | None
    """Where it goes; None opens a direct message."""
    in_server: bool = False
    """It stands where others read it, so it says nothing and mentions only its person."""
    silent: bool = True
    has_lead: bool = False
    """It comes before the bedtime, not at it."""
    was_put_off: bool = False
    """They asked for it to come again about now."""
    n_missed: int = 1
    is_fallback: bool = False
    """It should have stood in a server's channel, where Hush cannot write any more."""
