"""Waiting for a condition over state that changes on the event loop, without polling."""

import asyncio
from collections.abc import Callable


class Changes:
    """Whoever owns the state calls `notify` after changing it; waiters look again."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Event] = set()

    def notify(self) -> None:
        for waiter in self._waiters:
            waiter.set()

    async def until(self, condition: Callable[[], bool], *, timeout_s: float = 10.0) -> None:
        """Return once `condition()` holds; TimeoutError after `timeout_s` of real time."""
        waiter = asyncio.Event()
        self._waiters.add(waiter)
        try:
            async with asyncio.timeout(timeout_s):
                while not condition():
                    await waiter.wait()
                    waiter.clear()
        finally:
            self._waiters.discard(waiter)
