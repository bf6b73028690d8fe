import asyncio
import json
import signal
import sys
import urllib.request

import pytest

_DEMO = """
from bot.sandbox.demo import run_demo
from tests.sandbox.minimal_bot import MinimalBot
raise SystemExit(run_demo(MinimalBot, data_dir=None, port=0, open_browser=False))
"""


@pytest.mark.parametrize("wish", [signal.SIGTERM, signal.SIGINT])
async def test_a_demo_serves_its_page_and_ends_within_three_seconds(wish):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _DEMO, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(40):
            line = (await process.stdout.readline()).decode()
        url = next(word for word in line.split() if word.startswith("http://127.0.0.1:"))
        answer = await asyncio.to_thread(urllib.request.urlopen, f"{url}api/state", timeout=10)
        with answer:
            assert json.load(answer)["guild"] == "Sleepy Hollow"
        process.send_signal(wish)
        async with asyncio.timeout(3):
            out, err = await process.communicate()
        assert (process.returncode, out, err) == (0, b"", b"")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
