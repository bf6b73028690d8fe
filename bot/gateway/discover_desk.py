"""The trigger test: two sounds without names, two questions, a tap each; and what it found.

Its messages are plain ones, not of components: Discord plays files only there.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, cast

import discord
from discord import ui

from bot.content.texts import Texts
from bot.discovery.service import WHICH, Discovery, Found, Profile, Which
from bot.gateway.care_desk import CareDesk
from bot.gateway.care_pages import custom_id, page
from bot.gateway.help_desk import HelpDesk
from bot.gateway.tastes import Tastes
from bot.pictures.gallery import draw_tingles

PICTURE: Final = "tingles.png"


class DiscoverDesk:
    def __init__(
        self,
        *,
        desk: CareDesk,
        help_desk: HelpDesk,
        discovery: Discovery,
        tastes: Tastes,
        texts: Texts,
        sound_names: Mapping[str, str],
    ) -> None:
        self._desk = desk
        self._help_desk = help_desk
        self._discovery = discovery
        self._tastes = tastes
        self._texts = texts
        self._sound_names = sound_names

    @property
    def acts(self) -> Mapping[str, Callable[[discord.Interaction, list[str]], Awaitable[None]]]:
        """What its buttons do, by act."""
        return {
            "listen": self._listen,
            "heard": self._heard,
            "tingled": self._tingled,
            "enough": self._enough,
        }

    async def begin(self, interaction: discord.Interaction) -> None:
        if await self._help_desk.instead(interaction):
            return
        locale = interaction.locale.value
        view = _view({custom_id("listen", "0"): self._texts.get("discover.button.begin", locale)})
        intro = self._texts.get("discover.page.intro", locale)
        await interaction.response.send_message(intro, view=view, ephemeral=True)

    async def tingles(self, interaction: discord.Interaction) -> None:
        """Show what is believed about this person, as a picture and with reasons."""
        locale = interaction.locale.value
        await interaction.response.defer(ephemeral=True, thinking=True)
        profile = await self._discovery.profile(interaction.user.id)
        if not profile.n_answers:
            view, _ = page(self._texts.get("discover.page.nothing_yet", locale))
            await interaction.edit_original_response(view=view)
            return
        view, container = page("## " + self._texts.get("discover.page.title", locale))
        alt = self._alt_text(profile, locale)
        container.add_item(
            ui.MediaGallery(discord.MediaGalleryItem(f"attachment://{PICTURE}", description=alt))
        )
        container.add_item(ui.TextDisplay("\n".join(self._reasons(profile, locale))))
        container.add_item(ui.TextDisplay(self._about_tingling(profile, locale)))
        bars = [(self._name(found.sound), found.calm, found.tingle) for found in profile.found]
        labels = (
            self._texts.get("discover.picture.calm", locale),
            self._texts.get("discover.picture.tingle", locale),
        )
        file = await draw_tingles(bars, *labels)
        picture = discord.File(file, PICTURE, description=alt)
        await interaction.edit_original_response(view=view, attachments=[picture])

    # What buttons do -------------------------------------------------------------------------------------

    async def _listen(self, interaction: discord.Interaction, arguments: list[str]) -> None:
        await interaction.response.defer()
        await self._play_next(interaction, int(arguments[0]))

    async def _heard(self, interaction: discord.Interaction, arguments: list[str]) -> None:
        locale = interaction.locale.value
        choices = {custom_id("tingled", *arguments, which): which for which in WHICH}
        view = self._choice(choices, locale)
        question = self._texts.get("discover.page.tingle", locale)
        await interaction.response.edit_message(content=question, view=view)

    async def _tingled(self, interaction: discord.Interaction, arguments: list[str]) -> None:
        number, first, second, pleasant, tingled = arguments
        await interaction.response.defer()
        pair = first, second
        answers = cast("tuple[Which, Which]", (pleasant, tingled))
        await self._discovery.answer(interaction.user.id, pair, *answers)
        n_pairs = int(number) + 1
        if await self._discovery.is_sure(interaction.user.id, n_pairs):
            await self._finish(interaction)
        else:
            await self._play_next(interaction, n_pairs)

    async def _enough(self, interaction: discord.Interaction, _: list[str]) -> None:
        await interaction.response.defer()
        await self._finish(interaction)

    # The parts of it -------------------------------------------------------------------------------------

    async def _play_next(self, interaction: discord.Interaction, number: int) -> None:
        locale = interaction.locale.value
        pair = await self._discovery.pair(interaction.user.id, self._desk.new_seed())
        files = await self._tastes.offer(interaction, pair)
        where = "discover.page.as_files" if files else "discover.page.in_voice"
        text = self._texts.get(where, locale, number=number + 1)
        choices = {custom_id("heard", str(number), *pair, which): which for which in WHICH}
        view = self._choice(choices, locale)
        await interaction.edit_original_response(content=text, view=view, attachments=files)

    async def _finish(self, interaction: discord.Interaction) -> None:
        locale = interaction.locale.value
        await self._tastes.end(interaction)
        profile = await self._discovery.profile(interaction.user.id)
        if not profile.n_answers:
            text = self._texts.get("discover.page.nothing_yet", locale)
        else:
            head = self._texts.get("discover.page.found", locale)
            tail = self._texts.get("discover.page.more", locale)
            lines = [head, *self._reasons(profile, locale)[:3], self._about_tingling(profile, locale), tail]
            text = "\n".join(lines)
        await interaction.edit_original_response(content=text, view=None, attachments=[])

    def _choice(self, choices: Mapping[str, str], locale: str) -> ui.View:
        labels = {id_: self._texts.get(f"discover.which.{which}", locale) for id_, which in choices.items()}
        labels[custom_id("enough")] = self._texts.get("discover.button.enough", locale)
        return _view(labels)

    def _reasons(self, profile: Profile, locale: str) -> list[str]:
        return [
            self._texts.get(
                "discover.list.line",
                locale,
                sound=self._name(found.sound),
                reason=self._reason(found, profile, locale),
            )
            for found in profile.found
        ]

    def _reason(self, found: Found, profile: Profile, locale: str) -> str:
        own, others = found.own, found.of_family
        if own.n == own.pleasant == own.tingled == 1:
            return self._texts.get("discover.why.tingled_once", locale)
        if own.n and own.tingled:
            return self._texts.get("discover.why.tingled", locale, pleasant=own.pleasant, count=own.n)
        if own.n == own.pleasant == 1:
            return self._texts.get("discover.why.once", locale)
        if own.n:
            return self._texts.get("discover.why.own", locale, pleasant=own.pleasant, count=own.n)
        if others.n:
            return self._texts.get("discover.why.family", locale, pleasant=others.pleasant, count=others.n)
        return self._texts.get(
            "discover.why.tinglers" if profile.tingles > 0.5 else "discover.why.people", locale
        )

    def _about_tingling(self, profile: Profile, locale: str) -> str:
        if profile.n_tingles:
            return self._texts.get("discover.tingles.some", locale, count=profile.n_tingles)
        return self._texts.get("discover.tingles.none", locale)

    def _alt_text(self, profile: Profile, locale: str) -> str:
        rows = tuple(
            self._texts.get(
                "discover.picture.row",
                locale,
                sound=self._name(found.sound),
                calm=round(100 * found.calm),
                tingle=round(100 * found.tingle),
            )
            for found in profile.found
        )
        return self._texts.get("discover.picture.alt", locale, rows=rows)

    def _name(self, sound: str) -> str:
        return self._sound_names.get(sound, sound)


def _view(labels: Mapping[str, str]) -> ui.View:
    view = ui.View(timeout=None)
    for number, (id_, label) in enumerate(labels.items()):
        style = discord.ButtonStyle.primary if len(labels) == 1 else discord.ButtonStyle.secondary
        view.add_item(ui.Button(custom_id=id_, label=label, style=style, row=number // 2))
    view.stop()  # presses are answered by the desk; discord.py need not keep it
    return view
