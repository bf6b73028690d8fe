"""The control API of a server in its own process: JSON over the same port, for who knows the token.

`POST /control/register|forget|move|close_session|seat` with the method's arguments as a JSON object,
`GET /control/records` for the records. Authorization: Bearer and the token.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from bot.sandbox.voice.interface import Credentials, LoopbackVoice

PREFIX = "/control"


def add_control(app: web.Application, voice: LoopbackVoice, token: str) -> None:
    """Add the routes; a wrong token is answered 401, wrong arguments 400, an unknown user 404."""

    async def register(arguments: Mapping[str, Any]) -> None:
        await voice.register(Credentials(**arguments))

    async def seat(arguments: Mapping[str, Any]) -> None:
        await voice.seat(Credentials(**arguments))

    actions: dict[str, Callable[[Mapping[str, Any]], Awaitable[None]]] = {
        "register": register,
        "forget": lambda arguments: voice.forget(**arguments),
        "move": lambda arguments: voice.move(**arguments),
        "seat": seat,
        "close_session": lambda arguments: voice.close_session(**arguments),
    }

    async def act(request: web.Request) -> web.Response:
        _authorize(request, token)
        action = actions.get(request.match_info["action"])
        if action is None:
            raise web.HTTPNotFound
        try:
            await action(await request.json())
        except (TypeError, ValueError) as error:
            raise web.HTTPBadRequest(text=str(error)) from error
        except KeyError as error:
            raise web.HTTPNotFound(text="not registered") from error
        return web.Response(status=204)

    async def records(request: web.Request) -> web.Response:
        _authorize(request, token)
        seen = await voice.records()
        # Encoding an hour of hundreds of sessions takes long; packets must not wait for it.
        fields = await asyncio.to_thread(lambda: [record.to_json() for record in seen])
        return web.json_response(fields)

    app.router.add_post(PREFIX + "/{action}", act)
    app.router.add_get(PREFIX + "/records", records)


def _authorize(request: web.Request, token: str) -> None:
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        raise web.HTTPUnauthorized
