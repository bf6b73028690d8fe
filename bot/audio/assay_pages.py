"""The whole library measured, several sounds side by side, and the page and picture made of it."""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Final

from bot.audio.assay import HEARD_S, Assay, assay, table
from bot.audio.build import Progress
from bot.audio.contact_sheet import draw
from bot.audio.library import Library
from bot.audio.spectrogram import shown_part

_BEGIN: Final = "<!-- measured -->"
_END: Final = "<!-- /measured -->"


def measure(sounds: list[str], progress: Progress | None = None) -> list[Assay]:
    """Measure shipped sounds, at most one a core, in the order given."""
    found: dict[str, Assay] = {}
    workers = min(os.cpu_count() or 1, len(sounds))
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        for job in as_completed([pool.submit(_measured, sound) for sound in sounds]):
            row = job.result()
            found[row.sound] = row
            if progress is not None:
                progress(len(found), len(sounds), row.sound)
    return [found[sound] for sound in sounds]


def write_pages(library: Library, rows: list[Assay], folder: Path) -> None:
    """Put the table between the marks of `folder`/sounds.md, and the contact sheet beside it."""
    page = folder / "sounds.md"
    text = page.read_text(encoding="utf-8")
    before, after = text[: text.index(_BEGIN) + len(_BEGIN)], text[text.index(_END) :]
    measured = (
        f"{before}\n{len(rows)} sounds, {HEARD_S:.0f} s of each, at house level.\n\n{table(rows)}\n{after}"
    )
    page.write_text(measured, encoding="utf-8", newline="\n")
    triggers = [library.triggers[row.sound] for row in rows]
    draw([(t.name, t.colour, shown_part(library, t.id)) for t in triggers], folder / "sounds.png")


def _measured(sound: str) -> Assay:
    return assay(Library.load(), sound)
