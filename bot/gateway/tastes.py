"""Two sounds without their names: in a person's voice channel when they are alone there, else as files."""

import asyncio
import io
from typing import Final

import discord

from bot.audio.library import Library
from bot.audio.preview import preview
from bot.core.clock import Clock
from bot.core.errors import Refusal
from bot.core.tasks import Tasks
from bot.gateway.rooms import people_in, room_of, seat_of
from bot.playback.model import Room, Seat, Wish
from bot.playback.service import Playback

TASTE_S: Final = 20.0
_SEED: Final = 1
_SESSION_MINUTES: Final = 10
"""A test that is walked away from ends by itself."""


class Tastes:
    def __init__(self, library: Library, playback: Playback, clock: Clock, tasks: Tasks) -> None:
        self._library = library
        self._playback = playback
        self._clock = clock
        self._tasks = tasks
        self._turn = asyncio.Semaphore(1)
        """One rendering at a time: it is work for the whole machine."""
        self._tasted: dict[str, bytes] = {}
        self._playing: dict[int, asyncio.Task[None]] = {}
        """The pair that plays, by server."""

    async def offer(self, interaction: discord.Interaction, pair: tuple[str, str]) -> list[discord.File]:
        """Play the pair where the person sits alone; otherwise return it as two files without names."""
        guild_id = interaction.guild_id
        room = self._room_alone(interaction)
        if room is not None and guild_id is not None:
            await self._stop_playing(guild_id)
            try:
                await self._playback.play(room, _wish(pair[0]), by=seat_of(interaction))
            except Refusal:
                pass  # the files do as well
            else:
                task = self._tasks.start(self._go_on(room, pair[1], seat_of(interaction)), name="tastes")
                self._playing[guild_id] = task
                return []
        async with self._turn:
            return [
                discord.File(io.BytesIO(await self._taste(sound)), f"{name}.ogg")
                for sound, name in zip(pair, ("first", "second"), strict=True)
            ]

    async def end(self, interaction: discord.Interaction) -> None:
        """Let a pair that plays fade out."""
        guild_id = interaction.guild_id
        if guild_id is not None and guild_id in self._playing:
            await self._stop_playing(guild_id)
            if not self._is_testing(guild_id):
                return
            try:
                await self._playback.stop(seat_of(interaction))
            except Refusal:
                return  # it has ended, or they have left

    async def _taste(self, sound: str) -> bytes:
        """Return a sound's taste, rendered once a process: everybody hears the same twenty seconds."""
        if sound not in self._tasted:
            self._tasted[sound] = await asyncio.to_thread(preview, self._library, sound, TASTE_S, _SEED)
        return self._tasted[sound]

    async def _go_on(self, room: Room, second: str, seat: Seat) -> None:
        """Cross over to the second sound after a while, and fall silent after it."""
        try:
            await self._clock.sleep(TASTE_S)
            if self._is_testing(room.guild_id):
                await self._playback.play(room, _wish(second), by=seat)
                await self._clock.sleep(TASTE_S)
            if self._is_testing(room.guild_id):
                await self._playback.pause(seat)
        except Refusal:
            return  # stopped, or gone from the room: nothing to go on with

    def _is_testing(self, guild_id: int) -> bool:
        """Whether what plays is the test's: somebody may have asked for something by name meanwhile."""
        now = self._playback.now_playing(guild_id)
        return now is not None and now.unnamed

    async def _stop_playing(self, guild_id: int) -> None:
        task = self._playing.pop(guild_id, None)
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    def _room_alone(self, interaction: discord.Interaction) -> Room | None:
        """Return the room to play in: nobody else in it, and nothing playing that is not this test's."""
        person, guild_id = interaction.user, interaction.guild_id
        voice = person.voice if isinstance(person, discord.Member) else None
        channel = None if voice is None else voice.channel
        if guild_id is None or channel is None or people_in(channel) > 1:
            return None
        if self._playback.now_playing(guild_id) is not None and not self._is_testing(guild_id):
            return None
        try:
            return room_of(interaction)
        except Refusal:
            return None


def _wish(sound: str) -> Wish:
    return Wish(sound, minutes=_SESSION_MINUTES, unnamed=True)
