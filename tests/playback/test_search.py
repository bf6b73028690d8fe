import pytest

from bot.audio.library import Bed, Library, Trigger
from bot.playback.search import MOST_SUGGESTIONS, SoundSearch


def trigger(name: str, *synonyms: str) -> Trigger:
    return Trigger(
        id=name.lower().replace(" ", "-"),
        name=name,
        family="water",
        synonyms=synonyms,
        description="A sound to search for.",
        evidence="tradition",
        source="nobody measured it",
        goes_with=(),
        gain_db=0.0,
        level_lufs=-30.0,
        recipe="none",
        bed=Bed(grain_s=(8.0, 12.0), crossfade_s=2.0),
    )


def library(*triggers: Trigger) -> Library:
    return Library({t.id: t for t in triggers}, {})


@pytest.fixture
def sounds() -> SoundSearch:
    return SoundSearch(
        library(
            trigger("Rain", "drizzle", "rainfall", "pluie légère"),
            trigger("Ocean waves", "sea", "surf", "beach"),
            trigger("Wood tapping", "tap", "knocking"),
            trigger("Brown noise", "low rumble"),
        )
    )


@pytest.mark.parametrize("typed", ["rain", "Rain", " RAIN ", "drizzle", "Pluie legere", "rain!"])
def test_a_sound_goes_by_name_synonym_and_id_in_any_case(sounds: SoundSearch, typed: str) -> None:
    found = sounds.find(typed)
    assert found is not None
    assert found.id == "rain"


@pytest.mark.parametrize("typed", ["", "rian", "ocean wav", "helicopter"])
def test_only_whole_names_are_found(sounds: SoundSearch, typed: str) -> None:
    assert sounds.find(typed) is None


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("ra", "rain"),
        ("oce", "ocean-waves"),
        ("waves", "ocean-waves"),
        ("surf", "ocean-waves"),
        ("tapp", "wood-tapping"),
        ("ood", "wood-tapping"),
        ("rian", "rain"),
        ("tappng", "wood-tapping"),
        ("ocaen waves", "ocean-waves"),
        ("brwon noise", "brown-noise"),
        ("sound of the ocean waves", "ocean-waves"),
        ("légère", "rain"),
    ],
)
def test_fragments_and_slips_are_understood(sounds: SoundSearch, typed: str, first: str) -> None:
    assert sounds.suggest(typed)[0].id == first


def test_nothing_near_is_nothing_suggested(sounds: SoundSearch) -> None:
    assert sounds.suggest("helicopter") == []
    assert sounds.nearest("helicopter") is None
    assert sounds.nearest("") is None


def test_the_nearest_is_the_first_suggestion(sounds: SoundSearch) -> None:
    nearest = sounds.nearest("drizle")
    assert nearest is not None
    assert nearest.id == "rain"


def test_before_anything_is_typed_all_are_offered_by_name(sounds: SoundSearch) -> None:
    assert [t.name for t in sounds.suggest("")] == ["Brown noise", "Ocean waves", "Rain", "Wood tapping"]


def test_a_large_library_suggests_no_more_than_discord_shows() -> None:
    sounds = SoundSearch(
        library(
            *(trigger(f"Soft brush {n}", f"brushing {n}", f"hair {n}", f"stroke {n}") for n in range(150))
        )
    )
    for typed in ("", "b", "brsh", "soft bursh 12", "a sentence that is far longer than any name" * 9):
        assert len(sounds.suggest(typed)) <= MOST_SUGGESTIONS
