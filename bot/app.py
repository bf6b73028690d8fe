"""The composition root: settings in, a bot out; the only place that knows which concrete things join."""

import asyncio
import random
import secrets
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING

import aiohttp

from bot.audio.engine import Engine
from bot.audio.library import Library
from bot.audio.taking.order import Order
from bot.audio.taking.taker import Told, render_file
from bot.care.guides import Guides
from bot.care.service import Care
from bot.content.care import CareContent
from bot.content.curated import CuratedMixes
from bot.content.helpline_directory import HelplineDirectory
from bot.content.priors import load_priors
from bot.content.texts import Texts
from bot.content.therapy_guide import TherapyGuide
from bot.core.clock import Clock, SystemClock
from bot.core.preferences import GuildSettingsStore, PersonSettingsStore
from bot.core.tasks import Tasks
from bot.discovery.service import Discovery
from bot.gateway.budget import RequestBudget
from bot.gateway.channel_status import ChannelStatuses
from bot.gateway.client import Hush, Services
from bot.gateway.cooldowns import Cooldowns
from bot.gateway.displays import Displays
from bot.gateway.help_card import LANGUAGES
from bot.gateway.offers import SoundOffers
from bot.gateway.panels import Panels
from bot.gateway.presence import DiscordPresence
from bot.gateway.replies import Replies
from bot.gateway.shelves import Shelves
from bot.gateway.tastes import Tastes
from bot.gateway.voice import DiscordVoiceLinks
from bot.gateway.voice.pacer import Pacer
from bot.monitoring.ports import Vitals
from bot.pictures.portraits import Portraits
from bot.playback.accompany import Accompanist
from bot.playback.blend import Blocks, RoomBlend
from bot.playback.ceilings import Ceilings
from bot.playback.choices import Favourites
from bot.playback.ledger import Ledger
from bot.playback.limits import VolumeLimits
from bot.playback.preferences import CachedGuildSettings
from bot.playback.presets import Presets
from bot.playback.recordings import Recordings
from bot.playback.restore import Restore
from bot.playback.search import SoundSearch
from bot.playback.service import Playback
from bot.playback.sessions import Sessions
from bot.playback.sleep_rooms import SleepRooms
from bot.playback.takes import Takes
from bot.privacy.ports import Holder
from bot.privacy.service import Privacy
from bot.privacy.sweep import Sweep
from bot.reminders.zones import zone
from bot.settings import Settings, load
from bot.support.countries import Countries
from bot.support.decisions import Decisions
from bot.support.hearing import Hearing
from bot.support.resources import ServerResources
from bot.support.service import Support
from bot.support.triage import Triage

if TYPE_CHECKING:
    from bot.store.database import Database


def create_bot(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    connector: aiohttp.BaseConnector | None = None,
) -> Hush:
    """Return a bot that has not done anything yet.

    `bot.start(token)` opens everything, `bot.close()` fades out and releases everything. `connector` carries
    all of discord.py's HTTP and websocket traffic; unset, its own. Raises SettingsError when settings are
    read from the environment and are wrong.
    """
    settings = load() if settings is None else settings
    clock = SystemClock() if clock is None else clock
    budget = RequestBudget(clock)
    return Hush(
        partial(_open_services, settings, clock, budget),
        http_trace=budget.trace,
        data_dir=settings.data_dir,
        shard_count=settings.shard_count,
        connector=connector,
    )


@asynccontextmanager
async def _open_services(  # noqa: PLR0915 - everything is joined here
    settings: Settings, clock: Clock, budget: RequestBudget, client: Hush
) -> AsyncGenerator[Services]:
    # Here, not above: SQLAlchemy costs a second that `--help` and the tests of other rooms need not wait.
    from bot.evenings import evening_parts  # noqa: PLC0415
    from bot.store.address import locate  # noqa: PLC0415
    from bot.store.database import Database  # noqa: PLC0415
    from bot.store.sessions import SqlSessionStore  # noqa: PLC0415
    from bot.store.settings import SqlGuildSettingsStore  # noqa: PLC0415
    from bot.store.tastes import SqlPresetStore, SqlTasteStore  # noqa: PLC0415
    from bot.vitals import BotVitals  # noqa: PLC0415

    address = None if settings.database_url is None else settings.database_url.get_secret_value()
    async with Database(locate(address, settings.data_dir)) as database:
        library, texts = await asyncio.to_thread(lambda: (Library.load(), Texts.load()))
        tasks = Tasks()
        engine = Engine(library)
        ledger = Ledger(SqlSessionStore(database, clock), clock, tasks)
        guild_settings = CachedGuildSettings(SqlGuildSettingsStore(database, clock))
        links = DiscordVoiceLinks(client, clock, tasks)
        panels = Panels(client, texts, clock, tasks, guild_settings.language_of)
        statuses = ChannelStatuses(client, guild_settings, texts, zone, tasks)
        display = Displays(panels, statuses)
        sessions = Sessions(
            engine=engine,
            links=links,
            settings=guild_settings,
            ledger=ledger,
            display=display,
            clock=clock,
            tasks=tasks,
        )
        panels.tell(sessions.remember_panel)
        links.tell(sessions.room_changed)
        sounds = SoundSearch(library)
        tastes = SqlTasteStore(database, clock)
        blocks, favourites = Blocks(tastes), Favourites(tastes)
        presets = Presets(
            SqlPresetStore(database, clock),
            await asyncio.to_thread(CuratedMixes.load, library.triggers),
            library,
        )
        limits = VolumeLimits(clock, zone, hoster_percent=settings.volume_cap)
        ceilings = Ceilings(
            sessions=sessions, settings=guild_settings, limits=limits, clock=clock, tasks=tasks
        )
        playback = Playback(
            sessions=sessions,
            sounds=sounds,
            settings=guild_settings,
            presets=presets,
            blend=RoomBlend(blocks, links),
            ceilings=ceilings,
            clock=clock,
            tasks=tasks,
            seeds=random.Random(secrets.randbits(256)),  # noqa: S311 - nights should differ, not be secret
        )
        recordings = _recordings(database, library, sessions, settings, clock)
        takes = _takes(library, blocks, settings, tasks)
        await recordings.open()
        restore = Restore(
            playback=playback,
            library=library,
            links=links,
            ledger=ledger,
            display=display,
            clock=clock,
            tasks=tasks,
        )
        hearing = Hearing(await asyncio.to_thread(Triage.load), Decisions(clock), clock)
        is_held = hearing.decisions.is_held
        care, guides = await _care(database, library, blocks, clock, tasks, is_held)
        evenings = await asyncio.to_thread(
            evening_parts, database, client, budget, texts, clock, tasks, is_held
        )
        holders = (playback, blocks, favourites, recordings, takes, guides, hearing, evenings.acquaintance)
        vitals = BotVitals(client, sessions, engine, database, evenings.rounds)
        try:
            async with _monitoring(settings, vitals, clock):
                yield Services(
                    texts=texts,
                    library=library,
                    shelves=Shelves(library, texts),
                    portraits=Portraits(library),
                    favourites=favourites,
                    offers=SoundOffers(sounds, favourites),
                    sounds=sounds,
                    playback=playback,
                    presets=presets,
                    blocks=blocks,
                    recordings=recordings,
                    takes=takes,
                    restore=restore,
                    links=links,
                    sleep_rooms=_sleep_rooms(
                        database,
                        playback=playback,
                        links=links,
                        settings=guild_settings,
                        clock=clock,
                        tasks=tasks,
                    ),
                    person_settings=_people(database, clock),
                    panels=panels,
                    statuses=statuses,
                    guild_settings=guild_settings,
                    limits=limits,
                    replies=Replies(texts),
                    cooldowns=Cooldowns(clock),
                    support=await _support(database, clock, tasks),
                    resources=_resources(database, clock),
                    therapies=await asyncio.to_thread(TherapyGuide.load),
                    care=care,
                    guides=guides,
                    discovery=_discovery(database, library, blocks, clock),
                    tastes=Tastes(library, playback, clock, tasks),
                    accompanist=Accompanist(playback, sessions, links, clock),
                    hearing=hearing,
                    privacy=_privacy(database, clock, holders),
                    sweep=_sweep(database, client, guild_settings, clock, tasks),
                    clock=clock,
                    tasks=tasks,
                    evenings=evenings,
                )
        finally:
            await takes.close()
            await evenings.rounds.close()
            await guides.close()
            await sessions.close()
            await ledger.close()
            await tasks.close()
            await asyncio.to_thread(_end_threads, links.pacer, engine)


def _sleep_rooms(
    database: "Database",
    *,
    playback: Playback,
    links: DiscordVoiceLinks,
    settings: GuildSettingsStore,
    clock: Clock,
    tasks: Tasks,
) -> SleepRooms:
    from bot.store.sleep_rooms import SqlSleepRoomStore  # noqa: PLC0415

    return SleepRooms(
        SqlSleepRoomStore(database, clock),
        playback=playback,
        links=links,
        settings=settings,
        zone=zone,
        clock=clock,
        tasks=tasks,
    )


def _people(database: "Database", clock: Clock) -> PersonSettingsStore:
    from bot.store.settings import SqlPersonSettingsStore  # noqa: PLC0415

    return SqlPersonSettingsStore(database, clock)


async def _support(database: "Database", clock: Clock, tasks: Tasks) -> Support:
    from bot.store.resources import SqlResourceStore  # noqa: PLC0415
    from bot.store.settings import SqlPersonSettingsStore  # noqa: PLC0415

    directory = await asyncio.to_thread(HelplineDirectory.load)
    return Support(
        directory=directory,
        countries=await asyncio.to_thread(Countries, directory.countries, LANGUAGES),
        people=SqlPersonSettingsStore(database, clock),
        resources=SqlResourceStore(database, clock),
        clock=clock,
        tasks=tasks,
    )


def _resources(database: "Database", clock: Clock) -> ServerResources:
    from bot.store.resources import SqlResourceStore  # noqa: PLC0415

    return ServerResources(SqlResourceStore(database, clock))


def _recordings(
    database: "Database", library: Library, sessions: Sessions, settings: Settings, clock: Clock
) -> Recordings:
    from bot.store.recordings import SqlRecordingStore  # noqa: PLC0415

    return Recordings(
        library=library,
        store=SqlRecordingStore(database),
        sessions=sessions,
        folder=settings.data_dir / "sounds",
        clock=clock,
        ids=random.Random(secrets.randbits(256)),  # noqa: S311 - names of files, not secrets
    )


def _takes(library: Library, blocks: Blocks, settings: Settings, tasks: Tasks) -> Takes:
    own = (settings.data_dir / "sounds").resolve()

    async def render(order: Order, told: Told) -> bytes:
        return await render_file(order, own, told)

    seeds = random.Random(secrets.randbits(256))  # noqa: S311 - nights should differ, not be secret
    return Takes(render, library, blocks, tasks, seeds)


def _privacy(database: "Database", clock: Clock, holders: Iterable[Holder]) -> Privacy:
    from bot.store.personal import SqlPersonalRows  # noqa: PLC0415

    privacy = Privacy(SqlPersonalRows(database), clock)
    for holder in holders:
        privacy.register(holder)
    return privacy


def _sweep(
    database: "Database", client: Hush, settings: GuildSettingsStore, clock: Clock, tasks: Tasks
) -> Sweep:
    from bot.store.departures import SqlDepartures  # noqa: PLC0415
    from bot.store.retention import SqlRetention  # noqa: PLC0415

    return Sweep(
        retention=SqlRetention(database),
        departures=SqlDepartures(database),
        settings=settings,
        presence=DiscordPresence(client),
        clock=clock,
        tasks=tasks,
    )


async def _care(  # noqa: PLR0917 - what two rooms are made of
    database: "Database",
    library: Library,
    blocks: Blocks,
    clock: Clock,
    tasks: Tasks,
    is_held: Callable[[int], bool],
) -> tuple[Care, Guides]:
    from bot.store.care import SqlCareStore, SqlGuideStore  # noqa: PLC0415
    from bot.store.settings import SqlPersonSettingsStore  # noqa: PLC0415

    content = await asyncio.to_thread(CareContent.load, library.triggers)
    people = SqlPersonSettingsStore(database, clock)
    care = Care(content, SqlCareStore(database, clock), people, blocks, clock)
    return care, Guides(content, SqlGuideStore(database), clock, tasks, is_held)


def _discovery(database: "Database", library: Library, blocks: Blocks, clock: Clock) -> Discovery:
    from bot.store.ratings import SqlRatingStore  # noqa: PLC0415

    families = {trigger.id: trigger.family for trigger in library.triggers.values()}
    return Discovery(families, load_priors(), SqlRatingStore(database), blocks, clock)


def _monitoring(settings: Settings, vitals: Vitals, clock: Clock) -> AbstractAsyncContextManager[object]:
    """Serve the numbers where they are asked for; otherwise nothing, and nothing is imported for it."""
    if settings.metrics_port is None:
        return nullcontext()
    from bot.monitoring.server import MonitoringServer  # noqa: PLC0415

    return MonitoringServer(vitals, clock, host=settings.metrics_host, port=settings.metrics_port)


def _end_threads(pacer: Pacer, engine: Engine) -> None:
    pacer.close()
    engine.close()
