"""What a message says: checked as Discord checks it, fingerprinted, and looked through for pings."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.recording.answers import empty_message, invalid_form

_PARTS = ("content", "embeds", "components", "attachments", "sticker_ids", "poll", "message_reference")
_MENTION = re.compile(r"<@!?(\d{15,20})>")
_IS_COMPONENTS_V2 = 1 << 15
_MAX_CONTENT = 2000
_MAX_NONCE = 25


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a message: its form field's name, its own name, type and bytes."""

    field: str
    filename: str
    content_type: str
    data: bytes


def check_contents(payload: Mapping[str, Any], *, has_files: bool) -> None:
    """Raise the ApiError that Discord would: too long, empty, or old and new components mixed."""
    text = payload.get("content")
    if text is not None and (not isinstance(text, str) or len(text) > _MAX_CONTENT):
        raise invalid_form(f"content: must be {_MAX_CONTENT} or fewer in length.")
    if flags_of(payload) & _IS_COMPONENTS_V2:
        if text or payload.get("embeds") or payload.get("poll"):
            raise invalid_form("flags: MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2")
        if not payload.get("components"):
            raise empty_message()
    elif not (has_files or any(payload.get(part) for part in _PARTS if part != "components")):
        raise empty_message()


def nonce_of(payload: Mapping[str, Any]) -> str | None:
    """Return the message's nonce; raises ApiError when it is too long or neither text nor number."""
    nonce = payload.get("nonce")
    if nonce is None:
        return None
    if not isinstance(nonce, str | int) or len(str(nonce)) > _MAX_NONCE:
        raise invalid_form(f"nonce: must be {_MAX_NONCE} or fewer in length.")
    return str(nonce)


def flags_of(payload: Mapping[str, Any]) -> int:
    flags = payload.get("flags") or 0
    if not isinstance(flags, int):
        raise invalid_form("flags: must be an integer.")
    return flags


def fingerprint(payload: Mapping[str, Any], files: tuple[Upload, ...] = ()) -> str:
    """Return a hash of what is said and shown: the same contents give the same hash, whatever the nonce."""
    said = {part: payload[part] for part in _PARTS if payload.get(part)}
    digest = hashlib.blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=12)
    for file in files:
        digest.update(file.filename.encode() + b"\0" + file.data)
    return digest.hexdigest()


def pings(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """Return whom the message would notify by mention, `allowed_mentions` obeyed: user ids and "everyone"."""
    text = "\n".join(_texts(payload))
    if "@" not in text:
        return ()
    allowed = payload.get("allowed_mentions")
    parse = ("users", "everyone") if allowed is None else allowed.get("parse") or ()
    named = None if "users" in parse else frozenset(str(user) for user in (allowed or {}).get("users") or ())
    found = dict.fromkeys(user for user in _MENTION.findall(text) if named is None or user in named)
    if "everyone" in parse and ("@everyone" in text or "@here" in text):
        found["everyone"] = None
    return tuple(found)


def with_attachments(payload: Mapping[str, Any], files: tuple[Upload, ...], first_id: int) -> dict[str, Any]:
    """Return the payload with its files described as attachments, numbered from `first_id`."""
    described = {str(item.get("id")): item for item in payload.get("attachments") or ()}
    attachments = [item for item in described.values() if "url" in item]
    for number, file in enumerate(files):
        key = file.field.removeprefix("files[").removesuffix("]")
        url = f"attachment://{file.filename}"
        attachments.append(
            {
                "id": str(first_id + number),
                "filename": file.filename,
                "description": described.get(key, {}).get("description"),
                "content_type": file.content_type,
                "size": len(file.data),
                "url": url,
                "proxy_url": url,
            }
        )
    return {**payload, "attachments": attachments}


def _texts(part: object) -> Iterator[str]:
    """Yield every piece of text that mentions count in: the content and text components."""
    if isinstance(part, Mapping):
        if isinstance(text := part.get("content"), str):
            yield text
        for name in ("components", "component"):
            yield from _texts(part.get(name))
    elif isinstance(part, list):
        for item in part:
            yield from _texts(item)
