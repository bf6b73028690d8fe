"""Mixes under a name: one's own, the curated ones, and those somebody shared as a code."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.audio.code import decode, encode
from bot.audio.library import Library
from bot.audio.mix import Layer, Mix
from bot.content.curated import CuratedMix, CuratedMixes
from bot.core.errors import Refusal
from bot.playback.naming import heading_of
from bot.playback.places import PLACES
from bot.playback.tastes import LONGEST_NAME, MOST_PRESETS, Preset, PresetStore, name_key, tidy_name


@dataclass(frozen=True, slots=True)
class NamedMix:
    name: str
    mix: Mix
    description: str | None = None
    """Of a curated one."""


class Presets:
    """What a person can call up by name. Refusals carry the sentence to say."""

    def __init__(self, store: PresetStore, curated: CuratedMixes, library: Library) -> None:
        self._store = store
        self._library = library
        self.curated = tuple(_named(mix) for _, mix in sorted(curated.mixes.items()))

    async def save(self, user_id: int, name: str, mix: Mix) -> NamedMix:
        """Keep a mix, in place of one with the same name."""
        name = tidy_name(name)
        known = await self._store.all(user_id)
        if len(known) >= MOST_PRESETS and name_key(name) not in {name_key(each.name) for each in known}:
            raise Refusal("preset.refused.many", most=MOST_PRESETS)
        await self._store.put(user_id, Preset(name, encode(mix)))
        return NamedMix(name, mix)

    async def own(self, user_id: int) -> Sequence[str]:
        """Return the names of a person's own, in order."""
        return [preset.name for preset in await self._store.all(user_id)]

    async def names(self, user_id: int) -> Sequence[str]:
        """Return the names of everything a person can call up, their own first."""
        return [*await self.own(user_id), *(mix.name for mix in self.curated)]

    async def find(self, user_id: int | None, name: str) -> NamedMix | None:
        """Return the person's own mix of that name, else the curated one, else None."""
        key = name_key(name)
        for preset in () if user_id is None else await self._store.all(user_id):
            if name_key(preset.name) == key:
                return NamedMix(preset.name, self.read(preset.code))
        return next((mix for mix in self.curated if name_key(mix.name) == key), None)

    async def named(self, user_id: int, name: str) -> NamedMix:
        """Return what `find` returns; refuse a name that is not there."""
        if (found := await self.find(user_id, name)) is None:
            raise Refusal("preset.refused.unknown")
        return found

    async def share(self, user_id: int, name: str) -> tuple[str, str]:
        """Return a mix's name and its code, which anybody can load."""
        found = await self.named(user_id, name)
        return found.name, encode(found.mix)

    async def load(self, user_id: int, code: str, name: str | None) -> NamedMix:
        """Keep a shared mix; without a name under the names of its sounds."""
        mix = self.read(code)
        return await self.save(user_id, self.title(mix)[:LONGEST_NAME] if name is None else name, mix)

    async def delete(self, user_id: int, name: str) -> None:
        if not await self._store.remove(user_id, name):
            raise Refusal("preset.refused.unknown")

    def read(self, code: str) -> Mix:
        """Return the mix of a code; Refusal says what is wrong with it."""
        return decode(code, self._library.triggers)

    def title(self, mix: Mix) -> str:
        """Return what a mix is called when nobody named it."""
        return heading_of(mix, self._library).title


def _named(curated: CuratedMix) -> NamedMix:
    layers = tuple(Layer(layer.sound, layer.gain_db, PLACES[layer.place]) for layer in curated.layers)
    return NamedMix(curated.name, Mix(layers), curated.description)
