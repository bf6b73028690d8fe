"""One process that only delivers reminders, to be measured or killed: `python -m bot.sandbox.bench.worker`.

It says `ready`, begins when told by a line, delivers until standard input ends, and then says what it
measured as one JSON line.
"""

import argparse
import asyncio
import json
import resource
import sys
import time
from datetime import timedelta
from pathlib import Path

import discord
from pydantic import SecretStr

from bot.core.clock import SystemClock
from bot.evenings import Delivering, open_rounds
from bot.gateway.budget import GLOBAL_PER_S
from bot.reminders.rounds import LEASE
from bot.sandbox.recording.redirect import redirected
from bot.settings import load

_STEP_S = 0.01
_N_ASKED = 2000


class Probes:
    """How late the event loop is while it delivers, and how long the question for the next reminder takes."""

    def __init__(self, delivering: Delivering) -> None:
        self._delivering = delivering
        self.lag_ms: list[float] = []
        self.next_due_ms: list[float] = []

    async def watch_loop(self) -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(_STEP_S)
            if not self._delivering.rounds.is_resting:
                self.lag_ms.append((time.perf_counter() - began - _STEP_S) * 1000)

    async def ask(self) -> None:
        """Ask for the next reminder while nothing else is asked: what the question costs at this size."""
        for _ in range(_N_ASKED):
            began = time.perf_counter()
            await self._delivering.queue.next_due()
            self.next_due_ms.append((time.perf_counter() - began) * 1000)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox.bench.worker", description=__doc__)
    parser.add_argument("--discord", required=True, help="the recording Discord's URL")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--database")
    parser.add_argument("--budget-per-s", type=float, default=GLOBAL_PER_S)
    parser.add_argument("--lease-s", type=float, default=LEASE.total_seconds())
    parser.add_argument("--measure", action="store_true", help="also time the question for the next reminder")
    return parser.parse_args()


async def _work(arguments: argparse.Namespace) -> None:
    database = None if arguments.database is None else SecretStr(arguments.database)
    settings = load(data_dir=arguments.data, database_url=database, discord_token=None)
    with redirected(arguments.discord):
        async with (
            discord.Client(intents=discord.Intents.none(), max_ratelimit_timeout=30.0) as client,
            open_rounds(
                settings,
                client,
                clock=SystemClock(),
                budget_per_s=arguments.budget_per_s,
                lease=timedelta(seconds=arguments.lease_s),
            ) as delivering,
        ):
            await client.login("a-token")
            probes = Probes(delivering)
            if arguments.measure:
                await probes.ask()
            _say({"ready": True})
            orders = await _input()
            if await orders.readline():
                watching = asyncio.ensure_future(probes.watch_loop())
                delivering.rounds.begin()
                await orders.read()
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)
            told = {
                "n_delivered": delivering.rounds.n_delivered,
                "n_failed": delivering.rounds.n_failed,
                "lag_ms": [round(lag, 3) for lag in probes.lag_ms],
                "next_due_ms": [round(asked, 3) for asked in probes.next_due_ms],
                "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
    _say(told)


async def _input() -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    return reader


def _say(fact: object) -> None:
    sys.stdout.write(json.dumps(fact) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_work(_arguments()))
