"""`python -m tests.e2e.screenshots FOLDER`: the pictures in README and docs, taken from the running demo."""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.e2e.driving import browser_page, demo, look_at, state_when, type_command

WIDTHS = {"desktop": 900, "phone": 360}


async def take(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as data:
        async with demo(Path(data)) as (url, _):
            async with browser_page(url) as page:
                await type_command(page, "play", sound="rain")
                await state_when(page, url, lambda s: s["playing"] is not None)
                await look_at(page, url, "Lantern Room")
                preview = await (await page.request.get(f"{url}api/state")).json()
            for name, width in WIDTHS.items():
                async with browser_page(preview["preview"]["url"], width=width, scale=2.0) as page:
                    panel = page.get_by_role("button", name="Quieter").last
                    await panel.wait_for()
                    message = page.locator(".channel-message", has=panel).last
                    await message.screenshot(path=folder / f"panel-{name}.png")


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1])))
