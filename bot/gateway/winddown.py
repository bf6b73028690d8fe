"""The wind-down: finds where a person sits, plays what they fall asleep to, and leads them there."""

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final, Protocol

import discord
from discord import ui

from bot.audio.arc import LONGEST_MINUTES, SHORTEST_MINUTES
from bot.care.guide import GuideWish
from bot.content.care import Pairing
from bot.content.texts import Texts
from bot.core.errors import Refusal
from bot.gateway.care_desk import CareDesk
from bot.gateway.help_card import language_for, support_row
from bot.gateway.help_desk import HelpDesk
from bot.gateway.letters import page
from bot.gateway.panels import Panels
from bot.gateway.rooms import VocalChannel, room_to_enter
from bot.gateway.shelves import Shelves
from bot.playback.choices import Favourites
from bot.playback.model import NowPlaying, Seat, Wish
from bot.playback.presets import Presets
from bot.playback.search import SoundSearch
from bot.playback.service import Playback
from bot.reminders.ports import FamiliarGuilds
from bot.reminders.routine import MINUTES, Routine, RoutineStore
from bot.support.card import Wish as CardWish

_log = logging.getLogger(__name__)

_MOST_SERVERS: Final = 5
"""How many servers are asked where somebody sits; the ones they used last."""
_MOST_OPTIONS: Final = 25
_MIXES: Final = "mixes"
_NOTHING_FIRST: Final = "nothing"
_BREATH: Final = GuideWish("practice", "coherent", 3)
"""What there is without a voice channel: three minutes of breathing."""


class PillowFiles(Protocol):
    """What can be taken to bed without a voice channel."""

    async def send(self, interaction: discord.Interaction, wish: str, minutes: int, *, at_most: bool) -> None:
        """Answer a deferred interaction with a sound, preset or code as a file, on its way or refused."""
        ...


class WindDown:
    def __init__(
        self,
        *,
        client: discord.Client,
        routines: RoutineStore,
        familiar: FamiliarGuilds,
        playback: Playback,
        panels: Panels,
        sounds: SoundSearch,
        care_desk: CareDesk,
        help_desk: HelpDesk,
        pillow: PillowFiles,
        presets: Presets,
        favourites: Favourites,
        shelves: Shelves,
        pairings: Mapping[str, Pairing],
        texts: Texts,
    ) -> None:
        self._client = client
        self._routines = routines
        self._familiar = familiar
        self._playback = playback
        self._panels = panels
        self._sounds = sounds
        self._care_desk = care_desk
        self._help_desk = help_desk
        self._pillow = pillow
        self._presets = presets
        self._favourites = favourites
        self._shelves = shelves
        self._pairings = {
            pairing_id: pairing
            for pairing_id, pairing in sorted(pairings.items(), key=lambda entry: entry[1].title)
            if "cant-sleep" in pairing.feelings
        }
        self._texts = texts

    async def start(self, interaction: discord.Interaction, minutes: int | None = None) -> None:
        """Begin the person's routine as the answer to this deferred interaction.

        In the day after a crisis that is its sound alone: it was asked for, and leads through nothing.
        """
        only_sound = self._help_desk.stands_alone(interaction.user.id)
        routine = await self._routines.get(interaction.user.id)
        if minutes is not None:
            routine = replace(routine, minutes=minutes)
        seat = await self._seat_of(interaction)
        if seat is None:
            view = self._away_page(routine, interaction.locale.value, only_sound=only_sound)
            await interaction.edit_original_response(view=view)
            return
        now = await self._play(routine, *seat)
        if routine.pairing in self._pairings and not only_sound:
            await self._care_desk.lead(interaction, self._first_of(routine))
        else:
            await interaction.edit_original_response(view=page([self._playing_words(now, interaction)]))

    async def take(self, interaction: discord.Interaction) -> None:
        """Answer this deferred press with what they fall asleep to, as a file."""
        routine = await self._routines.get(interaction.user.id)
        await self._pillow.send(interaction, routine.sound, routine.minutes, at_most=True)

    async def lead(self, interaction: discord.Interaction) -> None:
        """Answer this deferred press with what they do first, or three minutes of breathing."""
        routine = await self._routines.get(interaction.user.id)
        await self._care_desk.lead(interaction, self._first_of(routine))

    async def edit(self, interaction: discord.Interaction, minutes: int | None) -> None:
        """Show the routine, each part to be chosen."""
        routine = await self._routines.get(interaction.user.id)
        if minutes is not None:
            routine = replace(routine, minutes=minutes)
            await self._routines.put(routine)
        await self._show(interaction, routine)

    async def change(self, interaction: discord.Interaction, part: str, chosen: str) -> None:
        """Keep a choice and show the routine with it."""
        routine = await self._routines.get(interaction.user.id)
        match part:
            case "shelf":
                await self._show(interaction, routine, chosen)
                return
            case "sound":
                routine = replace(routine, sound=chosen)
            case "minutes":
                routine = replace(routine, minutes=int(chosen))
            case _:
                routine = replace(routine, pairing=None if chosen == _NOTHING_FIRST else chosen)
        await self._routines.put(routine)
        await self._show(interaction, routine)

    async def _seat_of(self, interaction: discord.Interaction) -> tuple[VocalChannel, Seat] | None:
        """Return the voice channel the person sits in, in any server where they used Hush."""
        async for guild in self._servers_of(interaction):
            member = guild.get_member(interaction.user.id)
            channel = member.voice.channel if member is not None and member.voice is not None else None
            if channel is None:
                channel = await self._asked_for(guild, interaction.user.id)
            if channel is not None:
                roles = frozenset() if member is None else frozenset(role.id for role in member.roles)
                manages = member is not None and member.guild_permissions.manage_guild
                seat = Seat(guild.id, channel.id, interaction.user.id, roles, manages_server=manages)
                return channel, seat
        return None

    async def _servers_of(self, interaction: discord.Interaction) -> AsyncIterator[discord.Guild]:
        familiar = await self._familiar.of(interaction.user.id)
        here = [] if interaction.guild_id is None else [interaction.guild_id]
        for guild_id in dict.fromkeys([*here, *familiar[:_MOST_SERVERS]]):
            guild = self._client.get_guild(guild_id)
            if guild is not None and not guild.unavailable:
                yield guild

    async def _asked_for(self, guild: discord.Guild, user_id: int) -> VocalChannel | None:
        """Ask Discord: the cache knows only who moved since we came."""
        try:
            state = await self._client.http.get_voice_state(guild.id, user_id)
        except (discord.HTTPException, discord.RateLimited) as error:
            if not isinstance(error, discord.NotFound):
                _log.info("a voice state could not be asked for: %s", type(error).__name__)
            return None
        channel_id = state["channel_id"]
        channel = guild.get_channel(int(channel_id))
        return channel if isinstance(channel, VocalChannel) else None

    async def _play(self, routine: Routine, channel: VocalChannel, seat: Seat) -> NowPlaying:
        room = room_to_enter(channel)
        try:
            wish = Wish(routine.sound, minutes=routine.minutes)
            now = await self._playback.play(room, wish, by=seat)
        except Refusal as refusal:
            if not refusal.key.startswith(("play.refused.unknown", "play.refused.nearest")):
                raise
            # The sound they chose is no longer there: the usual one is better than none at night.
            wish = Wish(Routine(routine.user_id).sound, minutes=routine.minutes)
            now = await self._playback.play(room, wish, by=seat)
        if SHORTEST_MINUTES <= routine.minutes <= LONGEST_MINUTES:  # time enough for a real ending
            now = await self._playback.set_timer(seat, routine.minutes, arc=True)
        await self._panels.place(now, None)
        return now

    def _playing_words(self, now: NowPlaying, interaction: discord.Interaction) -> str:
        locale = interaction.locale.value
        values = {"title": now.title, "channel": now.room.name, "ends_at": now.ends_at}
        return self._texts.get("winddown.now.playing", locale, **values)

    def _first_of(self, routine: Routine) -> GuideWish:
        if routine.pairing not in self._pairings:
            return _BREATH
        shortest, longest = self._pairings[routine.pairing].minutes
        return GuideWish("pairing", routine.pairing, max(shortest, min(longest, 10)))

    def _away_page(self, routine: Routine, locale: str, *, only_sound: bool) -> ui.LayoutView:
        """Offer what there is without a voice channel."""
        first = None if routine.pairing is None else self._pairings.get(routine.pairing)
        lead = self._texts.get("winddown.away.breathe", locale) if first is None else first.title
        title = self._sounds.names.get(routine.sound, routine.sound)
        sentence = "winddown.away.only_sound" if only_sound else "winddown.away.sentence"
        said = self._texts.get(sentence, locale, title=discord.utils.escape_markdown(title))
        pillow: ui.Button[ui.LayoutView] = ui.Button(
            custom_id="bedtime:pillow:v1:0",
            label=self._texts.get("winddown.away.pillow", locale),
            style=discord.ButtonStyle.primary,
        )
        if only_sound:
            return page(
                [said], ui.ActionRow(pillow), support_row(CardWish(language_for(locale)), self._texts)
            )
        return page([said], ui.ActionRow(pillow, ui.Button(custom_id="bedtime:lead:v1:0", label=lead[:80])))

    async def _show(
        self, interaction: discord.Interaction, routine: Routine, shelf: str | None = None
    ) -> None:
        """Show the routine with a shelf to choose its sound from; unless given, where its sound lies."""
        locale = interaction.locale.value
        mixes = [(name, name) for name in await self._presets.names(interaction.user.id)]
        liked = await self._favourites.of(interaction.user.id)
        shelves = {
            each.family: (each.name, [(sound.id, sound.name) for sound in each.sounds])
            for each in self._shelves.all(locale, interaction.guild_id, liked)
        }
        shelves[_MIXES] = self._texts.get("winddown.edit.mixes", locale), mixes
        if shelf is None or shelf not in shelves:
            holding = (key for key, (_, held) in shelves.items() if routine.sound in dict(held))
            shelf = next(holding, next(iter(shelves)))
        names = [(key, name) for key, (name, _) in shelves.items()]
        sounds = _select("bedtime:sound:v1:0", shelves[shelf][1], routine.sound)
        view = self._panel(routine, _select("bedtime:shelf:v1:0", names, shelf), sounds, locale)
        await interaction.edit_original_response(view=view)

    def _panel(
        self,
        routine: Routine,
        shelf: "ui.ActionRow[ui.LayoutView]",
        sounds: "ui.ActionRow[ui.LayoutView]",
        locale: str,
    ) -> ui.LayoutView:
        say = self._texts.get
        first = None if routine.pairing is None else self._pairings.get(routine.pairing)
        nothing = (_NOTHING_FIRST, say("winddown.edit.nothing", locale))
        firsts = [nothing, *((key, pairing.title) for key, pairing in self._pairings.items())]
        title = discord.utils.escape_markdown(self._sounds.names.get(routine.sound, routine.sound))
        lengths = [
            (str(minutes), say("winddown.edit.minutes", locale, length=timedelta(minutes=minutes)))
            for minutes in sorted({*MINUTES, routine.minutes})
        ]
        start: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
        start.add_item(
            ui.Button(
                custom_id="bedtime:winddown:v1:0",
                label=say("winddown.edit.start", locale),
                style=discord.ButtonStyle.primary,
            )
        )
        length = timedelta(minutes=routine.minutes)
        state = "winddown.edit.state_first" if first is not None else "winddown.edit.state"
        return page(
            [
                "## " + say("winddown.edit.title", locale),
                say(state, locale, title=title, length=length, first=first.title if first else ""),
            ],
            _select("bedtime:first:v1:0", firsts, routine.pairing or _NOTHING_FIRST),
            shelf,
            sounds,
            _select("bedtime:length:v1:0", lengths, str(routine.minutes)),
            start,
        )


def _select(custom_id: str, options: Sequence[tuple[str, str]], chosen: str) -> "ui.ActionRow[ui.LayoutView]":
    select: ui.Select[ui.LayoutView] = ui.Select(custom_id=custom_id)
    for value, label in options[:_MOST_OPTIONS]:
        select.add_option(label=label[:100], value=value, default=value == chosen)
    return ui.ActionRow(select)
