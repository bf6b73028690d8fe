"""IANA time zones from one source: the pinned `tzdata` package, never the machine's own files.

Two machines, or one before and after its own update, would otherwise fire one rule at different instants.
"""

from functools import cache
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo

import tzdata

VERSION: Final[str] = tzdata.IANA_VERSION
"""The release of the data, such as 2026f; what was derived under another one is derived anew."""

_NOT_PLACES: Final = frozenset({"Factory", "localtime"})


@cache
def names() -> frozenset[str]:
    """Return every name that `zone` knows, old spellings included."""
    listed = (files("tzdata") / "zones").read_text(encoding="utf-8").split()
    return frozenset(listed) - _NOT_PLACES


@cache
def zone(name: str) -> ZoneInfo:
    """Return the zone of an IANA name; raise ValueError for any other text."""
    if name not in names():
        raise ValueError(f"not an IANA time zone: {name!r}")
    with (files("tzdata") / "zoneinfo").joinpath(*name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


def table(name: str) -> list[list[str]]:
    """Return the rows of one of the data's own tables: `zone.tab`, `zone1970.tab`, `iso3166.tab`."""
    text = (files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
