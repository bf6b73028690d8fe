import pytest
from discord import ui

from bot.audio.library import Library
from bot.content.texts import Texts
from bot.core.errors import Refusal
from bot.gateway.pages import help_page, library_page
from bot.gateway.shelves import Shelves
from tests.playback.test_search import library, trigger

DISCORDS_LIMIT = 4_000


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts.load()


def text_of(page: ui.LayoutView) -> str:
    return "\n".join(item.content for item in page.walk_children() if isinstance(item, ui.TextDisplay))


def large_library(n_sounds: int) -> Library:
    return library(*(trigger(f"Soft brush {n}") for n in range(n_sounds)))


@pytest.mark.parametrize("n_sounds", [1, 30, 60, 200])
def test_every_sound_is_named_whatever_the_size_of_the_library(texts: Texts, n_sounds: int) -> None:
    shelves = Shelves(large_library(n_sounds), texts).browse(None, "en-US")
    shown = text_of(library_page(texts, "en-US", shelves))
    assert len(shown) <= DISCORDS_LIMIT
    assert all(f"Soft brush {n}" in shown for n in range(n_sounds))


def test_descriptions_are_shown_while_they_fit(texts: Texts) -> None:
    few = Shelves(large_library(3), texts).browse(None, "en-US")
    many = Shelves(large_library(200), texts).browse(None, "en-US")
    assert "A sound to search for." in text_of(library_page(texts, "en-US", few))
    assert "A sound to search for." not in text_of(library_page(texts, "en-US", many))


def test_a_family_without_a_name_goes_by_its_id(texts: Texts) -> None:
    stray = trigger("Ship bell").model_copy(update={"family": "old-ships"})
    shelves = Shelves(library(stray), texts)
    assert [shelf.name for shelf in shelves.browse("Old ships", "en-US")] == ["Old ships"]
    with pytest.raises(Refusal) as refusal:
        shelves.browse("new ships", "en-US")
    assert refusal.value.values == {"families": ("Old ships",)}


def test_help_fits_and_has_one_title(texts: Texts) -> None:
    shown = text_of(help_page(texts, "en-US"))
    assert len(shown) <= DISCORDS_LIMIT
    assert shown.count("## ") == 1
