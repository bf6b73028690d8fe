"""What the evenings are made of, as cogs and desks get it; and who used Hush in which server."""

import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import discord

from bot.core.errors import StoreError
from bot.gateway.post import DiscordPost
from bot.privacy.ports import Held
from bot.reminders.mornings import Mornings
from bot.reminders.ports import DirectChannels, FamiliarGuilds, ReminderChannels
from bot.reminders.rounds import Rounds
from bot.reminders.routine import RoutineStore
from bot.reminders.service import Evenings

_log = logging.getLogger(__name__)
_MOST_REMEMBERED: Final = 10_000


class Acquaintance:
    """Remembers in which servers people use Hush: at most one row a day, person and server."""

    def __init__(self, familiar: FamiliarGuilds) -> None:
        self._familiar = familiar
        self._today: OrderedDict[tuple[int, int, int], None] = OrderedDict()

    async def used(self, interaction: discord.Interaction) -> None:
        """Somebody used a command here. Never raises because the database does not answer."""
        if interaction.guild is None or interaction.guild_id is None:
            return
        key = interaction.user.id, interaction.guild_id, interaction.created_at.toordinal()
        if key in self._today:
            return
        self._today[key] = None
        if len(self._today) > _MOST_REMEMBERED:
            self._today.popitem(last=False)
        try:
            await self._familiar.used(interaction.user.id, interaction.guild_id)
        except StoreError as error:
            self._today.pop(key, None)
            _log.warning("where somebody used Hush could not be remembered: %s", error)

    async def held(self, _user_id: int) -> Sequence[Held]:
        """See `bot.privacy.ports.Holder`: what is remembered here stands in a table as well."""
        return ()

    async def forget(self, user_id: int) -> None:
        """See `bot.privacy.ports.Holder`."""
        for key in [key for key in self._today if key[0] == user_id]:
            del self._today[key]


@dataclass(frozen=True, slots=True)
class EveningParts:
    evenings: Evenings
    mornings: Mornings
    channels: DirectChannels
    rounds: Rounds
    routines: RoutineStore
    familiar: FamiliarGuilds
    allowed: ReminderChannels
    acquaintance: Acquaintance
    post: DiscordPost
