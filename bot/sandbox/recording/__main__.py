"""`python -m bot.sandbox.recording`: one recording Discord, until a signal or the end of its parent."""

import argparse
import asyncio
import json
import os
import secrets
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from aiohttp import web

from bot.core.clock import SystemClock
from bot.sandbox.recording.behaviour import Behaviour
from bot.sandbox.recording.control import Control
from bot.sandbox.recording.paths import API, HOST
from bot.sandbox.recording.server import RecordingServer

_SHUTDOWN_S = 0.5


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox.recording", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="loopback port; 0 takes a free one")
    parser.add_argument("--log", type=Path, required=True, help="the log to continue or begin")
    parser.add_argument("--control", help="token for the control calls; without, one is made and printed")
    parser.add_argument("--behaviour", default="{}", help="a Behaviour as JSON")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input ends")
    return parser.parse_args(argv)


async def _serve(arguments: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if arguments.with_parent:
        # Nobody writes to it: it becomes readable when the parent is gone.
        loop.add_reader(sys.stdin.fileno(), stop.set)
    behaviour = Behaviour.model_validate_json(arguments.behaviour)
    token = arguments.control or secrets.token_urlsafe(24)
    with RecordingServer(arguments.log, behaviour, SystemClock()) as server:
        app = server.app(Control(server, token).add_to)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_S)
        await runner.setup()
        try:
            # The port is shared with a parent that holds it reserved between restarts.
            site = web.TCPSite(runner, HOST, arguments.port, reuse_port=hasattr(socket, "SO_REUSEPORT"))
            await site.start()
            port = runner.addresses[0][1]
            ready = {"url": f"http://{HOST}:{port}{API}", "port": port, "control": token, "pid": os.getpid()}
            sys.stdout.write(json.dumps(ready) + "\n")
            sys.stdout.flush()
            await stop.wait()
        finally:
            await runner.cleanup()


def main(argv: Sequence[str] | None = None) -> None:
    asyncio.run(_serve(_arguments(argv)))


if __name__ == "__main__":
    main()
