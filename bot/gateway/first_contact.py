"""The one line Hush says when it comes to a server: silent, where it may be said, or not at all."""

import logging

import discord

from bot.content.texts import Texts
from bot.gateway.access import missing

_log = logging.getLogger(__name__)


async def greet(guild: discord.Guild, texts: Texts) -> None:
    """Say what to try first and which permissions are missing; without a place to say it, say nothing."""
    place = _place_in(guild)
    if place is None:
        return
    try:
        await place.send(
            _line(guild, texts),
            silent=True,
            suppress_embeds=True,
            allowed_mentions=discord.AllowedMentions.none(),
        )
    except discord.HTTPException as error:
        _log.warning("a server could not be greeted: %s", type(error).__name__)


def _place_in(guild: discord.Guild) -> discord.TextChannel | None:
    """Return the system channel, else the first channel that everybody can see; only one we may write in."""
    system = guild.system_channel
    if system is not None and _may_write(system):
        return system
    everybody = guild.default_role
    return next(
        (
            channel
            for channel in guild.text_channels
            if channel.permissions_for(everybody).view_channel and _may_write(channel)
        ),
        None,
    )


def _may_write(channel: discord.TextChannel) -> bool:
    mine = channel.permissions_for(channel.guild.me)
    return mine.view_channel and mine.send_messages


def _line(guild: discord.Guild, texts: Texts) -> str:
    locale = guild.preferred_locale.value
    lacking = tuple(texts.get(key, locale) for key in missing(guild.me.guild_permissions))
    if lacking:
        return texts.get("welcome.line.lacking", locale, permissions=lacking)
    return texts.get("welcome.line.ready", locale)
