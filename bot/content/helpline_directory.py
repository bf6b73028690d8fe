"""Helplines and emergency numbers as content: numbers verbatim, each with its source and when it was checked.

`helplines/emergency.toml` has every country's emergency number, `helplines/lines/<ISO>.toml` one country's
lines. Nothing here is ever written by a program at run time.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Final, Literal, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.core.errors import ContentError

DIRECTORY_LINK: Final = "https://findahelpline.com"
"""Where every country's helplines are looked up when nothing better is known."""
FRESH_MONTHS: Final = 12
"""A line checked longer ago is shown with its date, below emergency number and directory."""

Confidence = Literal["high", "medium", "low"]
Audience = Literal["youth", "lgbtq", "veterans", "women", "men", "faith", "indigenous"]


def _secure(link: str) -> str:
    if not link.startswith("https://"):
        raise ValueError("must begin with https://")
    return link


def _month(text: object) -> object:
    """Read "2026-06" as the first of that month: rather older than it is than fresher."""
    if isinstance(text, str) and len(text) == len("2026-06"):
        return date.fromisoformat(f"{text}-01")
    raise ValueError('must be a month such as "2026-06"')


Short = Annotated[str, Field(min_length=1, max_length=120)]
Sourced = Annotated[str, Field(min_length=3, max_length=400)]
Link = Annotated[str, Field(max_length=300), AfterValidator(_secure)]
Month = Annotated[date, BeforeValidator(_month)]
Dialled = Annotated[str, Field(pattern=r"^[0-9+() \-–]*[0-9](?: ext [0-9]+)?$", max_length=40)]


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class EmergencyNumber(_Content):
    number: Dialled
    service: Literal["ambulance", "police", "mobile"] | None = None
    """Whom it reaches, where that is not everybody."""


class Emergency(_Content):
    numbers: Annotated[tuple[EmergencyNumber, ...], Field(min_length=1)]
    confidence: Confidence
    source: Sourced
    checked: Month


class TextNumber(_Content):
    number: Dialled
    word: Short | None = None
    """What to write first, verbatim."""


class Line(_Content):
    """One helpline. At least one of `call`, `text`, `whatsapp`, `chat` is there."""

    name: Short
    call: tuple[Dialled, ...] = ()
    text: TextNumber | None = None
    whatsapp: Dialled | None = None
    chat: Link | None = None
    site: Link | None = None
    hours: Short | None = None
    """24/7, or in the source's own words; unset when not known."""
    languages: tuple[Annotated[str, Field(pattern=r"^[a-z]{2,3}$")], ...] = ()
    more_languages: Annotated[int, Field(ge=0)] = 0
    meant_for: tuple[Audience, ...] = ()
    """Empty is everybody."""
    pair: Short | None = None
    """The line it is shown with or not at all."""
    confidence: Confidence
    source: Sourced
    checked: Month
    note: str | None = None
    """For whoever checks it next; never shown."""

    @property
    def is_written(self) -> bool:
        """Whether it can be reached without speaking."""
        return self.text is not None or self.whatsapp is not None or self.chat is not None

    def is_fresh(self, today: date) -> bool:
        return months_between(self.checked, today) <= FRESH_MONTHS


class _Lines(_Content):
    line: Annotated[tuple[Line, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Country:
    iso: str
    """ISO 3166 alpha-2."""
    emergency: Emergency
    lines: tuple[Line, ...]


_Model = TypeVar("_Model", bound=_Content)


class HelplineDirectory:
    """Every country's emergency number, and the lines of those that have some. All in memory."""

    def __init__(self, countries: Mapping[str, Country]) -> None:
        self.countries = countries

    @classmethod
    def load(cls, root: Traversable | None = None) -> Self:
        """Read the shipped files, or those in `root`. Raises ContentError naming the file and the field."""
        folder = root or files("bot.content") / "helplines"
        numbers = folder / "emergency.toml"
        emergencies = {
            iso: _checked(Emergency, numbers.name, entry, at=(iso,)) for iso, entry in _toml(numbers).items()
        }
        lines = {
            path.name.removesuffix(".toml"): _lines(path)
            for path in sorted((folder / "lines").iterdir(), key=lambda p: p.name)
            if path.name.endswith(".toml")
        }
        for iso in lines.keys() - emergencies.keys():
            raise ContentError(f"{iso}.toml: {iso}: {numbers.name} has no emergency number for it")
        return cls(
            {iso: Country(iso, emergency, lines.get(iso, ())) for iso, emergency in emergencies.items()}
        )

    @cached_property
    def lines(self) -> tuple[tuple[str, Line], ...]:
        """Every line there is, with its country."""
        return tuple((country.iso, line) for country in self.countries.values() for line in country.lines)


def months_between(earlier: date, later: date) -> int:
    """Return whole calendar months, the days left out."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def _lines(path: Traversable) -> tuple[Line, ...]:
    lines = _checked(_Lines, path.name, _toml(path)).line
    by_name = {line.name: line for line in lines}
    for at, line in enumerate(lines):
        field = f"{path.name}: line {at + 1} ({line.name})"
        if not line.call and not line.is_written:
            raise ContentError(f"{field}: call: a line needs call, text, whatsapp or chat")
        if line.pair is not None and (
            line.pair not in by_name or by_name[line.pair].pair != line.name or line.pair == line.name
        ):
            raise ContentError(f"{field}: pair: {line.pair} must be in the same file and name this one")
    return lines


def _toml(path: Traversable) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError(f"{path.name}: not valid TOML: {error}") from None


def _checked(model: type[_Model], file: str, entry: object, at: tuple[str, ...] = ()) -> _Model:
    try:
        return model.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(_spoken_place((*at, *first["loc"])))
        raise ContentError(f"{file}: {field}: {first['msg']}") from None


def _spoken_place(place: tuple[str | int, ...]) -> Iterator[str]:
    """Count entries from one, as people do."""
    return (str(part + 1) if isinstance(part, int) else part for part in place)
