"""`python -m bot.sandbox.voice`: the voice server alone. Prints where it is, serves until told to end."""

import argparse
import asyncio
import json
import secrets
import signal
import sys

from bot.sandbox.voice.control import PREFIX
from bot.sandbox.voice.interface import ServerOptions
from bot.sandbox.voice.server import VoiceServer


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox.voice", description=__doc__)
    parser.add_argument(
        "--options", type=json.loads, default={}, metavar="JSON", help="fields of ServerOptions to change"
    )
    parser.add_argument(
        "--until-stdin-closes", action="store_true", help="also end when standard input does, with the parent"
    )
    arguments = parser.parse_args()
    try:
        options = ServerOptions(**arguments.options)
    except (TypeError, ValueError) as error:
        parser.error(f"--options: {error}")
    asyncio.run(_serve(options, until_stdin_closes=arguments.until_stdin_closes))


async def _serve(options: ServerOptions, *, until_stdin_closes: bool) -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    if until_stdin_closes:
        loop.add_signal_handler(signal.SIGINT, lambda: None)  # a Ctrl-C is the parent's to answer
        await loop.connect_read_pipe(lambda: _EndOfInput(ended), sys.stdin)
    control_token = secrets.token_urlsafe(32)
    async with VoiceServer(options, control_token=control_token) as server:
        hello = {
            "endpoint": server.endpoint,
            "control_url": f"https://{server.endpoint}{PREFIX}",
            "control_token": control_token,
            "ca_file": str(server.ca_file),
        }
        sys.stdout.write(json.dumps(hello) + "\n")
        sys.stdout.flush()
        await ended.wait()


class _EndOfInput(asyncio.Protocol):
    def __init__(self, ended: asyncio.Event) -> None:
        self._ended = ended

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio names it
        self._ended.set()


if __name__ == "__main__":
    main()
