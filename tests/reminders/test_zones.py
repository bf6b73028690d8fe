"""The zones come from the pinned package, whatever the machine believes."""

import zoneinfo
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from bot.reminders import zones


@pytest.fixture
def lying_machine(tmp_path: Path) -> None:
    """A machine whose own data says that Berlin keeps Tokyo's time."""
    lie = tmp_path / "Europe" / "Berlin"
    lie.parent.mkdir()
    lie.write_bytes((files("tzdata") / "zoneinfo" / "Asia" / "Tokyo").read_bytes())
    zoneinfo.reset_tzpath([str(tmp_path)])
    zoneinfo.ZoneInfo.clear_cache()
    zones.zone.cache_clear()
    yield
    zoneinfo.reset_tzpath()
    zoneinfo.ZoneInfo.clear_cache()
    zones.zone.cache_clear()


@pytest.mark.usefixtures("lying_machine")
def test_the_machines_own_data_is_not_asked() -> None:
    noon = datetime(2026, 11, 26, 12, tzinfo=UTC)
    assert noon.astimezone(zoneinfo.ZoneInfo("Europe/Berlin")).hour == 21, "the lie works"
    assert noon.astimezone(zones.zone("Europe/Berlin")).hour == 13


def test_every_listed_zone_opens() -> None:
    assert len(zones.names()) > 590
    for name in zones.names():
        assert zones.zone(name).key == name


@pytest.mark.parametrize(
    "name", ["", "Factory", "../tzdata/zones", "Europe", "europe/berlin", "Europe/Berlin/"]
)
def test_nothing_else_opens(name: str) -> None:
    with pytest.raises(ValueError, match="not an IANA time zone"):
        zones.zone(name)
