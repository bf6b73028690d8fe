"""Sleep arcs over sessions: begun by a timer, lengthened for who is still awake."""

import math
from datetime import timedelta
from typing import Final

from bot.audio.arc import arc_from
from bot.audio.library import Library
from bot.audio.mix import Mix
from bot.audio.opus import SAMPLE_RATE
from bot.core.clock import Clock
from bot.playback.session import End, Session
from bot.playback.sessions import Sessions

STILL_AWAKE: Final = timedelta(minutes=15)
_BACK_TO: Final = 0.6
"""How far the arc has come again when somebody is still awake."""
_FLOORS: Final = ("brown-noise", "rain", "waves")
"""What everything gives way to, the darkest first."""
_UNDER_LU: Final = 2.0
"""How much softer than the mix the floor is: it must not be noticed coming."""


class Arcs:
    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    def begin(self, session: Session, minutes: int) -> None:
        """End a session along an arc that begins now."""
        floor, floor_db = floor_under(session.plan.mix, self._sessions.library)
        at = round(session.stream.position_s * SAMPLE_RATE)
        session.set_arc(arc_from(at, minutes, floor, floor_db))
        self._end_in(session, timedelta(minutes=minutes))

    def lengthen(self, session: Session) -> None:
        """Give time back to a session whose arc is nearly over."""
        left_s = session.end.left_s(self._clock.now()) or 0.0
        left = STILL_AWAKE + timedelta(seconds=left_s)
        arc = session.plan.arc
        if arc is not None:
            at = round(session.stream.position_s * SAMPLE_RATE)
            session.set_arc(arc.from_here(at, _BACK_TO, round(left.total_seconds() * SAMPLE_RATE)))
        self._end_in(session, left)

    def _end_in(self, session: Session, left: timedelta) -> None:
        self._sessions.set_end(session, End(self._clock.now() + left, timedelta(0)))


def floor_under(mix: Mix, library: Library) -> tuple[str, float]:
    """Return the bed a mix gives way to, and its gain in dB."""
    floor = next(name for name in (*_FLOORS, *library.triggers) if name in library.triggers)
    return floor, loudness_of(mix, library) - _UNDER_LU - library.triggers[floor].level_lufs


def loudness_of(mix: Mix, library: Library) -> float:
    """Return about how loud a mix is, LUFS: the powers of its layers, added."""
    levels = [library.triggers[layer.trigger].level_lufs + layer.gain_db for layer in mix.layers]
    return 10.0 * math.log10(sum(math.pow(10.0, level / 10.0) for level in levels))
