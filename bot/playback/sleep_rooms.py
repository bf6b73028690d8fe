"""Sleep rooms: channels that play by themselves between two local times, while somebody is in them."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final, Protocol

from bot.core.clock import Clock
from bot.core.errors import Refusal, StoreError
from bot.core.preferences import LONGEST_MINUTES, GuildSettingsStore
from bot.core.tasks import Tasks
from bot.playback.model import Wish
from bot.playback.ports import VoiceLinks
from bot.playback.service import Playback

_log = logging.getLogger(__name__)

DAY: Final = 24 * 60
MOST: Final = 20
"""Windows a server may have."""
LOOK_EVERY_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class SleepRoom:
    """One window of one channel. Minutes of the local day, 0..1439; past midnight when `to` is less."""

    room_id: int
    guild_id: int
    channel_id: int
    sound: str
    from_minute: int
    to_minute: int

    def __post_init__(self) -> None:
        if not (0 <= self.from_minute < DAY and 0 <= self.to_minute < DAY):
            raise ValueError(f"a minute of the day is 0 to {DAY - 1}")
        if self.from_minute == self.to_minute:
            raise ValueError("a window that has no length")

    @property
    def length(self) -> int:
        """Minutes, 1..1439."""
        return (self.to_minute - self.from_minute) % DAY

    def overlaps(self, other: "SleepRoom") -> bool:
        """Whether both are open at some minute of the day."""
        after = (other.from_minute - self.from_minute) % DAY
        return after < self.length or DAY - after < other.length

    def end_of(self, local: datetime) -> datetime | None:
        """Return when the window open at this local instant closes, aware; None while it is closed."""
        into = (local.hour * 60 + local.minute - self.from_minute) % DAY
        if into >= self.length:
            return None
        day = local.date() + timedelta(days=int(self.to_minute <= local.hour * 60 + local.minute))
        hour, minute = divmod(self.to_minute, 60)
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=local.tzinfo)


class SleepRoomStore(Protocol):
    """Remembers windows. Every method raises StoreError when the database does not answer."""

    async def all(self) -> Sequence[SleepRoom]: ...

    async def put(self, room: SleepRoom) -> None: ...

    async def remove(self, room_ids: Sequence[int]) -> None: ...


class SleepRooms:
    """Begins what a window wants when it is open, somebody is there, and nothing else plays.

    A person's wish comes first: what somebody stops, or sends away, stays quiet until the channel was empty
    once; what somebody plays is left alone.
    """

    def __init__(
        self,
        store: SleepRoomStore,
        *,
        playback: Playback,
        links: VoiceLinks,
        settings: GuildSettingsStore,
        zone: Callable[[str], tzinfo],
        clock: Clock,
        tasks: Tasks,
    ) -> None:
        self._store = store
        self._playback = playback
        self._links = links
        self._settings = settings
        self._zone = zone
        self._clock = clock
        self._tasks = tasks
        self._rooms: dict[int, SleepRoom] = {}
        self._begun: set[int] = set()
        """Windows whose sound was begun, and not yet seen to be over."""
        self._unwanted: set[int] = set()
        """Windows that somebody stopped, until the channel is empty."""
        self._busy: set[int] = set()
        self._watching: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Take up what was set; later calls do so again."""
        try:
            rooms = await self._store.all()
        except StoreError as error:
            _log.error("sleep rooms cannot be read: %s", error)
            return
        self._rooms = {room.room_id: room for room in rooms}
        self._watch()

    async def set(self, room: SleepRoom) -> None:
        """Keep a window; raises Refusal when it overlaps another of this server, or there are too many."""
        mine = self.of(room.guild_id)
        if len(mine) >= MOST:
            raise Refusal("sleeproom.refused.full", most=MOST)
        if taken := next((other for other in mine if other.overlaps(room)), None):
            raise Refusal("sleeproom.refused.overlap", channel_id=taken.channel_id, **hours(taken))
        await self._store.put(room)
        self._rooms[room.room_id] = room
        self._watch()
        self.room_changed(room.guild_id)

    async def clear(self, guild_id: int, channel_id: int) -> int:
        """Forget a channel's windows; return how many there were. What plays goes on to its end."""
        gone = [room.room_id for room in self.of(guild_id) if room.channel_id == channel_id]
        if gone:
            await self._store.remove(gone)
        for room_id in gone:
            del self._rooms[room_id]
        return len(gone)

    def of(self, guild_id: int) -> list[SleepRoom]:
        """Return a server's windows, by channel and hour."""
        mine = [room for room in self._rooms.values() if room.guild_id == guild_id]
        return sorted(mine, key=lambda room: (room.channel_id, room.from_minute))

    def room_changed(self, guild_id: int) -> None:
        """Look at a server because somebody came, went, or something ended there."""
        for room in self.of(guild_id):
            if room.room_id not in self._busy:
                self._busy.add(room.room_id)
                self._tasks.start(self._look(room), name="sleep-room")

    def _watch(self) -> None:
        if self._rooms and (self._watching is None or self._watching.done()):
            self._watching = self._tasks.start(self._look_often(), name="sleep-rooms")

    async def _look_often(self) -> None:
        while self._rooms:
            for guild_id in {room.guild_id for room in self._rooms.values()}:
                self.room_changed(guild_id)
            await self._clock.sleep(LOOK_EVERY_S)

    async def _look(self, room: SleepRoom) -> None:
        try:
            await self._see_to(room)
        except Refusal as refusal:
            _log.info("a sleep room cannot play yet: %s", refusal.key)
        finally:
            self._busy.discard(room.room_id)

    async def _see_to(self, room: SleepRoom) -> None:
        where = self._links.find(room.guild_id, room.channel_id)
        if where is None or not self._links.listeners_in(where):
            self._begun.discard(room.room_id)
            self._unwanted.discard(room.room_id)
            return
        settings = await self._settings.get(room.guild_id)
        local = self._clock.now().astimezone(self._zone(settings.timezone or "UTC"))
        end = room.end_of(local)
        playing = self._playback.now_playing(room.guild_id)
        if end is None:
            self._begun.discard(room.room_id)
        elif playing is None and room.room_id in self._begun:
            self._begun.discard(room.room_id)
            self._unwanted.add(room.room_id)
        elif playing is None and room.room_id not in self._unwanted:
            minutes = int((end - local) / timedelta(minutes=1))
            if minutes >= 1:
                await self._playback.play(where, Wish(room.sound, minutes=min(minutes, LONGEST_MINUTES)))
                self._begun.add(room.room_id)


def hours(room: SleepRoom) -> dict[str, str]:
    """Return a window's two times as people write them."""
    return {"from_": clock_time(room.from_minute), "to": clock_time(room.to_minute)}


def clock_time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
