"""Where self-care is asked for and its buttons answered, however old the message."""

import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final, cast

import discord
from discord import ui

from bot.care.guide import Face, GuideWish
from bot.care.guides import LONGEST_REPLY_MINUTES, Guides, Presser
from bot.care.model import FEELINGS, HELP_FIRST, Said
from bot.care.service import Care
from bot.content.care import Feeling
from bot.content.texts import Texts
from bot.core.errors import Refusal
from bot.core.preferences import PersonSettings
from bot.gateway import help_card
from bot.gateway.care_pages import NOTHING, Asked, CarePages, read_custom_id
from bot.gateway.funnel import Funnel
from bot.gateway.guide_pictures import GuidePictures
from bot.gateway.help_desk import HelpDesk
from bot.gateway.panels import Panels
from bot.gateway.rooms import room_of, seat_of
from bot.gateway.stages import DiscordStages, MessageStage, ReplyStage
from bot.playback.accompany import Accompaniment, Accompanist
from bot.playback.service import Playback
from bot.support.card import Wish

_log = logging.getLogger(__name__)
Act = Callable[[discord.Interaction, list[str]], Awaitable[None]]
"""What a button does, with the arguments it carries."""
_ANSWERED: Final = (discord.InteractionType.component, discord.InteractionType.modal_submit)
_OPEN_AT_ALL_TIMES: Final = frozenset(
    {"pause", "resume", "slower", "stop", "still", "felt", "learn", "words"}
)
"""What begins nothing, and so is there in the day after a crisis, too; words have an answer of their own."""
_SEEDS: Final = 10_000
_USUAL_BREATH: Final = "coherent"
_USUAL_MEDITATION: Final = "body-scan"


class CareDesk:
    def __init__(
        self,
        *,
        care: Care,
        guides: Guides,
        pages: CarePages,
        stages: DiscordStages,
        accompanist: Accompanist,
        playback: Playback,
        panels: Panels,
        texts: Texts,
        funnel: Funnel,
        seeds: random.Random,
        pictures: GuidePictures,
        help_desk: HelpDesk,
    ) -> None:
        self._care = care
        self._guides = guides
        self._pages = pages
        self._stages = stages
        self._accompanist = accompanist
        self._playback = playback
        self._panels = panels
        self._texts = texts
        self._funnel = funnel
        self._seeds = seeds
        self._pictures = pictures
        self._help_desk = help_desk
        self._begun = False
        self._acts: dict[str, Act] = {
            "start": self._start,
            "not": self._not_for_me,
            "more": self._more,
            "felt": self._felt,
            "learn": self._turn_page,
            "pause": self._led(guides.pause),
            "resume": self._led(guides.resume),
            "slower": self._led(guides.slower),
            "stop": self._led(guides.stop),
            "still": self._led(guides.hold_still),
        }

    async def begin(self) -> None:
        """Go on with the guides of an earlier process; once, however often Discord says it is ready."""
        if not self._begun:
            self._begun = True
            await self._guides.restore(self._stages, self._accompanist)

    def feelings_like(self, typed: str, locale: str) -> list[tuple[str, Feeling]]:
        """Return the feelings that may be meant by what is typed, as (name, feeling); all when none is."""
        named = [(self._texts.get(f"feeling.name.{feeling}", locale), feeling) for feeling in FEELINGS]
        wanted = typed.strip().casefold()
        return [entry for entry in named if wanted in entry[0].casefold() or wanted == entry[1]] or named

    async def pair(self, interaction: discord.Interaction, typed: str, minutes: int) -> None:
        """Answer with three ideas; with help before them where the feeling may be more than an evening's."""
        if await self._help_desk.instead(interaction):
            return
        feeling = self._feeling(typed, interaction.locale.value)
        asked = Asked(feeling, minutes, self.new_seed())
        if feeling in HELP_FIRST:
            person = await self._care.settings_of(interaction.user.id)
            if not person.quiet:
                await self._help_desk.open(interaction)
                await interaction.followup.send(
                    view=await self._suggestions(interaction, asked), ephemeral=True
                )
                return
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.edit_original_response(view=await self._suggestions(interaction, asked))

    async def practise(
        self, interaction: discord.Interaction, typed: str | None, minutes: int | None, *, breath: bool
    ) -> None:
        """Lead through a practice; `breath` says which kind, each with one that is usual."""
        if await self._help_desk.instead(interaction):
            return
        practice_id = self._practice(typed, breath=breath)
        practice = self._care.content.practices[practice_id]
        fewest, most = practice.minutes
        if minutes is not None and not fewest <= minutes <= most:
            raise Refusal("guide.refused.minutes", title=practice.title, fewest=fewest, most=most)
        await interaction.response.defer(ephemeral=True, thinking=True)
        sound = await self._care.sound_for(interaction.user.id, practice)
        wish = GuideWish("practice", practice_id, minutes or practice.usual_minutes, sound)
        await self.lead(interaction, wish)

    def practices_like(self, typed: str, *, breath: bool) -> list[tuple[str, str]]:
        """Return the practices that may be meant, as (title, id); all when none is."""
        wanted = typed.strip().casefold()
        titled = [
            (practice.title, practice_id)
            for practice_id, practice in self._care.content.practices.items()
            if (practice.breath is not None) == breath
        ]
        return [entry for entry in titled if wanted in entry[0].casefold() or wanted in entry[1]] or titled

    def _practice(self, typed: str | None, *, breath: bool) -> str:
        if typed is None:
            return _USUAL_BREATH if breath else _USUAL_MEDITATION
        wanted = typed.strip().casefold()
        every = self.practices_like("", breath=breath)
        for title, practice_id in every:
            if wanted in (practice_id, title.casefold()):
                return practice_id
        raise Refusal("guide.refused.practice", practices=tuple(title for title, _ in every))

    async def learn(self, interaction: discord.Interaction, topic: str | None) -> None:
        await interaction.response.send_message(
            view=self._page(topic, interaction.locale.value), ephemeral=True
        )

    def topics_like(self, typed: str) -> list[tuple[str, str]]:
        """Return the pages that may be meant, as (title, topic), in reading order; all when none is."""
        pages = self._care.content.pages
        ordered = sorted(((page.order, page.title, topic) for topic, page in pages.items()))
        wanted = typed.strip().casefold()
        titled = [(title, topic) for _, title, topic in ordered]
        return [entry for entry in titled if wanted in entry[0].casefold() or wanted in entry[1]] or titled

    def help_id(self, locale: str) -> str:
        """Return the custom_id of the button that opens the help card."""
        return help_card.custom_id("open", Wish(language=help_card.language_for(locale)))

    async def settings_of(self, user_id: int) -> PersonSettings:
        return await self._care.settings_of(user_id)

    def new_seed(self) -> int:
        return self._seeds.randrange(_SEEDS)

    def register(self, acts: Mapping[str, Act]) -> None:
        """Answer the buttons of another desk as well."""
        self._acts.update(acts)

    async def lead(self, interaction: discord.Interaction, wish: GuideWish) -> None:
        """Begin a guide as the answer to this deferred interaction: in the reply, or where there is time."""
        if await self._help_desk.instead(interaction):
            return
        locale = interaction.locale.value
        if wish.minutes <= LONGEST_REPLY_MINUTES:
            sound, note = await self._sound_for(interaction, wish)
            title = None if sound is None else sound.title
            face = self._guides.face(wish, sound=title, note=note)
            view, files = self._pages.guide(face, locale), await self._pictures.files(face, locale)
            message = await interaction.edit_original_response(view=view, attachments=files)
            stage = ReplyStage.on(interaction, message.id, self._pictures, face)
            here = message.channel.id, interaction.guild_id
            await self._guides.begin(wish, interaction.user.id, stage, sound=sound, note=note, place=here)
            return
        channel = await self._own_place(interaction, wish)
        sound, note = await self._sound_for(interaction, wish)
        face = self._guides.face(wish, sound=None if sound is None else sound.title, note=note)
        try:
            view, files = self._pages.guide(face, locale), await self._pictures.files(face, locale)
            posted = await channel.send(view=view, files=files, silent=True)
        except discord.HTTPException as error:
            if sound is not None:
                sound.end(early=True)
            _log.info("a guide could not be posted: %s", error.code)
            raise Refusal("guide.refused.no_place", longest=LONGEST_REPLY_MINUTES) from None
        guild_id = None if posted.guild is None else posted.guild.id
        own = self._stages.in_channel(posted.channel.id, posted.id, guild_id, locale, face)
        place = posted.channel.id, guild_id
        await self._guides.begin(wish, interaction.user.id, own, sound=sound, note=note, place=place)
        where = "guide.begun.direct" if guild_id is None else "guide.begun.room"
        note_view = self._pages.note(where, locale, link=posted.jump_url)
        await interaction.edit_original_response(view=note_view)

    async def answer(self, interaction: discord.Interaction) -> bool:
        """Answer a press on one of self-care's buttons; False when it was on something else."""
        sent = cast("dict[str, object]", interaction.data or {})
        pressed = read_custom_id(str(sent.get("custom_id", "")))
        if interaction.type not in _ANSWERED or pressed is None:
            return False
        act, arguments = pressed
        try:
            if act not in _OPEN_AT_ALL_TIMES and await self._help_desk.instead(interaction):
                return True
            await self._act(act)(interaction, arguments)
        except Exception as error:  # noqa: BLE001 - the funnel says it in words
            await self._funnel.answer(interaction, error)
        return True

    def _act(self, name: str) -> Act:
        """Return what a button does; raise Refusal for one from another Hush."""
        if name not in self._acts:
            raise Refusal("guide.refused.over")
        return self._acts[name]

    # What buttons do -------------------------------------------------------------------------------------

    async def _start(self, interaction: discord.Interaction, arguments: list[str]) -> None:
        pairing_id, minutes, sound, *calm = arguments
        if pairing_id not in self._care.content.pairings:
            raise Refusal("pair.refused.gone")
        await interaction.response.defer()
        heard = None if sound == NOTHING else sound
        wish = GuideWish("pairing", pairing_id, int(minutes), heard, calm_before=int(calm[0]) if calm else 0)
        await self.lead(interaction, wish)

    async def _not_for_me(self, interaction: discord.Interaction, arguments: list[str]) -> None:
        await interaction.response.defer()
        await self._care.refuse(interaction.user.id, arguments[0])
        await self.redraw(interaction, _asked(arguments[1:]))

    async def _more(self, interaction: discord.Interaction, arguments: list[str]) -> None:
        asked = _asked(arguments)
        await interaction.response.defer()
        await self.redraw(interaction, replace(asked, page=asked.page + 1))

    async def _felt(self, interaction: discord.Interaction, arguments: list[str]) -> None:
        felt, content_id, sound, *_ = arguments
        await interaction.response.defer()
        if felt == "not":
            await self._care.refuse(interaction.user.id, content_id)
        else:
            heard = None if sound == NOTHING else sound
            await self._care.felt(interaction.user.id, content_id, heard, calmer=felt == "calmer")
        note = self._pages.note(f"guide.felt.{felt}", interaction.locale.value)
        await interaction.edit_original_response(view=note)

    async def _turn_page(self, interaction: discord.Interaction, arguments: list[str]) -> None:
        await interaction.response.edit_message(view=self._page(arguments[0], interaction.locale.value))

    def _led(
        self, change: Callable[[int, Presser], Awaitable[Face]]
    ) -> Callable[[discord.Interaction, list[str]], Awaitable[None]]:
        async def answer(interaction: discord.Interaction, _: list[str]) -> None:
            message_id = 0 if interaction.message is None else interaction.message.id
            stage = self._guides.stage_of(message_id)
            try:
                face = await change(message_id, _presser(interaction))
            except Refusal as refusal:
                if refusal.key != "guide.refused.over":
                    raise
                # Its process is gone. The message says so itself, instead of keeping dead buttons.
                note = self._pages.note(refusal.key, interaction.locale.value)
                await interaction.response.edit_message(view=note)
                return
            if not isinstance(stage, ReplyStage | MessageStage):
                raise Refusal("guide.refused.over")
            await interaction.response.edit_message(**await stage.pressed(interaction, face))
            self._guides.keep(message_id)

        return answer

    # The parts of it -------------------------------------------------------------------------------------

    async def redraw(self, interaction: discord.Interaction, asked: Asked) -> None:
        """Show ideas in place of what the deferred press was on."""
        await interaction.edit_original_response(view=await self._suggestions(interaction, asked))

    async def _suggestions(self, interaction: discord.Interaction, asked: Asked) -> ui.LayoutView:
        found = await self._care.suggest(
            interaction.user.id,
            self._feeling(asked.feeling, interaction.locale.value),
            asked.minutes,
            hears=_sits_in_voice(interaction),
            seed=asked.seed,
            page=asked.page,
        )
        locale = interaction.locale.value
        return self._pages.suggestions(found, asked, locale, self.help_id(locale))

    def _page(self, topic: str | None, locale: str) -> ui.LayoutView:
        pages = self._care.content.pages
        if topic is None:
            topic = min(pages, key=lambda name: pages[name].order)
        known = {title.casefold(): name for title, name in self.topics_like("")}
        topic = topic if topic in pages else known.get(topic.strip().casefold(), topic)
        if topic not in pages:
            raise Refusal("learn.refused.unknown", topics=tuple(title for title, _ in self.topics_like("")))
        return self._pages.learn(topic, pages[topic], locale)

    def _feeling(self, typed: str, locale: str) -> Feeling:
        wanted = typed.strip().casefold()
        for name, feeling in self.feelings_like("", locale):
            if wanted in (feeling, name.casefold()):
                return feeling
        names = tuple(name for name, _ in self.feelings_like("", locale))
        raise Refusal("pair.refused.feeling", feelings=names)

    async def _sound_for(
        self, interaction: discord.Interaction, wish: GuideWish
    ) -> tuple[Accompaniment | None, Said | None]:
        """Let the wished sound begin where the person sits; or return why the guide goes on in silence."""
        if wish.sound is None or not _sits_in_voice(interaction):
            return None, None
        try:
            room = room_of(interaction)
            length = timedelta(minutes=wish.minutes)
            sound = await self._accompanist.join(room, wish.sound, length, by=seat_of(interaction))
        except Refusal as refusal:
            return None, Said(refusal.key, refusal.values)
        now = self._playback.now_playing(room.guild_id)
        if now is not None and sound.began:
            await self._panels.place(now, interaction.channel)
        return sound, None

    async def _own_place(self, interaction: discord.Interaction, wish: GuideWish) -> discord.abc.Messageable:
        """Return where a long guide's message goes: the room's own chat when it leads the room, else a DM."""
        if wish.kind == "practice" and isinstance(interaction.user, discord.Member):
            voice = interaction.user.voice
            if voice is not None and voice.channel is not None:
                mine = voice.channel.permissions_for(voice.channel.guild.me)
                if mine.view_channel and mine.send_messages:
                    return voice.channel
        return interaction.user


def _asked(arguments: list[str]) -> Asked:
    feeling, minutes, seed, page, *calm = arguments
    return Asked(feeling, int(minutes), int(seed), int(page), int(calm[0]) if calm else 0)


def _presser(interaction: discord.Interaction) -> Presser:
    voice = interaction.user.voice if isinstance(interaction.user, discord.Member) else None
    sits = voice is not None and voice.channel is not None
    return Presser(interaction.user.id, voice.channel.id if sits and voice and voice.channel else None)


def _sits_in_voice(interaction: discord.Interaction) -> bool:
    return _presser(interaction).voice_channel_id is not None
