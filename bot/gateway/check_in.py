"""The check-in: three questions, one tap each, all in the buttons of one message. Nothing of it is stored."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import discord
from discord import ui

from bot.care.checkin import STEPS, CheckIn
from bot.content.texts import Texts
from bot.gateway.care_desk import CareDesk
from bot.gateway.care_pages import Asked, button, custom_id, page, row
from bot.gateway.help_desk import HelpDesk
from bot.support.decisions import Decisions
from bot.support.levels import Level

_OPEN: Final = "-"
_QUESTIONS: Final = ("calm", "energy", "mood")
_NAMES: Final = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five"}
_MINUTES: Final = 10
_WORDS_LIMIT: Final = 1000


class CheckInDesk:
    def __init__(self, desk: CareDesk, help_desk: HelpDesk, decisions: Decisions, texts: Texts) -> None:
        self._desk = desk
        self._help_desk = help_desk
        self._decisions = decisions
        self._texts = texts

    @property
    def acts(self) -> Mapping[str, Callable[[discord.Interaction, list[str]], Awaitable[None]]]:
        """What its buttons and its modal do, by act."""
        return {"check": self._answered, "ideas": self._ideas, "say": self._ask_words, "words": self._said}

    async def begin(self, interaction: discord.Interaction) -> None:
        if await self._help_desk.instead(interaction):
            return
        view = self._question([_OPEN] * len(_QUESTIONS), interaction.locale.value)
        await interaction.response.send_message(view=view, ephemeral=True)

    async def _answered(self, interaction: discord.Interaction, answers: list[str]) -> None:
        locale = interaction.locale.value
        if _OPEN in answers:
            await interaction.response.edit_message(view=self._question(answers, locale))
            return
        check_in = CheckIn(*(int(answer) for answer in answers))
        await interaction.response.edit_message(view=self._result(check_in, locale))
        if check_in.may_be_more and not (await self._desk.settings_of(interaction.user.id)).quiet:
            await self._help_desk.follow(interaction)

    async def _ideas(self, interaction: discord.Interaction, answers: list[str]) -> None:
        check_in = CheckIn(*(int(answer) for answer in answers))
        asked = Asked(check_in.feeling, _MINUTES, self._desk.new_seed(), calm=check_in.calm)
        await interaction.response.defer()
        await self._desk.redraw(interaction, asked)

    async def _ask_words(self, interaction: discord.Interaction, answers: list[str]) -> None:
        locale = interaction.locale.value
        modal = ui.Modal(
            title=self._texts.get("checkin.words.title", locale), custom_id=custom_id("words", *answers)
        )
        field: ui.TextInput[ui.Modal] = ui.TextInput(
            style=discord.TextStyle.paragraph, max_length=_WORDS_LIMIT, required=False
        )
        label = self._texts.get("checkin.words.label", locale)
        modal.add_item(ui.Label(text=label, component=field))
        await interaction.response.send_modal(modal)
        modal.stop()  # answered by its custom_id, also by the next process

    async def _said(self, interaction: discord.Interaction, answers: list[str]) -> None:
        """Thank for the words, which `gateway.typed` has read and forgotten; heavy ones get no ideas."""
        locale = interaction.locale.value
        user_id = interaction.user.id
        is_heavy = self._decisions.level_of(user_id) >= Level.HIGH_DISTRESS
        if is_heavy or self._help_desk.stands_alone(user_id):
            heard, container = page(self._texts.get("checkin.words.heavy", locale))
            container.add_item(row(self._help_button(locale)))
            await interaction.response.edit_message(view=heard)
            return
        check_in = CheckIn(*(int(answer) for answer in answers))
        await interaction.response.edit_message(view=self._result(check_in, locale, heard=True))

    def _question(self, answers: list[str], locale: str) -> ui.LayoutView:
        at = answers.index(_OPEN)
        question = _QUESTIONS[at]
        view, container = page(f"## {self._texts.get(f'checkin.question.{question}', locale)}")
        container.add_item(ui.TextDisplay(self._texts.get("checkin.page.kept", locale)))
        steps = []
        for step in range(1, STEPS + 1):
            given = [*answers[:at], str(step), *answers[at + 1 :]]
            steps.append(
                button(
                    custom_id("check", *given), self._texts.get(f"checkin.{question}.{_NAMES[step]}", locale)
                )
            )
        container.add_item(row(*steps))
        return view

    def _result(self, check_in: CheckIn, locale: str, *, heard: bool = False) -> ui.LayoutView:
        feeling = self._texts.get(f"feeling.name.{check_in.feeling}", locale)
        text = self._texts.get("checkin.page.result", locale, feeling=feeling)
        if heard:
            text = "\n".join([self._texts.get("checkin.words.light", locale), text])
        view, container = page(text)
        answers = [str(answer) for answer in (check_in.calm, check_in.energy, check_in.mood)]
        buttons = [
            button(
                custom_id("ideas", *answers), self._texts.get("checkin.button.ideas", locale), primary=True
            )
        ]
        if not heard:
            buttons.append(
                button(custom_id("say", *answers), self._texts.get("checkin.button.words", locale))
            )
        container.add_item(row(*buttons, self._help_button(locale)))
        return view

    def _help_button(self, locale: str) -> ui.Button[ui.LayoutView]:
        return button(self._desk.help_id(locale), self._texts.get("pair.button.help", locale))
