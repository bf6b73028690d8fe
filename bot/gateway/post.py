"""Letters over discord.py's REST client: opened, sent with a nonce, and every refusal understood."""

import asyncio
import io
import logging
from collections.abc import Callable
from typing import Final

import aiohttp
import discord
from discord import ui

from bot.gateway.budget import RequestBudget
from bot.gateway.rate_buckets import look_seldom
from bot.reminders.model import Delivered, Letter
from bot.reminders.ports import ClosedDoor, NoSuchPlace, TryLater

_log = logging.getLogger(__name__)

_OPENING_TOO_FAST: Final = 40003
_NO_DIRECT_MESSAGES: Final = 50007
_SEND_FAILED_S: Final = 5.0
_LIMIT_S: Final = 36.0
"""For turns and answers together: less than a reminder's lease."""
_UPLOAD_LIMIT_S: Final = 90.0

_TROUBLE: Final = (discord.DiscordException, aiohttp.ClientError, OSError)
"""Timeouts, too, are OSErrors."""

Write = Callable[[Letter], ui.LayoutView]
"""Puts a letter into words."""


class DiscordPost:
    """Implements `bot.reminders.ports.Post`."""

    def __init__(self, client: discord.Client, budget: RequestBudget, write: Write) -> None:
        look_seldom(client.http)
        self._client = client
        self._budget = budget
        self._write = write

    @property
    def per_s(self) -> float:
        return self._budget.messages.per_s

    def share_with(self, n_processes: int) -> None:
        self._budget.share_with(n_processes)

    async def deliver(self, letter: Letter) -> Delivered:
        try:
            async with asyncio.timeout(_LIMIT_S):
                channel_id = letter.channel_id
                if channel_id is None:
                    channel_id = await self._open(letter.user_id)
                return await self._send(letter, channel_id)
        except TimeoutError as error:
            raise _later(error) from None

    async def withdraw(self, delivered: Delivered) -> None:
        channel = self._client.get_partial_messageable(delivered.channel_id)
        try:
            async with asyncio.timeout(_LIMIT_S):
                await self._budget.messages.turn()
                with self._budget.turn_taken():
                    await channel.get_partial_message(delivered.message_id).delete()
        except (discord.NotFound, discord.Forbidden):
            return  # gone, or not to be reached any more
        except _TROUBLE as error:
            raise _later(error) from None

    async def _send(self, letter: Letter, channel_id: int) -> Delivered:
        await self._budget.messages.turn()
        people = [discord.Object(letter.user_id)] if letter.in_server else False
        mentions = discord.AllowedMentions(everyone=False, roles=False, users=people)
        channel, view = self._client.get_partial_messageable(channel_id), self._write(letter)
        try:
            with self._budget.turn_taken():
                message = await channel.send(
                    view=view, silent=letter.silent, nonce=letter.nonce, allowed_mentions=mentions
                )
        except discord.Forbidden:
            # In direct messages every refusal is the person's: no messages, no server in common, a block.
            raise (NoSuchPlace if letter.in_server else ClosedDoor) from None
        except discord.NotFound:
            raise NoSuchPlace from None
        except _TROUBLE as error:
            raise _later(error) from None
        return Delivered(channel_id, message.id)

    async def hand(
        self, user_id: int, channel_id: int | None, words: str, file: tuple[str, bytes], nonce: str
    ) -> None:
        """Put a file (name, bytes) into somebody's direct messages, silently: they asked for it.

        Raises ClosedDoor, NoSuchPlace or TryLater, as `deliver` does.
        """
        name, content = file
        try:
            async with asyncio.timeout(_UPLOAD_LIMIT_S):
                channel_id = await self._open(user_id) if channel_id is None else channel_id
                await self._budget.messages.turn()
                with self._budget.turn_taken():
                    await self._client.get_partial_messageable(channel_id).send(
                        words, file=discord.File(io.BytesIO(content), name), silent=True, nonce=nonce
                    )
        except discord.Forbidden:
            raise ClosedDoor from None
        except discord.NotFound:
            raise NoSuchPlace from None
        except _TROUBLE as error:
            raise _later(error) from None

    async def _open(self, user_id: int) -> int:
        lane = self._budget.openings
        await lane.turn()
        await self._budget.messages.turn()
        async with self._budget.one_opening:
            lane.must_be_open()  # the one before may just have been told to wait
            try:
                with self._budget.turn_taken():
                    channel = await self._client.create_dm(discord.Object(user_id))
            except discord.HTTPException as error:
                if error.code == _NO_DIRECT_MESSAGES:
                    raise ClosedDoor from None
                if error.code == _OPENING_TOO_FAST or error.status == 429:
                    raise TryLater(lane.pause()) from None
                if error.status in (400, 403, 404):  # no such person any more, or none to be written to
                    raise ClosedDoor from None
                raise _later(error) from None
            except discord.RateLimited as error:
                raise TryLater(lane.pause(error.retry_after)) from None
            except _TROUBLE as error:
                raise _later(error) from None
            lane.passed()
            return channel.id


def _later(error: Exception) -> TryLater:
    _log.warning("a letter could not be sent yet: %s", type(error).__name__)
    return TryLater(error.retry_after if isinstance(error, discord.RateLimited) else _SEND_FAILED_S)
