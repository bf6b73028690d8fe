"""Lines of ordinary chat: made the same every time, benign, and never on the evaluated side."""

from collections import Counter

from bot.support.levels import Level
from corpus.everyday import everyday
from corpus.rows import load
from corpus.training import folds


def test_every_language_of_the_corpus_has_ordinary_lines():
    rows = everyday()
    assert {row.lang for row in rows} == {row.lang for row in load()}
    assert all(n >= 1000 for n in Counter(row.lang for row in rows).values())
    assert all(row.level is Level.NONE and row.everyday and not row.tricky for row in rows)
    assert not any("{" in row.text or "}" in row.text for row in rows)
    assert rows == everyday()


def test_they_are_only_ever_learnt_from():
    assert set(folds(everyday())) == {-1}
    assert set(folds(load()[:5])) == {0}
