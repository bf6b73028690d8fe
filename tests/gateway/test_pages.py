import pytest
from discord import ui

from bot.audio.library import Library
from bot.content.texts import Texts
from bot.core.errors import Refusal
from bot.gateway.library_pages import SOUNDS_A_PAGE, Chosen, LibraryPages, on_page
from bot.gateway.pages import help_page
from bot.gateway.shelves import Shelves
from tests.playback.test_search import library, trigger

DISCORDS_LIMIT = 4_000
DISCORDS_MOST = 40


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts.load()


def text_of(page: ui.LayoutView) -> str:
    return "\n".join(item.content for item in page.walk_children() if isinstance(item, ui.TextDisplay))


def large_library(n_sounds: int) -> Library:
    return library(*(trigger(f"Soft brush {n}") for n in range(n_sounds)))


@pytest.mark.parametrize("n_sounds", [1, 4, 30, 200])
def test_every_sound_is_on_one_page_and_every_page_fits(texts: Texts, n_sounds: int) -> None:
    shelves = Shelves(large_library(n_sounds), texts).all("en-US")
    [shelf] = shelves
    pages = LibraryPages(texts)
    chosen = Chosen(favourites={"soft-brush-0"}, blocked={"soft-brush-1"}, can_play=True)
    names: list[str] = []
    for number in range(-(-n_sounds // SOUNDS_A_PAGE)):
        _, sounds = on_page(shelf, number)
        page = pages.shelf(
            shelf,
            number,
            shelves=shelves * 10,
            chosen=chosen,
            pictures={sound.id for sound in sounds},
            locale="en-US",
        )
        shown = text_of(page)
        assert len(shown) <= DISCORDS_LIMIT
        assert page.total_children_count <= DISCORDS_MOST
        names += [sound.name for sound in sounds if sound.name in shown]
    assert sorted(names) == sorted(f"Soft brush {n}" for n in range(n_sounds))


def test_a_page_that_is_not_there_any_more_is_the_nearest(texts: Texts) -> None:
    [shelf] = Shelves(large_library(9), texts).all("en-US")
    assert on_page(shelf, 7) == (2, shelf.sounds[8:])
    assert on_page(shelf, -1)[0] == 0


def test_a_family_without_a_name_goes_by_its_id(texts: Texts) -> None:
    stray = trigger("Ship bell").model_copy(update={"family": "old-ships"})
    shelves = Shelves(library(stray), texts)
    assert [shelf.name for shelf in shelves.all("en-US")] == ["Old ships"]
    assert shelves.meant("Old ships", "en-US") == "old-ships"
    with pytest.raises(Refusal) as refusal:
        shelves.meant("new ships", "en-US")
    assert refusal.value.values == {"families": ("Old ships",)}


def test_help_fits_and_has_one_title(texts: Texts) -> None:
    shown = text_of(help_page(texts, "en-US"))
    assert len(shown) <= DISCORDS_LIMIT
    assert shown.count("## ") == 1
