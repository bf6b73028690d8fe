"""Several places where people see what plays, told as one."""

from bot.playback.model import Fate, NowPlaying, PanelPlace
from bot.playback.ports import Display


class Displays:
    """Implements `bot.playback.ports.Display`."""

    def __init__(self, *displays: Display) -> None:
        self._displays = displays

    def changed(self, now: NowPlaying) -> None:
        for display in self._displays:
            display.changed(now)

    def ended(
        self, guild_id: int, panel: PanelPlace | None, fate: Fate | None = None, asked_by: int | None = None
    ) -> None:
        for display in self._displays:
            display.ended(guild_id, panel, fate, asked_by)
