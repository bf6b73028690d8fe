import logging

import discord
import pytest
import simcord
from discord import app_commands

from bot.core.errors import Refusal

CALM = "Something went wrong on my side, not yours. Try again in a minute."
OUTDATED = "That command has changed since your Discord last looked. Restart Discord, then try again."


@pytest.fixture
def text(env: simcord.Env) -> simcord.ChannelHandle:
    return env.guild.create_text_channel("fireside")


@pytest.fixture
def wren(env: simcord.Env) -> simcord.MemberActor:
    return env.guild.add_member(env.create_user("wren"))


def said(result: simcord.InteractionResult) -> str:
    assert result.response is not None
    assert result.response.ephemeral
    return result.response.content


def causes(env: simcord.Env) -> list[type[BaseException]]:
    return [
        type(e.original) if isinstance(e, app_commands.CommandInvokeError) else type(e) for e in env.errors
    ]


async def test_a_refusal_is_its_sentence(
    env: simcord.Env, wren: simcord.MemberActor, text: simcord.ChannelHandle
) -> None:
    result = await wren.slash(text, "stop")
    assert said(result) == "Nothing is playing here. Join a voice channel and use `/play`."
    assert causes(env) == [Refusal]


async def test_our_own_failure_is_one_calm_sentence_and_a_log_line_without_what_was_typed(
    env: simcord.Env,
    wren: simcord.MemberActor,
    text: simcord.ChannelHandle,
    caplog: pytest.LogCaptureFixture,
) -> None:
    env.inject_error("POST", "/interactions/*", status=400, message="about my secret")
    result = await wren.slash(text, "help")
    assert said(result) == CALM
    assert causes(env) == [discord.HTTPException]
    ours = [record for record in caplog.records if record.name.startswith("bot.")]
    assert [record.levelno for record in ours] == [logging.ERROR]
    assert "HTTPException" in caplog.text
    assert "secret" not in caplog.text


async def test_when_nothing_can_be_said_the_bot_goes_on(
    env: simcord.Env, wren: simcord.MemberActor, text: simcord.ChannelHandle
) -> None:
    env.inject_error("POST", "/interactions/*", status=404, code=10062)
    result = await wren.slash(text, "stop")
    assert result.response is None
    assert causes(env) == [Refusal]
    assert said(await wren.slash(text, "stop"))
    assert len(env.errors) >= 2


@pytest.mark.parametrize(
    "stale",
    [
        {"name": "bedtime", "description": "Gone by now"},
        {
            "name": "volume",
            "description": "With another option",
            "options": [{"name": "loudness", "description": "How loud", "type": 4, "required": True}],
        },
    ],
)
async def test_a_command_discord_knows_otherwise(
    env: simcord.Env, wren: simcord.MemberActor, text: simcord.ChannelHandle, stale: dict[str, object]
) -> None:
    env.backend.register_commands(None, [stale])
    options = {"loudness": 5} if "options" in stale else {}
    result = await wren.slash(text, str(stale["name"]), **options)
    assert said(result) == OUTDATED
    assert len(env.errors) == 1
