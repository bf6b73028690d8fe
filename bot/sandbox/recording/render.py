"""How the world looks in JSON: messages, users, channels, the application, as REST v10 gives them."""

from collections.abc import Mapping
from typing import Any

from bot.sandbox.recording.world import Channel, Message, World

BOT_NAME = "Hush"


def user(user_id: int | None, *, is_bot: bool = False) -> dict[str, Any]:
    return {
        "id": str(user_id),
        "username": BOT_NAME if is_bot else f"user{user_id}",
        "discriminator": "0",
        "global_name": None,
        "avatar": None,
        "bot": is_bot,
        "public_flags": 0,
    }


def channel(found: Channel) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": str(found.id), "type": found.kind, "last_message_id": None, "flags": 0}
    if found.recipient is not None:
        return shown | {"recipients": [user(found.recipient)]}
    return shown | {
        "guild_id": str(found.guild),
        "name": f"channel-{found.id}",
        "position": 0,
        "permission_overwrites": [],
        "parent_id": None,
        "nsfw": False,
    }


def message(world: World, message_id: int) -> dict[str, Any]:
    """Return a message as it stands now; the nonce is shown as Discord shows it to the sender."""
    found = world.messages[message_id]
    payload = found.payload
    shown: dict[str, Any] = {
        "id": str(found.id),
        "channel_id": str(found.channel),
        "author": user(found.author, is_bot=True),
        "content": payload.get("content") or "",
        "timestamp": found.created_at.isoformat(),
        "edited_timestamp": found.edited_at.isoformat() if found.edited_at else None,
        "tts": bool(payload.get("tts")),
        "mention_everyone": "everyone" in found.pings,
        "mentions": [user(int(name)) for name in found.pings if name != "everyone"],
        "mention_roles": [],
        "attachments": payload.get("attachments") or [],
        "embeds": payload.get("embeds") or [],
        "components": _numbered(payload.get("components") or []),
        "pinned": False,
        "type": 19 if payload.get("message_reference") else 0,
        "flags": found.flags,
    }
    if found.nonce is not None:
        shown["nonce"] = found.nonce
    if reference := payload.get("message_reference"):
        shown |= _referenced(world, found, reference)
    return shown


def application(application_id: int | None) -> dict[str, Any]:
    return {
        "id": str(application_id),
        "name": BOT_NAME,
        "icon": None,
        "description": "",
        "summary": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "team": None,
        "owner": user(application_id),
    }


def voice_state(guild: int, user_id: int, channel_id: int) -> dict[str, Any]:
    silent = ("deaf", "mute", "self_deaf", "self_mute", "self_video", "suppress")
    return {
        "guild_id": str(guild),
        "channel_id": str(channel_id),
        "user_id": str(user_id),
        "session_id": f"{user_id:x}",
        "request_to_speak_timestamp": None,
        **dict.fromkeys(silent, False),
    }


def _referenced(world: World, found: Message, reference: Mapping[str, Any]) -> dict[str, Any]:
    target = world.visible(found.channel, int(reference.get("message_id") or 0))
    return {
        "message_reference": {"channel_id": str(found.channel), **reference},
        "referenced_message": message(world, target.id) if target else None,
    }


def _numbered(components: list[Any]) -> list[Any]:
    """Return the components with the ids that Discord gives to those sent without: 1, 2, … in order."""
    taken = 0

    def numbered(part: Any) -> Any:
        nonlocal taken
        if isinstance(part, list):
            return [numbered(item) for item in part]
        if not (isinstance(part, dict) and "type" in part):
            return part
        taken += 1
        own = taken
        inner = {
            name: numbered(part[name]) for name in ("components", "component", "accessory") if name in part
        }
        return {"id": own, **part, **inner}

    return [numbered(component) for component in components]
