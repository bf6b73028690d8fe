"""Rows as sparse matrices, one a block of features, scaled as the model file will hold them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags, hstack

from bot.support.concepts import Concepts
from bot.support.features import Hashes, extract
from bot.support.model import Floats
from bot.support.normalise import normalise
from bot.support.passages import passages
from corpus.rows import Row

FEWEST = 2
"""Rows a feature must stand in to be learnt."""
RARITY = 1.3
"""How much more a rare feature counts: its inverse document frequency to this power."""

BLOCKS = (1.6, 1.0, 1.0, 1.0, 0.7, 0.7, 1.0, 1.0)
"""How much each block counts, in `extract`'s order: letters carry over to new authors best."""

Features = list[tuple[Hashes, ...]]


@dataclass(frozen=True, slots=True)
class Seen:
    """The features of rows as a whole, and of every passage of theirs with the row's place."""

    whole: Features
    parts: Features
    owner: npt.NDArray[np.int64]


def see(rows: Sequence[Row], languages: Sequence[str]) -> Seen:
    """Read rows as triage would, each in the language it is guessed to be in."""
    concepts = Concepts.load()
    texts = [list(passages(normalise(row.text))) for row in rows]
    owner = np.repeat(np.arange(len(rows)), [len(parts) for parts in texts])
    parts = [
        extract(part, concepts.read(part, language))
        for found, language in zip(texts, languages, strict=True)
        for part in found
    ]
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    return Seen([parts[at] for at in first], parts, owner)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The features that are learnt, a block each: hashes ascending, and how much each counts."""

    hashes: tuple[Hashes, ...]
    rarity: tuple[Floats, ...]

    @classmethod
    def of(cls, rows: Features) -> "Vocabulary":
        hashes, rarity = [], []
        for counting, *block in zip(BLOCKS, *rows, strict=True):
            known, counts = np.unique(np.concatenate(block), return_counts=True)
            kept = counts >= FEWEST
            hashes.append(known[kept])
            rarity.append(counting * (1 + np.log((1 + len(rows)) / (1 + counts[kept]))) ** RARITY)
        return cls(tuple(hashes), tuple(rarity))

    def only(self, kept: npt.NDArray[np.bool_]) -> "Vocabulary":
        """Return it with some of its features alone: kept (all features,)."""
        ends = np.cumsum([len(block) for block in self.hashes])[:-1]
        parts = np.split(kept, ends)
        return Vocabulary(
            tuple(block[part] for block, part in zip(self.hashes, parts, strict=True)),
            tuple(block[part] for block, part in zip(self.rarity, parts, strict=True)),
        )

    def matrix(self, rows: Features) -> csr_matrix:
        """Return (n_rows, all features): rarity over the root of how many distinct features the row has."""
        blocks = [
            _block([row[at] for row in rows], hashes) @ diags(rarity)
            for at, (hashes, rarity) in enumerate(zip(self.hashes, self.rarity, strict=True))
        ]
        return csr_matrix(hstack(blocks))


def _block(rows: list[Hashes], known: Hashes) -> csr_matrix:
    sizes = np.array([len(row) for row in rows])
    found = np.concatenate(rows)
    at = np.searchsorted(known, found)
    at[at == len(known)] = 0
    hit = known[at] == found
    weight = np.repeat(1 / np.sqrt(np.maximum(sizes, 1)), sizes)
    owner = np.repeat(np.arange(len(rows)), sizes)
    return csr_matrix((weight[hit], (owner[hit], at[hit])), shape=(len(rows), len(known)))
