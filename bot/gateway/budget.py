"""One budget for all that Hush asks of Discord: so many requests a second, and a slow lane for opening DMs.

Reminders wait for their turn in it. Panels and the like do not wait, they are few and somebody looks at
them; but each of their requests takes a turn too, so that both together stay within what Discord allows.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Final

import aiohttp

from bot.core.clock import Clock
from bot.reminders.ports import TryLater

GLOBAL_PER_S: Final = 40.0
"""Of the 50 that Discord allows a bot, answers to interactions aside; what is left is for sudden panels."""
OPENINGS_PER_S: Final = 1.0
"""Opening DMs faster meets a limit that Discord does not publish."""
LONGEST_TURN_S: Final = 8.0
"""Who would wait longer gives up the turn: a reminder's lease does not last for ever."""
_PAUSE_S: Final = 60.0
_LONGEST_PAUSE_S: Final = 900.0
_ANSWERS: Final = frozenset({"interactions", "webhooks"})
"""What answers to interactions go through. Hush has no other webhooks."""
_OPENING: Final = ("users", "@me", "channels")
_has_turn: ContextVar[bool] = ContextVar("has_turn", default=False)


class Lane:
    """Lets callers through one after another, evenly, `per_s` a second with bursts of `burst`.

    A lane that Discord slowed down pauses, longer each time until somebody gets through again.
    """

    def __init__(self, clock: Clock, per_s: float, *, burst: int = 1) -> None:
        self._clock = clock
        self._per_s = per_s
        self._burst = burst
        self._n_sharing = 1
        self._even_s = clock.monotonic()  # when the next turn would be, were none saved up
        self._paused_until_s = self._even_s
        self._n_pauses = 0

    @property
    def per_s(self) -> float:
        return self._per_s / self._n_sharing

    def share_with(self, n_sharing: int) -> None:
        self._n_sharing = max(1, n_sharing)

    async def turn(self) -> None:
        """Return when it is the caller's turn; raise TryLater when that is too far off."""
        now_s = self._clock.monotonic()
        step_s = 1.0 / self.per_s
        wait_s = max(self._even_s - step_s * (self._burst - 1), self._paused_until_s) - now_s
        if wait_s > LONGEST_TURN_S:
            raise TryLater(wait_s)
        self._even_s = max(self._even_s, now_s, self._paused_until_s) + step_s
        if wait_s > 0.0:
            await self._clock.sleep(wait_s)

    def must_be_open(self) -> None:
        """Raise TryLater while the lane pauses: who had a turn before it does not go now."""
        wait_s = self._paused_until_s - self._clock.monotonic()
        if wait_s > 0.0:
            raise TryLater(wait_s)

    def spent(self) -> None:
        """Somebody went without waiting: the turns to come are later for it."""
        self._even_s = max(self._even_s, self._clock.monotonic()) + 1.0 / self.per_s

    def pause(self, seconds: float | None = None) -> float:
        """Let nobody through for a while; return for how long."""
        wait_s = min(_PAUSE_S * 2**self._n_pauses, _LONGEST_PAUSE_S) if seconds is None else seconds
        self._n_pauses += 1
        self._paused_until_s = max(self._paused_until_s, self._clock.monotonic() + wait_s)
        return wait_s

    def passed(self) -> None:
        """Somebody got through: the next pause is a short one."""
        self._n_pauses = 0


class RequestBudget:
    """The lanes of one bot. Answers to interactions need none; Discord does not count them.

    `trace` belongs into the client's `http_trace`: it counts what is asked without waiting for a turn.
    """

    def __init__(
        self, clock: Clock, *, per_s: float = GLOBAL_PER_S, openings_per_s: float = OPENINGS_PER_S
    ) -> None:
        self.messages = Lane(clock, per_s, burst=5)
        self.openings = Lane(clock, openings_per_s, burst=5)
        self._opening = asyncio.Semaphore(1)
        self.trace = aiohttp.TraceConfig()
        self.trace.on_request_start.append(self._asked)

    def share_with(self, n_processes: int) -> None:
        self.messages.share_with(n_processes)
        self.openings.share_with(n_processes)

    @property
    def one_opening(self) -> asyncio.Semaphore:
        """Held while a DM is being opened: Discord's answer decides whether the next one may try."""
        return self._opening

    @contextmanager
    def turn_taken(self) -> Iterator[None]:
        """Make requests within that have waited for their turn, so that they are not counted again."""
        token = _has_turn.set(True)
        try:
            yield
        finally:
            _has_turn.reset(token)

    async def _asked(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, request: aiohttp.TraceRequestStartParams
    ) -> None:
        parts = request.url.parts
        if "api" not in parts or _ANSWERS.intersection(parts) or _has_turn.get():
            return
        self.messages.spent()
        if request.method == "POST" and parts[-3:] == _OPENING:
            self.openings.spent()
