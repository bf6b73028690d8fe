import threading
from datetime import timedelta

import pytest
import simcord

from bot.audio.mix import Layer, Mix, Plan
from bot.gateway.client import Hush
from bot.playback.model import NowPlaying
from bot.sandbox.world import World
from tests.cogs.room import deny, grant, left, refused, said, seat, sits_in


async def play(world: World, **options: object) -> simcord.InteractionResult:
    return await world.sitter.slash(world.text, "play", sound="rain", **options)


def now(world: World) -> NowPlaying | None:
    assert isinstance(world.bot, Hush)
    return world.bot.services.playback.now_playing(world.guild.id)


async def test_play_says_what_plays_how_loud_and_until_when(world: World) -> None:
    result = await play(world)
    playing = now(world)
    assert playing is not None
    assert playing.ends_at is not None
    [first, *_] = [r for r in world.env.http_requests if r.path.endswith("/callback")]
    assert first.json == {"type": 5, "data": {"flags": 64}}, "deferred before anything else, for one person"
    assert said(result).splitlines() == [
        "**Rain** at volume 60.",
        f"It fades away over the last 10 minutes, silent at <t:{int(playing.ends_at.timestamp())}:t>.",
        "`/volume` makes it softer, `/stop` ends it.",
    ]
    assert playing.ends_at - world.clock.now() == pytest.approx(
        timedelta(minutes=60), abs=timedelta(minutes=1)
    )
    assert sits_in(world, world.lantern)
    voice = seat(world)
    assert voice is not None
    assert voice.self_deaf


async def test_play_is_heard(world: World) -> None:
    ears = await world.listen()
    await play(world, minutes=0)
    frames = await ears.hear(100)
    assert len({frame.opus for frame in frames}) > 20, "sound, not silence packets"


async def test_zero_minutes_are_said_in_words(world: World) -> None:
    result = await play(world, minutes=0, volume=25)
    assert said(result).splitlines()[:2] == ["**Rain** at volume 25.", "It plays until the channel is empty."]


async def test_a_quick_second_play_changes_the_sound_in_place(world: World) -> None:
    await play(world, volume=30)
    result = await world.sitter.slash(world.text, "play", sound="ocean waves")
    assert said(result).startswith("**Ocean waves** at volume 30.")
    assert sits_in(world, world.lantern)


async def test_controls(world: World) -> None:
    await play(world)
    assert said(await world.sitter.slash(world.text, "volume", percent=20)) == "Volume 20."
    assert said(await world.sitter.slash(world.text, "volume", percent=0)).startswith(
        "Volume 0, so it is silent"
    )
    assert said(await world.sitter.slash(world.text, "pause")) == "Paused. `/resume` brings it back."
    playing = now(world)
    assert playing is not None
    assert playing.paused
    assert said(await world.sitter.slash(world.text, "resume")) == "Back again: **Rain** at volume 0."


async def test_stop_answers_at_once_then_fades_and_leaves(world: World) -> None:
    await play(world)
    assert said(await world.sitter.slash(world.text, "stop")) == "Fading out, then I leave."
    assert sits_in(world, world.lantern), "still fading"
    await left(world)


@pytest.mark.parametrize("command", ["stop", "pause", "resume"])
async def test_controls_need_something_that_plays(world: World, command: str) -> None:
    result = await world.sitter.slash(world.text, command)
    assert refused(world, result) == "Nothing is playing here. Join a voice channel and use `/play`."


async def test_volume_needs_something_that_plays(world: World) -> None:
    result = await world.sitter.slash(world.text, "volume", percent=50)
    assert refused(world, result).startswith("Nothing is playing here.")


async def test_only_people_in_the_room_change_what_sounds(world: World) -> None:
    await play(world)
    sentence = "Only people in #Lantern Room can change what plays there. Join it, then try again."
    for command, options in (("stop", {}), ("pause", {}), ("resume", {}), ("volume", {"percent": 9})):
        assert refused(world, await world.caller.slash(world.text, command, **options)) == sentence
    await world.caller.join_voice(world.attic)
    assert refused(world, await world.caller.slash(world.text, "stop")) == sentence
    await world.caller.join_voice(world.lantern)
    assert said(await world.caller.slash(world.text, "volume", percent=9)) == "Volume 9."


async def test_play_without_sitting_anywhere(world: World) -> None:
    result = await world.caller.slash(world.text, "play", sound="rain")
    assert refused(world, result) == "You are not in a voice channel yet. Join one, then use `/play` again."


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("rian", "I don't have that sound. Did you mean Rain? `/library` shows everything I can play."),
        ("xylophone quartet", "I don't have that sound. `/library` shows what I can play."),
    ],
)
async def test_play_something_unknown(world: World, typed: str, sentence: str) -> None:
    result = await world.sitter.slash(world.text, "play", sound=typed)
    assert refused(world, result) == sentence
    assert seat(world) is None


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        (
            "view_channel",
            "I can't see #Lantern Room yet. Ask an admin to give me View Channel, Connect and Speak",
        ),
        ("connect", "I can't join #Lantern Room yet. Ask an admin to give me Connect and Speak there"),
        ("speak", "I can't speak in #Lantern Room yet. Ask an admin to give me Speak there"),
    ],
)
async def test_each_missing_permission_is_named(world: World, missing: str, sentence: str) -> None:
    deny(world, world.lantern, **{missing: True})
    assert refused(world, await play(world)).startswith(sentence)


async def test_a_full_room_is_named_unless_hush_may_squeeze_in(world: World) -> None:
    closet = world.guild.create_voice_channel("Closet", user_limit=1)
    await world.caller.join_voice(closet)
    result = await world.caller.slash(world.text, "play", sound="rain")
    assert refused(world, result).startswith("#Closet is full. Try another room")
    grant(world, closet, move_members=True)
    assert said(await world.caller.slash(world.text, "play", sound="rain")).startswith("**Rain**")


async def test_a_machine_that_carries_no_more_says_so_kindly(world: World) -> None:
    assert isinstance(world.bot, Hush)
    engine = world.bot.services.playback._sessions._engine
    others = [engine.open(Plan(Mix((Layer("rain"),)), seed), held=True) for seed in range(60)]
    assert said(await world.sitter.slash(world.text, "play", sound="ocean waves")) == (
        "I'm playing in as many rooms as this machine can carry. Try again in a while; nobody who listens "
        "loses anything."
    )
    assert not sits_in(world, world.lantern)
    for stream in others:
        stream.abandon()
    assert said(await world.sitter.slash(world.text, "play", sound="ocean waves")).startswith("**Ocean")


async def test_elsewhere_is_refused_with_the_rooms_name(world: World) -> None:
    await play(world)
    await world.caller.join_voice(world.attic)
    result = await world.caller.slash(world.text, "play", sound="rain")
    assert refused(world, result).startswith("I'm playing in #Lantern Room already")


async def test_an_empty_room_is_left_after_five_minutes(world: World) -> None:
    await play(world, minutes=0)
    await world.sitter.leave_voice()
    await world.advance(295.0)
    assert now(world) is not None
    await world.advance(10.0)
    assert now(world) is None
    await left(world)


async def test_somebody_returning_keeps_the_room(world: World) -> None:
    await play(world, minutes=0)
    await world.sitter.leave_voice()
    await world.advance(20.0)
    await world.caller.join_voice(world.lantern)
    await world.advance(40.0)
    assert now(world) is not None


async def test_another_bot_is_no_company(world: World) -> None:
    robot = world.guild.add_member(world.env.create_user("other", bot=True))
    await robot.join_voice(world.lantern)
    await play(world, minutes=0)
    await world.sitter.leave_voice()
    await world.advance(305.0)
    assert now(world) is None


async def test_being_sent_away_is_understood(world: World) -> None:
    await play(world)
    await world.move(None, None)
    await left(world)
    assert said(await play(world)).startswith("**Rain**")


async def test_being_moved_takes_the_rule_along(world: World) -> None:
    await play(world)
    await world.caller.join_voice(world.attic)
    await world.move(None, world.attic)
    assert said(await world.caller.slash(world.text, "pause")).startswith("Paused.")
    assert refused(world, await world.sitter.slash(world.text, "pause")).startswith("Only people in #Attic")


async def test_closing_while_playing_fades_and_leaves(world: World) -> None:
    await play(world)
    began = world.clock.monotonic()
    running = set(threading.enumerate())
    await world.bot.close()
    assert world.clock.monotonic() - began < 3.0
    assert seat(world) is None
    ended = {thread.name.split("_")[0] for thread in running - set(threading.enumerate())}
    assert ended >= {"hush-pacer", "hush-render", "hush-decode"}


async def test_on_a_stage_hush_asks_to_speak_and_says_so(world: World) -> None:
    await world.sitter.join_voice(world.stage)
    result = await play(world)
    assert said(result).splitlines() == [
        "**Rain** is ready, but I sit in the audience of #Evening Stage.",
        "Ask a moderator to invite me to speak, and you will hear it.",
    ]
    voice = seat(world)
    assert voice is not None
    assert voice.requested_to_speak_at is not None


async def test_on_a_stage_hush_steps_up_where_it_may(world: World) -> None:
    grant(world, world.stage, mute_members=True)
    await world.sitter.join_voice(world.stage)
    assert said(await play(world)).startswith("**Rain** at volume 60.")
    voice = seat(world)
    assert voice is not None
    assert not voice.suppress


async def test_a_stage_that_lets_nobody_up_still_gets_an_answer(world: World) -> None:
    world.env.inject_error("PATCH", "/guilds/*/voice-states/*", status=403, code=50013)
    await world.sitter.join_voice(world.stage)
    assert "audience" in said(await play(world))


@pytest.mark.parametrize("typed", ["rain", "rian", "ra", "RAIN"])
async def test_sounds_are_offered_while_typing(world: World, typed: str) -> None:
    offered = await world.sitter.autocomplete(world.text, "play", "sound", typed)
    assert offered[0] == {"name": "Rain", "value": "rain"}


async def test_all_sounds_are_offered_before_typing(world: World) -> None:
    offered = await world.sitter.autocomplete(world.text, "play", "sound", "")
    assert 2 <= len(offered) <= 25


async def test_a_value_beyond_the_range_is_stopped_by_discord(world: World) -> None:
    with pytest.raises((simcord.BackendError, simcord.SetupError)):
        await play(world, volume=101)


async def test_listening_commands_belong_to_servers(world: World) -> None:
    listening = {"play", "stop", "volume", "pause", "resume", "timer"}
    assert not listening & set(world.caller.user.available_commands())
    assert listening <= set(world.caller.available_commands(world.text))
