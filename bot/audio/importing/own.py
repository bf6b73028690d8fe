"""A server's own recordings as files: manifest and sound, side by side, in a folder of Hush's data."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.audio.importing.importer import import_recording
from bot.audio.importing.limits import Limits
from bot.audio.library import Bed, Library, Trigger
from bot.audio.manifest import manifest_text


def make_own(
    source: Path, folder: Path, facts: Trigger, limits: Limits | None = None
) -> tuple[Trigger, tuple[str, ...]]:
    """Import a recording as `folder`/<family>/<id>.opus and .toml; return its trigger, and notes on it.

    facts: everything about the trigger that the recording does not decide. Raises Refusal, and then nothing
    is left behind. Blocks.
    """
    place = folder / facts.family
    place.mkdir(parents=True, exist_ok=True)
    made = import_recording(source, place / f"{facts.id}.opus", limits)
    trigger = facts.model_copy(
        update={
            "gain_db": made.gain_db,
            "level_lufs": made.level_lufs,
            "raw_crest_db": made.raw_crest_db,
            "bed": Bed(grain_s=made.grain_s, crossfade_s=made.crossfade_s),
        }
    )
    text = manifest_text(trigger).replace(
        "# Written by `./hush sounds build`", "# A recording that was brought"
    )
    (place / f"{facts.id}.toml").write_text(text, encoding="utf-8", newline="\n")
    return trigger, made.notes


def own_files(folder: Path, trigger_id: str) -> Iterator[Path]:
    """Yield a recording's files, whichever family it is in."""
    yield from folder.glob(f"*/{trigger_id}.opus")
    yield from folder.glob(f"*/{trigger_id}.toml")


def add_own(library: Library, folder: Path) -> list[str]:
    """Add every recording in the folder to the library; return the ids of servers' ones.

    Raises ContentError naming the file when a manifest is wrong.
    """
    if not folder.is_dir():
        return []
    found = Library.load(folder)
    for trigger in found.triggers.values():
        library.add(trigger, found.folders[trigger.id])
    return [trigger.id for trigger in found.triggers.values() if trigger.server is not None]


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody says about a recording. `author` made it; `licence` is why it may be played."""

    name: str
    family: str
    author: str
    licence: str


def blank(trigger_id: str, offer: Offer, server: int | None = None) -> Trigger:
    """Return what is known of a recording before it was heard. Raises ValidationError (pydantic)."""
    return Trigger(
        id=trigger_id,
        name=offer.name,
        family=offer.family,
        synonyms=(),
        description=f"A recording by {offer.author}."[:140],
        evidence="tradition",
        source=f"{offer.author}, {offer.licence}",
        goes_with=(),
        gain_db=0.0,
        level_lufs=-30.0,
        recipe="recording",
        server=server,
        bed=Bed(grain_s=(4.0, 6.0), crossfade_s=1.0),
    )
