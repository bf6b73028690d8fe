"""`./hush bench voice`: the bot's own links against a loopback voice server in its own process.

One JSON object a line. Each mode runs in a process of its own, one after the other, with the same server
options, so that their figures can be set side by side.
"""

import asyncio
import itertools
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import discord
import numpy as np

from bot.audio.codec import write_wav
from bot.audio.engine import Engine
from bot.audio.library import Library
from bot.audio.mix import Layer, Mix, Place, Plan
from bot.audio.opus import SAMPLE_RATE
from bot.core.clock import SystemClock
from bot.core.errors import OutageError, SettingsError
from bot.core.tasks import Tasks
from bot.gateway.rooms import room_from
from bot.gateway.voice import DiscordVoiceLinks
from bot.process import keep_what_stays
from bot.sandbox.fleet import BOT_ID, Fleet, channel_id, guild_id, open_fleet
from bot.sandbox.voice import Credentials, ServerOptions, SessionRecord, VoiceServerProcess

MODES: Final = ("hush", "discordpy", "ffmpeg")
SETTLE_S: Final = 8.0
"""From the last join to the measurement: fades have ended, alike stations have met."""
_AT_ONCE = 8
_AN_HOUR_S, _TAIL_S = 3600.0, 600.0
_TIMES_ASKED, _ASKED_EVERY_S = 120, 0.5
_FIRST_MEMBER = 900_000_000_000_000_000
_FRAME_NS = 20_000_000
_LAG_EVERY_S = 0.01


@dataclass(frozen=True, slots=True)
class Result:
    """What one run measured. Arrivals are the server's, by the kernel's clock."""

    mode: str
    channels: int
    mixes: int
    seconds: float
    dave: bool
    delivered_pct: float
    dev_ms_p50: float
    dev_ms_p99: float
    dev_ms_max: float
    """|inter-arrival - 20 ms|."""
    late_20ms: int
    late_60ms: int
    """Packets so much after their place on their channel's own grid of 20 ms."""
    cpu_cores: float
    cpu_per_channel: float
    mb_per_channel: float
    join_s: float
    loop_lag_ms_p99: float
    rejoins: int
    stations: int
    """Renders and encodes there were for all channels."""


def run(channels: int, mixes: int, seconds: float, *, dave: bool, baseline: str | None, mode: str) -> int:
    """Measure one mode here, or Hush and a baseline each in a process of its own; print a line for each."""
    if mode == "ffmpeg" and shutil.which("ffmpeg") is None:
        raise SettingsError("The ffmpeg baseline needs ffmpeg on the path. Install it, or leave it out.")
    if baseline is None:
        print(json.dumps(asdict(asyncio.run(_measure(mode, channels, mixes, seconds, dave=dave)))))
        return 0
    command = [sys.executable, "-m", "bot", "bench", "voice", "--channels", str(channels)]
    command += ["--mixes", str(mixes), "--seconds", str(seconds), "--dave" if dave else "--no-dave"]
    codes = [subprocess.run([*command, "--mode", one], check=False).returncode for one in ("hush", baseline)]  # noqa: S603
    return max(codes)


async def _measure(mode: str, channels: int, mixes: int, seconds: float, *, dave: bool) -> Result:
    options = ServerOptions(dave_version=int(dave), keep_opus=0, record_packets=round(50 * (seconds + 120)))
    async with (
        VoiceServerProcess(options) as server,
        open_fleet(server, channels) as fleet,
        _player(mode, fleet, mixes) as player,
    ):
        if dave:
            for n in range(channels):
                await server.seat(_member(n))
        keep_what_stays()  # as `bot.process` does
        before_mb = _own_mb()
        began_s = time.perf_counter()
        turns = asyncio.Semaphore(_AT_ONCE)

        async def join(n: int) -> None:
            async with turns:
                await player.play(n)

        await asyncio.gather(*(join(n) for n in range(channels)))
        join_s = time.perf_counter() - began_s
        await asyncio.sleep(SETTLE_S)
        mb = (_own_mb() - before_mb) / channels
        lags: list[float] = []
        from_ns, cpu_s = time.time_ns(), _cpu_s()
        async with _lag_watched(lags):
            await asyncio.sleep(seconds)
        cpu_cores = (_cpu_s() - cpu_s) / seconds
        until_ns = time.time_ns()
        stations = player.n_stations
        records = [record for record in await server.records() if record.user_id == BOT_ID]
        arrived = _arrived(records, from_ns, until_ns)
        return Result(
            mode=mode,
            channels=channels,
            mixes=mixes,
            seconds=seconds,
            dave=dave,
            **_delivery(arrived, channels, seconds),
            cpu_cores=round(cpu_cores, 3),
            cpu_per_channel=round(cpu_cores / channels, 5),
            mb_per_channel=round(mb, 3),
            join_s=round(join_s, 2),
            loop_lag_ms_p99=round(float(np.percentile(lags, 99)) * 1000, 2),
            rejoins=player.n_rejoins,
            stations=stations,
        )


# Who plays ------------------------------------------------------------------------------------------------


class _Hush:
    """The bot's links and engine, as the composition root joins them and its sessions ask them."""

    def __init__(self, fleet: Fleet, mixes: int, tasks: Tasks) -> None:
        self._fleet = fleet
        self._engine = Engine(Library.load())
        self._plans = plans(mixes)
        self._links = DiscordVoiceLinks(fleet.client, SystemClock(), tasks)
        self._lines: list[Any] = []

    async def warm_up(self) -> None:
        """Decode what will be played: a cost of the process, not of a channel."""
        for plan in {plan.mix.layers[0].trigger: plan for plan in self._plans}.values():
            stream = self._engine.open(plan)
            while not (stream.n_waiting or stream.finished):  # noqa: ASYNC110 - a thread brings it about
                await asyncio.sleep(0.01)
            stream.abandon()

    async def play(self, n: int) -> None:
        plan = self._plans[n % len(self._plans)]
        await self._room_for(plan)
        tonight = self._engine.tonight(plan.mix)
        position_s = tonight[1] if tonight is not None and tonight[0] == plan.seed else 0.0
        stream = self._engine.open(plan, position_s=position_s, held=True)
        link = await self._links.join(room_from(self._fleet.channel(n)))
        self._lines.append(link.line)
        stream.set_end(_AN_HOUR_S, _TAIL_S)
        stream.swell()
        link.play(stream.read, lambda: None, stream.swell)

    async def _room_for(self, plan: Plan) -> None:
        """Ask again while it is refused, as the sentence says."""
        for _ in range(_TIMES_ASKED):
            if self._engine.can_take(plan, 60, 128_000) and self._links.has_room:
                return
            await asyncio.sleep(_ASKED_EVERY_S)
        raise OutageError(
            f"This machine carries {len(self._lines)} channels of these just now, and refuses more."
        )

    @property
    def n_stations(self) -> int:
        return self._engine.n_stations

    @property
    def n_rejoins(self) -> int:
        return sum(line.n_rejoins for line in self._lines)

    async def close(self) -> None:
        await asyncio.gather(*(line.disconnect(force=True) for line in self._lines))
        await asyncio.to_thread(self._links.pacer.close)
        await asyncio.to_thread(self._engine.close)


class _DiscordPy:
    """discord.py's own voice client and player thread a channel, with Opus from memory or through ffmpeg."""

    n_stations = 0
    n_rejoins = 0

    def __init__(self, fleet: Fleet, source: Callable[[], discord.AudioSource]) -> None:
        self._fleet = fleet
        self._source = source

    async def play(self, n: int) -> None:
        voice: discord.VoiceClient = await self._fleet.channel(n).connect(timeout=60.0, self_deaf=True)
        voice.play(self._source())

    async def close(self) -> None:
        pass  # the fleet disconnects who is left


class _FromMemory(discord.AudioSource):
    def __init__(self, packets: Sequence[bytes]) -> None:
        self._packets = itertools.cycle(packets)

    def read(self) -> bytes:
        return next(self._packets)

    def is_opus(self) -> bool:
        return True


@asynccontextmanager
async def _player(mode: str, fleet: Fleet, mixes: int) -> AsyncGenerator[_Hush | _DiscordPy]:
    async with AsyncExitStack() as stack:
        tasks = Tasks()
        stack.push_async_callback(tasks.close)
        player: _Hush | _DiscordPy
        if mode == "hush":
            player = _Hush(fleet, mixes, tasks)
            await player.warm_up()
        elif mode == "discordpy":
            packets = _packets(60.0)
            player = _DiscordPy(fleet, lambda: _FromMemory(packets))
        else:
            file = Path(stack.enter_context(_wav(60.0)))
            player = _DiscordPy(
                fleet, lambda: discord.PCMVolumeTransformer(discord.FFmpegPCMAudio(str(file)), 0.6)
            )
        stack.push_async_callback(player.close)
        yield player


def plans(n: int) -> list[Plan]:
    """Return distinct mixes of two beds and an event layer, one of the beds circling the head."""
    first, second, event = "rain", "waves", "wood-tapping"
    found = []
    for i in range(n):
        circling = Place(azimuth_deg=float(i * 7 % 360) - 180.0, circle_s=30.0 + i)
        layers = (Layer(first), Layer(second, -6.0, circling), Layer(event, -3.0))
        found.append(Plan(Mix(layers), seed=i))
    return found


def _packets(seconds: float) -> list[bytes]:
    stream_s = seconds + 4.0
    engine = Engine(Library.load())
    try:
        stream = engine.open(plans(1)[0])
        packets: list[bytes] = []
        while len(packets) < stream_s * 50:
            if stream.n_waiting:
                packets.append(stream.read())
            else:
                time.sleep(0.001)
        return packets[200:]
    finally:
        engine.close()


def _wav(seconds: float) -> Any:
    import tempfile  # noqa: PLC0415 - only this baseline needs it

    file = tempfile.NamedTemporaryFile(suffix=".wav")  # noqa: SIM115 - closed by who enters it
    noise = np.random.default_rng(1).standard_normal((round(seconds * SAMPLE_RATE), 2)) * 0.02
    write_wav(Path(file.name), noise.astype(np.float32))
    return _Named(file)


class _Named:
    def __init__(self, file: Any) -> None:
        self._file = file

    def __enter__(self) -> str:
        return str(self._file.name)

    def __exit__(self, *_: object) -> None:
        self._file.close()


# What is measured -----------------------------------------------------------------------------------------


def _member(n: int) -> Credentials:
    return Credentials.issue(guild_id(n), channel_id(n), _FIRST_MEMBER + n)


def _arrived(
    records: list[SessionRecord], from_ns: int, until_ns: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return, of each channel, (arrivals in ns, place on its grid in frames) within the window."""
    found = []
    for record in records:
        arrivals = np.frombuffer(record.arrivals_ns, np.int64)
        frames = (
            np.unwrap(np.frombuffer(record.timestamps, np.uint32).astype(np.float64), period=2.0**32) / 960
        )
        within = (arrivals >= from_ns) & (arrivals < until_ns)
        if within.sum() > 2:
            found.append((arrivals[within], frames[within]))
    return found


def _delivery(arrived: list[tuple[np.ndarray, np.ndarray]], channels: int, seconds: float) -> dict[str, Any]:
    due = channels * seconds * 50
    n_arrived = sum(len(arrivals) for arrivals, _ in arrived)
    steps = [np.abs(np.diff(arrivals) - _FRAME_NS) / 1e6 for arrivals, _ in arrived]
    off = np.concatenate(steps) if steps else np.array([np.inf])
    late = [
        offset - np.median(offset)
        for offset in ((arrivals - frames * _FRAME_NS) / 1e6 for arrivals, frames in arrived)
    ]
    behind = np.concatenate(late) if late else np.array([np.inf])
    return {
        "delivered_pct": round(100.0 * n_arrived / due, 2),
        "dev_ms_p50": round(float(np.percentile(off, 50)), 3),
        "dev_ms_p99": round(float(np.percentile(off, 99)), 2),
        "dev_ms_max": round(float(off.max()), 1),
        "late_20ms": int((behind > 20.0).sum()),
        "late_60ms": int((behind > 60.0).sum()),
    }


@asynccontextmanager
async def _lag_watched(lags: list[float]) -> AsyncGenerator[None]:
    """Note how much later than asked the event loop wakes somebody, a hundred times a second."""

    async def watch() -> None:
        while True:
            asked_s = time.perf_counter()
            await asyncio.sleep(_LAG_EVERY_S)
            lags.append(time.perf_counter() - asked_s - _LAG_EVERY_S)

    tasks = Tasks()
    tasks.start(watch(), name="loop lag")
    try:
        yield
    finally:
        await tasks.close()


def _cpu_s() -> float:
    """CPU of this process, and of every ffmpeg under it; the voice server, a child too, does not count."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime + sum(_ffmpegs_cpu_s())


def _ffmpegs_cpu_s() -> Iterator[float]:
    ticks = os.sysconf("SC_CLK_TCK")
    for task in Path("/proc/self/task").iterdir():  # a child belongs to the thread that started it
        for child in (task / "children").read_text(encoding="ascii").split():
            with suppress(OSError):
                name, _, fields = Path(f"/proc/{child}/stat").read_text(encoding="utf-8").rpartition(")")
                if name.endswith("(ffmpeg"):
                    yield sum(map(int, fields.split()[11:13])) / ticks


def _own_mb() -> float:
    """Memory that is this process's own share (PSS), MB."""
    for line in Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024.0
    return float("nan")
