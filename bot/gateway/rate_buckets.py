"""discord.py's private book of rate limits, looked through less often.

For every channel not written to before, discord.py goes through all buckets to drop those idle for five
minutes. In a crowded evening that is thousands of direct messages; the looking costs more than the sending.
"""

# ruff: noqa: SLF001 - this is the one place for it

from collections.abc import Callable
from typing import Any, Final

import discord
from discord.http import HTTPClient

_EXPECTED: Final = (2, 7)
_EVERY: Final = 256
"""New buckets between two looks; what is kept longer for it is a few kilobytes."""

if discord.version_info[:2] != _EXPECTED or not callable(
    getattr(HTTPClient, "_try_clear_expired_ratelimits", None)
):
    raise ImportError(
        f"bot.gateway.rate_buckets knows discord.py {_EXPECTED[0]}.{_EXPECTED[1]}, this is "
        f"{discord.__version__}: see how HTTPClient clears its buckets now, then raise _EXPECTED."
    )


def look_seldom(http: HTTPClient) -> None:
    """Let this client go through its rate limits once in 256 new ones. Doing so twice is harmless."""
    client: Any = http
    clear: Callable[[], None] = type(http)._try_clear_expired_ratelimits.__get__(http)
    n_new = 0

    def clear_seldom() -> None:
        nonlocal n_new
        n_new += 1
        if n_new >= _EVERY:
            n_new = 0
            clear()

    client._try_clear_expired_ratelimits = clear_seldom
