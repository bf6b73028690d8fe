"""A process that starts a voice server, says which, and waits to be killed."""

import asyncio
import sys

from bot.sandbox.voice import VoiceServerProcess


async def main() -> None:
    async with VoiceServerProcess() as server:
        sys.stdout.write(f"{server.pid}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


asyncio.run(main())
