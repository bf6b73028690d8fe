"""Content files (TOML) as checked values; what is wrong in one is named by file and field."""

import tomllib
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.core.errors import ContentError

Id = r"^[a-z][a-z0-9-]{1,40}$"
"""What things of content are called, in files, databases and buttons."""


class Content(BaseModel):
    """A frozen value from a content file; fields it does not know are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


_C = TypeVar("_C", bound=Content)


def read(path: Traversable, shape: type[_C]) -> _C:
    """Read one file; raise ContentError naming the file and the field."""
    try:
        return shape.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"{path.name}: not valid TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ContentError(f"{path.name}: {field}: {first['msg']}") from None


def files_in(folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    """Yield the stem and path of every content file in a folder, by name."""
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.name.endswith(".toml"):
            yield path.name.removesuffix(".toml"), path
