"""The process around a bot on Discord: logging, signals, and every failure to run as one sentence."""

import asyncio
import contextlib
import faulthandler
import gc
import logging
import signal
import socket
from collections.abc import Generator

import aiohttp
import discord

from bot.app import create_bot
from bot.core.errors import OutageError, SettingsError
from bot.gateway.client import Hush
from bot.gateway.credentials import MAKE_A_TOKEN, token_from
from bot.settings import load

END_LIMIT_S = 4.8
"""From SIGTERM to the end of the process, whatever hangs; the fade and the leaving take three."""


def run() -> int:
    """Run on Discord until SIGTERM or Ctrl-C; return the exit code.

    Raises HushError with a sentence for the hoster when that cannot be.
    """
    settings = load()
    token = token_from(settings)
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # discord.py names servers and channels at INFO; who listens where is nobody's business.
    logging.getLogger("discord").setLevel(max(logging.WARNING, logging.getLogger().level))
    # aiosqlite shows every statement with what is in it at DEBUG.
    logging.getLogger("aiosqlite").setLevel(max(logging.INFO, logging.getLogger().level))
    with failures_in_words():
        asyncio.run(_serve(create_bot(settings), token))
    return 0


@contextlib.contextmanager
def failures_in_words() -> Generator[None]:
    """Turn what a start or a running connection can end with into the sentence for whoever hosts it."""
    try:
        yield
    except discord.LoginFailure:
        raise SettingsError(f"Discord does not accept HUSH_DISCORD_TOKEN. {MAKE_A_TOKEN}") from None
    except discord.ConnectionClosed as error:
        raise OutageError(_closed(error.code)) from None
    except (discord.HTTPException, discord.GatewayNotFound) as error:
        status = f" (HTTP {error.status})" if isinstance(error, discord.HTTPException) else ""
        raise OutageError(
            f"Discord cannot serve Hush right now{status}. Try again in a few minutes."
        ) from None
    except (aiohttp.ClientError, TimeoutError, ConnectionError, socket.gaierror):
        raise OutageError(
            "Discord cannot be reached from here. Check this machine's network, name resolution and firewall "
            "(HTTPS out), then start again."
        ) from None
    except OSError as error:
        if error.filename is None:
            raise
        raise SettingsError(
            f"{error.filename} cannot be used: {error.strerror}. Let this user write there, or set "
            "HUSH_DATA_DIR to a folder it may write."
        ) from None


def _closed(code: int) -> str:
    match code:
        case 4004:
            return f"Discord does not accept HUSH_DISCORD_TOKEN any more. {MAKE_A_TOKEN}"
        case 4010 | 4011:
            return "Discord refuses this number of shards. Leave HUSH_SHARD_COUNT unset, then start again."
        case _:
            return f"Discord ended the connection for good (code {code}). Start again, or update Hush."


def asked_to_end(limit_s: float = END_LIMIT_S) -> asyncio.Event:
    """Return what is set at SIGTERM or Ctrl-C; `limit_s` after that the process is cut off.

    Call it on the event loop.
    """
    asked, loop = asyncio.Event(), asyncio.get_running_loop()

    def end() -> None:
        if not asked.is_set():
            # Whatever hangs then, a thread or a connection, is shown on stderr and cut off. Stays armed to
            # the very end: the interpreter waits for threads after the loop is gone.
            faulthandler.dump_traceback_later(limit_s, exit=True)
            asked.set()

    for wish in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(wish, end)
    return asked


def keep_what_stays() -> None:
    """Have Python never look again through what there is once a bot has started.

    A full collection takes a tenth of a second, and no channel's sound could be sent meanwhile.
    """
    gc.collect()
    gc.freeze()


async def _serve(bot: Hush, token: str) -> None:
    asked = asked_to_end()

    async def once_ready() -> None:
        bot.remove_listener(once_ready, "on_ready")  # again later, it would be in the middle of the night
        keep_what_stays()

    bot.add_listener(once_ready, "on_ready")
    async with bot:
        serving = asyncio.create_task(bot.start(token))
        ending = asyncio.create_task(asked.wait())
        await asyncio.wait({serving, ending}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            ending.cancel()
            await serving
        else:
            await bot.close()
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
