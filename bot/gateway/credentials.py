"""The bot's token before anything is built on it: has it the right shape, and does Discord take it."""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final

import aiohttp
from discord.http import Route

from bot.core.errors import SettingsError
from bot.settings import Settings

_SHAPE: Final = re.compile(r"([A-Za-z0-9_-]{18,40})\.([A-Za-z0-9_-]{4,10})\.([A-Za-z0-9_-]{20,80})")
_PREFIX: Final = "Bot "
_ANSWER_S: Final = 5.0

MAKE_A_TOKEN: Final = "Make a new one in Discord's developer portal, under Bot, Reset Token."  # noqa: S105 - advice


@dataclass(frozen=True, slots=True)
class Application:
    """The application a token belongs to."""

    id: int
    name: str


class RefusedError(Exception):
    """Discord does not take the token."""


class UnreachableError(Exception):
    """Discord could not be asked; the message says why, in a few words."""


def token_from(settings: Settings) -> str:
    """Return the token; raise SettingsError when it is missing or cannot be one. Never quotes it."""
    secret = settings.discord_token
    token = "" if secret is None else secret.get_secret_value().strip()
    if not token:
        raise SettingsError(
            "HUSH_DISCORD_TOKEN is not set. Copy the bot's token into it from Discord's developer portal, "
            "under Bot, Reset Token."
        )
    if fault := _fault_of(token):
        raise SettingsError(f"HUSH_DISCORD_TOKEN is not a bot token. {fault}")
    return token


def _fault_of(token: str) -> str | None:
    """Say what is wrong with its shape; None when nothing is, which proves nothing: only Discord knows."""
    if token.startswith(_PREFIX):
        return 'It begins with "Bot ". Leave that out.'
    if _SHAPE.fullmatch(token) is None or user_id_in(token) is None:
        return (
            "A token is three parts with dots between. Copy the whole of it from the developer portal, under "
            "Bot, Reset Token; the client secret and the public key are something else."
        )
    return None


def user_id_in(token: str) -> int | None:
    """Return the bot's user id, which a token begins with; None when it does not."""
    first = token.partition(".")[0]
    try:
        spelled = base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return int(spelled) if spelled.isdecimal() else None


async def ask_discord(token: str, *, api: str | None = None) -> Application:
    """Return the application the token belongs to.

    api: the root of Discord's REST API, discord.py's own unless given. Raises RefusedError when Discord does
    not take the token, UnreachableError when it does not answer within a few seconds.
    """
    url = f"{api or Route.BASE}/applications/@me"
    headers = {"Authorization": f"{_PREFIX}{token}", "User-Agent": "DiscordBot (Hush doctor, 1)"}
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_ANSWER_S)) as session,
            session.get(url, headers=headers) as answer,
        ):
            if answer.status == 401:
                raise RefusedError
            if answer.status != 200:
                raise UnreachableError(f"it answered with HTTP {answer.status}")
            told = await answer.json()
            return Application(int(told["id"]), str(told["name"]))
    except TimeoutError:
        raise UnreachableError(f"it did not answer within {_ANSWER_S:.0f} seconds") from None
    except aiohttp.ClientConnectorError:
        raise UnreachableError("there is no way to it from this machine") from None
    except (aiohttp.ClientError, OSError, ValueError, KeyError, TypeError) as error:
        raise UnreachableError(f"its answer could not be read ({type(error).__name__})") from None
