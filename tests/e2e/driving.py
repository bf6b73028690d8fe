"""Driving `./hush demo` in a real browser, headless, as its keyboard user would."""

import asyncio
import shutil
import signal
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import FrameLocator, Page, async_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
HOW_TO_GET_ONE = "needs a browser: on Debian, apt install chromium"
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --autoplay-policy=no-user-gesture-required"
)


@asynccontextmanager
async def demo(data: Path) -> AsyncGenerator[tuple[str, asyncio.subprocess.Process]]:
    """Start the demo as a person does; yield its address and process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--no-browser", "--port", "0", "--data", str(data),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        async with asyncio.timeout(60):
            line = (await process.stdout.readline()).decode()
        yield next(word for word in line.split() if word.startswith("http")), process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            await process.wait()


@asynccontextmanager
async def browser_page(url: str, *, width: int = 1280, scale: float = 1.0) -> AsyncGenerator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        page = await browser.new_page(viewport={"width": width, "height": 800}, device_scale_factor=scale)
        await page.goto(url)
        yield page
        await browser.close()


async def type_command(page: Page, name: str, /, **options: str) -> None:
    """Type a slash command into SimCord's preview, as its keyboard user would."""
    preview: FrameLocator = page.frame_locator("#preview")
    composer = preview.locator("#channel-composer-input")
    await composer.click()
    await page.keyboard.type(f"/{name}")
    await preview.locator(".command-popup:not([hidden])").get_by_text(f"/{name}").first.wait_for()
    await page.keyboard.press("Enter")
    for option, value in options.items():
        field = preview.locator(f'.command-option-input[data-option="{option}"]')
        await field.fill(value)
        if option == "sound":
            await preview.locator(".command-suggestion").first.wait_for()
        await page.keyboard.press("Enter")
    sent = preview.locator("#send-message, #channel-composer-input").first
    await sent.wait_for()
    if await preview.locator(".command-chip").count():  # the suggestion was taken, the command not yet sent
        await preview.locator("#send-message").click()
    await composer.wait_for()


async def state_when(page: Page, url: str, true: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Ask the page's own state until it is as wished."""
    async with asyncio.timeout(30):
        while True:
            state: dict[str, Any] = await (await page.request.get(f"{url}api/state")).json()
            if true(state):
                return state


def level(state: dict[str, Any]) -> float:
    return float((state["listening"] or {}).get("level", {}).get("rms_dbfs", -120.0))


async def look_at(page: Page, url: str, channel: str) -> None:
    """Show another channel in the preview."""
    state = await (await page.request.get(f"{url}api/state")).json()
    [channel_id] = [c["id"] for c in state["channels"] if c["name"] == channel]
    await page.request.post(f"{url}api/show", data={"channel_id": channel_id})
    await page.reload()
    await page.frame_locator("#preview").locator("#channel-composer-input").wait_for()


async def press(page: Page, label: str) -> None:
    """Press the newest button with this label."""
    button = page.frame_locator("#preview").get_by_role("button", name=label, exact=True).last
    await button.click()
