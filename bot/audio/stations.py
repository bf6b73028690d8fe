"""All stations there are: where streams begin together, part, and meet again.

Owned by the render worker; other threads may ask `tonight`, `is_heard` and the number of stations.
"""

import logging
from collections.abc import Iterable
from concurrent.futures import Executor, Future
from typing import Final

from bot.audio.mix import Mix, Plan
from bot.audio.mixer import OpenSource
from bot.audio.opus import FRAME, SAMPLE_RATE
from bot.audio.station import CHUNK, Station, StationKey
from bot.audio.stream import Stream

_log = logging.getLogger(__name__)

TOGETHER_S: Final = 0.4
"""How long the beginning of a sound that plays elsewhere waits for others to begin with it."""
SAME_NIGHT_S: Final = 10.0
"""A stream that begins joins a night of the same plan that is no further from its own than this."""
ONE_NIGHT_S: Final = 12 * 3600.0
"""A night that began longer ago is nobody's tonight any more."""


class Stations:
    def __init__(self, open_source: OpenSource, encoders: Executor | None = None) -> None:
        """Have the encoding done by `encoders`, in the order of asking, or at once."""
        self._open = open_source
        self._encoders = encoders
        self._all: tuple[Station, ...] = ()
        self._meeting: dict[StationKey, Station] = {}
        """Settled stations, where others that come to sound alike are taken in."""
        self._wanderer: Station | None = None

    def __len__(self) -> int:
        return len(self._all)

    def tonight(self, mix: Mix) -> tuple[int, float] | None:
        """Return the seed of the night in which most hear this mix now, and how far it has come, in s."""
        nights = [
            station
            for station in self._all
            if station.plan.mix == mix
            and station.shareable
            and not station.plan.score
            and station.position < ONE_NIGHT_S * SAMPLE_RATE
        ]
        if not nights:
            return None
        station = max(nights, key=lambda station: len(station.streams))
        return station.plan.seed, station.read_position / SAMPLE_RATE

    def is_heard(self, key: StationKey) -> bool:
        """Return whether such a station plays steadily, so that one more stream costs next to nothing."""
        return key in self._meeting

    @property
    def next_look_s(self) -> float | None:
        """How soon to look again although nobody has asked; None when nobody waits to begin."""
        return TOGETHER_S / 10 if any(station.starts_at_s for station in self._all) else None

    def let_in(self, stream: Stream) -> None:
        """Take care of a stream from now on, alone on the station it came with."""
        if not stream.finished:
            stream.station.find_night = self._find_night
            self._all = (*self._all, stream.station)

    def forget(self, streams: Iterable[Stream]) -> None:
        for stream in streams:
            if stream in stream.station.streams:
                stream.station.let_go(stream)
        self._drop_empty()

    def serve(self, now_s: float) -> bool:
        """Give every station that wants it one chunk; return whether any did. `now_s` only ever grows."""
        served = False
        encoding: list[tuple[Station, Future[None] | None]] = []
        for station in self._all:
            served |= self._begin_together(station, now_s)
            if station.wants_more(now_s):
                served = True
                if self._render(station):
                    job = None if self._encoders is None else self._encoders.submit(station.encode)
                    encoding.append((station, job))
        if encoding and (last := encoding[-1][1]) is not None:
            last.exception()  # one wait for all: they are encoded in this order
        for station, encoded in encoding:
            self._hand_out(station, encoded)
        if served:
            self._meet_all()
        return served

    def _meet_all(self) -> None:
        """Let stations meet when all have come as far as they will now, whichever of them was first."""
        for station in self._all:
            if station.streams and station.settled:
                self._meet(station)

    def _render(self, station: Station) -> bool:
        if station.starts_at_s:
            self._begin(station)
        try:
            self._all = (*self._all, *station.render())
        except Exception:  # noqa: BLE001 - one station's damage must not silence the others
            self._give_up(station)
            return False
        return True

    def _hand_out(self, station: Station, encoded: "Future[None] | None") -> None:
        try:
            station.encode() if encoded is None else encoded.result()
        except Exception:  # noqa: BLE001 - as above
            self._give_up(station)
        station.hand_out()

    def _give_up(self, station: Station) -> None:
        _log.exception("a stream cannot be rendered")
        station.abandon()
        self._drop_empty()

    def _meet(self, station: Station) -> None:
        """Let streams meet where they have come to sound alike."""
        place = self._meeting.get(station.key)
        if place is None or not place.streams or not place.settled or place.key != station.key:
            self._meeting[station.key] = station
        elif place is not station and place.alike(station):
            place.absorb(station)
            self._drop_empty()
        elif place is not station and station.position != place.position:
            self._draw_near(station, place)

    def _draw_near(self, station: Station, place: Station) -> None:
        """Have one of two stations that are a little apart in their night go over to the other.

        A machine that stood still while they began leaves them so. One at a time.
        """
        apart = abs(station.read_position - place.read_position)
        wanderer = self._wanderer
        busy = wanderer is not None and bool(wanderer.streams) and not wanderer.settled
        if CHUNK <= apart <= SAME_NIGHT_S * SAMPLE_RATE and not busy:
            self._wanderer = min(station, place, key=lambda one: len(one.streams))
            other = place if self._wanderer is station else station
            self._wanderer.realign(other.read_position)

    def _begin_together(self, station: Station, now_s: float) -> bool:
        """Move streams that are to begin anew to a new station, those of one sound together."""
        beginning = [stream for stream in station.streams if stream.swelling and station.may_begin(stream)]
        for stream in beginning:
            waiting = self._waiting_like(station) or self._new_like(station, now_s)
            station.let_go(stream)
            stream.shift_end(waiting.elapsed - station.elapsed)
            waiting.take_in(stream)
            stream.discard()
        if beginning:
            self._drop_empty()
        return bool(beginning)

    def _waiting_like(self, station: Station) -> Station | None:
        """Return the station where a stream of this one can begin, none of whose sound was rendered yet."""
        waiting = (one for one in self._all if one.starts_at_s and _same_night(one, station))
        return next(waiting, None)

    def _new_like(self, station: Station, now_s: float) -> Station:
        others = any(one is not station and _same_night(one, station) for one in self._all)
        new = Station(
            station.plan,
            self._open,
            volume=station.volume,
            bitrate=station.bitrate,
            position=station.read_position,
            dark=station.dark,
        )
        new.find_night = self._find_night
        new.starts_at_s = now_s + (TOGETHER_S if others else 0.0)
        self._all = (*self._all, new)
        return new

    def _begin(self, station: Station) -> None:
        """Begin where the night of others with this plan is by now, else where it was meant to."""
        there = self._find_night(station.plan, station.position)
        n_too_early = there % CHUNK // FRAME
        station.position = there - there % CHUNK
        station.starts_at_s = 0.0
        for stream in station.streams:
            stream.unhush(n_too_early)

    def _find_night(self, plan: Plan, position: int) -> int:
        """Return where those have come who hear this plan; as told when nobody is near that."""
        others = [
            one
            for one in self._all
            if one.plan == plan
            and one.shareable
            and not one.starts_at_s
            and abs(one.read_position - position) <= SAME_NIGHT_S * SAMPLE_RATE
        ]
        if not others:
            return position
        return max(others, key=lambda one: len(one.streams)).read_position

    def _drop_empty(self) -> None:
        self._all = tuple(station for station in self._all if station.streams)
        self._meeting = {key: place for key, place in self._meeting.items() if place.streams}


def _same_night(one: Station, other: Station) -> bool:
    return one.key == other.key and _close(one, other)


def _close(one: Station, other: Station) -> bool:
    apart = abs(one.read_position - other.read_position)
    return one.shareable and apart <= SAME_NIGHT_S * SAMPLE_RATE
