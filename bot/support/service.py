"""Support: the help card for somebody, and the few choices about it that they may have remembered."""

from collections.abc import Sequence
from dataclasses import replace

from bot.content.helpline_directory import HelplineDirectory
from bot.core.clock import Clock
from bot.core.preferences import PersonSettings, PersonSettingsStore
from bot.core.tasks import Tasks
from bot.support.card import Card, Wish
from bot.support.concerns import CONCERNS
from bot.support.countries import Countries
from bot.support.levels import Level
from bot.support.patience import soon
from bot.support.ports import Resource, ResourceStore


class Support:
    """Everything the card needs is in memory; the store adds what it can within half a second."""

    def __init__(
        self,
        *,
        directory: HelplineDirectory,
        countries: Countries,
        people: PersonSettingsStore,
        resources: ResourceStore,
        clock: Clock,
        tasks: Tasks,
    ) -> None:
        self.directory = directory
        self.countries = countries
        self._people = people
        self._resources = resources
        self._clock = clock
        self._tasks = tasks

    async def wish_of(
        self, user_id: int, language: str, *, country: str | None = None, concern: str | None = None
    ) -> Wish:
        """Return what to show a person at first: as asked for, else as they had it remembered.

        `concern`: anything; what is none of CONCERNS is left out.
        """
        known = await self.settings_of(user_id) if country is None else None
        return Wish(
            language=(known.language if known is not None else None) or language,
            country=country or (known.country if known is not None else None),
            concern=concern if concern in CONCERNS else None,
        )

    async def settings_of(self, user_id: int) -> PersonSettings | None:
        """Return what a person has chosen; None when the database does not answer soon."""
        return await soon(self._people.get(user_id), self._tasks)

    async def card(self, wish: Wish, *, level: Level = Level.NONE, guild_id: int | None = None) -> Card:
        """Return the card, with the server's own resources where there are some. Never fails."""
        resources: Sequence[Resource] = ()
        if guild_id is not None:
            resources = await soon(self._resources.of(guild_id), self._tasks) or ()
        return self.card_now(wish, level=level, resources=resources)

    def card_now(self, wish: Wish, *, level: Level = Level.NONE, resources: Sequence[Resource] = ()) -> Card:
        """Return the card from memory alone."""
        return Card.of(self.directory, wish, self._clock.now().date(), level=level, resources=resources)

    async def remember(self, user_id: int, wish: Wish) -> None:
        """Keep country and language for this person; raise StoreError when that cannot be written."""
        known = await self._people.get(user_id)
        await self._people.put(replace(known, country=wish.country, language=wish.language))

    async def be_quiet(self, user_id: int, *, quiet: bool) -> None:
        """Keep whether a person wants unasked offers; raise StoreError when that cannot be written."""
        known = await self._people.get(user_id)
        await self._people.put(replace(known, quiet=quiet))
