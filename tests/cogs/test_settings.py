"""/settings: an admin's panel, and that each choice is kept and holds."""

import pytest
import simcord

from bot.core.preferences import GuildSettings, QuietHours
from bot.sandbox.world import World
from tests.cogs.care_reading import answered, buttons, ids_of, parts, shown
from tests.cogs.room import deny, left, refused, seat


async def opened(world: World, topic: str | None = None) -> simcord.ResponseMessage:
    message = answered(await world.moderator.slash(world.text, "settings"))
    if topic is not None:
        await world.moderator.select(message, [topic], custom_id="settings:open:v1:0")
    return message


async def kept(world: World) -> GuildSettings:
    settings: GuildSettings = await world.bot.services.guild_settings.get(world.guild.id)
    return settings


async def test_it_says_every_setting_in_a_line(world: World) -> None:
    text = shown(world, await opened(world))
    for line in (
        "**Who changes what plays** · everyone in the channel with me",
        "**Loudest** · volume 100 at most",
        "**Quiet hours** · none",
        "**Session length** · 1 hour, softer over the last 10 minutes",
        "**At the end** · I stay silently while somebody is there, and 5 minutes in an empty channel",
        "**Evening reminders** · in direct messages only",
        "**Channel status** · nothing is shown on the channel",
        "**Language** · the server's own",
    ):
        assert line in text


async def test_it_is_for_admins(world: World) -> None:
    command = {c["name"]: c for c in world.env.backend.commands[None].values()}["settings"]
    assert int(command["default_member_permissions"]) == 0x20
    assert command["contexts"] == [0]
    # Discord lets a server hand commands to anyone; Hush asks again.
    world.guild.set_command_permissions(int(command["id"]), {world.caller: True})
    result = await world.caller.slash(world.text, "settings")
    assert refused(world, result).startswith("This is for people with Manage Server.")


async def test_a_listener_role_holds_and_can_be_lifted(world: World) -> None:
    await world.sitter.slash(world.text, "play", sound="rain")
    role = world.guild.create_role("Night keepers")
    message = await opened(world, "listener")
    await world.moderator.select(message, [role], custom_id="settings:role:v1:0")
    assert f"with <@&{role.id}>" in shown(world, message)
    refusal = await world.sitter.slash(world.text, "stop")
    assert "people with <@&" in refused(world, refusal)
    await world.moderator.click(message, label="Everyone")
    assert (await kept(world)).listener_role_id is None
    assert "Everyone" not in buttons(world, message)
    assert not (await world.sitter.slash(world.text, "stop")).response.content.startswith("In this server")


async def test_limits_of_the_server_and_a_channel(world: World) -> None:
    await world.sitter.slash(world.text, "play", sound="rain", volume=100)
    message = await opened(world, "volume")
    await world.moderator.select(message, ["80"], custom_id="settings:cap:v1:0")
    await world.moderator.select(message, [world.lantern], custom_id="settings:channel:v1:0")
    assert f"How loud may it be in <#{world.lantern.id}>?" in shown(world, message)
    select = f"settings:channel-cap:v1:{world.lantern.id}"
    await world.moderator.select(message, ["40"], custom_id=select)
    assert f"Volume 80 at most, 40 in <#{world.lantern.id}>" in shown(world, message)
    await world.advance(60.0)
    assert world.bot.services.playback.now_playing(world.guild.id).volume == 40
    capped = await world.sitter.slash(world.text, "volume", percent=70)
    assert capped.response.content == "Volume 40. This server allows no more."
    await world.moderator.select(message, [world.lantern], custom_id="settings:channel:v1:0")
    await world.moderator.select(message, ["own"], custom_id=select)
    assert (await kept(world)).channel_caps == {}


async def test_quiet_hours_by_the_servers_clock(world: World) -> None:
    message = await opened(world, "quiet")
    form = await world.moderator.click(message, label="Set the hours")
    await world.moderator.submit_modal(form, {"from": "22:00", "to": "7", "zone": "berlin"})
    settings = await kept(world)
    assert settings.quiet == QuietHours(22 * 60, 7 * 60, 30)
    assert settings.timezone == "Europe/Berlin", "the server's one clock"
    assert "10:00\u202fPM to 7:00\u202fAM in Berlin, Germany, volume 30 at most" in shown(world, message)
    await world.moderator.select(message, ["20"], custom_id="settings:quiet-cap:v1:0")
    assert (await kept(world)).quiet.cap_percent == 20
    await world.moderator.click(message, label="Switch off")
    assert (await kept(world)).quiet is None


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"from": "late", "to": "7", "zone": "berlin"}, "I can't read that time"),
        ({"from": "22", "to": "22:00", "zone": "berlin"}, "Quiet hours need two different times."),
        ({"from": "22", "to": "7", "zone": "xyzzy"}, "I don't know that"),
    ],
)
async def test_hours_that_are_none_change_nothing(world: World, typed: dict[str, str], told: str) -> None:
    message = await opened(world, "quiet")
    form = await world.moderator.click(message, label="Set the hours")
    result = await world.moderator.submit_modal(form, typed)
    assert not world.env.errors
    assert (await kept(world)).quiet is None
    assert any(
        told in said.content for said in [*result.followups, *([result.response] if result.response else [])]
    )


async def test_length_end_and_status(world: World) -> None:
    message = await opened(world, "timer")
    await world.moderator.select(message, ["45"], custom_id="settings:timer:v1:0")
    assert "45 minutes" in shown(world, message)
    await world.moderator.click(message, label="Back")
    await world.moderator.select(message, ["end"], custom_id="settings:open:v1:0")
    await world.moderator.click(message, label="Leave at once")
    await world.moderator.click(message, label="Back")
    await world.moderator.select(message, ["status"], custom_id="settings:open:v1:0")
    await world.moderator.click(message, label="Show it")
    settings = await kept(world)
    assert (settings.timer_default_minutes, settings.leave_at_end, settings.voice_status) == (45, True, True)
    await world.sitter.slash(world.text, "play", sound="rain")
    playing = world.bot.services.playback.now_playing(world.guild.id)
    assert 2600.0 < playing.remaining_s <= 2700.0


async def test_reminder_channels_only_where_hush_can_write(world: World) -> None:
    message = await opened(world, "reminders")
    select = "settings:reminder-channels:v1:0"
    await world.moderator.select(message, [world.text, world.quiet], custom_id=select)
    allowed = world.bot.services.evenings.allowed
    assert await allowed.of(world.guild.id) == {world.text.id, world.quiet.id}
    assert f"<#{world.text.id}>" in shown(world, message)
    deny(world, world.quiet, send_messages=True)
    await world.env.settle()
    await world.moderator.select(message, [world.quiet], custom_id=select)
    assert await allowed.of(world.guild.id) == {world.text.id, world.quiet.id}
    await world.moderator.select(message, [], custom_id=select)
    assert await allowed.of(world.guild.id) == frozenset()


async def test_the_panel_speaks_the_servers_language(world: World) -> None:
    message = await opened(world, "language")
    await world.moderator.select(message, ["de"], custom_id="settings:language:v1:0")
    assert (await kept(world)).language == "de"
    assert "German" in shown(world, message)


async def test_no_page_has_more_than_discord_allows(world: World) -> None:
    for topic in ("listener", "volume", "quiet", "timer", "end", "reminders", "status", "language"):
        message = await opened(world, topic)
        assert len(parts(world, message)) <= 40
        assert "settings:back:v1:0" in ids_of(world, message)


async def test_how_long_it_grows_softer_and_how_long_it_stays_in_an_empty_channel(world: World) -> None:
    message = await opened(world, "timer")
    await world.moderator.select(message, ["20"], custom_id="settings:tail:v1:0")
    assert "1 hour, softer over the last 20 minutes" in shown(world, message)
    await world.moderator.click(message, label="Back")
    await world.moderator.select(message, ["end"], custom_id="settings:open:v1:0")
    await world.moderator.select(message, ["1"], custom_id="settings:empty:v1:0")
    assert "and 1 minute in an empty channel" in shown(world, message)
    settings = await kept(world)
    assert (settings.tail_minutes, settings.empty_minutes) == (20, 1)
    await world.sitter.slash(world.text, "play", sound="rain")
    assert world.bot.services.playback.now_playing(world.guild.id).tail.total_seconds() == 1200.0
    await world.move(world.sitter, None)
    await world.advance(58.0)
    assert seat(world) is not None
    await world.advance(4.0)
    await left(world)
