"""What `./hush sounds …` does."""

import dataclasses
import json
import re
import sys
from importlib.resources import as_file, files
from pathlib import Path

from pydantic import ValidationError

from bot.audio.assay import faults, table
from bot.audio.assay_pages import measure, write_pages
from bot.audio.build import build, progress_bar
from bot.audio.codec import write_wav
from bot.audio.importing.own import Offer, add_own, blank, make_own
from bot.audio.library import Library
from bot.audio.mix import Layer, Mix, Plan
from bot.audio.render import render
from bot.content.texts import Texts
from bot.core.errors import HushError, Refusal


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


def render_sound(sound: str, seconds: float, seed: int, volume: int, out: Path) -> int:
    """Write what a channel would hear to a WAV file. Raises HushError with what to do instead."""
    library = Library.load()
    trigger = library.triggers.get(sound) or next(
        (t for t in library.triggers.values() if t.name.casefold() == sound.casefold()), None
    )
    if trigger is None:
        raise HushError(f"There is no sound called {sound!r}; './hush sounds list' shows them all.")
    if not 0 < seconds <= 24 * 3600:
        raise HushError("--seconds must be more than 0 and at most 86400, a day.")
    if not 0 <= volume <= 100:
        raise HushError("--volume must be 0 to 100; 100 is the house level.")
    plan = Plan(Mix((Layer(trigger.id),)), seed)
    try:
        write_wav(out, render(library, plan, seconds, volume=volume))
    except OSError as error:
        raise HushError(f"{out} cannot be written: {error.strerror}. Choose another --out.") from None
    return 0


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
