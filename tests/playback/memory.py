"""Voice rooms in memory: an honest `VoiceLinks` whose player thread pulls packets faster than real time."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace

from bot.core.errors import Refusal
from bot.playback.model import Room
from bot.playback.ports import PacketSource

PULL_EVERY_S = 0.002
"""Ten times real time: a two-second fade is over in a fifth of one."""


class MemoryLink:
    """A stay in a room. `people` are those who listen; `packets` what they were sent."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self.people = 1
        self.stuck = False
        """True: connected, but nothing can be sent."""
        self.left = False
        self.packets: list[bytes] = []
        self._gone = threading.Event()
        self._sent = threading.Condition()
        self._player: threading.Thread | None = None

    @property
    def room(self) -> Room:
        return self._room

    @property
    def listeners(self) -> int:
        return self.people

    @property
    def audible(self) -> bool:
        return True

    def play(self, packets: PacketSource, ended: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        self._player = threading.Thread(
            target=self._send_all,
            args=(packets, lambda: loop.call_soon_threadsafe(ended)),
            name="memory-player",
        )
        self._player.start()

    async def leave(self) -> None:
        self.left = True
        await self.cut()

    async def cut(self) -> None:
        """Be kicked: the connection is gone for good."""
        self._gone.set()
        if self._player is not None:
            await asyncio.to_thread(self._player.join)

    def move(self, channel_id: int) -> None:
        self._room = replace(self._room, channel_id=channel_id, name=f"room-{channel_id}")

    async def heard(self, n_packets: int) -> None:
        """Return once that many more packets were sent."""
        await asyncio.to_thread(self._wait_for, len(self.packets) + n_packets)

    def _wait_for(self, total: int) -> None:
        with self._sent:
            assert self._sent.wait_for(lambda: len(self.packets) >= total, timeout=20.0)

    def _send_all(self, packets: PacketSource, ended: Callable[[], None]) -> None:
        while not self._gone.wait(PULL_EVERY_S):
            if self.stuck:
                continue
            packet = packets()
            if not packet:
                break
            with self._sent:
                self.packets.append(packet)
                self._sent.notify_all()
        ended()


class MemoryLinks:
    """All rooms. `closed` ones let nobody in; `door` holds joins back until it is opened."""

    def __init__(self) -> None:
        self.links: list[MemoryLink] = []
        self.closed: set[int] = set()
        self.door = asyncio.Event()
        self.door.set()
        self.knocked = asyncio.Event()

    async def join(self, room: Room) -> MemoryLink:
        self.knocked.set()
        await self.door.wait()
        if room.channel_id in self.closed:
            raise Refusal("play.refused.no_answer", channel=room.name)
        assert all(link.left for link in self.links if link.room.guild_id == room.guild_id)
        self.links.append(MemoryLink(room))
        return self.links[-1]

    @property
    def last(self) -> MemoryLink:
        return self.links[-1]
