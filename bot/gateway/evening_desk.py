"""Where bedtimes are asked for and the buttons of reminders answered, however old the message."""

import contextlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import time
from typing import Any, Final, cast

import discord

from bot.core.errors import Refusal
from bot.gateway.evening_words import EveningWords, button, row, wall_time
from bot.gateway.funnel import Funnel
from bot.gateway.letters import page, press_id
from bot.gateway.winddown import WindDown
from bot.reminders.model import Place, Rule
from bot.reminders.ports import ReminderChannels
from bot.reminders.service import Evenings, Planned, Told, Wish
from bot.reminders.spoken import read_time

HERE: Final = "here"
DIRECT: Final = "direct"
_NO_DRAFT: Final = "0"
"""In place of a bedtime to go on with: only the clock was asked for."""

_Act = Callable[[discord.Interaction, list[str]], Awaitable[None]]


class EveningDesk:
    def __init__(
        self,
        *,
        evenings: Evenings,
        allowed: ReminderChannels,
        words: EveningWords,
        winddown: WindDown,
        funnel: Funnel,
    ) -> None:
        self._evenings = evenings
        self._allowed = allowed
        self._words = words
        self._winddown = winddown
        self._funnel = funnel
        self._acts: dict[str, _Act] = {
            "winddown": self._wind_down,
            "snooze10": self._snooze(10),
            "snooze30": self._snooze(30),
            "skip": self._skip,
            "change": self._ask_change,
            "fewer": self._ask_change,
            "changed": self._changed,
            "later": self._later,
            "keep": self._keep,
            "stop": self._stop,
            "confirm": self._confirm,
            "zone": self._ask_zone,
            "told": self._told_zone,
            "pick": self._told_zone,
            "allow": self._allow,
            "sound": self._routine("sound"),
            "shelf": self._routine("shelf"),
            "pillow": self._instead(winddown.take),
            "lead": self._instead(winddown.lead),
            "length": self._routine("minutes"),
            "first": self._routine("pairing"),
        }

    # Commands --------------------------------------------------------------------------------------------

    async def timezone(self, interaction: discord.Interaction, typed: str) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        if (name := await self._zone_of(interaction, typed, _NO_DRAFT)) is not None:
            await interaction.edit_original_response(view=page([self._zone_words(name, interaction)]))

    def zones_like(self, typed: str, locale: str) -> list[tuple[str, str]]:
        """Return zones that may be meant, as (how they read, name)."""
        return [
            (f"{hit.place}, {hit.country}"[:100] if hit.country else hit.place, hit.name)
            for hit in self._evenings.zones_like(typed, locale)
        ]

    async def plan(self, interaction: discord.Interaction, wish: Wish, where: str | None) -> None:
        """Make a bedtime; asks for the person's clock first where that is not known."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        locale = interaction.locale.value
        draft = self._evenings.draft(interaction.user.id, wish, locale)
        if where == HERE:
            if not await self._may_stand_here(interaction):
                return
            draft = replace(draft, place=_here(interaction))
        is_guess = read_time(wish.time or "").is_guess
        if await self._evenings.zone_of(interaction.user.id) is None:
            view = self._words.ask_zone(_packed(draft, is_guess=is_guess), locale)
            await interaction.edit_original_response(view=view)
            return
        await self._show(interaction, await self._evenings.add(draft, is_guess=is_guess))

    async def edit(
        self, interaction: discord.Interaction, rule: str | None, wish: Wish, where: str | None
    ) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        chosen = await self._one(interaction, rule)
        if where is not None:
            if where == HERE and not await self._may_stand_here(interaction):
                return
            wish = replace(wish, moves=True, place=_here(interaction) if where == HERE else None)
        await self._show_edited(interaction, await self._evenings.edit(interaction.user.id, chosen.id, wish))

    async def show_all(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        user_id = interaction.user.id
        view = self._words.rules(
            await self._evenings.rules_of(user_id),
            await self._evenings.next_of(user_id),
            interaction.locale.value,
            closed=await self._evenings.is_closed(user_id),
        )
        await interaction.edit_original_response(view=view)

    async def pause(self, interaction: discord.Interaction, rule: str | None, until: str | None) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        rules = await self._chosen(interaction, rule)
        begins_at = await self._evenings.pause(rules, until)
        if begins_at is None:
            await self._say(interaction, "bedtime.done.paused", count=len(rules))
        else:
            await self._say(interaction, "bedtime.done.paused_until", at=begins_at)

    async def resume(self, interaction: discord.Interaction, rule: str | None) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        rules = await self._chosen(interaction, rule)
        await self._evenings.resume(rules)
        next_at = await self._evenings.next_of(interaction.user.id)
        first = min(next_at[each.id] for each in rules)
        await self._say(interaction, "bedtime.done.resumed", count=len(rules), at=first)

    async def remove(self, interaction: discord.Interaction, rule: str | None) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        chosen = await self._one(interaction, rule)
        await self._evenings.remove(interaction.user.id, chosen.id)
        await self._say(interaction, "bedtime.done.removed")

    async def rules_like(self, interaction: discord.Interaction, typed: str) -> list[tuple[str, str]]:
        """Return the person's own rules, as (how they read, id), those first that have what is typed."""
        locale = interaction.locale.value
        named = [
            (self._words.label(rule, locale), str(rule.id))
            for rule in await self._evenings.rules_of(interaction.user.id)
        ]
        wanted = typed.casefold().strip()
        return [entry for entry in named if wanted in entry[0].casefold()] or named

    async def wind_down(self, interaction: discord.Interaction, minutes: int | None) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._winddown.start(interaction, minutes)

    async def edit_routine(self, interaction: discord.Interaction, minutes: int | None) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._winddown.edit(interaction, minutes)

    # Presses ---------------------------------------------------------------------------------------------

    async def answer(self, interaction: discord.Interaction) -> bool:
        """Answer a press or a form of the evenings'; False when it was something else."""
        feature, _, rest = _custom_id(interaction).partition(":")
        act, _, rest = rest.partition(":")
        version, _, arguments = rest.partition(":")
        if feature != "bedtime" or version != "v1" or act not in self._acts:
            return False
        try:
            await self._acts[act](interaction, arguments.split(":"))
        except Exception as error:  # noqa: BLE001 - the funnel says it in words
            await self._funnel.answer(interaction, error)
        return True

    async def _wind_down(self, interaction: discord.Interaction, arguments: list[str]) -> None:
        await self._own(interaction)
        rule_id = int(arguments[0])
        if rule_id:
            await self._evenings.begun(interaction.user.id, rule_id)
        await self._winddown.start(interaction)

    def _snooze(self, minutes: int) -> _Act:
        async def answer(interaction: discord.Interaction, arguments: list[str]) -> None:
            await self._own(interaction)
            rule_id = int(arguments[0])
            at = await self._evenings.snooze(interaction.user.id, rule_id, minutes)
            locale = interaction.locale.value
            buttons = row(
                button(press_id("winddown", rule_id), self._words.say("bedtime.button.winddown", locale)),
                button(press_id("skip", rule_id), self._words.say("bedtime.button.skip", locale)),
            )
            said = self._words.say("bedtime.done.snoozed", locale, at=at)
            await interaction.edit_original_response(view=page([said], buttons))

        return answer

    async def _skip(self, interaction: discord.Interaction, arguments: list[str]) -> None:
        await self._own(interaction)
        await self._evenings.skip(interaction.user.id, int(arguments[0]))
        await self._say(interaction, "bedtime.done.skipped")

    async def _ask_change(self, interaction: discord.Interaction, arguments: list[str]) -> None:
        rule = await self._evenings.rule(interaction.user.id, int(arguments[0]))
        await interaction.response.send_modal(self._words.change_modal(rule, interaction.locale.value))

    async def _changed(self, interaction: discord.Interaction, arguments: list[str]) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        fields = dict(_fields(interaction))
        wish = Wish(time=fields.get("time"), days=fields.get("days"))
        planned = await self._evenings.edit(interaction.user.id, int(arguments[0]), wish)
        await self._show_edited(interaction, planned)

    async def _later(self, interaction: discord.Interaction, arguments: list[str]) -> None:
        await self._own(interaction)
        planned = await self._evenings.later(interaction.user.id, int(arguments[0]))
        at = wall_time(planned.rule.at, interaction.locale.value)
        await self._say(interaction, "bedtime.done.later", time=at, at=planned.bedtimes[0])

    async def _keep(self, interaction: discord.Interaction, arguments: list[str]) -> None:
        await self._own(interaction)
        planned = await self._evenings.keep(interaction.user.id, int(arguments[0]))
        await self._say(interaction, "bedtime.done.kept", at=planned.bedtimes[0])

    async def _stop(self, interaction: discord.Interaction, arguments: list[str]) -> None:
        await self._own(interaction)
        rule = await self._evenings.rule(interaction.user.id, int(arguments[0]))
        await self._evenings.pause([rule], None)
        await self._say(interaction, "bedtime.done.stopped")

    async def _confirm(self, interaction: discord.Interaction, arguments: list[str]) -> None:
        await interaction.response.defer()
        rule = await self._evenings.rule(interaction.user.id, int(arguments[0]))
        await self._show(interaction, self._evenings.planned(rule))

    async def _ask_zone(self, interaction: discord.Interaction, arguments: list[str]) -> None:
        modal = self._words.zone_modal(arguments[0], interaction.locale.value)
        await interaction.response.send_modal(modal)

    async def _told_zone(self, interaction: discord.Interaction, arguments: list[str]) -> None:
        """Take the clock somebody named; then go on with the bedtime they were at."""
        await interaction.response.defer()
        name = await self._zone_of(interaction, _told(interaction), arguments[0])
        if name is None:
            return
        if arguments[0] == _NO_DRAFT:
            await interaction.edit_original_response(view=page([self._zone_words(name, interaction)]))
            return
        draft, is_guess = _unpacked(arguments[0], interaction)
        await self._show(interaction, await self._evenings.add(draft, is_guess=is_guess))

    async def _zone_of(self, interaction: discord.Interaction, typed: str, draft: str) -> str | None:
        """Keep the clock a text means and return its zone; None where they are to pick among several."""
        locale = interaction.locale.value
        try:
            return await self._evenings.set_zone(interaction.user.id, typed, locale)
        except Refusal as refusal:
            if refusal.key != "timezone.refused.several":
                raise
        view = self._words.pick_zone(draft, self._evenings.zones_like(typed, locale), locale)
        await interaction.edit_original_response(view=view)
        return None

    async def _allow(self, interaction: discord.Interaction, _: list[str]) -> None:
        await interaction.response.defer()
        if interaction.guild_id is None or not interaction.permissions.manage_guild:
            raise Refusal("bedtime.refused.not_allowed")
        await self._allowed.allow(_here(interaction))
        await self._say(interaction, "bedtime.done.allowed")

    def _routine(self, part: str) -> _Act:
        async def answer(interaction: discord.Interaction, _: list[str]) -> None:
            await interaction.response.defer()
            await self._winddown.change(interaction, part, _told(interaction))

        return answer

    def _instead(self, act: Callable[[discord.Interaction], Awaitable[None]]) -> _Act:
        async def answer(interaction: discord.Interaction, _: list[str]) -> None:
            await interaction.response.defer()
            await act(interaction)

        return answer

    # The parts of it -------------------------------------------------------------------------------------

    async def _own(self, interaction: discord.Interaction) -> None:
        """Take a press on a reminder: in place in direct messages, for its person alone in a server."""
        if interaction.guild_id is None:
            await interaction.response.defer()
        else:
            await interaction.response.defer(ephemeral=True, thinking=True)

    async def _show_edited(self, interaction: discord.Interaction, planned: Planned) -> None:
        """Show a changed rule; where direct messages are known to be open, none need be sent to find out."""
        if await self._evenings.is_open(interaction.user.id):
            view = self._words.planned(planned, None, interaction.locale.value)
            await interaction.edit_original_response(view=view)
        else:
            await self._show(interaction, planned)

    async def _show(self, interaction: discord.Interaction, planned: Planned) -> None:
        told: Told = await self._evenings.confirm(planned.rule)
        view = self._words.planned(planned, told, interaction.locale.value)
        await interaction.edit_original_response(view=view)

    async def _say(self, interaction: discord.Interaction, key: str, **values: object) -> None:
        said = self._words.say(key, interaction.locale.value, **values)
        await interaction.edit_original_response(view=page([said]))

    async def _may_stand_here(self, interaction: discord.Interaction) -> bool:
        """Whether reminders may stand in this channel; asks an admin who could allow it.

        Raises Refusal for everybody else, and where Hush cannot write.
        """
        mine, locale = interaction.app_permissions, interaction.locale.value
        if interaction.guild is None or not (mine.view_channel and mine.send_messages):
            raise Refusal("bedtime.refused.no_channel")
        if await self._allowed.is_allowed(_here(interaction)):
            return True
        if not interaction.permissions.manage_guild:
            raise Refusal("bedtime.refused.not_allowed")
        allow = button("bedtime:allow:v1:0", self._words.say("bedtime.retry.allow", locale), primary=True)
        view = page([self._words.say("bedtime.allow.sentence", locale)], row(allow))
        await interaction.edit_original_response(view=view)
        return False

    async def _chosen(self, interaction: discord.Interaction, typed: str | None) -> Sequence[Rule]:
        """Return the rules somebody means: the one typed, else all."""
        rules = await self._evenings.rules_of(interaction.user.id)
        if not rules:
            raise Refusal("bedtime.refused.none")
        return rules if typed is None else [self._fitting(rules, typed, interaction.locale.value)]

    async def _one(self, interaction: discord.Interaction, typed: str | None) -> Rule:
        rules = await self._chosen(interaction, typed)
        if len(rules) != 1:
            raise Refusal("bedtime.refused.which")
        return rules[0]

    def _fitting(self, rules: Sequence[Rule], typed: str, locale: str) -> Rule:
        wanted = typed.strip().casefold()
        for rule in rules:
            if wanted in (str(rule.id), self._words.label(rule, locale).casefold()):
                return rule
        with contextlib.suppress(Refusal):  # "22:30" is enough where only one is at that time
            at = read_time(typed).at
            if len(fitting := [rule for rule in rules if rule.at == at]) == 1:
                return fitting[0]
        raise Refusal("bedtime.refused.gone")

    def _zone_words(self, name: str, interaction: discord.Interaction) -> str:
        locale = interaction.locale.value
        place = self._evenings.place_of(name, locale)
        return self._words.say("timezone.now.set", locale, place=place, now=interaction.created_at)


def _here(interaction: discord.Interaction) -> Place:
    return Place(interaction.guild_id or 0, interaction.channel_id or 0)


def _custom_id(interaction: discord.Interaction) -> str:
    return str(cast("Mapping[str, Any]", interaction.data or {}).get("custom_id", ""))


def _fields(interaction: discord.Interaction) -> Iterator[tuple[str, str]]:
    """Yield what a form's fields hold, by their custom_id."""

    def walk(parts: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
        for part in parts:
            if "value" in part:
                yield str(part.get("custom_id")), str(part["value"])
            yield from walk(part.get("components", ()))
            yield from walk([part["component"]] if "component" in part else ())

    data = cast("Mapping[str, Any]", interaction.data or {})
    return walk(data.get("components", ()))


def _told(interaction: discord.Interaction) -> str:
    """Return the place somebody typed into the form, or picked."""
    data = cast("Mapping[str, Any]", interaction.data or {})
    return str((data.get("values") or [dict(_fields(interaction)).get("zone", "")])[0])


def _packed(draft: Rule, *, is_guess: bool) -> str:
    """Write a draft into a custom_id, so that a question outlives the process."""
    place = draft.place or Place(0, 0)
    days = sum(1 << day for day in draft.days)
    parts = (draft.at.hour * 60 + draft.at.minute, days, draft.lead_minutes, place.guild_id, place.channel_id)
    return ".".join(map(str, (*parts, int(is_guess))))


def _unpacked(text: str, interaction: discord.Interaction) -> tuple[Rule, bool]:
    minutes, days, lead, guild_id, channel_id, is_guess = (int(part) for part in text.split("."))
    draft = Rule(
        0,
        interaction.user.id,
        "UTC",
        time(minutes // 60, minutes % 60),
        frozenset(day for day in range(1, 8) if days >> day & 1),
        lead,
        Place(guild_id, channel_id) if channel_id else None,
        interaction.locale.value,
    )
    return draft, bool(is_guess)
