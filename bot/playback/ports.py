"""What playback needs from the outside world: a way into a voice channel."""

from collections.abc import Callable
from typing import Protocol

from bot.playback.model import Room

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

    def play(self, packets: PacketSource, ended: Callable[[], None]) -> None:
        """Pull and send a packet every 20 ms, on whatever thread suits.

        `ended` is called exactly once, on the event loop: when `packets` gave b"", or when the connection is
        gone for good (kicked, channel deleted). Called once a link.
        """
        ...

    async def leave(self) -> None:
        """Leave the channel; safe to call when it is gone already. Never raises."""
        ...


class VoiceLinks(Protocol):
    """The ability to join voice channels; at most one stay a guild."""

    async def join(self, room: Room) -> VoiceLink:
        """Join the channel, able to send.

        Raises Refusal with the sentence for the person who asked, when the channel is not there or Discord
        does not let us in within ten seconds; nothing is left behind then.
        """
        ...
