"""A stay in one server's voice, kept alive: whatever ends the call, the line finds its way back.

What Discord's closings mean, and what is done: 1006, 4015 and other breaks are resumed, sound going on
meanwhile, so nobody hears a leave and a join. A session that is gone (4006, 4009, 1000) is made anew. 4014
and 4022 wait for the gateway's word: moved, sent away, or another server. 4021 and 4017 wait longer.
"""

import asyncio
import contextlib
import itertools
import logging
import random
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any, Final

import discord

from bot.core.clock import Clock
from bot.core.tasks import Tasks
from bot.gateway.rooms import VocalChannel
from bot.gateway.voice.call import BROKEN, LOST, Call, CallClosedError, Ticket
from bot.gateway.voice.pacer import Pacer
from bot.playback.model import Fate, Trouble

_log = logging.getLogger(__name__)

SENT_AWAY: Final = frozenset({4014, 4022})
RATE_LIMITED: Final = 4021
DAVE_REQUIRED: Final = 4017
PATIENT: Final = frozenset({RATE_LIMITED, DAVE_REQUIRED})
NOT_RESUMABLE: Final = frozenset({1000, 4006, 4009}) | SENT_AWAY | PATIENT
RATE_LIMITED_S: Final = 30.0
WORD_S: Final = 5.0
"""How long the gateway may take to say why a voice server let us go."""
ANEW_S: Final = 1.0
"""How long Discord may take to answer a repeated op 4; then we leave and join."""
SEATED_S: Final = 5.0
LONGEST_PAUSE_S: Final = 60.0
_PAIR_S: Final = 0.05
"""How far apart the gateway's two halves of a ticket may come."""
_OUTAGE_S: Final = 0.3
"""A longer hole in the conversation was heard: sound comes back with a fade."""
_RESUME_PAUSES_S: Final = (0.0, 0.2, 0.5)


class Line(discord.VoiceProtocol):
    """discord.py makes one a server (`channel.connect(cls=...)`) and tells it what the gateway says.

    `changed` is called when the channel, `trouble` or `fate` did; `returned` before sound flows again after
    an outage. Both on the event loop.
    """

    channel: VocalChannel
    """Where it is: a moderator's move is followed."""

    def __init__(
        self,
        client: discord.Client,
        channel: VocalChannel,
        *,
        pacer: Pacer,
        clock: Clock,
        changed: Callable[[int], None],
    ) -> None:
        super().__init__(client, channel)
        self.lane = pacer.open()
        self.fate: Fate | None = None
        self.trouble: Trouble | None = None
        self.left = False
        self.n_rejoins = 0
        """Times we had to leave and join again."""
        self.returned: Callable[[], None] | None = None
        self._clock = clock
        self._changed = changed
        self._tasks = Tasks()
        self._call: Call | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._session_id: str | None = None
        self._server: tuple[str, str] | None = None  # token and endpoint, as told last
        self._news = asyncio.Event()
        """Something was told, or a repair is wanted; the keeper looks."""
        self._unseated = asyncio.Event()
        self._leaving = False
        self._lost_at: float | None = None
        self._used: tuple[str, str] | None = None  # the server of the last call, made or tried
        self._mending = False
        self._dice = random.Random(channel.guild.id)  # noqa: S311 - so that hundreds do not knock at once

    # What discord.py calls -------------------------------------------------------------------------------

    async def on_voice_state_update(self, data: Mapping[str, Any], /) -> None:
        channel_id = data["channel_id"]
        if channel_id is None:
            self._unseated.set()
            if not self._leaving and self._session_id is not None:  # else an earlier stay's goodbye
                self._end()
            return
        self._unseated.clear()
        self._session_id = data["session_id"]
        channel = self._known_channel(int(channel_id))
        if isinstance(channel, VocalChannel) and channel != self.channel:
            self.channel = channel
            if self._call is not None:
                self._call.move(channel.id)
            self._changed(channel.guild.id)
        self._news.set()

    async def on_voice_server_update(self, data: Mapping[str, Any], /) -> None:
        token, endpoint = data.get("token"), data.get("endpoint")
        # Without an endpoint the server is gone and another will be named; until then nothing is better.
        self._server = (token, endpoint.removeprefix("wss://")) if token and endpoint else None
        self._news.set()

    async def connect(
        self,
        *,
        timeout: float,  # noqa: ASYNC109
        reconnect: bool,  # noqa: ARG002
        self_deaf: bool = False,  # noqa: ARG002
        self_mute: bool = False,  # noqa: ARG002
    ) -> None:
        """Join and find the way for sound; TimeoutError when that does not succeed in time.

        Called again for a line that is there already, it only tells Discord where we sit.
        """
        if self._keeper is not None:
            await self._ask_for(self.channel)
            return
        try:
            async with asyncio.timeout(timeout):
                await self._ask_for(self.channel)
                await self._until_told()
                await self._first_call()
        except BaseException:
            await self.disconnect(force=True)
            raise
        self._keeper = self._tasks.start(self._keep(), name="voice-keeper")

    async def disconnect(self, *, force: bool = False) -> None:  # noqa: ARG002
        """Leave the channel and release everything; again does nothing."""
        if self.left:
            return
        self.left = self._leaving = True
        self.lane.close()
        if self._keeper is not None:
            self._keeper.cancel()
        if self.fate is None:
            await self._ask_for(None)
        if self._call is not None:
            await self._call.close()
        if self.fate is None:  # else Discord has told so already
            await _within(self._unseated, ANEW_S)
        await self._tasks.close()
        self.cleanup()

    # What links ask --------------------------------------------------------------------------------------

    @property
    def live(self) -> bool:
        return not self.left and self.fate is None

    @property
    def end_to_end(self) -> bool:
        """Whether frames go out sealed for the channel's members."""
        return self._call is not None and self._call.end_to_end.sealing

    def announce(self) -> None:
        """Tell Discord again where we sit: a new gateway session does not know. Nobody hears it."""
        if self.live:
            self._tasks.start(self._announce(), name="voice-announce")

    async def _announce(self) -> None:
        channel = self._known_channel(self.channel.id)
        if isinstance(channel, VocalChannel):
            self.channel = channel
        if self.channel.guild.voice_client is self:
            await self._ask_for(self.channel)
        else:  # discord.py has forgotten its voice protocols; this is how one is made known to it
            await self.channel.connect(cls=lambda _client, _channel: self)

    def repair(self) -> None:
        """Make a new call whatever the present one looks like: nothing gets out through it."""
        if not self._mending:
            self._used = None
            self._news.set()

    # Keeping ---------------------------------------------------------------------------------------------

    async def _keep(self) -> None:
        call, listening = self._call, None
        news = self._tasks.start(self._news.wait(), name="voice-news")
        while self.live and call is not None:
            if listening is None:
                listening = self._tasks.start(call.listen(), name="voice-listener")
            await asyncio.wait({listening, news}, return_when=asyncio.FIRST_COMPLETED)
            if news.done():
                self._news.clear()
                news = self._tasks.start(self._news.wait(), name="voice-news")
            if listening.done():
                await self._lost(listening.result())
                listening = None
            elif self._invited_elsewhere():
                await asyncio.sleep(_PAIR_S)
                await self._mend(None)
                listening.cancel()
                listening = None
            call = self._call

    async def _lost(self, code: int) -> None:
        _log.info("a voice server closed a call with %d", code)
        self._lost_at = self._clock.monotonic()
        await self._mend(code)

    def _invited_elsewhere(self) -> bool:
        """Whether Discord named a voice server that we are not with, nor have tried."""
        return self._ticket() is not None and self._server != self._used

    def _ticket(self) -> Ticket | None:
        """Return what we were told last, once all of it was."""
        me = self.client.user
        if self._session_id is None or self._server is None or me is None:
            return None
        token, endpoint = self._server
        guild_id = self.channel.guild.id
        return Ticket(guild_id, self.channel.id, me.id, self._session_id, token, endpoint)

    async def _mend(self, code: int | None) -> None:
        """Come back after a call ended with `code`, or change calls when None; or be gone."""
        self._mending = True
        try:
            await self._mend_somehow(code)
        finally:
            self._mending = False

    async def _mend_somehow(self, code: int | None) -> None:
        if code in SENT_AWAY:
            await self._word()
        elif code is not None and code not in NOT_RESUMABLE and await self._resumed():
            return
        for n in itertools.count():
            await self._rest(code, n)
            if not self.live:
                return
            try:
                await self._change_call(anew=not self._invited_elsewhere(), leave_first=n > 0)
            except CallClosedError as closed:
                code = closed.code
            except LOST:
                code = BROKEN
            else:
                return

    async def _rest(self, code: int | None, n: int) -> None:
        """Wait before try `n`: a rate limit is kept, failures come less and less often."""
        if n or code in PATIENT:
            self._set_trouble(Trouble.RATE_LIMITED if code == RATE_LIMITED else Trouble.CONNECTION)
        if code in PATIENT:
            await self._clock.sleep(RATE_LIMITED_S * min(2**n, 8))
        elif n >= 2:
            longest_s = min(LONGEST_PAUSE_S, 2.0 ** (n - 2))
            await self._clock.sleep(longest_s * self._dice.uniform(0.5, 1.0))

    async def _resumed(self) -> bool:
        """Take the session up again where it is; False when it is no more, or nobody answers."""
        for pause_s in _RESUME_PAUSES_S:
            await asyncio.sleep(pause_s)
            if self._call is None or not self.live or self._invited_elsewhere():
                return False
            try:
                await self._call.resume()
            except CallClosedError as closed:
                if closed.code != BROKEN:
                    return False
            except LOST:
                continue
            else:
                self._set_trouble(None)
                return True
        return False

    async def _word(self) -> None:
        """Wait until the gateway says why we were let go: to another place, or away."""
        async with _at_most(WORD_S):
            while self.live and not self._invited_elsewhere():
                await self._next_news()

    async def _first_call(self) -> None:
        """Connect; a session refused at the door is asked for once more while there is time."""
        try:
            await self._change_call(anew=False, leave_first=False)
        except LOST:
            await self._change_call(anew=True, leave_first=True)

    async def _change_call(self, *, anew: bool, leave_first: bool) -> None:
        """Connect by what we were told, asking anew if need be; the old call sounds until the new one can."""
        if anew:
            await self._ask_anew(leave_first=leave_first)
        ticket, server = self._ticket(), self._server
        if ticket is None:
            raise TimeoutError("not told where")
        call = Call(ticket, self._open_websocket)
        try:
            await call.connect()
        except BaseException:
            self._used = server  # the same would fare no better
            await call.close()
            raise
        old, self._call, self._used = self._call, call, server
        if ticket.channel_id != self.channel.id:  # moved while we connected
            call.move(self.channel.id)
        self._let_sound_through(call)
        if old is not None:
            await old.close()

    def _let_sound_through(self, call: Call) -> None:
        lost_at, self._lost_at = self._lost_at, None
        unsent = self.lane.unsent_since_s is not None
        if self.returned is not None and (
            unsent or (lost_at is not None and self._clock.monotonic() - lost_at > _OUTAGE_S)
        ):
            self.returned()
        self.lane.transport = call.transport
        self._set_trouble(None)

    async def _ask_anew(self, *, leave_first: bool) -> None:
        """Be told a place again: by asking, which nobody hears, else by leaving and joining."""
        self._server = None
        if not leave_first:
            await self._ask_for(self.channel)
            if await self._told_within(ANEW_S):
                return
        self._leaving = True
        try:
            self.n_rejoins += 1
            self._unseated.clear()
            await self._ask_for(None)
            await _within(self._unseated, ANEW_S)
            self._session_id = self._server = None
            await self._ask_for(self.channel)
            await self._told_within(SEATED_S)
        finally:
            self._leaving = False

    async def _next_news(self) -> None:
        self._news.clear()
        await self._news.wait()

    async def _told_within(self, seconds: float) -> bool:
        async with _at_most(seconds):
            await self._until_told()
            await asyncio.sleep(_PAIR_S)
        return self._ticket() is not None

    async def _until_told(self) -> None:
        while self._ticket() is None:
            await self._next_news()

    async def _ask_for(self, channel: VocalChannel | None) -> None:
        """Send op 4. A gateway that is away just now takes nothing; whoever asks asks again."""
        try:
            await self.channel.guild.change_voice_state(channel=channel, self_deaf=channel is not None)
        except (OSError, AttributeError, discord.DiscordException) as error:
            _log.warning("Discord's gateway took no voice state: %s", type(error).__name__)

    async def _open_websocket(self, url: str) -> Any:
        return await self.client.http.ws_connect(url)

    def _set_trouble(self, trouble: Trouble | None) -> None:
        if trouble is not self.trouble:
            self.trouble = trouble
            self._changed(self.channel.guild.id)

    def _known_channel(self, channel_id: int) -> discord.abc.GuildChannel | None:
        """Look the channel up anew: after a gateway's READY the cache holds other objects."""
        guild = self.client.get_guild(self.channel.guild.id)
        return None if guild is None else guild.get_channel(channel_id)

    def _end(self) -> None:
        """Discord shows us in no channel, and it was not our wish."""
        deleted = self._known_channel(self.channel.id) is None
        self.fate = Fate.CHANNEL_DELETED if deleted else Fate.SENT_AWAY
        self.lane.close()
        self._news.set()
        self._tasks.start(self._put_away(), name="voice-put-away")

    async def _put_away(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
        if self._call is not None:
            await self._call.close()
        self.cleanup()
        self._changed(self.channel.guild.id)


@contextlib.asynccontextmanager
async def _at_most(seconds: float) -> AsyncGenerator[None]:
    """Give up quietly after so long."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            yield


async def _within(event: asyncio.Event, seconds: float) -> None:
    async with _at_most(seconds):
        await event.wait()
