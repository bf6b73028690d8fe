"""Where claims come from, and how well they are supported."""

from collections.abc import Mapping
from importlib.resources.abc import Traversable
from typing import Annotated, Literal

from pydantic import Field, RootModel

from bot.content.reading import Content, Id, read

Evidence = Literal["controlled", "single-study", "tradition"]
"""How well a claim is supported: several controlled studies, one study, or custom alone."""


class Source(Content):
    """A study, a review, or a custom."""

    who: Annotated[str, Field(min_length=4, max_length=100)]
    where: Annotated[str, Field(min_length=4, max_length=100)]
    link: Annotated[str, Field(pattern=r"^https://\S+$")] | None = None
    evidence: Evidence


class _Sources(Content, RootModel[dict[Annotated[str, Field(pattern=Id)], Source]]):
    model_config = {"extra": None}


def load_sources(path: Traversable) -> Mapping[str, Source]:
    """Read the sources by id; raise ContentError naming the file and the field."""
    return read(path, _Sources).root
