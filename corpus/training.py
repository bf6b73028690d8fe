"""From rows to the model file: fit, weigh on whole batches left out, set the bars, round the weights."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from bot.support.levels import Level, Surface
from bot.support.model import QUESTIONS, Block, Floats, Model
from corpus.design import Seen, Vocabulary, see
from corpus.fitting import fit
from corpus.rows import Row, digest

COST = 1.0
N_FOLDS = 4
BETWEEN = 0.3
"""How much a low_distress row counts where cards are learnt: a card too many costs its author little."""

FALSE_OFFERS = {Surface.DM: 0.25, Surface.CHANNEL: 0.10}
FALSE_CARDS = {Surface.DM: 0.05, Surface.CHANNEL: 0.015}
FALSE_CRISES = {Surface.DM: 0.015, Surface.CHANNEL: 0.005}
"""The operating points: the share of tricky benign rows of unseen authors that may get each answer."""

Mask = npt.NDArray[np.bool_]
Folds = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Fitted:
    """Real-valued weights (n_features, 3) and intercepts (3,) over a vocabulary."""

    vocabulary: Vocabulary
    weights: Floats
    intercepts: Floats

    def scores(self, seen: Seen) -> Floats:
        """Return (n_rows, 3): each row's most serious passage."""
        parts = self.vocabulary.matrix(seen.parts) @ self.weights + self.intercepts
        most = np.full((len(seen.whole), len(QUESTIONS)), -np.inf)
        np.maximum.at(most, seen.owner, parts)
        return most


def fit_rows(rows: Sequence[Row], seen: Seen, kept: Mask) -> Fitted:
    """Learn all questions from the rows kept."""
    learnt = [features for features, keep in zip(seen.whole, kept, strict=True) if keep]
    vocabulary = Vocabulary.of(learnt)
    matrix = vocabulary.matrix(learnt)
    levels = np.array([row.level for row, keep in zip(rows, kept, strict=True) if keep])
    found = [_fit_question(matrix, levels, question) for question in QUESTIONS]
    return Fitted(vocabulary, np.stack([w for w, _ in found], axis=1), np.array([b for _, b in found]))


def _fit_question(matrix: csr_matrix, levels: npt.NDArray[np.int64], question: Level) -> tuple[Floats, float]:
    answers = (levels >= question).astype(float)
    trust = np.ones(len(levels))
    if question is Level.HIGH_DISTRESS:
        trust[levels == Level.LOW_DISTRESS] = BETWEEN
    for answer in (0.0, 1.0):
        mine = answers == answer
        trust[mine] *= len(levels) / (2 * trust[mine].sum())
    return fit(matrix, answers, trust, COST)


def folds(rows: Sequence[Row], n: int = N_FOLDS) -> Folds:
    """Return each row's fold: whole batches, every language's spread over the folds."""
    order: dict[str, int] = {}
    for batch in sorted({row.batch for row in rows}):
        lang = batch.partition("-")[0]
        order[batch] = sum(other.partition("-")[0] == lang for other in order)
    return np.array([order[row.batch] % n for row in rows])


def held_out(rows: Sequence[Row], seen: Seen, fold: Folds) -> Floats:
    """Return (n_rows, 3) scores, each row's from a model that saw nothing of its fold."""
    scores = np.zeros((len(rows), len(QUESTIONS)))
    for out in np.unique(fold):
        mine = fold == out
        scores[mine] = fit_rows(rows, seen, ~mine).scores(seen)[mine]
    return scores


def calibrate(rows: Sequence[Row], scores: Floats) -> tuple[Floats, Floats]:
    """Return slopes and offsets (3,) that turn held-out scores into probabilities (Platt 1999)."""
    levels = np.array([row.level for row in rows])
    ones = np.ones(len(rows))
    found = [
        fit(csr_matrix(scores[:, [at]]), (levels >= question).astype(float), ones, 1e6)
        for at, question in enumerate(QUESTIONS)
    ]
    return np.array([slope[0] for slope, _ in found]), np.array([offset for _, offset in found])


def bars(rows: Sequence[Row], likely: Floats) -> dict[Surface, tuple[float, ...]]:
    """Return the probability from which each question is a yes, for each surface."""
    benign = likely[[row.tricky for row in rows]]
    return {
        surface: tuple(
            float(np.quantile(benign[:, at], 1 - share[surface]).round(4))
            for at, share in enumerate((FALSE_OFFERS, FALSE_CARDS, FALSE_CRISES))
        )
        for surface in Surface
    }


def decide(likely: Floats, bar: tuple[float, ...]) -> npt.NDArray[np.int64]:
    """Return each row's level: the most serious question answered with yes."""
    levels: npt.NDArray[np.int64] = np.max((likely >= np.array(bar)) * np.array(QUESTIONS), axis=1)
    return levels


def train(rows: Sequence[Row], fingerprint: str | None = None) -> Model:
    """Return the model of all rows, its bars set on batches left out."""
    seen = see(rows)
    slope, offset = calibrate(rows, scores := held_out(rows, seen, folds(rows)))
    likely = 1 / (1 + np.exp(-(scores * slope + offset)))
    whole = fit_rows(rows, seen, np.ones(len(rows), dtype=bool))
    return Model(
        blocks=tuple(_blocks(whole)),
        slope=slope.round(6),
        offset=(offset + slope * whole.intercepts).round(6),
        bars=bars(rows, likely),
        corpus=digest() if fingerprint is None else fingerprint,
    )


def _blocks(fitted: Fitted) -> Iterator[Block]:
    at = 0
    for hashes, rarity in zip(fitted.vocabulary.hashes, fitted.vocabulary.rarity, strict=True):
        weights = fitted.weights[at : at + len(hashes)] * rarity[:, None]
        at += len(hashes)
        step = (np.abs(weights).max(axis=0) / 127).clip(min=1e-12)
        step = np.array([float(f"{one:.6g}") for one in step])
        small = np.rint(weights / step).clip(-127, 127).astype(np.int8)
        told = small.any(axis=1)
        yield Block(hashes[told], small[told], step)
