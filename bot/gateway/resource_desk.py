"""Where admins keep their server's own help, and say whether people may ask for a moderator."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, cast

import discord
from discord import ui

from bot.content.texts import Texts
from bot.core.errors import Refusal, StoreError
from bot.core.preferences import GuildSettings
from bot.gateway.colours import HOUSE
from bot.gateway.funnel import Funnel
from bot.gateway.help_card import plain
from bot.playback.preferences import CachedGuildSettings
from bot.support.ports import Resource
from bot.support.resources import ServerResources

_CHANNEL: Final = "resources:channel:v1"
_OFF: Final = "resources:off:v1"

_Row = ui.ActionRow[ui.LayoutView]


class ResourceDesk:
    def __init__(
        self, resources: ServerResources, settings: CachedGuildSettings, texts: Texts, funnel: Funnel
    ) -> None:
        self._resources = resources
        self._settings = settings
        self._texts = texts
        self._funnel = funnel

    async def names(self, interaction: discord.Interaction, typed: str) -> list[str]:
        """Return the names of this server's resources that have what is typed so far."""
        known = await self._resources.of(_server_of(interaction))
        wanted = typed.strip().casefold()
        return [one.name for one in known if wanted in one.name.casefold()]

    async def add(self, interaction: discord.Interaction, resource: Resource) -> None:
        guild_id = _server_of(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        kept = await self._resources.add(guild_id, resource)
        await self._say(interaction, "resources.now.added", name=plain(kept.name))

    async def remove(self, interaction: discord.Interaction, name: str) -> None:
        guild_id = _server_of(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._resources.remove(guild_id, name)
        await self._say(interaction, "resources.now.removed", name=plain(name))

    async def show(self, interaction: discord.Interaction) -> None:
        guild_id = _server_of(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._redraw(interaction, guild_id)

    async def answer(self, interaction: discord.Interaction) -> bool:
        """Answer a press on the list; False when it was on something else."""
        data = interaction.data
        custom_id = data.get("custom_id") if data is not None else None
        if custom_id not in (_CHANNEL, _OFF):
            return False
        try:
            await self._choose(interaction, off=custom_id == _OFF)
        except Exception as error:  # noqa: BLE001 - the funnel says it in words
            await self._funnel.answer(interaction, error)
        return True

    async def _choose(self, interaction: discord.Interaction, *, off: bool) -> None:
        guild_id = _server_of(interaction)
        channel_id = None if off else _chosen_channel(interaction)
        await interaction.response.defer()
        try:
            await self._settings.change(
                guild_id, lambda settings: replace(settings, moderator_channel_id=channel_id)
            )
        except StoreError:
            raise Refusal("resources.refused.unwritten") from None
        await self._redraw(interaction, guild_id)

    async def _redraw(self, interaction: discord.Interaction, guild_id: int) -> None:
        known = await self._resources.of(guild_id)
        settings = await self._settings.get(guild_id)
        page = self._page([_line(one) for one in known], settings, interaction.locale.value)
        await interaction.edit_original_response(view=page)

    def _page(self, lines: list[str], settings: GuildSettings, locale: str) -> ui.LayoutView:
        texts, channel_id = self._texts, settings.moderator_channel_id
        title = texts.get("resources.page.title", locale)
        view = ui.LayoutView(timeout=None)
        container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=HOUSE)
        container.add_item(ui.TextDisplay(f"## {title}"))
        container.add_item(
            ui.TextDisplay("\n".join(lines) or texts.get("resources.page.none", locale)),
        )
        if channel_id is None:
            container.add_item(ui.TextDisplay(texts.get("resources.page.moderators_off", locale)))
        else:
            said = texts.get("resources.page.moderators_on", locale, channel_id=channel_id)
            container.add_item(ui.TextDisplay(said))
        select: ui.ChannelSelect[ui.LayoutView] = ui.ChannelSelect(
            custom_id=_CHANNEL,
            channel_types=[discord.ChannelType.text],
            placeholder=texts.get("resources.page.choose", locale),
        )
        rows: list[_Row] = [ui.ActionRow(select)]
        if channel_id is not None:
            label = texts.get("resources.page.switch_off", locale)
            rows.append(ui.ActionRow(ui.Button(custom_id=_OFF, label=label)))
        for row in rows:
            container.add_item(row)
        view.add_item(container)
        view.stop()
        return view

    async def _say(self, interaction: discord.Interaction, key: str, **values: object) -> None:
        text = self._texts.get(key, interaction.locale.value, **values)
        await interaction.edit_original_response(content=text)


def _server_of(interaction: discord.Interaction) -> int:
    """Return the server; refuse whoever does not manage it."""
    if interaction.guild_id is None or not interaction.permissions.manage_guild:
        raise Refusal("resources.refused.not_admin")
    return interaction.guild_id


def _chosen_channel(interaction: discord.Interaction) -> int:
    """Return the channel that was chosen; refuse one Hush cannot write in."""
    values = cast("Mapping[str, list[str]]", interaction.data or {}).get("values", [])
    guild = interaction.guild
    channel = guild.get_channel(int(values[0])) if guild is not None and values else None
    if guild is None or channel is None:
        raise Refusal("resources.refused.channel")
    mine = channel.permissions_for(guild.me)
    if not (mine.view_channel and mine.send_messages):
        raise Refusal("resources.refused.channel")
    return channel.id


def _line(resource: Resource) -> str:
    details = (resource.what, resource.how, resource.hours, resource.link)
    return f"**{plain(resource.name)}**: {' · '.join(plain(part) for part in details if part)}"
