from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.audio.chance import Dice, key64, mix64


def test_numbers_are_the_same_on_every_machine():
    dice = Dice(seed=7, stream=key64("rain/grains"), index=-3)
    assert mix64(1) == 0x5692161D100B05E5
    assert [dice.integer(1000) for _ in range(5)] == [660, 694, 327, 985, 618]


def test_neighbouring_indices_are_unrelated():
    draws = [Dice(1, 2, index).uniform() for index in range(4000)]
    mean = sum(draws) / len(draws)
    lagged = sum((a - mean) * (b - mean) for a, b in pairwise(draws)) / len(draws)
    assert abs(mean - 0.5) < 0.02
    assert abs(lagged) < 0.005


def test_normal_has_unit_spread():
    dice = Dice(3, 4, 5)
    draws = [dice.normal() for _ in range(4000)]
    assert abs(sum(draws) / 4000) < 0.06
    assert abs(sum(d * d for d in draws) / 4000 - 1.0) < 0.08


@given(st.integers(), st.integers(0, 2**64 - 1), st.integers(), st.integers(1, 2**53))
def test_integers_stay_below(seed: int, stream: int, index: int, below: int):
    assert 0 <= Dice(seed, stream, index).integer(below) < below


@given(st.integers(), st.floats(0.01, 1e3), st.floats(0.0, 1.5))
def test_spans_are_positive_and_repeatable(seed: int, mean: float, cv: float):
    span = Dice(seed, 1, 2).around(mean, cv)
    assert span >= mean / 7.001
    assert span == Dice(seed, 1, 2).around(mean, cv)
