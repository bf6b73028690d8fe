"""`./hush run` as a process: every failure is one sentence, and SIGTERM is the end."""

import asyncio
import base64
import os
import signal
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

import pytest

from bot.sandbox.recording.behaviour import Behaviour
from bot.sandbox.recording.faults import Fault, invalid_token, server_error
from bot.sandbox.recording.process import RecordingDiscord
from bot.store.address import at
from bot.store.migrate import migrate
from bot.store.ownership import Ownership

TOKEN = base64.urlsafe_b64encode(b"420000000000000000").decode() + ".GhUsh1." + "a" * 38
ROOT = Path(__file__).parents[1]
NOWHERE = "http://127.0.0.1:9/api/v10"

_RUN = """
import sys
from bot.cli import main
from bot.sandbox.recording.redirect import redirected
with redirected(sys.argv[1]):
    raise SystemExit(main(["run"]))
"""
_A_THREAD_THAT_NEVER_ENDS = "import threading; threading.Thread(target=threading.Event().wait).start()"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RecordingDiscord]:
    async with RecordingDiscord(tmp_path / "discord.log", behaviour=Behaviour.unlimited()) as server:
        yield server


@asynccontextmanager
async def running(
    folder: Path, url: str, *, code: str = _RUN, **variables: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("HUSH_")}
    environment = {**inherited, "HUSH_DISCORD_TOKEN": TOKEN, "PYTHONPATH": str(ROOT), **variables}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-c", code, url),
        cwd=folder,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def ending(folder: Path, url: str = NOWHERE, **variables: str) -> str:
    """Run until it fails; return the one sentence it ends with."""
    async with running(folder, url, HUSH_LOG_LEVEL="ERROR", **variables) as process:
        async with asyncio.timeout(60):
            out, err = await process.communicate()
        assert process.returncode == 2, err.decode()
        assert out == b""
        [sentence] = err.decode().splitlines()
        assert TOKEN not in sentence
        assert sentence.endswith(".")
        return sentence


async def test_without_a_token(tmp_path: Path) -> None:
    sentence = await ending(tmp_path, HUSH_DISCORD_TOKEN="")
    assert sentence.startswith("HUSH_DISCORD_TOKEN is not set. Copy the bot's token into it")


async def test_with_something_else_than_a_token(tmp_path: Path) -> None:
    secret = "0123456789abcdef0123456789abcdef"
    sentence = await ending(tmp_path, HUSH_DISCORD_TOKEN=secret)
    assert sentence.startswith("HUSH_DISCORD_TOKEN is not a bot token. A token is three parts")
    assert secret not in sentence


async def test_with_a_setting_that_is_wrong(tmp_path: Path) -> None:
    sentence = await ending(tmp_path, HUSH_SHARD_COUNT="none")
    assert sentence.startswith("HUSH_SHARD_COUNT is not usable: ")


async def test_without_a_network(tmp_path: Path) -> None:
    sentence = await ending(tmp_path)
    assert sentence.startswith("Discord cannot be reached from here. Check this machine's network")


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (invalid_token(), "Discord does not accept HUSH_DISCORD_TOKEN. Make a new one"),
        (server_error(503, times=None), "Discord cannot serve Hush right now (HTTP 503). Try again in a few"),
        (
            server_error(503, route="replace_commands", times=None),
            "Discord cannot serve Hush right now (HTTP 503). Try again in a few",
        ),
    ],
)
async def test_when_discord_refuses(
    tmp_path: Path, server: RecordingDiscord, fault: Fault, told: str
) -> None:
    await server.script(fault)
    assert (await ending(tmp_path, server.url)).startswith(told)


@contextmanager
def owned(folder: Path) -> Iterator[None]:
    (folder / "data").mkdir(exist_ok=True)
    ownership = Ownership(folder / "data")
    yield
    ownership.release()


async def test_when_another_hush_has_the_folder(tmp_path: Path, server: RecordingDiscord) -> None:
    with owned(tmp_path):
        sentence = await ending(tmp_path, server.url)
    assert sentence == (
        f"Another Hush is already using {tmp_path / 'data'}. Stop it, or give this one another HUSH_DATA_DIR."
    )


async def test_when_the_database_is_damaged(tmp_path: Path, server: RecordingDiscord) -> None:
    file = tmp_path / "data" / "hush.db"
    migrate(at(file))
    file.write_bytes(file.read_bytes()[:5_000])
    sentence = await ending(tmp_path, server.url)
    assert sentence.startswith(f"The database {file} is damaged: ")
    assert "restore your last backup" in sentence


async def test_when_the_database_is_newer(tmp_path: Path, server: RecordingDiscord) -> None:
    file = tmp_path / "data" / "hush.db"
    migrate(at(file))
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    sentence = await ending(tmp_path, server.url)
    assert sentence.startswith(f"The database {file} was written by a newer Hush (revision 9999, ")


async def test_when_the_data_folder_is_a_file(tmp_path: Path, server: RecordingDiscord) -> None:
    (tmp_path / "data").write_text("")
    sentence = await ending(tmp_path, server.url)
    assert sentence.startswith(f"The data folder {tmp_path / 'data'} cannot be used: ")


async def test_when_the_port_for_metrics_is_taken(tmp_path: Path, server: RecordingDiscord) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        sentence = await ending(tmp_path, server.url, HUSH_METRICS_PORT=str(port))
    assert sentence.startswith(f"HUSH_METRICS_PORT {port} on 127.0.0.1 cannot be had: ")


async def until_it_looks_for_the_gateway(server: RecordingDiscord) -> None:
    n_requests = 0
    while not any(line.route == "get_gateway" for line in server.lines()):
        n_requests += 1
        await server.wait_for_requests(n_requests)


@pytest.mark.parametrize("wish", [signal.SIGTERM, signal.SIGINT])
async def test_asked_to_end_it_ends(tmp_path: Path, server: RecordingDiscord, wish: signal.Signals) -> None:
    async with running(tmp_path, server.url, HUSH_LOG_LEVEL="ERROR") as process:
        await until_it_looks_for_the_gateway(server)
        process.send_signal(wish)
        async with asyncio.timeout(5):
            await process.communicate()
        assert process.returncode == 0
    with owned(tmp_path):
        pass  # the folder was given back


async def test_asked_to_end_it_ends_even_when_something_hangs(
    tmp_path: Path, server: RecordingDiscord
) -> None:
    async with running(tmp_path, server.url, code=f"{_A_THREAD_THAT_NEVER_ENDS}\n{_RUN}") as process:
        await until_it_looks_for_the_gateway(server)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(6):
            _, err = await process.communicate()
        assert process.returncode == 1
        assert b"Thread 0x" in err, "what hangs is shown"
