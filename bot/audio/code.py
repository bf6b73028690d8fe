"""A mix as a short code that can be pasted anywhere: `HUSH1-4QK0-90C1-…`.

The digit is the version of the format. Behind it stand, in Crockford's base 32, a byte with the number of
layers; for each layer two bytes that name its trigger, one for its gain in half decibels, one that is 1 when
a place follows (azimuth in degrees, circle in seconds, distance in centimetres, two bytes each); and a CRC-16
of all of it. A code holds no seed: with a seed beside it, the night is the same everywhere.
"""

import binascii
import re
import struct
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from bot.audio.chance import key64
from bot.audio.mix import MAX_LAYERS, Layer, Mix, Place
from bot.core.errors import Refusal

VERSION: Final = 1
GAIN_STEP_DB: Final = 0.5
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES: Final = {letter: value for value, letter in enumerate(_ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_SHAPE = re.compile(r"HUSH([0-9OIL]+)[-\s]+(.+)", re.DOTALL)
_LAYER = struct.Struct(">HBB")
_PLACE = struct.Struct(">hHH")
_GROUP = 4


def looks_like_code(text: str) -> bool:
    """Return whether somebody means a code by this, whole or not."""
    return _SHAPE.fullmatch(text.strip().upper()) is not None


def short_name(trigger_id: str) -> int:
    """Return the 16 bits that stand for a trigger in a code."""
    return key64(trigger_id) & 0xFFFF


def rounded(mix: Mix) -> Mix:
    """Return the mix as a code carries it: gains in half decibels, whole degrees, centimetres and seconds."""
    return Mix(tuple(_rounded(layer) for layer in mix.layers))


def encode(mix: Mix) -> str:
    """Return the mix's code, rounded as `rounded` does it."""
    body = bytes([len(mix.layers)]) + b"".join(_packed(_rounded(layer)) for layer in mix.layers)
    sealed = body + binascii.crc_hqx(body, VERSION).to_bytes(2, "big")
    letters = _letters(sealed)
    groups = [letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP)]
    return f"HUSH{VERSION}-" + "-".join(groups)


def decode(code: str, triggers: Iterable[str]) -> Mix:
    """Return the mix of a code, among the triggers there are.

    Case, spaces and hyphens do not matter, nor O for 0 and I or L for 1. Raises Refusal: `preset.refused.*`
    with `code`, `damaged`, `newer` or `unknown_sound`.
    """
    shape = _SHAPE.fullmatch(code.strip().upper())
    if shape is None:
        raise Refusal("preset.refused.code")
    version = int(shape[1].translate(str.maketrans("OIL", "011")))
    if version > VERSION:
        raise Refusal("preset.refused.newer")
    sealed = _bytes(re.sub(r"[-\s]", "", shape[2]))
    body, seal = sealed[:-2], sealed[-2:]
    if version != VERSION or not body or binascii.crc_hqx(body, VERSION).to_bytes(2, "big") != seal:
        raise Refusal("preset.refused.damaged")
    return _unpacked(body, {short_name(trigger): trigger for trigger in triggers})


def _rounded(layer: Layer) -> Layer:
    place = layer.place
    if place is not None:
        place = replace(
            place,
            azimuth_deg=float(round(place.azimuth_deg)),
            distance_m=round(place.distance_m, 2),
            circle_s=None if place.circle_s is None else float(round(place.circle_s)),
        )
    steps = round(min(255.0, -layer.gain_db / GAIN_STEP_DB))
    return replace(layer, gain_db=-GAIN_STEP_DB * steps if steps else 0.0, place=place)


def _packed(layer: Layer) -> bytes:
    place = layer.place
    steps = round(-layer.gain_db / GAIN_STEP_DB)
    head = _LAYER.pack(short_name(layer.trigger), steps, place is not None)
    if place is None:
        return head
    circle_s = 0 if place.circle_s is None else round(place.circle_s)
    return head + _PLACE.pack(round(place.azimuth_deg), circle_s, round(place.distance_m * 100.0))


def _unpacked(body: bytes, names: Mapping[int, str]) -> Mix:
    n_layers, at = body[0], 1
    layers = []
    try:
        for _ in range(n_layers):
            name, steps, placed = _LAYER.unpack_from(body, at)
            at += _LAYER.size
            place = None
            if placed:
                azimuth, circle_s, centimetres = _PLACE.unpack_from(body, at)
                at += _PLACE.size
                place = Place(float(azimuth), centimetres / 100.0, float(circle_s) if circle_s else None)
            if name not in names:
                raise Refusal("preset.refused.unknown_sound")
            layers.append(Layer(names[name], -GAIN_STEP_DB * steps if steps else 0.0, place))
        if at != len(body) or not 1 <= n_layers <= MAX_LAYERS:
            raise Refusal("preset.refused.damaged")
        return Mix(tuple(layers))
    except (struct.error, ValueError):
        raise Refusal("preset.refused.damaged") from None


def _letters(data: bytes) -> str:
    bits = int.from_bytes(data, "big")
    n_letters = -(-len(data) * 8 // 5)
    bits <<= n_letters * 5 - len(data) * 8
    return "".join(_ALPHABET[bits >> 5 * at & 31] for at in reversed(range(n_letters)))


def _bytes(letters: str) -> bytes:
    if not letters or any(letter not in _VALUES for letter in letters):
        raise Refusal("preset.refused.damaged")
    bits = 0
    for letter in letters:
        bits = bits << 5 | _VALUES[letter]
    n_bytes = len(letters) * 5 // 8
    spare = len(letters) * 5 - n_bytes * 8
    if spare >= 5 or bits & (1 << spare) - 1:
        raise Refusal("preset.refused.damaged")
    return (bits >> spare).to_bytes(n_bytes, "big")
