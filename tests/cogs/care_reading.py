"""Reading self-care's messages in a world: their text and their buttons, as they are now."""

from typing import Any

import discord
import simcord
from simcord.components import walk_components

from bot.sandbox.world import World

Message = discord.Message | simcord.ResponseMessage


def parts(world: World, message: Message) -> list[dict[str, Any]]:
    """Return the components a message has now."""
    channel_id = message.channel.id if isinstance(message, discord.Message) else message.channel_id
    return list(walk_components(world.env.backend.get_message(channel_id, message.id).components))


def shown(world: World, message: Message) -> str:
    """Return all the text a message shows now."""
    return "\n".join(part["content"] for part in parts(world, message) if "content" in part)


def buttons(world: World, message: Message) -> list[str]:
    return [part["label"] for part in parts(world, message) if "label" in part]


def ids_of(world: World, message: Message) -> list[str]:
    return [part["custom_id"] for part in parts(world, message) if "custom_id" in part]


def answered(result: simcord.InteractionResult) -> simcord.ResponseMessage:
    """Return the one answer, which only the asker sees."""
    assert result.response is not None
    assert result.response.ephemeral
    return result.response
