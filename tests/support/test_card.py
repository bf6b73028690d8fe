"""What is on the help card, in which order, for whichever country and date."""

from datetime import date

import pytest

from bot.content.helpline_directory import HelplineDirectory
from bot.support.card import MOST_RESOURCES, Card, Wish
from bot.support.ports import Resource

TODAY = date(2026, 11, 26)


@pytest.fixture(scope="module")
def directory() -> HelplineDirectory:
    return HelplineDirectory.load()


def card(directory: HelplineDirectory, country: str | None, today: date = TODAY, **more) -> Card:
    return Card.of(directory, Wish("en-US", country), today, **more)


def test_paired_lines_come_both_or_not_at_all(directory):
    for iso, country in directory.countries.items():
        shown = card(directory, iso)
        names = {line.name for line in (*shown.lines, *shown.older_lines)}
        for line in country.lines:
            if line.pair is not None:
                assert (line.name in names) == (line.pair in names)


def test_at_most_two_lines_and_one_for_young_people(directory):
    for iso in directory.countries:
        shown = card(directory, iso)
        lines = (*shown.lines, *shown.older_lines)
        assert len(lines) <= 3
        assert sum(bool(line.meant_for) for line in lines) <= 1
        assert all("youth" in line.meant_for for line in lines if line.meant_for)


def test_a_youth_line_is_there_where_the_country_has_one(directory):
    for iso, country in directory.countries.items():
        shown = card(directory, iso)
        has_one = any("youth" in line.meant_for for line in country.lines)
        assert any("youth" in line.meant_for for line in (*shown.lines, *shown.older_lines)) == has_one


def test_lines_grow_old(directory):
    assert [line.name for line in card(directory, "GB").lines] == ["Samaritans", "Shout"]
    in_two_years = card(directory, "GB", date(2028, 11, 26))
    assert in_two_years.lines == ()
    assert [line.name for line in in_two_years.older_lines] == ["Samaritans", "Shout"]


def test_a_fresh_line_is_preferred_to_an_older_one(directory):
    for iso, country in directory.countries.items():
        if any(line.is_fresh(TODAY) and not line.meant_for for line in country.lines):
            assert card(directory, iso).lines


def test_an_unknown_country_has_neither_number_nor_lines(directory):
    shown = card(directory, None)
    assert shown.emergency is None
    assert shown.lines == shown.older_lines == ()


def test_a_servers_resources_are_bounded(directory):
    many = [Resource(f"Room {n}", "a room", "knock") for n in range(9)]
    assert len(card(directory, "DE", resources=many).resources) == MOST_RESOURCES
