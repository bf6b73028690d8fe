"""What is remembered about words: for minutes, in memory, and under nobody's name."""

import pytest

from bot.support.decisions import HOLD_S, LEVEL_S, Decisions
from bot.support.levels import Level
from tests.store.conftest import WoundClock


@pytest.fixture
def clock() -> WoundClock:
    return WoundClock()


@pytest.fixture
def decisions(clock: WoundClock) -> Decisions:
    return Decisions(clock, most_people=3)


async def test_a_level_is_forgotten_after_a_quarter_of_an_hour(decisions: Decisions, clock: WoundClock):
    decisions.decide(1, Level.HIGH_DISTRESS)
    await clock.sleep(LEVEL_S - 1)
    assert decisions.level_of(1) is Level.HIGH_DISTRESS
    await clock.sleep(1)
    assert decisions.level_of(1) is Level.NONE


async def test_a_calmer_word_does_not_lower_what_stands(decisions: Decisions, clock: WoundClock):
    decisions.decide(1, Level.CRISIS)
    await clock.sleep(LEVEL_S / 2)
    decisions.decide(1, Level.NONE)
    assert decisions.level_of(1) is Level.CRISIS
    await clock.sleep(LEVEL_S / 2)
    assert decisions.level_of(1) is Level.NONE, "nor does it prolong it"


async def test_a_crisis_holds_for_a_day(decisions: Decisions, clock: WoundClock):
    decisions.decide(1, Level.HIGH_DISTRESS)
    assert not decisions.is_held(1)
    decisions.decide(1, Level.CRISIS)
    await clock.sleep(HOLD_S - 1)
    assert decisions.is_held(1)
    await clock.sleep(1)
    assert not decisions.is_held(1)


def test_memory_is_bounded_and_the_oldest_goes_first(decisions: Decisions):
    for user_id in range(5):
        decisions.decide(user_id, Level.CRISIS)
    assert len(decisions) == 3
    assert [decisions.level_of(user_id) for user_id in range(5)] == [Level.NONE] * 2 + [Level.CRISIS] * 3


def test_no_id_can_be_read_from_it_and_each_process_has_its_own_salt(clock: WoundClock):
    user_id = 123456789012345678
    one, other = Decisions(clock), Decisions(clock)
    for decisions in (one, other):
        decisions.decide(user_id, Level.CRISIS)
        assert str(user_id) not in repr(decisions._recent)
        assert user_id.to_bytes(8, "big") not in b"".join(decisions._recent)
    assert set(one._recent).isdisjoint(other._recent)


def test_forgetting(decisions: Decisions):
    decisions.decide(1, Level.CRISIS)
    decisions.forget(1)
    assert decisions.level_of(1) is Level.NONE
    assert not decisions.is_held(1)
    assert len(decisions) == 0
