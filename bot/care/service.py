"""What to suggest to somebody, and what is remembered of how it went."""

import logging
import random
from collections.abc import Awaitable, Sequence
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.care.model import Circumstances, History, Outcome, Suggestion, daytime_at
from bot.care.ports import Blocks, CareStore
from bot.care.ranking import sound_for, suggest
from bot.content.care import CareContent, Daytime, Feeling, Pairing, Practice
from bot.core.clock import Clock
from bot.core.errors import StoreError
from bot.core.preferences import PersonSettings, PersonSettingsStore

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class Care:
    """Suggestions for one person at one moment. A silent database costs the memory, not the suggestion."""

    def __init__(
        self,
        content: CareContent,
        store: CareStore,
        people: PersonSettingsStore,
        blocks: Blocks,
        clock: Clock,
    ) -> None:
        self.content = content
        self._store = store
        self._people = people
        self._blocks = blocks
        self._clock = clock

    async def suggest(
        self, user_id: int, feeling: Feeling, minutes: int, *, hears: bool, seed: int, page: int = 0
    ) -> Sequence[Suggestion]:
        """Return up to three pairings for now; raise Refusal when there is none."""
        at = self._clock.now()
        person = await self.settings_of(user_id)
        now = Circumstances(feeling, minutes, _daytime(person, at), hears)
        dice = random.Random(seed)  # noqa: S311 - an order, not a secret
        return suggest(self.content, now, await self.history_of(user_id), at, dice, page=page)

    async def history_of(self, user_id: int) -> History:
        refused = await _or(self._store.refused(user_id), frozenset[str]())
        outcomes = await _or(self._store.outcomes(user_id), ())
        blocked = await _or(self._blocks.blocked(user_id), frozenset[str]())
        return History(refused, tuple(outcomes), blocked)

    async def sound_for(self, user_id: int, thing: Pairing | Practice) -> str | None:
        """Return the sound that goes with it and suits this person best; None when all are blocked."""
        return sound_for(thing, await self.history_of(user_id), self._clock.now())

    async def settings_of(self, user_id: int) -> PersonSettings:
        return await _or(self._people.get(user_id), PersonSettings(user_id))

    async def refuse(self, user_id: int, pairing_id: str) -> None:
        """Never suggest this to them again. Raises StoreError when it cannot be remembered."""
        await self._store.refuse(user_id, pairing_id, self._clock.now())

    async def felt(self, user_id: int, pairing_id: str, sound: str | None, *, calmer: bool) -> None:
        """Remember how it went. Raises StoreError when it cannot be remembered."""
        await self._store.record(user_id, Outcome(pairing_id, sound, calmer, self._clock.now()))


def _daytime(person: PersonSettings, at: datetime) -> Daytime | None:
    if person.timezone is None:
        return None
    try:
        return daytime_at(at.astimezone(ZoneInfo(person.timezone)).hour)
    except (ZoneInfoNotFoundError, ValueError):
        return None


async def _or(asked: Awaitable[_T], otherwise: _T) -> _T:
    try:
        return await asked
    except StoreError as error:
        _log.warning("something about a person could not be read: %s", error)
        return otherwise
