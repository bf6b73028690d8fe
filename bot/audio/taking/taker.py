"""Has a file rendered by another process; the event loop only waits."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from bot.audio.child import environment
from bot.audio.taking.order import Order
from bot.core.errors import HushError

_LOW_PRIORITY: Final = int(getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0))
"""Windows only; elsewhere the process sees to it."""

Told = Callable[[float], None]
"""Takes how far it has come, 0..1."""


class TakeError(HushError):
    """The process that rendered a file ended without one."""


async def render_file(order: Order, own: Path, told: Told) -> bytes:
    """Return the file; `own` is the folder of servers' recordings. Cancelled, its process ends at once.

    Raises TakeError; the process has then said on stderr why.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "bot.audio.taking.worker",
        str(own),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
        creationflags=_LOW_PRIORITY,
    )
    try:
        return await _file_of(process, order, told)
    except (asyncio.IncompleteReadError, OSError, ValueError):
        raise TakeError("A file could not be rendered.") from None
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _file_of(process: asyncio.subprocess.Process, order: Order, told: Told) -> bytes:
    if process.stdin is None or process.stdout is None:
        raise TypeError("the process was started without pipes")
    process.stdin.write(TypeAdapter(Order).dump_json(order))
    await process.stdin.drain()
    process.stdin.close()
    while True:
        said = json.loads(await process.stdout.readuntil(b"\n"))
        if "bytes" in said:
            return await process.stdout.readexactly(int(said["bytes"]))
        told(float(said["done"]))
