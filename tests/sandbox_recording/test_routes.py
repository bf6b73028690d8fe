import io
from typing import Any

import aiohttp
import discord
import pytest
from discord import app_commands
from discord.http import Route

from bot.sandbox.recording.behaviour import Behaviour, Window
from bot.sandbox.recording.process import RecordingDiscord

pytestmark = pytest.mark.asyncio(loop_scope="module")

_GUILD = 400_000_000_000_000_001


def _interaction(
    bot: discord.Client, opened: tuple[int, str], channel: int, person: int
) -> discord.Interaction[Any]:
    user = {"id": str(person), "username": "sam", "discriminator": "0", "avatar": None}
    data: Any = {
        "id": str(opened[0]),
        "token": opened[1],
        "application_id": str(bot.application_id),
        "type": 2,
        "version": 1,
        "channel": {"id": str(channel), "type": 1},
        "channel_id": str(channel),
        "user": user,
        "entitlements": [],
        "attachment_size_limit": 10_485_760,
        "data": {"id": "1", "name": "play", "type": 1},
    }
    return discord.Interaction(data=data, state=bot._connection)


async def test_a_dm_channel_stays_the_same(
    server: RecordingDiscord, mark: int, bot: discord.Client, person: int
) -> None:
    first = await bot.http.start_private_message(person)
    again = await bot.http.start_private_message(person)
    assert first == again
    lines = [line for line in server.lines(after=mark) if line.route == "create_dm"]
    assert [line.change for line in lines] == ["dm_opened", None]
    assert [(line.recipient, line.channel) for line in lines] == [(person, int(first["id"]))] * 2
    channel = await bot.fetch_channel(int(first["id"]))
    assert isinstance(channel, discord.DMChannel)


async def test_a_message_is_shown_edited_answered_and_deleted(
    server: RecordingDiscord, dm: discord.DMChannel, person: int
) -> None:
    message = await dm.send("good evening", silent=True)
    edited = await message.edit(content="good night")
    assert edited.edited_at is not None
    fetched = await dm.fetch_message(message.id)
    assert (fetched.content, fetched.flags.suppress_notifications) == ("good night", True)
    reply = await fetched.reply("sleep well")
    assert reply.reference is not None
    assert reply.reference.message_id == message.id
    assert [found.content async for found in dm.history()] == ["sleep well", "good night"]
    await reply.delete()
    with pytest.raises(discord.NotFound):
        await dm.fetch_message(reply.id)

    shown = await server.messages(recipient=person)
    assert [(m["content"], m["recorded"]["n_edits"], m["recorded"]["deleted"]) for m in shown] == [
        ("good night", 1, False),
        ("sleep well", 0, True),
    ]


async def test_files_arrive_with_their_descriptions(dm: discord.DMChannel) -> None:
    night = discord.File(io.BytesIO(b"\x89PNG night"), "night.png", description="a quiet night")
    message = await dm.send("look", file=night)
    (attachment,) = (await dm.fetch_message(message.id)).attachments
    assert (attachment.filename, attachment.size, attachment.description) == (
        "night.png",
        10,
        "a quiet night",
    )
    assert attachment.content_type == "image/png"


async def test_a_components_v2_panel_comes_back_with_numbered_components(dm: discord.DMChannel) -> None:
    class Panel(discord.ui.LayoutView):
        box: discord.ui.Container[Any] = discord.ui.Container(
            discord.ui.TextDisplay("Rain"),
            discord.ui.ActionRow(discord.ui.Button(label="Stop", custom_id="stop")),
        )

    message = await dm.send(view=Panel())
    fetched = await dm.fetch_message(message.id)
    container = fetched.components[0]
    assert isinstance(container, discord.Container)
    assert [child.to_dict()["id"] for child in container.children] == [2, 3]
    with pytest.raises(discord.HTTPException) as refusal:
        await fetched.edit(content="text beside a panel")
    assert refusal.value.code == 50035


async def test_an_empty_or_endless_message_is_refused(bot: discord.Client, dm: discord.DMChannel) -> None:
    for text, code in (("", 50006), ("z" * 2001, 50035)):
        with pytest.raises(discord.HTTPException) as refusal:
            await dm.send(text)
        assert refusal.value.code == code


async def test_pings_are_those_allowed(
    server: RecordingDiscord, mark: int, bot: discord.Client, person: int
) -> None:
    channel = bot.get_partial_messageable(await server.add_channel(_GUILD))
    text = f"<@{person}> and <@{person + 1}> and @everyone"
    await channel.send(text)
    await channel.send(text, allowed_mentions=discord.AllowedMentions.none())
    only = discord.AllowedMentions(everyone=False, users=[discord.Object(person)], roles=False)
    await channel.send(text, allowed_mentions=only)

    assert [d.pings for d in server.deliveries(after=mark)] == [
        (str(person), str(person + 1), "everyone"),
        (),
        (str(person),),
    ]
    assert {d.recipient for d in server.deliveries(after=mark)} == {None}


async def test_the_hash_is_of_what_is_said_alone(
    server: RecordingDiscord, mark: int, dm: discord.DMChannel
) -> None:
    await dm.send("good evening", nonce=1)
    await dm.send("good evening", nonce=2)
    await dm.send("good night", nonce=3)
    one, two, three = (d.content_hash for d in server.deliveries(after=mark))
    assert one == two != three
    assert "good" not in server.log.read_text()


async def test_an_unknown_channel_is_10003(bot: discord.Client) -> None:
    with pytest.raises(discord.NotFound) as refusal:
        await bot.get_partial_messageable(12345).send("hello")
    assert refusal.value.code == 10003


async def test_an_unknown_route_is_404_and_recorded(
    server: RecordingDiscord, mark: int, bot: discord.Client
) -> None:
    with pytest.raises(discord.NotFound) as refusal:
        await bot.http.request(Route("POST", "/channels/{channel_id}/pins", channel_id=5), json={"a": 1})
    assert refusal.value.code == 0
    (line,) = (line for line in server.lines(after=mark) if line.route == "unknown")
    assert (line.method, line.path, line.status) == ("POST", "/api/v10/channels/5/pins", 404)


async def test_a_body_that_is_no_json_is_50109_and_recorded(
    server: RecordingDiscord, mark: int, bot: discord.Client, dm: discord.DMChannel
) -> None:
    route = Route("POST", "/channels/{channel_id}/messages", channel_id=dm.id)
    with pytest.raises(discord.HTTPException) as refusal:
        await bot.http.request(route, data="{half")
    assert refusal.value.code == 50109
    assert [line.code for line in server.lines(after=mark)][-1] == 50109


async def test_where_a_person_sits(server: RecordingDiscord, bot: discord.Client, person: int) -> None:
    channel = await server.add_channel(_GUILD, kind=2)
    await server.set_voice_state(_GUILD, person, channel)
    assert (await bot.http.get_voice_state(_GUILD, person))["channel_id"] == str(channel)
    await server.set_voice_state(_GUILD, person, None)
    with pytest.raises(discord.NotFound) as refusal:
        await bot.http.get_voice_state(_GUILD, person)
    assert refusal.value.code == 10065
    await bot.http.edit_voice_channel_status("rain", channel_id=channel)


async def test_commands_keep_their_ids(bot: discord.Client) -> None:
    tree = app_commands.CommandTree(bot)

    @tree.command(description="Play a sound.")
    async def play(interaction: discord.Interaction, sound: str) -> None: ...

    @tree.command(description="Fade out.")
    async def stop(interaction: discord.Interaction) -> None: ...

    first = {command.name: command.id for command in await tree.sync()}
    again = {command.name: command.id for command in await tree.fetch_commands()}
    tree.remove_command("stop")
    assert [(command.name, command.id) for command in await tree.sync()] == [("play", first["play"])]
    assert again == first
    assert len(set(first.values())) == 2


async def test_an_interaction_is_answered_once_and_followed_up(
    server: RecordingDiscord, mark: int, bot: discord.Client, dm: discord.DMChannel, person: int
) -> None:
    assert bot.application_id is not None
    opened = await server.open_interaction(bot.application_id, channel=dm.id, user=person)
    interaction = _interaction(bot, opened, dm.id, person)
    await interaction.response.defer(thinking=True, ephemeral=True)
    answered = await interaction.followup.send("rain is coming", wait=True)
    original = await interaction.original_response()
    assert original.id == answered.id
    await original.edit(content="rain is here")
    more = await interaction.followup.send(
        "and wind", wait=True, file=discord.File(io.BytesIO(b"w"), "w.txt")
    )
    await more.delete()

    shown = await server.messages(channel=dm.id)
    assert [(m["content"], m["flags"] & 128, m["recorded"]["deleted"]) for m in shown] == [
        ("rain is here", 0, False),
        ("and wind", 0, True),
    ]
    second = _interaction(bot, opened, dm.id, person)
    with pytest.raises(discord.HTTPException) as refusal:
        await second.response.send_message("again")
    assert refusal.value.code == 40060
    assert server.deliveries(after=mark) == []  # an answer is no delivery


async def test_an_interaction_does_not_wait_for_ever(
    server: RecordingDiscord, bot: discord.Client, dm: discord.DMChannel, person: int
) -> None:
    assert bot.application_id is not None
    late = await server.open_interaction(bot.application_id, channel=dm.id, user=person)
    await server.advance(4.0)
    with pytest.raises(discord.NotFound) as refusal:
        await _interaction(bot, late, dm.id, person).response.send_message("too late")
    assert refusal.value.code == 10062

    opened = await server.open_interaction(bot.application_id, channel=dm.id, user=person)
    interaction = _interaction(bot, opened, dm.id, person)
    callback = await interaction.response.send_message("in time")
    assert callback.message_id is not None
    await server.advance(15 * 60.0)
    with pytest.raises(discord.HTTPException) as expired:
        await interaction.followup.send("fifteen minutes later")
    assert expired.value.code == 50027


async def test_what_a_bot_may_not_do(
    server: RecordingDiscord, bot: discord.Client, dm: discord.DMChannel
) -> None:
    assert bot.user is not None
    message = await dm.send("good evening")
    with pytest.raises(discord.HTTPException) as to_itself:
        await bot.http.start_private_message(bot.user.id)
    assert to_itself.value.code == 50007
    with pytest.raises(discord.HTTPException) as to_nobody:
        await bot.http.request(Route("POST", "/users/@me/channels"), json={})
    assert to_nobody.value.code == 50035
    with server.redirected():
        async with discord.Client(intents=discord.Intents.none()) as other:
            await other.login("NDIwMDAwMDAwMDAwMDAwMDAw.another.bot")  # the id 420000000000000000
            assert other.user is not None
            assert other.user.id == 420_000_000_000_000_000
            with pytest.raises(discord.Forbidden) as not_its_own:
                await other.http.delete_message(dm.id, message.id)
    assert not_its_own.value.code == 50005


async def test_two_bots_have_their_own_nonces_and_limits(
    server: RecordingDiscord, dm: discord.DMChannel
) -> None:
    window = Window(limit=1, seconds=60.0)
    message = {"content": "good evening", "nonce": "1", "enforce_nonce": True}
    await server.configure(Behaviour.unlimited().model_copy(update={"global_limit": window}))
    sent = []
    for token in ("MQ", "Mg"):
        async with aiohttp.ClientSession(headers={"Authorization": f"Bot {token}"}) as session:
            response = await session.post(f"{server.url}/channels/{dm.id}/messages", json=message)
            sent.append((await response.json())["id"])
    assert len(set(sent)) == 2
