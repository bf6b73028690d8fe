"""What people chose about single sounds, at hand: favourites, and what they never want to hear."""

import logging
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from bot.core.errors import StoreError
from bot.playback.tastes import Taste, TasteStore
from bot.privacy.ports import Held

_log = logging.getLogger(__name__)

_MOST_REMEMBERED: Final = 20_000


class Choices:
    """The sounds of one taste. Known people's choices outlive a database that does not answer."""

    def __init__(self, store: TasteStore, taste: Taste) -> None:
        self._store = store
        self._taste = taste
        self._known: OrderedDict[int, frozenset[str]] = OrderedDict()

    async def of(self, user_id: int) -> frozenset[str]:
        """Return the sounds this person chose."""
        try:
            self._known[user_id] = await self._store.sounds(self._taste, user_id)
        except StoreError as error:
            _log.warning("what is %s cannot be looked up: %s", self._taste.value, error)
        self._known.setdefault(user_id, frozenset())
        self._known.move_to_end(user_id)
        while len(self._known) > _MOST_REMEMBERED:
            self._known.popitem(last=False)
        return self._known.get(user_id, frozenset())

    async def add(self, user_id: int, sound: str) -> None:
        """Raise StoreError when that cannot be kept."""
        await self._store.add(self._taste, user_id, sound)
        self._known[user_id] = self._known.get(user_id, frozenset()) | {sound}

    async def remove(self, user_id: int, sound: str) -> None:
        """Raise StoreError when that cannot be kept; nothing happens when it was not chosen."""
        await self._store.remove(self._taste, user_id, sound)
        self._known[user_id] = self._known.get(user_id, frozenset()) - {sound}

    async def held(self, _user_id: int) -> Sequence[Held]:
        """See `bot.privacy.ports.Holder`: what is remembered here stands in a table as well."""
        return ()

    async def forget(self, user_id: int) -> None:
        """See `bot.privacy.ports.Holder`."""
        self._known.pop(user_id, None)


class Favourites(Choices):
    """What somebody likes best: first wherever sounds are offered."""

    def __init__(self, store: TasteStore) -> None:
        super().__init__(store, Taste.FAVOURITE)
