"""What was decided about words a moment ago: in memory only, under salted ids, and soon forgotten."""

import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from bot.core.clock import Clock
from bot.support.levels import Level

LEVEL_S: Final = 15 * 60.0
"""How long a press may open what was decided."""
HOLD_S: Final = 24 * 3600.0
"""After a crisis: nothing that plays therapist."""
MOST_PEOPLE: Final = 10_000
"""Whoever wrote longest ago is forgotten first."""


@dataclass(slots=True)
class Recent:
    """One person's last hours. Times are the clock's monotonic seconds."""

    level: Level = Level.NONE
    level_until_s: float = 0.0
    held_until_s: float = 0.0
    answered: dict[str, tuple[Level, float]] = field(default_factory=dict)
    """When each kind of answer was given last, and to which level."""


class Decisions:
    """Lost with the process, and nobody can read from it whose they are. Belongs to the event loop."""

    def __init__(self, clock: Clock, *, most_people: int = MOST_PEOPLE) -> None:
        self._clock = clock
        self._most_people = most_people
        self._salt = secrets.token_bytes(32)
        self._recent: OrderedDict[bytes, Recent] = OrderedDict()

    def __len__(self) -> int:
        return len(self._recent)

    def of(self, user_id: int) -> Recent:
        """Return what is known about a person, to be read and changed."""
        key = self._key(user_id)
        recent = self._recent.setdefault(key, Recent())
        self._recent.move_to_end(key)
        while len(self._recent) > self._most_people or self._is_over(next(iter(self._recent.values()))):
            oldest = next(iter(self._recent))
            if oldest == key:
                break
            del self._recent[oldest]
        return recent

    def decide(self, user_id: int, level: Level) -> None:
        """Keep a level; a higher one that still stands is not lowered by a calmer word."""
        now_s, recent = self._clock.monotonic(), self.of(user_id)
        if level >= self.level_of(user_id):
            recent.level, recent.level_until_s = level, now_s + LEVEL_S
        if level is Level.CRISIS:
            recent.held_until_s = now_s + HOLD_S

    def level_of(self, user_id: int) -> Level:
        """Return what was decided within the last quarter of an hour; NONE when nothing was."""
        recent = self._recent.get(self._key(user_id))
        if recent is None or self._clock.monotonic() >= recent.level_until_s:
            return Level.NONE
        return recent.level

    def is_held(self, user_id: int) -> bool:
        """Whether it is less than a day since a crisis: offer nothing that plays therapist."""
        recent = self._recent.get(self._key(user_id))
        return recent is not None and self._clock.monotonic() < recent.held_until_s

    def forget(self, user_id: int) -> None:
        self._recent.pop(self._key(user_id), None)

    def _key(self, user_id: int) -> bytes:
        return hashlib.blake2b(user_id.to_bytes(8, "big"), key=self._salt, digest_size=16).digest()

    def _is_over(self, recent: Recent) -> bool:
        now_s = self._clock.monotonic()
        newest_s = max((at for _, at in recent.answered.values()), default=now_s - 2 * HOLD_S)
        return max(recent.level_until_s, recent.held_until_s, newest_s + HOLD_S) <= now_s
