"""The loops Hush shows: rendered ahead into `loops/`, drawn anew only when one is not there."""

import asyncio
import io
from collections.abc import Iterator, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from bot.content.care import BreathPattern, CareContent
from bot.pictures.files import Animation

SCENE_NAMES: Final = ("candle", "hands", "ink", "sand", "snow")


def breath_name(pattern: BreathPattern) -> str:
    """Return what the circle of a breath is called: its seconds."""
    times = pattern.inhale_s, pattern.top_s, pattern.hold_s, pattern.exhale_s, pattern.rest_s
    return "breath-" + "-".join(f"{seconds:g}" for seconds in times)


class Gallery:
    """Animations by name, each read or drawn once a process, off the event loop."""

    def __init__(self, root: Traversable | None = None) -> None:
        self._root = root or files("bot.pictures") / "loops"
        self._known: dict[str, Animation] = {}
        self._turn = asyncio.Lock()

    async def scene(self, name: str) -> Animation:
        """Return a visual trigger; raise KeyError when there is none of that name."""
        return await self._get(name, None)

    async def breath(self, pattern: BreathPattern) -> Animation:
        return await self._get(breath_name(pattern), pattern)

    async def _get(self, name: str, pattern: BreathPattern | None) -> Animation:
        async with self._turn:
            if name not in self._known:
                self._known[name] = await asyncio.to_thread(self._read_or_draw, name, pattern)
            return self._known[name]

    def _read_or_draw(self, name: str, pattern: BreathPattern | None) -> Animation:
        moving, still = self._root / f"{name}.webp", self._root / f"{name}.still.webp"
        if moving.is_file() and still.is_file():
            return Animation(moving.read_bytes(), still.read_bytes())
        return draw_loop(name, pattern)


def draw_loop(name: str, pattern: BreathPattern | None) -> Animation:
    from bot.pictures.breath import draw_breath  # noqa: PLC0415 - numpy and Pillow load late
    from bot.pictures.scenes import draw  # noqa: PLC0415

    return draw(name) if pattern is None else draw_breath(pattern)


def build(root: Path, content: CareContent) -> Iterator[str]:
    """Render every loop the content can show into `root`; yield each name as it is done."""
    root.mkdir(parents=True, exist_ok=True)
    breaths = {
        breath_name(practice.breath): practice.breath
        for practice in content.practices.values()
        if practice.breath is not None
    }
    for name, pattern in [*((name, None) for name in SCENE_NAMES), *breaths.items()]:
        animation = draw_loop(name, pattern)
        (root / f"{name}.webp").write_bytes(animation.moving)
        (root / f"{name}.still.webp").write_bytes(animation.still)
        yield name


async def draw_tingles(
    rows: Sequence[tuple[str, float, float]], calm_label: str, tingle_label: str
) -> io.BytesIO:
    """Draw what suits somebody, off the event loop: rows of (name, calm, tingle), 0..1; a PNG."""

    def draw() -> bytes:
        from bot.pictures.profile import Bar, draw_profile  # noqa: PLC0415 - Pillow loads late

        return draw_profile([Bar(*row) for row in rows], calm_label, tingle_label)

    return io.BytesIO(await asyncio.to_thread(draw))
