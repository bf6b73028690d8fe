"""A process with a recording Discord, which says its pid and waits to be killed: `parent.py LOG`."""

import asyncio
import sys
from pathlib import Path

from bot.sandbox.recording.process import RecordingDiscord


async def _hold(log: Path) -> None:
    async with RecordingDiscord(log) as server:
        sys.stdout.write(f"{server.pid}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


asyncio.run(_hold(Path(sys.argv[1])))
