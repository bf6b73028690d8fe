"""The evenings put together: what carries reminders out, with a database and a client."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import discord

from bot.content.texts import Texts
from bot.core.clock import Clock, SystemClock
from bot.core.tasks import Tasks
from bot.gateway.budget import GLOBAL_PER_S, RequestBudget
from bot.gateway.evening_parts import Acquaintance, EveningParts
from bot.gateway.letters import Letters, nobody
from bot.gateway.morning_words import MorningWords
from bot.gateway.post import DiscordPost
from bot.reminders.mornings import Mornings
from bot.reminders.ports import QueueStore
from bot.reminders.rounds import LEASE, Rounds
from bot.reminders.service import Evenings
from bot.reminders.zone_search import ZoneSearch
from bot.settings import Settings
from bot.store.address import locate
from bot.store.changes import News
from bot.store.database import Database
from bot.store.diary import SqlDiaryStore
from bot.store.direct_channels import SqlDirectChannels, SqlFamiliarGuilds, SqlReminderChannels
from bot.store.queue import SqlQueueStore
from bot.store.routines import SqlRoutineStore
from bot.store.rules import SqlRuleStore
from bot.store.settings import SqlPersonSettingsStore


@dataclass(frozen=True, slots=True)
class Delivering:
    """What a process has that only delivers."""

    rounds: Rounds
    queue: QueueStore


@asynccontextmanager
async def open_rounds(
    settings: Settings,
    client: discord.Client,
    *,
    clock: Clock | None = None,
    budget_per_s: float = GLOBAL_PER_S,
    lease: timedelta = LEASE,
) -> AsyncGenerator[Delivering]:
    """Open a database and what carries its reminders out through `client`, and nothing else of Hush.

    For processes that only deliver. `Rounds.begin` starts it; leaving the block ends it in good order.
    """
    clock = SystemClock() if clock is None else clock
    address = None if settings.database_url is None else settings.database_url.get_secret_value()
    async with Database(locate(address, settings.data_dir)) as database:
        tasks = Tasks()
        budget = RequestBudget(clock, per_s=budget_per_s)
        queue = SqlQueueStore(database, clock, News())
        rounds = Rounds(
            queue=queue,
            channels=SqlDirectChannels(database),
            post=DiscordPost(client, budget, _letters(Texts.load()).write),
            clock=clock,
            tasks=tasks,
            lease=lease,
        )
        try:
            yield Delivering(rounds, queue)
        finally:
            await rounds.close()
            await tasks.close()


def _letters(texts: Texts, is_held: Callable[[int], bool] = nobody) -> Letters:
    return Letters(texts, MorningWords(texts).first_question, is_held)


def evening_parts(  # noqa: PLR0917 - what every room of the bot shares
    database: Database,
    client: discord.Client,
    budget: RequestBudget,
    texts: Texts,
    clock: Clock,
    tasks: Tasks,
    is_held: Callable[[int], bool],
) -> EveningParts:
    """Return everything about evenings that a whole bot has; `rounds` is still to be begun and closed.

    is_held: whether it is less than a day since somebody's crisis.
    """
    news = News()
    channels = SqlDirectChannels(database)
    familiar = SqlFamiliarGuilds(database, clock)
    post = DiscordPost(client, budget, _letters(texts, is_held).write)
    rules = SqlRuleStore(database, clock, news)
    people = SqlPersonSettingsStore(database, clock)
    evenings = Evenings(
        rules=rules,
        channels=channels,
        people=people,
        post=post,
        search=ZoneSearch(),
        clock=clock,
    )
    return EveningParts(
        evenings=evenings,
        mornings=Mornings(rules=rules, diary=SqlDiaryStore(database), people=people, clock=clock),
        channels=channels,
        rounds=Rounds(
            queue=SqlQueueStore(database, clock, news),
            channels=channels,
            post=post,
            clock=clock,
            tasks=tasks,
            is_held=is_held,
        ),
        routines=SqlRoutineStore(database, clock),
        familiar=familiar,
        allowed=SqlReminderChannels(database),
        acquaintance=Acquaintance(familiar),
        post=post,
    )
