"""Direct messages and channel messages: open, create, show, edit, delete."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.sandbox.recording import answers, render
from bot.sandbox.recording.answers import Outcome
from bot.sandbox.recording.calls import Backend, Call
from bot.sandbox.recording.contents import (
    check_contents,
    fingerprint,
    flags_of,
    nonce_of,
    pings,
    with_attachments,
)
from bot.sandbox.recording.world import Message, World, is_in_nonce_window

_OLD = timedelta(hours=1)
_MAX_HISTORY = 100
_EDITABLE = ("content", "embeds", "components", "attachments", "flags", "allowed_mentions")


def create_dm(backend: Backend, call: Call) -> Outcome:
    """Open the direct message with a person; the channel stays the same for ever."""
    world = backend.world
    try:
        recipient = int(call.form["recipient_id"])
    except (KeyError, TypeError, ValueError):
        raise answers.invalid_form("recipient_id: this field is required.") from None
    if recipient == call.bot:
        raise answers.ApiError(400, 50007, "Cannot send messages to this user")
    known = world.dm_with.get(recipient)
    if known is not None:
        return Outcome(200, answer=lambda: render.channel(world.channels[known]))
    if backend.limits.over("new_dms", call.bot, backend.behaviour.new_dms, call.now_s) is not None:
        raise answers.opening_dms_too_fast()
    channel = world.next_id(call.now)
    facts = {"channel": channel, "recipient": recipient}
    return Outcome(200, "dm_opened", facts, answer=lambda: render.channel(world.channels[channel]))


def create_message(backend: Backend, call: Call) -> Outcome:
    """Create a message, or under `enforce_nonce` return the one that already has its nonce.

    A message deleted since is not created again: Discord answers "Unknown Message", on purpose
    (discord-api-docs#6647).
    """
    world, channel, payload = backend.world, call.id("channel"), call.form
    if channel not in world.channels:
        raise answers.unknown_channel()
    check_contents(payload, has_files=bool(call.files))
    nonce = nonce_of(payload)
    if nonce is not None and payload.get("enforce_nonce"):
        behaviour = backend.behaviour
        earlier = world.with_nonce(call.bot, channel, nonce, behaviour.nonce_scope)
        if earlier is not None and is_in_nonce_window(earlier, call.now, behaviour):
            return _repeated(world, earlier)
    message = world.next_id(call.now)
    said, facts = new_contents(call, payload, message)
    facts |= {
        "channel": channel,
        "recipient": world.recipient_of(channel),
        "message": message,
        "nonce": nonce,
    }
    return Outcome(200, "message_created", facts, said, lambda: render.message(world, message))


def edit_message(backend: Backend, call: Call) -> Outcome:
    world, message = backend.world, _own_message(backend.world, call)
    if call.now - message.created_at > _OLD:
        wait_s = backend.limits.over("old_edits", message.channel, backend.behaviour.old_edits, call.now_s)
        if wait_s is not None:
            raise answers.too_many_old_edits(wait_s)
    said, facts = edited_contents(world, call, message)
    facts |= {"channel": message.channel, "recipient": message.recipient, "message": message.id}
    return Outcome(200, "message_edited", facts, said, lambda: render.message(world, message.id))


def delete_message(backend: Backend, call: Call) -> Outcome:
    message = _own_message(backend.world, call)
    facts = {"channel": message.channel, "recipient": message.recipient, "message": message.id}
    return Outcome(204, "message_deleted", facts)


def get_message(backend: Backend, call: Call) -> Outcome:
    world, found = backend.world, backend.world.visible(call.id("channel"), call.id("message"))
    if found is None:
        raise answers.unknown_message()
    return Outcome(200, answer=lambda: render.message(world, found.id))


def get_history(backend: Backend, call: Call) -> Outcome:
    """Return a channel's messages, newest first; `limit`, `before` and `after` as in Discord."""
    world, channel = backend.world, call.id("channel")
    if channel not in world.channels:
        raise answers.unknown_channel()
    before, after = int(call.query.get("before", 2**63)), int(call.query.get("after", 0))
    limit = min(int(call.query.get("limit", 50)), _MAX_HISTORY)
    found = [message.id for message in world.history(channel) if after < message.id < before]
    found = found[-limit:] if "after" in call.query else found[:limit]
    return Outcome(200, answer=lambda: [render.message(world, message) for message in found])


def get_channel(backend: Backend, call: Call) -> Outcome:
    found = backend.world.channels.get(call.id("channel"))
    if found is None:
        raise answers.unknown_channel()
    return Outcome(200, answer=lambda: render.channel(found))


def set_voice_status(backend: Backend, call: Call) -> Outcome:
    _require_channel(backend, call)
    return Outcome(204)


def trigger_typing(backend: Backend, call: Call) -> Outcome:
    _require_channel(backend, call)
    return Outcome(204)


def new_contents(
    call: Call, payload: Mapping[str, Any], message: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a new message will say, and the facts that tell of it."""
    said = with_attachments(payload, call.files, message + 1) if call.files else dict(payload)
    facts = {
        "content_hash": fingerprint(payload, call.files),
        "flags": flags_of(payload),
        "pings": pings(payload),
    }
    return said, facts


def edited_contents(world: World, call: Call, message: Message) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what a message will say after the call's edit, and the facts that tell of it."""
    form = call.form
    said = {**message.payload, **{name: form[name] for name in _EDITABLE if name in form}}
    if call.files:
        said = with_attachments(said, call.files, world.next_id(call.now))
    flags = message.flags | flags_of(form)
    check_contents({**said, "flags": flags}, has_files=bool(call.files) or not message.payload)
    facts = {
        "content_hash": fingerprint(said, call.files),
        "flags": flags,
        "pings": pings(said),
    }
    return said, facts


def _repeated(world: World, earlier: Message) -> Outcome:
    if earlier.is_deleted:
        raise answers.unknown_message()
    facts = {
        "channel": earlier.channel,
        "recipient": earlier.recipient,
        "message": earlier.id,
        "nonce": earlier.nonce,
        "repeated": True,
    }
    return Outcome(200, facts=facts, answer=lambda: render.message(world, earlier.id))


def _own_message(world: World, call: Call) -> Message:
    found = world.visible(call.id("channel"), call.id("message"))
    if found is None:
        raise answers.unknown_message()
    if found.author != call.bot:
        raise answers.not_the_author()
    return found


def _require_channel(backend: Backend, call: Call) -> None:
    if call.id("channel") not in backend.world.channels:
        raise answers.unknown_channel()
