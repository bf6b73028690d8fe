"""Workers as child processes: started, killed, started again, asked what they measured."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

_ROOT = Path(__file__).parents[3]
_START_S = 60.0
_LINE_LIMIT = 1 << 24
"""Bytes of one line: the samples of a long run."""


class Worker:
    """One worker process; ends with its parent."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, arguments: Sequence[str], *, waits: bool = False) -> Self:
        """Return it once it delivers, or `waits` for `begin`; raise RuntimeError when it ends before."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "bot.sandbox.bench.worker", *arguments,
            stdin=pipe, stdout=pipe, limit=_LINE_LIMIT, env={**os.environ, "PYTHONPATH": str(_ROOT)},
        )  # fmt: skip
        worker = cls(process)
        async with asyncio.timeout(_START_S):
            if not await worker._line():
                raise RuntimeError(f"a worker ended at start with {await process.wait()}")
        if not waits:
            worker.begin()
        return worker

    def begin(self) -> None:
        """Let it deliver."""
        if self._process.stdin is not None:
            self._process.stdin.write(b"begin\n")

    def stand_still(self) -> None:
        """Let it do nothing more, as a process does whose machine is suspended."""
        self._process.send_signal(signal.SIGSTOP)

    async def kill(self) -> None:
        """End it as `kill -9` does, and return once it is gone."""
        self._process.kill()
        await self._process.communicate()

    async def end(self) -> dict[str, Any]:
        """Let it end, and return what it measured."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        told = await self._line()
        await self._process.wait()
        return dict(json.loads(told))

    async def _line(self) -> bytes:
        if self._process.stdout is None:
            raise RuntimeError("a worker has no standard output")
        return await self._process.stdout.readline()
