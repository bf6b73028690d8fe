"""Every sound Hush makes itself, by id."""

from collections.abc import Mapping

from bot.audio.synth.book import (
    attention,
    brushing,
    crinkles,
    hands,
    nature,
    rooms,
    tapping,
    tones,
    voice,
    water,
)
from bot.audio.synth.recipe import Recipe

_FAMILIES = (voice, tapping, brushing, crinkles, attention, hands, water, nature, rooms, tones)


def recipes() -> Mapping[str, Recipe]:
    """Return every recipe by its sound's id."""
    return {recipe.facts.id: recipe for family in _FAMILIES for recipe in family.recipes()}
