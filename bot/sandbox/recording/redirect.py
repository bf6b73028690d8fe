"""The one place that tells discord.py where Discord is.

discord.py builds every URL from the class attribute `discord.http.Route.BASE`, the webhook adapter that
answers interactions included; nothing public sets it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import discord
from discord import http
from discord.webhook import async_

_EXPECTED = "2.7"

if (
    f"{discord.version_info.major}.{discord.version_info.minor}" != _EXPECTED
    or not isinstance(getattr(http.Route, "BASE", None), str)
    or getattr(async_, "Route", None) is not http.Route
):
    raise ImportError(
        f"bot.sandbox.recording knows discord.py {_EXPECTED}, this is {discord.__version__}: "
        "see whether discord.http.Route.BASE is still the root of every URL, then raise _EXPECTED."
    )


@contextmanager
def redirected(url: str) -> Iterator[None]:
    """Let all discord.py in this process talk to the REST API at `url`, until the block ends.

    url: with its version and without a final slash, as `RecordingDiscord.url`.
    """
    before = http.Route.BASE
    http.Route.BASE = url
    try:
        yield
    finally:
        http.Route.BASE = before
