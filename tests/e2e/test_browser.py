"""A newcomer in a real browser: `./hush demo`, a command typed, a button pressed, sound heard."""

import asyncio
import signal
from pathlib import Path

import pytest

from tests.e2e.driving import (
    CHROMIUM,
    HOW_TO_GET_ONE,
    browser_page,
    demo,
    level,
    look_at,
    press,
    state_when,
    type_command,
)

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason=HOW_TO_GET_ONE),
    pytest.mark.timeout(180),
]


async def test_a_newcomer_types_play_hears_rain_and_presses_buttons(tmp_path: Path):
    async with demo(tmp_path) as (url, process), browser_page(url) as page:
        await page.click("#listen")
        await type_command(page, "play", sound="rain")
        playing = await state_when(page, url, lambda s: s["playing"] is not None and level(s) > -46.0)
        assert playing["playing"]["title"] == "Rain"
        await page.wait_for_function("document.querySelector('#audio').currentTime > 1")
        await look_at(page, url, "Lantern Room")
        await press(page, "Quieter")
        await state_when(page, url, lambda s: s["playing"]["volume"] < playing["playing"]["volume"])
        await press(page, "Stop")
        await state_when(page, url, lambda s: s["playing"] is None and level(s) < -100.0)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            await process.wait()
        assert process.returncode == 0
