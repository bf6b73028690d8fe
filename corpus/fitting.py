"""Linear models by L-BFGS on sparse rows, in a fixed order of sums: the same bytes on every run.

No BLAS: its threads may add in another order. L-BFGS: Nocedal & Wright, Numerical Optimization (7.5).
"""

from collections.abc import Callable

import numpy as np
from scipy.sparse import csr_matrix

from bot.support.model import Floats

HISTORY = 5
"""Steps that are remembered: more take longer and end at the same place."""

MOST_STEPS = 50
"""More cost time and change nothing that could be measured on authors left out."""

Loss = Callable[[Floats], tuple[Floats, Floats]]
"""From margins (n,), positive where the answer is right, to what each costs and its slope."""


def logistic(margin: Floats) -> tuple[Floats, Floats]:
    """For probabilities."""
    return np.logaddexp(0, -margin), -1 / (1 + np.exp(margin))


def squared_hinge(margin: Floats) -> tuple[Floats, Floats]:
    """For telling apart alone: an L2 support vector machine, which spends nothing on rows well told apart."""
    short = np.maximum(0, 1 - margin)
    return short * short, -2 * short


def fit(rows: csr_matrix, answers: Floats, trust: Floats, cost: float, loss: Loss = logistic) -> Floats:
    """Return weights (n_features,) that minimise ½|w|² + cost · Σ trust · loss, without an intercept.

    rows (n, n_features), answers 0 or 1 (n,), trust >= 0 (n,).
    """
    across = rows.T.tocsr()
    sign = 2 * answers - 1

    def value(point: Floats) -> tuple[float, Floats]:
        lost, slopes = loss(sign * (rows @ point))
        push = cost * sign * trust * slopes
        return _dot(point, point) / 2 + cost * _dot(trust, lost), across @ push + point

    point = np.zeros(rows.shape[1])
    height, slope = value(point)
    moves: list[tuple[Floats, Floats, float]] = []
    for _ in range(MOST_STEPS):
        way = _direction(slope, moves)
        length = 1.0 if moves else 1 / max(1.0, float(np.sqrt(_dot(slope, slope))))
        descent = _dot(slope, way)
        for _ in range(30):
            there = point + length * way
            new_height, new_slope = value(there)
            if new_height <= height + 1e-4 * length * descent:
                break
            length /= 2
        else:
            break
        turn, move = new_slope - slope, there - point
        curve = _dot(move, turn)
        if curve > 1e-12:
            moves = [*moves[1 - HISTORY :], (move, turn, 1 / curve)]
        gain = height - new_height
        point, height, slope = there, new_height, new_slope
        if gain < 1e-6 * max(1.0, abs(height)):
            break
    return point


def _direction(slope: Floats, moves: list[tuple[Floats, Floats, float]]) -> Floats:
    way = -slope
    shares = []
    for move, turn, rate in reversed(moves):
        share = rate * _dot(move, way)
        shares.append(share)
        way -= share * turn
    if moves:
        move, turn, rate = moves[-1]
        way *= 1 / (rate * _dot(turn, turn))
    for (move, turn, rate), share in zip(moves, reversed(shares), strict=True):
        way += (share - rate * _dot(turn, way)) * move
    return way


def _dot(a: Floats, b: Floats) -> float:
    return float((a * b).sum())
