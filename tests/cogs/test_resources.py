"""/resources: a server's own help, and asking for a moderator where the server allows it."""

import pytest
import simcord
from simcord import interactions
from simcord.backend import serializers

from bot.sandbox.world import World
from tests.cogs.room import refused, said, words
from tests.cogs.test_support import labels, parts

ROOM = {"name": "Quiet room", "what": "Talk with two of us", "how": "Write in quiet-corner"}


async def add(world: World, **changes: str) -> simcord.InteractionResult:
    return await world.moderator.slash(world.text, "resources add", **(ROOM | changes))


async def card(world: World) -> simcord.ResponseMessage:
    return (await world.caller.slash(world.text, "support", country="GB")).response


async def listed(world: World) -> simcord.ResponseMessage:
    return (await world.moderator.slash(world.text, "resources list")).response


async def allow_moderators(world: World) -> None:
    shown = await listed(world)
    select = next(str(p["custom_id"]) for p in parts(shown) if "channel" in str(p.get("custom_id")))
    await world.moderator.select(shown.message, [world.quiet], custom_id=select)
    assert not world.env.errors


async def test_what_is_added_stands_below_the_national_lines_with_its_label(world: World) -> None:
    result = await add(world, hours="evenings", link="https://example.org/help")
    assert said(result).startswith("**Quiet room** stands on the help card now")
    shown = words(await card(world))
    assert shown.index("Samaritans") < shown.index("Added by this server") < shown.index("Quiet room")
    assert "Talk with two of us · Write in quiet-corner · evenings · https://example.org/help" in shown


async def test_other_servers_and_direct_messages_do_not_see_it(world: World) -> None:
    await add(world)
    shown = words((await world.caller.user.slash("support", country="GB")).response)
    assert "Quiet room" not in shown


async def test_it_is_plain_text_whatever_is_in_it(world: World) -> None:
    await add(world, what="**now** <@&5> @everyone [press](https://evil.example) # big\n# bigger")
    [line] = [part for part in words(await card(world)).splitlines() if part.startswith("Quiet room")]
    assert "**now**" not in line
    assert "](" not in line
    assert "<@&5>" not in line
    assert "@everyone" not in line.replace("\u200b", "|")


@pytest.mark.parametrize(
    "link",
    [
        "http://example.org",
        "example.org",
        "https://",
        "https://a b.org",
        "https://user@example.org",
        "javascript:x",
        "https://[::1",
        "https://x.org)",
    ],
)
async def test_only_https_links(world: World, link: str) -> None:
    assert refused(world, await add(world, link=link)).startswith("A link must begin with https")
    assert "Added by this server" not in words(await card(world))


async def test_words_that_are_none_are_refused(world: World) -> None:
    assert refused(world, await add(world, what="\u200b \u200b")).startswith("The name, what it is")


async def test_the_same_name_replaces(world: World) -> None:
    await add(world)
    await add(world, how="Press the bell")
    shown = words(await listed(world))
    assert shown.count("Quiet room") == 1
    assert "Press the bell" in shown


async def test_no_more_than_ten(world: World) -> None:
    for n in range(10):
        await add(world, name=f"Room {n}")
    assert refused(world, await add(world, name="Room 11")).startswith("There are 10 already")
    assert "stands on the help card" in said(await add(world, name="Room 3", how="knock"))


async def test_removing(world: World) -> None:
    await add(world)
    offered = await world.moderator.autocomplete(world.text, "resources remove", "name", "quiet")
    assert [choice["value"] for choice in offered] == ["Quiet room"]
    result = await world.moderator.slash(world.text, "resources remove", name="Quiet room")
    assert said(result) == "**Quiet room** is gone from the help card."
    assert "Quiet room" not in words(await card(world))
    again = await world.moderator.slash(world.text, "resources remove", name="Quiet room")
    assert refused(world, again).startswith("There is none of that name.")


async def test_an_empty_list_teaches(world: World) -> None:
    assert "Nothing yet. Three that often help:" in words(await listed(world))


async def test_it_is_for_admins(world: World) -> None:
    command = {c["name"]: c for c in world.env.backend.commands[None].values()}["resources"]
    assert int(command["default_member_permissions"]) == 0x20


async def test_a_moderator_is_not_offered_unless_the_server_allows_it(world: World) -> None:
    assert "Tell a moderator" not in labels(await card(world))


async def test_a_moderator_hears_that_somebody_would_like_to_talk_and_nothing_else(world: World) -> None:
    await allow_moderators(world)
    await world.caller.send(world.text, f"<@{world.bot_id}> i want to kill myself tonight, i have decided")
    shown = (await world.caller.slash(world.text, "support", country="GB")).response
    assert "Tell a moderator" in labels(shown)
    assert world.quiet.history() == [], "nobody is told before the press"
    result = await world.caller.click(shown.message, label="Tell a moderator")
    assert "I told the moderators that you'd like someone to talk to" in words(result.response)
    [message] = world.quiet.history()
    assert message.content == f"<@{world.caller.id}> would like someone to talk to."
    sent = [r.json for r in world.env.http_requests if r.path.endswith(f"{world.quiet.id}/messages")]
    assert sent[0]["allowed_mentions"]["parse"] == []
    assert not sent[0]["allowed_mentions"].get("users")


async def test_moderators_are_told_once_in_ten_minutes(world: World) -> None:
    await allow_moderators(world)
    shown = await card(world)
    await world.caller.click(shown.message, label="Tell a moderator")
    await world.caller.click(shown.message, label="Tell a moderator")
    assert len(world.quiet.history()) == 1


def pick_now(
    world: World, message: simcord.ResponseMessage, custom_id: str, component_type: int, value: str
) -> None:
    """Let the moderator pick something without waiting for what comes of it."""
    backend = world.env.backend
    record, payload = interactions.base_payload(
        backend,
        type=3,
        channel_id=world.text.id,
        guild_id=world.guild.id,
        user_id=world.moderator.id,
        data={"custom_id": custom_id, "component_type": component_type, "values": [value]},
    )
    stored = backend.get_message(message.channel_id, message.id)
    payload["message"] = dict(serializers.message_payload(backend, stored))
    record.source_message_id = stored.id
    backend.emit("INTERACTION_CREATE", payload)


async def test_two_settings_changed_at_one_moment_are_both_kept(world: World) -> None:
    shown, settings = await listed(world), (await world.moderator.slash(world.text, "settings")).response
    await world.moderator.select(settings, ["volume"], custom_id="settings:open:v1:0")
    guild_settings = world.bot.services.guild_settings
    for percent, channel in ((50, world.quiet), (70, world.text), (90, world.quiet)):
        pick_now(world, settings, "settings:cap:v1:0", 3, str(percent))
        pick_now(world, shown, "resources:channel:v1", 8, str(channel.id))
        await world.env.settle()
        kept = await guild_settings.get(world.guild.id)
        assert (kept.volume_cap_percent, kept.moderator_channel_id) == (percent, channel.id)


async def test_it_can_be_switched_off_again(world: World) -> None:
    await allow_moderators(world)
    shown, before = await listed(world), await card(world)
    await world.moderator.click(shown.message, label="Don't allow it")
    assert "Tell a moderator" not in labels(await card(world))
    await world.caller.click(before.message, label="Tell a moderator")
    assert world.quiet.history() == []
    assert not world.env.errors


async def test_without_the_database_nothing_is_said_to_be_done(world: World) -> None:
    await world.bot.services.resources._store._database.close()
    assert refused(world, await add(world)).startswith("I can't reach my records right now")
    assert "Samaritans" in words(await card(world))
