from itertools import product

import pytest

from bot.care.checkin import CheckIn
from bot.care.model import FEELINGS

EVERY = [CheckIn(*answers) for answers in product(range(1, 6), repeat=3)]


def test_every_answer_has_a_word() -> None:
    assert {check_in.feeling for check_in in EVERY} <= set(FEELINGS)
    assert len({check_in.feeling for check_in in EVERY}) >= 6


@pytest.mark.parametrize(
    ("answers", "feeling"),
    [
        ((1, 3, 1), "overwhelmed"),
        ((4, 3, 1), "sad"),
        ((2, 5, 3), "anxious"),
        ((2, 2, 3), "stressed"),
        ((3, 5, 4), "restless"),
        ((3, 1, 4), "unfocused"),
        ((5, 3, 5), "fine"),
    ],
)
def test_words_for_answers(answers: tuple[int, int, int], feeling: str) -> None:
    assert CheckIn(*answers).feeling == feeling


def test_the_lowest_mood_always_shows_help_and_a_good_evening_never() -> None:
    assert all(check_in.may_be_more for check_in in EVERY if check_in.mood == 1)
    assert not any(check_in.may_be_more for check_in in EVERY if check_in.mood >= 3)


def test_answers_beyond_the_scale_are_refused() -> None:
    with pytest.raises(ValueError, match="1 to 5"):
        CheckIn(0, 3, 3)
