"""How self-care looks (Components V2), and the custom_ids its buttons carry.

A button carries what it does, never who pressed: `care:<act>:v1[:argument…]`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import discord
from discord import ui

from bot.care.guide import End, Face
from bot.care.model import Said, Suggestion
from bot.content.care import CareContent, Page, Pairing, Practice
from bot.content.texts import Texts
from bot.gateway.colours import HOUSE

NOTHING: Final = "-"
PICTURE: Final = "picture.webp"
"""What a guide's picture is called in its message, moving or not."""
_ID_LIMIT: Final = 100

_View = ui.LayoutView
_Row = ui.ActionRow[_View]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked `/pair`, as its buttons carry it on. `seed` keeps the pages in one order."""

    feeling: str
    minutes: int
    seed: int
    page: int = 0
    calm: int = 0
    """How calm they said they are, 1 to 5, so that it can be asked again afterwards; 0 was not asked."""

    def arguments(self) -> tuple[str, ...]:
        return self.feeling, str(self.minutes), str(self.seed), str(self.page), str(self.calm)


def custom_id(act: str, *arguments: str) -> str:
    text = ":".join(("care", act, "v1", *arguments))
    if len(text) > _ID_LIMIT:
        raise ValueError(f"a custom_id is too long: {text}")
    return text


def read_custom_id(text: str) -> tuple[str, list[str]] | None:
    """Return the act and arguments of one of our buttons; None for any other's."""
    parts = text.split(":")
    if len(parts) < 3 or parts[0] != "care" or parts[2] != "v1":
        return None
    return parts[1], parts[3:]


class CarePages:
    """Draws. Sounds are named by their names; `help_id` is the custom_id of the button to the help card."""

    def __init__(self, content: CareContent, texts: Texts, sound_names: Mapping[str, str]) -> None:
        self._content = content
        self._texts = texts
        self._sound_names = sound_names

    def suggestions(self, found: Sequence[Suggestion], asked: Asked, locale: str, help_id: str) -> _View:
        """Draw three ideas, each with a reason, a source and a button that starts it."""
        feeling = self._texts.get(f"feeling.name.{asked.feeling}", locale)
        title = self._texts.get(
            "pair.list.title", locale, feeling=feeling, length=timedelta(minutes=asked.minutes)
        )
        view, container = page(f"## {title}")
        for number, suggestion in enumerate(found):
            container.add_item(ui.Separator())
            container.add_item(ui.TextDisplay(self._suggestion(suggestion, asked.minutes, locale)))
            sound, calm = suggestion.sound or NOTHING, str(asked.calm)
            start = custom_id("start", suggestion.pairing_id, str(suggestion.minutes), sound, calm)
            no = custom_id("not", suggestion.pairing_id, *asked.arguments())
            container.add_item(
                row(
                    button(start, self._texts.get("pair.button.start", locale), primary=number == 0),
                    button(no, self._texts.get("pair.button.not", locale)),
                )
            )
        container.add_item(ui.Separator())
        last = [button(custom_id("more", *asked.arguments()), self._texts.get("pair.button.more", locale))]
        container.add_item(row(*last, button(help_id, self._texts.get("pair.button.help", locale))))
        return view

    def learn(self, topic: str, topic_page: Page, locale: str) -> _View:
        """Draw one page; after each claim it says how well that is supported."""
        view, container = page(f"## {topic_page.title}")
        for number, paragraph in enumerate(topic_page.paragraph):
            if number:
                container.add_item(ui.Separator(visible=False))
            text = paragraph.text
            if paragraph.source is not None:
                text += f"\n-# {self._cited(paragraph.source, locale)}"
            container.add_item(ui.TextDisplay(text))
        ordered = sorted(self._content.pages, key=lambda name: self._content.pages[name].order)
        following = ordered[(ordered.index(topic) + 1) % len(ordered)]
        label = self._content.pages[following].title
        container.add_item(row(button(custom_id("learn", following), label)))
        return view

    def guide(self, face: Face, locale: str) -> _View:
        """Draw a guide: what to do now, when it ends, and how to change it."""
        view, container = page(f"## {self.spoken(face.title, locale)}")
        if face.end is not None:
            self._add_end(container, face, locale)
            return view
        if face.picture is not None:
            container.add_item(self._picture(face, locale))
        waits = face.wish.kind == "focus" and face.paused
        caption = "" if waits else self.spoken(face.caption, locale, until=face.next_at)
        if caption:
            container.add_item(ui.TextDisplay(caption if face.wish.kind == "focus" else f"### {caption}"))
        container.add_item(ui.TextDisplay("\n".join(self._state(face, locale))))
        container.add_item(self._controls(face, locale))
        return view

    def note(self, key: str, locale: str, **values: object) -> _View:
        return page(self._texts.get(key, locale, **values))[0]

    def spoken(self, said: str | Said, locale: str, **values: object) -> str:
        """Say a sentence of the content, or of the locale files; sounds in it by name."""
        if isinstance(said, str):
            return said
        filled = {**said.values, **values}
        if isinstance(sound := filled.get("sound"), str):
            filled["sound"] = self.sound_name(sound)
        return self._texts.get(said.key, locale, **filled)

    def sound_name(self, sound: str) -> str:
        return self._sound_names.get(sound, sound)

    def _suggestion(self, suggestion: Suggestion, asked_minutes: int, locale: str) -> str:
        pairing = suggestion.pairing
        length = timedelta(minutes=suggestion.minutes)
        # The page says already how many minutes were asked for.
        heading = "pair.list.as_asked" if suggestion.minutes == asked_minutes else "pair.list.heading"
        lines = [
            self._texts.get(heading, locale, title=pairing.title, length=length),
            self._texts.get("pair.list.reason", locale, reason=self.spoken(suggestion.reason, locale)),
        ]
        if suggestion.sound is not None:
            lines[1] += " " + self._texts.get(
                "pair.list.sound", locale, sound=self.sound_name(suggestion.sound)
            )
        # The label once: in the reason, or before the claim.
        is_reason = suggestion.reason.key.endswith(self._content.source_of(pairing).evidence)
        lines.append(f"-# {pairing.claim if is_reason else self._claim(pairing, locale)}")
        if pairing.care is not None:
            lines.append(f"-# {pairing.care}")
        return "\n".join(lines)

    def _claim(self, thing: Pairing | Practice, locale: str) -> str:
        label = self._texts.get(f"sound.evidence.{self._content.source_of(thing).evidence}", locale)
        return self._texts.get("pair.list.claim", locale, label=label.capitalize(), claim=thing.claim)

    def _cited(self, source_id: str, locale: str) -> str:
        source = self._content.sources[source_id]
        label = self._texts.get(f"sound.evidence.{source.evidence}", locale)
        who = source.who if source.link is None else f"[{source.who}](<{source.link}>)"
        return self._texts.get("learn.page.source", locale, label=label.capitalize(), who=who)

    def _state(self, face: Face, locale: str) -> list[str]:
        lines = []
        if face.paused:
            lines.append(self._texts.get("guide.state.paused", locale))
        elif face.ends_at is not None:
            lines.append(self._texts.get("guide.state.ends", locale, ends_at=face.ends_at))
        thing = self._thing(face)
        if face.sound is not None:
            playing = self._texts.get("guide.state.sound", locale, sound=face.sound)
            why = thing.why if isinstance(thing, Pairing) and self._is_its_own(face, thing) else ""
            lines.append(f"{playing}. {why}".strip() if why else playing)
            if face.whispers:
                whispers = self._texts.get("guide.state.whispers", locale)
                lines.append(f"-# {whispers}")
        if face.note is not None:
            lines.append(self.spoken(face.note, locale))
        if thing is not None:
            if thing.care is not None:
                lines.append(f"-# {thing.care}")
            lines.append(f"-# {self._claim(thing, locale)}")
        return lines

    def _is_its_own(self, face: Face, pairing: Pairing) -> bool:
        """Whether what plays is the sound that the pairing's `why` was written for."""
        return self.sound_name(pairing.sounds[0]) == face.sound

    def _thing(self, face: Face) -> Pairing | Practice | None:
        if face.wish.kind == "focus":
            return None
        things = self._content.pairings if face.wish.kind == "pairing" else self._content.practices
        return things.get(face.wish.content_id)

    def alt_text(self, face: Face, locale: str) -> str:
        name = face.picture if isinstance(face.picture, str) else "breath"
        return self._texts.get(f"guide.picture.{name}", locale)

    def _picture(self, face: Face, locale: str) -> "ui.MediaGallery[_View]":
        shown = discord.MediaGalleryItem(f"attachment://{PICTURE}", description=self.alt_text(face, locale))
        return ui.MediaGallery(shown)

    def _controls(self, face: Face, locale: str) -> _Row:
        main = "resume" if face.paused else "pause"
        buttons = [button(custom_id(main), self._texts.get(f"guide.button.{main}", locale), primary=True)]
        if face.wish.kind != "focus" and not face.slowest:
            buttons.append(button(custom_id("slower"), self._texts.get("guide.button.slower", locale)))
        buttons.append(button(custom_id("stop"), self._texts.get("guide.button.stop", locale)))
        if face.picture is not None:
            hold = "move" if face.still else "still"
            buttons.append(button(custom_id("still"), self._texts.get(f"guide.button.{hold}", locale)))
        return row(*buttons)

    def _add_end(self, container: "ui.Container[_View]", face: Face, locale: str) -> None:
        if face.wish.kind == "focus":
            _, _, rounds = face.wish.rounds
            worked = timedelta(minutes=face.worked_minutes)
            text = self._texts.get("focus.end.numbers", locale, worked=worked, rounds=rounds)
            if face.end is End.EMPTIED:
                text = self._texts.get("focus.end.emptied", locale) + "\n" + text
        else:
            text = self._texts.get(f"guide.end.{(face.end or End.DONE).value}", locale)
        container.add_item(ui.TextDisplay(text))
        if face.wish.kind != "focus" and face.end is End.DONE:
            container.add_item(self._felt(face, locale))

    def _felt(self, face: Face, locale: str) -> _Row:
        what = face.wish.content_id, face.wish.sound or NOTHING
        if face.wish.calm_before:
            return row(
                *(
                    button(
                        custom_id("felt", _change(face.wish.calm_before, step), *what, str(step)),
                        self._texts.get(f"checkin.calm.{name}", locale),
                    )
                    for step, name in enumerate(("one", "two", "three", "four", "five"), 1)
                )
            )
        return row(
            button(custom_id("felt", "calmer", *what), self._texts.get("guide.button.calmer", locale)),
            button(custom_id("felt", "same", *what), self._texts.get("guide.button.same", locale)),
            *(
                [button(custom_id("felt", "not", *what), self._texts.get("pair.button.not", locale))]
                if face.wish.kind == "pairing"
                else []
            ),
        )


def _change(before: int, after: int) -> str:
    return "calmer" if after > before else "same"


def page(text: str) -> "tuple[_View, ui.Container[_View]]":
    view = _View(timeout=None)
    container: ui.Container[_View] = ui.Container(accent_colour=HOUSE)
    container.add_item(ui.TextDisplay(text))
    view.add_item(container)
    view.stop()  # presses are answered by the desk; discord.py need not keep it
    return view, container


def row(*buttons: "ui.Button[_View]") -> _Row:
    row: _Row = ui.ActionRow()
    for button in buttons:
        row.add_item(button)
    return row


def button(custom_id: str, label: str, *, primary: bool = False) -> "ui.Button[_View]":
    style = discord.ButtonStyle.primary if primary else discord.ButtonStyle.secondary
    return ui.Button(custom_id=custom_id, label=label, style=style)
