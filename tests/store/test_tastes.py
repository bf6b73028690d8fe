"""Presets, favourites and blocked sounds on both engines."""

import pytest

from bot.playback.tastes import Preset, Taste
from bot.store.tastes import SqlPresetStore, SqlTasteStore


async def test_presets_are_kept_by_name_whatever_its_case(database, clock):
    presets = SqlPresetStore(database, clock)
    await presets.put(7, Preset("Rainy Sunday", "HUSH1-A"))
    await presets.put(7, Preset("rainy  sunday", "HUSH1-B"))
    await presets.put(7, Preset("Attic", "HUSH1-C"))
    await presets.put(8, Preset("Attic", "HUSH1-D"))
    assert await presets.all(7) == [Preset("Attic", "HUSH1-C"), Preset("rainy  sunday", "HUSH1-B")]
    assert await presets.remove(7, "ATTIC")
    assert not await presets.remove(7, "Attic")
    assert await presets.all(8) == [Preset("Attic", "HUSH1-D")]


@pytest.mark.parametrize("taste", list(Taste))
async def test_a_taste_is_each_persons_own(database, clock, taste):
    tastes = SqlTasteStore(database, clock)
    for _ in range(2):
        await tastes.add(taste, 7, "rain")
    await tastes.add(taste, 7, "waves")
    await tastes.add(taste, 8, "rain")
    await tastes.remove(taste, 7, "rain")
    await tastes.remove(taste, 7, "rain")
    assert await tastes.sounds(taste, 7) == {"waves"}
    assert await tastes.sounds(taste, 8) == {"rain"}
    others = next(t for t in Taste if t is not taste)
    assert await tastes.sounds(others, 7) == frozenset()
