"""The Discord client: what it listens to, what it loads, how it opens and closes."""

import asyncio
import logging
import random
import secrets
import sys
import traceback
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.audio.library import Library
from bot.care.guides import Guides
from bot.care.service import Care
from bot.content.texts import Texts
from bot.content.therapy_guide import TherapyGuide
from bot.core.clock import Clock
from bot.core.preferences import PersonSettingsStore
from bot.core.tasks import Tasks
from bot.discovery.service import Discovery
from bot.gateway.access import intents
from bot.gateway.addressed import Addressed
from bot.gateway.care_desk import CareDesk
from bot.gateway.care_pages import CarePages
from bot.gateway.channel_status import ChannelStatuses
from bot.gateway.check_in import CheckInDesk
from bot.gateway.cooldowns import Cooldowns
from bot.gateway.discover_desk import DiscoverDesk
from bot.gateway.evening_desk import EveningDesk
from bot.gateway.evening_parts import EveningParts
from bot.gateway.evening_words import EveningWords
from bot.gateway.first_contact import greet
from bot.gateway.focus_desk import FocusDesk
from bot.gateway.funnel import Funnel
from bot.gateway.guide_pictures import GuidePictures
from bot.gateway.help_desk import HelpDesk
from bot.gateway.library_desk import LibraryDesk
from bot.gateway.library_pages import LibraryPages
from bot.gateway.mixer_desk import MixerDesk
from bot.gateway.mixer_pages import MixerPages
from bot.gateway.moderators import Moderators
from bot.gateway.morning_desk import MorningDesk
from bot.gateway.morning_words import MorningWords
from bot.gateway.offers import SoundOffers
from bot.gateway.panels import Panels
from bot.gateway.presses import Presses
from bot.gateway.privacy_desk import PrivacyDesk
from bot.gateway.replies import Replies
from bot.gateway.resource_desk import ResourceDesk
from bot.gateway.settings_desk import SettingsDesk
from bot.gateway.settings_pages import SettingsPages
from bot.gateway.shelves import Shelves
from bot.gateway.stages import DiscordStages
from bot.gateway.sync import sync_commands
from bot.gateway.take_desk import TakeDesk
from bot.gateway.tally import Tally
from bot.gateway.tastes import Tastes
from bot.gateway.tree import HushTree
from bot.gateway.typed import Typed
from bot.gateway.voice import DiscordVoiceLinks
from bot.gateway.winddown import WindDown
from bot.pictures.gallery import Gallery
from bot.pictures.portraits import Portraits
from bot.playback.accompany import Accompanist
from bot.playback.blend import Blocks
from bot.playback.choices import Favourites
from bot.playback.limits import VolumeLimits
from bot.playback.preferences import CachedGuildSettings
from bot.playback.presets import Presets
from bot.playback.recordings import Recordings
from bot.playback.restore import Restore
from bot.playback.search import SoundSearch
from bot.playback.service import Playback
from bot.playback.sleep_rooms import SleepRooms
from bot.playback.takes import Takes
from bot.privacy.service import Privacy
from bot.privacy.sweep import Sweep
from bot.support.hearing import Hearing
from bot.support.resources import ServerResources
from bot.support.service import Support

_log = logging.getLogger(__name__)

_LONGEST_RATE_LIMIT_S = 30.0
"""Discord's longer waits are told to the caller, who knows better what to do meanwhile."""

EXTENSIONS: Final = (
    "cogs.bedtime",
    "cogs.blocking",
    "cogs.care",
    "cogs.checkin",
    "cogs.discovery",
    "cogs.doctor",
    "cogs.focus",
    "cogs.help",
    "cogs.library",
    "cogs.listening",
    "cogs.mixing",
    "cogs.morning",
    "cogs.practices",
    "cogs.presets",
    "cogs.privacy",
    "cogs.resources",
    "cogs.settings",
    "cogs.sleeproom",
    "cogs.sounds",
    "cogs.support",
    "cogs.take",
)


LEAVE_NO_TRACE: Final = frozenset({"support", "therapy", "privacy", "Help a friend"})
"""Commands after which nothing at all is written down about who used them."""
AnyCommand = app_commands.Command[Any, ..., Any] | app_commands.ContextMenu


@dataclass(frozen=True, slots=True)
class Services:
    """What cogs may use; each takes what it needs in its constructor."""

    texts: Texts
    shelves: Shelves
    portraits: Portraits
    favourites: Favourites
    offers: SoundOffers
    library: Library
    sounds: SoundSearch
    playback: Playback
    presets: Presets
    blocks: Blocks
    recordings: Recordings
    takes: Takes
    restore: Restore
    links: DiscordVoiceLinks
    sleep_rooms: SleepRooms
    person_settings: PersonSettingsStore
    panels: Panels
    statuses: ChannelStatuses
    guild_settings: CachedGuildSettings
    limits: VolumeLimits
    replies: Replies
    cooldowns: Cooldowns
    support: Support
    resources: ServerResources
    therapies: TherapyGuide
    care: Care
    guides: Guides
    discovery: Discovery
    tastes: Tastes
    accompanist: Accompanist
    hearing: Hearing
    privacy: Privacy
    sweep: Sweep
    clock: Clock
    tasks: Tasks
    evenings: EveningParts


Opening = Callable[["Hush"], AbstractAsyncContextManager[Services]]
"""Opens everything a client serves with, and releases it on exit."""


class Hush(commands.AutoShardedBot):
    """Hush on Discord. Construction does nothing; login opens the services, `close` releases them."""

    services: Services
    """There from login on."""
    help_desk: HelpDesk
    """There from login on."""
    care_desk: CareDesk
    """There from login on."""
    check_in_desk: CheckInDesk
    """There from login on."""
    focus_desk: FocusDesk
    """There from login on."""
    evening_desk: EveningDesk
    """There from login on."""
    discover_desk: DiscoverDesk
    """There from login on."""
    mixer_desk: MixerDesk
    """There from login on."""
    library_desk: LibraryDesk
    """There from login on."""
    take_desk: TakeDesk
    """There from login on."""
    morning_desk: MorningDesk
    """There from login on."""
    settings_desk: SettingsDesk
    """There from login on."""

    def __init__(
        self,
        opening: Opening,
        *,
        data_dir: Path,
        shard_count: int | None = None,
        connector: aiohttp.BaseConnector | None = None,
        http_trace: aiohttp.TraceConfig,
    ) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=HushTree,
            intents=intents(),
            member_cache_flags=discord.MemberCacheFlags(joined=False, voice=True),
            chunk_guilds_at_startup=False,
            max_messages=None,
            max_ratelimit_timeout=_LONGEST_RATE_LIMIT_S,
            allowed_mentions=discord.AllowedMentions.none(),
            shard_count=shard_count,
            connector=connector,
            http_trace=http_trace,
        )
        self._opening = opening
        self._data_dir = data_dir
        self._open = AsyncExitStack()
        self._closing = asyncio.Lock()

    @property
    def is_connected(self) -> bool:
        """Whether every shard is ready and has its connection to Discord now."""
        shards = self.shards.values()
        return self.is_ready() and bool(shards) and not any(shard.is_closed() for shard in shards)

    @property
    def tally(self) -> Tally:
        """How commands and presses ended; there from login on."""
        return cast("HushTree", self.tree).funnel.tally

    async def setup_hook(self) -> None:
        self.services = await self._open.enter_async_context(self._opening(self))
        services = self.services
        funnel = cast("HushTree", self.tree).funnel = Funnel(services.replies)
        moderators = Moderators(services.guild_settings, services.cooldowns, services.texts, services.tasks)
        self.help_desk = HelpDesk(
            services.support, services.hearing.decisions, moderators, services.texts, funnel
        )
        self.resource_desk = ResourceDesk(services.resources, services.guild_settings, services.texts, funnel)
        self._addressed = Addressed(self, services.hearing, services.support, self.help_desk, services.texts)
        self._typed = cast("HushTree", self.tree).typed = Typed(
            services.hearing, self.help_desk, services.clock, services.tasks
        )
        self.add_view(Presses(services.playback, services.panels, services.texts, services.replies, funnel))
        self.mixer_desk = MixerDesk(
            services.playback, MixerPages(services.texts, services.sounds), services.replies, funnel
        )
        self.library_desk = self._library_desk(services, funnel)
        self._open_care_desks(services, funnel)
        self.take_desk = self._take_desk(services, funnel)
        self.evening_desk = self._evening_desk(services, funnel)
        self.morning_desk = MorningDesk(
            mornings=services.evenings.mornings,
            channels=services.evenings.channels,
            words=MorningWords(services.texts),
            funnel=funnel,
        )
        self.privacy_desk = PrivacyDesk(services.privacy, services.support, services.texts, funnel)
        self.settings_desk = self._settings_desk(services, funnel)
        services.sweep.begin()
        for extension in EXTENSIONS:
            await self.load_extension(extension)
        await sync_commands(self.tree, self.services.texts, self._data_dir / "commands.sha256")

    async def close(self) -> None:
        """Fade out everywhere, leave, release everything. May be called more than once."""
        async with self._closing:  # a second caller must not cut the connection under the first one's fade
            await self._open.aclose()
            if isinstance(self.loop, asyncio.AbstractEventLoop):  # else never started, and discord.py trips
                await super().close()

    async def on_message(self, message: discord.Message, /) -> None:
        await self._addressed.heard(message)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        await self._addressed.edited(payload.message)

    async def on_error(self, event_method: str, /, *_args: object, **_kwargs: object) -> None:
        """Log where an event failed, without the error's own words: they may quote what somebody wrote."""
        error = sys.exception()
        place = "" if error is None else "".join(traceback.format_tb(error.__traceback__))
        _log.error("%s failed: %s\n%s", event_method, type(error).__name__, place)

    async def on_voice_state_update(
        self, member: discord.Member, before: discord.VoiceState, after: discord.VoiceState
    ) -> None:
        if self.user is not None and member.id == self.user.id:
            self.services.links.seat_changed(member.guild.id)
        if before.channel == after.channel is not None and before.self_mute != after.self_mute:
            self.services.playback.still_awake(member.guild.id, after.channel.id)
        self.services.restore.room_changed(member.guild.id)
        self.services.playback.room_changed(member.guild.id)
        self.services.sleep_rooms.room_changed(member.guild.id)
        self.services.guides.room_changed(member.guild.id)

    async def on_ready(self) -> None:
        await self.services.restore.begin()
        await self.services.sleep_rooms.begin()
        await self.care_desk.begin()
        self.services.evenings.rounds.begin()

    async def on_shard_ready(self, shard_id: int) -> None:
        self.services.links.gateway_began_anew(shard_id)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        self.services.restore.guild_available(guild.id)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        # Only real joins come here: servers that a start or an outage brings back are "available".
        await self.services.sweep.guild_joined(guild.id)
        await greet(guild, self.services.texts)

    async def on_interaction(self, interaction: discord.Interaction, /) -> None:
        if interaction.type is discord.InteractionType.modal_submit:
            self._typed.modal_sent(interaction)
        for desk in (
            self.help_desk,
            self.care_desk,
            self.evening_desk,
            self.morning_desk,
            self.privacy_desk,
            self.resource_desk,
            self.mixer_desk,
            self.library_desk,
            self.take_desk,
            self.settings_desk,
        ):
            if await desk.answer(interaction):
                return

    async def on_app_command_completion(self, interaction: discord.Interaction, command: AnyCommand) -> None:
        self.tally.answered += 1
        if command.qualified_name.partition(" ")[0] not in LEAVE_NO_TRACE:
            await self.services.evenings.acquaintance.used(interaction)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self.services.playback.guild_lost(guild.id)
        self.services.panels.guild_lost(guild.id)
        await self.services.sweep.guild_left(guild.id)

    def _open_care_desks(self, services: Services, funnel: Funnel) -> None:
        pages = CarePages(services.care.content, services.texts, services.sounds.names)
        pictures = GuidePictures(pages, Gallery())
        stages = DiscordStages(self, pictures)
        decisions = services.hearing.decisions
        self.care_desk = CareDesk(
            help_desk=self.help_desk,
            pictures=pictures,
            care=services.care,
            guides=services.guides,
            pages=pages,
            stages=stages,
            accompanist=services.accompanist,
            playback=services.playback,
            panels=services.panels,
            texts=services.texts,
            funnel=funnel,
            seeds=random.Random(secrets.randbits(64)),  # noqa: S311 - an order of ideas, not a secret
        )
        self.check_in_desk = CheckInDesk(self.care_desk, self.help_desk, decisions, services.texts)
        self.care_desk.register(self.check_in_desk.acts)
        self.focus_desk = FocusDesk(
            guides=services.guides,
            pages=pages,
            stages=stages,
            accompanist=services.accompanist,
            playback=services.playback,
            panels=services.panels,
            sounds=services.sounds,
        )
        self.discover_desk = DiscoverDesk(
            desk=self.care_desk,
            help_desk=self.help_desk,
            discovery=services.discovery,
            tastes=services.tastes,
            texts=services.texts,
            sound_names=services.sounds.names,
        )
        self.care_desk.register(self.discover_desk.acts)

    @staticmethod
    def _library_desk(services: Services, funnel: Funnel) -> LibraryDesk:
        return LibraryDesk(
            library=services.library,
            shelves=services.shelves,
            pages=LibraryPages(services.texts),
            portraits=services.portraits,
            favourites=services.favourites,
            blocks=services.blocks,
            playback=services.playback,
            panels=services.panels,
            replies=services.replies,
            cooldowns=services.cooldowns,
            funnel=funnel,
        )

    @staticmethod
    def _settings_desk(services: Services, funnel: Funnel) -> SettingsDesk:
        parts = services.evenings
        return SettingsDesk(
            settings=services.guild_settings,
            reminder_channels=parts.allowed,
            evenings=parts.evenings,
            limits=services.limits,
            playback=services.playback,
            statuses=services.statuses,
            pages=SettingsPages(services.texts, parts.evenings.place_of),
            funnel=funnel,
        )

    @staticmethod
    def _take_desk(services: Services, funnel: Funnel) -> TakeDesk:
        return TakeDesk(
            takes=services.takes,
            playback=services.playback,
            presets=services.presets,
            cooldowns=services.cooldowns,
            channels=services.evenings.channels,
            post=services.evenings.post,
            texts=services.texts,
            funnel=funnel,
            clock=services.clock,
            tasks=services.tasks,
        )

    def _evening_desk(self, services: Services, funnel: Funnel) -> EveningDesk:
        parts = services.evenings
        winddown = WindDown(
            client=self,
            routines=parts.routines,
            familiar=parts.familiar,
            playback=services.playback,
            panels=services.panels,
            sounds=services.sounds,
            care_desk=self.care_desk,
            help_desk=self.help_desk,
            pillow=self.take_desk,
            presets=services.presets,
            favourites=services.favourites,
            shelves=services.shelves,
            pairings=services.care.content.pairings,
            texts=services.texts,
        )
        return EveningDesk(
            evenings=parts.evenings,
            allowed=parts.allowed,
            words=EveningWords(services.texts),
            winddown=winddown,
            funnel=funnel,
        )
