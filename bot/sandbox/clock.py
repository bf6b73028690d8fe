"""The sandbox's time: one clock for Hush and for SimCord, running with real time or standing still."""

import asyncio
import contextvars
import heapq
import itertools
from datetime import datetime, timedelta

from bot.core.clock import SystemClock


class SandboxClock:
    """A `bot.core.clock.Clock` that can be moved forward.

    running: follows real time, as a live demo and everything audible needs; otherwise it stands still
    until `advance`. start: the first instant, aware; the present one unless given.
    Reading is safe from any thread; sleeping and advancing belong to the event loop's thread.
    """

    def __init__(self, start: datetime | None = None, *, running: bool = True) -> None:
        self._system = SystemClock()
        self._start = start if start is not None else self._system.now()
        self._origin_s = self._system.monotonic()
        self._running = running
        self._shift_s = 0.0
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._timer: asyncio.TimerHandle | None = None

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        """Return the seconds since the start, advances included."""
        real_s = self._system.monotonic() - self._origin_s if self._running else 0.0
        return real_s + self._shift_s

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0.0:
            await asyncio.sleep(0)
            return
        waiter = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.monotonic() + seconds, next(self._order), waiter))
        self._wake()
        await waiter

    def advance(self, seconds: float) -> None:
        """Move forward; whoever's sleep is over by then wakes up."""
        if seconds < 0.0:
            raise ValueError(f"time does not run backwards: {seconds}")
        self._shift_s += seconds
        self._wake()

    def next_wake_s(self) -> float | None:
        """Return how long the soonest sleeper still sleeps; None when nobody does."""
        self._drop_ended()
        return max(0.0, self._sleepers[0][0] - self.monotonic()) if self._sleepers else None

    def _drop_ended(self) -> None:
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)

    def _wake(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while (wait_s := self.next_wake_s()) is not None:
            waiter = self._sleepers[0][2]
            if wait_s == 0.0:
                waiter.set_result(None)
            elif self._running:
                # An empty context: SimCord must not take this timer for one of the bot's and replay it.
                later = waiter.get_loop().call_later
                self._timer = contextvars.Context().run(later, wait_s, self._wake)
                return
            else:
                return
