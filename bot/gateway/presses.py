"""What the panel's buttons do: one view, registered at start, answers for every panel there ever was."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import discord
from discord import ui

from bot.content.texts import Texts
from bot.core.errors import Refusal
from bot.gateway import faces
from bot.gateway.funnel import Funnel
from bot.gateway.panels import Panels
from bot.gateway.replies import Replies, timer_words
from bot.gateway.rooms import seat_of
from bot.playback.model import Seat
from bot.playback.service import Playback

_NOTHING_PLAYS: Final = "listener.refused.nothing_plays"
_Answer = Callable[[discord.Interaction], Awaitable[None]]


class Presses(ui.LayoutView):
    """Never shown itself; its custom_ids stay valid for as long as a panel carries them."""

    def __init__(
        self, playback: Playback, panels: Panels, texts: Texts, replies: Replies, funnel: Funnel
    ) -> None:
        super().__init__(timeout=None)
        self._playback = playback
        self._panels = panels
        self._texts = texts
        self._replies = replies
        self._funnel = funnel
        changes: dict[str, Callable[[Seat], Awaitable[Any]]] = {
            faces.PAUSE: playback.pause,
            faces.RESUME: playback.resume,
            faces.QUIETER: playback.quieter,
            faces.LOUDER: playback.louder,
            faces.STOP: playback.stop,
        }
        row: ui.ActionRow[Presses] = ui.ActionRow()
        for custom_id, change in changes.items():
            row.add_item(_Button(custom_id, self._changing(change)))
        self.add_item(row)
        self.add_item(ui.ActionRow(_Button(faces.TIMER, self._ask_when)))
        times: ui.ActionRow[Presses] = ui.ActionRow()
        for minutes in faces.TIMER_MINUTES:
            times.add_item(_Button(faces.timer_id(minutes), self._setting_timer(minutes)))
        self.add_item(times)

    async def on_error(
        self, interaction: discord.Interaction, error: Exception, _item: ui.Item[Any], /
    ) -> None:
        await self._funnel.answer(interaction, error)

    def _changing(self, change: Callable[[Seat], Awaitable[Any]]) -> _Answer:
        async def answer(interaction: discord.Interaction) -> None:
            await self._or_quiet(interaction, change(seat_of(interaction)))
            await self._panels.answer(interaction)

        return answer

    def _setting_timer(self, minutes: int) -> _Answer:
        async def answer(interaction: discord.Interaction) -> None:
            now = await self._playback.set_timer(seat_of(interaction), minutes)
            said = timer_words(self._texts, interaction.locale.value, now)
            await interaction.response.edit_message(view=faces.note(said))

        return answer

    async def _ask_when(self, interaction: discord.Interaction) -> None:
        await self._or_quiet(interaction, self._playback.authorise(seat_of(interaction)))
        await self._replies.show(interaction, faces.timer_choice(self._texts, interaction.locale.value))

    async def _or_quiet(self, interaction: discord.Interaction, change: Awaitable[Any]) -> None:
        """Let the change be made; a panel left over from what is long silent says so, besides the refusal."""
        try:
            await change
        except Refusal as refusal:
            if refusal.key == _NOTHING_PLAYS:
                await self._panels.quieten(interaction)
            raise


class _Button(ui.Button["Presses"]):
    def __init__(self, custom_id: str, answer: _Answer) -> None:
        super().__init__(custom_id=custom_id, label=custom_id)
        self._answer = answer

    async def callback(self, interaction: discord.Interaction) -> None:
        await self._answer(interaction)
