"""Kinds of therapy and where to look for one, as content: claims with their label and source."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.content.helpline_directory import Link, Month, Short, Sourced
from bot.core.errors import ContentError

Paragraph = Annotated[str, Field(min_length=20, max_length=300)]


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Therapy(_Content):
    """One kind of therapy or therapist, in words for somebody who has never been to one."""

    name: Short
    order: Annotated[int, Field(ge=0)]
    """Where it stands among the others."""
    synonyms: Annotated[tuple[Short, ...], Field(min_length=1)]
    what: Paragraph
    used_for: Paragraph
    evidence: Literal["many", "fewer", "practice"]
    """Controlled studies by number, or a matter of practice that studies do not settle."""
    source: Sourced
    first_session: Paragraph
    ask: Annotated[tuple[Short, ...], Field(min_length=3, max_length=3)]


class Way(_Content):
    """One place to look for a therapist."""

    where: Short
    what: Short
    link: Link
    source: Sourced
    checked: Month


class _Ways(_Content):
    way: Annotated[tuple[Way, ...], Field(min_length=1)]


_Model = TypeVar("_Model", bound=_Content)


@dataclass(frozen=True, slots=True)
class TherapyGuide:
    therapies: Mapping[str, Therapy]
    """By id, in order."""
    ways: tuple[Way, ...]

    @classmethod
    def load(cls, root: Traversable | None = None) -> Self:
        """Read the shipped files, or those in `root`. Raises ContentError naming the file and the field."""
        folder = root or files("bot.content")
        read = {
            path.name.removesuffix(".toml"): _read(Therapy, path)
            for path in (folder / "therapies").iterdir()
            if path.name.endswith(".toml")
        }
        ordered = dict(sorted(read.items(), key=lambda item: item[1].order))
        return cls(ordered, _read(_Ways, folder / "ways_to_therapy.toml").way)

    def find(self, text: str) -> str | None:
        """Return the id of the kind meant by a name, an id or a synonym."""
        return next(iter(self.suggest(text)), None) if text.strip() else None

    def suggest(self, text: str) -> list[str]:
        """Return ids whose name or synonym has what is typed so far, those that begin with it first."""
        typed = text.strip().casefold()
        terms = {
            therapy_id: [therapy_id, therapy.name.casefold(), *therapy.synonyms]
            for therapy_id, therapy in self.therapies.items()
        }
        begins = [i for i, words in terms.items() if any(word.startswith(typed) for word in words)]
        within = [i for i, words in terms.items() if i not in begins and any(typed in word for word in words)]
        return [*begins, *within]


def _read(model: type[_Model], path: Traversable) -> _Model:
    try:
        return model.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError(f"{path.name}: not valid TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ContentError(f"{path.name}: {field}: {first['msg']}") from None
