"""What `./hush sounds …` does."""

import dataclasses
import json
import re
import sys
from collections.abc import Callable, Iterator
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from bot.audio.assay import faults, table
from bot.audio.assay_pages import measure, write_pages
from bot.audio.build import Progress, build, progress_bar
from bot.audio.code import decode
from bot.audio.codec import ogg_opus, write_file, write_wav
from bot.audio.importing.own import Offer, add_own, blank, make_own
from bot.audio.library import Library
from bot.audio.mix import Layer, Mix, Plan
from bot.audio.opus import SAMPLE_RATE, Pcm
from bot.audio.piece import piece
from bot.audio.render import render
from bot.content.texts import FALLBACK, Texts
from bot.core.errors import HushError, Refusal

LONGEST_RENDER_S: Final = 24 * 3600.0


def list_sounds(*, as_json: bool) -> int:
    """Print every trigger: id, name, family and texture class."""
    library = Library.load()
    rows = [
        {"id": t.id, "name": t.name, "family": t.family, "class": t.texture_class}
        for family in library.families.values()
        for t in family
    ]
    if as_json:
        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return 0
    width = max(len(str(row["id"])) for row in rows)
    for row in rows:
        print(f"{row['id']:{width}}  {row['name']}  ({row['family']})")
    return 0


def render_sound(
    sound: str | None, *, code: str | None, seconds: float, seed: int, volume: int, out: Path
) -> int:
    """Write what a channel would hear of a sound or a share code to a file, in constant memory.

    `out` ends in .wav (24 bit, decoded as a listener does; RF64 beyond 4 GiB), .ogg or .opus. The same code
    and seed give the same night. Raises HushError with what to do instead.
    """
    library = Library.load()
    mix = _mix_meant(library, sound, code)
    if not 0 < seconds <= LONGEST_RENDER_S:
        raise HushError("A render is longer than nothing and at most a day.")
    if not 0 <= volume <= 100:
        raise HushError("--volume must be 0 to 100; 100 is the house level.")
    plan = Plan(mix, seed)
    shown = _counted(progress_bar(sys.stderr), seconds) if sys.stderr.isatty() else iter
    try:
        if out.suffix == ".wav":
            write_wav(out, shown(render(library, plan, seconds, volume=volume)))
        elif out.suffix in (".ogg", ".opus"):
            write_file(shown(piece(library, plan, seconds, volume=volume)), out, ogg_opus(128_000))
        else:
            raise HushError(f"{out.name}: I write .wav, .ogg and .opus. Choose another --out.")
    except OSError as error:
        raise HushError(f"{out} cannot be written: {error.strerror}. Choose another --out.") from None
    return 0


def _mix_meant(library: Library, sound: str | None, code: str | None) -> Mix:
    if code is not None and sound is None:
        try:
            return decode(code, library.triggers)
        except Refusal as refusal:
            raise HushError(Texts.load().get(refusal.key, FALLBACK, **refusal.values)) from None
    if sound is None or code is not None:
        raise HushError("Name a sound, or give a mix by --code; './hush sounds list' shows the sounds.")
    for trigger in library.triggers.values():
        if sound.casefold() in (trigger.id, trigger.name.casefold()):
            return Mix((Layer(trigger.id),))
    raise HushError(f"There is no sound called {sound!r}; './hush sounds list' shows them all.")


def _counted(progress: Progress, seconds: float) -> Callable[[Iterator[Pcm]], Iterator[Pcm]]:
    """Show how many minutes are done."""
    total = max(1, round(seconds / 60.0))

    def count(blocks: Iterator[Pcm]) -> Iterator[Pcm]:
        n_frames, told = 0, 0
        for block in blocks:
            yield block
            n_frames += len(block)
            minutes = round(n_frames / SAMPLE_RATE / 60.0)
            if minutes > told:
                progress(told := min(minutes, total), total, "minutes")

    return count


def check_library(only: list[str], docs: Path | None) -> int:
    """Measure every sound (or those named), print the table, and say what is out of its limits.

    docs: a folder for sounds.md and sounds.png. Returns 1 when anything is out of its limits.
    """
    library = Library.load()
    wanted = [sound for family in library.families.values() for sound in (t.id for t in family)]
    for sound in only:
        if sound not in wanted:
            raise HushError(f"There is no sound called {sound!r}; './hush sounds list' shows them all.")
    rows = measure(only or wanted, progress_bar(sys.stderr))
    print(table(rows))
    wrong = [f"{row.sound}: {fault}" for row in rows for fault in faults(row, library.triggers[row.sound])]
    print("\n".join(wrong) if wrong else f"All {len(rows)} sounds keep their limits.", file=sys.stderr)
    if docs is not None:
        write_pages(library, rows, docs)
    return 1 if wrong else 0


def import_sounds(sources: list[Path], offer: Offer, folder: Path) -> int:
    """Make beds of recordings for every server of this Hush, in `folder`; say what became of each."""
    taken = set(Library.load().triggers)
    add_own(library := Library.load(), folder)
    taken |= set(library.triggers)
    texts, failed = Texts.load(), 0
    for source in sources:
        name = offer.name if len(sources) == 1 and offer.name else source.stem.replace("_", " ")[:40]
        stem = re.sub(r"[^a-z0-9]+", "-", f"own-{name.casefold()}").strip("-")[:36]
        sound_id = next(i for n in range(1, 100) if (i := stem if n == 1 else f"{stem}-{n}") not in taken)
        try:
            facts = blank(sound_id, dataclasses.replace(offer, name=name))
            trigger, _ = make_own(source, folder, facts)
        except (Refusal, ValidationError, OSError) as error:
            failed += 1
            said = texts.get(error.key, "en-US", **error.values) if isinstance(error, Refusal) else str(error)
            print(f"{source.name}: {said}", file=sys.stderr)
        else:
            taken.add(sound_id)
            print(f"{source.name}: {trigger.name} ({sound_id}), {trigger.level_lufs:.1f} LUFS")
    return 1 if failed else 0


def build_sounds(only: list[str], *, force: bool) -> int:
    """Render what changed into audio_assets, showing progress on stderr."""
    with as_file(files("audio_assets")) as root:
        built = build(root, only or None, force=force, progress=progress_bar(sys.stderr))
    print(f"{len(built)} rendered." if built else "All sounds are current.", file=sys.stderr)
    return 0
