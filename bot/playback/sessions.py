"""The sessions of a process: how each begins, is kept in the ledger and on the display, and ends."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from functools import partial

from bot.audio.engine import Engine
from bot.audio.library import Library
from bot.audio.mix import Mix, Plan
from bot.core.clock import Clock
from bot.core.errors import Refusal
from bot.core.preferences import GuildSettingsStore
from bot.core.tasks import Tasks
from bot.playback.layers import audible
from bot.playback.ledger import Ledger
from bot.playback.model import NowPlaying, PanelPlace, Room
from bot.playback.naming import heading_of
from bot.playback.ports import Display, VoiceLink, VoiceLinks
from bot.playback.session import End, Session

ALONE_S = 30.0
"""How long an empty channel keeps playing: nobody loses the room to a dropped connection."""
LONGEST_LINGER_S = 10 * 3600.0
"""However long somebody sleeps on: after this the silent stay ends."""
_FADE_LIMIT_S = 5.0
"""A stop fades for 2 s; a link that is not silent by then cannot send."""
_LAST_FADE_LIMIT_S = 2.4
_LAST_LEAVE_LIMIT_S = 0.3
"""When the process ends there is less patience: three seconds in all."""
_LATE_S = 3.0
"""How long after its end by the clock a stream may still sound."""


def _nobody_leads(_guild_id: int) -> None:
    pass


class Sessions:
    """At most one session a guild. Ending the process ends the sound, not the wish: the ledger keeps that."""

    def __init__(
        self,
        *,
        engine: Engine,
        links: VoiceLinks,
        settings: GuildSettingsStore,
        ledger: Ledger,
        display: Display,
        clock: Clock,
        tasks: Tasks,
    ) -> None:
        self._engine = engine
        self._links = links
        self._settings = settings
        self._ledger = ledger
        self._display = display
        self._clock = clock
        self._tasks = tasks
        self._sessions: dict[int, Session] = {}
        self._closing = False
        self._led: Callable[[int], None] = _nobody_leads

    def get(self, guild_id: int) -> Session | None:
        """Return the guild's session, however near its end."""
        return self._sessions.get(guild_id)

    def all(self) -> Sequence[Session]:
        """Return every session that is not ending."""
        return [session for session in self._sessions.values() if not session.ending]

    def playing(self, guild_id: int) -> Session | None:
        """Return the guild's session unless it is ending or has."""
        session = self._sessions.get(guild_id)
        return None if session is None or session.ending else session

    def tonight(self, mix: Mix) -> tuple[int, float] | None:
        """Return the seed of the night in which most hear this mix now, and how far it has come, in s."""
        return self._engine.tonight(mix)

    @property
    def library(self) -> Library:
        return self._engine.library

    async def begin(
        self,
        room: Room,
        plan: Plan,
        end: End,
        *,
        volume: int,
        blocked: frozenset[str] = frozenset(),
        asked_by: int | None = None,
        panel: PanelPlace | None = None,
        position_s: float = 0.0,
        paused: bool = False,
        dark: bool = False,
        unnamed: bool = False,
    ) -> Session:
        """Join the room, or stay there, and fade in; what is ending in the guild is seen out first.

        Raises Refusal when the room does not let us in, the process is closing, or this machine has no
        time for one more: those who listen already come first. What is blocked is wished but not heard.
        """
        left = audible(plan, blocked)
        heard = plan if left is None else left
        if not (self._engine.can_take(heard, volume, room.bitrate, dark=dark) and self._links.has_room):
            raise Refusal("play.refused.busy")
        inherited = await self._inherit(room)
        self._refuse_when_closing()
        # Opened before the join, so that its sounds are at hand by the time the channel is there.
        stream = self._engine.open(
            heard,
            volume=volume,
            bitrate=room.bitrate,
            seconds=end.left_s(self._clock.now()),
            tail_s=end.tail.total_seconds(),
            position_s=position_s,
            dark=dark,
            held=True,
        )
        if paused or left is None:
            stream.pause()
        try:
            link = await self._links.join(room) if inherited is None else inherited
        except BaseException:
            stream.abandon()
            raise
        session = Session(
            stream,
            link,
            plan,
            end,
            describe=partial(heading_of, library=self._engine.library),
            blocked=blocked,
            paused=paused,
            asked_by=asked_by,
            panel=panel,
            unnamed=unnamed,
        )
        self._sessions[room.guild_id] = session
        self._tasks.start(self._see_out(session, room.guild_id), name="session")
        session.begin(self._clock.now())
        if self._closing:
            stream.abandon()
            session.silent.set()
            self._refuse_when_closing()
        self._arm(session)
        self.room_changed(room.guild_id)
        session.sounds_again = partial(self._led, room.guild_id)
        session.sounds_again()
        return session

    def tell_who_leads(self, led: Callable[[int], None]) -> None:
        """Let a guide know from now on when sound begins in a server, or goes on after it was held."""
        self._led = led

    def set_end(self, session: Session, end: End) -> None:
        session.set_end(end, self._clock.now())
        self._arm(session)

    def changed(self, session: Session) -> NowPlaying:
        """Write down and show what a session is now."""
        at = self._clock.now()
        now = session.now(at)
        session.told_of(now)
        if not session.over:
            self._ledger.put(session.desired(at))
            self._display.changed(now)
        return now

    def remember_panel(self, guild_id: int, panel: PanelPlace) -> None:
        """Know from now on where the guild's session is shown."""
        session = self._sessions.get(guild_id)
        if session is not None and not session.over and session.panel != panel:
            session.panel = panel
            self._ledger.put(session.desired(self._clock.now()))

    async def disown(self, user_id: int) -> None:
        """Let what somebody asked for go on as nobody's wish, and have that written down."""
        for session in self._sessions.values():
            if session.asked_by == user_id:
                session.asked_by = None
                if not session.over:
                    self._ledger.put(session.desired(self._clock.now()))
        await self._ledger.settled()

    def stop(self, session: Session) -> None:
        """Fade a session out because somebody, or everybody, is done with it."""
        session.stop()
        self._fade_out(session)

    def room_changed(self, guild_id: int) -> None:
        """Somebody came, went or was moved: an empty room is left after a while, unless somebody returns."""
        session = self._sessions.get(guild_id)
        if session is None:
            return
        if session.lingering and not session.link.present:
            session.dismissed.set()
        elif not session.ending and session.link.present and session.moved:
            self.changed(session)
        if session.link.listeners:
            if session.alone is not None:
                session.alone.cancel()
                session.alone = None
                session.wake()
        elif session.alone is None:
            session.alone = self._tasks.start(self._leave_empty_room(session), name="empty-room")

    def guild_lost(self, guild_id: int) -> None:
        """Hush is no longer in that guild: there is nobody to fade for."""
        if session := self._sessions.get(guild_id):
            session.silent.set()
            session.dismissed.set()

    async def close(self) -> None:
        """Fade everything to silence and leave, in under three seconds."""
        self._closing = True
        sessions = list(self._sessions.values())
        for session in sessions:
            session.stop()
        await _all_set([session.silent for session in sessions], _LAST_FADE_LIMIT_S)
        for session in sessions:
            session.stream.abandon()
            session.silent.set()
            session.dismissed.set()
        await _all_set([session.gone for session in sessions], _LAST_LEAVE_LIMIT_S)

    def _refuse_when_closing(self) -> None:
        if self._closing:
            raise Refusal("play.refused.closing")

    async def _inherit(self, room: Room) -> VoiceLink | None:
        """See out what is ending; return its link when that still sits in the room."""
        last = self._sessions.get(room.guild_id)
        if last is None:
            return None
        link = last.link
        last.handed_over = last.lingering and link.present and link.room.channel_id == room.channel_id
        last.dismissed.set()
        await last.gone.wait()
        return link if last.handed_over else None

    def _arm(self, session: Session) -> None:
        if session.timer is not None:
            session.timer.cancel()
        left_s = session.end.left_s(self._clock.now())
        if left_s is None:
            session.timer = None
        else:
            session.timer = self._tasks.start(self._expire(session, left_s + _LATE_S), name="timer")

    async def _expire(self, session: Session, after_s: float) -> None:
        """End by the clock: a stream counts what is sent, and that may have halted for a while."""
        await self._clock.sleep(after_s)
        if not session.ending:
            session.expire()
            self._fade_out(session)

    async def _leave_empty_room(self, session: Session) -> None:
        """Fall silent in an empty room, and leave it a while later; whoever returns cancels this."""
        began_s = self._clock.monotonic()
        await self._clock.sleep(ALONE_S)
        session.rest()
        settings = await self._settings.get(session.link.room.guild_id)
        leave_at_s = began_s + settings.empty_minutes * 60.0
        await self._clock.sleep(max(0.0, leave_at_s - self._clock.monotonic()))
        session.dismissed.set()
        if not session.ending:
            self.stop(session)

    def _fade_out(self, session: Session) -> None:
        self._give_up(session)
        self._tasks.start(_silent_at_last(session), name="fade-limit")

    def _give_up(self, session: Session) -> None:
        """Let the ledger and the display know that this is nobody's wish any more."""
        if not session.over and not self._closing:
            session.over = True
            guild_id = session.link.room.guild_id
            self._ledger.remove(guild_id)
            self._display.ended(guild_id, session.panel, session.link.fate, session.asked_by)

    async def _see_out(self, session: Session, guild_id: int) -> None:
        """Stay with a session until it is silent, then leave its channel and forget it."""
        await session.silent.wait()
        if session.timer is not None:
            session.timer.cancel()
        session.stream.abandon()
        self._give_up(session)
        if session.ran_out and not self._closing:
            await self._linger(session)
        if session.alone is not None:
            session.alone.cancel()
        try:
            if not session.handed_over:
                await session.link.leave()
        finally:
            del self._sessions[guild_id]
            session.gone.set()

    async def _linger(self, session: Session) -> None:
        """Stay in silence until the room is empty: leaving rings a bell for who just fell asleep."""
        settings = await self._settings.get(session.link.room.guild_id)
        if not settings.leave_at_end and session.link.present:
            session.lingering = True
            limit = self._tasks.start(self._dismiss_at_last(session), name="linger-limit")
            await session.dismissed.wait()
            limit.cancel()

    async def _dismiss_at_last(self, session: Session) -> None:
        await self._clock.sleep(LONGEST_LINGER_S)
        session.dismissed.set()


async def _silent_at_last(session: Session) -> None:
    """Do not wait for a fade that nobody can hear: a link may be cut off without being gone."""
    await _all_set([session.silent], _FADE_LIMIT_S)
    session.silent.set()


async def _all_set(events: list[asyncio.Event], limit_s: float) -> None:
    """Wait in real time: what is awaited is a machine's answer, not a moment in somebody's night."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(limit_s):
            await asyncio.gather(*(event.wait() for event in events))
