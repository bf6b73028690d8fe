"""A voice server in a process of its own, so that it does not share the bot's event loop and core."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

import bot
from bot.sandbox.voice.certificate import client_ssl_context
from bot.sandbox.voice.interface import Credentials, ServerOptions
from bot.sandbox.voice.record import SessionRecord

_MODULE = "bot.sandbox.voice"
_START_S = 30.0
_END_S = 0.5
_LINE_BYTES = 1 << 16


class VoiceServerProcess:
    """Starts `python -m bot.sandbox.voice` and speaks to its control API: `async with VoiceServerProcess()`.

    The child ends with this process even if it is killed: it watches its standard input.
    """

    def __init__(self, options: ServerOptions | None = None) -> None:
        self._options = options or ServerOptions()
        self._process: asyncio.subprocess.Process | None = None
        self._http: aiohttp.ClientSession | None = None
        self._hello: Mapping[str, str] = {}

    @classmethod
    def attached(cls, hello: Mapping[str, str]) -> Self:
        """Speak to a server that another process started; closing this leaves it running."""
        server = cls()
        server._hello = hello
        return server

    async def __aenter__(self) -> Self:
        try:
            if not self._hello:
                await self._start()
            self._connect()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def hello(self) -> Mapping[str, str]:
        """How to reach it, for `attached`; holds a credential."""
        return self._hello

    @property
    def endpoint(self) -> str:
        return self._hello["endpoint"]

    @property
    def ca_file(self) -> Path:
        return Path(self._hello["ca_file"])

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError("the voice server process is not open")
        return self._process.pid

    async def register(self, credentials: Credentials) -> None:
        await self._post("register", asdict(credentials))

    async def forget(self, guild_id: int, user_id: int) -> None:
        await self._post("forget", {"guild_id": guild_id, "user_id": user_id})

    async def move(self, guild_id: int, user_id: int, channel_id: int) -> None:
        arguments = {"guild_id": guild_id, "user_id": user_id, "channel_id": channel_id}
        await self._post("move", arguments)

    async def close_session(self, guild_id: int, user_id: int, code: int) -> None:
        await self._post("close_session", {"guild_id": guild_id, "user_id": user_id, "code": int(code)})

    async def seat(self, credentials: Credentials) -> None:
        await self._post("seat", asdict(credentials))

    async def records(self) -> list[SessionRecord]:
        async with self._client().get(self._url("records")) as response:
            response.raise_for_status()
            fields = await response.json()
        return [SessionRecord.from_json(record) for record in fields]

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()
            self._http = None
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(_END_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _start(self) -> None:
        root = str(Path(bot.__file__).parents[1])
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", _MODULE, "--until-stdin-closes"),
            *("--options", json.dumps(asdict(self._options))),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
            limit=_LINE_BYTES,
        )
        async with asyncio.timeout(_START_S):
            line = await self._process.stdout.readline() if self._process.stdout else b""
        if not line:
            raise RuntimeError("the voice server process ended before it was ready")
        self._hello = json.loads(line)

    def _connect(self) -> None:
        self._http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=client_ssl_context(self.ca_file)),
            headers={"Authorization": f"Bearer {self._hello['control_token']}"},
        )

    async def _post(self, action: str, arguments: Mapping[str, Any]) -> None:
        async with self._client().post(self._url(action), json=arguments) as response:
            if response.status == 404:
                raise KeyError(f"{action}: {await response.text()}")
            response.raise_for_status()

    def _url(self, action: str) -> str:
        return f"{self._hello['control_url']}/{action}"

    def _client(self) -> aiohttp.ClientSession:
        if self._http is None:
            raise RuntimeError("the voice server process is not open")
        return self._http
