"""How the listening panel looks: values that say what is shown, and their rendering (Components V2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import discord
from discord import ui

from bot.content.texts import Texts
from bot.gateway.colours import accent_of
from bot.playback.model import Fate, NowPlaying, Trouble

PAUSE = "panel:pause:v1"
RESUME = "panel:resume:v1"
QUIETER = "panel:quieter:v1"
LOUDER = "panel:louder:v1"
TIMER = "panel:timer:v1"
STOP = "panel:stop:v1"
TIMER_MINUTES = (15, 30, 60, 90, 0)
"""What the timer offers; 0 is until the channel is empty."""


def timer_id(minutes: int) -> str:
    return f"panel:timer-{minutes}:v1"


@dataclass(frozen=True, slots=True)
class Playing:
    """A panel while something plays."""

    title: str
    family: str
    volume: int
    paused: bool
    audible: bool
    channel: str
    tail: timedelta
    ends_at: datetime | None
    trouble: Trouble | None = None
    arc: bool = False

    @classmethod
    def of(cls, now: NowPlaying) -> "Playing":
        return cls(
            now.title,
            now.family,
            now.volume,
            now.paused,
            now.audible,
            now.room.name,
            now.tail,
            now.ends_at,
            now.trouble,
            now.arc,
        )


@dataclass(frozen=True, slots=True)
class Quiet:
    """A panel once it is over; `fate` is why, when nobody asked for it."""

    fate: Fate | None = None


Face = Playing | Quiet

_FATES: Final[Mapping[Fate | None, str]] = {
    None: "panel.quiet.sentence",
    Fate.SENT_AWAY: "panel.quiet.sent_away",
    Fate.CHANNEL_DELETED: "panel.quiet.channel_deleted",
}
_TROUBLES: Final[Mapping[Trouble, str]] = {
    Trouble.CONNECTION: "panel.playing.reconnecting",
    Trouble.RATE_LIMITED: "panel.playing.rate_limited",
}


def panel(face: Face, texts: Texts, locale: str) -> ui.LayoutView:
    """Render a face. The view only shows: presses are answered by `bot.gateway.presses`."""
    match face:
        case Playing():
            return _page(
                [
                    f"## {face.title}",
                    _state(face, texts, locale),
                ],
                _controls(face, texts, locale),
                accent_of(face.family),
            )
        case Quiet():
            return _page([texts.get(_FATES[face.fate], locale)], None, accent_of(None))


def timer_choice(texts: Texts, locale: str) -> ui.LayoutView:
    """Ask when it shall be silent."""
    row = _row(
        [
            (
                timer_id(minutes),
                texts.get("panel.timer.minutes", locale, minutes=minutes)
                if minutes
                else texts.get("panel.timer.open", locale),
            )
            for minutes in TIMER_MINUTES
        ]
    )
    return _page([texts.get("panel.timer.question", locale)], row, accent_of(None))


def note(text: str) -> ui.LayoutView:
    """One sentence in place of a choice that was made."""
    return _page([text], None, accent_of(None))


def _state(face: Playing, texts: Texts, locale: str) -> str:
    end = "panel.playing.arc" if face.arc else "panel.playing.until"
    if face.ends_at is None:
        end = "panel.playing.open"
    lines = [
        texts.get(_manner(face), locale, volume=face.volume, channel=face.channel),
        texts.get(end, locale, ends_at=face.ends_at),
    ]
    return "\n".join(lines)


def _manner(face: Playing) -> str:
    """Return the key of how it plays, what matters most first."""
    if face.trouble is not None:
        return _TROUBLES[face.trouble]
    if not face.audible:
        return "panel.playing.audience"
    if face.paused:
        return "panel.playing.paused"
    return "panel.playing.volume" if face.volume else "panel.playing.muted"


def _controls(face: Playing, texts: Texts, locale: str) -> "ui.ActionRow[ui.LayoutView]":
    main = RESUME if face.paused else PAUSE
    keys = {
        main: "panel.button.resume" if face.paused else "panel.button.pause",
        QUIETER: "panel.button.quieter",
        LOUDER: "panel.button.louder",
        TIMER: "panel.button.timer",
        STOP: "panel.button.stop",
    }
    return _row([(custom_id, texts.get(key, locale)) for custom_id, key in keys.items()], primary=main)


def _row(buttons: Sequence[tuple[str, str]], primary: str | None = None) -> "ui.ActionRow[ui.LayoutView]":
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    for custom_id, label in buttons:
        style = discord.ButtonStyle.primary if custom_id == primary else discord.ButtonStyle.secondary
        row.add_item(ui.Button(custom_id=custom_id, label=label, style=style))
    return row


def _page(paragraphs: Sequence[str], row: "ui.ActionRow[ui.LayoutView] | None", colour: int) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=colour)
    for text in paragraphs:
        container.add_item(ui.TextDisplay(text))
    if row is not None:
        container.add_item(row)
    view.add_item(container)
    view.stop()  # discord.py then does not keep it: one registered view answers for every panel there is
    return view
