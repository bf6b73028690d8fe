"""What a mix is called and which family it shows the colour of, from the sounds in it."""

from dataclasses import dataclass
from typing import Final

from bot.audio.library import Library
from bot.audio.mix import Mix

_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Heading:
    title: str
    family: str


UNNAMED: Final = Heading("A sound without its name", "")
"""In place of the heading of what is to be judged by ear."""


def heading_of(mix: Mix, library: Library) -> Heading:
    """Return the names of a mix's first three sounds as one line, and the family of the first."""
    known = [library.triggers[layer.trigger] for layer in mix.layers if layer.trigger in library.triggers]
    more = f" · +{len(known) - _SHOWN}" if len(known) > _SHOWN else ""
    title = " · ".join(trigger.name for trigger in known[:_SHOWN]) + more
    return Heading(title, known[0].family if known else "")
