"""Words addressed to Hush: in a DM, a mention, a reply, an option. Everything else is not its business."""

import json
from pathlib import Path

import discord
import pytest
import simcord

from bot.sandbox.world import World
from bot.support.levels import Level, Surface
from tests.cogs.room import words
from tests.cogs.test_support import labels, parts
from tests.gateway.panel_reading import until

CRISIS = "i want to kill myself tonight, i have decided"
CALM = "hello, do you have the sound of rain?"
ROWS = [
    json.loads(line)["text"]
    for file in sorted((Path(__file__).parents[2] / "corpus/triage").glob("en-*.jsonl"))
    for line in file.read_text(encoding="utf-8").splitlines()
]


@pytest.fixture(autouse=True)
def known_words(world: World) -> None:
    """The two texts are what the tests take them for, at both operating points."""
    reader = world.bot.services.hearing._reader
    for surface in Surface:
        assert reader.level(CRISIS, surface) is Level.CRISIS
        assert reader.level(CALM, surface) is Level.NONE


def text_of(world: World, level: Level, surface: Surface) -> str:
    """Return words that triage takes for this level there."""
    reader = world.bot.services.hearing._reader
    return next(text for text in ROWS if reader.level(text, surface) is level and len(text) < 200)


def ours(world: World, channel: simcord.ChannelHandle) -> list[discord.Message]:
    return [m for m in channel.history() if m.author.id == world.bot_id]


def mention(world: World, text: str) -> str:
    return f"<@{world.bot_id}> {text}"


async def test_a_crisis_in_a_dm_brings_the_card_and_nothing_else(world: World) -> None:
    await world.caller.user.send_dm(CRISIS)
    [card] = ours(world, world.dm)
    assert words(card).startswith("## People who can help\nI'm glad you said it.")
    assert "/play" not in words(card)
    assert card.flags.suppress_notifications
    assert card.reference is None


async def test_the_card_in_a_dm_can_be_used(world: World) -> None:
    await world.caller.user.send_dm(CRISIS)
    [card] = ours(world, world.dm)
    result = await world.caller.user.click(card, label="It won't help")
    assert "It only has to help a little." in words(result.response)
    await world.caller.user.click(card, label="Language · اللغة")
    [choice] = ours(world, world.dm)[:1]
    select = next(str(p["custom_id"]) for p in parts(choice) if "pick-language" in str(p.get("custom_id")))
    await world.caller.user.select(choice, ["de"], custom_id=select)
    assert "Gut, dass du es gesagt hast." in words(ours(world, world.dm)[0])


async def test_the_card_speaks_the_language_of_the_words(world: World) -> None:
    await world.caller.user.send_dm("Ich will nicht mehr leben, heute bringe ich mich um")
    assert "Menschen, die helfen können" in words(ours(world, world.dm)[0])


async def test_a_calm_word_in_a_dm_gets_one_line_with_the_quiet_button_once(world: World) -> None:
    await world.caller.user.send_dm(CALM)
    await world.caller.user.send_dm(CALM)
    [line] = ours(world, world.dm)
    assert words(line) == (
        "I play soft sounds. `/help` shows what to try, `/support` shows people who can help."
    )
    assert labels(line) == ["Support"]
    result = await world.caller.user.click(line, label="Support")
    assert "Whatever brought you here, it counts." in words(result.response)


async def test_a_crisis_after_a_calm_word_is_answered_at_once(world: World) -> None:
    await world.caller.user.send_dm(CALM)
    await world.caller.user.send_dm(CRISIS)
    _, card = ours(world, world.dm)
    assert "I'm glad you said it." in words(card)


async def test_a_channel_hears_the_same_whatever_was_said(world: World) -> None:
    said = []
    for person, channel, text in (
        (world.caller, world.text, CRISIS),
        (world.sitter, world.quiet, CALM),
    ):
        await person.send(channel, mention(world, text))
        [line] = ours(world, channel)
        assert line.reference is None
        assert line.mentions == []
        assert line.flags.suppress_notifications
        said.append((words(line), labels(line), [p.get("custom_id") for p in parts(line)]))
    assert said[0] == said[1]
    assert said[0][0] == "I'm here. `/help` shows what I can do. What the button opens, only you see."


async def test_only_the_authors_press_opens_what_was_decided(world: World) -> None:
    await world.caller.send(world.text, mention(world, CRISIS))
    [line] = ours(world, world.text)
    theirs = await world.caller.click(line, label="Support")
    assert theirs.response.ephemeral
    assert "I'm glad you said it." in words(theirs.response)
    anybodys = await world.sitter.click(line, label="Support")
    assert anybodys.response.ephemeral
    assert "Whatever brought you here, it counts." in words(anybodys.response)


async def test_after_a_quarter_of_an_hour_it_opens_plain_support(world: World) -> None:
    await world.caller.send(world.text, mention(world, CRISIS))
    [line] = ours(world, world.text)
    await world.advance(15 * 60.0)
    result = await world.caller.click(line, label="Support")
    assert "Whatever brought you here, it counts." in words(result.response)


async def test_a_second_mention_posts_nothing_but_raises_what_the_button_opens(world: World) -> None:
    await world.caller.send(world.text, mention(world, CALM))
    await world.caller.send(world.text, mention(world, CRISIS))
    [line] = ours(world, world.text)
    result = await world.caller.click(line, label="Support")
    assert "I'm glad you said it." in words(result.response)


async def test_a_reply_to_hush_is_addressed_to_it(world: World) -> None:
    await world.sitter.send(world.text, mention(world, CALM))
    [line] = ours(world, world.text)
    await world.caller.send(world.text, CRISIS, reply_to=line)
    assert len(ours(world, world.text)) == 2
    result = await world.caller.click(ours(world, world.text)[-1], label="Support")
    assert "I'm glad you said it." in words(result.response)


async def test_what_is_not_addressed_to_hush_is_not_heard(world: World) -> None:
    heard = world.bot.services.hearing.decisions
    await world.caller.send(world.text, CRISIS)
    await world.caller.send(world.text, f"@everyone {CRISIS}")
    await world.caller.send(world.text, f"<@{world.sitter.id}> {CRISIS}")
    assert ours(world, world.text) == []
    assert len(heard) == 0


async def test_bots_and_webhooks_are_ignored(world: World) -> None:
    robot = world.guild.add_member(world.env.create_user("robot", bot=True))
    await robot.send(world.text, mention(world, CRISIS))
    hook = world.guild.create_webhook(world.text)
    await hook.send(mention(world, CRISIS))
    assert ours(world, world.text) == []
    assert len(world.bot.services.hearing.decisions) == 0


async def test_an_edit_that_says_more_is_answered_in_a_dm(world: World) -> None:
    message = await world.caller.user.send_dm(CALM)
    await world.caller.user.edit(message, CRISIS)
    assert "I'm glad you said it." in words(ours(world, world.dm)[-1])


async def test_an_edit_that_says_less_changes_nothing(world: World) -> None:
    message = await world.caller.user.send_dm(CRISIS)
    await world.caller.user.edit(message, CALM)
    assert len(ours(world, world.dm)) == 1
    assert world.bot.services.hearing.decisions.level_of(world.caller.id) is Level.CRISIS


async def test_an_edit_that_says_the_same_is_not_answered_however_late(world: World) -> None:
    calm = await world.caller.user.send_dm(CALM)
    crisis = await world.caller.user.send_dm(CRISIS)
    n_answers = len(ours(world, world.dm))
    await world.advance(10 * 60.0)
    await world.caller.user.edit(crisis, CRISIS + ".")
    assert len(ours(world, world.dm)) == n_answers, "a new message of this level would be answered by now"
    await world.advance(30 * 3600.0)
    await world.caller.user.edit(calm, CALM + " thanks")
    assert len(ours(world, world.dm)) == n_answers


async def test_an_edit_in_a_channel_only_raises_what_the_button_opens(world: World) -> None:
    message = await world.caller.send(world.text, mention(world, CALM))
    await world.caller.edit(message, mention(world, CRISIS))
    [line] = ours(world, world.text)
    result = await world.caller.click(line, label="Support")
    assert "I'm glad you said it." in words(result.response)


async def test_a_crisis_in_an_option_brings_the_card_instead(world: World) -> None:
    result = await world.sitter.slash(world.text, "play", sound=CRISIS)
    assert result.response.ephemeral
    assert "I'm glad you said it." in words(result.response)
    assert not result.followups


async def test_a_heavy_word_in_an_option_is_answered_and_the_card_follows(world: World) -> None:
    heavy = text_of(world, Level.HIGH_DISTRESS, Surface.CHANNEL)[:100]
    assert world.bot.services.hearing._reader.level(heavy, Surface.CHANNEL) is Level.HIGH_DISTRESS
    result = await world.sitter.slash(world.text, "play", sound=heavy)
    assert "I don't have that sound." in result.response.content

    def shown() -> str:
        return "\n".join(words(m) for m in world.text.history(viewer=world.sitter))

    await until(world, lambda: "That sounds really heavy." in shown())
    assert world.text.history(viewer=world.caller) == [], "nobody else sees it"


async def test_a_low_word_in_a_dm_is_met_softly(world: World) -> None:
    await world.caller.user.send_dm(text_of(world, Level.LOW_DISTRESS, Surface.DM))
    [offer] = ours(world, world.dm)
    assert "comfort, not treatment" in words(offer)
    result = await world.caller.user.click(offer, label="Support")
    assert "You don't have to be in danger to talk to somebody." in words(result.response)


async def test_a_crisis_as_concern_opens_the_card_that_fits(world: World) -> None:
    result = await world.caller.slash(world.text, "support", country="GB", concern=CRISIS)
    shown = words(result.response)
    assert "I'm glad you said it." in shown
    assert "Samaritans" in shown


async def test_a_chosen_heavy_concern_is_met_as_such(world: World) -> None:
    result = await world.caller.slash(world.text, "support", concern="suicidal_thoughts")
    assert "That sounds really heavy." in words(result.response)


async def test_a_quiet_person_gets_no_offers(world: World) -> None:
    await world.bot.services.support.be_quiet(world.caller.id, quiet=True)
    low = text_of(world, Level.LOW_DISTRESS, Surface.DM)
    await world.caller.user.send_dm(low)
    assert "I play soft sounds." in words(ours(world, world.dm)[0])
    await world.caller.user.send_dm(CRISIS)
    assert "I'm glad you said it." in words(ours(world, world.dm)[1])


async def test_a_card_in_a_dm_survives_a_database_that_gives_no_answer(world: World) -> None:
    await world.bot.services.support._people._database.close()
    await world.caller.user.send_dm(CRISIS)
    assert "I'm glad you said it." in words(ours(world, world.dm)[0])


async def test_a_channel_that_hush_may_not_write_in_stays_silent(world: World) -> None:
    await world.deny(world.text, send_messages=True)
    await world.caller.send(world.text, mention(world, CRISIS))
    assert ours(world, world.text) == []
    assert not world.env.errors


@pytest.mark.parametrize(
    "text", ["", "\u200b", "\ud83d\ude22" * 3, "ﷺ" * 1000, "a\u0300" * 900, "<@1>" * 300]
)
async def test_any_text_is_fine(world: World, text: str) -> None:
    text = text.encode("utf-16", "surrogatepass").decode("utf-16")
    await world.caller.send(world.text, mention(world, text))
    assert len(ours(world, world.text)) == 1
    assert not world.env.errors
