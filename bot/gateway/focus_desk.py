"""Focus rounds for a voice channel: one message in its chat, one sound, a soft bell at every turn."""

from datetime import timedelta
from typing import Final

import discord

from bot.care.guide import GuideWish
from bot.care.guides import Guides
from bot.core.errors import Refusal
from bot.gateway.care_pages import CarePages
from bot.gateway.panels import Panels
from bot.gateway.rooms import room_of, seat_of
from bot.gateway.stages import DiscordStages
from bot.playback.accompany import Accompanist
from bot.playback.search import SoundSearch
from bot.playback.service import Playback

LONGEST_MINUTES: Final = 8 * 60
_USUAL_SOUND: Final = "rain"


class FocusDesk:
    def __init__(
        self,
        *,
        guides: Guides,
        pages: CarePages,
        stages: DiscordStages,
        accompanist: Accompanist,
        playback: Playback,
        panels: Panels,
        sounds: SoundSearch,
    ) -> None:
        self._guides = guides
        self._pages = pages
        self._stages = stages
        self._accompanist = accompanist
        self._playback = playback
        self._panels = panels
        self._sounds = sounds

    async def begin(
        self, interaction: discord.Interaction, work: int, rest: int, rounds: int, typed: str | None
    ) -> None:
        """Begin rounds where the asker sits; everybody there shares them."""
        minutes = rounds * (work + rest) - rest
        if minutes > LONGEST_MINUTES:
            raise Refusal("focus.refused.long", length=timedelta(minutes=minutes))
        room = room_of(interaction)
        place = self._place_for(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        found = self._sounds.find(typed or _USUAL_SOUND)
        # What is not known goes on as typed: playing it says what is near.
        sound_id = (typed or _USUAL_SOUND) if found is None else found.id
        wish = GuideWish("focus", f"{work}/{rest}/{rounds}", minutes, sound_id)
        sound = await self._accompanist.join(
            room, sound_id, timedelta(minutes=minutes), by=seat_of(interaction)
        )
        locale = interaction.guild_locale or interaction.locale
        face = self._guides.face(wish, sound=sound.title)
        try:
            posted = await place.send(view=self._pages.guide(face, locale.value), silent=True)
        except discord.HTTPException:
            sound.end(early=True)
            raise Refusal("focus.refused.no_place", channel=room.name) from None
        own = self._stages.in_channel(posted.channel.id, posted.id, room.guild_id, shown=face)
        place_ids = posted.channel.id, room.guild_id
        await self._guides.begin(wish, interaction.user.id, own, sound=sound, place=place_ids)
        now = self._playback.now_playing(room.guild_id)
        if now is not None and sound.began:
            await self._panels.place(now, interaction.channel)
        view = self._pages.note("focus.now.begun", interaction.locale.value, link=posted.jump_url)
        await interaction.edit_original_response(view=view)

    def _place_for(self, interaction: discord.Interaction) -> discord.abc.Messageable:
        """Return the voice channel's own chat, else where the command was given; Refusal for neither."""
        person = interaction.user
        voice = person.voice if isinstance(person, discord.Member) else None
        for channel in (None if voice is None else voice.channel, interaction.channel):
            if isinstance(channel, discord.VoiceChannel | discord.StageChannel | discord.TextChannel):
                mine = channel.permissions_for(channel.guild.me)
                if mine.view_channel and mine.send_messages:
                    return channel
        name = "" if voice is None or voice.channel is None else voice.channel.name
        raise Refusal("focus.refused.no_place", channel=discord.utils.escape_markdown(name))
