"""Self-care content: pairings, guided practices and pages to read, each claim with its source.

Everything is TOML: `pairings/<activity>.toml`, `practices/<id>.toml`, `learn/<topic>.toml`, `sources.toml`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bot.content.reading import Content, Id, files_in, read
from bot.content.sources import Source, load_sources
from bot.content.whispered import bank_of
from bot.core.errors import ContentError

Feeling = Literal[
    "cant-sleep",
    "anxious",
    "stressed",
    "sad",
    "overwhelmed",
    "restless",
    "unfocused",
    "in-pain",
    "lonely",
    "fine",
]
Place = Literal["anywhere", "bed", "home", "desk", "outside"]
Noise = Literal["silent", "quiet", "any"]
"""How much noise the activity itself makes."""
Daytime = Literal["morning", "day", "evening", "night"]
Visual = Literal["candle", "hands", "ink", "sand", "snow"]

Line = Annotated[str, Field(min_length=4, max_length=140)]
ContentId = Annotated[str, Field(pattern=Id)]
Minutes = Annotated[int, Field(ge=1, le=60)]

SHORTEST_STEP_S = 6
"""Discord takes a message's edits at this pace for as long as needed."""


def _require_range(name: str, bounds: tuple[float, float]) -> None:
    if not bounds[0] <= bounds[1]:
        raise ValueError(f"{name} must be [fewest, most]")


class Pairing(Content):
    """An activity with the sounds that go with it."""

    title: Annotated[str, Field(min_length=4, max_length=45)]
    feelings: Annotated[tuple[Feeling, ...], Field(min_length=1)]
    minutes: tuple[Minutes, Minutes]
    """The fewest and the most that make sense."""
    places: Annotated[tuple[Place, ...], Field(min_length=1)]
    noise: Noise
    times: tuple[Daytime, ...] = ()
    """When it fits; empty is at any time."""
    sounds: Annotated[tuple[ContentId, ...], Field(min_length=1)]
    """Triggers that go with it, the best first."""
    why: Line
    """Why these sounds."""
    steps: tuple[Line, ...] = ()
    practice: ContentId | None = None
    """The practice that guides it, in place of steps."""
    visual: Visual | None = None
    source: ContentId
    claim: Annotated[str, Field(min_length=10, max_length=140)]
    """What its source says, no more."""
    care: Line | None = None
    """When to be careful, or to leave it."""

    @model_validator(mode="after")
    def _guided_somehow(self) -> Self:
        if bool(self.steps) == (self.practice is not None):
            raise ValueError("a pairing has either steps or a practice")
        _require_range("minutes", self.minutes)
        if self.steps and self.minutes[0] * 60 < SHORTEST_STEP_S * len(self.steps):
            raise ValueError("more steps than its fewest minutes hold")
        return self


class _Activity(Content):
    name: Annotated[str, Field(min_length=3, max_length=40)]
    pairing: Annotated[dict[ContentId, Pairing], Field(min_length=1)]


class BreathPattern(Content):
    """One breath, seconds: in, a second sip on top, hold, out, rest."""

    inhale_s: Annotated[float, Field(ge=1.0, le=12.0)]
    top_s: Annotated[float, Field(ge=0.0, le=3.0)] = 0.0
    hold_s: Annotated[float, Field(ge=0.0, le=12.0)] = 0.0
    exhale_s: Annotated[float, Field(ge=1.0, le=15.0)]
    rest_s: Annotated[float, Field(ge=0.0, le=12.0)] = 0.0

    @property
    def length_s(self) -> float:
        return self.inhale_s + self.top_s + self.hold_s + self.exhale_s + self.rest_s


class Step(Content):
    """One caption of a guided practice."""

    text: Annotated[str, Field(min_length=4, max_length=160)]
    seconds: Annotated[float, Field(ge=SHORTEST_STEP_S, le=180.0)]
    """How long it stays at the practice's own pace."""
    bell: bool = False
    """A soft bell when it comes, for closed eyes."""
    whisper: str | None = None
    """A line of `whispers/en.toml`, whispered a moment after it comes."""


class Practice(Content):
    """A guided practice: a breath to follow, or steps."""

    title: Annotated[str, Field(min_length=3, max_length=45)]
    description: Line
    minutes: tuple[Minutes, Minutes]
    usual_minutes: Minutes
    sounds: Annotated[tuple[ContentId, ...], Field(min_length=1)]
    source: ContentId
    claim: Annotated[str, Field(min_length=10, max_length=140)]
    care: Line | None = None
    breath: BreathPattern | None = None
    step: tuple[Step, ...] = ()

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.breath is None) == (not self.step):
            raise ValueError("a practice has either [breath] or [[step]]")
        _require_range("minutes", self.minutes)
        if not self.minutes[0] <= self.usual_minutes <= self.minutes[1]:
            raise ValueError("usual_minutes must lie within minutes")
        return self


class Paragraph(Content):
    """What a page says; with a source, what that found."""

    text: Annotated[str, Field(min_length=20, max_length=300)]
    source: ContentId | None = None


class Page(Content):
    """A short page to read."""

    title: Annotated[str, Field(min_length=4, max_length=45)]
    order: int
    paragraph: Annotated[tuple[Paragraph, ...], Field(min_length=1, max_length=5)]


@dataclass(frozen=True, slots=True)
class CareContent:
    """All of it, by id."""

    pairings: Mapping[str, Pairing]
    activities: Mapping[str, str]
    """The activity each pairing belongs to, by pairing id."""
    activity_names: Mapping[str, str]
    practices: Mapping[str, Practice]
    pages: Mapping[str, Page]
    sources: Mapping[str, Source]

    @classmethod
    def load(cls, sounds: Collection[str], root: Traversable | None = None) -> Self:
        """Read everything below `root`, the shipped content unless given; `sounds` are the triggers.

        Raises ContentError naming the file and the field, also for a source, practice or sound that is not.
        """
        folder = root or files("bot.content")
        sources = load_sources(folder / "sources.toml")
        practices = {name: read(path, Practice) for name, path in files_in(folder / "practices")}
        pages = {name: read(path, Page) for name, path in files_in(folder / "learn")}
        pairings: dict[str, Pairing] = {}
        activities: dict[str, str] = {}
        names: dict[str, str] = {}
        for activity, path in files_in(folder / "pairings"):
            group = read(path, _Activity)
            names[activity] = group.name
            for pairing_id, pairing in group.pairing.items():
                if pairing_id in pairings:
                    raise ContentError(f"{path.name}: pairing.{pairing_id}: there is one in another file too")
                pairings[pairing_id], activities[pairing_id] = pairing, activity
        content = cls(pairings, activities, names, practices, pages, sources)
        content._check_references(sounds)
        return content

    def source_of(self, thing: Pairing | Practice) -> Source:
        return self.sources[thing.source]

    def _check_references(self, sounds: Collection[str]) -> None:
        for pairing_id, pairing in self.pairings.items():
            where = f"{self.activities[pairing_id]}.toml: pairing.{pairing_id}"
            _require(where, "sounds", pairing.sounds, sounds)
            _require(where, "source", (pairing.source,), self.sources)
            if pairing.practice is not None:
                _require(where, "practice", (pairing.practice,), self.practices)
        for practice_id, practice in self.practices.items():
            _require(f"{practice_id}.toml", "sounds", practice.sounds, sounds)
            _require(f"{practice_id}.toml", "source", (practice.source,), self.sources)
            for step in practice.step:
                if step.whisper is not None and bank_of(step.whisper) is None:
                    raise ContentError(f"{practice_id}.toml.step.whisper: there is no {step.whisper!r}")
        for topic, page in self.pages.items():
            cited = [paragraph.source for paragraph in page.paragraph if paragraph.source is not None]
            _require(f"{topic}.toml", "paragraph.source", cited, self.sources)


def _require(where: str, field: str, named: Collection[str], known: Collection[str]) -> None:
    for name in named:
        if name not in known:
            raise ContentError(f"{where}.{field}: there is no {name!r}")
