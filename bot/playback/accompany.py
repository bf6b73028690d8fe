"""Guides' part in what sounds: bells and breaths over a room's mix, and sound that begins with a guide."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from bot.audio.guidance import prepare
from bot.audio.score import Score, shifted
from bot.core.clock import Clock
from bot.core.errors import Refusal
from bot.playback.model import Room, Seat, Wish
from bot.playback.ports import VoiceLinks
from bot.playback.service import Playback
from bot.playback.session import End, Session
from bot.playback.sessions import Sessions

AFTER: Final = timedelta(minutes=2)
"""How long the sound stays when a guide is over, growing softer all the while."""
_AHEAD_S: Final = 0.2
"""A stream is rendered so far ahead: what is to begin now must begin a little later."""


def _nothing() -> None:
    pass


class Accompanist:
    """Lets guides sound; at most one in a room at a time."""

    def __init__(self, playback: Playback, sessions: Sessions, links: VoiceLinks, clock: Clock) -> None:
        self._playback = playback
        self._sessions = sessions
        self._links = links
        self._clock = clock
        self._led: dict[int, Accompaniment] = {}
        """Who leads, by server."""
        sessions.tell_who_leads(self._sounds_again)

    async def join(self, room: Room, sound: str, length: timedelta, *, by: Seat) -> "Accompaniment":
        """Join what plays in the room, or begin to play there, for as long as the guide lasts and a little.

        Raises Refusal when this person may not change what plays, or another guide leads there.
        """
        if room.guild_id in self._led:
            raise Refusal("guide.refused.taken")
        await asyncio.to_thread(prepare)  # not in the middle of somebody's night
        began = self._playback.now_playing(room.guild_id) is None
        if began:
            minutes = int((length + AFTER) / timedelta(minutes=1)) + 1
            await self._playback.play(room, Wish(sound, minutes=minutes), by=by)
        else:
            await self._playback.authorise(by)
        accompaniment = Accompaniment(self, room.guild_id, room.channel_id, began=began)
        self._led[room.guild_id] = accompaniment
        accompaniment.last_until(length)
        return accompaniment

    def rejoin(self, guild_id: int, channel_id: int, *, began: bool) -> "Accompaniment":
        """Return the part of a guide of an earlier process; what sounds came back by itself."""
        self._led[guild_id] = Accompaniment(self, guild_id, channel_id, began=began)
        return self._led[guild_id]

    def deserted(self, guild_id: int, channel_id: int) -> bool:
        """Whether nobody is in the channel; one that Discord does not tell about just now is not."""
        room = self._links.find(guild_id, channel_id)
        if room is None:
            return self._links.reachable(guild_id)
        return not self._links.listeners_in(room)

    async def patience_s(self, guild_id: int) -> float:
        return await self._playback.empty_room_patience_s(guild_id)

    def session_of(self, guild_id: int) -> Session | None:
        return self._sessions.playing(guild_id)

    def changed(self, session: Session, end: End | None = None) -> None:
        """Let what was changed be written down and shown."""
        if end is not None:
            self._sessions.set_end(session, end)
        self._sessions.changed(session)

    def end_in(self, length: timedelta) -> End:
        return End(self._clock.now() + length + AFTER, AFTER)

    def let_go(self, guild_id: int, session: Session | None) -> None:
        """Know that no guide leads there any more; a session given is faded out."""
        self._led.pop(guild_id, None)
        if session is not None:
            self._sessions.stop(session)

    def _sounds_again(self, guild_id: int) -> None:
        if guild_id in self._led:
            self._led[guild_id].sounds_again()


class Accompaniment:
    """One guide's part. It holds no session: what plays may have been stopped, or come back, meanwhile."""

    def __init__(self, accompanist: Accompanist, guild_id: int, channel_id: int, *, began: bool) -> None:
        self.guild_id = guild_id
        self.channel_id = channel_id
        self.began = began
        self.sounds_again: Callable[[], None] = _nothing
        self._accompanist = accompanist
        self._heard_last: Session | None = None
        """What played in its channel when that was asked last: should it move, the guide goes with it."""

    @property
    def title(self) -> str | None:
        """The name of what plays; None while nothing does."""
        session = self._session
        return None if session is None else session.title

    @property
    def deserted(self) -> bool:
        return self._accompanist.deserted(self.guild_id, self.channel_id)

    async def patience_s(self) -> float:
        return await self._accompanist.patience_s(self.guild_id)

    def moves_along(self) -> bool:
        """Follow what plays to the channel a moderator moved it to; return whether that was so."""
        session = self._accompanist.session_of(self.guild_id)
        if session is None or session is not self._heard_last:
            return False
        before, self.channel_id = self.channel_id, session.link.room.channel_id
        return before != self.channel_id

    def tell(self, sounds_again: Callable[[], None]) -> None:
        self.sounds_again = sounds_again

    def last_until(self, length: timedelta) -> None:
        """See to it that the sound does not end before the guide does."""
        session, end = self._session, self._accompanist.end_in(length)
        if session is not None and end.at is not None:
            too_short = session.end.at is not None and session.end.at < end.at
            if self.began or too_short:
                self._accompanist.changed(session, end)

    def follow(self, score: Score) -> None:
        """Sound this from now on (its seconds count from now), in place of what was to come."""
        session = self._session
        if session is not None:
            session.set_score(shifted(score, session.stream.position_s + _AHEAD_S))
            self._accompanist.changed(session)

    def end(self, *, early: bool) -> None:
        """Let the guide's part go; `early` also fades out what began with it."""
        session = self._session
        if early:
            self.follow(())
        self._accompanist.let_go(self.guild_id, session if early and self.began else None)

    @property
    def _session(self) -> Session | None:
        session = self._accompanist.session_of(self.guild_id)
        if session is None or session.link.room.channel_id != self.channel_id:
            return None
        self._heard_last = session
        return session
