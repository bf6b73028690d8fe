"""The shipped model: whole, small, and made from what lies in the corpus."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bot.core.errors import ContentError
from bot.support.concepts import Concepts
from bot.support.features import extract
from bot.support.levels import Level, Surface
from bot.support.model import Model
from bot.support.normalise import normalise
from corpus.rows import Row
from corpus.train import MODEL, fingerprint
from corpus.training import folds, train

ROOT = Path(__file__).resolve().parents[2]
SLICE = [
    Row(f"{opening} {ending}", level, frozenset({level}), "en", ("idiom",), f"en-0{batch}")
    for batch, opening in enumerate(("honestly", "so", "well", "you know", "listen", "ok"), 1)
    for level, endings in (
        (
            Level.NONE,
            ("play the rain", "nice song", "what a match", "cats are great", "more tea please", "see you"),
        ),
        (Level.LOW_DISTRESS, ("so much stress at work", "i am lonely", "i cannot sleep again")),
        (Level.HIGH_DISTRESS, ("i see no point in anything", "they would be better off without me")),
        (Level.CRISIS, ("tonight i will end my life", "this is my last goodbye")),
    )
    for ending in endings
]


def test_the_model_is_small_and_was_made_from_this_corpus():
    data = MODEL.read_bytes()
    assert len(data) < 5_000_000
    assert Model.from_bytes(data).fingerprint == fingerprint(), (
        "the corpus or the way texts are read has changed: retrain with"
        " PYTHONPATH=. .venv/bin/python -m corpus.train"
    )


def test_a_file_is_read_as_it_was_written():
    data = MODEL.read_bytes()
    assert Model.from_bytes(data).to_bytes() == data


@pytest.mark.parametrize(
    "damage", [b"", b"{}\n", b"not a model", MODEL.read_bytes()[:-1], MODEL.read_bytes() + b"x"]
)
def test_a_damaged_file_is_refused(damage: bytes):
    with pytest.raises(ContentError, match="damaged"):
        Model.from_bytes(damage)


def test_training_gives_the_same_bytes_whatever_the_threads():
    code = (
        "import hashlib; from tests.support.test_model import SLICE; from corpus.training import train;"
        "print(hashlib.sha256(train(SLICE, 'x').to_bytes()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-P", "-c", code],
            env=os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": n, "OMP_NUM_THREADS": n},
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            timeout=60,
        ).stdout
        for n in ("1", "4")
    }
    assert len(digests) == 1


def test_what_was_learnt_is_known_and_small_weights_lose_nothing():
    model, concepts = train(SLICE, "x"), Concepts.load()
    words = {row.text: normalise(row.text) for row in SLICE}
    likely = {
        text: model.scale("en").probabilities(model.scores(extract(said, concepts.read(said, "en"))))
        for text, said in words.items()
    }
    for row in SLICE:
        if row.level is Level.CRISIS:
            assert likely[row.text][2] > max(
                likely[other.text][2] for other in SLICE if other.level < Level.HIGH_DISTRESS
            )
    assert all(0 <= p <= 1 for found in likely.values() for p in found)


def test_the_shipped_model_is_never_beyond_doubt():
    model, concepts = Model.from_bytes(MODEL.read_bytes()), Concepts.load()
    for row in SLICE:
        said = normalise(row.text)
        likely = model.scale("en").probabilities(model.scores(extract(said, concepts.read(said, "en"))))
        assert np.all((likely > 0) & (likely < 1)), row.text


def test_a_dm_is_never_stricter_than_a_channel():
    for scale in Model.from_bytes(MODEL.read_bytes()).scales.values():
        assert np.all(np.array(scale.bars[Surface.DM]) <= np.array(scale.bars[Surface.CHANNEL]))


def test_a_batch_is_never_on_both_sides():
    fold = folds(SLICE)
    for batch in {row.batch for row in SLICE}:
        assert len({fold[at] for at, row in enumerate(SLICE) if row.batch == batch}) == 1
