"""What Hush says on coming to a server. Discord marks a server that comes back with `unavailable: false`."""

import simcord
from discord import MessageFlags, Permissions
from simcord.backend import serializers
from simcord.backend.models import Overwrite

from bot.gateway.access import INVITED_WITH

READY = "I'm Hush, and I play soft sounds for as long as you like."


async def join(env: simcord.Env) -> None:
    """Be removed from the server and be invited again; what is in it stays."""
    env.backend.emit("GUILD_DELETE", {"id": str(env.guild.id)})
    payload = dict(serializers.guild_create_payload(env.backend, stored(env)))
    payload.pop("unavailable", None)
    env.backend.emit("GUILD_CREATE", payload)
    await env.settle()


async def outage(env: simcord.Env) -> None:
    env.backend.emit("GUILD_DELETE", {"id": str(env.guild.id), "unavailable": True})
    payload = {**serializers.guild_create_payload(env.backend, stored(env)), "unavailable": False}
    env.backend.emit("GUILD_CREATE", payload)
    await env.settle()


def stored(env: simcord.Env):
    return env.backend.get_guild(env.guild.id)


def invite_with(env: simcord.Env, permissions: Permissions) -> None:
    for role in stored(env).roles.values():
        if role.managed:
            role.permissions = permissions.value
        elif role.id == env.guild.id:
            role.permissions = Permissions(view_channel=True, send_messages=True).value


def close(env: simcord.Env, channel: simcord.ChannelHandle, who: int, **denied: bool) -> None:
    kind = 0 if who == env.guild.id else 1
    env.backend.set_overwrite(channel.id, Overwrite(who, kind, 0, Permissions(**denied).value))


async def test_one_silent_line_in_the_system_channel(env: simcord.Env) -> None:
    env.guild.create_text_channel("rules")
    system = env.guild.create_text_channel("hello")
    stored(env).system_channel_id = system.id
    invite_with(env, INVITED_WITH)
    await join(env)
    [line] = system.history()
    assert line.content.startswith(READY)
    assert line.content.count("\n") == 0
    assert line.flags.suppress_notifications
    assert MessageFlags.suppress_notifications.flag & line.flags.value
    sent = next(r.json for r in env.http_requests if r.method == "POST" and r.path.endswith("/messages"))
    assert sent["allowed_mentions"]["parse"] == []


async def test_else_in_the_first_channel_that_everybody_sees_and_hush_may_write_in(env: simcord.Env) -> None:
    secret, locked, lobby = (env.guild.create_text_channel(name) for name in ("staff", "rules", "lobby"))
    invite_with(env, INVITED_WITH)
    close(env, secret, env.guild.id, view_channel=True)
    close(env, locked, env.backend.bot_user.id, send_messages=True)
    await join(env)
    assert [len(channel.history()) for channel in (secret, locked, lobby)] == [0, 0, 1]


async def test_nowhere_to_speak_means_silence(env: simcord.Env) -> None:
    locked = env.guild.create_text_channel("rules")
    close(env, locked, env.backend.bot_user.id, send_messages=True)
    await join(env)
    assert locked.history() == []
    assert not env.errors


async def test_what_is_missing_is_named_in_words(env: simcord.Env) -> None:
    lobby = env.guild.create_text_channel("lobby")
    granted = "view_channel", "send_messages", "embed_links", "attach_files", "request_to_speak"
    invite_with(env, Permissions(**dict.fromkeys(granted, True)))
    await join(env)
    [line] = lobby.history()
    assert "I still lack Connect and Speak here" in line.content
    assert "`/doctor`" in line.content


async def test_a_start_and_an_outage_are_no_joins(env: simcord.Env, make_bot) -> None:
    lobby = env.guild.create_text_channel("lobby")
    await outage(env)
    await env.bot.close()
    await env.restart_bot(make_bot())
    assert lobby.history() == []


async def test_a_line_that_cannot_be_sent_is_left_unsaid(env: simcord.Env) -> None:
    lobby = env.guild.create_text_channel("lobby")
    env.inject_error("POST", "/channels/*", status=403, code=50013)
    await join(env)
    assert lobby.history() == []
    assert not env.errors
