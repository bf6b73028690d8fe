import re
import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from bot.audio.library import Library
from bot.care.model import FEELINGS
from bot.content.care import CareContent
from bot.core.errors import ContentError

SHIPPED = Path(str(files("bot.content")))


@pytest.fixture(scope="module")
def content() -> CareContent:
    return CareContent.load(Library.load().triggers)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped content to damage."""
    for name in ("pairings", "practices", "learn"):
        shutil.copytree(SHIPPED / name, tmp_path / name)
    shutil.copy(SHIPPED / "sources.toml", tmp_path)
    return tmp_path


def test_there_is_enough_of_everything(content: CareContent) -> None:
    assert len(content.pairings) >= 60
    assert len(content.practices) >= 8
    assert len(content.pages) == 8


@pytest.mark.parametrize("feeling", FEELINGS)
@pytest.mark.parametrize("minutes", [3, 10, 30])
def test_every_feeling_finds_three_activities_in_any_time(
    content: CareContent, feeling: str, minutes: int
) -> None:
    fitting = {
        content.activities[name]
        for name, pairing in content.pairings.items()
        if feeling in pairing.feelings and pairing.minutes[0] <= minutes
    }
    assert len(fitting) >= 3


def test_every_source_is_used(content: CareContent) -> None:
    used = {thing.source for thing in (*content.pairings.values(), *content.practices.values())}
    used |= {paragraph.source for page in content.pages.values() for paragraph in page.paragraph}
    assert set(content.sources) - used == set()


def test_the_voice_stays_low_and_promises_nothing(content: CareContent) -> None:
    loud = re.compile(r"!|\b(cure|heal|treats|guarantee|proven|always works|must)\b", re.IGNORECASE)
    for path in (SHIPPED / "pairings").glob("*.toml"):
        text = re.sub(r"none cured it|what \w+ must", "", path.read_text(encoding="utf-8"))
        assert not loud.search(text), f"{path.name}: {loud.search(text)}"


def test_body_work_says_when_to_be_careful(content: CareContent) -> None:
    stretching = [p for name, p in content.pairings.items() if content.activities[name] == "stretching"]
    assert all(pairing.care for pairing in stretching)
    assert all(practice.care for name, practice in content.practices.items() if practice.breath)


def test_a_new_pairing_is_one_more_file(folder: Path) -> None:
    (folder / "pairings" / "knitting.toml").write_text(
        """name = "Knitting"
[pairing.one-row]
title = "One row, slowly"
feelings = ["restless"]
minutes = [5, 20]
places = ["home"]
noise = "quiet"
sounds = ["rain"]
why = "Needles and rain keep the same kind of time."
steps = ["Knit one row.", "Look at it."]
source = "house-tradition"
claim = "A row is a row. No more is claimed."
""",
        encoding="utf-8",
    )
    assert "one-row" in CareContent.load(Library.load().triggers, folder).pairings


@pytest.mark.parametrize(
    ("file", "find", "put", "told"),
    [
        ("pairings/reading.toml", 'noise = "quiet"', 'noise = "loud"', "pairing.book-in-bed.noise"),
        ("pairings/reading.toml", 'title = "A book in bed"', "", "pairing.book-in-bed.title"),
        ("pairings/reading.toml", 'feelings = ["cant-sleep", "stressed", "fine"]', 'feelings = ["meh"]',
         "pairing.book-in-bed.feelings.0"),
        ("pairings/reading.toml", 'sounds = ["rain", "page-turning", "fire"]', 'sounds = ["whale"]',
         "pairing.book-in-bed.sounds: there is no 'whale'"),
        ("pairings/reading.toml", 'source = "finucane-2021"', 'source = "nobody-1900"',
         "pairing.book-in-bed.source: there is no 'nobody-1900'"),
        ("pairings/breathing.toml", 'practice = "coherent"', 'practice = "gasping"',
         "breathing.toml: pairing.even-breath.practice: there is no 'gasping'"),
        ("pairings/reading.toml", "minutes = [10, 30]", "minutes = [30, 10]", "book-in-bed: .*fewest"),
        ("pairings/reading.toml", 'name = "Reading"', 'name = "Reading', "reading.toml: not valid TOML"),
        ("practices/box.toml", "hold_s = 4.0", "hold_s = 90.0", "box.toml: breath.hold_s"),
        ("practices/body-scan.toml", "seconds = 30", "seconds = 2", "body-scan.toml: step.0.seconds"),
        ("practices/body-scan.toml", "Feel your feet.", "Feel nothing.",
         "body-scan.toml.step.whisper: there is no 'Feel nothing.'"),
        ("practices/box.toml", "usual_minutes = 4", "usual_minutes = 40", "box.toml: .*usual_minutes"),
        ("learn/sleep.toml", "order = 5", 'order = "five"', "sleep.toml: order"),
        ("learn/sleep.toml", 'source = "riedy-2021"', 'source = "x-1"', "sleep.toml.paragraph.source"),
        ("sources.toml", 'evidence = "single-study"', 'evidence = "a friend"', "balban-2023.evidence"),
        ("sources.toml", "https://doi.org/10.1016/j.xcrm", "http://x.org/j.xcrm", "balban-2023.link"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_named_with_its_field(
    folder: Path, file: str, find: str, put: str, told: str
) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert find in text
    path.write_text(text.replace(find, put, 1), encoding="utf-8")
    with pytest.raises(ContentError, match=told):
        CareContent.load(Library.load().triggers, folder)
