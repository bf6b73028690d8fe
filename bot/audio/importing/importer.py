"""The door for recordings: bytes in, a bed and its file out, or a Refusal that says what to do."""

import json
import logging
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from pydantic import TypeAdapter

from bot.audio.child import environment
from bot.audio.importing.limits import Bed, Limits
from bot.core.errors import Refusal

_log = logging.getLogger(__name__)
_SENTENCES = frozenset(
    {"too_many_bytes", "too_long", "too_short", "no_sound", "no_loop", "unreadable", "silent", "clipped"}
)


def import_recording(source: Path, out: Path, limits: Limits | None = None) -> Bed:
    """Make a bed of a recording and write it as Opus, its metadata left behind. Blocks; run it in a thread.

    Raises Refusal `sounds.import.<why>`. Whatever the file does, the process that opens it is bounded in
    memory, time and what it may write.
    """
    limits = limits or Limits()
    out.unlink(missing_ok=True)
    argv = [sys.executable, "-P", "-m", "bot.audio.importing.worker", json.dumps(asdict(limits))]
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            [*argv, str(source), str(out)],
            env=environment(),
            capture_output=True,
            timeout=limits.wall_s,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        out.unlink(missing_ok=True)
        raise Refusal("sounds.import.too_slow") from None
    answer = _answer(done.stdout)
    if answer is None:
        # Its last word names the error; the rest could name the file.
        last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2].partition(":")[0]
        _log.warning("The importer's process ended with %d and no answer: %s", done.returncode, last[:60])
    if answer is None or "refused" in answer:
        out.unlink(missing_ok=True)
        raise _refusal(answer)
    return TypeAdapter(Bed).validate_python(answer)


def _answer(stdout: bytes) -> dict[str, object] | None:
    try:
        found = json.loads(stdout.decode("utf-8", "replace").strip().splitlines()[-1])
    except (ValueError, IndexError):
        return None
    return found if isinstance(found, dict) else None


def _refusal(answer: dict[str, object] | None) -> Refusal:
    # A process that died has met its limits: the file is larger inside than it looks, or broken.
    if answer is None:
        return Refusal("sounds.import.unreadable")
    values = {key: value for key, value in answer.items() if key != "refused"}
    key = str(answer["refused"])
    return Refusal(f"sounds.import.{key if key in _SENTENCES else 'unreadable'}", **values)
