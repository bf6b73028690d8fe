"""What triage decides, in words of this test's own: by family and by language, and for any text at all."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.support.concepts import Concepts
from bot.support.features import extract
from bot.support.levels import Level, Surface
from bot.support.triage import Triage

TRIAGE = Triage.load()
CARD = (Level.HIGH_DISTRESS, Level.CRISIS)


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize(
    "text",
    [
        "i want to kill myself",
        "I can't do this anymore, I'm going to end my life tonight",
        "i want to k i l l  m y s e l f",
        "i WANT to k1ll mys3lf",
        "quiero quitarme la vida",
        "je vais me suicider ce soir",
        "ich werde mir das Leben nehmen",
        "eu vou me matar",
        "मैं आत्महत्या करना चाहती हूँ",
        "mujhe jeena nahi hai ab, suicide kar lunga",
        "もう自殺します",
        "بفكر في الانتحار",
    ],
)
def test_plain_words_about_ending_ones_life_open_the_crisis_card(text: str, surface: Surface):
    assert TRIAGE.level(text, surface) is Level.CRISIS


@pytest.mark.parametrize(
    "text",
    [
        "everyone would be happier if i was just gone",  # burden
        "i don't see any point in going on, nothing will ever get better",  # hopeless
        "wouldn't be sad if i didn't wake up tomorrow",  # passive
        "i hurt myself again last night after two years without",  # self-harm urge, past now back
        "i'm fine, i promise. i just don't want to be alive",  # denial, but
        "haha anyway i hope i die in my sleep. not joking this time",  # a joke that turns
        "wrote a letter to each of them. tonight is the night, thank you for everything",  # goodbye
        "nobody would even notice if i stopped existing",
        "ojalá mañana no despertara, soy una carga para todos",
        "je voudrais ne plus me réveiller, je suis un poids pour tout le monde",
        "ich bin allen nur eine Last, ich will nicht mehr aufwachen",
        "queria dormir e não acordar mais, sou um peso pra todo mundo",
        "kaash main paida hi nahi hota, sab pe bojh hu",
        "消えてしまいたい。私なんていない方がいい",
        "ياريتني ما اتولدت، أنا عبء على الكل",
    ],
)
def test_despair_and_goodbyes_open_a_card_in_a_dm(text: str):
    assert TRIAGE.level(text, Surface.DM) in CARD


@pytest.mark.parametrize(
    "text",
    [
        "i'm so lonely here, i have nobody to talk to",
        "can't sleep again, my head won't stop worrying about the exam",
        "i've been crying all evening since we broke up",
        "everything is too much at work and i can't keep up",
        "me siento muy sola y no puedo dormir de la ansiedad",
        "je me sens seule et je pleure tous les soirs",
        "ich bin so überfordert und weine nur noch",
        "tô muito ansiosa e não consigo dormir",
    ],
)
def test_a_hard_day_gets_an_offer_in_a_dm(text: str):
    assert TRIAGE.level(text, Surface.DM) >= Level.LOW_DISTRESS


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\u200b",
        "put the rain on please",
        "goodnight hush",
        "this boss is killing me lol",  # gaming
        "these tacos are to die for",  # idiom
        "we have a lecture about poetry on monday",
        "my phone died on the bus, of course",
        "> i want to kill myself",  # somebody else's words
        "pon la lluvia por favor",
        "tu peux mettre les vagues ?",
        "kannst du das Feuer lauter machen",
        "coloca chuva por 20 minutos",
        "baarish ki awaaz laga do",
        "雨の音をお願いします",
        "شغل صوت المطر لو سمحت",
    ],
)
def test_everyday_talk_opens_no_card(text: str, surface: Surface):
    assert TRIAGE.level(text, surface) < Level.HIGH_DISTRESS


def test_one_sentence_in_a_long_letter_is_not_drowned():
    chatter = "we went to the market and bought apples and then the bus was late as always. "
    assert TRIAGE.level(chatter * 8, Surface.DM) < Level.HIGH_DISTRESS
    assert (
        TRIAGE.level(chatter * 8 + "i can't go on, i want to end my life. " + chatter * 8, Surface.DM)
        is Level.CRISIS
    )


def test_levels_are_ordered_by_how_serious_they_are():
    assert Level.NONE < Level.LOW_DISTRESS < Level.HIGH_DISTRESS < Level.CRISIS
    assert [level.word for level in Level] == ["none", "low_distress", "high_distress", "crisis"]


@given(st.text(st.characters(), max_size=300))
def test_any_text_gets_a_level_and_never_less_in_a_dm(text: str):
    assert TRIAGE.level(text, Surface.DM) >= TRIAGE.level(text, Surface.CHANNEL)


@settings(max_examples=20)
@given(st.text(st.characters(), min_size=1, max_size=12), st.integers(1, 10_000))
def test_any_long_text_gets_a_level(piece: str, n: int):
    assert TRIAGE.level((piece * n)[:10_000], Surface.DM) in Level


@pytest.mark.parametrize("n", [1_000, 10_000])
def test_features_grow_with_the_text_alone(n: int):
    text = "k i ll " * (n // 7)
    assert sum(len(block) for block in extract(text, Concepts.load().read(text, "en"))) <= 30 * n
