"""Where mornings are asked for, their questions answered, and the nights shown."""

import asyncio
import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, cast

import discord

from bot.core.errors import Refusal
from bot.gateway.funnel import Funnel
from bot.gateway.morning_words import MorningWords, bars_of
from bot.pictures.nights import draw_nights
from bot.reminders.diary import QUESTIONS
from bot.reminders.mornings import Mornings
from bot.reminders.ports import DirectChannels

_PICTURE: Final = "nights.png"


class MorningDesk:
    def __init__(
        self, *, mornings: Mornings, channels: DirectChannels, words: MorningWords, funnel: Funnel
    ) -> None:
        self._mornings = mornings
        self._channels = channels
        self._words = words
        self._funnel = funnel

    async def morning(self, interaction: discord.Interaction, at: str | None, *, on: bool | None) -> None:
        """Turn the morning's questions on or off, or say how it stands."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        user_id, locale = interaction.user.id, interaction.locale.value
        if on is False:
            await self._mornings.turn_off(user_id)
            await self._say(interaction, "morning.now.off")
        elif on or at is not None or await self._mornings.rule_of(user_id) is not None:
            first_at = await self._mornings.turn_on(user_id, at, locale)
            if interaction.context.dm_channel and interaction.channel_id is not None:
                await self._channels.opened(user_id, interaction.channel_id)
            await self._say(interaction, "morning.now.on", at=first_at)
        else:
            await self._say(interaction, "morning.now.offer")

    async def nights(self, interaction: discord.Interaction, n_weeks: int) -> None:
        """Show the last weeks as a picture, to the asker alone."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        locale = interaction.locale.value
        weeks = await self._mornings.weeks(interaction.user.id, n_weeks)
        if not weeks.nights:
            await self._say(interaction, "nights.now.empty")
            return
        labels = self._words.labels(weeks.mornings, locale)
        drawn = await asyncio.to_thread(draw_nights, weeks.mornings, bars_of(weeks.nights), labels)
        alt = self._words.alt_text(weeks.nights, n_weeks, locale)
        await interaction.edit_original_response(
            view=self._words.nights(_PICTURE, alt, locale),
            attachments=[discord.File(io.BytesIO(drawn), _PICTURE, description=alt[:1024])],
        )

    async def answer(self, interaction: discord.Interaction) -> bool:
        """Answer a tap on one of the morning's questions; False when it was something else."""
        data = cast("Mapping[str, Any]", interaction.data or {})
        parts = str(data.get("custom_id", "")).split(":")
        if len(parts) < 5 or parts[0] != "morning" or parts[1] not in QUESTIONS or parts[2] != "v1":
            return False
        try:
            value = parts[5] if len(parts) > 5 else str(data.get("values", ["0"])[0])
            await self._take(interaction, parts[1], int(parts[3]), int(parts[4]), int(value))
        except Exception as error:  # noqa: BLE001 - the funnel says it in words
            await self._funnel.answer(interaction, error)
        return True

    async def _take(
        self, interaction: discord.Interaction, question: str, rule_id: int, asked_s: int, value: int
    ) -> None:
        await interaction.response.defer()
        locale = interaction.locale.value
        try:
            asked_at = datetime.fromtimestamp(asked_s, UTC)
            following = await self._mornings.answer(interaction.user.id, rule_id, asked_at, question, value)
        except Refusal as refusal:
            view = self._words.note(refusal.key, locale)
        else:
            reference = f"{rule_id}:{asked_s}"
            view = (
                self._words.note("morning.now.noted", locale)
                if following is None
                else self._words.question(following, reference, locale)
            )
        await interaction.edit_original_response(view=view)

    async def _say(self, interaction: discord.Interaction, key: str, **values: object) -> None:
        view = self._words.note(key, interaction.locale.value, **values)
        await interaction.edit_original_response(view=view)
