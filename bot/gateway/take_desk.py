"""Handing somebody a mix as a file: told how far it has come, sent to their direct messages, else replied."""

import asyncio
import io
import logging
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

import discord
from discord import ui

from bot.audio.mix import Mix
from bot.audio.taking.order import Form, Order
from bot.content.texts import Texts
from bot.core.clock import Clock
from bot.core.errors import HushError, Refusal
from bot.core.tasks import Tasks
from bot.gateway.colours import HOUSE
from bot.gateway.cooldowns import Cooldowns, Costly
from bot.gateway.funnel import Funnel
from bot.gateway.letters import page
from bot.gateway.post import DiscordPost
from bot.playback.presets import Presets
from bot.playback.service import Playback
from bot.playback.takes import Outcome, Take, Takes, Wanted
from bot.reminders.ports import ClosedDoor, DirectChannels, NoSuchPlace, TryLater

_log = logging.getLogger(__name__)

DIRECT_LIMIT: Final = 10 * 1024 * 1024
"""Bytes; what a bot may send to somebody's direct messages."""
EDIT_EVERY_S: Final = 5.0
"""How often a reply tells how far it has come."""
REPLY_FOR_S: Final = 14 * 60.0
"""An interaction can be answered for a quarter of an hour; then only direct messages are left."""
_LONGEST_WAIT_S: Final = 15.0
_CANCEL: Final = "take:cancel:v1"
_HANDED: Final = {Form.OGG: "take.file.opus", Form.M4A: "take.file.aac"}
_NOT_MADE: Final = {
    Outcome.CANCELLED: "take.page.cancelled",
    Outcome.FAILED: "take.page.failed",
    Outcome.CLOSING: "take.page.closing",
}


class TakeDesk:
    def __init__(
        self,
        *,
        takes: Takes,
        playback: Playback,
        presets: Presets,
        cooldowns: Cooldowns,
        channels: DirectChannels,
        post: DiscordPost,
        texts: Texts,
        funnel: Funnel,
        clock: Clock,
        tasks: Tasks,
    ) -> None:
        self._takes = takes
        self._playback = playback
        self._presets = presets
        self._cooldowns = cooldowns
        self._channels = channels
        self._post = post
        self._texts = texts
        self._funnel = funnel
        self._clock = clock
        self._tasks = tasks

    async def send(
        self,
        interaction: discord.Interaction,
        wish: str | None,
        minutes: int | None,
        form: Form = Form.OGG,
        *,
        at_most: bool = False,
    ) -> None:
        """Answer this deferred interaction with a file of a sound, a preset, a code, or of what plays here.

        at_most: as many of those minutes as fit.
        """
        mix, title = await self._meant(interaction, wish)
        limit = min(interaction.filesize_limit, DIRECT_LIMIT)
        if at_most and minutes is not None:
            minutes = self._takes.fitting(minutes, form, limit)
        take = await self._takes.begin(interaction.user.id, Wanted(mix, title, form, minutes, limit))
        try:
            self._cooldowns.spend(Costly.TAKE, interaction.user.id)
        except Refusal:
            self._takes.cancel(interaction.user.id)
            raise
        await self._show(interaction, self._state(take, interaction.locale.value), cancel=True)
        self._tasks.start(self._see_through(interaction, take), name="take-reply")

    async def answer(self, interaction: discord.Interaction) -> bool:
        """Answer a press on a file's button; False when it was something else."""
        data: Mapping[str, Any] = interaction.data or {}
        if interaction.type is not discord.InteractionType.component or data.get("custom_id") != _CANCEL:
            return False
        try:
            if self._takes.cancel(interaction.user.id):
                await interaction.response.defer()  # who sees the file through says the rest
            else:
                over = self._texts.get("take.page.over", interaction.locale.value)
                await interaction.response.edit_message(view=_page(over))
        except (HushError, discord.HTTPException) as error:
            await self._funnel.answer(interaction, error)
        return True

    async def _meant(self, interaction: discord.Interaction, wish: str | None) -> tuple[Mix, str]:
        if wish is not None:
            mix = await self._playback.mix_meant(wish, interaction.user.id, interaction.guild_id)
            named = await self._presets.find(interaction.user.id, wish)
            is_its_name = named is not None and named.mix == mix
            return mix, named.name if named is not None and is_its_name else self._presets.title(mix)
        now = None if interaction.guild_id is None else self._playback.now_playing(interaction.guild_id)
        if now is None or now.mix is None:
            raise Refusal("take.refused.nothing")
        return now.mix, now.title

    async def _see_through(self, interaction: discord.Interaction, take: Take) -> None:
        try:
            await self._tell(interaction, take)
        finally:
            take.told.set()

    async def _tell(self, interaction: discord.Interaction, take: Take) -> None:
        """Tell how far it has come until it is over, then hand it out; whatever happens, it is said."""
        began_s, locale = self._clock.monotonic(), interaction.locale.value
        told, can_reply = self._state(take, locale), True
        while not await self._over_within(take, EDIT_EVERY_S):
            if can_reply and self._clock.monotonic() - began_s >= REPLY_FOR_S:
                can_reply = False
                await self._say_that_it_is_slow(interaction)
            if can_reply and (state := self._state(take, locale)) != told:
                told = state
                await self._show(interaction, state, cancel=True)
        can_reply = self._clock.monotonic() - began_s < REPLY_FOR_S
        if take.outcome is Outcome.MADE and take.file is not None:
            await self._hand_over(interaction, take, take.file, can_reply=can_reply)
        elif can_reply:
            await self._show(interaction, self._texts.get(_NOT_MADE[take.outcome], locale))

    async def _say_that_it_is_slow(self, interaction: discord.Interaction) -> None:
        locale, user_id = interaction.locale.value, interaction.user.id
        if await self._channels.is_closed(user_id):
            self._takes.cancel(user_id)
            await self._show(interaction, self._texts.get("take.page.too_slow", locale))
        else:
            await self._show(interaction, self._texts.get("take.page.slow", locale))

    async def _hand_over(
        self, interaction: discord.Interaction, take: Take, file: bytes, *, can_reply: bool
    ) -> None:
        locale, order = interaction.locale.value, take.order
        about = {"title": _safe(order.title), "length": take.length, "megabytes": f"{len(file) / 1e6:.1f}"}
        words = self._texts.get(_HANDED[order.form], locale, **about)
        name = f"{_file_name(order.title)}.{order.form.value}"
        if await self._sent_directly(interaction.user.id, order, words, (name, file)):
            if can_reply:
                await self._show(interaction, self._texts.get("take.page.direct", locale, **about))
            return
        if not can_reply:
            _log.warning("a file could not be handed over: its reply is too old, direct messages are closed")
            return
        try:
            await interaction.followup.send(
                words, file=discord.File(io.BytesIO(file), name), ephemeral=True, silent=True
            )
        except discord.HTTPException as error:
            _log.warning("a file could not be handed over: %s", error.code)
            await self._show(interaction, self._texts.get("take.page.failed", locale))
        else:
            await self._show(interaction, self._texts.get("take.page.below", locale, **about))

    async def _sent_directly(self, user_id: int, order: Order, words: str, file: tuple[str, bytes]) -> bool:
        nonce = f"take-{order.seed:x}"[:25]
        for _ in range(2):
            try:
                channel_id = await self._channels.channel_of(user_id)
                await self._post.hand(user_id, channel_id, words, file, nonce)
            except (ClosedDoor, NoSuchPlace):
                return False
            except TryLater as later:
                await self._clock.sleep(min(later.wait_s, _LONGEST_WAIT_S))
            else:
                return True
        return False

    async def _over_within(self, take: Take, seconds: float) -> bool:
        waits = [asyncio.create_task(self._clock.sleep(seconds)), asyncio.create_task(take.over.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
        return take.over.is_set()

    def _state(self, take: Take, locale: str) -> str:
        about = {"title": _safe(take.order.title), "length": take.length}
        n_before = self._takes.n_before(take)
        if n_before:
            return self._texts.get("take.page.waiting", locale, count=n_before, **about)
        return self._texts.get("take.page.making", locale, percent=round(100 * take.progress), **about)

    async def _show(self, interaction: discord.Interaction, words: str, *, cancel: bool = False) -> None:
        rows = []
        if cancel:
            label = self._texts.get("take.button.cancel", interaction.locale.value)
            button: ui.Button[ui.LayoutView] = ui.Button(custom_id=_CANCEL, label=label)
            rows.append(ui.ActionRow(button))
        try:
            await interaction.edit_original_response(view=_page(words, *rows))
        except discord.HTTPException as error:
            _log.info("the reply about a file could not be edited: %s", error.code)


def _page(words: str, *rows: "ui.ActionRow[ui.LayoutView]") -> ui.LayoutView:
    return page([words], *rows, colour=HOUSE)


def _safe(title: str) -> str:
    return discord.utils.escape_markdown(title)


def _file_name(title: str) -> str:
    """Return the title in letters every system takes, "hush" when it has none."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "hush"
