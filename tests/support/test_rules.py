"""Unmistakable statements: found in every language, whole words only, never past a joke."""

import pytest

from bot.support.levels import Level
from bot.support.normalise import normalise
from bot.support.rules import LONGEST_PHRASE, Rules, Says

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
        ("took too many pills lol, not sure what to do", Level.CRISIS),
        ("I am going to hang myself. I'm not joking", Level.CRISIS),
        ("je vais me pendre", Level.CRISIS),
        ("ich will von der Brücke springen", Level.CRISIS),
        ("tengo las pastillas en la mano", Level.CRISIS),
        ("vou pular da ponte", Level.CRISIS),
        ("मैं फांसी लगा लूँगा", Level.CRISIS),
        ("هشنق نفسي", Level.CRISIS),
        ("首を吊りたい", Level.CRISIS),
        ("shot myself in the foot with that build, I could shoot myself", Level.NONE),
        ("my dad hits me", Level.HIGH_DISTRESS),
        ("j'ai été violée", Level.HIGH_DISTRESS),
        ("great game last night. i am going to hang myself", Level.CRISIS),
        ("quiero desaparecer.", Level.HIGH_DISTRESS),
        ("quiero desaparecer en la playa", Level.NONE),
        ("please help me!! 😭", Level.LOW_DISTRESS),
        ("please help me with the mixer", Level.NONE),
        ("i can't breathe 😂", Level.NONE),
        ("mere bina sab khush rahenge", Level.HIGH_DISTRESS),
        ("助けて…", Level.LOW_DISTRESS),
        ("my friend said he took an overdose", Level.NONE),
        ("薬をたくさん飲んだ笑", Level.CRISIS),
        ('my friend wrote "i want to kill myself"', Level.NONE),
        ("i want to kill myselfies", Level.NONE),
        ("play rain", Level.NONE),
        ("", Level.NONE),
    ],
)
def test_what_is_beyond_doubt(text: str, level: Level):
    assert RULES.level(normalise(text)) is level


class Counted(dict[str, Says]):
    """Counts how often it is asked."""

    asked = 0

    def __contains__(self, phrase: object) -> bool:
        self.asked += 1
        return super().__contains__(phrase)


@pytest.mark.parametrize("n_words", [10, 100, 1000])
def test_work_grows_with_the_words_alone(n_words: int):
    phrases = Counted({"i want to": Says.CRISIS})
    Rules(phrases, {}).level(" ".join(["i want"] * (n_words // 2)))
    assert phrases.asked <= n_words * LONGEST_PHRASE
