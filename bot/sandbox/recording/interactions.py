"""Answers to interactions and their follow-ups; an interaction is opened by a control call.

As in Discord: the first answer has three seconds, its token lives for fifteen minutes, and the first
follow-up of a deferred answer takes its place.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.sandbox.recording import answers, render
from bot.sandbox.recording.answers import Outcome
from bot.sandbox.recording.calls import Backend, Call
from bot.sandbox.recording.contents import check_contents
from bot.sandbox.recording.messages import edited_contents, new_contents
from bot.sandbox.recording.world import LOADING, Interaction, Message, World

_FIRST_ANSWER = timedelta(seconds=3)
_TOKEN_LIFE = timedelta(minutes=15)
_MESSAGE, _DEFERRED_MESSAGE, _DEFERRED_UPDATE, _UPDATE = 4, 5, 6, 7


def answer_interaction(backend: Backend, call: Call) -> Outcome:
    """Carry out the first answer: a message, an update, or a deferral of either."""
    world, form = backend.world, call.form
    interaction = world.interactions.get(call.ids["token"])
    if interaction is None or interaction.id != call.id("interaction"):
        raise answers.unknown_interaction()
    if interaction.callback is not None:
        raise answers.already_acknowledged()
    if call.now - interaction.opened_at > _FIRST_ANSWER:
        raise answers.unknown_interaction()
    callback = int(form["type"])
    said, facts = _first_message(world, call, interaction, callback, form.get("data") or {})
    facts |= {"details": {"token": interaction.token, "callback": callback}}
    if call.query.get("with_response", "0") in {"1", "true"}:
        return Outcome(
            200, "interaction_answered", facts, said, lambda: _callback_answer(world, interaction.token)
        )
    return Outcome(204, "interaction_answered", facts, said)


def create_followup(backend: Backend, call: Call) -> Outcome:
    world, interaction = backend.world, _live(backend.world, call)
    original = world.messages.get(interaction.original or 0)
    if original is not None and original.flags & LOADING:
        return _edit(world, call, original)
    check_contents(call.form, has_files=bool(call.files))
    message = world.next_id(call.now)
    said, facts = new_contents(call, call.form, message)
    facts |= {"channel": interaction.channel, "recipient": interaction.user, "message": message}
    return Outcome(200, "message_created", facts, said, lambda: render.message(world, message))


def get_followup(backend: Backend, call: Call) -> Outcome:
    world, message = backend.world, _message(backend.world, call)
    return Outcome(200, answer=lambda: render.message(world, message.id))


def edit_followup(backend: Backend, call: Call) -> Outcome:
    return _edit(backend.world, call, _message(backend.world, call))


def delete_followup(backend: Backend, call: Call) -> Outcome:
    message = _message(backend.world, call)
    facts = {"channel": message.channel, "recipient": message.recipient, "message": message.id}
    return Outcome(204, "message_deleted", facts)


def _first_message(
    world: World, call: Call, interaction: Interaction, callback: int, data: Mapping[str, Any]
) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    facts: dict[str, Any] = {"channel": interaction.channel, "recipient": interaction.user}
    if callback in (_MESSAGE, _DEFERRED_MESSAGE):
        if callback == _MESSAGE:
            check_contents(data, has_files=bool(call.files))
        message = world.next_id(call.now)
        said, told = new_contents(call, data, message)
        if callback == _DEFERRED_MESSAGE:
            told["flags"] |= LOADING
        return said, facts | told | {"message": message}
    source = world.messages.get(interaction.source or 0)
    if callback == _UPDATE and source is not None:
        said = {**source.payload, **data}
        _same, told = new_contents(call, said, source.id)
        return said, facts | told | {"message": source.id, "flags": source.flags}
    return None, facts


def _edit(world: World, call: Call, message: Message) -> Outcome:
    said, facts = edited_contents(world, call, message)
    facts |= {"channel": message.channel, "recipient": message.recipient, "message": message.id}
    facts["flags"] &= ~LOADING
    return Outcome(200, "message_edited", facts, said, lambda: render.message(world, message.id))


def _live(world: World, call: Call) -> Interaction:
    interaction = world.interactions.get(call.ids["token"])
    if interaction is None or interaction.callback is None:
        raise answers.unknown_webhook()
    if call.now - interaction.opened_at > _TOKEN_LIFE:
        raise answers.expired_token()
    return interaction


def _message(world: World, call: Call) -> Message:
    interaction = _live(world, call)
    named = call.ids["message"]
    found = world.messages.get(interaction.original or 0 if named == "@original" else int(named))
    if found is None or found.channel != interaction.channel or found.is_deleted:
        raise answers.unknown_message()
    return found


def _callback_answer(world: World, token: str) -> dict[str, Any]:
    interaction = world.interactions[token]
    original = interaction.original
    has_message = interaction.callback in (_MESSAGE, _DEFERRED_MESSAGE, _UPDATE) and original is not None
    shown: dict[str, Any] = {
        "interaction": {
            "id": str(interaction.id),
            "type": 2 if interaction.source is None else 3,
            "response_message_loading": interaction.callback == _DEFERRED_MESSAGE,
        },
        "resource": {"type": interaction.callback},
    }
    if has_message and original is not None:
        shown["interaction"]["response_message_id"] = str(original)
        shown["resource"]["message"] = render.message(world, original)
    return shown
