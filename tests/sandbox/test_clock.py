import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.sandbox.clock import SandboxClock

START = datetime(2026, 3, 28, 21, 0, tzinfo=UTC)


async def test_a_standing_clock_moves_only_when_advanced():
    clock = SandboxClock(START, running=False)
    assert clock.now() == START
    clock.advance(90.0)
    assert clock.now() == START + timedelta(seconds=90)
    assert clock.monotonic() == 90.0


async def test_sleepers_wake_in_order_once_their_time_has_come():
    clock = SandboxClock(START, running=False)
    woken = []

    async def sleeper(seconds):
        await clock.sleep(seconds)
        woken.append(seconds)

    tasks = [asyncio.create_task(sleeper(s)) for s in (30.0, 10.0, 20.0)]
    await asyncio.sleep(0)
    assert clock.next_wake_s() == 10.0
    clock.advance(25.0)
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    assert woken == [10.0, 20.0]
    assert clock.next_wake_s() == 5.0
    tasks[0].cancel()
    await asyncio.wait(tasks)
    assert clock.next_wake_s() is None


async def test_a_running_clock_sleeps_for_real_and_can_be_hurried():
    clock = SandboxClock()
    before_s = clock.monotonic()
    async with asyncio.timeout(5):
        await clock.sleep(0.02)
    assert clock.monotonic() - before_s >= 0.02
    hour = asyncio.create_task(clock.sleep(3600.0))
    await asyncio.sleep(0)
    clock.advance(3600.0)
    async with asyncio.timeout(5):
        await hour
    assert clock.now() - datetime.now(UTC) > timedelta(minutes=59)  # noqa: TID251 - compared with the machine


def test_time_does_not_run_backwards():
    with pytest.raises(ValueError, match="backwards"):
        SandboxClock(START).advance(-1.0)
