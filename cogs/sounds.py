"""/sounds import, list, remove."""

import tempfile
from pathlib import Path

import discord
from discord import app_commands
from discord.ext import commands

from bot.audio.importing.limits import Limits
from bot.audio.importing.own import Offer
from bot.content.texts import Texts
from bot.core.errors import Refusal
from bot.gateway.client import Hush
from bot.gateway.contexts import in_servers
from bot.gateway.cooldowns import Cooldowns, Costly
from bot.gateway.replies import Replies
from bot.gateway.shelves import Shelves
from bot.playback.recordings import NAME_LIMIT, WORDS_LIMIT, Recordings

_MOST_CHOICES = 25
_LONGEST_LIST = 1_800
"""Characters; a message holds 2000."""


@in_servers()
@app_commands.default_permissions(manage_guild=True)
class SoundsCog(commands.GroupCog, group_name="sounds", group_description="sounds.command.description"):
    def __init__(
        self,
        recordings: Recordings,
        shelves: Shelves,
        texts: Texts,
        replies: Replies,
        cooldowns: Cooldowns,
    ) -> None:
        self._recordings = recordings
        self._shelves = shelves
        self._texts = texts
        self._replies = replies
        self._cooldowns = cooldowns

    @app_commands.command(name="import", description="sounds.command.import")
    @app_commands.describe(
        file="sounds.command.file",
        name="sounds.command.name",
        family="sounds.command.family",
        author="sounds.command.author",
        licence="sounds.command.licence",
    )
    async def bring(  # noqa: PLR0917 - options of a command
        self,
        interaction: discord.Interaction,
        file: discord.Attachment,
        name: app_commands.Range[str, 2, NAME_LIMIT],
        family: app_commands.Range[str, 2, 50],
        author: app_commands.Range[str, 2, WORDS_LIMIT],
        licence: app_commands.Range[str, 2, WORDS_LIMIT],
    ) -> None:
        guild_id = _server_of(interaction)
        self._cooldowns.spend(Costly.IMPORT, interaction.user.id)
        await self._replies.defer(interaction)
        limits = Limits()
        if file.size > limits.file_bytes:
            raise Refusal("sounds.import.too_many_bytes", megabytes=limits.file_bytes // 1_000_000)
        kind = self._shelves.family_meant(family, interaction.locale.value)
        with tempfile.TemporaryDirectory(prefix="hush-import-") as folder:
            source = Path(folder) / "recording"
            await file.save(source)
            offer = Offer(_plain(name), kind, _plain(author), _plain(licence))
            recording, notes = await self._recordings.bring(guild_id, interaction.user.id, source, offer)
        locale = interaction.locale.value
        said = [self._texts.get("sounds.now.imported", locale, name=recording.name)]
        said += [self._texts.get(f"sounds.note.{note}", locale) for note in notes]
        await interaction.edit_original_response(content="\n".join(said))

    @app_commands.command(name="list", description="sounds.command.list")
    async def show(self, interaction: discord.Interaction) -> None:
        await self._replies.defer(interaction)
        found = await self._recordings.of(_server_of(interaction))
        if not found:
            await self._replies.say(interaction, "sounds.now.none")
            return
        lines = [f"**{one.name}** · {one.credit} · {one.licence}" for one in found]
        shown = [line for i, line in enumerate(lines) if len("\n".join(lines[: i + 1])) <= _LONGEST_LIST]
        await self._replies.say(interaction, "sounds.now.list", sounds="\n".join(shown), count=len(found))

    @app_commands.command(description="sounds.command.remove")
    @app_commands.describe(name="sounds.command.which")
    async def remove(self, interaction: discord.Interaction, name: str) -> None:
        await self._replies.defer(interaction)
        gone = await self._recordings.remove(_server_of(interaction), name)
        await self._replies.say(interaction, "sounds.now.removed", name=gone.name)

    @bring.autocomplete("family")
    async def _families_like(
        self, interaction: discord.Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        shelves = self._shelves.suggest(typed, interaction.locale.value)
        return [app_commands.Choice(name=one.name, value=one.family) for one in shelves[:_MOST_CHOICES]]

    @remove.autocomplete("name")
    async def _names_like(
        self, interaction: discord.Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        if interaction.guild_id is None:
            return []
        wanted = typed.strip().casefold()
        names = [one.name for one in await self._recordings.of(interaction.guild_id)]
        found = [name for name in names if wanted in name.casefold()]
        return [app_commands.Choice(name=name, value=name) for name in found[:_MOST_CHOICES]]


def _server_of(interaction: discord.Interaction) -> int:
    """Return the server of an admin; whatever its permissions are set to, nobody else gets further."""
    if interaction.guild_id is None or not interaction.permissions.manage_guild:
        raise Refusal("sounds.refused.not_admin")
    return interaction.guild_id


def _plain(text: str) -> str:
    """One line, nothing that Discord would draw."""
    words = "".join(c if c.isprintable() and c not in "*_`~|<>[]\\#" else " " for c in text)
    return " ".join(words.split())


async def setup(client: Hush) -> None:
    services = client.services
    await client.add_cog(
        SoundsCog(services.recordings, services.shelves, services.texts, services.replies, services.cooldowns)
    )
