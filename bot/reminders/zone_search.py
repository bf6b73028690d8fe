"""Finding somebody's time zone: by city, country, abbreviation, offset, or what their clock shows now."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Final

from babel import Locale
from babel.core import UnknownLocaleError
from rapidfuzz import fuzz, process

from bot.core.errors import Refusal
from bot.reminders.spoken import read_time
from bot.reminders.zones import names, table, zone

MOST: Final = 25
"""As many as Discord shows beside a field."""

_CLOCK: Final = re.compile(
    r"^\s*(?:it(?:'s| is|s)?(?: now)?|now|my clock (?:says|shows))?\s*(.*?\d.*?|noon|midnight)"
    r"(?:\s*(?:for me|here|now|right now|where i am))*\s*$",
    re.IGNORECASE,
)
_OFFSET: Final = re.compile(r"(?:utc|gmt)?\s*([+\-−])\s*(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)
_CLOCKS_DISAGREE: Final = timedelta(minutes=7)
"""Zones are at least 15 minutes apart; nobody's clock is off by half of that."""
_SHORT: Final = {"usa": "US", "america": "US", "uk": "GB", "uae": "AE", "czechia": "CZ", "holland": "NL"}
_LIKE: Final = 78.0
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Found:
    """A zone as people know it: `place` is a city, or the IANA name's last part; `country` may be empty."""

    name: str
    place: str
    country: str
    score: float
    """100 is exactly what was typed."""


class ZoneSearch:
    """Knows every zone of the data by its cities and countries. Reads files when built."""

    def __init__(self) -> None:
        countries = dict(table("iso3166.tab"))
        self._country_of = {row[2]: row[0] for row in table("zone.tab")}
        content = tomllib.loads((files("bot.content") / "cities.toml").read_text(encoding="utf-8"))
        listed, short = content["cities"], content["short"]
        if unknown := {*listed, *short} - names():
            raise ValueError(f"cities.toml: no such zone: {sorted(unknown)}")
        known = list(listed)
        self._short = {_folded(word): name for name, words in short.items() for word in words}
        self._order = {name: rank for rank, name in enumerate(dict.fromkeys([*known, *self._country_of]))}
        self._zones_in: dict[str, list[str]] = {}
        for name in sorted(self._country_of, key=self._rank):
            self._zones_in.setdefault(self._country_of[name], []).append(name)
        self._places = {_folded(_city(name)): (name, _city(name)) for name in self._by_rank(self._country_of)}
        self._places |= {_folded(city): (name, city) for name in known for city in listed[name]}
        self._countries = {_folded(name): code for code, name in countries.items()} | _SHORT
        self._country_names = countries
        # Old names such as EST are left to the abbreviations: people mean New York's clock, not Panama's.
        self._exact = {_folded(name): name for name in names() if "/" in name or name == "UTC"}

    def find(self, text: str, now: datetime, locale: str = "en-US") -> Sequence[Found]:
        """Return the zones a text may mean, best first, at most 25; the usual ones for an empty text."""
        typed = _folded(text)
        if not typed:
            return [self._found(name, 50.0, locale) for name in self._by_rank(self._order)][:MOST]
        hits: dict[str, Found] = {}
        for hit in (
            *self._by_name(typed, locale),
            *self._by_clock(text, now, locale),
            *self._by_place(typed, locale),
            *self._by_country(typed, locale),
            *self._by_abbreviation(typed, now, locale),
        ):
            if hit.name not in hits or hits[hit.name].score < hit.score:
                hits[hit.name] = hit
        return sorted(hits.values(), key=lambda hit: (-hit.score, self._rank(hit.name)))[:MOST]

    def the_one(self, text: str, now: datetime, locale: str = "en-US") -> Found:
        """Return the zone a text means; raise Refusal, naming near ones, when it could be several or none."""
        found = self.find(text, now, locale) if text.strip() else []
        if not found:
            raise Refusal("timezone.refused.unknown")
        best = [hit for hit in found if hit.score == found[0].score]
        if len({_year_of_offsets(hit.name, now) for hit in best}) == 1:
            return best[0]
        raise Refusal("timezone.refused.several", names=tuple(hit.place for hit in best[:3]))

    def place_of(self, name: str, locale: str = "en-US") -> str:
        """Return how a zone is called in a sentence: "Berlin, Germany"."""
        found = self._found(name, 100.0, locale)
        return f"{found.place}, {found.country}" if found.country else found.place

    def _by_name(self, typed: str, locale: str) -> Iterator[Found]:
        if (name := self._exact.get(typed)) is not None:
            yield self._found(name, 100.0, locale)

    def _by_place(self, typed: str, locale: str) -> Iterator[Found]:
        if (name := self._short.get(typed)) is not None:
            yield self._found(name, 100.0, locale)
        for folded, (name, city) in self._places.items():
            if folded == typed:
                yield self._found(name, 100.0, locale, city)
            elif folded.startswith(typed) or f" {typed}" in folded:
                yield self._found(name, 90.0, locale, city)
        if len(typed) >= 4:
            for folded, score, _ in process.extract(
                typed, self._places.keys(), scorer=fuzz.ratio, score_cutoff=_LIKE, limit=MOST
            ):
                name, city = self._places[folded]
                yield self._found(name, min(score, 89.0), locale, city)

    def _by_country(self, typed: str, locale: str) -> Iterator[Found]:
        spoken = {**self._countries, **{_folded(name): code for code, name in _territories(locale).items()}}
        fitting = {code for folded, code in spoken.items() if folded == typed}
        begun = {code for folded, code in spoken.items() if len(typed) >= 3 and folded.startswith(typed)}
        if typed.upper() in self._country_names:
            fitting.add(typed.upper())
        for code in fitting | begun:
            zones = self._zones_in.get(code, [])
            score = 100.0 if code in fitting else 85.0
            for name in zones:
                yield self._found(name, score, locale)

    def _by_abbreviation(self, typed: str, now: datetime, locale: str) -> Iterator[Found]:
        wanted = typed.upper()
        if len(wanted) in (3, 4, 5) and wanted.isalpha():
            for name in self._by_rank(self._order):
                place = zone(name)
                if wanted in {(now + n * 91 * _DAY).astimezone(place).tzname() for n in range(4)}:
                    yield self._found(name, 95.0, locale)
        if (offset := _offset(typed)) is not None:
            for name in self._by_rank(self._order):
                if now.astimezone(zone(name)).utcoffset() == offset:
                    yield self._found(name, 95.0, locale)

    def _by_clock(self, text: str, now: datetime, locale: str) -> Iterator[Found]:
        for wall in _clock_times(text):
            for name in self._by_rank(self._order):
                local = now.astimezone(zone(name))
                shown = local.replace(hour=wall.hour, minute=wall.minute)
                if min(abs(shown + n * _DAY - local) for n in (-1, 0, 1)) <= _CLOCKS_DISAGREE:
                    yield self._found(name, 95.0, locale)

    def _found(self, name: str, score: float, locale: str, city: str | None = None) -> Found:
        code = self._country_of.get(name, "")
        country = _territories(locale).get(code) or self._country_names.get(code, "")
        return Found(name, city or _city(name), country, score)

    def _by_rank(self, zones: Iterable[str]) -> list[str]:
        return sorted(zones, key=self._rank)

    def _rank(self, name: str) -> int:
        return self._order.get(name, len(self._order))


def _year_of_offsets(name: str, now: datetime) -> tuple[timedelta | None, ...]:
    """Return what tells a zone's clock from another's: the offset in every week to come."""
    place = zone(name)
    return tuple((now + n * 7 * _DAY).astimezone(place).utcoffset() for n in range(53))


def _clock_times(text: str) -> list[time]:
    """Return what a clock may show that somebody read out: without am or pm both halves of the day."""
    match = _CLOCK.match(text.casefold().replace("’", "'"))
    if match is None or not re.search(r"\d\D*\d|[ap]\.?m|uhr|o'clock|noon|midnight", match[1]):
        return []
    try:
        spoken = read_time(match[1])
    except Refusal:
        return []
    other = spoken.at.replace(hour=(spoken.at.hour + 12) % 24)
    return [spoken.at, other] if spoken.is_guess else [spoken.at]


def _offset(typed: str) -> timedelta | None:
    match = _OFFSET.fullmatch(typed)
    if match is None:
        return None
    span = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return span if match[1] == "+" else -span


def _city(name: str) -> str:
    return name.rpartition("/")[2].replace("_", " ")


def _folded(text: str) -> str:
    """Return a text as it is compared: no case, no accents, blanks for what stands between words."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("_", " "))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).replace(",", " ").split())


@lru_cache(maxsize=40)
def _territories(locale: str) -> dict[str, str]:
    try:
        return dict(Locale.parse(locale, sep="-").territories)
    except (UnknownLocaleError, ValueError):
        return dict(Locale("en").territories)
