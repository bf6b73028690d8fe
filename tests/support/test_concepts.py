"""One small vocabulary of meanings for eight languages."""

import tomllib
from importlib.resources import files

import numpy as np
import pytest

from bot.support.concepts import MEANINGS, SHORTEST_STEM, Concepts, Lexicon
from bot.support.features import extract, word_hash
from bot.support.normalise import normalise

CONCEPTS = Concepts.load()
FILES = sorted(
    (path for path in (files("bot.content") / "concepts").iterdir() if path.name.endswith(".toml")),
    key=lambda path: path.name,
)
LANGUAGES = [path.name.removesuffix(".toml") for path in FILES]


def meanings(text: str, language: str) -> set[int]:
    return set(CONCEPTS.read(normalise(text), language).concepts.flatten().tolist()) - {0}


def test_every_language_has_every_concept():
    named = [set(tomllib.loads(path.read_text(encoding="utf-8"))) for path in FILES]
    assert LANGUAGES == ["ar", "de", "en", "es", "fr", "hi", "ja", "pt"]
    assert all(names == named[0] for names in named)


@pytest.mark.parametrize("path", FILES, ids=LANGUAGES)
def test_every_stem_is_long_enough_to_mean_something(path):
    if path.name == "ja.toml":
        return
    stems = [
        word
        for words in tomllib.loads(path.read_text(encoding="utf-8")).values()
        for word in words
        if word.endswith("*") and len(normalise(word[:-1])) < SHORTEST_STEM
    ]
    assert stems == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "i am so exhausted"),
        ("de", "ich bin so erschöpft"),
        ("es", "estoy agotada"),
        ("fr", "je suis épuisée"),
        ("pt", "tô exausta"),
        ("hi", "bahut thakan hai"),
        ("hi", "बहुत थकान है"),
        ("ja", "もう疲れた"),
        ("ar", "تعبانة كتير"),
    ],
)
def test_the_same_is_meant_in_all_of_them(language: str, text: str):
    assert word_hash("tired") in meanings(text, language)


def test_an_expression_is_taken_whole():
    lexicon = Lexicon.of({"leave": ["go"], "die": ["go to sleep forever"], "sleep": ["sleep*"]})
    found, single = lexicon.spaced(["go", "to", "sleep", "forever", "then", "go", "sleeping"])
    assert [names for names in found if names] == [
        (word_hash("die"),),
        (word_hash("leave"),),
        (word_hash("sleep"),),
    ]
    assert single == {
        0: word_hash("leave"),
        2: word_hash("sleep"),
        5: word_hash("leave"),
        6: word_hash("sleep"),
    }


def test_the_longest_stem_counts_and_what_is_unknown_means_nothing():
    lexicon = Lexicon.of({"one": ["abc*"], "other": ["abcd*"]})
    assert lexicon.word("abcdefgh") == (word_hash("other"),)
    assert lexicon.word("abcx") == (word_hash("one"),)
    assert lexicon.word("xyz") == ()
    assert lexicon.word("💀") == (word_hash("💀"),)


def test_a_language_without_a_lexicon_has_no_concepts():
    marks = CONCEPTS.read("i am tired", "other")
    assert marks.concepts.shape == (0, MEANINGS)
    assert all(len(block) == 0 for block in extract("i am tired", marks)[4:])


def test_what_follows_what_is_looked_at_in_order():
    one, other = (extract(text, CONCEPTS.read(text, "en")) for text in ("tired life", "life tired"))
    assert np.array_equal(one[4], other[4])
    assert not np.array_equal(one[5], other[5])
