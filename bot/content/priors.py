"""What is likely before anything is known about a person, with the basis of every figure."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated

from pydantic import Field

from bot.content.reading import Content, read

Chance = Annotated[float, Field(gt=0.0, lt=1.0)]
Basis = Annotated[str, Field(min_length=10)]


class Prior(Content):
    """How likely a sound tingles (for those who tingle at all) and how likely it is pleasant."""

    tingle: Chance
    calm: Chance
    basis: Basis
    asked_only: bool = False
    """Never part of a test: only played to who asks for it by name."""


class Priors(Content):
    responders: Chance
    """How many people tingle at all."""
    responders_basis: Basis
    family: dict[str, Prior]
    sound: dict[str, Prior] = Field(default_factory=dict)
    """Sounds that differ from their family."""


UNKNOWN = Prior(tingle=0.1, calm=0.45, basis="judgement: a family that nobody was asked about")


def load_priors(path: Traversable | None = None) -> Priors:
    """Read the shipped priors unless a path is given; raise ContentError naming the file and the field."""
    return read(path or files("bot.content") / "priors.toml", Priors)
