"""Every route this Discord serves; a request to any other is recorded and answered with 404."""

from typing import Any

from bot.sandbox.recording import answers, render
from bot.sandbox.recording.answers import Outcome
from bot.sandbox.recording.calls import Backend, Call, Route
from bot.sandbox.recording.interactions import (
    answer_interaction,
    create_followup,
    delete_followup,
    edit_followup,
    get_followup,
)
from bot.sandbox.recording.messages import (
    create_dm,
    create_message,
    delete_message,
    edit_message,
    get_channel,
    get_history,
    get_message,
    set_voice_status,
    trigger_typing,
)

DEFAULT_BOT = 1_000_000_000_000_000_000


def get_me(_backend: Backend, call: Call) -> Outcome:
    return Outcome(200, answer=lambda: render.user(call.bot, is_bot=True))


def get_user(_backend: Backend, call: Call) -> Outcome:
    return Outcome(200, answer=lambda: render.user(call.id("user")))


def get_application(_backend: Backend, call: Call) -> Outcome:
    return Outcome(200, answer=lambda: render.application(call.bot))


def get_gateway(_backend: Backend, _call: Call) -> Outcome:
    """Return where a gateway would be; there is none here."""
    left = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
    return Outcome(200, answer=lambda: {"url": "ws://127.0.0.1:9", "shards": 1, "session_start_limit": left})


def get_voice_state(backend: Backend, call: Call) -> Outcome:
    guild = call.id("guild")
    user = call.bot or DEFAULT_BOT if call.ids["user"] == "@me" else call.id("user")
    channel = backend.world.voice_channel.get((guild, user))
    if channel is None:
        raise answers.unknown_voice_state()
    return Outcome(200, answer=lambda: render.voice_state(guild, user, channel))


def get_commands(backend: Backend, call: Call) -> Outcome:
    return Outcome(200, answer=lambda: backend.world.commands.get(_scope(call), []))


def replace_commands(backend: Backend, call: Call) -> Outcome:
    """Replace all commands of an application, globally or in a server; names keep their ids."""
    if not isinstance(call.payload, list):
        raise answers.not_json()
    world, scope = backend.world, _scope(call)
    known = {_key(command): command["id"] for command in world.commands.get(scope, ())}
    commands: list[dict[str, Any]] = []
    for step, sent in enumerate(call.payload, start=1):
        new = str(world.next_id(call.now, step=step))
        identity = {"application_id": call.ids["application"], "version": new}
        commands.append({"type": 1, **sent, "id": known.get(_key(sent), new), **identity})
    facts = {"details": {"scope": scope, "commands": commands}}
    return Outcome(200, "commands_replaced", facts, answer=lambda: world.commands[scope])


def _scope(call: Call) -> str:
    return f"{call.ids['application']}/{call.ids.get('guild', '')}"


def _key(command: dict[str, Any]) -> tuple[int, str]:
    return command.get("type", 1), command["name"]


_CHANNEL = r"/channels/{channel:\d+}"
_MESSAGES = _CHANNEL + "/messages"
_MESSAGE = _MESSAGES + r"/{message:\d+}"
_WEBHOOK = r"/webhooks/{application:\d+}/{token}"
_FOLLOWUP = _WEBHOOK + r"/messages/{message:\d+|@original}"
_COMMANDS = r"/applications/{application:\d+}/commands"
_GUILD_COMMANDS = r"/applications/{application:\d+}/guilds/{guild:\d+}/commands"

ROUTES = (
    Route("get_me", "GET", "/users/@me", get_me),
    Route("get_user", "GET", r"/users/{user:\d+}", get_user),
    Route("get_gateway", "GET", "/gateway/bot", get_gateway),
    Route("get_application", "GET", "/applications/@me", get_application),
    Route("get_application", "GET", "/oauth2/applications/@me", get_application),
    Route("create_dm", "POST", "/users/@me/channels", create_dm),
    Route("get_channel", "GET", _CHANNEL, get_channel, "channel"),
    Route("set_voice_status", "PUT", _CHANNEL + "/voice-status", set_voice_status, "channel"),
    Route("trigger_typing", "POST", _CHANNEL + "/typing", trigger_typing, "channel"),
    Route("get_history", "GET", _MESSAGES, get_history, "channel"),
    Route("create_message", "POST", _MESSAGES, create_message, "channel"),
    Route("get_message", "GET", _MESSAGE, get_message, "channel"),
    Route("edit_message", "PATCH", _MESSAGE, edit_message, "channel"),
    Route("delete_message", "DELETE", _MESSAGE, delete_message, "channel"),
    Route(
        "get_voice_state", "GET", r"/guilds/{guild:\d+}/voice-states/{user:\d+|@me}", get_voice_state, "guild"
    ),
    Route("get_commands", "GET", _COMMANDS, get_commands),
    Route("replace_commands", "PUT", _COMMANDS, replace_commands),
    Route("get_commands", "GET", _GUILD_COMMANDS, get_commands, "guild"),
    Route("replace_commands", "PUT", _GUILD_COMMANDS, replace_commands, "guild"),
    Route(
        "answer_interaction",
        "POST",
        r"/interactions/{interaction:\d+}/{token}/callback",
        answer_interaction,
        "token",
        is_interaction=True,
    ),
    Route("create_followup", "POST", _WEBHOOK, create_followup, "token", is_interaction=True),
    Route("get_followup", "GET", _FOLLOWUP, get_followup, "token", is_interaction=True),
    Route("edit_followup", "PATCH", _FOLLOWUP, edit_followup, "token", is_interaction=True),
    Route("delete_followup", "DELETE", _FOLLOWUP, delete_followup, "token", is_interaction=True),
)
