"""Playback's surroundings in memory, each honest to its port: voice rooms, a store, a display."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.core.errors import Refusal, StoreError
from bot.core.preferences import GuildSettings
from bot.playback.desired import DesiredSession
from bot.playback.model import Fate, NowPlaying, PanelPlace, Room, Trouble
from bot.playback.ports import PacketSource
from bot.playback.tastes import Preset, Taste, name_key

PULL_EVERY_S = 0.002
"""Ten times real time: a two-second fade is over in a fifth of one."""


class MemoryLink:
    """A stay in a room. `people` are those who listen; `packets` what they were sent.

    Its player thread pulls packets faster than real time.
    """

    def __init__(self, room: Room) -> None:
        self._room = room
        self.people = 1
        self.stuck = False
        """True: connected, but nothing can be sent."""
        self.left = False
        self.packets: list[bytes] = []
        self.audible = True
        self.trouble: Trouble | None = None
        self.fate: Fate | None = None
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
    def present(self) -> bool:
        return not self._gone.is_set()

    def play(self, packets: PacketSource, ended: Callable[[], None], returned: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        self.returned = returned
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
    """All rooms. `closed` ones let nobody in; `door` holds joins back until it is opened.

    `rooms` are those there are, with the people in each; `outages` the servers Discord is silent about.
    """

    def __init__(self) -> None:
        self.links: list[MemoryLink] = []
        self.closed: set[int] = set()
        self.door = asyncio.Event()
        self.door.set()
        self.knocked = asyncio.Event()
        self.rooms: dict[int, Room] = {}
        """By channel: those that `find` knows."""
        self.waiting: dict[int, int] = {}
        """How many people are in a channel, 1 unless told."""
        self.people: dict[int, frozenset[int]] = {}
        """Who is in a channel, where that matters."""
        self.outages: set[int] = set()
        self.changed: Callable[[int], None] | None = None
        self.crowded = False

    def tell(self, changed: Callable[[int], None]) -> None:
        self.changed = changed

    @property
    def has_room(self) -> bool:
        return not self.crowded

    def reachable(self, guild_id: int) -> bool:
        return guild_id not in self.outages

    def find(self, guild_id: int, channel_id: int) -> Room | None:
        room = self.rooms.get(channel_id)
        return room if room is not None and room.guild_id == guild_id else None

    def listeners_in(self, room: Room) -> int:
        return self.waiting.get(room.channel_id, 1)

    def who_listens(self, room: Room) -> frozenset[int]:
        return self.people.get(room.channel_id, frozenset())

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


class MemorySessions:
    """A `SessionStore`; while `broken` it does not answer, while `slow` is cleared it takes its time."""

    def __init__(self) -> None:
        self.kept: dict[int, DesiredSession] = {}
        self.broken = False
        self.slow = asyncio.Event()
        self.slow.set()
        self.n_writes = 0

    async def put(self, session: DesiredSession) -> None:
        await self._answer()
        self.kept[session.guild_id] = session

    async def get(self, guild_id: int) -> DesiredSession | None:
        await self._answer()
        return self.kept.get(guild_id)

    async def remove(self, guild_id: int) -> None:
        await self._answer()
        self.kept.pop(guild_id, None)

    async def all(self) -> Sequence[DesiredSession]:
        await self._answer()
        return list(self.kept.values())

    async def _answer(self) -> None:
        self.n_writes += 1
        await self.slow.wait()
        if self.broken:
            raise StoreError("The database is away.")


class MemoryGuildSettings:
    """A `GuildSettingsStore`."""

    def __init__(self) -> None:
        self.kept: dict[int, GuildSettings] = {}
        self.broken = False

    async def get(self, guild_id: int) -> GuildSettings:
        if self.broken:
            raise StoreError("The database is away.")
        return self.kept.get(guild_id, GuildSettings(guild_id))

    async def put(self, settings: GuildSettings) -> None:
        self.kept[settings.guild_id] = settings

    async def remove(self, guild_id: int) -> None:
        self.kept.pop(guild_id, None)


class MemoryDisplay:
    """A `Display`: what it would show now, by server."""

    def __init__(self) -> None:
        self.shown: dict[int, NowPlaying] = {}
        self.over: list[tuple[int, PanelPlace | None]] = []
        self.fates: list[Fate | None] = []

    def changed(self, now: NowPlaying) -> None:
        self.shown[now.guild_id] = now

    def ended(
        self, guild_id: int, panel: PanelPlace | None, fate: Fate | None = None, asked_by: int | None = None
    ) -> None:
        self.shown.pop(guild_id, None)
        self.over.append((guild_id, panel))
        self.fates.append(fate)


class MemoryTastes:
    """Implements `bot.playback.tastes.TasteStore`; `fails` makes it a database that does not answer."""

    def __init__(self) -> None:
        self.chosen: dict[tuple[Taste, int], set[str]] = {}
        self.fails = False

    async def add(self, taste: Taste, user_id: int, sound: str) -> None:
        self.chosen.setdefault((taste, user_id), set()).add(sound)

    async def remove(self, taste: Taste, user_id: int, sound: str) -> None:
        self.chosen.get((taste, user_id), set()).discard(sound)

    async def sounds(self, taste: Taste, user_id: int) -> frozenset[str]:
        if self.fails:
            raise StoreError("The database does not answer.")
        return frozenset(self.chosen.get((taste, user_id), set()))


class MemoryPresets:
    """Implements `bot.playback.tastes.PresetStore`."""

    def __init__(self) -> None:
        self.kept: dict[tuple[int, str], Preset] = {}

    async def put(self, user_id: int, kept: Preset) -> None:
        self.kept[user_id, name_key(kept.name)] = kept

    async def all(self, user_id: int) -> list[Preset]:
        return [kept for (owner, _), kept in sorted(self.kept.items()) if owner == user_id]

    async def remove(self, user_id: int, name: str) -> bool:
        return self.kept.pop((user_id, name_key(name)), None) is not None
