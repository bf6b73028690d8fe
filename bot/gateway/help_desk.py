"""Where help cards are asked for and their buttons answered."""

from collections.abc import Mapping
from typing import Final, cast

import discord
from discord import ui

from bot.content.texts import Texts
from bot.core.errors import StoreError
from bot.gateway import help_card
from bot.gateway.funnel import Funnel
from bot.gateway.help_card import language_for, note_page, read_custom_id
from bot.gateway.moderators import Moderators
from bot.support.card import Card, Wish
from bot.support.concerns import HEAVY_CONCERNS
from bot.support.decisions import Decisions
from bot.support.levels import Level
from bot.support.service import Support

_UNKNOWN_COUNTRY: Final = "support.card.unknown_country"
_NOTHING_ELSE: Final = "support.card.nothing_else"
_ANSWERED: Final = (discord.InteractionType.component, discord.InteractionType.modal_submit)


class HelpDesk:
    """Shows cards, only to who asked, and answers every card there ever was. Keeps nothing about anybody."""

    def __init__(
        self, support: Support, decisions: Decisions, moderators: Moderators, texts: Texts, funnel: Funnel
    ) -> None:
        self._support = support
        self._decisions = decisions
        self._moderators = moderators
        self._texts = texts
        self._funnel = funnel

    async def open(
        self,
        interaction: discord.Interaction,
        *,
        country: str | None = None,
        concern: str | None = None,
    ) -> None:
        """Answer with the card. `country` and `concern` are as typed; what is not known is said kindly."""
        level = self._level_of(interaction, concern)
        iso = None if country is None else self._support.countries.find(country)
        wish = await self._support.wish_of(
            interaction.user.id, language_for(interaction.locale.value), country=iso, concern=concern
        )
        card = await self._support.card(wish, level=level, guild_id=interaction.guild_id)
        note = _UNKNOWN_COUNTRY if country is not None and iso is None else None
        view = await self._drawn(interaction, card, note)
        await interaction.response.send_message(view=view, ephemeral=True)

    async def follow(self, interaction: discord.Interaction) -> None:
        """Give the card after another answer, or as the answer where none was given."""
        wish = await self._support.wish_of(interaction.user.id, language_for(interaction.locale.value))
        level = self._level_of(interaction)
        card = await self._support.card(wish, level=level, guild_id=interaction.guild_id)
        view = await self._drawn(interaction, card)
        if interaction.response.is_done():
            await interaction.followup.send(view=view, ephemeral=True)
        else:
            await interaction.response.send_message(view=view, ephemeral=True)

    def stands_alone(self, user_id: int) -> bool:
        """Whether it is less than a day since a crisis: then nothing is offered beside people."""
        return self._decisions.is_held(user_id)

    async def instead(self, interaction: discord.Interaction) -> bool:
        """Answer with the card alone where that is all there is today; return whether it did."""
        if not self.stands_alone(interaction.user.id):
            return False
        wish = await self._support.wish_of(interaction.user.id, language_for(interaction.locale.value))
        card = await self._support.card(
            wish, level=self._level_of(interaction), guild_id=interaction.guild_id
        )
        view = await self._drawn(interaction, card, footnote=_NOTHING_ELSE)
        if interaction.response.is_done():
            await interaction.edit_original_response(view=view, attachments=[])
        else:
            await interaction.response.send_message(view=view, ephemeral=True)
        return True

    def draw(self, card: Card) -> ui.LayoutView:
        """Draw a card for a direct message."""
        return help_card.help_card(card, self._texts, self._support.countries)

    async def answer(self, interaction: discord.Interaction) -> bool:
        """Answer a press on a help card, or its form; False when it was something else."""
        pressed = read_custom_id(str(_sent(interaction).get("custom_id", "")))
        if interaction.type not in _ANSWERED or pressed is None:
            return False
        try:
            await self._act(interaction, *pressed)
        except Exception as error:  # noqa: BLE001 - the funnel says it in words
            await self._funnel.answer(interaction, error)
        return True

    async def _act(self, interaction: discord.Interaction, act: str, wish: Wish) -> None:  # noqa: C901 - a table
        match act:
            case "open":
                await self.open(interaction)
            case "chat" | "aloud" | "useless":
                page = help_card.barrier_page(act, self._support.card_now(wish), self._texts)
                await interaction.response.send_message(view=page, ephemeral=True)
            case "country":
                page = help_card.country_choice(wish, self._texts, self._support.countries)
                await interaction.response.edit_message(view=page)
            case "language":
                await interaction.response.edit_message(view=help_card.language_choice(wish, self._texts))
            case "pick-country":
                await self._country_picked(interaction, wish)
            case "typed-country":
                await self._country_typed(interaction, wish)
            case "pick-language":
                await self._redraw(interaction, wish.but(language=_chosen(interaction)))
            case "back":
                await self._redraw(interaction, wish)
            case "safe":
                await interaction.response.edit_message(view=self._note("support.done.safe", wish))
            case "quiet":
                await self._be_quiet(interaction, wish)
            case "moderator":
                await self._tell_moderators(interaction, wish)
            case "remember":
                await self._remember(interaction, wish)

    async def _country_picked(self, interaction: discord.Interaction, wish: Wish) -> None:
        chosen = _chosen(interaction)
        if chosen == help_card.ELSEWHERE:
            await interaction.response.send_modal(help_card.country_form(wish, self._texts))
        else:
            await self._redraw(interaction, wish.but(country=chosen))

    async def _country_typed(self, interaction: discord.Interaction, wish: Wish) -> None:
        """Show the card for what was typed; `gateway.typed` has read it by now, so it fits that as well."""
        iso = self._support.countries.find(_typed(interaction))
        await self._redraw(interaction, wish.but(country=iso), note=_UNKNOWN_COUNTRY if iso is None else None)

    async def _redraw(self, interaction: discord.Interaction, wish: Wish, note: str | None = None) -> None:
        level = self._level_of(interaction, wish.concern)
        card = await self._support.card(wish, level=level, guild_id=interaction.guild_id)
        await interaction.response.edit_message(view=await self._drawn(interaction, card, note))

    def _level_of(self, interaction: discord.Interaction, concern: str | None = None) -> Level:
        """Return what was decided about the asker a moment ago, or what they chose to say."""
        chosen = Level.HIGH_DISTRESS if concern in HEAVY_CONCERNS else Level.NONE
        return max(chosen, self._decisions.level_of(interaction.user.id))

    async def _drawn(
        self,
        interaction: discord.Interaction,
        card: Card,
        note: str | None = None,
        *,
        footnote: str | None = None,
    ) -> ui.LayoutView:
        offered = await self._moderators.offered(interaction)
        return help_card.help_card(
            card,
            self._texts,
            self._support.countries,
            moderators=offered,
            note=note,
            footnote=footnote,
        )

    async def _tell_moderators(self, interaction: discord.Interaction, wish: Wish) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._moderators.ask(interaction)
        told = self._texts.get("moderator.now.told", wish.language)
        await interaction.edit_original_response(view=note_page(told))

    async def _be_quiet(self, interaction: discord.Interaction, wish: Wish) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        try:
            await self._support.be_quiet(interaction.user.id, quiet=True)
        except StoreError:
            done = "support.done.not_written"
        else:
            done = "support.done.quiet"
        await interaction.edit_original_response(view=self._note(done, wish))

    async def _remember(self, interaction: discord.Interaction, wish: Wish) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        try:
            await self._support.remember(interaction.user.id, wish)
        except StoreError:
            done = "support.done.not_written"
        else:
            done = "support.done.remembered"
        await interaction.edit_original_response(view=self._note(done, wish))

    def _note(self, key: str, wish: Wish) -> ui.LayoutView:
        country = self._support.countries.name(wish.country or "", wish.language)
        return note_page(self._texts.get(key, wish.language, country=country))


def _chosen(interaction: discord.Interaction) -> str | None:
    values = _sent(interaction).get("values")
    return str(values[0]) if isinstance(values, list) and values else None


def _typed(interaction: discord.Interaction) -> str:
    """Return what the form's one field holds."""
    [label] = cast("list[Mapping[str, Mapping[str, object]]]", _sent(interaction).get("components"))
    return str(label["component"].get("value", ""))


def _sent(interaction: discord.Interaction) -> Mapping[str, object]:
    return cast("Mapping[str, object]", interaction.data or {})
