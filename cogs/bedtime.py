"""/timezone, /bedtime, /winddown."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.gateway.client import Hush
from bot.gateway.contexts import anywhere
from bot.gateway.evening_desk import DIRECT, HERE, EveningDesk
from bot.reminders.model import LONGEST_LEAD_MINUTES
from bot.reminders.service import Wish

_Typed = app_commands.Range[str, 1, 80]
_Lead = app_commands.Range[int, 0, LONGEST_LEAD_MINUTES]
_Minutes = app_commands.Range[int, 5, 180]
_WHERE = [
    app_commands.Choice(name="bedtime.where.direct", value=DIRECT),
    app_commands.Choice(name="bedtime.where.here", value=HERE),
]


class BedtimeCog(commands.Cog):
    bedtime = anywhere()(app_commands.Group(name="bedtime", description="bedtime.command.description"))
    winddown = anywhere()(app_commands.Group(name="winddown", description="winddown.command.description"))

    def __init__(self, desk: EveningDesk) -> None:
        self._desk = desk

    @app_commands.command(description="timezone.command.description")
    @app_commands.describe(zone="timezone.command.zone")
    @anywhere()
    async def timezone(self, interaction: discord.Interaction, zone: _Typed) -> None:
        await self._desk.timezone(interaction, zone)

    @timezone.autocomplete("zone")
    async def _zones_like(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        found = self._desk.zones_like(current, interaction.locale.value)
        return [app_commands.Choice(name=label, value=name) for label, name in found]

    @bedtime.command(name="set", description="bedtime.command.set")
    @app_commands.describe(
        time="bedtime.command.time",
        days="bedtime.command.days",
        lead="bedtime.command.lead",
        where="bedtime.command.where",
    )
    @app_commands.choices(where=_WHERE)
    async def set_bedtime(
        self,
        interaction: discord.Interaction,
        time: _Typed,
        days: _Typed | None = None,
        lead: _Lead | None = None,
        where: str | None = None,
    ) -> None:
        await self._desk.plan(interaction, Wish(time, days, lead), where)

    @bedtime.command(name="edit", description="bedtime.command.edit")
    @app_commands.describe(
        rule="bedtime.command.one_rule",
        time="bedtime.command.time",
        days="bedtime.command.days",
        lead="bedtime.command.lead",
        where="bedtime.command.where",
    )
    @app_commands.choices(where=_WHERE)
    async def edit_bedtime(  # noqa: PLR0917 - Discord names its options
        self,
        interaction: discord.Interaction,
        rule: _Typed | None = None,
        time: _Typed | None = None,
        days: _Typed | None = None,
        lead: _Lead | None = None,
        where: str | None = None,
    ) -> None:
        await self._desk.edit(interaction, rule, Wish(time, days, lead), where)

    @bedtime.command(name="list", description="bedtime.command.list")
    async def list_bedtimes(self, interaction: discord.Interaction) -> None:
        await self._desk.show_all(interaction)

    @bedtime.command(name="pause", description="bedtime.command.pause")
    @app_commands.describe(rule="bedtime.command.rule", until="bedtime.command.until")
    async def pause_bedtime(
        self, interaction: discord.Interaction, rule: _Typed | None = None, until: _Typed | None = None
    ) -> None:
        await self._desk.pause(interaction, rule, until)

    @bedtime.command(name="resume", description="bedtime.command.resume")
    @app_commands.describe(rule="bedtime.command.rule")
    async def resume_bedtime(self, interaction: discord.Interaction, rule: _Typed | None = None) -> None:
        await self._desk.resume(interaction, rule)

    @bedtime.command(name="remove", description="bedtime.command.remove")
    @app_commands.describe(rule="bedtime.command.one_rule")
    async def remove_bedtime(self, interaction: discord.Interaction, rule: _Typed | None = None) -> None:
        await self._desk.remove(interaction, rule)

    @edit_bedtime.autocomplete("rule")
    @pause_bedtime.autocomplete("rule")
    @resume_bedtime.autocomplete("rule")
    @remove_bedtime.autocomplete("rule")
    async def _rules_like(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        rules = await self._desk.rules_like(interaction, current)
        return [app_commands.Choice(name=label, value=rule_id) for label, rule_id in rules]

    @winddown.command(name="start", description="winddown.command.start")
    @app_commands.describe(minutes="winddown.command.minutes")
    async def start_winddown(self, interaction: discord.Interaction, minutes: _Minutes | None = None) -> None:
        await self._desk.wind_down(interaction, minutes)

    @winddown.command(name="edit", description="winddown.command.edit")
    @app_commands.describe(minutes="winddown.command.minutes")
    async def edit_winddown(self, interaction: discord.Interaction, minutes: _Minutes | None = None) -> None:
        await self._desk.edit_routine(interaction, minutes)


async def setup(client: Hush) -> None:
    await client.add_cog(BedtimeCog(client.evening_desk))
