"""How the help card looks (Components V2), and the custom_ids its buttons carry.

A button carries what the card shows, never who pressed, what was said, or a level:
`help:<act>:<country>:<language>:<concern>:v1`. So a card answers after any restart, and nothing is kept.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

import discord
from discord import ui

from bot.content.helpline_directory import DIRECTORY_LINK, EmergencyNumber, Line
from bot.content.texts import Texts
from bot.gateway.colours import HELP
from bot.support.card import Card, Wish
from bot.support.countries import Countries, language_names, own_name
from bot.support.levels import Level
from bot.support.ports import Resource

LANGUAGES: Final = ("en-US", "es-ES", "fr", "de", "pt-BR", "hi", "ja", "ar")
"""Those the card is written in. Arabic is none of Discord's own, so it can be chosen on the card."""
ELSEWHERE: Final = "elsewhere"
BARRIERS: Final = ("chat", "aloud", "useless")
_NOTHING: Final = "-"
_OPENERS: Final = {
    Level.LOW_DISTRESS: "support.card.low",
    Level.HIGH_DISTRESS: "support.card.high",
    Level.CRISIS: "support.card.crisis",
}
_MARKED_LINE: Final = re.compile("^(#+ |-# )?(.+)$")
"""What Markdown has at the beginning of a line, and the line."""
_ARABIC_WORD: Final = "اللغة"

_View = ui.LayoutView
_Row = ui.ActionRow[_View]


def custom_id(act: str, wish: Wish) -> str:
    return f"help:{act}:{wish.country or _NOTHING}:{wish.language}:{wish.concern or _NOTHING}:v1"


def read_custom_id(text: str) -> tuple[str, Wish] | None:
    """Return the act and the wish of a help card's button; None for any other's."""
    parts = text.split(":")
    if len(parts) != 6 or parts[0] != "help" or parts[5] != "v1":
        return None
    _, act, country, language, concern, _ = parts
    return act, Wish(
        language=language if language in LANGUAGES else LANGUAGES[0],
        country=None if country == _NOTHING else country,
        concern=None if concern == _NOTHING else concern,
    )


def help_card(
    card: Card,
    texts: Texts,
    countries: Countries,
    *,
    moderators: bool = False,
    note: str | None = None,
    footnote: str | None = None,
) -> _View:
    """Draw the card. `moderators`: whether this server lets people ask for one. Notes are text keys."""
    say = _Speaker(texts, card.wish.language)
    view, container = _page()
    blocks = [_opening(card, say, note), _people(card, say), _further(card, say)]
    if card.resources:
        blocks.append(_resources(card.resources, say))
    if footnote is not None:
        blocks.append(f"-# {say(footnote)}")
    for block in blocks:
        if container.children:
            container.add_item(ui.Separator(visible=False))
        container.add_item(ui.TextDisplay(say.laid_out(block)))
    container.add_item(ui.Separator(visible=False))
    container.add_item(_barriers(card.wish, say))
    container.add_item(_choices(card.wish, say, countries))
    if moderators:
        container.add_item(_row(_button("moderator", card.wish, say("support.button.moderator"))))
    return view


def barrier_page(barrier: str, card: Card, texts: Texts) -> _View:
    """Answer one of the three barriers: a sentence, and a next step."""
    say = _Speaker(texts, card.wish.language)
    if barrier != "aloud":
        return note_page(say.laid_out(say(f"support.barrier.{barrier}")))
    if not card.written_lines:
        return note_page(say.laid_out(say("support.barrier.aloud_elsewhere", link=DIRECTORY_LINK)))
    lines = "\n".join(_line(line, say, spoken=False) for line in card.written_lines)
    return note_page(say.laid_out(say("support.barrier.aloud") + "\n" + lines))


def country_choice(wish: Wish, texts: Texts, countries: Countries) -> _View:
    """Ask where somebody is: likely countries to tap, any other to type."""
    say = _Speaker(texts, wish.language)
    options = [
        discord.SelectOption(label=countries.name(iso, wish.language), value=iso)
        for iso in countries.likely(wish.language)[:24]
    ]
    options.append(discord.SelectOption(label=say("support.button.elsewhere"), value=ELSEWHERE))
    select = _select("pick-country", wish, options, say("support.button.country"))
    return _choice(say("support.choice.country"), select, wish, say)


def country_form(wish: Wish, texts: Texts) -> ui.Modal:
    """Ask for a country that is none of the likely ones."""
    say = _Speaker(texts, wish.language)
    title = say("support.choice.type_country")
    form = ui.Modal(title=title, custom_id=custom_id("typed-country", wish))
    field: ui.TextInput[ui.Modal] = ui.TextInput(
        custom_id="country", placeholder=say("support.choice.type_hint"), max_length=60
    )
    form.add_item(ui.Label(text=title, component=field))
    form.stop()  # answered by its custom_id, also by the next process
    return form


def language_choice(wish: Wish, texts: Texts) -> _View:
    """Ask which language to read, each by its own name."""
    options = [
        discord.SelectOption(label=own_name(tag), value=tag, default=tag == wish.language)
        for tag in LANGUAGES
    ]
    say = _Speaker(texts, wish.language)
    select = _select("pick-language", wish, options, say("support.button.language"))
    return _choice(say("support.choice.language"), select, wish, say)


def note_page(text: str) -> _View:
    """Draw a few sentences in the card's colour."""
    view, container = _page()
    container.add_item(ui.TextDisplay(text))
    return view


def said_with_button(text: str, language: str, texts: Texts) -> _View:
    """Draw an answer in words, with the quiet button that opens the card for whoever presses it."""
    say = _Speaker(texts, language)
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay(say.laid_out(text)))
    view.add_item(support_row(Wish(language), texts))
    view.stop()
    return view


def support_row(wish: Wish, texts: Texts) -> _Row:
    """Return the quiet support button, a row of its own; every answer to free words carries it."""
    return _row(_button("open", wish, texts.get("support.button.open", wish.language)))


def language_for(locale: str) -> str:
    """Return the language of the card that is nearest to a Discord locale."""
    if locale in LANGUAGES:
        return locale
    language = locale.partition("-")[0]
    return next((tag for tag in LANGUAGES if tag.partition("-")[0] == language), LANGUAGES[0])


class _Speaker:
    """The texts in the card's language. In Arabic, numbers and Latin names keep their own direction."""

    def __init__(self, texts: Texts, language: str) -> None:
        self._texts = texts
        self.language = language

    def __call__(self, key: str, /, **values: object) -> str:
        return self._texts.get(key, self.language, **values)

    def apart(self, text: str) -> str:
        # Without isolates "0800 111 0 111" would be read in the wrong order between Arabic words.
        return f"\u2066{text}\u2069" if self.language == "ar" else text

    def laid_out(self, block: str) -> str:
        """Return a block whose lines run from right to left where the language does, whatever draws them."""
        if self.language != "ar":
            return block
        return "\n".join(_MARKED_LINE.sub("\\1\u200f\u2067\\2\u2069", line) for line in block.split("\n"))


def _opening(card: Card, say: _Speaker, note: str | None) -> str:
    title, opener = say("support.card.title"), say(_OPENERS.get(card.level, "support.card.plain"))
    return "\n".join([f"## {title}", opener, *([] if note is None else [say(note)])])


def _people(card: Card, say: _Speaker) -> str:
    return "\n".join([_emergency(card, say), *(_line(line, say) for line in card.lines)])


def _further(card: Card, say: _Speaker) -> str:
    parts = [] if card.wish.concern is None else [say(f"support.kinds.{card.wish.concern}")]
    parts.append(say("support.card.directory", link=DIRECTORY_LINK))
    if card.older_lines:
        parts += [say("support.card.older"), *(_line(line, say) for line in card.older_lines)]
    return "\n".join([*parts, say("support.card.trust")])


def _emergency(card: Card, say: _Speaker) -> str:
    if card.emergency is None:
        return say("support.card.emergency_unknown")
    numbers = " / ".join(_emergency_number(number, say) for number in card.emergency.numbers)
    sentence = say("support.card.emergency", numbers=numbers)
    if card.emergency.confidence == "low":
        sentence += "\n" + say("support.card.emergency_uncertain")
    return sentence


def _emergency_number(number: EmergencyNumber, say: _Speaker) -> str:
    shown = say.apart(number.number)
    return shown if number.service is None else say(f"support.number.{number.service}", number=shown)


def _line(line: Line, say: _Speaker, *, spoken: bool = True) -> str:
    name = f"**{say.apart(line.name)}**"
    audiences = [say(f"support.audience.{who}") for who in line.meant_for if who in ("youth", "lgbtq")]
    title = f"{name}, {', '.join(audiences)}" if audiences else name
    ways = list(_ways(line, say, spoken=spoken))
    facts = " · ".join(_facts(line, say))
    return "\n".join(part for part in (title, " · ".join(ways), f"-# {facts}") if part)


def _ways(line: Line, say: _Speaker, *, spoken: bool) -> Iterator[str]:
    if line.call and spoken:
        yield say("support.line.call", numbers=" / ".join(f"**{say.apart(n)}**" for n in line.call))
    if line.text is not None:
        number, word = f"**{say.apart(line.text.number)}**", line.text.word
        if word is None:
            yield say("support.line.text", number=number)
        else:
            yield say("support.line.text_word", number=number, word=f"**{say.apart(word)}**")
    if line.whatsapp is not None:
        yield say("support.line.whatsapp", number=f"**{say.apart(line.whatsapp)}**")
    if line.chat is not None:
        yield say("support.line.chat", link=line.chat)


def _facts(line: Line, say: _Speaker) -> Iterator[str]:
    if line.hours is not None:
        yield say("support.line.always") if line.hours == "24/7" else say.apart(line.hours)
    if line.languages:
        names = language_names(line.languages, say.language)
        if line.more_languages:
            yield say("support.line.more_languages", languages=", ".join(names), count=line.more_languages)
        else:
            yield ", ".join(names)
    yield say("support.line.checked", month=line.checked)


def _resources(resources: Iterable[Resource], say: _Speaker) -> str:
    title = say("support.card.resources")
    return "\n".join([f"**{title}**", *(_resource(one) for one in resources)])


def _resource(resource: Resource) -> str:
    details = (resource.what, resource.how, resource.hours, resource.link)
    return f"{plain(resource.name)}: {' · '.join(plain(part) for part in details if part)}"


def plain(text: str) -> str:
    """Return a server's own words on one line, without any formatting, mention or disguised link."""
    one_line = discord.utils.escape_markdown(" ".join(text.split()), ignore_links=True)
    return discord.utils.escape_mentions(one_line).replace("<", "‹").replace("](", "] (")


def _barriers(wish: Wish, say: _Speaker) -> _Row:
    return _row(*(_button(barrier, wish, say(f"support.button.{barrier}")) for barrier in BARRIERS))


def _choices(wish: Wish, say: _Speaker, countries: Countries) -> _Row:
    language = say("support.button.language")
    if wish.language != "ar":
        language = f"{language} · {_ARABIC_WORD}"
    row = _row(
        _button("country", wish, say("support.button.country"), first=wish.country is None),
        _button("language", wish, language),
        _button("safe", wish, say("support.button.safe")),
        _button("quiet", wish, say("support.button.quiet")),
    )
    if wish.country is not None:
        name = countries.name(wish.country, wish.language)
        row.add_item(_button("remember", wish, say("support.button.remember", country=name)))
    return row


def _select(act: str, wish: Wish, options: list[discord.SelectOption], label: str) -> ui.Select[_View]:
    return ui.Select(custom_id=custom_id(act, wish), placeholder=label, options=options)


def _choice(question: str, select: ui.Select[_View], wish: Wish, say: _Speaker) -> _View:
    view, container = _page()
    container.add_item(ui.TextDisplay(question))
    container.add_item(_row(select))
    container.add_item(_row(_button("back", wish, say("support.button.back"))))
    return view


def _button(act: str, wish: Wish, label: str, *, first: bool = False) -> ui.Button[_View]:
    style = discord.ButtonStyle.primary if first else discord.ButtonStyle.secondary
    return ui.Button(custom_id=custom_id(act, wish), label=label[:80], style=style)


def _row(*items: ui.Item[_View]) -> _Row:
    row: _Row = ui.ActionRow()
    for item in items:
        row.add_item(item)
    return row


def _page() -> tuple[_View, ui.Container[_View]]:
    view = ui.LayoutView(timeout=None)
    container: ui.Container[_View] = ui.Container(accent_colour=HELP)
    view.add_item(container)
    view.stop()  # discord.py need not keep it: the buttons carry all that answering takes
    return view, container
