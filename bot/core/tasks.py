"""Who owns a background task: started here, named, watched, ended by the owner."""

import asyncio
import contextvars
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class Tasks:
    """A set of background tasks that ends with its owner.

    Tasks start in an empty context, so nothing that happens to surround the caller (a command's locale,
    a test harness's bookkeeping) leaks into work that outlives it.
    """

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, coro: Coroutine[Any, Any, _T], *, name: str) -> asyncio.Task[_T]:
        loop = asyncio.get_running_loop()
        task: asyncio.Task[_T] = contextvars.Context().run(loop.create_task, coro, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def close(self) -> None:
        """Cancel what still runs and wait until it is gone."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("background task failed", exc_info=error, extra={"task": task.get_name()})
