"""Mixes to begin with: one TOML file each in `presets/`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Literal, Self

from pydantic import Field

from bot.content.reading import Content, files_in, read
from bot.core.errors import ContentError


class CuratedLayer(Content):
    sound: str
    gain_db: Annotated[float, Field(le=0.0, ge=-40.0)] = 0.0
    place: Literal["left", "right", "around", "close", "far", "slow-circle"] = "around"


class CuratedMix(Content):
    """A mix that is there from the first day."""

    name: Annotated[str, Field(min_length=2, max_length=40)]
    mood: Literal["sleep", "calm", "focus", "study"]
    description: Annotated[str, Field(min_length=10, max_length=140)]
    layers: Annotated[tuple[CuratedLayer, ...], Field(min_length=1, max_length=8)]


@dataclass(frozen=True)
class CuratedMixes:
    """Every curated mix by id."""

    mixes: Mapping[str, CuratedMix]

    @classmethod
    def load(cls, sounds: Collection[str], root: Traversable | None = None) -> Self:
        """Read all of them; raise ContentError naming the file and field, also for a sound there is not."""
        mixes = {}
        for mix_id, path in files_in(root or files("bot.content") / "presets"):
            mix = read(path, CuratedMix)
            for layer in mix.layers:
                if layer.sound not in sounds:
                    raise ContentError(f"{path.name}: layers names {layer.sound!r}, which is no sound")
            if len({layer.sound for layer in mix.layers}) != len(mix.layers):
                raise ContentError(f"{path.name}: layers names a sound twice")
            mixes[mix_id] = mix
        return cls(mixes)
