"""One guild's listening: a stream, the link it is heard over, and how the two end together."""

import asyncio
import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.audio.arc import LAST_TENTH, Arc
from bot.audio.mix import Mix, Plan
from bot.audio.opus import SAMPLE_RATE
from bot.audio.score import Score
from bot.audio.stream import Stream
from bot.playback.desired import DesiredSession
from bot.playback.layers import audible
from bot.playback.model import NowPlaying, PanelPlace, Trouble
from bot.playback.naming import UNNAMED, Heading
from bot.playback.ports import VoiceLink

Describe = Callable[[Mix], Heading]


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class End:
    """When a session will be silent, None is when the channel is empty, and how long it fades before."""

    at: datetime | None
    tail: timedelta

    def left_s(self, at: datetime) -> float | None:
        return None if self.at is None else max(0.0, (self.at - at).total_seconds())


class Session:
    """What sounds in a guild, from the first packet until Hush has left.

    Lives on the event loop. It is *ending* once it was told to stop, *silent* once the last packet was taken
    (or the connection is gone), *lingering* while it sits in the channel after its timer, and *gone* once
    the channel is left or another session took the link over.
    """

    def __init__(
        self,
        stream: Stream,
        link: VoiceLink,
        plan: Plan,
        end: End,
        *,
        describe: Describe,
        blocked: frozenset[str] = frozenset(),
        paused: bool = False,
        asked_by: int | None = None,
        panel: PanelPlace | None = None,
        unnamed: bool = False,
    ) -> None:
        """`stream` plays the plan without what is blocked. Of what is `unnamed` nobody is told the name."""
        self.stream = stream
        self.link = link
        self.plan = plan
        """What was wished; what is blocked by somebody who listens is left out of what sounds."""
        self.paused = paused
        """True while somebody wishes it to be."""
        self.end = end
        self.asked_by = asked_by
        self.panel = panel
        self.unnamed = unnamed
        self._describe = describe
        self._blocked = blocked
        self.silent = asyncio.Event()
        self.dismissed = asyncio.Event()
        """Nobody needs it in the channel any more."""
        self.gone = asyncio.Event()
        self.over = False
        """True once it is nobody's wish any more, fade or not."""
        self.lingering = False
        self.handed_over = False
        """True once another session has the link."""
        self.alone: asyncio.Task[None] | None = None
        """Runs while nobody listens."""
        self.timer: asyncio.Task[None] | None = None
        """Ends it by the clock, should the stream not have."""
        self.sounds_again: Callable[[], None] = _nothing
        """Called when it goes on after it was held: its night is behind the clock from then on."""
        self._stopped = self._resting = self._expired = False
        self._told: tuple[int, bool, Trouble | None] | None = None

    def begin(self, at: datetime) -> None:
        self._set_stream_end(at)  # joining took a while
        self.stream.swell()  # and its night has gone on meanwhile, where others hear it
        self.link.play(self.stream.read, self.silent.set, self.stream.swell)

    def change(self, plan: Plan, position_s: float) -> None:
        """Crossfade to another plan, that far into its night; the same mix just goes on.

        A guide that leads goes on leading, in the night that it knows.
        """
        plan = dataclasses.replace(plan, score=self.plan.score)
        if plan.mix == self.plan.mix:
            plan = dataclasses.replace(self.plan, arc=plan.arc)
            self._set_plan(plan)
        else:
            self._set_plan(plan, None if plan.score else position_s)
        self.resume()

    def set_mix(self, mix: Mix) -> None:
        """Change layers while the night goes on."""
        self._set_plan(dataclasses.replace(self.plan, mix=mix))

    def set_score(self, score: Score) -> None:
        """Let a guide's bells and breaths sound over what plays."""
        self._set_plan(dataclasses.replace(self.plan, score=score))

    def set_arc(self, arc: Arc | None) -> None:
        """Let the night end along an arc, or not any more."""
        self._set_plan(dataclasses.replace(self.plan, arc=arc))

    def block(self, blocked: frozenset[str]) -> None:
        """Leave these sounds out from now on, whatever is wished; others may return."""
        if blocked != self._blocked:
            self._blocked = blocked
            self._set_plan(self.plan)

    def pause(self) -> None:
        self.paused = True
        self._sound_or_not()

    def resume(self) -> None:
        self.paused = False
        self._sound_or_not()

    @property
    def in_last_tenth(self) -> bool:
        """Whether an arc is nearly over, and still can be lengthened."""
        arc = self.plan.arc
        at = round(self.stream.position_s * SAMPLE_RATE)
        return arc is not None and not self.ending and arc.progress(at) >= LAST_TENTH

    @property
    def title(self) -> str:
        return self._heading.title

    @property
    def _heading(self) -> Heading:
        return UNNAMED if self.unnamed else self._describe(self.plan.mix)

    def _audible_plan(self) -> Plan | None:
        return audible(self.plan, self._blocked)

    def _set_plan(self, plan: Plan, position_s: float | None = None) -> None:
        self.plan = plan
        heard = self._audible_plan()
        if heard is not None and heard != self.stream.plan:
            self.stream.change(heard, position_s)
        self._sound_or_not()

    def _sound_or_not(self) -> None:
        """Hold the stream while somebody wishes it, nobody is there, or all of it is blocked."""
        wanted = not self.paused and not self._resting and self._audible_plan() is not None
        if wanted and self.stream.paused:
            self.stream.resume()
            self.sounds_again()
        elif not wanted and not self.stream.paused:
            self.stream.pause()

    def set_end(self, end: End, at: datetime) -> None:
        self.end = end
        self._set_stream_end(at)

    def stop(self) -> None:
        self._stopped = True
        self.stream.stop()

    def rest(self) -> None:
        """Fade to silence because nobody is there; it is nobody's pause."""
        if not self.ending:
            self._resting = True
            self._sound_or_not()

    def wake(self) -> None:
        """Swell back for who returned."""
        self._resting = False
        self._sound_or_not()

    def expire(self) -> None:
        """Stop because its time has come by the clock."""
        self._expired = True
        self.stream.stop()

    @property
    def ending(self) -> bool:
        return self._stopped or self._expired or self.silent.is_set()

    @property
    def ran_out(self) -> bool:
        """True when its timer ended it, nothing and nobody else."""
        return self._expired or (self.stream.ended and not self._stopped)

    def now(self, at: datetime) -> NowPlaying:
        heading = self._heading
        return NowPlaying(
            room=self.link.room,
            title=heading.title,
            family=heading.family,
            volume=self.stream.volume,
            paused=self.paused,
            audible=self.link.audible,
            tail=self.end.tail,
            ends_at=self.end.at,
            remaining_s=self.end.left_s(at),
            panel=self.panel,
            trouble=self.link.trouble,
            mix=self.plan.mix,
            arc=self.plan.arc is not None,
            unnamed=self.unnamed,
        )

    def told_of(self, now: NowPlaying) -> None:
        """Take note that this was told to whoever keeps or shows it."""
        self._told = now.channel_id, now.audible, now.trouble

    @property
    def moved(self) -> bool:
        """True when a moderator moved us, or let us speak, or we cannot be heard, and nobody was told."""
        return self._told != (self.link.room.channel_id, self.link.audible, self.link.trouble)

    def desired(self, at: datetime) -> DesiredSession:
        """Return this session as it outlives the process."""
        room = self.link.room
        position_s = self.stream.position_s
        return DesiredSession(
            guild_id=room.guild_id,
            channel_id=room.channel_id,
            plan=self.plan,
            volume_percent=self.stream.volume,
            started_at=at - timedelta(seconds=position_s),
            ends_at=self.end.at,
            tail_s=self.end.tail.total_seconds(),
            paused=self.paused,
            asked_by=self.asked_by,
            panel_channel_id=None if self.panel is None else self.panel.channel_id,
            panel_message_id=None if self.panel is None else self.panel.message_id,
            position_frames=round(position_s * SAMPLE_RATE),
        )

    def _set_stream_end(self, at: datetime) -> None:
        self.stream.set_end(self.end.left_s(at), self.end.tail.total_seconds())
