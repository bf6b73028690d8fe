"""What should sound where, as it outlives the process."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.audio.mix import Plan
from bot.audio.opus import SAMPLE_RATE
from bot.playback.model import PanelPlace


@dataclass(frozen=True, slots=True)
class DesiredSession:
    """What one server should hear. Refuses naive instants and levels outside the scale."""

    guild_id: int
    channel_id: int
    plan: Plan
    volume_percent: int
    """100 is the house level, 0 is mute."""
    started_at: datetime
    """When its night began, pauses taken out: unpaused, it has come as far as the time since then."""
    ends_at: datetime | None
    """When it will be silent; None plays until the channel is empty."""
    tail_s: float
    """The last stretch before `ends_at`, over which it grows softer."""
    paused: bool = False
    asked_by: int | None = None
    """The person whose wish this is; None when nobody's, or nobody's any more."""
    panel_channel_id: int | None = None
    panel_message_id: int | None = None
    position_frames: int = 0
    """Frames of the plan (48 kHz) that had sounded when this was put; a paused one goes on from there."""

    def __post_init__(self) -> None:
        if not 0 <= self.volume_percent <= 100:
            raise ValueError(f"volume_percent must be within 0..100, not {self.volume_percent}")
        if not 0.0 <= self.tail_s < math.inf:
            raise ValueError(f"tail_s must be 0 or more, not {self.tail_s}")
        if self.position_frames < 0:
            raise ValueError(f"position_frames must be 0 or more, not {self.position_frames}")
        for name, instant in (("started_at", self.started_at), ("ends_at", self.ends_at)):
            if instant is not None and instant.utcoffset() is None:
                raise ValueError(f"{name} must be aware, not {instant.isoformat()}")

    def position_s(self, at: datetime) -> float:
        """Return how far into its night it is by the clock, whatever happened meanwhile."""
        if self.paused:
            return self.position_frames / SAMPLE_RATE
        return max(0.0, (at - self.started_at).total_seconds())

    @property
    def panel(self) -> PanelPlace | None:
        if self.panel_channel_id is None or self.panel_message_id is None:
            return None
        return PanelPlace(self.panel_channel_id, self.panel_message_id)


class SessionStore(Protocol):
    """Remembers desired sessions, one a server, so that they survive any end of the process.

    When a method returns, what it did survives a kill. When it is cancelled, it has happened wholly or not
    at all. Every method raises StoreError when the database does not answer.
    """

    async def put(self, session: DesiredSession) -> None:
        """Remember this as what its server should hear, in place of anything before."""
        ...

    async def get(self, guild_id: int) -> DesiredSession | None:
        """Return what the server should hear, None for silence."""
        ...

    async def remove(self, guild_id: int) -> None:
        """Forget the server's session; nothing happens when there is none."""
        ...

    async def all(self) -> Sequence[DesiredSession]:
        """Return every session as of one instant, by server.

        One that can no longer be read stays where it is, is logged and left out: it must not keep the
        others silent.
        """
        ...
