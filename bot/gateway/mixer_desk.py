"""What the mixer's controls do, however long ago they were shown."""

from collections.abc import Mapping
from typing import Any, Final

import discord

from bot.core.errors import HushError
from bot.gateway.funnel import Funnel
from bot.gateway.mixer_pages import PREFIX, MixerPages
from bot.gateway.replies import Replies
from bot.gateway.rooms import seat_of
from bot.playback.model import NowPlaying, Seat
from bot.playback.places import PLACES
from bot.playback.service import Playback
from bot.playback.steps import louder, quieter

_PARTS: Final = 5


class MixerDesk:
    def __init__(self, playback: Playback, pages: MixerPages, replies: Replies, funnel: Funnel) -> None:
        self._playback = playback
        self._pages = pages
        self._replies = replies
        self._funnel = funnel

    async def open(self, interaction: discord.Interaction) -> None:
        """Show the layers of what plays to who may change them."""
        now = await self._playback.authorise(seat_of(interaction))
        await self._replies.show(interaction, self._pages.mixer(now, 0, interaction.locale.value))

    async def answer(self, interaction: discord.Interaction) -> bool:
        """Carry out a press on a mixer; return whether it was one."""
        data: Mapping[str, Any] = interaction.data or {}
        parts = str(data.get("custom_id")).split(":")
        if interaction.type is not discord.InteractionType.component or parts[0] != PREFIX:
            return False
        try:
            if len(parts) == _PARTS:
                await self._pressed(interaction, parts[1], parts[2], int(parts[3]))
        except (HushError, discord.HTTPException, ValueError) as error:
            await self._funnel.answer(interaction, error)
        return True

    async def _pressed(self, interaction: discord.Interaction, action: str, sound: str, page: int) -> None:
        locale = interaction.locale.value
        seat = seat_of(interaction)
        if action == "place":
            await self._playback.authorise(seat)
            view = self._pages.places(sound, page, locale)
        else:
            view = self._pages.mixer(await self._changed(seat, action, sound), page, locale)
        await interaction.response.edit_message(view=view)

    async def _changed(self, seat: Seat, action: str, sound: str) -> NowPlaying:
        match action:
            case "softer":
                return await self._playback.step_layer(seat, sound, quieter)
            case "louder":
                return await self._playback.step_layer(seat, sound, louder)
            case "remove":
                return await self._playback.remove_layer(seat, sound)
            case _ if action.removeprefix("at-") in PLACES:
                return await self._playback.change_layer(seat, sound, place=action.removeprefix("at-"))
            case _:
                return await self._playback.authorise(seat)
