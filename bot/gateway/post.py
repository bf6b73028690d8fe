"""Letters over discord.py's REST client: opened, sent with a nonce, and every refusal understood."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

import aiohttp
import discord
from discord import ui

from bot.gateway.budget import RequestBudget
from bot.gateway.rate_buckets import look_seldom
from bot.reminders.model import Letter
from bot.reminders.ports import ClosedDoor, NoSuchPlace, TryLater

_log = logging.getLogger(__name__)

_OPENING_TOO_FAST: Final = 40003
_NO_DIRECT_MESSAGES: Final = 50007
_SEND_FAILED_S: Final = 5.0
_ANSWER_LIMIT_S: Final = 28.0
"""With the turn in the budget less than a reminder's lease."""

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

    async def deliver(self, letter: Letter) -> int:
        channel_id = await self._open(letter.user_id) if letter.channel_id is None else letter.channel_id
        await self._budget.messages.turn()
        people = [discord.Object(letter.user_id)] if letter.in_server else False
        mentions = discord.AllowedMentions(everyone=False, roles=False, users=people)
        channel, view = self._client.get_partial_messageable(channel_id), self._write(letter)
        try:
            async with asyncio.timeout(_ANSWER_LIMIT_S):
                await channel.send(
                    view=view, silent=letter.silent, nonce=letter.nonce, allowed_mentions=mentions
                )
        except discord.Forbidden:
            # In direct messages every refusal is the person's: no messages, no server in common, a block.
            raise (NoSuchPlace if letter.in_server else ClosedDoor) from None
        except discord.NotFound:
            raise NoSuchPlace from None
        except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
            raise _later(error) from None
        return channel_id

    async def _open(self, user_id: int) -> int:
        lane = self._budget.openings
        async with self._budget.one_opening:
            await lane.turn()
            await self._budget.messages.turn()
            try:
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
            except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
                raise _later(error) from None
            lane.passed()
            return channel.id


def _later(error: Exception) -> TryLater:
    _log.warning("a letter could not be sent yet: %s", type(error).__name__)
    return TryLater(error.retry_after if isinstance(error, discord.RateLimited) else _SEND_FAILED_S)
