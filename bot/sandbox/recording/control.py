"""The control calls: JSON under `/__control__/`, with the secret token. They are logged, and so survive."""

import hmac
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, NonNegativeFloat, ValidationError

from bot.sandbox.recording.behaviour import Behaviour
from bot.sandbox.recording.faults import Fault
from bot.sandbox.recording.paths import CONTROL
from bot.sandbox.recording.render import message as rendered
from bot.sandbox.recording.server import RecordingServer

_Serve = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _Wish(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LiftFault(_Wish):
    fault: int | None


class AdvanceClock(_Wish):
    seconds: NonNegativeFloat


class AddChannel(_Wish):
    guild: int
    kind: int = 0


class SetVoiceState(_Wish):
    guild: int
    user: int
    channel: int | None


class OpenInteraction(_Wish):
    application: int
    channel: int
    user: int
    source: int | None = None


class Control:
    """Carries control calls out on one server."""

    def __init__(self, server: RecordingServer, token: str) -> None:
        self._server = server
        self._token = token

    def add_to(self, app: web.Application) -> None:
        app.router.add_get(f"{CONTROL}/{{verb}}", self._serve)
        app.router.add_post(f"{CONTROL}/{{verb}}", self._serve)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            return web.json_response({"error": "wrong control token"}, status=403)
        verbs = _READS if request.method == "GET" else _WISHES
        verb = verbs.get(request.match_info["verb"])
        if verb is None:
            return web.json_response({"error": "no such control call"}, status=404)
        try:
            return web.json_response(await verb(self._server, request))
        except (ValidationError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)


async def _script(server: RecordingServer, request: web.Request) -> object:
    fault = Fault.model_validate_json(await request.read())
    details = fault.model_dump(exclude_defaults=True)
    return server.record("control", change="fault_scripted", details=details).seq


async def _lift(server: RecordingServer, request: web.Request) -> object:
    wish = LiftFault.model_validate_json(await request.read())
    return server.record("control", change="fault_lifted", details=wish.model_dump()).seq


async def _configure(server: RecordingServer, request: web.Request) -> object:
    server.configure(Behaviour.model_validate_json(await request.read()))
    return None


async def _advance(server: RecordingServer, request: web.Request) -> object:
    wish = AdvanceClock.model_validate_json(await request.read())
    server.record("control", change="clock_advanced", details=wish.model_dump())
    return server.backend.world.ahead.total_seconds()


async def _add_channel(server: RecordingServer, request: web.Request) -> object:
    wish = AddChannel.model_validate_json(await request.read())
    channel = server.backend.world.next_id(server.now())
    server.record("control", change="channel_added", channel=channel, details=wish.model_dump())
    return channel


async def _set_voice_state(server: RecordingServer, request: web.Request) -> object:
    wish = SetVoiceState.model_validate_json(await request.read())
    details = {"guild": wish.guild}
    server.record(
        "control", change="voice_state_set", recipient=wish.user, channel=wish.channel, details=details
    )
    return None


async def _open_interaction(server: RecordingServer, request: web.Request) -> object:
    wish = OpenInteraction.model_validate_json(await request.read())
    interaction = server.backend.world.next_id(server.now())
    details = {"id": interaction, "token": f"token-{interaction}"}
    server.record(
        "control",
        change="interaction_opened",
        bot=wish.application,
        recipient=wish.user,
        channel=wish.channel,
        message=wish.source,
        details=details,
    )
    return details


async def _wait(server: RecordingServer, request: web.Request) -> object:
    await server.wait_for_requests(int(request.query["requests"]))
    return {"requests": server.n_requests, "last_seq": server.backend.world.last_seq}


async def _messages(server: RecordingServer, request: web.Request) -> object:
    """Return the messages, deleted ones too, oldest first; of one channel or recipient when asked."""
    world, query = server.backend.world, request.query
    shown: list[dict[str, Any]] = []
    for found in world.messages.values():
        if str(found.channel) == query.get("channel", str(found.channel)) and str(
            found.recipient
        ) == query.get("recipient", str(found.recipient)):
            facts = {"recipient": found.recipient, "n_edits": found.n_edits, "deleted": found.is_deleted}
            shown.append(rendered(world, found.id) | {"recorded": facts | {"hash": found.content_hash}})
    return shown


async def _snapshot(server: RecordingServer, _request: web.Request) -> object:
    return server.backend.world.snapshot()


_Verb = Callable[[RecordingServer, web.Request], Awaitable[object]]
_READS: dict[str, _Verb] = {"wait": _wait, "messages": _messages, "snapshot": _snapshot}
_WISHES: dict[str, _Verb] = {
    "script": _script,
    "lift": _lift,
    "configure": _configure,
    "advance": _advance,
    "add-channel": _add_channel,
    "set-voice-state": _set_voice_state,
    "open-interaction": _open_interaction,
}
