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
from functools import lru_cache
from importlib.resources import files
from itertools import product
from pathlib import Path
from typing import Final, TextIO

import numpy as np
from pydantic import ValidationError

from bot.audio import codec, loudness
from bot.audio.library import Bed, Events, Segment, Trigger
from bot.audio.manifest import manifest_text
from bot.audio.mix import Place
from bot.audio.opus import SAMPLE_RATE, Pcm
from bot.audio.place import spatialise
from bot.audio.soften import MOST_DB, softened
from bot.audio.sources import EventSource
from bot.audio.synth.recipe import Grains, Pattern, Recipe
from bot.audio.synth.recipes import recipes
from bot.audio.synth.rendering import Rendering
from bot.core.errors import ContentError, HushError

HOUSE_LUFS: Final = -30.0
"""Loudness of a bed at house level."""
EVENTS_LUFS: Final = -28.0
"""Loudness of one-shots, where their peaks allow it."""
PEAK_DBTP: Final = -9.0
"""No sound peaks higher at house level: grains are softened by up to 6 dB, then all of it is lowered."""
_STORED_LUFS: Final = -21.0
_STORED_PEAK_DBTP: Final = -2.0
_PREVIEW_S: Final = 90.0
_RARE_MINUTES: Final = 10
_RARE_DB: Final = 1.0
"""What a whole night may peak above a preview of it, and how long it is listened to for worse."""
_PREVIEW_SEED: Final = 1
_SAME_DBFS: Final = -80.0
"""A rendering that differs by less than this is the one that is there already."""
_SYNTH: Final = "bot.audio.synth"

Progress = Callable[[int, int, str], None]
"""Called with (sounds done, sounds in all, what was just done)."""


@dataclass(frozen=True)
class Measured:
    """What only the finished file tells: the part of a manifest that no recipe knows."""

    gain_db: float
    level_lufs: float
    raw_crest_db: float | None
    recipe: str
    play: Bed | Events


def fingerprint(recipe: Recipe) -> str:
    """Return what identifies a recipe's sound: the same on every machine, under every Python.

    It covers the source of the synthesis modules that the recipe reaches (not their comments on lines of
    their own), its parameters, its seed, its bitrate and how it is played; for one-shots also what the head
    makes of a click, since they are softened as they are heard. What people read about it is no part of it.
    """
    digest = hashlib.sha256()
    for name in sorted(_reached(type(recipe.parameters).__module__)):
        digest.update(f"{name}\n{_code(name)}\n".encode())
    numbers = [recipe.seed, recipe.bitrate, HOUSE_LUFS, EVENTS_LUFS, PEAK_DBTP, MOST_DB]
    decisive = [asdict(recipe.parameters), asdict(recipe.play), numbers]
    digest.update(json.dumps(decisive, sort_keys=True).encode())
    if isinstance(recipe.play, Pattern):
        digest.update(_head())
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

    A file that a new rendering would not change (by -80 dBFS RMS) stays as it is; its manifest is written.
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
    return _trigger(
        recipe, Measured(trigger.gain_db, trigger.level_lufs, trigger.raw_crest_db, trigger.recipe, play)
    )


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
    stored, raw_crest_db = _stored(recipe, rendering)
    fresh = opus.with_name(f".{opus.name}")
    codec.encode_file(stored, fresh, recipe.bitrate)
    pcm = codec.decode(fresh)
    if (there := _decoded(opus)) is not None and _same(there, pcm):
        fresh.unlink()
        pcm = there
    else:
        fresh.replace(opus)
    measured = _measured(recipe, rendering, pcm, raw_crest_db)
    toml.write_text(manifest_text(_trigger(recipe, measured)), encoding="utf-8", newline="\n")
    return recipe.facts.id


def _decoded(opus: Path) -> Pcm | None:
    try:
        return codec.decode(opus) if opus.is_file() else None
    except ContentError:
        return None


def _same(one: Pcm, other: Pcm) -> bool:
    if one.shape != other.shape:
        return False
    apart = float(np.mean((one.astype(np.float64) - other) ** 2))
    return bool(10.0 * np.log10(apart + 1e-20) < _SAME_DBFS)


def _refresh_text(root: Path, recipe: Recipe) -> None:
    trigger = current_manifest(root, recipe)
    _, toml = _paths(root, recipe)
    if trigger is not None and trigger != (expected := expected_manifest(recipe, trigger)):
        toml.write_text(manifest_text(expected), encoding="utf-8", newline="\n")


def _paths(root: Path, recipe: Recipe) -> tuple[Path, Path]:
    folder = root / recipe.facts.family
    return folder / f"{recipe.facts.id}.opus", folder / f"{recipe.facts.id}.toml"


def _stored(recipe: Recipe, rendering: Rendering) -> tuple[Pcm, float]:
    """Soften what sticks out, and bring fresh sound to a level that suits the codec.

    Return it, shape (n, 2), and the crest it had before.
    """
    sound = rendering.sound
    wanted, level, peak, crest = _heard(recipe, rendering, np.ascontiguousarray(sound.T, np.float32))
    over_db = min(peak + wanted - level - PEAK_DBTP, MOST_DB)
    if over_db > 0.0:
        sound = softened(sound, float(np.abs(sound).max()) * 10.0 ** (-over_db / 20.0))
    headroom_db = _STORED_PEAK_DBTP - loudness.true_peak_dbtp(sound.T)
    if isinstance(recipe.play, Grains):
        headroom_db = min(headroom_db, _STORED_LUFS - loudness.integrated_lufs(sound.T))
    return np.ascontiguousarray(sound.T * 10.0 ** (headroom_db / 20.0), dtype=np.float32), crest


def _measured(recipe: Recipe, rendering: Rendering, pcm: Pcm, raw_crest_db: float) -> Measured:
    """Measure the file as it will be decoded."""
    wanted, level, peak, _ = _heard(recipe, rendering, pcm)
    play = _events(recipe.play, rendering) if isinstance(recipe.play, Pattern) else _bed(recipe.play)
    if isinstance(play, Events):
        peak = max(peak, _rare_peak_dbtp(pcm, play))
    gain_db = round(min(wanted - level, PEAK_DBTP - peak) - 0.005, 2)
    level_lufs, crest = round(level + gain_db, 2), round(raw_crest_db, 1)
    return Measured(gain_db, level_lufs, crest, fingerprint(recipe), play)


def _heard(recipe: Recipe, rendering: Rendering, pcm: Pcm) -> tuple[float, float, float, float]:
    """Return the loudness that is wanted of a sound; the loudness, true peak and crest that it has."""
    wanted, heard, rare_db = HOUSE_LUFS, pcm, 0.0
    if isinstance(recipe.play, Pattern):
        heard = preview(pcm, _events(recipe.play, rendering), _PREVIEW_SEED, _PREVIEW_S)
        wanted, rare_db = EVENTS_LUFS, _RARE_DB
    peak = loudness.true_peak_dbtp(heard) + rare_db
    return wanted, loudness.integrated_lufs(heard), peak, loudness.crest_db(heard)


def _bed(play: Grains) -> Bed:
    return Bed(grain_s=play.grain_s, crossfade_s=play.crossfade_s)


def _events(play: Pattern, rendering: Rendering) -> Events:
    *bank, floor = (Segment(start=start, frames=frames) for start, frames in rendering.spans)
    return Events(bank=tuple(bank), floor=floor, onset_frames=rendering.onset_frames, **asdict(play))


def _trigger(recipe: Recipe, measured: Measured) -> Trigger:
    kind = "bed" if isinstance(measured.play, Bed) else "events"
    return Trigger(
        **asdict(recipe.facts),
        gain_db=measured.gain_db,
        level_lufs=measured.level_lufs,
        raw_crest_db=measured.raw_crest_db,
        recipe=measured.recipe,
        **{kind: measured.play},  # type: ignore[arg-type]
    )


def preview(pcm: Pcm, events: Events, seed: int, seconds: float) -> Pcm:
    """Play one-shots as the engine does, by their own pattern around the head; shape (n, 2)."""
    return _played(EventSource("preview", events, None, seed, pcm), 0, round(seconds))


def _rare_peak_dbtp(pcm: Pcm, events: Events) -> float:
    """Return how high it peaks when, now and then, several one-shots meet."""
    source = EventSource("preview", events, None, _PREVIEW_SEED, pcm)
    minutes = (_played(source, 60 * minute, 60) for minute in range(_RARE_MINUTES))
    return max(loudness.true_peak_dbtp(minute) for minute in minutes)


def _played(source: EventSource, start_s: int, seconds: int) -> Pcm:
    blocks = (source.render(s * SAMPLE_RATE, SAMPLE_RATE) for s in range(start_s, start_s + seconds))
    return np.concatenate(list(blocks))


@lru_cache(maxsize=1)
def _head() -> bytes:
    """Write down what both ears get of a click at some places: octaves to a tenth of a decibel, and when."""
    click = np.zeros(256, np.float32)
    click[0] = 1.0
    heard: list[int] = []
    for azimuth_deg, distance_m in product((-150.0, -80.0, 0.0, 30.0, 90.0), (0.12, 0.3, 0.8, 4.0)):
        ears = spatialise(click, Place(azimuth_deg, distance_m)).T.astype(np.float64)
        power = np.abs(np.fft.rfft(ears)) ** 2
        edges = (np.geomspace(100.0, 12_800.0, 8) * ears.shape[1] / SAMPLE_RATE).astype(int)
        octaves = np.add.reduceat(power[:, : edges[-1]], edges[:-1], axis=1)
        heard += np.round(100.0 * np.log10(octaves + 1e-9)).astype(int).ravel().tolist()
        heard += np.abs(ears).argmax(axis=1).tolist()
    return json.dumps(heard).encode()


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
