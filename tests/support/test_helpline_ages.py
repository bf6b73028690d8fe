"""The age of helplines is told, never a reason for a test to fail one day."""

from datetime import date
from pathlib import Path

import pytest

from bot.content.helpline_directory import HelplineDirectory
from bot.support.helpline_ages import check_helplines, summary
from tests.content.test_helpline_directory import written


@pytest.fixture
def directory(tmp_path: Path) -> HelplineDirectory:
    return HelplineDirectory.load(written(tmp_path))


@pytest.mark.parametrize(
    ("today", "code", "told"),
    [
        (date(2025, 9, 30), 0, "ok     SE   12 months  Mind"),
        (date(2025, 10, 1), 1, "check  SE   13 months  Mind"),
    ],
)
def test_each_line_is_listed_with_its_age(directory, capsys, today: date, code: int, told: str):
    assert check_helplines(directory, today) == code
    assert told in capsys.readouterr().out


def test_the_summary_counts(directory):
    assert summary(directory, date(2025, 1, 1)).endswith("1 helplines of 1, all checked within 12 months")
    assert "1 were checked more than 12 months ago" in summary(directory, date(2026, 1, 1))
    assert "(the oldest: September 2024)" in summary(directory, date(2026, 1, 1))
