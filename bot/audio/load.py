"""How busy a thread is, measured while it runs: what decides whether it can take on more."""

import time
from typing import Final

WINDOW_S: Final = 2.0
FULL: Final = 0.82
"""Above this share nothing new is taken on: the machine's other work comes in bursts."""
FULL_TO_SHARE: Final = 0.92
"""Above this not even what costs next to nothing."""


class Load:
    """The thread tells when it works and rests; anybody may read."""

    def __init__(self) -> None:
        self._mark_s = self._window_s = time.perf_counter()
        self._busy_s = 0.0
        self._working = False
        self._share = 0.0

    def works(self) -> None:
        self._turn(working=True)

    def rests(self) -> None:
        self._turn(working=False)

    @property
    def share(self) -> float:
        """Share of its time it worked, over the last full window; 1 when it did not rest at all in one."""
        if self._working and time.perf_counter() - self._mark_s > WINDOW_S:
            return 1.0
        return self._share

    @property
    def has_room(self) -> bool:
        return self.has_room_for(0.0)

    def has_room_for(self, share: float) -> bool:
        """Return whether so much more of its time may be taken."""
        return self.share + share < FULL

    @property
    def has_room_to_share(self) -> bool:
        return self.share < FULL_TO_SHARE

    def _turn(self, *, working: bool) -> None:
        now_s = time.perf_counter()
        if self._working:
            self._busy_s += now_s - self._mark_s
        self._mark_s, self._working = now_s, working
        if now_s - self._window_s >= WINDOW_S:
            self._share = self._busy_s / (now_s - self._window_s)
            self._window_s, self._busy_s = now_s, 0.0
