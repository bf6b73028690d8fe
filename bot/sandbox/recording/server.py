"""The one way every request takes: door, token, limits, faults, work, log, answer.

Between reading a request and writing its line nothing is awaited, so lines and changes have one order.
"""

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from bot.core.clock import Clock
from bot.sandbox.recording import answers
from bot.sandbox.recording.answers import NO_HEADERS, ApiError, Outcome, Reply, encode, html_ban
from bot.sandbox.recording.behaviour import Behaviour
from bot.sandbox.recording.calls import Backend, Call, Route, bot_of, read_body, subject_of
from bot.sandbox.recording.faults import Fault
from bot.sandbox.recording.limits import RateLimits
from bot.sandbox.recording.log import LogLine, LogWriter
from bot.sandbox.recording.paths import API
from bot.sandbox.recording.routes import DEFAULT_BOT, ROUTES
from bot.sandbox.recording.world import replayed

_log = logging.getLogger(__name__)

_UNANSWERED = frozenset({"lose", "crash", "slow", "malformed"})
_MAX_REQUEST_BYTES = 26 * 1024 * 1024  # a little over the largest file a bot may send


def _unknown(_backend: Backend, _call: Call) -> Outcome:
    raise answers.unknown_route()


_UNKNOWN = Route("unknown", "*", "/{tail:.*}", _unknown)


class RecordingServer:
    """Discord's REST API over one log. Opening it replays the log; closing it closes the log."""

    def __init__(self, log: Path, behaviour: Behaviour, clock: Clock) -> None:
        self._clock = clock
        self._writer, lines = LogWriter.reopen(log)
        self.backend = Backend(replayed(lines), behaviour, RateLimits(behaviour))
        self.n_requests = sum(line.kind == "request" for line in lines)
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []
        self.record("start", details={"pid": os.getpid()})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.__exit__(kind, error, trace)

    def app(self, add_control: Callable[[web.Application], None]) -> web.Application:
        """Return the web application; `add_control` adds its routes before the one that takes all others."""
        app = web.Application(client_max_size=_MAX_REQUEST_BYTES)
        add_control(app)
        for route in ROUTES:
            app.router.add_route(route.method, API + route.template, self._serving(route))
        app.router.add_route("*", _UNKNOWN.template, self._serving(_UNKNOWN))
        return app

    def now(self) -> datetime:
        return self._clock.now() + self.backend.world.ahead

    def now_s(self) -> float:
        return self._clock.monotonic() + self.backend.world.ahead.total_seconds()

    def configure(self, behaviour: Behaviour) -> None:
        """Behave differently from now on; counted requests are forgotten."""
        self.backend.behaviour = behaviour
        self.backend.limits = RateLimits(behaviour)

    def record(self, kind: Any, payload: Mapping[str, Any] | None = None, **facts: Any) -> LogLine:
        """Write one line and make its change."""
        world = self.backend.world
        line = LogLine(seq=world.last_seq + 1, at=facts.pop("at", None) or self.now(), kind=kind, **facts)
        self._writer.append(line)
        world.apply(line, payload)
        return line

    async def wait_for_requests(self, count: int) -> None:
        """Return once `count` requests were recorded, those of earlier servers on this log included."""
        if self.n_requests >= count:
            return
        reached: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((count, reached))
        await reached

    def _serving(self, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        return partial(self._serve, route)

    async def _serve(self, route: Route, request: web.Request) -> web.StreamResponse:
        body = await read_body(request)
        call = Call(
            now=self.now(),
            now_s=self.now_s(),
            bot=self._bot(route, request),
            ids=request.match_info,
            query=request.query,
            payload=body.payload,
            files=body.files,
        )
        refusal, headers = self._gate(route, call)
        if refusal is None and not body.is_readable:
            refusal = answers.not_json().reply(headers)
        if refusal is not None:
            return await self._send(request, refusal, None, self._write(route, request, call, refusal))
        struck = self._struck(route, call)
        fault = struck[1] if struck else None
        reply, outcome = self._carry_out(route, call, fault, headers)
        line = self._write(
            route, request, call, _replaced(reply, fault, outcome), outcome=outcome, struck=struck
        )
        if outcome is not None and outcome.answer is not None:
            reply = Reply(outcome.status, encode(outcome.answer()), headers=headers)
        return await self._send(request, _replaced(reply, fault, outcome), fault, line)

    def _bot(self, route: Route, request: web.Request) -> int | None:
        if route.is_interaction:
            interaction = self.backend.world.interactions.get(request.match_info["token"])
            return interaction.application if interaction else None
        return bot_of(request.headers.get("Authorization", ""), DEFAULT_BOT)

    def _gate(self, route: Route, call: Call) -> tuple[Reply | None, Mapping[str, str]]:
        """Return the refusal of door, token or limit, if any, and the route's rate-limit headers."""
        limits = self.backend.limits
        if (refusal := limits.shut_door(call.now_s)) is not None:
            return refusal, NO_HEADERS
        if route.is_interaction:
            payer = None
        elif call.bot is None:
            return answers.unauthorized().reply(), NO_HEADERS
        elif (refusal := limits.over_global(call.bot, call.now_s)) is not None:
            return refusal, NO_HEADERS
        else:
            payer = call.bot
        resource = (payer, call.ids[route.resource] if route.resource else None)
        headers, refusal = limits.over_route(
            route.name, resource, now_s=call.now_s, epoch_s=call.now.timestamp()
        )
        return refusal, headers

    def _struck(self, route: Route, call: Call) -> tuple[int, Fault] | None:
        world = self.backend.world
        if not world.faults.scripted:
            return None
        subject = subject_of(world, call)
        return world.faults.match(
            route.name, subject.recipient, subject.channel, subject.message, world.last_seq + 1
        )

    def _carry_out(
        self, route: Route, call: Call, fault: Fault | None, headers: Mapping[str, str]
    ) -> tuple[Reply, Outcome | None]:
        """Return the answer as far as it is known before the change is made, and the change."""
        if fault is not None and not fault.carried_out:
            return _refused(fault, headers), None
        try:
            outcome = route.handler(self.backend, call)
        except ApiError as error:
            return error.reply(headers), None
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            _log.warning("%s could not be carried out", route.name, exc_info=error)
            return answers.invalid_form(f"{type(error).__name__}: {error}").reply(headers), None
        return Reply(outcome.status, headers=headers), outcome

    def _write(
        self,
        route: Route,
        request: web.Request,
        call: Call,
        reply: Reply,
        *,
        outcome: Outcome | None = None,
        struck: tuple[int, Fault] | None = None,
    ) -> LogLine:
        fault_id, fault = struck or (None, None)
        effect = fault.effect if fault else None
        is_unserved = outcome is None and effect in ("lose", "crash")
        facts: dict[str, Any] = {
            "at": call.now,
            "route": route.name,
            "method": request.method,
            "status": None if is_unserved else reply.status,
            "code": reply.code,
            "answered": _is_there(request) and effect not in _UNANSWERED,
            "bot": call.bot,
            "fault": fault_id,
        }
        subject = subject_of(self.backend.world, call)
        facts |= {"recipient": subject.recipient, "channel": subject.channel, "message": subject.message}
        if outcome is not None:
            facts |= {**outcome.facts, "change": outcome.change}
        if route is _UNKNOWN:
            facts["path"] = request.path
        payload = outcome.payload if outcome else None
        if payload is not None and self.backend.behaviour.keep_contents:
            facts["content"] = dict(payload)
        line = self.record("request", payload, **facts)
        self.backend.limits.count_answer(reply, call.now_s)
        self._count_request()
        return line

    async def _send(
        self, request: web.Request, reply: Reply, fault: Fault | None, line: LogLine
    ) -> web.StreamResponse:
        effect = fault.effect if fault else None
        if effect == "crash":
            os.kill(os.getpid(), signal.SIGKILL)
        if effect == "slow" and fault is not None:
            await self._clock.sleep(fault.delay_s)
            if _is_there(request):
                self.record("answered", request=line.seq)
        # An empty answer that calls itself JSON would be parsed, and fail, in discord.py.
        content_type = reply.content_type if reply.body else "text/html"
        response = web.Response(
            status=reply.status, body=reply.body, content_type=content_type, headers=reply.headers
        )
        if effect == "lose" and request.transport is not None:
            request.transport.abort()
        return response

    def _count_request(self) -> None:
        self.n_requests += 1
        if self._waiting:
            for count, reached in self._waiting:
                if self.n_requests >= count and not reached.done():
                    reached.set_result(None)
            self._waiting = [waiting for waiting in self._waiting if not waiting[1].done()]


def _is_there(request: web.Request) -> bool:
    return request.transport is not None and not request.transport.is_closing()


def _refused(fault: Fault, headers: Mapping[str, str]) -> Reply:
    """Return a fault's own answer."""
    if fault.effect == "html":
        return html_ban(fault.retry_after_s or 0.0)
    return ApiError(fault.status, fault.code, fault.text, retry_after_s=fault.retry_after_s).reply(headers)


def _replaced(reply: Reply, fault: Fault | None, outcome: Outcome | None) -> Reply:
    """Return the answer to a request that was carried out, as the fault leaves it."""
    if fault is None or outcome is None:
        return reply
    if fault.effect in ("refuse", "html"):
        return _refused(fault, reply.headers)
    if fault.effect == "malformed":
        return replace(reply, body=reply.body[: len(reply.body) // 2])
    return reply
