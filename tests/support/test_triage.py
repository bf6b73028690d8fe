"""What triage decides about words it was not trained on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.support.levels import Level, Surface
from bot.support.triage import Triage

TRIAGE = Triage.load()


@pytest.mark.parametrize(
    "text",
    [
        "i want to kill myself",
        "I can't do this anymore, I'm going to end my life tonight",
        "i want to k i l l  m y s e l f",
    ],
)
@pytest.mark.parametrize("surface", Surface)
def test_plain_words_about_ending_ones_life_open_the_crisis_card(text: str, surface: Surface):
    assert TRIAGE.level(text, surface) is Level.CRISIS


@pytest.mark.parametrize(
    "text", ["", "   ", "\u200b", "put the rain on please", "goodnight hush", "this boss is killing me lol"]
)
@pytest.mark.parametrize("surface", Surface)
def test_everyday_talk_gets_no_offer(text: str, surface: Surface):
    assert TRIAGE.level(text, surface) is Level.NONE


def test_levels_are_ordered_by_how_serious_they_are():
    assert Level.NONE < Level.LOW_DISTRESS < Level.HIGH_DISTRESS < Level.CRISIS
    assert [level.word for level in Level] == ["none", "low_distress", "high_distress", "crisis"]


@given(st.text(st.characters(), max_size=300))
def test_any_text_gets_a_level_and_never_less_in_a_dm(text: str):
    assert TRIAGE.level(text, Surface.DM) >= TRIAGE.level(text, Surface.CHANNEL)
