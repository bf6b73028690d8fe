"""The visual triggers: slow loops of light, sand, ink, snow and flame, drawn by formula. Nothing flashes."""

import math
from collections.abc import Callable
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.pictures.animation import SIZE, Frame, Scene, render
from bot.pictures.files import Animation
from bot.pictures.theme import BACKGROUND, FIRST, SECOND, Colour, unit

Field = NDArray[np.float32]
"""Shape (height, width)."""

_FPS: Final = 12.0
_WARM: Final[Colour] = (0xC4, 0x92, 0x5A)
_PALE: Final[Colour] = (0x9A, 0xA6, 0xBC)


@cache
def _grid() -> tuple[Field, Field]:
    """Return x and y of every pixel, in heights from the middle; y points up."""
    width, height = SIZE
    x = (np.arange(width, dtype=np.float32) - width / 2) / height
    y = (height / 2 - np.arange(height, dtype=np.float32)) / height
    return np.broadcast_to(x[None, :], (height, width)), np.broadcast_to(y[:, None], (height, width))


def light(amount: Field, colour: Colour) -> Frame:
    """Lay light of a colour, 0..1, over the background."""
    ground, lit = np.array(unit(BACKGROUND), np.float32), np.array(unit(colour), np.float32)
    share = np.clip(amount, 0.0, 1.0)[:, :, None]
    return ground + (lit - ground) * share


def _turn(t: float, times: int = 1, offset: float = 0.0) -> float:
    """Return an angle that comes round a whole number of times in a loop."""
    return 2.0 * math.pi * (times * t + offset)


def hands(t: float) -> Frame:
    """Two soft lights that draw slow paths and pass near and far, as hands do before a face."""
    x, y = _grid()
    total = np.zeros_like(x)
    for side in (-1.0, 1.0):
        for echo in range(7):
            at = t - echo * 0.011
            near = 0.5 + 0.5 * math.sin(_turn(at, 1, 0.25 * side))
            centre_x = side * 0.30 + 0.20 * math.sin(_turn(at, 1, 0.1 * side))
            centre_y = 0.17 * math.sin(_turn(at, 2, 0.2 * side))
            radius = 0.055 + 0.045 * near
            glow = np.exp(-((x - centre_x) ** 2 + (y - centre_y) ** 2) / (2.0 * radius**2))
            total += glow * (0.30 + 0.22 * near) * 0.72**echo
    return light(total * 0.62, FIRST)


def sand(t: float) -> Frame:
    """Raked lines of sand, along which something invisible passes."""
    x, y = _grid()
    warp = 0.10 * np.sin(3.1 * x + _turn(t)) + 0.05 * np.sin(5.3 * x - 2.0 * y + _turn(t, 1, 0.3))
    lines = np.sin(34.0 * (y + warp) + 1.5 * math.sin(_turn(t)))
    slope = np.cos(34.0 * (y + warp)) * 0.5 + 0.5
    sweep = 0.5 + 0.5 * np.sin(1.6 * x - _turn(t))
    return light(0.16 + 0.16 * slope * sweep + 0.10 * (lines > 0.0) * slope, SECOND)


@cache
def _flakes() -> NDArray[np.float32]:
    """Return per flake: x, y at the start (0..1), falls in a loop, sway, depth 0 (far) to 1."""
    dice = np.random.default_rng(11)
    n = 120
    depth = np.sort(dice.random(n))
    falls = 1.0 + np.floor(depth * 1.999)
    return np.stack([dice.random(n), dice.random(n), falls, dice.random(n), depth], 1).astype(np.float32)


def snow(t: float) -> Frame:
    """Flakes at many distances, falling straight enough to follow one."""
    width, height = SIZE
    amount = np.zeros((height, width), np.float32)
    for x0, y0, falls, sway, depth in _flakes():
        x = (x0 + 0.025 * math.sin(_turn(t, 2, sway)) * (0.4 + depth)) % 1.0 * width
        y = ((y0 + falls * t) % 1.0) * (height + 40) - 20
        _dot(amount, x, y, 1.1 + 2.2 * depth, 0.20 + 0.45 * depth)
    ground = 0.06 * np.exp(-((_grid()[1] + 0.5) ** 2) / 0.05)
    return light(amount + ground, _PALE)


def _dot(amount: Field, x: float, y: float, radius: float, strength: float) -> None:
    """Add a soft dot; what lies outside the picture is left out."""
    height, width = amount.shape
    reach = math.ceil(3.0 * radius)
    left, top = max(0, int(x) - reach), max(0, int(y) - reach)
    right, bottom = min(width, int(x) + reach + 1), min(height, int(y) + reach + 1)
    if left < right and top < bottom:
        dx = np.arange(left, right, dtype=np.float32) - x
        dy = np.arange(top, bottom, dtype=np.float32) - y
        spread = np.exp(-(dy[:, None] ** 2 + dx[None, :] ** 2) / (2.0 * radius**2))
        amount[top:bottom, left:right] += strength * spread


def ink(t: float) -> Frame:
    """Ink that opens in dark water, and another drop while the first one thins out."""
    x, y = _grid()
    total = np.zeros_like(x)
    for drop, (centre_x, centre_y) in enumerate(((-0.16, 0.05), (0.20, -0.04))):
        age = (t + drop * 0.5) % 1.0
        dx, dy = x - centre_x, y - centre_y + 0.10 * age
        angle, distance = np.arctan2(dy, dx), np.hypot(dx, dy)
        calm = 1.0 - np.exp(-((distance / 0.11) ** 2))  # no spokes where the drop fell
        curl = calm * (
            0.30 * np.sin(3.0 * angle + 5.0 * distance + 2.0 * age + drop)
            + 0.22 * np.sin(5.0 * angle - 9.0 * distance + 3.0 * age)
            + 0.12 * np.sin(9.0 * angle + 16.0 * distance + 2.0 * drop)
        )
        edge = (0.05 + 0.40 * math.sqrt(age)) * (1.0 + curl)
        body = 1.0 / (1.0 + np.exp((distance - edge) / (0.012 + 0.05 * age)))
        veil = 0.65 + 0.35 * np.sin(26.0 * (distance - edge) + 4.0 * calm * np.sin(3.0 * angle))
        total += body * veil * math.sin(math.pi * age) ** 2 * 0.55
    return light(total, FIRST)


def candle(t: float) -> Frame:
    """Draw a small flame that leans and breathes, and never flickers."""
    x, y = _grid()
    lean = 0.022 * math.sin(_turn(t)) + 0.010 * math.sin(_turn(t, 3, 0.2))
    tall = 0.29 + 0.014 * math.sin(_turn(t, 2, 0.4)) + 0.006 * math.sin(_turn(t, 5))
    rise = np.clip((y + 0.16) / tall, 0.0, 1.3)
    middle = lean * rise**1.6
    half = 0.052 * np.sqrt(np.clip(rise, 0.0, 1.0)) * np.clip(1.0 - rise, 0.0, 1.0) ** 0.75 * 2.1
    inside = np.clip((half - np.abs(x - middle)) / 0.016, 0.0, 1.0) * (rise > 0.0)
    flame = inside * (0.80 - 0.25 * np.clip(rise, 0.0, 1.0))
    halo = 0.26 * np.exp(-((x - lean * 0.4) ** 2 + (y - 0.0) ** 2) / 0.05)
    wax = (np.abs(x) < 0.062) * (y < -0.185) * (0.30 + 0.25 * np.clip(y + 0.5, 0.0, 0.32))
    wick = (np.abs(x - 0.1 * lean) < 0.004) * (y < -0.14) * (y > -0.19) * 0.15
    return light(np.maximum.reduce([flame, halo, wax * 0.8, wick]), _WARM)


SCENES: Final[dict[str, tuple[Scene, float, float]]] = {
    "candle": (candle, 8.0, 0.0),
    "hands": (hands, 14.0, 0.3),
    "ink": (ink, 16.0, 0.25),
    "sand": (sand, 12.0, 0.0),
    "snow": (snow, 16.0, 0.0),
}
"""Each visual trigger's scene, length in seconds, and calmest moment."""


def draw(name: str) -> Animation:
    """Render one of the visual triggers; raise KeyError when there is none of that name."""
    scene, seconds, still_at = SCENES[name]
    return render(scene, seconds, _FPS, still_at=still_at)


def breathing(shape: Callable[[float], tuple[float, float]], seconds: float) -> Animation:
    """Render a circle that follows a breath; `shape` gives its size and glow (0..1) at each second."""
    x, y = _grid()
    distance = np.hypot(x, y)

    def scene(t: float) -> Frame:
        size, glow = shape(t * seconds)
        radius = 0.13 + 0.25 * size
        disc = 1.0 / (1.0 + np.exp((distance - radius) / 0.010))
        body = disc * (0.34 + 0.22 * glow) * (0.75 + 0.25 * distance / radius)
        rings = 0.30 * np.exp(-(((distance - 0.38) / 0.004) ** 2))
        rings += 0.16 * np.exp(-(((distance - 0.13) / 0.004) ** 2))
        halo = 0.16 * glow * np.exp(-(((distance - radius) / 0.07) ** 2))
        return light(np.maximum(body + halo, rings), FIRST)

    return render(scene, seconds, 10.0)
