"""How many deliveries a second the recording Discord takes, and what one costs it: one JSON line.

    python benchmarks/recording_discord.py [--deliveries 10000] [--connections 32]

Plain sockets ask, so that the client costs little; every message goes to a person of its own, with a nonce.
"""

import argparse
import asyncio
import json
import resource
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bot.sandbox.recording.behaviour import Behaviour
from bot.sandbox.recording.process import RecordingDiscord

_FIRST_PERSON = 200_000_000_000_000_000


class Connection:
    """One kept-alive connection that asks and waits for the answer."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def post(self, path: str, payload: object) -> dict[str, object]:
        body = json.dumps(payload).encode()
        head = (
            f"POST /api/v10{path} HTTP/1.1\r\nHost: discord\r\nAuthorization: Bot bench\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode() + body)
        answer = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = int(answer.partition(b"content-length:")[2].partition(b"\r\n")[0])
        assert answer.startswith(b"http/1.1 200"), answer
        return dict(json.loads(await self._reader.readexactly(length)))

    async def close(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


async def _deliver(
    port: int, people: Sequence[int], connections: int, latencies_ms: list[float]
) -> tuple[float, float]:
    """Open a DM with everyone, then send everyone a message; return the seconds of either."""
    waiting = list(reversed(people))
    channels: dict[int, str] = {}

    async def open_dms(connection: Connection) -> None:
        while waiting:
            person = waiting.pop()
            answer = await connection.post("/users/@me/channels", {"recipient_id": str(person)})
            channels[person] = str(answer["id"])

    async def send(connection: Connection) -> None:
        while waiting:
            person = waiting.pop()
            message = {"content": "Your evening.", "nonce": f"n{person}", "enforce_nonce": True}
            began = time.perf_counter()
            await connection.post(f"/channels/{channels[person]}/messages", message)
            latencies_ms.append((time.perf_counter() - began) * 1000)

    open_to = [Connection(*await asyncio.open_connection("127.0.0.1", port)) for _ in range(connections)]
    began = time.perf_counter()
    await asyncio.gather(*(open_dms(connection) for connection in open_to))
    opened = time.perf_counter()
    waiting.extend(reversed(people))
    await asyncio.gather(*(send(connection) for connection in open_to))
    sent = time.perf_counter()
    await asyncio.gather(*(connection.close() for connection in open_to))
    return opened - began, sent - opened


async def _measure(log: Path, n_deliveries: int, connections: int) -> dict[str, object]:
    async with RecordingDiscord(log.with_suffix(".idle")):
        pass
    idle_cpu_s = _children_cpu_s()
    latencies_ms: list[float] = []
    people = range(_FIRST_PERSON, _FIRST_PERSON + n_deliveries)
    async with RecordingDiscord(log, behaviour=Behaviour.unlimited()) as discord:
        port = int(discord.url.split(":")[2].partition("/")[0])
        open_s, send_s = await _deliver(port, people, connections, latencies_ms)
        await discord.kill()
        cpu_s = _children_cpu_s() - 2 * idle_cpu_s
        began = time.perf_counter()
        await discord.restart()
        restart_s = time.perf_counter() - began
        found = discord.deliveries()
    log_bytes = await asyncio.to_thread(lambda: log.stat().st_size)
    assert len({delivery.recipient for delivery in found}) == len(found) == n_deliveries
    return {
        "deliveries": n_deliveries,
        "connections": connections,
        "dms_opened_per_s": round(n_deliveries / open_s),
        "messages_per_s": round(n_deliveries / send_s),
        "server_cpu_us_per_request": round(cpu_s / (2 * n_deliveries) * 1e6, 1),
        "latency_ms_p50": round(_quantile(latencies_ms, 0.50), 2),
        "latency_ms_p99": round(_quantile(latencies_ms, 0.99), 2),
        "log_bytes_per_request": round(log_bytes / (2 * n_deliveries)),
        "restart_with_replay_s": round(restart_s, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deliveries", type=int, default=10_000)
    parser.add_argument("--connections", type=int, default=32)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "discord.log")
        print(json.dumps(asyncio.run(_measure(log, arguments.deliveries, arguments.connections))))


if __name__ == "__main__":
    main()
