from contextlib import suppress
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import Refusal
from bot.reminders.spoken import SpokenTime, read_days, read_time


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("10:30pm", time(22, 30)), ("10.30 PM", time(22, 30)), ("10 p.m.", time(22)), ("22.30", time(22, 30)),
        ("22:30", time(22, 30)), ("2230", time(22, 30)), ("22h30", time(22, 30)), ("22h", time(22)),
        ("23 Uhr", time(23)), ("at 23:15", time(23, 15)), ("half past ten pm", time(22, 30)),
        ("quarter to eleven in the evening", time(22, 45)), ("midnight", time(0)), ("noon", time(12)),
        ("12am", time(0)), ("12 pm", time(12)), ("12 at night", time(0)), ("1 at night", time(1)),
        ("9am", time(9)), ("8:05 in the morning", time(8, 5)), ("08:00", time(8)), ("0:15", time(0, 15)),
        ("10:30pm!", time(22, 30)), ("930pm", time(21, 30)), ("10pm sharp", time(22)),
        ("24:00", time(0)), ("twenty three thirty", time(23, 30)), ("5 to midnight", None), ("10：30", None),
    ],
)  # fmt: skip
def test_times_that_say_it_all(typed: str, at: time | None) -> None:
    if at is None:
        with pytest.raises(Refusal, match=r"bedtime\.refused\.time"):
            read_time(typed)
    else:
        assert read_time(typed) == SpokenTime(at)


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("half past ten", time(22, 30)), ("quarter to eleven", time(22, 45)), ("10", time(22)),
        ("9:15", time(21, 15)),
        ("eleven o'clock", time(23)), ("twenty five past nine", time(21, 25)), ("12:30", time(0, 30)),
        ("half ten", time(22, 30)), ("11ish", time(23)), ("930", time(21, 30)), ("ten thirty.", time(22, 30)),
        ("1:30", time(1, 30)), ("ten thirty", time(22, 30)), ("6", time(18)), ("١٠", time(22)),
    ],
)  # fmt: skip
def test_a_time_of_either_half_is_taken_for_a_bedtime_and_says_so(typed: str, at: time) -> None:
    assert read_time(typed) == SpokenTime(at, is_guess=True)


@pytest.mark.parametrize(
    "typed", ["", "soon", "25:00", "22:60", "22:7", "10am pm", "99", "half past", "-1", "1e3"]
)
def test_anything_else_is_asked_again(typed: str) -> None:
    with pytest.raises(Refusal, match=r"bedtime\.refused\.time"):
        read_time(typed)


@given(st.times(), st.sampled_from([":", ".", "h"]))
def test_a_clock_with_leading_zeros_is_itself(at: time, between: str) -> None:
    typed = f"{at.hour:02}{between}{at.minute:02}"
    spoken = read_time(typed).at
    assert spoken in (at.replace(second=0, microsecond=0), spoken.replace(hour=(at.hour + 12) % 24))
    if at.hour < 10 or at.hour > 12:
        assert spoken == at.replace(second=0, microsecond=0)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_time_or_a_refusal(text: str) -> None:
    for read in (read_time, read_days):
        with suppress(Refusal):
            assert read(text)


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("weekdays", {1, 2, 3, 4, 5}), ("sun-thu", {7, 1, 2, 3, 4}), ("every day", set(range(1, 8))),
        ("", set(range(1, 8))), ("mon, wed & fri", {1, 3, 5}), ("Monday to Thursday", {1, 2, 3, 4}),
        ("fri and sat", {5, 6}), ("every day except friday", {1, 2, 3, 4, 6, 7}), ("weekends", {6, 7}),
        ("Sundays", {7}), ("mo-fr, su", {1, 2, 3, 4, 5, 7}), ("school nights", {7, 1, 2, 3, 4}),
        ("daily but not sun", {1, 2, 3, 4, 5, 6}), ("Tues/Thurs", {2, 4}), ("fri – mon", {5, 6, 7, 1}),
    ],
)  # fmt: skip
def test_days(typed: str, days: set[int]) -> None:
    assert read_days(typed) == days


@pytest.mark.parametrize("typed", ["t", "someday", "monday except monday", "mon-xyz", "7"])
def test_days_that_are_none_are_asked_again(typed: str) -> None:
    with pytest.raises(Refusal, match=r"bedtime\.refused\.days"):
        read_days(typed)
