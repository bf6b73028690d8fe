"""Rendering the library: recipes in, `.opus` and `.toml` files out; only what changed is rendered again."""

import ast
import hashlib
import json
import multiprocessing
import os
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final, TextIO

import numpy as np
from pydantic import ValidationError

from bot.audio import codec, loudness
from bot.audio.library import Bed, Events, Segment, Trigger
from bot.audio.manifest import manifest_text
from bot.audio.opus import SAMPLE_RATE, Pcm
from bot.audio.synth.recipes import Grains, Pattern, Recipe, Rendering, recipes
from bot.core.errors import HushError

HOUSE_LUFS: Final = -30.0
"""Loudness of a bed at house level."""
EVENTS_LUFS: Final = -28.0
EVENTS_PEAK_DBTP: Final = -9.0
"""One-shots play as loud as EVENTS_LUFS unless their peaks would pass this."""
_NEAR_EAR_DB: Final = 3.0
"""What the nearer ear can get more than both get from straight ahead, when all power goes to it."""
_STORED_LUFS: Final = -21.0
_STORED_PEAK_DBTP: Final = -2.0
_PREVIEW_S: Final = 60.0
_PREVIEW_SEED: Final = 1
_SYNTH: Final = "bot.audio.synth"

Progress = Callable[[int, int, str], None]
"""Called with (sounds done, sounds in all, what was just done)."""


@dataclass(frozen=True)
class Measured:
    """What only the finished file tells: the part of a manifest that no recipe knows."""

    gain_db: float
    level_lufs: float
    recipe: str
    play: Bed | Events


def fingerprint(recipe: Recipe) -> str:
    """Return what identifies a recipe's sound: the same on every machine, under every Python.

    It covers the source of the synthesis modules that the recipe reaches (not their comments on lines of
    their own), its parameters, its seed, its bitrate and how it is played; not what people read about it.
    """
    digest = hashlib.sha256()
    for name in sorted(_reached(type(recipe.parameters).__module__)):
        digest.update(f"{name}\n{_code(name)}\n".encode())
    numbers = [recipe.seed, recipe.bitrate, HOUSE_LUFS, EVENTS_LUFS, EVENTS_PEAK_DBTP - _NEAR_EAR_DB]
    decisive = [asdict(recipe.parameters), asdict(recipe.play), numbers]
    digest.update(json.dumps(decisive, sort_keys=True).encode())
    return digest.hexdigest()[:16]


def build(
    root: Path,
    only: Collection[str] | None = None,
    *,
    force: bool = False,
    progress: Progress | None = None,
    book: Mapping[str, Recipe] | None = None,
) -> list[str]:
    """Bring `root`/<family>/<id>.opus and .toml up to date; return the ids that were rendered.

    Sounds render side by side, at most one a core. book: the recipes, Hush's own unless given. Raises
    HushError for an id in `only` that has no recipe.
    """
    known = recipes() if book is None else book
    wanted = [_known(known, sound) for sound in (known if only is None else only)]
    stale = [recipe for recipe in wanted if force or current_manifest(root, recipe) is None]
    for recipe in wanted:
        if recipe not in stale:
            _refresh_text(root, recipe)
    for done, sound in enumerate(_rendered(root, stale), start=1):
        if progress is not None:
            progress(done, len(stale), sound)
    return [recipe.facts.id for recipe in stale]


def current_manifest(root: Path, recipe: Recipe) -> Trigger | None:
    """Return the manifest on disk if its sound is this recipe's; None if that must be rendered."""
    opus, toml = _paths(root, recipe)
    if not (opus.is_file() and toml.is_file()):
        return None
    try:
        trigger = Trigger.model_validate(tomllib.loads(toml.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError):
        return None
    return trigger if trigger.recipe == fingerprint(recipe) else None


def expected_manifest(recipe: Recipe, trigger: Trigger) -> Trigger:
    """Return what the manifest should say: the recipe's facts, the measurements of `trigger`."""
    play = trigger.bed or trigger.events
    assert play is not None  # noqa: S101 - Trigger's own validator
    return _trigger(recipe, Measured(trigger.gain_db, trigger.level_lufs, trigger.recipe, play))


def progress_bar(stream: TextIO) -> Progress:
    """Return a Progress that draws one plain line to `stream`."""

    def draw(done: int, total: int, sound: str) -> None:
        filled = round(24 * done / total)
        stream.write(f"\r[{'#' * filled}{'.' * (24 - filled)}] {done}/{total} {sound:<20}")
        stream.write("\n" if done == total else "")
        stream.flush()

    return draw


def _known(book: Mapping[str, Recipe], sound: str) -> Recipe:
    if sound not in book:
        raise HushError(f"There is no recipe for {sound!r}; there are {', '.join(book)}.")
    return book[sound]


def _rendered(root: Path, stale: list[Recipe]) -> Iterator[str]:
    if len(stale) <= 1:
        yield from (_render_one(root, recipe) for recipe in stale)
        return
    workers = min(os.cpu_count() or 1, len(stale))
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        for job in as_completed([pool.submit(_render_one, root, recipe) for recipe in stale]):
            yield job.result()


def _render_one(root: Path, recipe: Recipe) -> str:
    opus, toml = _paths(root, recipe)
    opus.parent.mkdir(parents=True, exist_ok=True)
    rendering = recipe.rendering()
    codec.encode_file(_stored(rendering, recipe.play), opus, recipe.bitrate)
    measured = _measured(recipe, rendering, codec.decode(opus))
    toml.write_text(manifest_text(_trigger(recipe, measured)), encoding="utf-8", newline="\n")
    return recipe.facts.id


def _refresh_text(root: Path, recipe: Recipe) -> None:
    trigger = current_manifest(root, recipe)
    _, toml = _paths(root, recipe)
    if trigger is not None and trigger != (expected := expected_manifest(recipe, trigger)):
        toml.write_text(manifest_text(expected), encoding="utf-8", newline="\n")


def _paths(root: Path, recipe: Recipe) -> tuple[Path, Path]:
    folder = root / recipe.facts.family
    return folder / f"{recipe.facts.id}.opus", folder / f"{recipe.facts.id}.toml"


def _stored(rendering: Rendering, play: Grains | Pattern) -> Pcm:
    """Bring fresh sound to a level that suits the codec; shape (n, 2)."""
    sound = rendering.sound.T
    headroom_db = _STORED_PEAK_DBTP - loudness.true_peak_dbtp(sound)
    if isinstance(play, Grains):
        headroom_db = min(headroom_db, _STORED_LUFS - loudness.integrated_lufs(sound))
    return np.ascontiguousarray(sound * 10.0 ** (headroom_db / 20.0), dtype=np.float32)


def _measured(recipe: Recipe, rendering: Rendering, pcm: Pcm) -> Measured:
    """Measure the file as it will be decoded."""
    if isinstance(recipe.play, Grains):
        bed = Bed(grain_s=recipe.play.grain_s, crossfade_s=recipe.play.crossfade_s)
        level = loudness.integrated_lufs(pcm)
        gain_db = round(HOUSE_LUFS - level, 2)
        return Measured(gain_db, round(level + gain_db, 2), fingerprint(recipe), bed)
    *bank, floor = (Segment(start=start, frames=frames) for start, frames in rendering.spans)
    events = Events(bank=tuple(bank), floor=floor, onset_frames=rendering.onset_frames, **asdict(recipe.play))
    heard = preview(pcm, events, np.random.default_rng(_PREVIEW_SEED), _PREVIEW_S)
    level, peak = loudness.integrated_lufs(heard), loudness.true_peak_dbtp(heard)
    gain_db = round(min(EVENTS_LUFS - level, EVENTS_PEAK_DBTP - _NEAR_EAR_DB - peak) - 0.005, 2)
    return Measured(gain_db, round(level + gain_db, 2), fingerprint(recipe), events)


def _trigger(recipe: Recipe, measured: Measured) -> Trigger:
    kind = "bed" if isinstance(measured.play, Bed) else "events"
    return Trigger(
        **asdict(recipe.facts),
        gain_db=measured.gain_db,
        level_lufs=measured.level_lufs,
        recipe=measured.recipe,
        **{kind: measured.play},  # type: ignore[arg-type]
    )


def preview(pcm: Pcm, events: Events, rng: np.random.Generator, seconds: float) -> Pcm:
    """Play one-shots at their manifest's intervals over their floor, without places; shape (n, 2).

    Gaps within a phrase follow a gamma law, phrase lengths and pauses an exponential one.
    """
    n = round(seconds * SAMPLE_RATE)
    floor = pcm[events.floor.start : events.floor.start + events.floor.frames]
    heard = np.resize(floor, (n, 2)).astype(np.float32)
    at_s, last = 0.0, -1
    while (start := round(at_s * SAMPLE_RATE)) < n:
        last = (last + int(rng.integers(1, len(events.bank)))) % len(events.bank)
        shot = events.bank[last]
        spread = min(float(rng.standard_normal()), 1.0) * events.gain_spread_db
        end = min(start + shot.frames, n)
        heard[start:end] += pcm[shot.start : shot.start + end - start] * np.float32(10.0 ** (spread / 20.0))
        shape = events.interval_cv**-2
        at_s += float(rng.gamma(shape, events.interval_s / shape))
        if rng.random() < 1.0 / events.phrase_events:
            at_s += float(rng.exponential(events.pause_s))
    return heard


def _reached(module: str) -> set[str]:
    """Return the names of all synthesis modules that `module` imports, itself included."""
    found: set[str] = set()
    ahead = [module.removeprefix(f"{_SYNTH}.")]
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead.extend(_imports(name))
    return found


def _imports(name: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(_code(name))):
        if isinstance(node, ast.ImportFrom) and node.module == _SYNTH:
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{_SYNTH}."):
            yield (node.module or "").removeprefix(f"{_SYNTH}.")


def _code(name: str) -> str:
    """Return a synthesis module's source without blank and comment lines, line ends and tails made equal."""
    text = (files(_SYNTH) / f"{name}.py").read_text(encoding="utf-8")
    lines = (line.rstrip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.lstrip().startswith("#"))
