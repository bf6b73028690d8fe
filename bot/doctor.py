"""`./hush doctor`: everything a start needs, looked at one after the other and told in words."""

import asyncio
import importlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Final

from bot.core.errors import HushError, SettingsError
from bot.settings import Settings, load

OLDEST_PYTHON: Final = (3, 11)
PACKAGES: Final = ("bot", "cogs", "audio_assets")
_WHEELS: Final = {
    "discord": "discord.py",
    "davey": "davey",
    "nacl": "PyNaCl",
    "av": "av",
    "numpy": "numpy",
    "scipy": "scipy",
    "aiosqlite": "aiosqlite",
}
"""What has to be there to be heard and to remember, by the name it is imported by."""
_LITTLE_SPACE_MB: Final = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `text` says what was found, and what to do unless it is fine."""

    fine: bool
    text: str


def _fine(text: str) -> Finding:
    return Finding(fine=True, text=text)


def _look_here(text: str) -> Finding:
    return Finding(fine=False, text=text)


def run_doctor(*, offline: bool, api: str | None = None) -> int:
    """Print what is found; return 0 when Hush can start, else 1.

    offline: leave Discord out. api: the root of Discord's REST API, discord.py's own unless given.
    """
    all_fine = True
    for finding in examine(offline=offline, api=api):
        print(f"{'ok' if finding.fine else 'look here':9}  {finding.text}", flush=True)
        all_fine = all_fine and finding.fine
    print("\nHush can start." if all_fine else '\nMend what says "look here", then ask again.')
    return 0 if all_fine else 1


def examine(*, offline: bool, api: str | None = None) -> Iterator[Finding]:
    """Look at everything, the ground first; what cannot be looked at for want of it is left out."""
    yield _python()
    yield _packages()
    wheels = list(_wheels())
    yield from wheels
    try:
        settings = load()
    except SettingsError as error:
        yield _look_here(str(error))
        return
    folder = _folder(settings.data_dir)
    yield folder
    if all(wheel.fine for wheel in wheels):
        if folder.fine or settings.database_url is not None:
            yield _said(lambda: _database(settings))
        yield _said(_sounds)
        yield _said(_helplines)
        yield from _discord(settings, offline=offline, api=api)


def _said(check: Callable[[], Finding]) -> Finding:
    """Take the sentence of an error for the finding."""
    try:
        return check()
    except HushError as error:
        return _look_here(str(error))


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST_PYTHON:
        return _look_here(f"Python {version} is too old. Install 3.11 or newer and start Hush with that.")
    return _fine(f"Python {version}")


def _packages() -> Finding:
    """See that no other project has put its own `bot` beside or over ours; pip says nothing when one does."""
    distributions = packages_distributions()
    for package in PACKAGES:
        owners = sorted(set(distributions.get(package, ())))
        if len(owners) > 1:
            return _look_here(
                f"The package {package} belongs to {' and '.join(owners)}, which overwrite each other."
                " Give Hush a virtual environment of its own."
            )
    folders = {package: _folder_of(package) for package in PACKAGES}
    if len(set(folders.values())) > 1:
        found = ", ".join(f"{package} in {folder or 'no one place'}" for package, folder in folders.items())
        return _look_here(
            f"Hush's packages are not in one place: {found}. Start Hush from its own folder or virtual "
            "environment, and set PYTHONSAFEPATH=1."
        )
    return _fine(f"one Hush, in {folders['bot']}")


def _folder_of(package: str) -> Path | None:
    """Return where a package lies; None where pip took its __init__ away with another project's."""
    file = importlib.import_module(package).__file__
    return None if file is None else Path(file).resolve().parent.parent


def _wheels() -> Iterator[Finding]:
    lacking = [name for module, name in _WHEELS.items() if not _imports(module)]
    if lacking:
        yield _look_here(
            f"{', '.join(lacking)} cannot be imported. Start with ./hush, which installs them, or run "
            f"pip install {' '.join(lacking)}."
        )
        return
    yield _fine(f"packages: {', '.join(_WHEELS.values())}")
    if _has_libopus():
        yield _fine("the Opus encoder, inside av; no ffmpeg is needed")
    else:
        yield _look_here(
            "This build of av has no Opus encoder. Install the wheel: pip install --only-binary=av av."
        )


def _imports(module: str) -> bool:
    try:
        importlib.import_module(module)
    except (ImportError, OSError):  # OSError: a shared library that does not load
        return False
    return True


def _has_libopus() -> bool:
    av = importlib.import_module("av")
    return "libopus" in av.codecs_available


def _folder(folder: Path) -> Finding:
    there = folder if folder.exists() else _nearest_parent(folder)
    shown = folder.absolute()
    if not there.is_dir():
        return _look_here(f"{there.absolute()} is a file where the data folder should be. Set HUSH_DATA_DIR.")
    if not os.access(there, os.W_OK | os.X_OK):
        return _look_here(
            f"The data folder {shown} cannot be written. Give this user the right to, or set HUSH_DATA_DIR."
        )
    free_mb = shutil.disk_usage(there).free // 1_000_000
    if free_mb < _LITTLE_SPACE_MB:
        return _look_here(
            f"The data folder {shown} has only {free_mb} MB left. Make room, or set HUSH_DATA_DIR."
        )
    made = "" if folder.exists() else "; the first start makes it"
    return _fine(f"data folder {shown}, {free_mb} MB free{made}")


def _nearest_parent(folder: Path) -> Path:
    return next(parent for parent in folder.absolute().parents if parent.exists())


def _database(settings: Settings) -> Finding:
    from bot.database_commands import database_url  # noqa: PLC0415 - only when its wheels are there
    from bot.store.checkup import examine as examine_database  # noqa: PLC0415

    found = examine_database(database_url(settings))
    if found.in_use:
        return _fine(
            f"database {found.place}: a Hush is using it now; a second one needs a HUSH_DATA_DIR of its own"
        )
    if found.revision is None:
        return _fine(f"database {found.place}: empty; the first start makes its tables")
    if found.revision != found.head:
        return _fine(
            f"database {found.place} at revision {found.revision}; the next start brings it to {found.head}"
        )
    return _fine(f"database {found.place} at revision {found.revision}")


def _sounds() -> Finding:
    from bot.audio.checkup import check_sounds  # noqa: PLC0415 - needs av and numpy
    from bot.audio.library import Library  # noqa: PLC0415

    library = Library.load()
    check_sounds(library)
    return _fine(f"{len(library.triggers)} sounds, and each of them plays")


def _helplines() -> Finding:
    from bot.content.helpline_directory import HelplineDirectory  # noqa: PLC0415 - needs pydantic
    from bot.core.clock import SystemClock  # noqa: PLC0415
    from bot.support.helpline_ages import summary  # noqa: PLC0415 - needs Babel

    # Old numbers keep nobody from starting: they are shown for what they are.
    return _fine(summary(HelplineDirectory.load(), SystemClock().now().date()))


def _discord(settings: Settings, *, offline: bool, api: str | None) -> Iterator[Finding]:
    from bot.gateway import access, credentials  # noqa: PLC0415 - needs discord.py

    if demanded := access.privileged(access.intents()):
        yield _look_here(f"Switch on under Bot in the developer portal: {', '.join(demanded)} intent.")
    else:
        yield _fine("no privileged intents are needed")
    try:
        token = credentials.token_from(settings)
    except SettingsError as error:
        yield _look_here(str(error))
        return
    application_id = credentials.user_id_in(token)
    if offline:
        yield _fine("the token has the right shape; Discord was not asked")
    else:
        try:
            application = asyncio.run(credentials.ask_discord(token, api=api))
        except credentials.RefusedError:
            yield _look_here(f"Discord does not accept HUSH_DISCORD_TOKEN. {credentials.MAKE_A_TOKEN}")
            return
        except credentials.UnreachableError as error:
            yield _look_here(
                f"Discord could not be asked about the token: {error}. Check this machine's network, name "
                "resolution and firewall (HTTPS out)."
            )
        else:
            application_id = application.id
            yield _fine(f"Discord accepts the token: it is {application.name}'s")
    if application_id is not None:
        yield _fine(f"invite it with {access.invite_link(application_id)}")
