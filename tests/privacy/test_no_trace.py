"""Words of somebody in crisis go through every door, and afterwards they are nowhere.

Not in a log at any level, in a traceback, in the database's files, in an export, in what monitoring reads.
"""

import dataclasses
import logging
from collections.abc import AsyncGenerator, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData

from bot.sandbox.world import World
from bot.store.tables import metadata
from bot.support.levels import Level, Surface
from tests.cogs.room import opened_world
from tests.cogs.test_support import choice, latest
from tests.monitoring.test_monitoring import Numbers, fetch, free_port, numbers, serving
from tests.store.filled import everything

MARK = "quincemarmalade"
CRISIS = f"i want to kill myself tonight, i have decided, goodbye {MARK}"
LEVELS = ("crisis", "high_distress", "level.")


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
async def world(tmp_path: Path, caplog: pytest.LogCaptureFixture, port: int) -> AsyncGenerator[World]:
    caplog.set_level(logging.DEBUG)
    # As `./hush run` does, whatever HUSH_LOG_LEVEL is.
    caplog.set_level(logging.WARNING, "discord")
    caplog.set_level(logging.INFO, "aiosqlite")
    async with opened_world(tmp_path, create=serving(port)) as world:
        reader = world.bot.services.hearing._reader
        assert {reader.level(CRISIS, surface) for surface in Surface} == {Level.CRISIS}
        yield world


def told(caplog: pytest.LogCaptureFixture) -> str:
    """Return all that was logged, with the tracebacks, as the console would have it."""
    form = logging.Formatter("%(levelname)s %(name)s: %(message)s")
    ours = [r for r in caplog.records if not r.name.startswith(("simcord", "discord.client"))]
    return "\n".join(form.format(record) for record in ours)


async def rows(world: World, tables: MetaData = metadata) -> dict[str, list[dict[str, Any]]]:
    async with world.bot.services.privacy._rows._database.reading() as connection:
        return await everything(connection, tables)


def nowhere_on_disk(folder: Path) -> None:
    # What the sandbox keeps of its own Discord is Discord's memory, not Hush's.
    files = [file for file in folder.rglob("*") if file.is_file() and file.name != "sandbox-world.jsonl"]
    assert any(file.name == "hush.db" for file in files)
    assert any(file.name.endswith("-wal") for file in files), "the journal is searched too"
    for file in files:
        assert MARK.encode() not in file.read_bytes(), file


async def nowhere(
    world: World, folder: Path, caplog: pytest.LogCaptureFixture, capfd: Any, port: int
) -> None:
    nowhere_on_disk(folder)
    for person in (world.caller, world.sitter, world.moderator):
        assert MARK.encode() not in await world.bot.services.privacy.export(person.id)
    logged = told(caplog)
    assert MARK not in logged
    assert not any(word in logged.lower() for word in LEVELS)
    console = capfd.readouterr()
    assert MARK not in console.out + console.err
    assert MARK not in str(dataclasses.asdict(world.bot.tally))
    for path in ("/metrics", "/healthz"):
        _, read = await fetch(port, path)
        assert MARK not in read
        assert not any(word in read.lower() for word in LEVELS)
        assert not any(str(person.id) in read for person in (world.caller, world.sitter, world.moderator))


async def counts(port: int) -> Numbers:
    """Return what /metrics says of Hush, but for what grows by itself while it runs."""
    every = await numbers(port)
    by_itself = ("hush_uptime", "hush_loop_lag")
    return {key: value for key, value in every.items() if not key[0].startswith(by_itself)}


def mention(world: World, text: str = CRISIS) -> str:
    return f"<@{world.bot_id}> {text}"


async def test_messages_leave_nothing_not_even_that_they_were_answered(world, tmp_path, caplog, capfd, port):
    before, counted = await rows(world), dataclasses.asdict(world.bot.tally)
    counted_outside = await counts(port)
    await world.caller.user.send_dm(CRISIS)
    await world.caller.send(world.text, mention(world))
    line = next(m for m in world.text.history() if m.author.id == world.bot_id)
    await world.sitter.send(world.text, CRISIS, reply_to=line)
    calm = await world.moderator.user.send_dm("hello")
    await world.moderator.user.edit(calm, CRISIS)
    await world.caller.click(line, label="Support")
    card = next(m for m in world.dm.history() if m.author.id == world.bot_id)
    for label in ("I just want to chat", "It won't help", "I can't talk aloud", "I'm safe, thanks"):
        await world.caller.user.click(card, label=label)
    assert await rows(world) == before
    assert dataclasses.asdict(world.bot.tally) == counted
    assert await counts(port) == counted_outside
    await nowhere(world, tmp_path, caplog, capfd, port)


async def test_every_option_of_every_command(world, tmp_path, caplog, capfd, port):
    before = await rows(world)
    tried = 0
    for command in list(world.env.backend.commands[None].values()):
        for name, options in leaves(command):
            texts = {o["name"]: CRISIS[: o.get("max_length", 6000)] for o in options if is_free_text(o)}
            if not texts:
                continue
            tried += 1
            others = {
                o["name"]: filler(world, o) for o in options if o.get("required") and o["name"] not in texts
            }
            if 0 in command["contexts"]:
                await world.moderator.slash(world.text, name, **texts, **others)
            else:
                await world.moderator.user.slash(name, **texts, **others)
            for option in texts:
                if 0 in command["contexts"] and is_completed(options, option):
                    await world.moderator.autocomplete(world.text, name, option, CRISIS[:100])
    assert tried >= 6
    assert not world.env.errors
    changed = {name for name, found in (await rows(world)).items() if found != before[name]}
    assert changed <= {"familiar_guild"}, "where a command ran that had no room for the whole sentence"
    await nowhere(world, tmp_path, caplog, capfd, port)


async def test_a_modal(world, tmp_path, caplog, capfd, port):
    shown = (await world.caller.slash(world.text, "support")).response
    await world.caller.click(shown.message, label="Country")
    modal = await world.caller.select(latest(world), ["elsewhere"], custom_id=choice(world, "pick-country"))
    await world.caller.submit_modal(modal, {"country": CRISIS[-60:]})
    await nowhere(world, tmp_path, caplog, capfd, port)


async def test_when_discord_fails(world, tmp_path, caplog, capfd, port):
    for path in ("/channels/*", "/interactions/*"):
        world.env.inject_error("POST", path, status=500, times=None)
    await world.caller.user.send_dm(CRISIS)
    await world.caller.send(world.text, mention(world))
    await world.caller.slash(world.text, "support", concern=CRISIS)
    await world.caller.slash(world.text, "play", sound=CRISIS)
    raised = [repr(error) for error in world.env.errors]
    assert all("HTTPException" in error for error in raised), "only that Discord did not take an answer"
    assert MARK not in str(raised)
    assert "HTTPException" in told(caplog) or "DiscordServerError" in told(caplog)
    await nowhere(world, tmp_path, caplog, capfd, port)


async def test_when_the_reader_breaks(world, tmp_path, caplog, capfd, port):
    class Broken:
        def level(self, text: str, surface: Surface) -> Level:
            raise RuntimeError(text)

        def language(self, text: str) -> str:
            raise RuntimeError(text)

    world.bot.services.hearing._reader = Broken()
    await world.caller.user.send_dm(CRISIS)
    await world.caller.slash(world.text, "support", concern=CRISIS)
    assert "RuntimeError" in told(caplog)
    await nowhere(world, tmp_path, caplog, capfd, port)


async def test_when_the_database_gives_no_answer(world, tmp_path, caplog, capfd, port):
    nowhere_before = tmp_path / "hush.db"
    assert nowhere_before.exists()
    await world.bot.services.support._people._database.close()
    await world.caller.user.send_dm(CRISIS)
    await world.caller.slash(world.text, "support", concern=CRISIS)
    await world.caller.send(world.text, mention(world))
    assert MARK not in told(caplog)
    assert MARK.encode() not in nowhere_before.read_bytes()


def leaves(command: Mapping[str, Any], parent: str = "") -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield every command that can be called, by its whole name, with its options."""
    name = f"{parent} {command['name']}".strip()
    options = command.get("options", [])
    groups = [option for option in options if option["type"] in (1, 2)]
    for group in groups:
        yield from leaves(group, name)
    if not groups and command.get("type", 1) == 1:
        yield name, options


def is_completed(options: list[dict[str, Any]], name: str) -> bool:
    return any(option["name"] == name and option.get("autocomplete") for option in options)


def is_free_text(option: Mapping[str, Any]) -> bool:
    return option["type"] == 3 and not option.get("choices")


def filler(world: World, option: Mapping[str, Any]) -> object:
    if choices := option.get("choices"):
        return choices[0]["value"]
    whole = option.get("min_value", 1)
    channel = world.lantern if 2 in option.get("channel_types", ()) else world.quiet
    file = ("river.wav", b"no sound")
    return {3: "x", 4: whole, 5: True, 6: world.sitter, 7: channel, 10: 1.0, 11: file}[option["type"]]
