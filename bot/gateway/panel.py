"""One listening panel: a message that is edited in place, seldom, and never in vain."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Final

import discord
from discord import ui

from bot.core.clock import Clock
from bot.core.tasks import Tasks
from bot.gateway.faces import Face
from bot.playback.model import PanelPlace

_log = logging.getLogger(__name__)

EVERY_S: Final = 5.0
"""The least time between two edits that no press asked for."""
OLD_MESSAGE_S: Final = 3600.0
"""How long to leave a message alone once Discord finds it edited too often for its age."""
_SOON_S = 0.3
"""Leaves a press time to show what it changed itself."""
_FAILED_S = 60.0
_TRIES = 3
_ANSWER_LIMIT_S = 15.0
_EDITED_TOO_OFTEN = 30046

Draw = Callable[[Face], ui.LayoutView]


class Panel:
    """Ends up showing the face wanted last, whatever becomes of single edits.

    A press shows it at once, as its own answer. Otherwise edits are at least `EVERY_S` apart, through the
    bot's token, by the message's id. A message somebody deleted is posted once more; deleted again, it is
    not wanted. Lives on the event loop.
    """

    def __init__(
        self,
        channel: discord.PartialMessageable,
        place: PanelPlace,
        *,
        draw: Draw,
        moved: Callable[[PanelPlace], None],
        clock: Clock,
        tasks: Tasks,
        shown: Face | None = None,
    ) -> None:
        """`shown` is what the message shows, None when that is not known; `moved` hears of a new place."""
        self.place = place
        self.lost = False
        """True once it was deleted for good."""
        self._channel = channel
        self._draw = draw
        self._moved = moved
        self._clock = clock
        self._tasks = tasks
        self._shown = self._wanted = shown
        self._reposted = False
        self._tries = _TRIES
        self._next_s = clock.monotonic()  # when an edit is due at the earliest
        self._turn = asyncio.Lock()
        self._updating: asyncio.Task[None] | None = None

    def show(self, face: Face) -> None:
        """Want this shown, soon."""
        self._wanted = face
        self._tries = _TRIES
        if face != self._shown and not self.lost and (self._updating is None or self._updating.done()):
            self._updating = self._tasks.start(self._update(), name="panel")

    async def answer(self, interaction: discord.Interaction) -> None:
        """Show what is wanted now, as the answer to a press on this message."""
        if self._turn.locked():  # whoever has the turn shows this press too, or this one follows
            await interaction.response.defer()
        async with self._turn:
            face = self._wanted
            if face is None or (interaction.response.is_done() and face == self._shown):
                return
            try:
                await self._edit_through(interaction, self._draw(face))
            except discord.HTTPException as error:
                _log.warning("a press could not be shown: %s", type(error).__name__)
                self._shown = None
                self.show(face)
                if not interaction.response.is_done():
                    await interaction.response.defer()
            else:
                self._shown = face

    async def renew(self, face: Face) -> bool:
        """Show another session at once; False when Discord does not let this message be used any more."""
        async with self._turn:
            self._wanted, self._tries, self._reposted = face, _TRIES, False
            if self.lost or self._clock.monotonic() < self._next_s + EVERY_S - OLD_MESSAGE_S:
                return False
            try:
                await self._message.edit(view=self._draw(face))
            except (discord.HTTPException, discord.RateLimited):
                return False
            self._edited(face)
            return True

    async def delete(self) -> None:
        """Take the message away; fine when it is gone already."""
        self.lost = True
        with contextlib.suppress(discord.HTTPException, discord.RateLimited):
            await self._message.delete()

    @property
    def _message(self) -> discord.PartialMessage:
        return self._channel.get_partial_message(self.place.message_id)

    async def _edit_through(self, interaction: discord.Interaction, view: ui.LayoutView) -> None:
        if interaction.response.is_done():
            await interaction.edit_original_response(view=view)
        else:
            await interaction.response.edit_message(view=view)

    async def _update(self) -> None:
        while self._wanted != self._shown and self._tries and not self.lost:
            await self._clock.sleep(max(_SOON_S, self._next_s - self._clock.monotonic()))
            async with self._turn:
                if self._wanted is not None and self._wanted != self._shown and not self.lost:
                    await self._edit(self._wanted)

    async def _edit(self, face: Face) -> None:
        try:
            async with asyncio.timeout(_ANSWER_LIMIT_S):
                await self._message.edit(view=self._draw(face))
        except discord.NotFound:
            await self._repost(face)
        except discord.RateLimited as error:
            self._wait(error.retry_after)
        except discord.HTTPException as error:
            if error.code == _EDITED_TOO_OFTEN:
                self._wait(OLD_MESSAGE_S)
            else:
                self._failed(error)
        except TimeoutError as error:
            self._failed(error)
        else:
            self._edited(face)

    async def _repost(self, face: Face) -> None:
        if self._reposted:
            self.lost = True
            return
        self._reposted = True
        try:
            message = await self._channel.send(view=self._draw(face), silent=True)
        except discord.HTTPException as error:  # also when the whole channel is gone
            _log.warning("a deleted panel could not be posted again: %s", type(error).__name__)
            self.lost = True
            return
        self.place = PanelPlace(message.channel.id, message.id)
        self._edited(face)
        self._moved(self.place)

    def _edited(self, face: Face) -> None:
        self._shown = face
        self._tries = _TRIES
        self._wait(EVERY_S)

    def _failed(self, error: Exception) -> None:
        _log.warning("a panel could not be edited: %s", type(error).__name__)
        self._tries -= 1
        self._wait(_FAILED_S)

    def _wait(self, seconds: float) -> None:
        self._next_s = self._clock.monotonic() + seconds
