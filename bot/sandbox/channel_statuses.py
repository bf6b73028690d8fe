"""Discord's part in voice channel statuses, which SimCord leaves out: the route, its event, and the question.

Private names of SimCord and discord.py are touched as in `simcord_bridge`, which checks their versions.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import simcord
from simcord.http import client as simcord_http

from bot.sandbox import simcord_bridge  # noqa: F401 - checks the versions

_ROUTE: Final = re.compile(r"/channels/(\d+)/voice-status$")
_ASKS: Final = 43
LONGEST: Final = 500


class ChannelStatuses:
    """What stands on the channels of one world. It outlives restarts of the bot in it.

    lag: while not None, what is written is kept here and does not happen before `catch_up`.
    answers: whether the gateway answers who asks for them.
    """

    def __init__(self, env: simcord.Env) -> None:
        self.standing: dict[int, str] = {}
        self.written: list[tuple[int, str | None]] = []
        """All the bot wrote, in order."""
        self.lag: list[tuple[int, str | None]] | None = None
        self.answers = True
        self._env: Any = env

    def set(self, channel_id: int, text: str | None) -> None:
        """Let a person write a channel's status, or take it away."""
        if text:
            self.standing[channel_id] = text
        else:
            self.standing.pop(channel_id, None)
        guild_id = self._env.backend.get_channel(channel_id).guild_id
        told = {"id": str(channel_id), "guild_id": str(guild_id), "status": text or None}
        self._env.backend.emit("VOICE_CHANNEL_STATUS_UPDATE", told)

    def catch_up(self) -> None:
        """Let happen what was held up."""
        lag, self.lag = self.lag or [], None
        for channel_id, text in lag:
            self.set(channel_id, text)

    def fit(self, websocket: Any, http: Any) -> None:
        """Teach the bot's two ways to Discord; again changes nothing."""
        if getattr(http, "_takes_statuses", None) is self:
            return
        request = http.request

        async def with_statuses(route: Any, **kwargs: Any) -> Any:
            found = _ROUTE.search(route.url)
            if found is None:
                return await request(route, **kwargs)
            return self._write(int(found[1]), kwargs["json"]["status"])

        http.request = with_statuses
        http._takes_statuses = self  # noqa: SLF001 - ours
        websocket.send_as_json = self._asked_over(websocket)

    def _asked_over(self, websocket: Any) -> Any:
        async def send_as_json(payload: Mapping[str, Any]) -> None:
            if payload["op"] != _ASKS or not self.answers:
                return
            guild_id = int(payload["d"]["guild_id"])
            channels = self._env.backend.channels.values()
            mine = [c.id for c in channels if c.guild_id == guild_id and c.id in self.standing]
            told = [{"id": str(channel_id), "status": self.standing[channel_id]} for channel_id in mine]
            websocket._gateway.deliver("CHANNEL_INFO", {"guild_id": str(guild_id), "channels": told})  # noqa: SLF001

        return send_as_json

    def _write(self, channel_id: int, text: str | None) -> None:
        backend = self._env.backend
        needed = ["view_channel", "set_voice_channel_status"]
        try:
            guild_id, me = backend.get_channel(channel_id).guild_id, backend.bot_user.id
            seat = backend.get_guild(guild_id).voice_states.get(me)
            if seat is None or seat.channel_id != channel_id:
                needed.append("manage_channels")
            backend.require_permissions(guild_id, me, channel_id, *needed)
        except simcord.BackendError as error:
            simcord_http._raise_for(error)  # noqa: SLF001 - as SimCord answers any route
        if len(text or "") > LONGEST:
            simcord_http._raise_for(simcord.BackendError(400, 50035, "Invalid Form Body"))  # noqa: SLF001
        self.written.append((channel_id, text))
        if self.lag is None:
            self.set(channel_id, text)
        else:
            self.lag.append((channel_id, text))
