"""The evenings' own parts around a post that only writes down: real store, real rounds, a clock to move."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path

from bot.core.tasks import Tasks
from bot.reminders.firing import EVERY_DAY
from bot.reminders.model import Delivered, Letter, Rule
from bot.reminders.rounds import Rounds
from bot.sandbox.clock import SandboxClock
from bot.store.address import at
from bot.store.changes import News
from bot.store.database import Database
from bot.store.direct_channels import SqlDirectChannels
from bot.store.queue import SqlQueueStore
from bot.store.rules import SqlRuleStore

WREN = 7


@dataclass
class Arrived:
    at: datetime
    letter: Letter


@dataclass
class WritingPost:
    """A post that remembers what it delivered and when; `refuses` may raise instead."""

    clock: SandboxClock
    arrived: list[Arrived] = field(default_factory=list)
    withdrawn: list[tuple[datetime, Delivered]] = field(default_factory=list)
    refuses: Callable[[Letter], None] = lambda _: None
    per_s: float = 40.0

    def share_with(self, n_processes: int) -> None: ...

    async def deliver(self, letter: Letter) -> Delivered:
        self.refuses(letter)
        self.arrived.append(Arrived(self.clock.now(), letter))
        channel_id = 1000 + letter.user_id if letter.channel_id is None else letter.channel_id
        return Delivered(channel_id, len(self.arrived))

    async def withdraw(self, delivered: Delivered) -> None:
        self.withdrawn.append((self.clock.now(), delivered))


class House:
    def __init__(self, database: Database, clock: SandboxClock) -> None:
        self.database = database
        self.clock = clock
        news = News()
        self.tasks = Tasks()
        self.rules = SqlRuleStore(database, clock, news)
        self.queue = SqlQueueStore(database, clock, news)
        self.channels = SqlDirectChannels(database)
        self.post = WritingPost(clock)
        self.rounds = self._rounds()
        self.rounds.begin()

    def _rounds(self) -> Rounds:
        return Rounds(
            queue=self.queue, channels=self.channels, post=self.post, clock=self.clock, tasks=self.tasks
        )

    async def add(self, zone: str, at: time, *, days: frozenset[int] = EVERY_DAY, **more: object) -> Rule:
        rule = Rule(0, WREN, zone, at, days, **more)
        kept = await self.rules.add(rule, rule.next_due_after(self.clock.now()), most=99)
        assert kept is not None
        return kept

    async def settle(self) -> None:
        """Return once the rounds sleep and nothing is under way."""
        async with asyncio.timeout(10):
            await _ticks()
            while not self.rounds.is_resting:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.001)
            await _ticks()

    async def go_to(self, moment: datetime) -> None:
        self.clock.advance((moment - self.clock.now()).total_seconds())
        await self.settle()

    async def wait(self, **span: float) -> None:
        await self.go_to(self.clock.now() + timedelta(**span))

    async def sleep_through(self, **span: float) -> None:
        """Let time pass while the process is not there, then start the next one."""
        await self.rounds.close()
        self.clock.advance(timedelta(**span).total_seconds())
        self.rounds = self._rounds()
        self.rounds.begin()
        await self.settle()

    async def close(self) -> None:
        await self.rounds.close()
        await self.tasks.close()


@asynccontextmanager
async def opened(folder: Path, start: datetime) -> AsyncGenerator[House]:
    async with Database(at(folder / "hush.db")) as database:
        house = House(database, SandboxClock(start, running=False))
        try:
            yield house
        finally:
            await house.close()


async def _ticks() -> None:
    """Let whoever was woken wake, and whoever goes to sleep fall asleep."""
    for _ in range(10):
        await asyncio.sleep(0)
