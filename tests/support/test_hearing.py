"""How words are answered: kindly, not twice, and at once when it gets worse."""

import pytest

from bot.gateway.help_card import language_for
from bot.support.decisions import HOLD_S, Decisions
from bot.support.hearing import (
    CARD_AGAIN_S,
    CHANNEL_AGAIN_S,
    CHANNEL_MOST,
    LINE_AGAIN_S,
    REMINDER_AGAIN_S,
    Answer,
    Hearing,
)
from bot.support.levels import Level, Surface
from bot.support.triage import Triage
from tests.store.conftest import WoundClock

NONE, LOW, HIGH, CRISIS = Level


@pytest.fixture
def clock() -> WoundClock:
    return WoundClock()


@pytest.fixture(scope="module")
def triage() -> Triage:
    return Triage.load()


@pytest.fixture
def hearing(triage: Triage, clock: WoundClock) -> Hearing:
    return Hearing(triage, Decisions(clock), clock)


def answers(hearing: Hearing, *levels: Level, quiet: bool = False) -> list[Answer]:
    found = []
    for level in levels:
        hearing.decisions.decide(7, level)
        found.append(hearing.answer_to(7, level, quiet=quiet))
    return found


def test_each_level_has_its_answer(hearing: Hearing):
    assert answers(hearing, NONE, LOW, HIGH, CRISIS) == [
        Answer.LINE,
        Answer.OFFER,
        Answer.CARD,
        Answer.CARD,
    ], "each a rise, so none is held back"


async def test_nothing_is_said_twice_until_its_time(hearing: Hearing, clock: WoundClock):
    assert answers(hearing, NONE, NONE) == [Answer.LINE, Answer.NOTHING]
    await clock.sleep(LINE_AGAIN_S - 1)
    assert answers(hearing, NONE) == [Answer.NOTHING]
    await clock.sleep(1)
    assert answers(hearing, NONE) == [Answer.LINE]


async def test_a_card_is_followed_by_short_reminders_then_by_the_card(hearing: Hearing, clock: WoundClock):
    assert answers(hearing, HIGH, HIGH) == [Answer.CARD, Answer.NOTHING]
    await clock.sleep(REMINDER_AGAIN_S)
    assert answers(hearing, HIGH) == [Answer.REMINDER]
    await clock.sleep(CARD_AGAIN_S)
    assert answers(hearing, HIGH) == [Answer.CARD]


async def test_after_a_crisis_nothing_is_offered_to_play_with_for_a_day(hearing: Hearing, clock: WoundClock):
    answers(hearing, CRISIS)
    await clock.sleep(REMINDER_AGAIN_S)
    assert answers(hearing, LOW) == [Answer.REMINDER]
    await clock.sleep(HOLD_S - 2 * REMINDER_AGAIN_S)
    assert answers(hearing, LOW) == [Answer.REMINDER]
    assert answers(hearing, NONE) == [Answer.NOTHING]
    await clock.sleep(REMINDER_AGAIN_S)
    assert answers(hearing, LOW) == [Answer.OFFER]


def test_quiet_means_no_offers_but_a_crisis_still_brings_people(hearing: Hearing):
    assert answers(hearing, LOW, HIGH, CRISIS, quiet=True) == [Answer.LINE, Answer.REMINDER, Answer.CARD]


async def test_a_channel_is_answered_by_the_clock_never_by_the_words(hearing: Hearing, clock: WoundClock):
    def line(level: Level) -> bool:
        hearing.decisions.decide(7, level)
        return hearing.may_answer_in(1, 7)

    assert [line(level) for level in (NONE, CRISIS, HIGH)] == [True, False, False]
    await clock.sleep(CHANNEL_AGAIN_S)
    assert [line(level) for level in (CRISIS, CRISIS)] == [True, False]


async def test_a_channel_is_not_flooded(hearing: Hearing, clock: WoundClock):
    asked = [hearing.may_answer_in(1, user_id) for user_id in range(CHANNEL_MOST + 3)]
    assert sum(asked) == CHANNEL_MOST
    assert hearing.may_answer_in(2, 99), "another channel has its own"
    await clock.sleep(60)
    assert hearing.may_answer_in(1, 98)


def test_words_that_cannot_be_read_are_answered_all_the_same(clock: WoundClock, caplog):
    class Broken:
        def level(self, text: str, surface: Surface) -> Level:
            raise ValueError(f"cannot read {text!r}")

        def language(self, text: str) -> str:
            raise ValueError(f"cannot read {text!r}")

    hearing = Hearing(Broken(), Decisions(clock), clock)
    level = hearing.hear(7, "a secret sentence", Surface.DM)
    assert language_for(hearing.language_of("a secret sentence")) == "en-US"
    assert hearing.answer_to(7, level) is Answer.LINE
    assert "secret" not in caplog.text
    assert "ValueError" in caplog.text


def test_what_is_heard_is_what_triage_says(hearing: Hearing, triage: Triage):
    for text in ("i want to kill myself tonight", "what sounds do you have?"):
        level = hearing.hear(len(text), text, Surface.DM)
        assert level is triage.level(text, Surface.DM)
        assert hearing.decisions.level_of(len(text)) is level


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ich kann nicht mehr", "de"),
        ("je ne veux plus être là", "fr"),
        ("no quiero estar más aquí", "es-ES"),
        ("eu não quero mais isso", "pt-BR"),
        ("mujhe neend nahi aa rahi hai", "hi"),
        ("i can't do this anymore", "en-US"),
        ("मैं अब और नहीं जी सकता", "hi"),
        ("もう消えたい", "ja"),
        ("لا أريد أن أعيش", "ar"),
        ("", "en-US"),
        ("🌙", "en-US"),
    ],
)
def test_the_first_answer_is_in_the_language_of_the_words(hearing: Hearing, text: str, language: str):
    assert language_for(hearing.language_of(text)) == language
