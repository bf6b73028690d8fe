"""The sound library as messages, and what its controls do, however long ago they were shown."""

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import discord

from bot.audio.library import Library
from bot.core.errors import Refusal, StoreError
from bot.gateway.cooldowns import Cooldowns, Costly
from bot.gateway.funnel import Funnel
from bot.gateway.library_pages import PREFIX, VERSION, Chosen, LibraryPages, on_page, picture_name
from bot.gateway.panels import Panels
from bot.gateway.replies import Replies
from bot.gateway.rooms import room_of, seat_of
from bot.gateway.shelves import Shelf, Shelves, matching
from bot.pictures.portraits import Portraits
from bot.playback.blend import Blocks
from bot.playback.choices import Favourites
from bot.playback.model import Wish
from bot.playback.search import MOST_SUGGESTIONS
from bot.playback.service import Playback

_PARTS: Final = 6


class LibraryDesk:
    def __init__(
        self,
        *,
        library: Library,
        shelves: Shelves,
        pages: LibraryPages,
        portraits: Portraits,
        favourites: Favourites,
        blocks: Blocks,
        playback: Playback,
        panels: Panels,
        replies: Replies,
        cooldowns: Cooldowns,
        funnel: Funnel,
    ) -> None:
        self._library = library
        self._shelves = shelves
        self._pages = pages
        self._portraits = portraits
        self._favourites = favourites
        self._blocks = blocks
        self._playback = playback
        self._panels = panels
        self._replies = replies
        self._cooldowns = cooldowns
        self._funnel = funnel

    async def open(self, interaction: discord.Interaction, category: str | None) -> None:
        """Show all shelves, or one."""
        locale = interaction.locale.value
        shelf = None if category is None else self._shelves.meant(category, locale, interaction.guild_id)
        await self._replies.defer(interaction)
        await self._show(interaction, shelf, 0)

    async def shelves_like(self, interaction: discord.Interaction, typed: str) -> Sequence[Shelf]:
        """Return the shelves that may be meant; all while nothing is typed."""
        favourites = await self._favourites.of(interaction.user.id)
        shelves = self._shelves.all(interaction.locale.value, interaction.guild_id, favourites)
        return matching(shelves, typed)[:MOST_SUGGESTIONS]

    async def answer(self, interaction: discord.Interaction) -> bool:
        """Carry out a press on the library; return whether it was one."""
        data = cast("Mapping[str, Any]", interaction.data or {})
        parts = str(data.get("custom_id")).split(":")
        if interaction.type is not discord.InteractionType.component or parts[0] != PREFIX:
            return False
        try:
            if len(parts) == _PARTS and parts[2] == VERSION:
                await self._pressed(interaction, parts, [str(value) for value in data.get("values", ())])
        except Exception as error:  # noqa: BLE001 - the funnel says it in words
            await self._funnel.answer(interaction, error)
        return True

    async def _pressed(self, interaction: discord.Interaction, parts: list[str], picked: list[str]) -> None:
        _, act, _, sound, shelf, number = parts
        if act == "play":
            await self._play(interaction, sound)
            return
        await interaction.response.defer()
        if act in ("favourite", "block") and sound not in self._library.triggers:
            raise Refusal("play.refused.unknown")
        try:
            await self._keep(act, interaction.user.id, sound)
        except StoreError:
            raise Refusal("library.refused.unkept") from None
        await self._show(interaction, picked[0] if picked else shelf, int(number))

    async def _keep(self, act: str, user_id: int, sound: str) -> None:
        match act:
            case "favourite":
                await self._favourites.add(user_id, sound)
            case "unfavourite":
                await self._favourites.remove(user_id, sound)
            case "block":
                await self._blocks.block(user_id, sound)
                self._playback.blocks_changed()
            case "unblock":
                await self._blocks.unblock(user_id, sound)
                self._playback.blocks_changed()

    async def _play(self, interaction: discord.Interaction, sound: str) -> None:
        room = room_of(interaction)
        self._cooldowns.spend(Costly.PLAY, interaction.user.id)
        await self._replies.defer(interaction)
        now = await self._playback.play(room, Wish(sound), by=seat_of(interaction))
        shown = await self._panels.place(now, interaction.channel)
        await self._replies.playing(interaction, now, panel=shown)

    async def _show(self, interaction: discord.Interaction, category: str | None, number: int) -> None:
        """Show a shelf, or all, in place of what the answered message shows."""
        locale = interaction.locale.value
        favourites = await self._favourites.of(interaction.user.id)
        shelves = self._shelves.all(locale, interaction.guild_id, favourites)
        shelf = next((one for one in shelves if one.family == category), None)
        files: list[discord.File] = []
        if category is None:
            view = self._pages.overview(shelves, locale)
        elif shelf is None:
            view = self._pages.empty(shelves, category, locale)
        else:
            _, sounds = on_page(shelf, number)
            pictures = await self._portraits.of([sound.id for sound in sounds])
            chosen = Chosen(
                favourites=favourites,
                blocked=await self._blocks.blocked(interaction.user.id),
                can_play=_is_ours(interaction),
            )
            view = self._pages.shelf(
                shelf, number, shelves=shelves, chosen=chosen, pictures=pictures, locale=locale
            )
            files = [
                discord.File(io.BytesIO(picture), picture_name(sound)) for sound, picture in pictures.items()
            ]
        await interaction.edit_original_response(view=view, attachments=files)


def _is_ours(interaction: discord.Interaction) -> bool:
    """Whether Hush itself is in the server, not only somebody who brought it along."""
    return interaction.guild_id is not None and interaction.client.get_guild(interaction.guild_id) is not None
