"""/privacy: what is held is shown, handed over, deleted; also while something plays."""

import json

import pytest
import simcord
from sqlalchemy import select

from bot.core.preferences import PersonSettings
from bot.sandbox.world import World
from bot.store.tables import person_columns
from tests.cogs.room import refused, words


async def rows_about(world: World, person_id: int) -> dict[str, int]:
    """Return where the database names a person, by walking the schema."""
    found = {}
    async with database(world).reading() as connection:
        for column in person_columns():
            rows = (await connection.execute(select(column).where(column == person_id))).all()
            if rows:
                found[f"{column.table.name}.{column.name}"] = len(rows)
    return found


def database(world: World):
    return world.bot.services.privacy._rows._database


async def settle_down(world: World, person_id: int) -> None:
    await world.bot.services.support._people.put(PersonSettings(person_id, country="DE", quiet=True))


def export_of(result: simcord.InteractionResult) -> dict[str, object]:
    [attachment] = result.response.attachments
    return json.loads(attached(result, attachment))


def attached(result: simcord.InteractionResult, attachment: object) -> bytes:
    return result._env.backend.attachments[attachment.id].data


async def test_nothing_is_held_about_a_stranger(world: World) -> None:
    result = await world.caller.slash(world.text, "privacy view")
    assert result.response.ephemeral
    assert "Nothing." in words(result.response)
    assert "Never kept: what you write to me" in words(result.response)
    question = await world.caller.slash(world.text, "privacy delete")
    assert "there is nothing to delete" in words(question.response)


async def test_what_is_held_is_shown_in_words(world: World) -> None:
    await settle_down(world, world.sitter.id)
    await world.sitter.slash(world.text, "play", sound="rain")
    await world.bot.services.playback._sessions._ledger.settled()
    shown = words((await world.sitter.slash(world.text, "privacy view")).response)
    assert "**Your settings: language, country, time zone, quiet**: 1." in shown
    assert "**What a server hears now, and who asked for it**: 1." in shown


async def test_deleting_asks_first_and_leaves_no_row_while_the_sound_goes_on(world: World) -> None:
    await settle_down(world, world.sitter.id)
    await settle_down(world, world.caller.id)
    await world.sitter.slash(world.text, "play", sound="rain")
    await world.bot.services.playback._sessions._ledger.settled()
    before = await rows_about(world, world.sitter.id)
    assert {"voice_session.asked_by", "person_settings.user_id"} <= set(before)
    question = await world.sitter.slash(world.text, "privacy delete")
    assert "at once and for good" in words(question.response)
    assert await rows_about(world, world.sitter.id)
    await world.sitter.click(question.response.message, label="Delete all of it")
    assert await rows_about(world, world.sitter.id) == {}
    assert world.bot.services.playback.now_playing(world.guild.id) is not None
    await world.sitter.slash(world.text, "volume", percent=30)
    await world.bot.services.playback._sessions._ledger.settled()
    used_again = {"familiar_guild.user_id": 1}
    assert await rows_about(world, world.sitter.id) == used_again, "what plays does not write the name again"
    assert await rows_about(world, world.caller.id) == {"person_settings.user_id": 1}


async def test_deleting_forgets_where_somebody_was_today(world: World) -> None:
    """A memory of the day saves a row a command; deleted with the row, the next command is a first one."""
    acquaintance = world.bot.services.evenings.acquaintance
    for person in (world.sitter, world.caller):
        await person.slash(world.text, "learn")
        await person.slash(world.text, "learn")
    assert {key[0] for key in acquaintance._today} == {world.sitter.id, world.caller.id}
    question = await world.sitter.slash(world.text, "privacy delete")
    await world.sitter.click(question.response.message, label="Delete all of it")
    assert {key[0] for key in acquaintance._today} == {world.caller.id}
    assert await rows_about(world, world.sitter.id) == {}
    await world.sitter.slash(world.text, "learn")
    assert await rows_about(world, world.sitter.id) == {"familiar_guild.user_id": 1}


async def test_deleting_forgets_what_was_heard(world: World) -> None:
    await settle_down(world, world.caller.id)
    await world.caller.user.send_dm("i want to kill myself tonight, i have decided")
    assert len(world.bot.services.hearing.decisions) == 1
    question = await world.caller.slash(world.text, "privacy delete")
    await world.caller.click(question.response.message, label="Delete all of it")
    assert len(world.bot.services.hearing.decisions) == 0


async def test_keeping_keeps(world: World) -> None:
    await settle_down(world, world.caller.id)
    question = await world.caller.slash(world.text, "privacy delete")
    await world.caller.click(question.response.message, label="Keep it")
    assert await rows_about(world, world.caller.id) == {"person_settings.user_id": 1}


async def test_the_export_is_readable_json(world: World) -> None:
    await settle_down(world, world.caller.id)
    result = await world.caller.slash(world.text, "privacy export")
    assert result.response.ephemeral
    content = json.loads(await world.bot.services.privacy.export(world.caller.id))
    assert content["discord_user_id"] == str(world.caller.id)
    [table] = content["held"]
    assert table["table"] == "person_settings"
    assert table["rows"][0]["country"] == "DE"
    assert table["rows"][0]["user_id"] == str(world.caller.id)
    assert any("What you write to Hush" in sentence for sentence in content["not_held"])
    assert [attachment.filename for attachment in result.response.attachments] == ["hush-about-me.json"]


async def test_quiet_and_back(world: World) -> None:
    result = await world.caller.slash(world.text, "privacy quiet")
    assert "I'll make no more offers" in words(result.response)
    assert (await world.bot.services.support.settings_of(world.caller.id)).quiet
    await world.caller.click(result.response.message, label="Offers are fine")
    assert not (await world.bot.services.support.settings_of(world.caller.id)).quiet


async def test_it_works_in_a_dm(world: World) -> None:
    result = await world.caller.user.slash("privacy view")
    assert "Nothing." in words(result.response)


@pytest.mark.parametrize("command", ["view", "export", "delete", "quiet"])
async def test_without_the_database_it_says_so(world: World, command: str) -> None:
    await database(world).close()
    result = await world.caller.slash(world.text, f"privacy {command}")
    assert refused(world, result).startswith("I can't reach my records right now, so nothing has changed.")


async def test_a_deletion_that_cannot_be_done_says_so(world: World) -> None:
    await settle_down(world, world.caller.id)
    question = await world.caller.slash(world.text, "privacy delete")
    await database(world).close()
    await world.caller.click(question.response.message, label="Delete all of it")
    assert not world.env.errors
    shown = [m.content for m in world.text.history(viewer=world.caller)]
    assert any("something may still be there" in text for text in shown)
