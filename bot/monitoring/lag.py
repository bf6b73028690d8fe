"""How late the event loop is: what a command waits before anything of ours even looks at it."""

import asyncio
from typing import Final

from prometheus_client import CollectorRegistry, Histogram

_EVERY_S: Final = 0.5
_BUCKETS_S: Final = (0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 3.0)


class LoopLag:
    """Asks to be woken twice a second, and notes how much later than asked it was."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._late = Histogram(
            "hush_loop_lag_seconds",
            "How late the event loop wakes who asked to be woken.",
            registry=registry,
            buckets=_BUCKETS_S,
        )

    async def watch(self) -> None:
        """Sample until cancelled. By the loop's own time: a moved test clock is no lag."""
        loop = asyncio.get_running_loop()
        while True:
            due_s = loop.time() + _EVERY_S
            await asyncio.sleep(_EVERY_S)
            self._late.observe(max(0.0, loop.time() - due_s))
