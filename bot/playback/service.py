"""What sounds where: one session a guild, who may change it, and when it ends."""

import asyncio
import contextlib
import random
from collections import defaultdict

from bot.audio.engine import Engine
from bot.audio.library import Trigger
from bot.audio.mix import Layer, Mix, Plan
from bot.core.clock import Clock
from bot.core.errors import Refusal
from bot.core.tasks import Tasks
from bot.playback.model import DEFAULT_VOLUME, LONGEST_MINUTES, Length, NowPlaying, Room, Seat, Wish
from bot.playback.ports import VoiceLinks
from bot.playback.search import SoundSearch
from bot.playback.session import Session

ALONE_S = 30.0
"""How long an empty channel keeps playing: nobody loses the room to a dropped connection."""
_FADE_LIMIT_S = 5.0
"""A stop fades for 2 s; a link that is not silent by then cannot send."""
_LAST_FADE_LIMIT_S = 2.4
_LAST_LEAVE_LIMIT_S = 0.3
"""When the process ends there is less patience: three seconds in all."""
_SEED_BITS = 63


class Playback:
    """Everything that plays. Its methods run on the event loop; refusals carry the sentence to say."""

    def __init__(
        self,
        *,
        engine: Engine,
        sounds: SoundSearch,
        links: VoiceLinks,
        clock: Clock,
        tasks: Tasks,
        seeds: random.Random,
    ) -> None:
        self._engine = engine
        self._sounds = sounds
        self._links = links
        self._clock = clock
        self._tasks = tasks
        self._seeds = seeds
        self._sessions: dict[int, Session] = {}
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        """One join at a time a guild."""
        self._closing = False

    async def play(self, room: Room, wish: Wish) -> NowPlaying:
        """Fade the wished sound in where the asker sits, or over from what plays there already."""
        trigger = self._wished(wish.sound)
        volume, length = _volume(wish.volume), _length(wish.minutes)
        plan = Plan(Mix((Layer(trigger.id),)), self._seeds.getrandbits(_SEED_BITS))
        async with self._turns[room.guild_id]:
            session = await self._running(room.guild_id)
            if session is None:
                session = await self._begin(room, plan, trigger.name, volume, length)
            elif session.link.room.channel_id != room.channel_id:
                raise Refusal("play.refused.elsewhere", channel=session.link.room.name)
            else:
                session.change(plan, trigger.name, length, self._clock.now())
                if volume is not None:
                    session.stream.set_volume(volume)
            return session.now(self._clock.now())

    def set_volume(self, seat: Seat, percent: int) -> NowPlaying:
        session = self._heard_by(seat)
        session.stream.set_volume(_percent(percent))
        return session.now(self._clock.now())

    def pause(self, seat: Seat) -> NowPlaying:
        session = self._heard_by(seat)
        session.stream.pause()
        return session.now(self._clock.now())

    def resume(self, seat: Seat) -> NowPlaying:
        session = self._heard_by(seat)
        session.stream.resume()
        return session.now(self._clock.now())

    def stop(self, seat: Seat) -> None:
        """Start the fade; Hush leaves when it is silent."""
        self._end(self._heard_by(seat))

    def now_playing(self, guild_id: int) -> NowPlaying | None:
        session = self._sessions.get(guild_id)
        return None if session is None or session.ending else session.now(self._clock.now())

    def room_changed(self, guild_id: int) -> None:
        """Somebody came, went or was moved: an empty room is left after a while, unless somebody returns."""
        session = self._sessions.get(guild_id)
        if session is None:
            return
        if session.link.listeners:
            if session.alone is not None:
                session.alone.cancel()
                session.alone = None
        elif session.alone is None:
            session.alone = self._tasks.start(self._leave_empty_room(session), name="empty-room")

    def guild_lost(self, guild_id: int) -> None:
        """Hush is no longer in that guild: there is nobody to fade for."""
        if session := self._sessions.get(guild_id):
            session.silent.set()

    async def close(self) -> None:
        """Fade everything to silence and leave, in under three seconds."""
        self._closing = True
        sessions = list(self._sessions.values())
        for session in sessions:
            session.stop()
        await _all_set([session.silent for session in sessions], _LAST_FADE_LIMIT_S)
        for session in sessions:
            session.silent.set()
        await _all_set([session.gone for session in sessions], _LAST_LEAVE_LIMIT_S)

    def _wished(self, sound: str) -> Trigger:
        if trigger := self._sounds.find(sound):
            return trigger
        if nearest := self._sounds.nearest(sound):
            raise Refusal("play.refused.nearest", nearest=nearest.name)
        raise Refusal("play.refused.unknown")

    def _heard_by(self, seat: Seat) -> Session:
        """Return the session its listeners may change; nobody else may."""
        session = self._sessions.get(seat.guild_id)
        if session is None or session.ending:
            raise Refusal("listener.refused.nothing_plays")
        if session.link.room.channel_id != seat.channel_id:
            raise Refusal("listener.refused.outside", channel=session.link.room.name)
        return session

    async def _running(self, guild_id: int) -> Session | None:
        """Return the guild's session; one that is ending is seen out first."""
        session = self._sessions.get(guild_id)
        if session is not None and session.ending:
            await session.gone.wait()
            return None
        return session

    async def _begin(self, room: Room, plan: Plan, title: str, volume: int | None, length: Length) -> Session:
        self._refuse_when_closing()
        # Opened before the join, so the first packets are rendered by the time the channel is there.
        stream = self._engine.open(
            plan,
            volume=DEFAULT_VOLUME if volume is None else volume,
            bitrate=room.bitrate,
            seconds=length.total_s,
            tail_s=length.tail_s,
        )
        try:
            link = await self._links.join(room)
        except BaseException:
            stream.abandon()
            raise
        session = Session(stream, link, title, length, self._clock.now())
        self._sessions[room.guild_id] = session
        self._tasks.start(self._see_out(session, room.guild_id), name="session")
        session.begin()
        self.room_changed(room.guild_id)
        if self._closing:
            session.silent.set()
            self._refuse_when_closing()
        return session

    def _refuse_when_closing(self) -> None:
        if self._closing:
            raise Refusal("play.refused.closing")

    def _end(self, session: Session) -> None:
        session.stop()
        self._tasks.start(_silent_at_last(session), name="fade-limit")

    async def _leave_empty_room(self, session: Session) -> None:
        await self._clock.sleep(ALONE_S)
        self._end(session)

    async def _see_out(self, session: Session, guild_id: int) -> None:
        """Stay with a session until it is silent, then leave its channel and forget it."""
        await session.silent.wait()
        if session.alone is not None:
            session.alone.cancel()
        session.stream.abandon()
        try:
            await session.link.leave()
        finally:
            del self._sessions[guild_id]
            session.gone.set()


async def _silent_at_last(session: Session) -> None:
    """Do not wait for a fade that nobody can hear: a link may be cut off without being gone."""
    await _all_set([session.silent], _FADE_LIMIT_S)
    session.silent.set()


async def _all_set(events: list[asyncio.Event], limit_s: float) -> None:
    """Wait in real time: what is awaited is a machine's answer, not a moment in somebody's night."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(limit_s):
            await asyncio.gather(*(event.wait() for event in events))


def _percent(percent: int) -> int:
    if not 0 <= percent <= 100:
        raise Refusal("play.refused.volume")
    return percent


def _volume(percent: int | None) -> int | None:
    return None if percent is None else _percent(percent)


def _length(minutes: int | None) -> Length:
    if minutes is not None and not 0 <= minutes <= LONGEST_MINUTES:
        raise Refusal("play.refused.minutes", longest=LONGEST_MINUTES)
    return Length.from_minutes(minutes)
