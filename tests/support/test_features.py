"""What the model looks at: the same for spellings that mean the same, and linear in the text."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.support.concepts import MEANINGS, Concepts
from bot.support.features import CONCEPTS_PAIRED, PAIRED, Hashes, skeletons
from bot.support.features import extract as extract_marked
from bot.support.normalise import normalise
from bot.support.passages import MOST_PARTS, PART, SHORT, WHOLE, passages

CONCEPTS = Concepts.load()


def extract(text: str, language: str = "en") -> tuple[Hashes, ...]:
    return extract_marked(text, CONCEPTS.read(text, language))


def test_hindi_meets_in_its_two_scripts_and_arabic_in_latin_letters():
    assert skeletons(normalise("ज़िंदगी नहीं")) == skeletons(normalise("zindagi nahi"))
    assert skeletons(normalise("تعبت")) == skeletons(normalise("t3ebt"))
    assert skeletons("really") == skeletons("realy")


def test_word_order_and_words_change_the_features():
    one, other = extract("i am not here"), extract("not i am here")
    assert not np.array_equal(one[1], other[1])
    assert set(extract("i am here")[0]) < set(extract("i am here too")[0])


@given(st.text(max_size=300).map(normalise))
def test_there_are_no_more_features_than_places_for_them(text: str):
    letters, words, skeleton, pairs, concepts, follows, mixed_pairs, mixed = extract(text)
    n_words = len(text) + 1
    assert len(letters) <= 4 * (len(text) + 2)
    assert len(words) <= 3 * (n_words + 2) + 1, "its beginning, its end and its length are words, too"
    assert len(skeleton) <= 3 * n_words
    assert len(pairs) <= PAIRED * n_words
    assert len(concepts) <= MEANINGS * n_words
    assert len(follows) <= (CONCEPTS_PAIRED * MEANINGS**2 + MEANINGS**3) * n_words
    assert len(mixed_pairs) <= PAIRED * n_words
    assert len(mixed) <= 3 * n_words
    for block in extract(text):
        assert np.all(np.diff(block.astype(np.int64)) > 0)


@given(st.text(alphabet="ab. ", max_size=3000).map(normalise))
def test_the_parts_of_a_long_text_hold_every_letter_once(text: str):
    parts = list(passages(text))
    if len(text) <= WHOLE:
        assert parts.pop(0) == text
    assert parts == [] or "".join(parts).replace(" ", "") == text.replace(" ", "")
    assert (len(text) <= SHORT) == (parts == [])
    assert len(parts) <= min(MOST_PARTS, len(text) / PART + 1)
