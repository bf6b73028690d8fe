"""Mixes as files to take along: made one at a time, one a person, in a short queue; nothing is kept."""

import asyncio
import contextlib
import enum
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.audio.library import Library
from bot.audio.mix import Mix
from bot.audio.taking.order import Form, Order, longest_minutes
from bot.audio.taking.taker import TakeError
from bot.core.errors import Refusal
from bot.core.tasks import Tasks
from bot.playback.blend import Blocks
from bot.playback.layers import without
from bot.privacy.ports import Held

USUAL_MINUTES: Final = 20
MOST: Final = 6
"""Files on their way at any moment; whoever comes then is asked to come again."""
_SEED_BITS: Final = 63
_FAREWELL_S: Final = 3.0

_log = logging.getLogger(__name__)

Render = Callable[[Order, Callable[[float], None]], Awaitable[bytes]]
"""Render a file off the event loop and tell how far it has come, 0..1. Raises TakeError."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for: `minutes` None is as usual, `limit_bytes` is what Discord takes."""

    mix: Mix
    title: str
    form: Form
    minutes: int | None
    limit_bytes: int


class Outcome(enum.Enum):
    MADE = "made"
    CANCELLED = "cancelled"
    FAILED = "failed"
    CLOSING = "closing"
    """Hush is going down."""


class Take:
    """A file on its way to somebody. Belongs to the event loop."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.progress = 0.0
        self.file: bytes | None = None
        """There once it was made."""
        self.outcome = Outcome.CLOSING
        """Holds once it is over; should nobody say otherwise, Hush is going down."""
        self.over = asyncio.Event()
        self.told = asyncio.Event()
        """Set by who hands it over, once everything was said."""
        self.task: asyncio.Task[None] | None = None

    @property
    def length(self) -> timedelta:
        return timedelta(seconds=self.order.seconds)

    def come(self, progress: float) -> None:
        self.progress = progress


class Takes:
    """Refusals carry the sentence to say. Implements `bot.privacy.ports.Holder`."""

    def __init__(
        self, render: Render, library: Library, blocks: Blocks, tasks: Tasks, seeds: random.Random
    ) -> None:
        self._render = render
        self._library = library
        self._blocks = blocks
        self._tasks = tasks
        self._seeds = seeds
        self._turn = asyncio.Semaphore(1)
        self._takes: dict[int, Take] = {}
        """By person, in order of coming."""

    async def begin(self, user_id: int, wanted: Wanted) -> Take:
        """Begin a file, without what its person never wants to hear."""
        mix = self._to_take(wanted.mix, await self._blocks.blocked(user_id))
        order = Order(
            mix,
            self._seeds.getrandbits(_SEED_BITS),
            _minutes(wanted) * 60.0,
            wanted.form,
            wanted.limit_bytes,
            wanted.title,
        )
        if user_id in self._takes:
            raise Refusal("take.refused.one")
        if len(self._takes) >= MOST:
            raise Refusal("take.refused.busy")
        take = self._takes[user_id] = Take(order)
        take.task = self._tasks.start(self._make(take), name="take")
        take.task.add_done_callback(lambda _: self._end(user_id, take))  # also when it never got to run
        return take

    @staticmethod
    def fitting(minutes: int, form: Form, limit_bytes: int) -> int:
        """Return as many of these minutes as a file holds."""
        return min(minutes, longest_minutes(form, limit_bytes))

    def n_before(self, take: Take) -> int:
        """Return how many are made before it; 0 when it is being made."""
        return next((at for at, each in enumerate(self._takes.values()) if each is take), 0)

    def cancel(self, user_id: int) -> bool:
        """End a person's; return whether there was one."""
        take = self._takes.get(user_id)
        if take is None or take.task is None:
            return False
        take.outcome = Outcome.CANCELLED
        take.task.cancel()
        return True

    async def close(self) -> None:
        """End all of them, and give whoever waits a moment to hear of it."""
        takes = list(self._takes.values())
        for take in takes:
            if take.task is not None:
                take.task.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FAREWELL_S):
                await asyncio.gather(*(take.told.wait() for take in takes))

    async def held(self, _user_id: int) -> Sequence[Held]:
        """Return nothing: what is on its way is gone before anybody could read of it."""
        return ()

    async def forget(self, user_id: int) -> None:
        self.cancel(user_id)

    async def _make(self, take: Take) -> None:
        try:
            async with self._turn:
                take.file = await self._render(take.order, take.come)
            take.outcome = Outcome.MADE
        except TakeError as error:
            _log.error("%s", error)
            take.outcome = Outcome.FAILED

    def _end(self, user_id: int, take: Take) -> None:
        del self._takes[user_id]
        take.over.set()

    def _to_take(self, mix: Mix, blocked: frozenset[str]) -> Mix:
        # Whoever let a server play a recording did not say that everybody may carry it away.
        if any(self._library.triggers[layer.trigger].server is not None for layer in mix.layers):
            raise Refusal("take.refused.own")
        left = without(mix, blocked)
        if left is None:
            raise Refusal("take.refused.blocked")
        return left


def _minutes(wanted: Wanted) -> int:
    longest = longest_minutes(wanted.form, wanted.limit_bytes)
    minutes = min(USUAL_MINUTES, longest) if wanted.minutes is None else wanted.minutes
    if minutes > longest:
        fits = {form: timedelta(minutes=longest_minutes(form, wanted.limit_bytes)) for form in Form}
        key = "take.refused.long_opus" if wanted.form is Form.OGG else "take.refused.long_aac"
        raise Refusal(key, ogg=fits[Form.OGG], m4a=fits[Form.M4A])
    return minutes
