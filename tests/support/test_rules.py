"""Unmistakable statements: found in every language, whole words only, never past a joke."""

import pytest

from bot.support.levels import Level
from bot.support.normalise import normalise
from bot.support.rules import LONGEST_PHRASE, Rules

RULES = Rules.load()


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("honestly I want to kill myself", Level.CRISIS),
        ("ya no quiero vivir", Level.CRISIS),
        ("je veux en finir, voilà", Level.CRISIS),
        ("ich will nicht mehr leben", Level.CRISIS),
        ("Não quero mais viver.", Level.CRISIS),
        ("मैं मरना चाहता हूँ", Level.CRISIS),
        ("main marna chahti hu", Level.CRISIS),
        ("ずっと自殺したいと思ってる", Level.CRISIS),
        ("بصراحة عايز انتحر", Level.CRISIS),
        ("i wish i was dead", Level.HIGH_DISTRESS),
        ("死にたい", Level.HIGH_DISTRESS),
        ("i want to kill myself lol", Level.NONE),
        ('my friend wrote "i want to kill myself"', Level.NONE),
        ("i want to kill myselfies", Level.NONE),
        ("play rain", Level.NONE),
        ("", Level.NONE),
    ],
)
def test_what_is_beyond_doubt(text: str, level: Level):
    assert RULES.level(normalise(text)) is level


class Counted(dict[str, Level | None]):
    """Counts how often it is asked."""

    asked = 0

    def __contains__(self, phrase: object) -> bool:
        self.asked += 1
        return super().__contains__(phrase)


@pytest.mark.parametrize("n_words", [10, 100, 1000])
def test_work_grows_with_the_words_alone(n_words: int):
    phrases = Counted({"i want to": Level.CRISIS})
    Rules(phrases, {}).level(" ".join(["i want"] * (n_words // 2)))
    assert phrases.asked <= n_words * LONGEST_PHRASE
