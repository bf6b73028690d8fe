"""The sound library: manifests (TOML) as typed values, and their audio, decoded when first needed."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.core.errors import ContentError

Frames = Annotated[int, Field(ge=0)]
"""A count of 48 kHz sample frames."""


class _Manifest(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Segment(_Manifest):
    """A stretch of the trigger's audio file."""

    start: Frames
    frames: Annotated[int, Field(gt=0)]


class Bed(_Manifest):
    """A continuous sound, played as seeded grains of its file with equal-power crossfades."""

    grain_s: tuple[float, float]
    """Shortest and longest grain, seconds, crossfade included."""
    crossfade_s: Annotated[float, Field(gt=0.0)]

    @model_validator(mode="after")
    def _grains_hold_their_fades(self) -> Self:
        if not 2.0 * self.crossfade_s < self.grain_s[0] <= self.grain_s[1]:
            raise ValueError("grain_s must be [shortest, longest], the shortest over twice crossfade_s")
        return self


class Events(_Manifest):
    """One-shots that fall by a seeded point process: phrases of events with pauses between."""

    bank: Annotated[tuple[Segment, ...], Field(min_length=8)]
    """The one-shots in the file, each starting in near-silence and faded at its end."""
    onset_frames: Frames = 0
    """How far into each one-shot its audible onset lies."""
    floor: Segment
    """A quiet room between the events, played as a bed."""
    interval_s: Annotated[float, Field(gt=0.02)]
    """Mean time between onsets within a phrase."""
    interval_cv: Annotated[float, Field(ge=0.0, le=1.5)]
    """Spread of those times over their mean; 0 keeps a clock's beat, minute after minute."""
    phrase_events: Annotated[float, Field(ge=1.0)]
    """Mean number of events in a phrase."""
    pause_s: Annotated[float, Field(ge=0.0)]
    """Mean pause between phrases."""
    gain_spread_db: Annotated[float, Field(ge=0.0, le=12.0)]
    """Standard deviation of the events' level; louder ones are clipped at +1 of it."""
    azimuth_deg: tuple[float, float]
    """Range the events fall in, 0 ahead, positive right."""
    distance_m: tuple[float, float]
    apart: bool = False
    """Whether one hand or one mouth makes them: the next begins when the last has ended."""
    pass_s: Annotated[float, Field(ge=7.0, le=20.0)] | None = None
    """Seconds in which they wander from one side to the other; None: each phrase has its place."""
    speed_spread: Annotated[float, Field(ge=0.0, le=0.06)] = 0.04
    """How much faster or slower, and so higher or lower, an event may be than its one-shot."""


class Trigger(_Manifest):
    """One sound a person can ask for. The file beside the manifest is `<id>.opus`, 48 kHz stereo."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,40}$")]
    name: Annotated[str, Field(min_length=2, max_length=40)]
    family: Annotated[str, Field(pattern=r"^[a-z][a-z-]+$")]
    synonyms: tuple[str, ...]
    description: Annotated[str, Field(min_length=10, max_length=140)]
    evidence: Literal["controlled", "single-study", "tradition"]
    source: Annotated[str, Field(min_length=4)]
    """Where the evidence label comes from."""
    goes_with: tuple[str, ...]
    colour: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")] = "#4f5d75"
    """For panels and pictures: dark, desaturated."""
    texture_class: str | None = None
    gain_db: float
    """What brings the decoded file to its house level."""
    level_lufs: float
    """Integrated loudness at house level, as measured when it was built."""
    raw_crest_db: float | None = None
    """True peak over RMS before any grain was softened."""
    recipe: str
    """Fingerprint of the synthesis that rendered the file."""
    server: int | None = None
    """The only server that may play it; None for everybody's."""
    bed: Bed | None = None
    events: Events | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.bed is None) == (self.events is None):
            raise ValueError("a trigger has either [bed] or [events]")
        return self


@dataclass
class Library:
    """Every trigger there is, by id; servers' own recordings come and go while it is used."""

    triggers: Mapping[str, Trigger]
    folders: Mapping[str, Traversable]
    """The folder each trigger's manifest and audio lie in."""
    edition: int = 0
    """Grows with every change, so that what was made of it can be made anew."""

    def add(self, trigger: Trigger, folder: Traversable) -> None:
        """Take a trigger in, or put another in its place; those who hold the mappings keep what they had."""
        self._become({**self.triggers, trigger.id: trigger}, {**self.folders, trigger.id: folder})

    def remove(self, trigger_id: str) -> None:
        """Forget a trigger; one that is not there is no error."""
        self._become(
            {key: value for key, value in self.triggers.items() if key != trigger_id},
            {key: value for key, value in self.folders.items() if key != trigger_id},
        )

    def _become(self, triggers: Mapping[str, Trigger], folders: Mapping[str, Traversable]) -> None:
        self.triggers, self.folders = triggers, folders
        self.edition += 1

    @classmethod
    def load(cls, root: Traversable | None = None) -> Self:
        """Read all manifests below `root` (the shipped `audio_assets` unless given).

        Raises ContentError naming the file and the field.
        """
        triggers: dict[str, Trigger] = {}
        folders: dict[str, Traversable] = {}
        for folder, path in _manifests(root or files("audio_assets")):
            trigger = _read(path)
            if path.name != f"{trigger.id}.toml":
                raise ContentError(f"{path.name}: id is {trigger.id!r}; name the file {trigger.id}.toml")
            if folder.name != trigger.family:
                raise ContentError(f"{path.name}: family is {trigger.family!r} but lies in {folder.name}/")
            triggers[trigger.id] = trigger
            folders[trigger.id] = folder
        for trigger in triggers.values():
            for other in trigger.goes_with:
                if other not in triggers:
                    raise ContentError(f"{trigger.id}.toml: goes_with names {other!r}, which is no trigger")
        return cls(triggers, folders)

    def audio_file(self, trigger_id: str) -> Traversable:
        return self.folders[trigger_id] / f"{trigger_id}.opus"

    @property
    def families(self) -> Mapping[str, tuple[Trigger, ...]]:
        """Everybody's triggers by family, by name."""
        everybodys = [trigger for trigger in self.triggers.values() if trigger.server is None]
        names = sorted({trigger.family for trigger in everybodys})
        return {
            name: tuple(sorted((t for t in everybodys if t.family == name), key=lambda t: t.name))
            for name in names
        }


def _manifests(root: Traversable) -> Iterator[tuple[Traversable, Traversable]]:
    for folder in sorted(root.iterdir(), key=lambda f: f.name):
        if folder.is_dir():
            for path in sorted(folder.iterdir(), key=lambda f: f.name):
                if path.name.endswith(".toml"):
                    yield folder, path


def _read(path: Traversable) -> Trigger:
    try:
        return Trigger.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"{path.name}: not valid TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "the manifest"
        raise ContentError(f"{path.name}: {field}: {first['msg']}") from None
