"""What Hush asks of Discord, all of it: intents, scopes, permissions, and the link that grants them."""

from typing import Final

import discord

SCOPES: Final = ("bot", "applications.commands")

INVITED_WITH: Final = discord.Permissions(
    view_channel=True,
    send_messages=True,
    embed_links=True,
    attach_files=True,
    connect=True,
    speak=True,
    request_to_speak=True,
)
"""The permissions an invite grants: only those something of today's Hush uses."""

PERMISSION_NAMES: Final = {
    "view_channel": "permission.name.view_channel",
    "send_messages": "permission.name.send_messages",
    "send_messages_in_threads": "permission.name.send_messages_in_threads",
    "embed_links": "permission.name.embed_links",
    "attach_files": "permission.name.attach_files",
    "connect": "permission.name.connect",
    "speak": "permission.name.speak",
    "request_to_speak": "permission.name.request_to_speak",
}
"""Where the locale files have each one's name, as Discord's own settings call it."""


def intents() -> discord.Intents:
    """Return what Hush listens to: servers, who sits where, messages. Nothing that Discord calls privileged.

    Without that, messages that are not addressed to Hush arrive empty.
    """
    return discord.Intents(guilds=True, voice_states=True, guild_messages=True, dm_messages=True)


def privileged(wanted: discord.Intents) -> list[str]:
    """Return those of the intents that must be switched on in the developer portal."""
    return [name for name in ("members", "presences", "message_content") if getattr(wanted, name)]


def invite_link(application_id: int) -> str:
    """Return the link that adds Hush to a server."""
    return discord.utils.oauth_url(application_id, permissions=INVITED_WITH, scopes=SCOPES)


def missing(mine: discord.Permissions) -> list[str]:
    """Return the text keys of what an invite grants and `mine` lacks."""
    return [
        key
        for name, key in PERMISSION_NAMES.items()
        if getattr(INVITED_WITH, name) and not getattr(mine, name)
    ]
