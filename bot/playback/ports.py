"""What playback needs from the outside world: ways into voice channels, and a place to be seen."""

from collections.abc import Callable
from typing import Protocol

from bot.playback.model import Fate, NowPlaying, PanelPlace, Room, Trouble

PacketSource = Callable[[], bytes]
"""Gives the next 20 ms Opus packet and never waits; b"" means nothing more will come."""


class VoiceLink(Protocol):
    """A stay in one voice channel.

    A link lives until `leave` is called or the connection is gone for good. Being moved to another channel
    by a moderator does not end it: `room` then tells the new channel.
    """

    @property
    def room(self) -> Room:
        """Where it is now; once it is gone, where it was last."""
        ...

    @property
    def listeners(self) -> int:
        """People in that channel. Bots do not count, deafened people do."""
        ...

    @property
    def audible(self) -> bool:
        """False while a stage keeps it in the audience."""
        ...

    @property
    def present(self) -> bool:
        """False once Discord shows us in no channel of that server."""
        ...

    @property
    def trouble(self) -> Trouble | None:
        """Why nothing can be heard just now; None when all is well. It mends itself in time."""
        ...

    @property
    def fate(self) -> Fate | None:
        """Why the connection is gone for good; None while it is not, and when we left ourselves."""
        ...

    def play(self, packets: PacketSource, ended: Callable[[], None], returned: Callable[[], None]) -> None:
        """Pull a packet every 20 ms and send it, on any thread; pulled even while there is no way out.

        `ended` is called exactly once, on the event loop: when `packets` gave b"", or when the connection is
        gone for good (sent away, channel deleted). May be called again after that, while `present`.
        `returned` is called before sound flows again after a time when nobody could hear it.
        """
        ...

    async def leave(self) -> None:
        """Leave the channel; safe to call when it is gone already. Never raises."""
        ...


class VoiceLinks(Protocol):
    """The ability to join voice channels; at most one stay a guild."""

    def tell(self, changed: Callable[[int], None]) -> None:
        """Let somebody know from now on when a link of a guild has moved, is in trouble, or is gone."""
        ...

    @property
    def has_room(self) -> bool:
        """Whether what leaves this machine would leave in time with one more link."""
        ...

    def reachable(self, guild_id: int) -> bool:
        """Return whether Discord tells about the server; not while it is having an outage there."""
        ...

    def find(self, guild_id: int, channel_id: int) -> Room | None:
        """Return a voice or stage channel of a reachable server; None when there is no such (any more)."""
        ...

    def listeners_in(self, room: Room) -> int:
        """Return how many people are in a channel, whether we are or not."""
        ...

    def who_listens(self, room: Room) -> frozenset[int]:
        """Return the ids of the people in a channel."""
        ...

    async def join(self, room: Room) -> VoiceLink:
        """Join the channel, able to send.

        Raises Refusal with the sentence for the person who asked, when the channel is not there or Discord
        does not let us in within ten seconds; nothing is left behind then.
        """
        ...


class Display(Protocol):
    """Where people see what plays. Called on the event loop; never waits, never raises."""

    def changed(self, now: NowPlaying) -> None:
        """Show this from now on."""
        ...

    def ended(
        self, guild_id: int, panel: PanelPlace | None, fate: Fate | None = None, asked_by: int | None = None
    ) -> None:
        """Show that what played is over; `panel` is where it was shown.

        `fate` is why, when nobody asked Hush to; then the asker may be told.
        """
        ...
