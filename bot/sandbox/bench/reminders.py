"""`./hush bench reminders`: a crowded evening carried out by real processes against the recording Discord."""

import asyncio
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import URL

from bot.core.clock import SystemClock
from bot.core.errors import SettingsError
from bot.sandbox.bench.evening import FIRST_PERSON, fill, open_channels
from bot.sandbox.bench.workers import Worker
from bot.sandbox.recording.behaviour import Behaviour
from bot.sandbox.recording.deliveries import Delivery
from bot.sandbox.recording.process import RecordingDiscord
from bot.store.address import file_of, locate

_LOOK_S = 0.5


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it. Times in milliseconds; `deliveries_per_s` from the first to the last."""

    rules: int
    due: int
    workers: int
    engine: str
    next_due_ms_p50: float
    next_due_ms_p99: float
    deliveries_per_s: float
    duplicates: int
    lost: int
    loop_lag_ms_p99: float
    rss_mb: float


def bench_reminders(
    *, n_rules: int, n_due: int, n_workers: int, database: str | None, budget_per_s: float, as_json: bool
) -> int:
    """Run and print it; raise SettingsError with a sentence when it cannot be run so."""
    if not 0 < n_due <= n_rules:
        raise SettingsError("--due must be at least 1 and at most --rules.")
    if n_workers > 1 and not database:
        raise SettingsError("SQLite belongs to one process. Use --workers 1, or --database postgresql://…")
    with tempfile.TemporaryDirectory(prefix="hush-bench-") as folder:
        url = locate(database, Path(folder) / "data")
        crowd = _Crowd(n_rules, n_due, n_workers, budget_per_s)
        result = asyncio.run(_run(Path(folder), url, crowd))
    told = asdict(result)
    print(json.dumps(told) if as_json else "\n".join(f"{name:18} {value}" for name, value in told.items()))
    return 0


@dataclass(frozen=True, slots=True)
class _Crowd:
    n_rules: int
    n_due: int
    n_workers: int
    budget_per_s: float


async def _run(folder: Path, url: URL, crowd: _Crowd) -> Result:
    clock, n_due, budget_per_s = SystemClock(), crowd.n_due, crowd.budget_per_s
    async with RecordingDiscord(folder / "discord.log", behaviour=Behaviour.unlimited()) as discord:
        people = range(FIRST_PERSON, FIRST_PERSON + n_due)
        channels = await open_channels(discord, people)
        now = clock.now()
        await fill(url, crowd.n_rules, channels, now, now)
        if budget_per_s <= 40.0:
            await discord.configure(Behaviour())  # Discord's own limits
        arguments = ["--discord", discord.url, "--data", str(folder / "data"), "--measure"]
        arguments += ["--budget-per-s", str(budget_per_s)]
        if file_of(url) is None:
            arguments += ["--database", url.render_as_string(hide_password=False)]
        workers = [await Worker.start(arguments, waits=True) for _ in range(crowd.n_workers)]
        for worker in workers:
            worker.begin()
        arrived = await _arrivals(discord, n_due, deadline_s=90.0 + 2.0 * n_due / budget_per_s)
        told = [await worker.end() for worker in workers]
    span_s = (max(d.at for d in arrived) - min(d.at for d in arrived)).total_seconds() if arrived else 0.0
    lags = [lag for each in told for lag in each["lag_ms"]]
    asked = [ms for each in told for ms in each["next_due_ms"]]
    reached = {delivery.recipient for delivery in arrived}
    return Result(
        rules=crowd.n_rules,
        due=n_due,
        workers=crowd.n_workers,
        engine="sqlite" if file_of(url) else "postgresql",
        next_due_ms_p50=round(_quantile(asked, 0.50), 2),
        next_due_ms_p99=round(_quantile(asked, 0.99), 2),
        deliveries_per_s=round((len(arrived) - 1) / span_s, 1) if span_s else 0.0,
        duplicates=len(arrived) - len(reached),
        lost=n_due - len(reached),
        loop_lag_ms_p99=round(_quantile(lags, 0.99), 2),
        rss_mb=round(max(each["rss_mb"] for each in told), 1),
    )


async def _arrivals(discord: RecordingDiscord, n_due: int, *, deadline_s: float) -> list[Delivery]:
    """Return what arrived, once everything has or the time is up."""
    clock = SystemClock()
    end_s = clock.monotonic() + deadline_s
    n_opened = await discord.last_seq()
    while clock.monotonic() < end_s:
        if await discord.last_seq() - n_opened >= n_due:
            arrived = await asyncio.to_thread(discord.deliveries, after=n_opened - 1)
            if len({delivery.recipient for delivery in arrived}) >= n_due:
                return arrived
        await asyncio.sleep(_LOOK_S)
    return discord.deliveries()


def _quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0.0
