"""One REST request, read and understood, and what it is carried out against."""

import base64
import binascii
import json
import mimetypes
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from aiohttp import web

from bot.sandbox.recording.answers import Outcome, not_json
from bot.sandbox.recording.behaviour import Behaviour
from bot.sandbox.recording.contents import Upload
from bot.sandbox.recording.limits import RateLimits
from bot.sandbox.recording.world import Interaction, World


@dataclass(frozen=True, slots=True)
class Call:
    """A request's parts. `ids` are the names in its path; `bot` is who sent it, None without a token."""

    now: datetime
    now_s: float
    bot: int | None
    ids: Mapping[str, str]
    query: Mapping[str, str]
    payload: Any
    files: tuple[Upload, ...] = ()

    def id(self, name: str) -> int:
        return int(self.ids[name])

    @property
    def form(self) -> Mapping[str, Any]:
        """The JSON body as an object; raises ApiError when it is something else."""
        if not isinstance(self.payload, dict):
            raise not_json()
        return self.payload


@dataclass(slots=True)
class Backend:
    """What requests are carried out against."""

    world: World
    behaviour: Behaviour
    limits: RateLimits


Handler = Callable[[Backend, Call], Outcome]


@dataclass(frozen=True, slots=True)
class Route:
    """A method and path of REST v10.

    resource: the path's top-level resource, which has its own bucket. is_interaction: authorised by its
    token, outside the bot's global limit.
    """

    name: str
    method: str
    template: str
    handler: Handler
    resource: str | None = None
    is_interaction: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom and what a request is about, as the log and the faults name it."""

    recipient: int | None = None
    channel: int | None = None
    message: int | None = None


def subject_of(world: World, call: Call) -> Subject:
    if "token" in call.ids:
        interaction = world.interactions.get(call.ids["token"])
        if interaction is None:
            return Subject()
        return Subject(interaction.user, interaction.channel, _message_of(call, interaction))
    if "channel" in call.ids:
        channel = call.id("channel")
        return Subject(world.recipient_of(channel), channel, _message_of(call, None))
    if isinstance(call.payload, dict) and (recipient := _snowflake(call.payload.get("recipient_id"))):
        return Subject(recipient, world.dm_with.get(recipient))
    if "user" in call.ids:
        return Subject(_snowflake(call.ids["user"]))
    return Subject()


@dataclass(frozen=True, slots=True)
class Body:
    """A request's body: its JSON, None without one, and the files beside it."""

    payload: Any = None
    files: tuple[Upload, ...] = ()
    is_readable: bool = True


async def read_body(request: web.Request) -> Body:
    try:
        if request.content_type.startswith("multipart/"):
            return await _read_form(request)
        return Body(json.loads(await request.read())) if request.body_exists else Body()
    except ValueError:
        return Body(is_readable=False)


@lru_cache(maxsize=256)
def bot_of(authorization: str, default: int) -> int | None:
    """Return the bot that a header speaks for; a token that names none speaks for `default`."""
    kind, _, token = authorization.partition(" ")
    if kind != "Bot" or not token:
        return None
    head = token.partition(".")[0]
    try:
        return int(base64.b64decode(head + "=" * (-len(head) % 4), validate=True))
    except (binascii.Error, ValueError):
        return default


async def _read_form(request: web.Request) -> Body:
    payload: Any = None
    files: list[Upload] = []
    for name, value in (await request.post()).items():
        if name == "payload_json":
            payload = json.loads(value) if isinstance(value, str) else None
        elif isinstance(value, web.FileField):
            # Discord goes by the name too: clients send everything as a stream of octets.
            kind = mimetypes.guess_type(value.filename)[0] or value.content_type
            files.append(Upload(name, value.filename, kind, value.file.read()))
    return Body(payload, tuple(files))


def _message_of(call: Call, interaction: Interaction | None) -> int | None:
    named = call.ids.get("message")
    if named == "@original":
        return interaction.original if interaction else None
    return _snowflake(named)


def _snowflake(value: object) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None
