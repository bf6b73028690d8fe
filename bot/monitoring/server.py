"""`/metrics` and `/healthz` over HTTP, for as long as a bot runs; off unless a port is set."""

import logging
from types import TracebackType
from typing import Self

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from bot.core.clock import Clock
from bot.core.errors import SettingsError
from bot.core.tasks import Tasks
from bot.monitoring.lag import LoopLag
from bot.monitoring.metrics import VitalsCollector
from bot.monitoring.ports import Vitals

_log = logging.getLogger(__name__)

_GOODBYE_S = 0.2


class MonitoringServer:
    """Async context manager that serves while it is open; every bot of a process has its own.

    port: the one that was taken, also when 0 was asked for.
    """

    def __init__(self, vitals: Vitals, clock: Clock, *, host: str, port: int) -> None:
        self._vitals = vitals
        self._host = host
        self.port = port
        self._registry = CollectorRegistry()
        self._collector = VitalsCollector(vitals, clock)
        self._registry.register(self._collector)
        self._lag = LoopLag(self._registry)
        self._tasks = Tasks()
        app = web.Application()
        app.add_routes([web.get("/metrics", self._metrics), web.get("/healthz", self._healthz)])
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=_GOODBYE_S)

    async def __aenter__(self) -> Self:
        """Raise SettingsError when the address cannot be had."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self.port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise SettingsError(
                f"HUSH_METRICS_PORT {self.port} on {self._host} cannot be had: {error.strerror}. "
                "Set another one."
            ) from None
        self.port = self._runner.addresses[0][1]
        self._tasks.start(self._lag.watch(), name="loop-lag")
        _log.info("metrics are served", extra={"port": self.port})
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._tasks.close()
        await self._runner.cleanup()

    async def _metrics(self, _request: web.Request) -> web.Response:
        self._collector.health = await self._vitals.health()
        body = generate_latest(self._registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _healthz(self, _request: web.Request) -> web.Response:
        lacking = (await self._vitals.health()).lacking
        told = {"healthy": not lacking, "lacking": lacking}
        return web.json_response(told, status=503 if lacking else 200)
