"""What stands on voice channels: discord.py 2.7 writes it, but neither hears it nor can ask.

Two events (VOICE_CHANNEL_STATUS_UPDATE, CHANNEL_INFO) and one question (opcode 43, request channel info).
"""

# ruff: noqa: SLF001 - this is the one place for it

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

import discord

if discord.version_info[:2] != (2, 7):
    raise ImportError(
        f"bot.gateway.status_feed is fitted to discord.py 2.7, and found {discord.__version__}: "
        "see whether it tells of voice channel statuses by itself now."
    )

_ASK: Final = 43


class Heard(Protocol):
    """Told on the event loop what stands there now; None is nothing."""

    def __call__(self, guild_id: int, channel_id: int, text: str | None, /) -> None: ...


class StatusFeed:
    """Hears of every status in every server; whoever listens takes what is theirs and keeps no more."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    def tell(self, changed: Heard, told: Callable[[int, Mapping[int, str]], None]) -> None:
        """Call `changed` for every change, and `told` with a server's statuses when it was asked."""

        def on_change(data: Mapping[str, Any]) -> None:
            changed(int(data["guild_id"]), int(data["id"]), data.get("status") or None)

        def on_info(data: Mapping[str, Any]) -> None:
            standing = {int(one["id"]): one["status"] for one in data["channels"] if one.get("status")}
            told(int(data["guild_id"]), standing)

        parsers = self._client._connection.parsers
        parsers["VOICE_CHANNEL_STATUS_UPDATE"] = on_change
        parsers["CHANNEL_INFO"] = on_info

    async def ask(self, guild_id: int) -> None:
        """Ask Discord for a server's statuses; it answers a moment later, or never."""
        gateway: Any = self._client._connection._get_websocket(guild_id)
        await gateway.send_as_json({"op": _ASK, "d": {"guild_id": str(guild_id), "fields": ["status"]}})
