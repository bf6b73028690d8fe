from collections.abc import Callable
from pathlib import Path

import simcord

from bot.gateway.client import Hush


def registrations(env: simcord.Env) -> int:
    return sum(r.method == "PUT" and r.path.endswith("/commands") for r in env.http_requests)


async def restart(env: simcord.Env, make_bot: Callable[[], Hush]) -> None:
    await env.bot.close()
    await env.restart_bot(make_bot())


async def test_commands_are_registered_once(env: simcord.Env, make_bot: Callable[[], Hush]) -> None:
    assert registrations(env) == 1
    await restart(env, make_bot)
    await restart(env, make_bot)
    assert registrations(env) == 1


async def test_a_change_is_registered(env: simcord.Env, make_bot: Callable[[], Hush], tmp_path: Path) -> None:
    record = tmp_path / "commands.sha256"
    record.write_text("the fingerprint of other commands\n")
    await restart(env, make_bot)
    assert registrations(env) == 2
    await restart(env, make_bot)
    assert registrations(env) == 2


async def test_a_lost_registration_is_noticed(env: simcord.Env, make_bot: Callable[[], Hush]) -> None:
    env.backend.register_commands(None, [])
    await restart(env, make_bot)
    assert registrations(env) == 2


async def test_a_foreign_registration_is_replaced(env: simcord.Env, make_bot: Callable[[], Hush]) -> None:
    env.backend.register_commands(None, [{"name": "song", "description": "Somebody else's"}])
    await restart(env, make_bot)
    guild = env.guild
    member = guild.add_member(env.create_user("wren"))
    assert "song" not in member.available_commands(guild.create_text_channel("fireside"))


async def test_descriptions_are_sentences_not_keys(env: simcord.Env) -> None:
    # One of a message's own menu has a name and nothing else.
    commands = [c for c in env.backend.commands[None].values() if c.get("type", 1) == 1]
    described = [*commands, *(option for command in commands for option in command["options"])]
    assert all(" " in thing["description"] for thing in described)


async def test_where_commands_can_be_used(env: simcord.Env) -> None:
    contexts = {
        c["name"]: (c["contexts"], c["integration_types"]) for c in env.backend.commands[None].values()
    }
    in_servers, anywhere = ([0], [0]), ([0, 1, 2], [0, 1])
    listening = {
        "resources",
        "sounds",
        "settings",
        "sleeproom",
        "Help a friend",
        "doctor",
        "focus",
        "play",
        "stop",
        "volume",
        "pause",
        "resume",
        "timer",
        "layer",
        "mixer",
    }
    assert contexts.pop("morning") == ([1, 2], [0, 1])
    assert contexts == dict.fromkeys(listening, in_servers) | dict.fromkeys(
        {"timezone", "bedtime", "winddown", "nights"}
        | {"library", "help"}
        | {"support", "privacy", "therapy"}
        | {"pair", "learn", "breathe", "meditate", "checkin"}
        | {"discover", "tingles"}
        | {"preset", "block", "unblock", "take"},
        anywhere,
    )
