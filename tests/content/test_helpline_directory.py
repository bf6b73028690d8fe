"""Helplines as content: shown verbatim, dated, and a wrong file is named."""

import re
from datetime import date
from pathlib import Path

import pytest

from bot.content.helpline_directory import HelplineDirectory, months_between
from bot.core.errors import ContentError

EMERGENCY = """
[SE]
numbers = [{ number = "112" }]
confidence = "high"
source = "a list"
checked = "2026-06"
"""
LINE = """
[[line]]
name = "Mind"
call = ["90101"]
confidence = "medium"
source = "a list"
checked = "2024-09"
"""


@pytest.fixture(scope="module")
def directory() -> HelplineDirectory:
    return HelplineDirectory.load()


def written(folder: Path, emergency: str = EMERGENCY, lines: str | None = LINE, iso: str = "SE") -> Path:
    (folder / "lines").mkdir()
    (folder / "emergency.toml").write_text(emergency, encoding="utf-8")
    if lines is not None:
        (folder / "lines" / f"{iso}.toml").write_text(lines, encoding="utf-8")
    return folder


def test_every_country_has_an_emergency_number_with_source_and_date(directory: HelplineDirectory) -> None:
    assert len(directory.countries) > 240
    for country in directory.countries.values():
        assert country.emergency.numbers
        assert country.emergency.source


def test_numbers_stand_as_their_source_has_them(directory: HelplineDirectory) -> None:
    de = directory.countries["DE"].lines[0]
    assert de.call == ("0800 111 0 111", "0800 111 0 222", "116 123")
    us = directory.countries["US"].lines
    assert [us[0].call, us[1].text.number, us[1].text.word] == [("988",), "741741", "HOME"]
    assert [n.number for n in directory.countries["JP"].emergency.numbers] == ["119", "110"]


def test_every_pair_is_mutual(directory: HelplineDirectory) -> None:
    pairs = {(iso, line.name, line.pair) for iso, line in directory.lines if line.pair}
    assert pairs
    assert {(iso, pair, name) for iso, name, pair in pairs} == pairs


def test_a_line_stays_fresh_for_a_year(tmp_path: Path) -> None:
    [line] = HelplineDirectory.load(written(tmp_path)).countries["SE"].lines
    assert line.checked == date(2024, 9, 1)
    assert line.is_fresh(date(2025, 9, 30))
    assert not line.is_fresh(date(2025, 10, 1))
    assert months_between(date(2023, 12, 1), date(2024, 1, 31)) == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("90101", "90-ask-1"), "SE.toml: line.1.call.1: String should match pattern"),
        (('call = ["90101"]', ""), "SE.toml: line 1 (Mind): call: a line needs"),
        (('"2024-09"', '"last year"'), "SE.toml: line.1.checked: "),
        (('"2024-09"', '"2024-13"'), "SE.toml: line.1.checked: "),
        (('source = "a list"', ""), "SE.toml: line.1.source: Field required"),
        (("confidence", "confidenec"), "SE.toml: line.1.confidence: Field required"),
        (("call", 'chat = "http://mind.se"\ncall'), "SE.toml: line.1.chat: "),
        (("call", 'pair = "Body"\ncall'), "SE.toml: line 1 (Mind): pair: Body must be in the same file"),
        (("[[line]]", "[[line]"), "SE.toml: not valid TOML"),
    ],
)
def test_a_wrong_line_is_named_with_its_field(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    with pytest.raises(ContentError, match=re.escape(told)):
        HelplineDirectory.load(written(tmp_path, lines=LINE.replace(*change)))


def test_a_wrong_emergency_number_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=re.escape("emergency.toml: SE.numbers.1.number: ")):
        HelplineDirectory.load(written(tmp_path, EMERGENCY.replace('"112"', '"one one two"')))


def test_lines_without_an_emergency_number_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"NO\.toml: NO: emergency\.toml has no emergency number"):
        HelplineDirectory.load(written(tmp_path, iso="NO"))
