"""/preset save, list, play, share, load, delete."""

from collections.abc import Sequence

import discord
from discord import app_commands
from discord.ext import commands

from bot.core.errors import Refusal
from bot.gateway.client import Hush
from bot.gateway.contexts import anywhere
from bot.gateway.cooldowns import Cooldowns, Costly
from bot.gateway.mixer_pages import MixerPages
from bot.gateway.panels import Panels
from bot.gateway.replies import Replies
from bot.gateway.rooms import room_of, seat_of
from bot.playback.model import Wish
from bot.playback.presets import Presets
from bot.playback.search import MOST_SUGGESTIONS
from bot.playback.service import Playback

Choices = list[app_commands.Choice[str]]
Name = app_commands.Range[str, 1, 100]
Code = app_commands.Range[str, 1, 300]


class PresetsCog(commands.Cog):
    preset = anywhere()(app_commands.Group(name="preset", description="preset.command.description"))

    def __init__(
        self,
        *,
        presets: Presets,
        playback: Playback,
        panels: Panels,
        pages: MixerPages,
        replies: Replies,
        cooldowns: Cooldowns,
    ) -> None:
        self._presets = presets
        self._playback = playback
        self._panels = panels
        self._pages = pages
        self._replies = replies
        self._cooldowns = cooldowns

    @preset.command(name="save", description="preset.command.save")
    @app_commands.describe(name="preset.command.name")
    async def save(self, interaction: discord.Interaction, name: Name) -> None:
        await self._replies.defer(interaction)
        now = None if interaction.guild_id is None else self._playback.now_playing(interaction.guild_id)
        if now is None or now.mix is None:
            raise Refusal("preset.refused.nothing_plays")
        saved = await self._presets.save(interaction.user.id, name, now.mix)
        await self._replies.say(interaction, "preset.now.saved", name=saved.name)

    @preset.command(name="list", description="preset.command.list")
    async def list(self, interaction: discord.Interaction) -> None:
        own = await self._presets.own(interaction.user.id)
        page = self._pages.presets(own, self._presets.curated, interaction.locale.value)
        await self._replies.show(interaction, page)

    @preset.command(name="play", description="preset.command.play")
    @app_commands.describe(name="preset.command.name")
    async def play(self, interaction: discord.Interaction, name: Name) -> None:
        room = room_of(interaction)
        self._cooldowns.spend(Costly.PLAY, interaction.user.id)
        await self._replies.defer(interaction)
        named = await self._presets.named(interaction.user.id, name)
        now = await self._playback.play(room, Wish(named.name), by=seat_of(interaction), mix=named.mix)
        shown = await self._panels.place(now, interaction.channel)
        await self._replies.playing(interaction, now, panel=shown)

    @preset.command(name="share", description="preset.command.share")
    @app_commands.describe(name="preset.command.name")
    async def share(self, interaction: discord.Interaction, name: Name) -> None:
        await self._replies.defer(interaction)
        shared, code = await self._presets.share(interaction.user.id, name)
        await self._replies.say(interaction, "preset.now.shared", name=shared, code=code)

    @preset.command(name="load", description="preset.command.load")
    @app_commands.describe(code="preset.command.code", name="preset.command.new_name")
    async def load(self, interaction: discord.Interaction, code: Code, name: Name | None = None) -> None:
        await self._replies.defer(interaction)
        loaded = await self._presets.load(interaction.user.id, code, name)
        await self._replies.say(interaction, "preset.now.loaded", name=loaded.name)

    @preset.command(name="delete", description="preset.command.delete")
    @app_commands.describe(name="preset.command.name")
    async def delete(self, interaction: discord.Interaction, name: Name) -> None:
        await self._replies.defer(interaction)
        await self._presets.delete(interaction.user.id, name)
        await self._replies.say(interaction, "preset.now.deleted", name=name)

    @play.autocomplete("name")
    @share.autocomplete("name")
    async def _all_like(self, interaction: discord.Interaction, current: str) -> Choices:
        return _matching(await self._presets.names(interaction.user.id), current)

    @save.autocomplete("name")
    @delete.autocomplete("name")
    async def _own_like(self, interaction: discord.Interaction, current: str) -> Choices:
        return _matching(await self._presets.own(interaction.user.id), current)


def _matching(names: Sequence[str], typed: str) -> Choices:
    wanted = typed.strip().casefold()
    found = [name for name in names if wanted in name.casefold()]
    return [app_commands.Choice(name=name, value=name) for name in found[:MOST_SUGGESTIONS]]


async def setup(client: Hush) -> None:
    services = client.services
    await client.add_cog(
        PresetsCog(
            presets=services.presets,
            playback=services.playback,
            panels=services.panels,
            pages=MixerPages(services.texts, services.sounds),
            replies=services.replies,
            cooldowns=services.cooldowns,
        )
    )
