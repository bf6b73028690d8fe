"""A country is found by what a tired person types, in their language."""

import pytest

from bot.content.helpline_directory import HelplineDirectory
from bot.gateway.help_card import LANGUAGES
from bot.support.countries import MOST_SUGGESTIONS, Countries


@pytest.fixture(scope="module")
def countries() -> Countries:
    return Countries(HelplineDirectory.load().countries, LANGUAGES)


@pytest.mark.parametrize(
    ("typed", "iso"),
    [
        ("DE", "DE"),
        ("germany", "DE"),
        (" Deutschland ", "DE"),
        ("Alemania", "DE"),
        ("ألمانيا", "DE"),
        ("germnay", "DE"),
        ("日本", "JP"),
        ("भारत", "IN"),
        ("Côte d’Ivoire", "CI"),
        ("uk", "GB"),
        ("USA", "US"),
        ("Brasil", "BR"),
        ("it", None),
        ("", None),
        ("somewhere far away", None),
        ("x" * 5000, None),
        ("\u202e\x00🌙", None),
    ],
)
def test_found_by_name(countries: Countries, typed: str, iso: str | None) -> None:
    assert countries.find(typed) == iso


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_likely_ones_come_first_and_fit_discord(countries: Countries, language: str) -> None:
    likely = countries.likely(language)
    assert 8 <= len(likely) <= MOST_SUGGESTIONS
    assert len(set(likely)) == len(likely)
    assert countries.suggest("", language) == likely


def test_suggestions_speak_the_readers_language(countries: Countries) -> None:
    assert countries.name(countries.suggest("alle", "fr")[0], "fr") == "Allemagne"
    assert countries.suggest("nd", "en-US")[0] not in countries.suggest("zz9", "en-US")
    assert countries.suggest("germnay", "en-US") == ["DE"]
    assert len(countries.suggest("a", "en-US")) == MOST_SUGGESTIONS
