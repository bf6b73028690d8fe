"""A recording Discord as a child process: started, killed, started again on the same port and log."""

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from bot.sandbox.recording.behaviour import Behaviour
from bot.sandbox.recording.deliveries import Delivery, deliveries
from bot.sandbox.recording.faults import Fault
from bot.sandbox.recording.log import LogLine, read_log
from bot.sandbox.recording.paths import API, CONTROL, HOST
from bot.sandbox.recording.redirect import redirected

_ROOT = Path(__file__).parents[3]
_START_S = 30.0
_STOP_S = 5.0


class ControlError(Exception):
    """A control call was refused; the message says why."""


class RecordingDiscord:
    """Async context manager: a Discord of one's own, in a process that can be killed.

    It ends with the block, and with its parent however that ends. Everything it was asked is in `log`,
    which may be read at any time, also while it is dead. `url` stays the same over restarts.

        async with RecordingDiscord(tmp_path / "discord.log") as discord_server:
            await discord_server.script(cannot_send(person))
            with discord_server.redirected():
                await client.login(token)
    """

    def __init__(self, log: Path, *, behaviour: Behaviour | None = None) -> None:
        self.log = log
        self._behaviour = behaviour or Behaviour()
        self._process: asyncio.subprocess.Process | None = None
        self._session: aiohttp.ClientSession | None = None
        self._reservation: socket.socket | None = None
        self._token = ""
        self._port = 0

    async def __aenter__(self) -> Self:
        self._reservation = _reserved_port()
        self._port = self._reservation.getsockname()[1]
        self._session = aiohttp.ClientSession()
        try:
            await self._start()
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    @property
    def url(self) -> str:
        """The REST root, as discord.py's `Route.BASE`: version included, no final slash."""
        return f"http://{HOST}:{self._port}{API}"

    @property
    def pid(self) -> int:
        return self._running().pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    def redirected(self) -> AbstractContextManager[None]:
        """Let all discord.py in this process talk to it while the block lasts."""
        return redirected(self.url)

    async def kill(self) -> None:
        """End the process as `kill -9` does, and return once it is gone."""
        process = self._running()
        process.kill()
        await self._reap(process)

    async def wait_killed(self) -> None:
        """Return once the process ended by itself: after `faults.crash`."""
        await self._reap(self._running())

    async def restart(self) -> None:
        """Start it again on the same port and log; a process that still runs is ended first."""
        if self._process is not None:
            await self._end(self._process)
        await self._start()

    async def script(self, fault: Fault) -> int:
        """Put a fault in force, behind those already there; return the number to lift it by."""
        return int(await self._call("script", fault.model_dump()))

    async def lift(self, fault: int | None = None) -> None:
        """Lift one fault, or all."""
        await self._call("lift", {"fault": fault})

    @asynccontextmanager
    async def scripted(self, fault: Fault) -> AsyncIterator[int]:
        """Keep a fault in force while the block lasts."""
        number = await self.script(fault)
        try:
            yield number
        finally:
            await self.lift(number)

    async def configure(self, behaviour: Behaviour) -> None:
        """Behave differently from now on, also after a restart; counted requests are forgotten."""
        await self._call("configure", behaviour.model_dump())
        self._behaviour = behaviour

    async def advance(self, seconds: float) -> None:
        """Move its clock ahead: nonces and messages age, windows reopen."""
        await self._call("advance", {"seconds": seconds})

    async def add_channel(self, guild: int, *, kind: int = 0) -> int:
        """Add a server channel (kind 0 text, 2 voice) and return its id."""
        return int(await self._call("add-channel", {"guild": guild, "kind": kind}))

    async def set_voice_state(self, guild: int, user: int, channel: int | None) -> None:
        """Put somebody into a voice channel, or out of it."""
        await self._call("set-voice-state", {"guild": guild, "user": user, "channel": channel})

    async def open_interaction(
        self, application: int, *, channel: int, user: int, source: int | None = None
    ) -> tuple[int, str]:
        """Let a person press (a button of the message `source`) or command; return its id and token."""
        wish = {"application": application, "channel": channel, "user": user, "source": source}
        opened = await self._call("open-interaction", wish)
        return int(opened["id"]), str(opened["token"])

    async def wait_for_requests(self, count: int, *, timeout_s: float = 30.0) -> int:
        """Return once `count` requests are in the log, those before restarts included."""
        async with asyncio.timeout(timeout_s):
            return int((await self._ask("wait", requests=count))["requests"])

    async def messages(
        self, *, channel: int | None = None, recipient: int | None = None
    ) -> list[dict[str, Any]]:
        """Return the messages as REST shows them, deleted ones too, oldest first.

        Each has `recorded` beside Discord's fields: recipient, n_edits, deleted, hash. Contents from before
        a restart are only there with `Behaviour.keep_contents`.
        """
        query = {"channel": channel, "recipient": recipient}
        shown = await self._ask("messages", **{k: v for k, v in query.items() if v is not None})
        return list(shown)

    async def snapshot(self) -> dict[str, Any]:
        """Return all that it knows and that a replay of its log gives again."""
        return dict(await self._ask("snapshot"))

    def lines(self, *, after: int = 0) -> Iterator[LogLine]:
        """Yield the log's lines behind number `after`."""
        return (line for line in read_log(self.log) if line.seq > after)

    def deliveries(self, *, after: int = 0) -> list[Delivery]:
        """Return every message created by REST behind line `after`, read from the log."""
        return deliveries(self.lines(after=after))

    async def last_seq(self) -> int:
        """Return the number of the newest line."""
        return int((await self._ask("wait", requests=0))["last_seq"])

    async def _call(self, verb: str, wish: Mapping[str, Any]) -> Any:
        return await self._control("POST", verb, json=dict(wish))

    async def _ask(self, verb: str, **query: Any) -> Any:
        return await self._control("GET", verb, params=query)

    async def _control(self, method: str, verb: str, **parts: Any) -> Any:
        if self._session is None:
            raise RuntimeError("the recording Discord is not running: use it as an async context manager")
        url = f"http://{HOST}:{self._port}{CONTROL}/{verb}"
        headers = {"Authorization": f"Bearer {self._token}"}
        async with self._session.request(method, url, headers=headers, **parts) as response:
            answer = await response.json()
        if response.status != 200:
            raise ControlError(f"{verb}: {answer['error']}")
        return answer

    async def _start(self) -> None:
        # -P and the path: this very package, whatever lies in the working directory.
        environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
        command = ["-P", "-m", "bot.sandbox.recording", "--with-parent", "--port", str(self._port)]
        command += ["--log", str(self.log), "--behaviour", self._behaviour.model_dump_json()]
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, stdin=pipe, stdout=pipe, env=environment
        )
        self._process = process
        if process.stdout is None:
            raise RuntimeError("the recording Discord has no standard output")
        async with asyncio.timeout(_START_S):
            ready = await process.stdout.readline()
        if not ready:
            await self._reap(process)
            raise RuntimeError(f"the recording Discord ended at start with {process.returncode}")
        self._token = json.loads(ready)["control"]

    def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise RuntimeError("the recording Discord is not running")
        return self._process

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        if process.returncode is None:
            process.terminate()
            try:
                async with asyncio.timeout(_STOP_S):
                    await process.wait()
            except TimeoutError:
                process.kill()
        await self._reap(process)

    async def _reap(self, process: asyncio.subprocess.Process) -> None:
        if process.stdin is not None:
            process.stdin.close()
        await process.communicate()
        self._process = None

    async def _close(self) -> None:
        if self._process is not None:
            await self._end(self._process)
        if self._session is not None:
            await self._session.close()
        if self._reservation is not None:
            self._reservation.close()


def _reserved_port() -> socket.socket:
    """Return a socket bound to a free port that never listens.

    It keeps the port from being handed out while the server is dead: to another program, or to a client
    that, trying again and again, would at last be connected to itself.
    """
    reservation = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if hasattr(socket, "SO_REUSEPORT"):
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    reservation.bind((HOST, 0))
    return reservation
