"""The line under a voice channel's name: what plays and when it will be silent, where a server wants that.

People's own words come first. Where some stand, nothing is written; where somebody writes over ours, or takes
ours away, the channel is theirs until the session is over; and if a write of ours overtakes theirs, theirs
is put back. Nobody's words are kept longer than that takes.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Final

import discord

from bot.content.texts import Texts
from bot.core.preferences import GuildSettings, GuildSettingsStore
from bot.core.tasks import Tasks
from bot.gateway.evening_words import wall_time
from bot.gateway.status_feed import StatusFeed
from bot.playback.model import Fate, NowPlaying, PanelPlace

_log = logging.getLogger(__name__)

SIGN: Final = "☾ "
"""What ours begin with, so that a process knows what an earlier one has left."""
ANSWER_S: Final = 3.0
"""How long Discord may take to tell what stands there; unasked, nothing is written."""


@dataclass(slots=True)
class _Board:
    """A channel that shows what plays in it."""

    channel_id: int
    standing: str | None = None
    """What stands there, as Discord told."""
    known: bool = False
    written: str | None = None
    yielded: bool = False
    """Somebody's own words stood there since the session began, or they took ours away."""
    clearing: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)


class ChannelStatuses:
    """Implements `bot.playback.ports.Display`. Off unless the server's settings say otherwise."""

    def __init__(
        self,
        client: discord.Client,
        settings: GuildSettingsStore,
        texts: Texts,
        zone: Callable[[str], tzinfo],
        tasks: Tasks,
    ) -> None:
        self._client = client
        self._settings = settings
        self._texts = texts
        self._zone = zone
        self._tasks = tasks
        self._feed = StatusFeed(client)
        self._feed.tell(self._heard, self._told)
        self._newest: dict[int, NowPlaying] = {}
        self._boards: dict[int, _Board] = {}
        self._asked: dict[int, asyncio.Future[Mapping[int, str]]] = {}
        self._due: set[int] = set()
        self._busy: set[int] = set()

    def changed(self, now: NowPlaying) -> None:
        """See `bot.playback.ports.Display`."""
        self._newest[now.guild_id] = now
        self.look(now.guild_id)

    def ended(
        self,
        guild_id: int,
        panel: PanelPlace | None,  # noqa: ARG002 - where a panel stood is another's
        fate: Fate | None = None,  # noqa: ARG002
        asked_by: int | None = None,  # noqa: ARG002
    ) -> None:
        """See `bot.playback.ports.Display`."""
        self._newest.pop(guild_id, None)
        self.look(guild_id)

    def look(self, guild_id: int) -> None:
        """See to a server's status: something changed there, or its settings did."""
        self._due.add(guild_id)
        if guild_id not in self._busy:
            self._busy.add(guild_id)
            self._tasks.start(self._see_to(guild_id), name="channel-status")

    # What Discord tells ----------------------------------------------------------------------------------

    def _heard(self, guild_id: int, channel_id: int, text: str | None) -> None:
        board = self._boards.get(guild_id)
        if board is None or board.channel_id != channel_id:
            return
        before, board.standing, board.known = board.standing, text, True
        board.news.set()
        overtaken = _is_theirs(before) and (_is_ours(text) or (text is None and board.clearing))
        if overtaken:
            self._tasks.start(self._write(board, before), name="channel-status-back")
        if overtaken or _is_theirs(text) or (text is None and _is_ours(before) and not board.clearing):
            board.yielded = True

    def _told(self, guild_id: int, standing: Mapping[int, str]) -> None:
        asked = self._asked.pop(guild_id, None)
        if asked is not None and not asked.done():
            asked.set_result(standing)

    # What is seen to, one thing at a time a server -------------------------------------------------------

    async def _see_to(self, guild_id: int) -> None:
        try:
            while guild_id in self._due:
                self._due.discard(guild_id)
                await self._show(guild_id)
        finally:
            self._busy.discard(guild_id)

    async def _show(self, guild_id: int) -> None:
        settings = await self._settings.get(guild_id)
        now = self._newest.get(guild_id) if settings.voice_status else None
        board = self._boards.get(guild_id)
        if board is not None and (now is None or board.channel_id != now.channel_id):
            await self._clear(board)
            self._boards.pop(guild_id, None)
            board = None
        elif board is None and now is None and settings.voice_status:
            await self._take_away_what_was_left(guild_id)
        if now is None or self._writable(now.channel_id) is None:
            return
        if board is None:
            board = self._boards[guild_id] = _Board(now.channel_id)
        if not board.known:
            await self._learn(guild_id, board)
        text = self._text(now, settings)
        if board.known and not board.yielded and board.written != text:
            await self._write(board, text)

    async def _learn(self, guild_id: int, board: _Board) -> None:
        standing = await self._ask(guild_id)
        if standing is not None:
            board.known, board.standing = True, standing.get(board.channel_id)
            board.yielded |= _is_theirs(board.standing)

    async def _ask(self, guild_id: int) -> Mapping[int, str] | None:
        """Return what stands on a server's channels; None when Discord does not say."""
        asked = self._asked[guild_id] = asyncio.get_running_loop().create_future()
        try:
            await self._feed.ask(guild_id)
            async with asyncio.timeout(ANSWER_S):
                standing: Mapping[int, str] = await asked
                return standing
        except (TimeoutError, OSError, AttributeError, discord.DiscordException) as error:
            _log.info("voice channel statuses are not known: %s", type(error).__name__)
            return None
        finally:
            self._asked.pop(guild_id, None)

    async def _clear(self, board: _Board) -> None:
        """Take ours away; what somebody wrote in the very moment is put back."""
        if board.yielded or board.written is None:
            return
        board.clearing = True
        board.news.clear()
        if await self._write(board, None):
            try:
                async with asyncio.timeout(ANSWER_S):
                    while board.standing is not None:
                        await board.news.wait()
                        board.news.clear()
            except TimeoutError:
                _log.debug("Discord has not told that a status is gone")

    async def _take_away_what_was_left(self, guild_id: int) -> None:
        """Clear what an earlier process wrote for a session that did not come back."""
        for channel_id, text in (await self._ask(guild_id) or {}).items():
            if _is_ours(text):
                await self._write(_Board(channel_id), None)

    async def _write(self, board: _Board, text: str | None) -> bool:
        channel = self._writable(board.channel_id)
        if channel is None:
            return False
        board.written = text
        try:
            await channel.edit(status=text)
        except (discord.HTTPException, discord.RateLimited) as error:
            _log.warning("a channel's status could not be written: %s", type(error).__name__)
            board.written = None
            return False
        return True

    def _writable(self, channel_id: int) -> discord.VoiceChannel | None:
        """Return the channel if it can carry a status and lets us write one."""
        channel = self._client.get_channel(channel_id)
        if not isinstance(channel, discord.VoiceChannel):
            return None
        return channel if channel.permissions_for(channel.guild.me).set_voice_channel_status else None

    def _text(self, now: NowPlaying, settings: GuildSettings) -> str:
        guild = self._client.get_guild(now.guild_id)
        locale = settings.language or (guild.preferred_locale.value if guild is not None else "en-US")
        if now.paused:
            said = self._texts.get("status.line.paused", locale, sound=now.title)
        elif now.ends_at is None:
            said = now.title
        else:
            zone = settings.timezone
            at = now.ends_at.astimezone(UTC if zone is None else self._zone(zone))
            key = "status.line.until_utc" if zone is None else "status.line.until"
            said = self._texts.get(key, locale, sound=now.title, time=wall_time(at.time(), locale))
        return SIGN + said


def _is_ours(text: str | None) -> bool:
    return text is not None and text.startswith(SIGN)


def _is_theirs(text: str | None) -> bool:
    return text is not None and not text.startswith(SIGN)
