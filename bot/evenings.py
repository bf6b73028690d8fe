"""The evenings put together: what carries reminders out, with a database and a client."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import discord

from bot.content.texts import Texts
from bot.core.clock import Clock, SystemClock
from bot.core.tasks import Tasks
from bot.gateway.budget import GLOBAL_PER_S, RequestBudget
from bot.gateway.letters import Letters
from bot.gateway.post import DiscordPost
from bot.reminders.rounds import Rounds
from bot.settings import Settings
from bot.store.address import locate
from bot.store.changes import News
from bot.store.database import Database
from bot.store.direct_channels import SqlDirectChannels
from bot.store.queue import SqlQueueStore


@asynccontextmanager
async def open_rounds(
    settings: Settings,
    client: discord.Client,
    *,
    clock: Clock | None = None,
    budget_per_s: float = GLOBAL_PER_S,
) -> AsyncGenerator[Rounds]:
    """Open a database and what carries its reminders out through `client`, and nothing else of Hush.

    For processes that only deliver. `Rounds.begin` starts it; leaving the block ends it in good order.
    """
    clock = SystemClock() if clock is None else clock
    address = None if settings.database_url is None else settings.database_url.get_secret_value()
    async with Database(locate(address, settings.data_dir)) as database:
        tasks = Tasks()
        budget = RequestBudget(clock, per_s=budget_per_s)
        rounds = Rounds(
            queue=SqlQueueStore(database, clock, News()),
            channels=SqlDirectChannels(database),
            post=DiscordPost(client, budget, Letters(Texts.load()).write),
            clock=clock,
            tasks=tasks,
        )
        try:
            yield rounds
        finally:
            await rounds.close()
            await tasks.close()
