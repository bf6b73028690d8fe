"""Asking what may be down: an answer soon, or none. Whoever needs help does not wait for a disk."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

from bot.core.tasks import Tasks

_T = TypeVar("_T")

PATIENCE_S: Final = 0.4


async def soon(asking: Coroutine[Any, Any, _T], tasks: Tasks) -> _T | None:
    """Return what `asking` gives within PATIENCE_S; None when it takes longer or fails, however it fails."""
    asked = tasks.start(_or_none(asking), name="support asks")
    # Not wait_for: a database's driver may not heed being cancelled.
    await asyncio.wait({asked}, timeout=PATIENCE_S)
    return asked.result() if asked.done() and not asked.cancelled() else None


async def _or_none(asking: Coroutine[Any, Any, _T]) -> _T | None:
    try:
        return await asking
    except Exception:  # noqa: BLE001 - the card comes whatever is broken behind it, and no log tells that it did
        return None
