import io
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import discord
import numpy as np
import pytest
import simcord
from PIL import Image

from bot.audio.score import whispers_of, without_whispers
from bot.care.timeline import LEAD_S
from bot.sandbox.world import World
from tests.cogs.care_reading import answered, buttons, shown
from tests.cogs.room import left, refused, sits_in
from tests.gateway.panel_reading import until
from tests.gateway.restarts import as_killed_now, restarted


async def breathe(world: World, member: simcord.MemberActor, **options: object) -> simcord.ResponseMessage:
    return answered(await member.slash(world.text, "breathe", **options))


async def meditate(world: World, member: simcord.MemberActor, **options: object) -> simcord.InteractionResult:
    return await member.slash(world.text, "meditate", **options)


def caption(world: World, message: discord.Message | simcord.ResponseMessage) -> str:
    [found] = re.findall(r"^### (.+)$", shown(world, message), re.MULTILINE)
    return str(found)


async def picture(message: simcord.ResponseMessage | discord.Message) -> Image.Image:
    [attachment] = message.attachments
    assert attachment.filename == "picture.webp"
    assert attachment.size < 2_000_000
    return Image.open(io.BytesIO(await attachment.read()))


def is_moving(picture: Image.Image) -> bool:
    return getattr(picture, "n_frames", 1) > 1


async def test_breathe_shows_a_moving_circle_and_can_hold_still(world: World) -> None:
    message = await breathe(world, world.caller)
    assert shown(world, message).startswith("## Five and a half")
    assert not is_moving(await picture(message)), "until the first breath"
    await world.advance(LEAD_S + 0.1)
    moving = await picture(message)
    assert moving.n_frames > 50
    await world.caller.click(message, label="Hold still")
    assert not is_moving(await picture(message))
    await world.caller.click(message, label="Move")
    assert is_moving(await picture(message))
    await world.caller.click(message, label="Pause")
    assert not is_moving(await picture(message)), "nobody breathes while it waits"


def smallest_at_s(picture: Image.Image) -> tuple[float, float]:
    """Return when from its beginning the circle is smallest, and how long its loop is; seconds."""
    starts, sizes, at_s = [], [], 0.0
    for index in range(picture.n_frames):
        picture.seek(index)
        sizes.append(float(np.asarray(picture.convert("L"), np.float64).mean()))
        starts.append(at_s)
        at_s += picture.info["duration"] / 1000
    return starts[int(np.argmin(sizes))], at_s


@pytest.mark.parametrize("presses", [["Slower"], ["Slower", "Slower", "Slower"], ["Pause", "Go on"]])
async def test_the_circle_breathes_with_the_sound(world: World, presses: list[str]) -> None:
    message = await breathe(world, world.sitter, practice="Physiological sigh")
    await world.advance(LEAD_S + 17.3)
    for label in presses:
        await world.sitter.click(message, label=label)
    session = world.bot.services.playback._sessions.playing(world.guild.id)
    [breaths] = session.stream.plan.score
    next_s = breaths.begin_s - session.stream.position_s
    smallest_s, length_s = smallest_at_s(await picture(message))
    assert length_s == pytest.approx(breaths.length_s, abs=0.002)
    apart_s = (next_s - smallest_s + length_s / 2) % length_s - length_s / 2
    assert abs(apart_s) < 0.5, "as the next swell begins the circle begins to grow"


async def test_breathing_is_audible_where_the_person_sits(world: World) -> None:
    message = await breathe(world, world.sitter, practice="Box")
    assert "Playing: " in shown(world, message)
    assert sits_in(world, world.lantern)
    plan = world.bot.services.playback._sessions.playing(world.guild.id).stream.plan
    [breaths] = plan.score
    assert breaths.length_s == pytest.approx(16.0)
    await world.sitter.click(message, label="Slower")
    [slower] = world.bot.services.playback._sessions.playing(world.guild.id).stream.plan.score
    assert slower.length_s == pytest.approx(19.2)
    await world.sitter.click(message, label="Pause")
    assert world.bot.services.playback._sessions.playing(world.guild.id).stream.plan.score == ()
    await world.sitter.click(message, label="Stop")
    await left(world)


def score(world: World) -> tuple[int, int]:
    """Return how many bells and whispered lines are still to come in what is heard."""
    plan = world.bot.services.playback._sessions.playing(world.guild.id).stream.plan
    return len(without_whispers(plan.score)), len(whispers_of(plan.score))


async def test_lines_are_whispered_where_the_person_sits_unless_somebody_there_blocked_whispering(
    world: World,
) -> None:
    message = answered(await meditate(world, world.sitter, practice="asmr-meditation"))
    assert "Some lines are whispered" in shown(world, message)
    n_bells, n_lines = score(world)
    assert (n_bells, n_lines) == (4, 15)
    await world.caller.slash(world.text, "block", sound="Whispered gentle lines")
    await world.caller.join_voice(world.lantern)
    await until(world, lambda: score(world)[1] == 0)
    assert score(world)[0] == n_bells, "bells go on"
    await world.caller.leave_voice()
    await until(world, lambda: score(world)[1] == n_lines)
    await world.sitter.click(message, label="Stop")
    await left(world)


async def test_nobody_whispers_into_a_whisper_or_without_a_room(world: World) -> None:
    message = answered(await meditate(world, world.caller, practice="body-scan", minutes=8))
    assert "whispered" not in shown(world, message)
    await world.sitter.slash(world.text, "play", sound="soft-whisper")
    message = answered(await meditate(world, world.sitter, practice="body-scan", minutes=8))
    assert "Playing: Inaudible whisper" in shown(world, message)
    assert score(world)[1] == 0
    assert score(world)[0] == 4


async def test_meditate_changes_its_captions_and_ends_by_itself(world: World) -> None:
    message = answered(await meditate(world, world.caller, practice="grounding"))
    first = caption(world, message)
    await world.advance(60.0)
    second = caption(world, message)
    await world.advance(60.0)
    assert len({first, second, caption(world, message)}) == 3
    await world.advance(150.0)
    assert "How is it now?" in shown(world, message)


async def test_edits_stay_far_below_what_discord_allows(world: World) -> None:
    await meditate(world, world.caller, practice="body-scan", minutes=12)
    before = len(world.env.http_requests)
    await world.advance(12 * 60.0 + 1)
    edits = [r for r in world.env.http_requests[before:] if r.method == "PATCH"]
    assert 15 <= len(edits) <= 12 * 60 / 6


async def test_over_twelve_minutes_it_stands_in_the_rooms_chat_silently(world: World) -> None:
    result = await meditate(world, world.sitter, practice="body-scan", minutes=20)
    message = answered(result)
    assert shown(world, message).startswith("It is in the voice channel's chat: https://")
    posted = [m for m in world.lantern.history() if "## Body scan" in shown(world, m)]
    assert len(posted) == 1
    assert posted[0].flags.suppress_notifications
    other = await world.caller.click(posted[0], label="Pause")
    assert other.response is not None
    assert other.response.content.startswith("This is somebody else's.")
    await world.sitter.click(posted[0], label="Pause")
    assert "Paused" in shown(world, posted[0])


async def test_over_twelve_minutes_without_a_room_it_comes_as_a_direct_message(world: World) -> None:
    await meditate(world, world.caller, practice="body-scan", minutes=20)
    [direct] = world.dm.history()
    assert "## Body scan" in shown(world, direct)


async def test_two_guides_in_one_room_do_not_talk_over_each_other(world: World) -> None:
    await breathe(world, world.sitter)
    await world.caller.join_voice(world.lantern)
    message = await breathe(world, world.caller)
    assert "Somebody is being guided in that room" in shown(world, message)
    assert "Ends by itself" in shown(world, message)


async def test_a_deploy_ends_a_reply_with_a_kind_word(world: World) -> None:
    message = await breathe(world, world.caller)
    await world.bot.close()
    assert "I have to restart, so this ends here." in shown(world, message)
    assert buttons(world, message) == []


async def killed(world: World, data_dir: Path) -> Path:
    """Let Hush be killed now; return what that leaves on the disk."""
    copy = as_killed_now(data_dir)
    # A killed process says no goodbye.
    world.env.inject_error("PATCH", "/webhooks/*", status=500, times=None)
    await world.bot.close()
    world.env.backend.faults.clear()
    return copy


async def test_after_a_kill_a_reply_goes_on_by_itself_and_can_be_led(world: World, tmp_path: Path) -> None:
    message = answered(await meditate(world, world.caller, practice="grounding"))
    begun = caption(world, message)
    copy = await killed(world, tmp_path)
    await world.advance(60.0)
    assert caption(world, message) == begun, "nobody is there to change it"
    async with restarted(world, copy):
        await until(world, lambda: caption(world, message) != begun)
        await world.caller.click(message, label="Pause")
        assert "Paused" in shown(world, message)
        await world.caller.click(message, label="Go on")
        await world.advance(5 * 60.0)
        await until(world, lambda: "How is it now?" in shown(world, message))


async def test_each_press_brings_a_key_that_the_next_process_can_use(world: World, tmp_path: Path) -> None:
    message = answered(await meditate(world, world.caller, practice="grounding", minutes=10))
    begun_with = rows(tmp_path)
    await world.caller.click(message, label="Pause")
    await until(world, lambda: rows(tmp_path) != begun_with)
    paused_with = rows(tmp_path)
    await world.advance(14 * 60.0)
    await world.caller.click(message, label="Go on")
    await until(world, lambda: rows(tmp_path) != paused_with)
    await world.advance(2 * 60.0)
    begun = caption(world, message)
    copy = await killed(world, tmp_path)
    await world.advance(2 * 60.0)
    async with restarted(world, copy):
        await until(world, lambda: caption(world, message) != begun)


async def test_what_ended_meanwhile_asks_how_it_is_now(world: World, tmp_path: Path) -> None:
    message = await breathe(world, world.caller, practice="box", minutes=2)
    copy = await killed(world, tmp_path)
    await world.advance(5 * 60.0)
    async with restarted(world, copy):
        await until(world, lambda: "How is it now?" in shown(world, message))


async def test_when_its_key_is_over_a_press_says_so_and_nothing_is_kept(world: World, tmp_path: Path) -> None:
    message = await breathe(world, world.caller)
    copy = await killed(world, tmp_path)
    await world.advance(15 * 60.0 + 1.0)
    async with restarted(world, copy):
        await until(world, lambda: rows(copy) == [])
        await world.caller.click(message, label="Pause")
        assert shown(world, message) == "This one has ended. You can begin it again with the command."


async def test_the_key_of_a_reply_is_in_no_export_and_goes_with_the_guide(
    world: World, tmp_path: Path
) -> None:
    message = await breathe(world, world.caller)
    [(token, _)] = rows(tmp_path)
    result = await world.caller.slash(world.text, "privacy export")
    exported = await answered(result).attachments[0].read()
    assert b'"guide"' in exported
    assert token.encode() not in exported
    await world.caller.click(message, label="Stop")
    assert rows(tmp_path) == []


def rows(data_dir: Path) -> list[tuple[str, str]]:
    """Return what is kept of guides: the key of each one's reply."""
    with closing(sqlite3.connect(f"file:{data_dir / 'hush.db'}?mode=ro", uri=True)) as database:
        return database.execute("SELECT reply_token, reply_until FROM guide").fetchall()


async def test_a_long_one_goes_on_after_a_restart_from_where_the_clock_says(
    world: World, tmp_path: Path
) -> None:
    await meditate(world, world.caller, practice="body-scan", minutes=20)
    [direct] = world.dm.history()
    before = caption(world, direct)
    copy = as_killed_now(tmp_path)
    await world.bot.close()
    await world.advance(300.0)
    async with restarted(world, copy):
        await until(world, lambda: caption(world, direct) != before)
        await world.caller.user.click(direct, label="Pause")
        assert "Paused" in shown(world, direct)
        await world.caller.user.click(direct, label="Go on")
        await world.advance(20 * 60.0)
        await until(world, lambda: "How is it now?" in shown(world, direct))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"practice": "gasping"}, "I don't have that one. I have Box, Five and a half,"),
        ({"practice": "box", "minutes": 50}, "Box takes 2 to 12 minutes."),
    ],
)
async def test_what_is_not_there_is_said_kindly(
    world: World, options: dict[str, object], sentence: str
) -> None:
    assert refused(world, await world.caller.slash(world.text, "breathe", **options)).startswith(sentence)


async def test_practices_are_offered_while_typing(world: World) -> None:
    offered = await world.caller.autocomplete(world.text, "breathe", "practice", "sig")
    assert offered == [{"name": "Physiological sigh", "value": "sigh"}]
    assert len(await world.caller.autocomplete(world.text, "meditate", "practice", "")) == 4
