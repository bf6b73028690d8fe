"""A playback with everything around it, in memory; what tests of it share."""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from bot.audio.engine import Engine
from bot.content.curated import CuratedLayer, CuratedMix, CuratedMixes
from bot.core.errors import Refusal
from bot.core.preferences import DEFAULT_EMPTY_MINUTES
from bot.core.tasks import Tasks
from bot.playback.blend import Blocks, RoomBlend
from bot.playback.ceilings import Ceilings
from bot.playback.ledger import Ledger
from bot.playback.limits import VolumeLimits
from bot.playback.model import Room, Seat
from bot.playback.preferences import CachedGuildSettings
from bot.playback.presets import Presets
from bot.playback.restore import Restore
from bot.playback.search import SoundSearch
from bot.playback.service import Playback
from bot.playback.session import Session
from bot.playback.sessions import Sessions
from bot.reminders.zones import zone
from bot.sandbox.clock import SandboxClock
from tests.playback.memory import (
    MemoryDisplay,
    MemoryGuildSettings,
    MemoryLinks,
    MemoryPresets,
    MemorySessions,
    MemoryTastes,
)

EMPTY_S = DEFAULT_EMPTY_MINUTES * 60.0
EVENING = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
HOME = Room(guild_id=1, channel_id=10, name="lantern", bitrate=96_000)
ATTIC = Room(guild_id=1, channel_id=11, name="attic", bitrate=96_000)
INSIDE = Seat(guild_id=1, channel_id=10)
CURATED = CuratedMixes(
    {
        "sea-rain": CuratedMix(
            name="Sea rain",
            mood="sleep",
            description="Rain over the sea.",
            layers=(CuratedLayer(sound="ocean-waves"), CuratedLayer(sound="rain", gain_db=-6.0)),
        )
    }
)
OUTSIDE = Seat(guild_id=1, channel_id=11)


class House:
    """What one process has. A house of a later process is given the store and the clock of the earlier."""

    def __init__(
        self,
        engine: Engine,
        *,
        seed: int = 7,
        before: "House | None" = None,
        hoster_percent: int = 100,
        links: MemoryLinks | None = None,
    ) -> None:
        self.clock = SandboxClock(EVENING, running=False) if before is None else before.clock
        self.store = MemorySessions() if before is None else before.store
        self.settings = MemoryGuildSettings() if before is None else before.settings
        self.display = MemoryDisplay()
        self.links = MemoryLinks() if links is None else links
        self.links.rooms = {room.channel_id: room for room in (HOME, ATTIC)}
        self.tasks = Tasks()
        self.ledger = Ledger(self.store, self.clock, self.tasks)
        guild_settings = self.cached_settings = CachedGuildSettings(self.settings)
        self.sessions = Sessions(
            engine=engine,
            links=self.links,
            settings=guild_settings,
            ledger=self.ledger,
            display=self.display,
            clock=self.clock,
            tasks=self.tasks,
        )
        self.tastes = MemoryTastes() if before is None else before.tastes
        self.presets = Presets(MemoryPresets(), CURATED, engine.library)
        self.blocks = Blocks(self.tastes)
        self.ceilings = Ceilings(
            sessions=self.sessions,
            settings=guild_settings,
            limits=VolumeLimits(self.clock, zone, hoster_percent=hoster_percent),
            clock=self.clock,
            tasks=self.tasks,
        )
        self.playback = Playback(
            sessions=self.sessions,
            sounds=SoundSearch(engine.library),
            settings=guild_settings,
            presets=self.presets,
            blend=RoomBlend(self.blocks, self.links),
            ceilings=self.ceilings,
            clock=self.clock,
            tasks=self.tasks,
            seeds=random.Random(seed),
        )
        self.restore = Restore(
            playback=self.playback,
            library=engine.library,
            links=self.links,
            ledger=self.ledger,
            display=self.display,
            clock=self.clock,
            tasks=self.tasks,
        )

    def session(self, guild_id: int = 1) -> Session:
        session = self.sessions.get(guild_id)
        assert session is not None
        return session

    async def wind(self, seconds: float) -> None:
        """Let whoever wants to sleep lie down, then let time pass."""
        await settle()
        self.clock.advance(seconds)
        await settle()

    async def close(self) -> None:
        """End as a process that is told to."""
        await self.sessions.close()
        await self.ledger.close()
        await self.tasks.close()

    async def die(self) -> None:
        """End as a process that is killed: nothing is faded, left or written down any more."""
        self.store.broken = True
        await self.tasks.close()
        for link in self.links.links:
            await link.cut()
        await settle()
        self.store.broken = False


@asynccontextmanager
async def opened(
    engine: Engine, before: House | None = None, *, hoster_percent: int = 100
) -> AsyncGenerator[House]:
    house = House(engine, before=before, hoster_percent=hoster_percent)
    try:
        yield house
    finally:
        await house.close()


async def settle() -> None:
    """Let everything that is ready to run do so."""
    for _ in range(20):
        await asyncio.sleep(0)


async def soon(what: Awaitable[object]) -> None:
    await asyncio.wait_for(what, timeout=20.0)


async def until(condition: Callable[[], object]) -> None:
    """Wait for what other threads bring about."""
    async with asyncio.timeout(20.0):
        while not condition():  # noqa: ASYNC110 - threads bring it about, and send no event
            await asyncio.sleep(0)


async def refusal_of(what: Awaitable[object]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await what
    return caught.value
