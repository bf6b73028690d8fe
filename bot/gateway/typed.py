"""Free words in the options and modals of Hush's commands: heard like any others addressed to it."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, cast

import discord

from bot.core.clock import Clock
from bot.core.tasks import Tasks
from bot.gateway.help_card import read_custom_id
from bot.gateway.help_desk import HelpDesk
from bot.support.concerns import CONCERNS
from bot.support.hearing import Hearing
from bot.support.levels import Level, Surface

_ANSWER_S: Final = 3.0
"""Discord's limit for a first answer; the card follows the command's own."""
_LOOK_S: Final = 0.1
_CODE: Final = 2
"""Letters in what is chosen rather than said, such as a country's code."""


class Typed:
    """Reads what a person typed into a command or modal before that is carried out."""

    def __init__(self, hearing: Hearing, desk: HelpDesk, clock: Clock, tasks: Tasks) -> None:
        self._hearing = hearing
        self._desk = desk
        self._clock = clock
        self._tasks = tasks

    async def command_may_go_on(self, interaction: discord.Interaction) -> bool:
        """Read a command's free words; at crisis level the card is the answer, and the command is not run."""
        if interaction.type is not discord.InteractionType.application_command:
            return True
        is_support = _name_of(interaction) == "support"
        level = self._hear(interaction, Surface.DM if is_support else Surface.CHANNEL)
        if is_support:  # it is the card already
            return True
        if level is Level.CRISIS:
            await self._desk.follow(interaction)
            return False
        self._follow_if(interaction, level)
        return True

    def modal_sent(self, interaction: discord.Interaction) -> None:
        """Read a modal's free words; where they ask for the card, it follows the modal's own answer."""
        level = self._hear(interaction, Surface.CHANNEL)
        form = cast("Mapping[str, object]", interaction.data or {}).get("custom_id")
        if read_custom_id(str(form)) is None:  # else it is the card's own form, which shows the card anew
            self._follow_if(interaction, level)

    def _hear(self, interaction: discord.Interaction, surface: Surface) -> Level:
        words = _words(cast("Mapping[str, object]", interaction.data or {}))
        heard = (self._hearing.hear(interaction.user.id, text, surface) for text in words)
        return max(heard, default=Level.NONE)

    def _follow_if(self, interaction: discord.Interaction, level: Level) -> None:
        if level >= Level.HIGH_DISTRESS:
            self._tasks.start(self._follow(interaction), name="a card follows")

    async def _follow(self, interaction: discord.Interaction) -> None:
        end_s = self._clock.monotonic() + _ANSWER_S
        while not interaction.response.is_done() and self._clock.monotonic() < end_s:
            await self._clock.sleep(_LOOK_S)
        with contextlib.suppress(discord.HTTPException):
            await self._desk.follow(interaction)


def _name_of(interaction: discord.Interaction) -> str | None:
    return None if interaction.command is None else interaction.command.qualified_name


def _words(node: Mapping[str, object]) -> Iterator[str]:
    """Yield every text a person typed, in options of any depth and in a modal's fields."""
    value = node.get("value")
    if isinstance(value, str) and len(value.strip()) > _CODE and value not in CONCERNS:
        yield value
    for key in ("options", "components"):
        if isinstance(inner := node.get(key), Sequence) and not isinstance(inner, str):
            for one in inner:
                if isinstance(one, Mapping):
                    yield from _words(one)
    if isinstance(component := node.get("component"), Mapping):
        yield from _words(component)
