from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import Refusal
from bot.reminders.zone_search import MOST, ZoneSearch
from bot.reminders.zones import names, zone

NOW = datetime(2026, 11, 26, 4, 40, tzinfo=UTC)
SEARCH = ZoneSearch()


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"), ("europe/berlin", "Europe/Berlin"), ("berlin", "Europe/Berlin"),
        ("Munich", "Europe/Berlin"), ("münchen", "Europe/Berlin"), ("munchen", "Europe/Berlin"),
        ("Germany", "Europe/Berlin"), ("Kyiv", "Europe/Kyiv"), ("lord howe", "Australia/Lord_Howe"),
        ("New York", "America/New_York"), ("America/New_York", "America/New_York"), ("india", "Asia/Kolkata"),
        ("GB", "Europe/London"), ("sydny", "Australia/Sydney"), ("casabl", "Africa/Casablanca"),
        ("+05:45", "Asia/Kathmandu"), ("UTC", "UTC"), ("America/Buenos_Aires", "America/Buenos_Aires"),
        ("nyc", "America/New_York"), ("Kiev", "Europe/Kyiv"), ("texas", "America/Chicago"),
        ("Newcastle", "Europe/London"), ("it is 10:25 for me", "Asia/Kathmandu"),
    ],
)  # fmt: skip
def test_the_one_zone_is_found(typed: str, name: str) -> None:
    assert SEARCH.the_one(typed, NOW).name == name


@pytest.mark.parametrize("typed", ["Brazil", "IST", "it is 22:40 for me", "USA", "5:40", "LA", "ET"])
def test_several_are_offered_not_guessed(typed: str) -> None:
    with pytest.raises(Refusal, match=r"timezone\.refused\.several") as refusal:
        SEARCH.the_one(typed, NOW)
    assert len(refusal.value.values["names"]) >= 2


@pytest.mark.parametrize("typed", ["xyzzy plugh", "", "   ", "it is teatime"])
def test_nothing_is_said_plainly(typed: str) -> None:
    with pytest.raises(Refusal, match=r"timezone\.refused\.unknown"):
        SEARCH.the_one(typed, NOW)


@pytest.mark.parametrize("typed", ["it is 22:40 for me", "It's 10:40pm here", "22.40", "now 22:40"])
def test_a_clock_finds_the_zones_that_show_it_now(typed: str) -> None:
    found = SEARCH.find(typed, NOW)
    assert found[0].name == "America/Chicago"
    assert all(NOW.astimezone(zone(hit.name)).strftime("%H:%M") == "22:40" for hit in found)


def test_a_clock_without_its_half_finds_both() -> None:
    assert {NOW.astimezone(zone(hit.name)).hour for hit in SEARCH.find("10:40", NOW)} == {10, 22}
    assert {NOW.astimezone(zone(hit.name)).hour for hit in SEARCH.find("it is 10:40 am", NOW)} == {10}


def test_what_people_mean_by_two_letters_comes_before_a_countrys_code() -> None:
    assert [hit.place for hit in SEARCH.find("LA", NOW)][:2] == ["Los Angeles", "Vientiane"]
    assert SEARCH.find("et", NOW)[0].name == "America/New_York"
    assert SEARCH.find("DE", NOW)[0].name == "Europe/Berlin"


def test_an_abbreviation_finds_who_uses_it_in_any_season() -> None:
    assert {"Europe/Dublin", "Asia/Jerusalem", "Asia/Kolkata"} <= {
        hit.name for hit in SEARCH.find("IST", NOW)
    }
    assert SEARCH.find("CEST", NOW)[0].name == "Europe/Berlin"
    assert SEARCH.find("EST", NOW)[0].name == "America/New_York"


def test_countries_are_known_in_the_readers_language() -> None:
    assert SEARCH.find("Österreich", NOW, "de")[0].name == "Europe/Vienna"
    assert SEARCH.find("Ägypten", NOW, "de")[0].name == "Africa/Cairo"
    assert SEARCH.place_of("Europe/Berlin", "de") == "Berlin, Deutschland"
    assert SEARCH.place_of("Etc/GMT+3") == "GMT+3"


@given(st.text(max_size=30))
def test_whatever_is_typed_gives_at_most_what_discord_shows(text: str) -> None:
    found = SEARCH.find(text, NOW, "zz-top")
    assert len(found) <= MOST
    assert {hit.name for hit in found} <= names()
    assert len({hit.name for hit in found}) == len(found)
