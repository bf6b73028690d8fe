import random

import pytest
import simcord

from bot.core.errors import Refusal
from bot.core.preferences import GuildSettings
from bot.gateway.client import Hush
from bot.sandbox.world import World
from tests.cogs.room import left, said
from tests.gateway.panel_reading import (
    at_once,
    edits,
    expected,
    labels_of,
    now,
    panel_in,
    panels_in,
    press_id,
    text_of,
    until,
)

QUIET = "Quiet now. `/play` brings a sound back."
OUTSIDE = "Only people in #Lantern Room can change what plays there. Join it, then try again."
LABELS = ["Pause", "Quieter", "Louder", "Timer", "Stop"]


async def play(world: World, **options: object) -> simcord.InteractionResult:
    return await world.sitter.slash(world.text, "play", sound="rain", **options)


async def press(
    world: World, button: str, member: simcord.MemberActor | None = None
) -> simcord.InteractionResult:
    panel = panel_in(world, world.lantern)
    return await (member or world.sitter).click(panel, custom_id=press_id(button))


def shown(world: World) -> str:
    return text_of(world, panel_in(world, world.lantern))


def bot_of(world: World) -> Hush:
    assert isinstance(world.bot, Hush)
    return world.bot


async def test_play_puts_one_silent_panel_into_the_rooms_own_chat(world: World) -> None:
    await play(world)
    panel = panel_in(world, world.lantern)
    assert panel.flags.suppress_notifications
    assert not panel.mentions
    assert shown(world) == expected(now(world))
    assert labels_of(world, panel) == LABELS
    assert not panels_in(world, world.text)
    await world.sitter.slash(world.text, "play", sound="ocean waves")
    await world.advance(6.0)
    await until(world, lambda: "Ocean waves" in shown(world))
    assert panel_in(world, world.lantern).id == panel.id, "edited in place"


async def test_every_press_is_answered_by_the_panel_itself(world: World) -> None:
    await play(world, volume=50)
    for button, wanted in (
        ("quieter", "Volume 42"),
        ("louder", "Volume 50"),
        ("pause", "Paused, volume 50"),
        ("louder", "Paused, volume 59"),
        ("resume", "Volume 59"),
    ):
        result = await press(world, button)
        assert result.acknowledged
        assert not result.followups
        assert shown(world).splitlines()[1] == wanted
        assert shown(world) == expected(now(world))
    await world.advance(6.0)
    assert edits(world) == 0, "nothing was left to say"


async def test_pause_becomes_resume(world: World) -> None:
    await play(world)
    await press(world, "pause")
    assert labels_of(world, panel_in(world, world.lantern)) == ["Resume", *LABELS[1:]]
    await press(world, "resume")
    assert labels_of(world, panel_in(world, world.lantern)) == LABELS


@pytest.mark.parametrize("button", ["pause", "quieter", "louder", "timer", "stop"])
async def test_an_outsider_gets_the_sentence_of_the_commands_and_changes_nothing(
    world: World, button: str
) -> None:
    await play(world)
    before = shown(world)
    assert said(await press(world, button, world.caller)) == OUTSIDE
    assert shown(world) == before == expected(now(world))


async def test_the_timer_asks_only_who_pressed_it(world: World) -> None:
    await play(world)
    asked = (await press(world, "timer")).response
    assert asked is not None
    assert asked.ephemeral
    assert labels_of(world, asked.message) == ["15 min", "30 min", "60 min", "90 min", "Until empty"]
    await world.sitter.click(asked, label="15 min")
    assert text_of(world, asked.message).startswith("Silent at <t:")
    assert not labels_of(world, asked.message)
    playing = now(world)
    assert playing is not None
    assert playing.remaining_s == pytest.approx(900.0, abs=10.0)
    await world.advance(6.0)
    await until(world, lambda: shown(world) == expected(now(world)))

    asked = (await press(world, "timer")).response
    assert asked is not None
    await world.sitter.leave_voice()
    assert said_by_followup(await world.sitter.click(asked, label="Until empty")) == OUTSIDE


def said_by_followup(result: simcord.InteractionResult) -> str:
    assert result.response is not None
    return result.response.content


async def test_what_commands_change_is_shown_at_most_once_in_five_seconds(world: World) -> None:
    await play(world)
    for percent in range(30, 50):
        await world.sitter.slash(world.text, "volume", percent=percent)
        await world.advance(0.4)
    await world.advance(6.0)
    await until(world, lambda: shown(world) == expected(now(world)))
    assert "Volume 49" in shown(world)
    assert 1 <= edits(world) <= 4


async def test_a_message_edited_too_often_for_its_age_waits_and_is_never_posted_anew(world: World) -> None:
    await play(world, minutes=0)
    panel = panel_in(world, world.lantern)
    world.env.inject_error("PATCH", f"/channels/*/messages/{panel.id}", status=429, code=30046)
    await world.sitter.slash(world.text, "volume", percent=30)
    await world.advance(1.0)
    await until(world, lambda: edits(world) == 1)
    await world.sitter.slash(world.text, "volume", percent=31)
    await world.advance(3500.0)
    assert edits(world) == 1
    await press(world, "quieter")
    assert "Volume 26" in shown(world), "a press has an answer of its own"
    await world.sitter.slash(world.text, "volume", percent=32)
    await world.advance(110.0)
    await until(world, lambda: "Volume 32" in shown(world))
    assert panel_in(world, world.lantern).id == panel.id
    assert edits(world) == 2


async def test_a_deleted_panel_is_posted_once_more_at_the_next_change_and_not_again(world: World) -> None:
    await play(world)
    first = panel_in(world, world.lantern)
    await world.moderator.delete(first)
    await world.advance(30.0)
    assert not panels_in(world, world.lantern), "nothing has changed"
    await world.sitter.slash(world.text, "volume", percent=30)
    await world.advance(6.0)
    await until(world, lambda: panels_in(world, world.lantern))
    second = panel_in(world, world.lantern)
    assert "Volume 30" in shown(world)
    assert second.flags.suppress_notifications
    await world.moderator.delete(second)
    await world.sitter.slash(world.text, "volume", percent=31)
    await world.advance(6.0)
    await until(world, lambda: edits(world) == 2)
    await world.sitter.slash(world.text, "volume", percent=32)
    await world.advance(60.0)
    assert not panels_in(world, world.lantern)
    assert said(await play(world)).startswith("**Rain**")
    assert "Volume 32" in shown(world), "whoever plays again wants to see it again"


async def test_without_permission_it_stands_where_the_command_was_given(world: World) -> None:
    await world.deny(world.lantern, send_messages=True)
    result = await play(world)
    assert "buttons" not in said(result)
    assert not panels_in(world, world.lantern)
    panel = panel_in(world, world.text)
    await world.sitter.click(panel, custom_id=press_id("pause"))
    assert text_of(world, panel) == expected(now(world))


async def test_a_permission_the_cache_does_not_know_of_falls_back_too(world: World) -> None:
    world.env.inject_error("POST", f"/channels/{world.lantern.id}/messages", status=403, code=50013)
    await play(world)
    assert text_of(world, panel_in(world, world.text)) == expected(now(world))


async def test_without_any_place_the_answer_says_so(world: World) -> None:
    await world.deny(world.lantern, send_messages=True)
    await world.deny(world.text, send_messages=True)
    assert said(await play(world)).splitlines()[-1] == (
        "I can't write in the chat of #Lantern Room, so there are no buttons. The commands do the same."
    )
    assert said(await world.sitter.slash(world.text, "volume", percent=9)) == "Volume 9."
    assert not panels_in(world, world.lantern)
    assert not panels_in(world, world.text)


async def test_stop_takes_the_buttons_away_and_the_next_session_the_same_message(world: World) -> None:
    await play(world)
    panel = panel_in(world, world.lantern)
    assert (await press(world, "stop")).acknowledged
    assert shown(world) == QUIET
    assert not labels_of(world, panel)
    await left(world)
    await play(world, volume=20)
    assert panel_in(world, world.lantern).id == panel.id
    assert shown(world) == expected(now(world))
    assert labels_of(world, panel) == LABELS


async def test_once_people_wrote_below_it_the_next_session_has_a_new_one(world: World) -> None:
    await play(world)
    panel = panel_in(world, world.lantern)
    await world.sitter.slash(world.text, "stop")
    await left(world)
    await world.sitter.send(world.lantern, "good night")
    await play(world)
    assert panel_in(world, world.lantern).id != panel.id, "and the old one is gone"


async def test_when_its_time_has_passed_the_panel_says_so(world: World) -> None:
    await play(world, minutes=5)
    await world.advance(5 * 60.0 + 20.0)
    await until(world, lambda: shown(world) == QUIET)
    assert now(world) is None


async def test_an_empty_room_ends_it_on_the_panel_too(world: World) -> None:
    await play(world)
    await world.sitter.leave_voice()
    await world.advance(310.0)
    await until(world, lambda: shown(world) == QUIET)


async def test_a_panel_of_long_ago_says_that_nothing_plays(world: World) -> None:
    await play(world)
    await world.sitter.slash(world.text, "stop")
    result = await press(world, "louder")  # before the panel has heard of the end
    assert result.acknowledged
    assert shown(world) == QUIET


def forget_panel(world: World) -> None:
    """Know as little of the panel as after a kill in the moment before it was written down."""
    services = bot_of(world).services
    services.panels.guild_lost(world.guild.id)
    session = services.playback._sessions.get(world.guild.id)
    assert session is not None
    session.panel = None


async def test_a_panel_nobody_remembers_is_taken_up_again(world: World) -> None:
    await play(world)
    forget_panel(world)
    await world.sitter.slash(world.text, "volume", percent=30)
    await press(world, "louder")
    assert "Volume 36" in shown(world)
    await world.sitter.slash(world.text, "volume", percent=40)
    await world.advance(6.0)
    await until(world, lambda: "Volume 40" in shown(world))


async def test_a_second_panel_is_taken_away_when_pressed(world: World) -> None:
    await play(world)
    first = panel_in(world, world.lantern)
    forget_panel(world)
    await play(world)
    assert len(panels_in(world, world.lantern)) == 2
    await world.sitter.click(first, custom_id=press_id("quieter"))
    await world.advance(6.0)
    await until(world, lambda: shown(world) == expected(now(world)))
    assert panel_in(world, world.lantern).id != first.id


async def test_a_press_that_discord_does_not_take_is_shown_all_the_same(world: World) -> None:
    await play(world, volume=50)
    world.env.inject_error("POST", "/interactions/*", status=500)
    await press(world, "quieter")
    await world.advance(6.0)
    await until(world, lambda: "Volume 42" in shown(world))
    assert shown(world) == expected(now(world))


async def test_the_listener_role_holds_for_buttons(world: World) -> None:
    role = world.guild.create_role("sleepers")
    await play(world)
    settings = GuildSettings(world.guild.id, listener_role_id=role.id, volume_cap_percent=65)
    await bot_of(world).services.guild_settings.put(settings)
    assert said(await press(world, "stop")).startswith(f"In this server only people with <@&{role.id}>")
    holder = world.guild.add_member(world.env.create_user("fern"), roles=[role])
    await holder.join_voice(world.lantern)
    await press(world, "louder", holder)
    assert "Volume 65" in shown(world)
    await world.moderator.join_voice(world.lantern)
    await press(world, "pause", world.moderator)
    assert "Paused" in shown(world)
    assert said(await holder.slash(world.text, "volume", percent=90)) == (
        "Volume 65. This server allows no more."
    )


async def test_no_view_is_kept_for_a_panel_however_many_there_were(world: World) -> None:
    await play(world)
    for _ in range(5):
        await press(world, "quieter")
    assert len(bot_of(world).persistent_views) == 1
    assert set(bot_of(world)._connection._view_store._views) == {None}


@pytest.mark.parametrize("seed", range(4))
async def test_presses_at_one_moment_end_in_what_was_asked_last(world: World, seed: int) -> None:
    await play(world, volume=50)
    await world.caller.join_voice(world.lantern)
    people = [world.sitter, world.caller]
    chance = random.Random(seed)
    presses = [
        (chance.choice(people), chance.choice(["pause", "resume", "quieter", "louder"])) for _ in range(12)
    ]
    await at_once(world, [*presses, (world.sitter, "pause"), (world.caller, "resume")], seed)
    assert shown(world) == expected(now(world))
    playing = now(world)
    assert playing is not None
    assert not playing.paused
    assert edits(world) == 0
    assert not world.env.errors


async def test_two_who_stop_at_once_both_have_an_answer(world: World) -> None:
    await play(world)
    await world.caller.join_voice(world.lantern)
    await at_once(world, [(world.sitter, "stop"), (world.caller, "stop"), (world.caller, "louder")])
    assert shown(world) == QUIET
    await left(world)


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_people_do_the_panel_ends_up_telling_it(world: World, seed: int) -> None:
    """A seeded walk through presses and commands of two people; edits stay within the five seconds."""
    chance = random.Random(seed)
    await play(world)
    await world.caller.join_voice(world.lantern)
    began_s = world.clock.monotonic()
    for _ in range(40):
        await take_a_step(world, chance)
    await world.advance(6.0)
    await until(world, lambda: shown(world) == expected(now(world)))
    took_s = world.clock.monotonic() - began_s
    n_sessions = sum(r.path == f"/channels/{world.lantern.id}" for r in world.env.http_requests) + 1
    assert edits(world) <= took_s / 5.0 + 1 + 2 * n_sessions
    assert all(isinstance(error.__cause__, Refusal) for error in world.env.errors)


async def take_a_step(world: World, chance: random.Random) -> None:
    who = chance.choice([world.sitter, world.caller])
    commands: list[tuple[str, dict[str, object]]] = [
        ("volume", {"percent": chance.randrange(101)}),
        ("timer", {"minutes": chance.choice([0, 1, 30, 90])}),
        ("pause", {}),
        ("resume", {}),
        ("play", {"sound": chance.choice(["rain", "ocean waves"])}),
    ]
    labels = labels_of(world, panel_in(world, world.lantern))
    step = chance.randrange(5)
    if step == 0:
        await world.advance(chance.uniform(0.1, 8.0))
    elif step == 1 or not labels:
        name, options = chance.choice(commands)
        await who.slash(world.text, name, **options)
    else:
        await press(world, chance.choice([labels[0], "Quieter", "Louder", "Stop"]).lower(), who)
