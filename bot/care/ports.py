"""What self-care needs from the outside world."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from bot.audio.score import Score
from bot.care.guide import Face, GuideRecord, ReplyKey
from bot.care.model import Outcome

KEPT: Final = timedelta(days=90)
"""How long it is remembered what was good for somebody."""


class Stage(Protocol):
    """The one message a guide is shown in."""

    @property
    def message_id(self) -> int: ...

    @property
    def reply(self) -> ReplyKey | None:
        """What it takes to edit it now, where it is an answer to an interaction; None for one of our own."""
        ...

    async def show(self, face: Face) -> bool:
        """Show this; False when the message is gone for good, True also when Discord is only slow."""
        ...


class Stages(Protocol):
    """Finds the messages of an earlier process."""

    def at(self, record: GuideRecord) -> Stage: ...


class Accompaniment(Protocol):
    """What sounds along in one voice channel."""

    @property
    def guild_id(self) -> int: ...

    @property
    def channel_id(self) -> int: ...

    @property
    def title(self) -> str | None:
        """The sound's name; None while nothing plays."""
        ...

    @property
    def began(self) -> bool:
        """True when the sound began with the guide, and ends with it."""
        ...

    @property
    def deserted(self) -> bool:
        """Whether nobody is in the channel any more."""
        ...

    async def patience_s(self) -> float:
        """Return how long sound waits in an empty channel before it ends."""
        ...

    def moves_along(self) -> bool:
        """Follow what plays to the channel a moderator moved it to; return whether that was so."""
        ...

    def tell(self, sounds_again: Callable[[], None]) -> None:
        """Let the guide know when sound begins there, or goes on after it was held: it is late by then."""
        ...

    def last_until(self, length: timedelta) -> None:
        """See to it that the sound does not end before the guide does."""
        ...

    def follow(self, score: Score) -> None:
        """Sound this from now on (its seconds count from now), in place of what was to come."""
        ...

    def end(self, *, early: bool) -> None:
        """Let the guide's part go; `early` also fades out what began with it."""
        ...


class Accompanist(Protocol):
    """Finds the sound of a guide of an earlier process."""

    def rejoin(self, guild_id: int, channel_id: int, *, began: bool) -> Accompaniment: ...


class GuideStore(Protocol):
    """Remembers guides that outlive the process. Raises StoreError when the database does not answer."""

    async def put(self, record: GuideRecord) -> None: ...

    async def remove(self, message_id: int) -> None: ...

    async def all(self) -> Sequence[GuideRecord]: ...


class CareStore(Protocol):
    """Remembers what was good for whom. Raises StoreError when the database does not answer."""

    async def refuse(self, user_id: int, pairing_id: str, at: datetime) -> None:
        """Remember that this pairing is not for them."""
        ...

    async def refused(self, user_id: int) -> frozenset[str]: ...

    async def record(self, user_id: int, outcome: Outcome) -> None:
        """Remember how it went; what is older than `KEPT` is forgotten along the way."""
        ...

    async def outcomes(self, user_id: int) -> Sequence[Outcome]:
        """Return what is remembered, the oldest first."""
        ...


class Blocks(Protocol):
    """What is never played while somebody listens."""

    async def blocked(self, user_id: int) -> frozenset[str]:
        """Return the sounds this person never wants to hear."""
        ...
