"""What a closed server and a closed member leave behind: nothing."""

import asyncio
import contextlib
import gc
import threading
from pathlib import Path

import pytest

from bot.sandbox.voice import VoiceServer
from bot.sandbox.voice.certificate import LoopbackCertificate


def sockets():
    targets = []
    for link in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # the folder's own descriptor
            targets.append(str(link.readlink()))
    return sorted(target for target in targets if target.startswith("socket:"))


async def test_closing_leaves_no_tasks_sockets_threads_or_files(join):
    await asyncio.to_thread(lambda: None)  # the executor's thread stays with the loop
    tasks, threads, open_sockets = asyncio.all_tasks(), set(threading.enumerate()), sockets()
    for _ in range(2):
        async with VoiceServer() as server:
            first, second = await join(server, 10), await join(server, 11)
            await second.until(lambda member=second: member.end_to_end.is_ready)
            await second.close()
            ca_file = server.ca_file
        await first.close()
        assert not ca_file.exists()
        with pytest.raises(RuntimeError):
            server.ca_file  # noqa: B018 - reading it is what fails
    gc.collect()
    assert asyncio.all_tasks() == tasks
    # Other tests' clients are discord.py's, whose readers end late; the loop's executor may have grown.
    others = ("voice-socket-reader", "asyncio_")
    new = {thread for thread in set(threading.enumerate()) - threads if not thread.name.startswith(others)}
    assert not new
    assert sockets() == open_sockets
    await server.close()


async def test_a_server_that_cannot_open_releases_what_it_had(monkeypatch):
    closed = []
    real_close = LoopbackCertificate.close
    monkeypatch.setattr(LoopbackCertificate, "close", lambda self: (closed.append(self), real_close(self)))
    monkeypatch.setattr("socket.create_server", lambda *_, **__: (_ for _ in ()).throw(OSError("no port")))
    with pytest.raises(OSError, match="no port"):
        async with VoiceServer():
            pass
    assert len(closed) == 1
