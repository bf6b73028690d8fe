"""Changing a mix: pure steps from one to the next, and the kind no where there is none."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any, Final

from bot.audio.master import volume_db
from bot.audio.mix import MAX_LAYERS, Layer, Mix, Place, Plan
from bot.audio.score import without_whispers
from bot.content.whispered import WHISPERING
from bot.core.errors import Refusal

SILENT_DB: Final = -60.0
"""Where a layer at volume 0 is: under any room's own noise, and ready to come back."""


def gain_db(percent: int) -> float:
    """Return a layer's gain for a volume: 100 is as it was made, the house's curve below."""
    db = volume_db(percent)
    return SILENT_DB if db is None else max(SILENT_DB, db)


def percent_of(gain: float) -> int:
    """Return the volume of a layer's gain, 0..100."""
    return 0 if gain <= SILENT_DB else round(100.0 * 10.0 ** (gain / 40.0))


def add(mix: Mix, layer: Layer) -> Mix:
    """Lay one more sound over a mix."""
    if any(layer.trigger == known.trigger for known in mix.layers):
        raise Refusal("layer.refused.there_already")
    if len(mix.layers) == MAX_LAYERS:
        raise Refusal("layer.refused.full", most=MAX_LAYERS)
    return Mix((*mix.layers, layer))


def remove(mix: Mix, trigger_id: str) -> Mix:
    left = tuple(layer for layer in mix.layers if layer.trigger != trigger_id)
    if len(left) == len(mix.layers):
        raise Refusal("layer.refused.not_there")
    if not left:
        raise Refusal("layer.refused.last")
    return Mix(left)


def with_gain(mix: Mix, trigger_id: str, gain: float) -> Mix:
    """Set how loud a layer is, dB relative to as it was made."""
    return _changed(mix, trigger_id, gain_db=gain)


def with_place(mix: Mix, trigger_id: str, place: Place | None) -> Mix:
    """Set where a layer is; None is as it was made."""
    return _changed(mix, trigger_id, place=place)


def _changed(mix: Mix, trigger_id: str, **values: Any) -> Mix:
    if all(layer.trigger != trigger_id for layer in mix.layers):
        raise Refusal("layer.refused.not_there")
    return Mix(
        tuple(replace(layer, **values) if layer.trigger == trigger_id else layer for layer in mix.layers)
    )


def audible(plan: Plan, blocked: Collection[str]) -> Plan | None:
    """Return what of a plan is played where some sounds may not be heard; None when that is nothing.

    A guide whispers neither where somebody has blocked whispering, nor into a whisper that plays already.
    """
    mix = without(plan.mix, blocked)
    if mix is None:
        return None
    whispers = any(layer.trigger in WHISPERING for layer in mix.layers)
    if whispers or not WHISPERING.isdisjoint(blocked):
        return replace(plan, mix=mix, score=without_whispers(plan.score))
    return replace(plan, mix=mix)


def without(mix: Mix, blocked: Collection[str]) -> Mix | None:
    """Return what is left of a mix when some sounds may not be heard; None when that is nothing."""
    left = tuple(layer for layer in mix.layers if layer.trigger not in blocked)
    return Mix(left) if left else None
