"""Hush in a browser, without a Discord account: the world, the page, and a quiet end."""

import asyncio
import contextlib
import logging
import signal
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.errors import SettingsError

if TYPE_CHECKING:
    from bot.sandbox.page import Page
    from bot.sandbox.voice import VoiceServerProcess
    from bot.sandbox.world import CreateBot, World

_FADE_LIMIT_S = 2.7
"""What Hush may take to fade and leave; the rest of three seconds is for closing what is left."""


def run_demo(create_bot: "CreateBot", *, data_dir: Path | None, port: int, open_browser: bool) -> int:
    """Serve the demo until Ctrl-C or SIGTERM; return the exit code.

    data_dir: Hush's folder, a temporary one if None. port: of the page, 0 for a free one.
    Raises SettingsError in one sentence when the port is taken or the sandbox is not installed.
    """
    asyncio.run(_demo(create_bot, data_dir, port, open_browser))
    return 0


async def _demo(create_bot: "CreateBot", data_dir: Path | None, port: int, open_browser: bool) -> None:
    loop = asyncio.get_running_loop()
    asked_to_end = asyncio.Event()
    for wish in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(wish, asked_to_end.set)
    page_type, world_type, voice_type = _sandbox()
    async with (
        voice_type() as voice,
        world_type(create_bot, data_dir=data_dir, voice=voice, check_errors=False) as world,
        page_type(world, port=port) as page,
    ):
        print(f"Hush is here: {page.url}  Ctrl-C ends it, softly.", flush=True)  # noqa: T201 - the demo's one line
        if open_browser:
            threading.Thread(target=webbrowser.open, args=(page.url,), daemon=True).start()
        await asked_to_end.wait()
        for wish in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(wish)  # who asks again does not want to wait
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FADE_LIMIT_S):
                await world.bot.close()  # before the page, so that the fade is heard


def _sandbox() -> "tuple[type[Page], type[World], type[VoiceServerProcess]]":
    # simcord tries itself out when imported, with a client discord.py then warns about.
    logging.getLogger("discord.state").setLevel(logging.ERROR)
    try:
        from bot.sandbox.page import Page  # noqa: PLC0415 - these need the extra
        from bot.sandbox.voice import VoiceServerProcess  # noqa: PLC0415
        from bot.sandbox.world import World  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"The demo needs {error.name}, which comes with the sandbox: install hush-asmr[sandbox]."
        ) from None
    return Page, World, VoiceServerProcess
