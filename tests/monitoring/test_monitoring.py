"""/metrics and /healthz as a monitoring system sees them, beside a bot that plays."""

import asyncio
import re
import socket
from collections.abc import AsyncGenerator
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.app import create_bot
from bot.core.clock import SystemClock
from bot.core.errors import SettingsError
from bot.monitoring.ports import Health, Readings
from bot.monitoring.server import MonitoringServer
from bot.sandbox.world import CreateBot, World
from bot.settings import Settings
from tests.cogs.room import opened_world

Numbers = dict[tuple[str, tuple[str, ...]], float]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
async def world(tmp_path: Path, port: int) -> AsyncGenerator[World]:
    async with opened_world(tmp_path, create=serving(port)) as world:
        yield world


def serving(port: int) -> CreateBot:
    """Return how to make a bot that serves its numbers."""

    def create(settings: Settings | None = None, **rest: Any):
        assert settings is not None
        return create_bot(settings.model_copy(update={"metrics_port": port}), **rest)

    return create


async def fetch(port: int, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status, await answer.text()


async def numbers(port: int) -> Numbers:
    status, text = await fetch(port, "/metrics")
    assert status == 200
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_what_plays_and_how_commands_ended_is_counted(world: World, port: int) -> None:
    before = await numbers(port)
    assert before["hush_sessions", ()] == 0
    await world.caller.slash(world.text, "stop")  # nothing plays: a kind no
    await world.sitter.slash(world.text, "play", sound="rain")
    after = await numbers(port)
    assert after["hush_sessions", ()] == 1
    assert after["hush_streams", ()] == 1
    assert after["hush_commands_answered_total", ()] == before["hush_commands_answered_total", ()] + 1
    assert after["hush_errors_shown_total", ("refused",)] == 1
    assert after["hush_errors_shown_total", ("failed",)] == 0
    assert after["hush_frames_late_total", ()] >= 0
    assert after["hush_uptime_seconds", ()] >= before["hush_uptime_seconds", ()] > 0
    assert after["hush_up", ("database",)] == after["hush_up", ("sound",)] == 1


async def test_nobody_and_no_server_can_be_told_from_it(world: World, port: int) -> None:
    await world.sitter.slash(world.text, "play", sound="rain")
    _, text = await fetch(port, "/metrics")
    for secret in (world.sitter.id, world.guild.id, world.lantern.id, world.guild.name, "rain", "Rain"):
        assert str(secret) not in text
    assert not re.search(r"\d{15,}", re.sub(r"\d\.\d+", "", text)), "no ids"


class Patient:
    """Vitals that are as a test says."""

    def __init__(self, health: Health) -> None:
        self._health = health

    def read(self) -> Readings:
        return Readings(
            sessions=0,
            streams=0,
            frames_late=7,
            reminders_delivered=3,
            reminders_failed=0,
            commands_answered=0,
            errors_shown={},
        )

    async def health(self) -> Health:
        return self._health


open_server = partial(MonitoringServer, clock=SystemClock(), host="127.0.0.1")


async def test_health_names_the_part_that_does_not_work() -> None:
    well = Health(gateway=True, sound=True, database=True)
    async with open_server(Patient(well), port=0) as server:
        assert await fetch(server.port, "/healthz") == (200, '{"healthy": true, "lacking": []}')
    ill = Health(gateway=True, sound=True, database=False)
    async with open_server(Patient(ill), port=0) as server:
        assert await fetch(server.port, "/healthz") == (503, '{"healthy": false, "lacking": ["database"]}')
        assert (await numbers(server.port))["hush_up", ("database",)] == 0


async def test_two_of_a_process_keep_their_own_numbers() -> None:
    patient = Patient(Health(gateway=True, sound=True, database=True))
    async with open_server(patient, port=0) as one, open_server(patient, port=0) as two:
        assert one.port != two.port
        for server in (one, two):
            told = await numbers(server.port)
            assert told["hush_frames_late_total", ()] == 7
            assert told["hush_reminders_delivered_total", ()] == 3


async def test_a_port_that_is_taken_is_said() -> None:
    patient = Patient(Health(gateway=True, sound=True, database=True))
    async with open_server(patient, port=0) as server:
        with pytest.raises(
            SettingsError, match=f"HUSH_METRICS_PORT {server.port} on 127.0.0.1 cannot be had"
        ):
            async with open_server(patient, port=server.port):
                pass


async def test_loop_lag_is_seen(port: int) -> None:
    patient = Patient(Health(gateway=True, sound=True, database=True))
    async with open_server(patient, port=port), asyncio.timeout(20):
        while not (await numbers(port))["hush_loop_lag_seconds_count", ()]:
            await asyncio.to_thread(int)


async def test_it_is_off_unless_asked_for() -> None:
    assert Settings(_env_file=None).metrics_port is None
    assert Settings(_env_file=None).metrics_host == "127.0.0.1"
