"""One guild's listening: a stream, the link it is heard over, and how the two end together."""

import asyncio
from datetime import datetime

from bot.audio.mix import Plan
from bot.audio.stream import Stream
from bot.playback.model import Length, NowPlaying
from bot.playback.ports import VoiceLink


class Session:
    """What sounds in a guild, from the first packet until Hush has left.

    Lives on the event loop. It is *ending* once it was told to stop, *silent* once the last packet was taken
    (or the connection is gone), *gone* once the channel is left.
    """

    def __init__(self, stream: Stream, link: VoiceLink, title: str, length: Length, at: datetime) -> None:
        self.stream = stream
        self.link = link
        self._title = title
        self._length = length
        self._ends_at = length.after(at)
        self.silent = asyncio.Event()
        self.gone = asyncio.Event()
        self.alone: asyncio.Task[None] | None = None
        """Runs while nobody listens."""
        self._stopped = False

    def begin(self) -> None:
        self.link.play(self.stream.read, self.silent.set)

    def change(self, plan: Plan, title: str, length: Length, at: datetime) -> None:
        """Crossfade to another plan with an end of its own; the same mix just goes on."""
        if plan.mix != self.stream.plan.mix:
            self.stream.change(plan)
        self.stream.set_end(length.total_s, length.tail_s)
        self.stream.resume()
        self._title, self._length, self._ends_at = title, length, length.after(at)

    def stop(self) -> None:
        self._stopped = True
        self.stream.stop()

    @property
    def ending(self) -> bool:
        return self._stopped or self.silent.is_set()

    def now(self, at: datetime) -> NowPlaying:
        ends_at = self._ends_at
        return NowPlaying(
            room=self.link.room,
            title=self._title,
            volume=self.stream.volume,
            paused=self.stream.paused,
            audible=self.link.audible,
            tail=self._length.tail,
            ends_at=ends_at,
            remaining_s=None if ends_at is None else max(0.0, (ends_at - at).total_seconds()),
        )
