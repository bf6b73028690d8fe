"""Where people see, take and delete what is held about them."""

import io
from collections.abc import Mapping, Sequence
from typing import Final, cast

import discord
from discord import ui

from bot.content.texts import Texts
from bot.core.errors import Refusal, StoreError
from bot.gateway.colours import HOUSE
from bot.gateway.funnel import Funnel
from bot.privacy.ports import Held, Table
from bot.privacy.service import Holdings, Privacy
from bot.support.service import Support

_DELETE: Final = "privacy:delete:v1"
_KEEP: Final = "privacy:keep:v1"
_OFFERS: Final = "privacy:offers:v1"
_MOST_LINES: Final = 20

_Row = ui.ActionRow[ui.LayoutView]


class PrivacyDesk:
    """Everything here is seen by the asker alone."""

    def __init__(self, privacy: Privacy, support: Support, texts: Texts, funnel: Funnel) -> None:
        self._privacy = privacy
        self._support = support
        self._texts = texts
        self._funnel = funnel

    async def view(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        holdings = await self._holdings(interaction)
        say = self._speaker(interaction)
        lines = self._lines(holdings, say) or [say("privacy.view.nothing")]
        title = say("privacy.view.title")
        parts = [f"## {title}", "\n".join(lines), say("privacy.view.never")]
        if not holdings.is_empty:
            parts.append(say("privacy.view.next"))
        await interaction.edit_original_response(view=_page(parts))

    async def export(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        try:
            content = await self._privacy.export(interaction.user.id)
        except StoreError:
            raise Refusal("privacy.refused.unreachable") from None
        file = discord.File(io.BytesIO(content), filename="hush-about-me.json")
        said = self._speaker(interaction)("privacy.export.ready")
        await interaction.edit_original_response(content=said, attachments=[file])

    async def ask_to_delete(self, interaction: discord.Interaction) -> None:
        """List what would go, and ask."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        holdings = await self._holdings(interaction)
        say = self._speaker(interaction)
        if holdings.is_empty:
            await interaction.edit_original_response(view=_page([say("privacy.delete.nothing")]))
            return
        lines = "\n".join(self._lines(holdings, say))
        row: _Row = ui.ActionRow(
            ui.Button(custom_id=_KEEP, label=say("privacy.button.keep")),
            ui.Button(
                custom_id=_DELETE, label=say("privacy.button.delete"), style=discord.ButtonStyle.danger
            ),
        )
        page = _page([say("privacy.delete.question"), lines], row)
        await interaction.edit_original_response(view=page)

    async def quiet(self, interaction: discord.Interaction) -> None:
        """No unasked offers from now on."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._be_quiet(interaction, quiet=True)
        say = self._speaker(interaction)
        row: _Row = ui.ActionRow(ui.Button(custom_id=_OFFERS, label=say("privacy.button.offers")))
        await interaction.edit_original_response(view=_page([say("support.done.quiet")], row))

    async def answer(self, interaction: discord.Interaction) -> bool:
        """Answer a press on one of these pages; False when it was on something else."""
        acts = {_DELETE: self._delete, _KEEP: self._keep, _OFFERS: self._offers}
        pressed = cast("Mapping[str, object]", interaction.data or {})
        act = acts.get(str(pressed.get("custom_id")))
        if act is None or interaction.type is not discord.InteractionType.component:
            return False
        try:
            await act(interaction)
        except Exception as error:  # noqa: BLE001 - the funnel says it in words
            await self._funnel.answer(interaction, error)
        return True

    async def _delete(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        try:
            await self._privacy.delete(interaction.user.id)
        except (StoreError, OSError):
            raise Refusal("privacy.refused.not_deleted") from None
        said = self._speaker(interaction)("privacy.delete.done")
        await interaction.edit_original_response(view=_page([said]))

    async def _keep(self, interaction: discord.Interaction) -> None:
        said = self._speaker(interaction)("privacy.delete.kept")
        await interaction.response.edit_message(view=_page([said]))

    async def _offers(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        await self._be_quiet(interaction, quiet=False)
        said = self._speaker(interaction)("privacy.quiet.off")
        await interaction.edit_original_response(view=_page([said]))

    async def _be_quiet(self, interaction: discord.Interaction, *, quiet: bool) -> None:
        try:
            await self._support.be_quiet(interaction.user.id, quiet=quiet)
        except StoreError:
            raise Refusal("privacy.refused.unreachable") from None

    async def _holdings(self, interaction: discord.Interaction) -> Holdings:
        try:
            return await self._privacy.holdings(interaction.user.id)
        except StoreError:
            raise Refusal("privacy.refused.unreachable") from None

    def _lines(self, holdings: Holdings, say: "_Speaker") -> list[str]:
        lines = [*(_told(table, say) for table in holdings.tables), *_named(holdings.things, say)]
        if len(lines) > _MOST_LINES:
            more = say("privacy.view.more", count=len(lines) - _MOST_LINES)
            lines = [*lines[:_MOST_LINES], more]
        return lines

    def _speaker(self, interaction: discord.Interaction) -> "_Speaker":
        return _Speaker(self._texts, interaction.locale.value)


class _Speaker:
    def __init__(self, texts: Texts, locale: str) -> None:
        self._texts = texts
        self._locale = locale

    def __call__(self, key: str, /, **values: object) -> str:
        return self._texts.get(key, self._locale, **values)


def _told(table: Table, say: _Speaker) -> str:
    what = table.what[:1].upper() + table.what[1:]
    return say("privacy.view.kind", what=what, count=len(table.rows), kept=table.kept)


def _named(things: Sequence[Held], say: _Speaker) -> list[str]:
    return [discord.utils.escape_markdown(say(one.key, **one.values)) for one in things]


def _page(parts: Sequence[str], row: _Row | None = None) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=HOUSE)
    for text in parts:
        container.add_item(ui.TextDisplay(text))
    if row is not None:
        container.add_item(row)
    view.add_item(container)
    view.stop()
    return view
