"""From rows to the model file: fit, weigh on whole batches left out, set the bars, round the weights."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from bot.support.concepts import Concepts
from bot.support.languages import OTHER, Languages
from bot.support.levels import Level, Surface
from bot.support.model import QUESTIONS, Block, Floats, Model, Scale
from bot.support.normalise import normalise
from corpus.design import Seen, Vocabulary, see
from corpus.fitting import fit, squared_hinge
from corpus.rows import Row, kind

COST = 0.003
N_FOLDS = 5
MOST = 2_150_000
"""Features of the model, at most: about two bytes each in its file."""
STEPS = 32
"""Sizes a weight of the model can have on either side of 0: fewer make a smaller file."""
ENOUGH = 300
"""Rows a language needs for a scale of its own."""
LEANING = 0.5
"""How much what tells any distress from none also counts where cards are decided."""
BETWEEN = 0.3
"""How much a low_distress row counts where cards are learnt: a card too many costs its author little."""

ORDINARY = 0.3
"""How much a made line of chat counts beside a row of the corpus: there are many, and made of parts."""
CHATTING = 2.0
"""How much a line of chat that an author wrote counts."""
ALONE = 0.5
"""How much a feature's scale depends on what it tells alone; 0 leaves all of them as they are."""

FALSE_OFFERS = {Surface.DM: 0.25, Surface.CHANNEL: 0.10}
FALSE_CARDS = {Surface.DM: 0.020, Surface.CHANNEL: 0.012}
FALSE_CRISES = {Surface.DM: 0.010, Surface.CHANNEL: 0.005}
"""The operating points: the share of tricky benign rows of unseen authors that may get each answer."""

Mask = npt.NDArray[np.bool_]
Folds = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Fitted:
    """Real-valued weights (n_features, 3) over a vocabulary.

    There is no intercept: what all texts have in common would otherwise grow with their length.
    """

    vocabulary: Vocabulary
    weights: Floats

    def scores(self, seen: Seen) -> Floats:
        """Return (n_rows, 3): each row's most serious passage."""
        parts = self.vocabulary.matrix(seen.parts) @ self.weights
        most = np.full((len(seen.whole), len(QUESTIONS)), -np.inf)
        np.maximum.at(most, seen.owner, parts)
        return most

    def rounded(self) -> "Fitted":
        """Return it as the model's file holds it."""
        weights = [
            block.weights * block.step / rarity[:, None]
            for block, rarity in zip(_blocks(self), self.vocabulary.rarity, strict=True)
        ]
        return replace(self, weights=np.concatenate(weights))


def fit_rows(rows: Sequence[Row], seen: Seen, kept: Mask) -> Fitted:
    """Learn all questions from the rows kept: with every feature, then anew with those that weigh most."""
    learnt = [features for features, keep in zip(seen.whole, kept, strict=True) if keep]
    levels = np.array([row.level for row, keep in zip(rows, kept, strict=True) if keep])
    trust = np.array([_counts(row) for row, keep in zip(rows, kept, strict=True) if keep])
    vocabulary = Vocabulary.of(learnt)
    weights = _fit_questions(vocabulary.matrix(learnt), levels, trust)
    heaviest = np.abs(weights * np.concatenate(vocabulary.rarity)[:, None]).max(axis=1)
    if len(heaviest) > MOST:
        vocabulary = vocabulary.only(heaviest > np.partition(heaviest, -MOST - 1)[-MOST - 1])
        weights = _fit_questions(vocabulary.matrix(learnt), levels, trust)
    return Fitted(vocabulary, weights)


def _counts(row: Row) -> float:
    return ORDINARY if row.everyday else CHATTING if row.chat else 1.0


def _fit_questions(matrix: csr_matrix, levels: npt.NDArray[np.int64], trust: Floats) -> Floats:
    weights = np.stack([_fit_question(matrix, levels, trust, question) for question in QUESTIONS], axis=1)
    any_distress, card = QUESTIONS.index(Level.LOW_DISTRESS), QUESTIONS.index(Level.HIGH_DISTRESS)
    weights[:, card] += LEANING * weights[:, any_distress]
    return weights


def _fit_question(
    matrix: csr_matrix, levels: npt.NDArray[np.int64], weight: Floats, question: Level
) -> Floats:
    answers = (levels >= question).astype(float)
    trust = weight.copy()
    if question is Level.HIGH_DISTRESS:
        trust[levels == Level.LOW_DISTRESS] *= BETWEEN
    for answer in (0.0, 1.0):
        mine = answers == answer
        trust[mine] *= len(levels) / (2 * trust[mine].sum())
    telling = _telling(matrix, answers, trust)
    scaled = csr_matrix((matrix.data * telling[matrix.indices], matrix.indices, matrix.indptr), matrix.shape)
    weights: Floats = fit(scaled, answers, trust, COST, squared_hinge) * telling
    return weights


def _telling(matrix: csr_matrix, answers: Floats, trust: Floats) -> Floats:
    """Return a scale for each feature: what tells the two answers apart alone is learnt sooner.

    By the log-count ratios of naive Bayes: Wang & Manning (2012), Baselines and Bigrams, ACL, 2, 90-94.
    """
    present = csr_matrix((np.ones_like(matrix.data), matrix.indices, matrix.indptr), matrix.shape)
    yes, no = (present.T @ (trust * side) + 1 for side in (answers, 1 - answers))
    ratio = np.log(yes / yes.sum()) - np.log(no / no.sum())
    scale: Floats = 1 - ALONE + ALONE * np.abs(ratio)
    return scale


def folds(rows: Sequence[Row], n: int = N_FOLDS) -> Folds:
    """Return each row's fold: whole batches, each language's spread over the folds; -1 is never left out."""
    order: dict[str, int] = {}
    for batch in sorted({row.batch for row in rows}):
        order[batch] = sum(kind(other) == kind(batch) for other in order)
    return np.array([-1 if row.everyday else order[row.batch] % n for row in rows])


def held_out(rows: Sequence[Row], seen: Seen, fold: Folds) -> Floats:
    """Return (n_rows, 3) scores, each row's from a model without its fold; nan where never left out."""
    scores = np.full((len(rows), len(QUESTIONS)), np.nan)
    for out in np.unique(fold[fold >= 0]):
        mine = fold == out
        scores[mine] = fit_rows(rows, seen, ~mine).rounded().scores(seen)[mine]
    return scores


def scale(rows: Sequence[Row], scores: Floats) -> Scale:
    """Return how held-out scores are read: Platt's probabilities, and bars by the operating points."""
    levels = np.array([row.level for row in rows])
    ones = np.ones(len(rows))
    found = np.array(
        [
            fit(
                csr_matrix(np.stack([scores[:, at], ones], axis=1)),
                (levels >= question).astype(float),
                ones,
                1e6,
            )
            for at, question in enumerate(QUESTIONS)
        ]
    ).round(6)
    unset = Scale(found[:, 0], found[:, 1], {})
    benign = unset.probabilities(scores[[row.tricky for row in rows]])
    return replace(unset, bars={surface: _bars(benign, surface) for surface in Surface})


def _bars(benign: Floats, surface: Surface) -> tuple[float, ...]:
    shares = (points[surface] for points in (FALSE_OFFERS, FALSE_CARDS, FALSE_CRISES))
    return tuple(round(float(np.quantile(benign[:, at], 1 - share)), 4) for at, share in enumerate(shares))


def scales(rows: Sequence[Row], scores: Floats, languages: Sequence[str]) -> dict[str, Scale]:
    """Return a scale for each language with enough rows, and for all the others together with them."""
    found = {OTHER: scale(rows, scores)}
    for language in sorted(set(languages) - {OTHER}):
        mine = [at for at, other in enumerate(languages) if other == language]
        if len(mine) >= ENOUGH:
            found[language] = scale([rows[at] for at in mine], scores[mine])
    return found


def languages_of(rows: Sequence[Row]) -> list[str]:
    """Return each row's language as triage will guess it, which is not always the author's."""
    languages = Languages.load(Concepts.load())
    return [languages.language(normalise(row.text)) for row in rows]


def train(rows: Sequence[Row], fingerprint: str) -> Model:
    """Return the model of all rows, its scales set on batches left out."""
    seen = see(rows, languages_of(rows))
    scores = held_out(rows, seen, folds(rows))
    known = np.flatnonzero(~np.isnan(scores[:, 0]))
    judged = [rows[int(at)] for at in known]
    whole = fit_rows(rows, seen, np.ones(len(rows), dtype=bool))
    return Model(
        blocks=tuple(_without_zeros(_blocks(whole))),
        scales=scales(judged, scores[known], languages_of(judged)),
        fingerprint=fingerprint,
    )


def _blocks(fitted: Fitted) -> Iterator[Block]:
    """Yield all features with their weights rounded."""
    at = 0
    for hashes, rarity in zip(fitted.vocabulary.hashes, fitted.vocabulary.rarity, strict=True):
        weights = fitted.weights[at : at + len(hashes)] * rarity[:, None]
        at += len(hashes)
        step = (np.abs(weights).max(axis=0, initial=0) / STEPS).clip(min=1e-12)
        step = np.array([float(f"{one:.6g}") for one in step])
        yield Block(hashes, np.rint(weights / step).clip(-STEPS, STEPS).astype(np.int8), step)


def _without_zeros(blocks: Iterator[Block]) -> Iterator[Block]:
    for block in blocks:
        kept = block.weights.any(axis=1)
        yield Block(block.hashes[kept], block.weights[kept], block.step)
