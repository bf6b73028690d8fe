"""The last stage before the encoder: fades, volume, tail, the dark shelf, the loudness limit, the ceiling."""

import math

from bot.audio.dark import DarkShelf
from bot.audio.gains import approach, ramp
from bot.audio.governor import RECOVERY_DB_PER_S, Governor
from bot.audio.limiter import Limiter
from bot.audio.opus import SAMPLE_RATE, Pcm
from bot.audio.rise import HOUSE_LUFS, RISE_DB_PER_S, SLEW_DB_PER_S, SWIFT_BELOW_LUFS, moved

FADE_IN_S = 3.0
FADE_OUT_S = 2.0
_MUTE_DB = -60.0
"""Where a ramp to mute hands over to a last short line to zero: far under any room's own noise."""
_SAME_GAIN = 0.002
_TAIL_DB = -36.0
"""Where the timer's tail has come when the last fade begins."""


def volume_db(percent: int) -> float | None:
    """Return the gain of a volume: 100 is the house level, 40 log10(v / 100) below, None is mute."""
    return 40.0 * math.log10(percent / 100.0) if percent > 0 else None


class Master:
    """Owned by the render worker; every wish changes a target, the sound follows on a ramp."""

    def __init__(self, volume: int, *, tail: float = 0.0, dark: bool = False) -> None:
        """Begin silent at a volume; `tail` is how far the timer's tail has come already, 0..1.

        `dark`: quiet hours have begun.
        """
        self._wanted_db = volume_db(volume)
        self._db = self._wanted_db if self._wanted_db is not None else _MUTE_DB
        self._audible = 0.0 if self._wanted_db is None else 1.0
        self._tail_db = self._wanted_tail_db = _TAIL_DB * tail
        self._presence = 0.0
        self._present = True
        self._last_gain = 0.0
        self._shelf = DarkShelf(dark=dark)
        self._governor = Governor()
        self._limiter = Limiter()
        self._zeros_out = 0

    @property
    def silent(self) -> bool:
        """True once a fade out has ended and its last sound has left the limiter."""
        return not self._present and self._presence == 0.0 and self._zeros_out >= self._limiter.delay

    @property
    def steady(self) -> bool:
        """True while nothing is on its way: full presence, at its volume, no tail."""
        return (
            self._present
            and self._presence == self._audible == 1.0
            and self._db == self._wanted_db
            and self._tail_db == self._wanted_tail_db == 0.0
            and self._shelf.steady
        )

    def alike(self, other: "Master") -> bool:
        """Whether both do the same to the same sound, as far as an ear can tell."""
        return (
            self._db == other._db  # noqa: SLF001 - of its own kind
            and self._shelf.depth_db == other._shelf.depth_db  # noqa: SLF001
            and abs(self._governor.gain_now - other._governor.gain_now) < _SAME_GAIN  # noqa: SLF001
            and max(self._limiter.reduction_db, other._limiter.reduction_db) == 0.0  # noqa: SLF001
        )

    def set_volume(self, percent: int) -> None:
        self._wanted_db = volume_db(percent)

    def set_dark(self, dark: bool) -> None:
        """Let quiet hours begin or end, slowly."""
        self._shelf.set_dark(dark)

    def set_tail(self, progress: float) -> None:
        """Set how far the timer's tail has come, 0..1; going back swells as slowly as any wish."""
        self._wanted_tail_db = _TAIL_DB * progress

    def fade_in(self) -> None:
        self._present = True

    def fade_out(self) -> None:
        self._present = False

    def swell(self) -> None:
        """Be silent at once and fade in again; for when nobody hears the cut."""
        self._presence = self._last_gain = 0.0
        self._limiter = Limiter()
        self._zeros_out = 0

    def process(self, block: Pcm, *, mix_lufs: float = HOUSE_LUFS, rise_db_per_s: float = 0.0) -> Pcm:
        """Take the mix, shape (n, 2); return what is heard, same shape, `Limiter.delay` frames late.

        mix_lufs, rise_db_per_s: about how loud the mix is, and how fast it may be growing louder itself.
        """
        n = len(block)
        before, after = self._last_gain, self._step(n / SAMPLE_RATE, mix_lufs, rise_db_per_s)
        self._last_gain = after
        self._zeros_out = self._zeros_out + n if before == after == 0.0 else 0
        sound = self._shelf.process(block * ramp(before, after, n))
        return self._limiter.process(sound * ramp(*self._governor.gain(sound), n))

    def _step(self, seconds: float, mix_lufs: float, rise_db_per_s: float) -> float:
        down = SLEW_DB_PER_S * seconds
        up = self._up_db_per_s(mix_lufs, rise_db_per_s) * seconds
        tail_db = moved(self._tail_db, self._wanted_tail_db, down=down, up=up)
        up = max(0.0, up - max(0.0, tail_db - self._tail_db))
        wanted_db = _MUTE_DB if self._wanted_db is None else self._wanted_db
        self._db, self._tail_db = moved(self._db, wanted_db, down=down, up=up), tail_db
        muted = self._wanted_db is None and self._db == _MUTE_DB
        self._audible = approach(self._audible, 0.0 if muted else 1.0, seconds / 0.2)
        pace = seconds / (FADE_IN_S if self._present else FADE_OUT_S)
        self._presence = approach(self._presence, 1.0 if self._present else 0.0, pace)
        fade = math.sin(math.pi / 2 * self._presence) if self._presence < 1.0 else 1.0
        return fade * self._audible * math.pow(10.0, (self._db + self._tail_db) / 20.0)

    def _up_db_per_s(self, mix_lufs: float, rise_db_per_s: float) -> float:
        """Return what is left of the pace at which all together may grow louder."""
        if mix_lufs + self._db + self._tail_db < SWIFT_BELOW_LUFS:
            return SLEW_DB_PER_S
        recovering = RECOVERY_DB_PER_S if self._governor.gain_now < 1.0 else 0.0
        return max(0.0, RISE_DB_PER_S - rise_db_per_s - recovering)
