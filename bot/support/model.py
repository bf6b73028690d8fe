"""The trained model: many hashed features, each with one small weight a question.

The questions, each a logistic regression: is this at least low_distress, at least high_distress, crisis?
The file is one JSON line, then for each block its sorted hashes (uint32) and its weights (int8).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from bot.core.errors import ContentError
from bot.support.features import Hashes
from bot.support.levels import Level, Surface

QUESTIONS = (Level.LOW_DISTRESS, Level.HIGH_DISTRESS, Level.CRISIS)
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Block:
    """One kind of feature: hashes (n,) ascending, weights (n, 3), and what one step of a weight is worth."""

    hashes: Hashes
    weights: npt.NDArray[np.int8]
    step: Floats

    def contribution(self, found: Hashes) -> Floats:
        """Return what distinct features add to each question: their sum over the root of how many."""
        if not len(found) or not len(self.hashes):
            return np.zeros(len(QUESTIONS))
        at = np.searchsorted(self.hashes, found)
        at[at == len(self.hashes)] = 0
        known = at[self.hashes[at] == found]
        total: Floats = self.weights[known].sum(axis=0, dtype=np.int64) * self.step
        share: Floats = total / np.sqrt(len(found))
        return share


@dataclass(frozen=True, slots=True)
class Model:
    """Blocks, and how their sum becomes probabilities and levels."""

    blocks: tuple[Block, ...]
    slope: Floats
    offset: Floats
    bars: Mapping[Surface, tuple[float, ...]]
    """The probability from which each question is answered with yes."""
    corpus: str
    """The digest of the rows it was trained on."""

    def probabilities(self, features: Sequence[Hashes]) -> Floats:
        """Return the calibrated probability of each question, for one text's blocks of features."""
        score = sum(
            (block.contribution(found) for block, found in zip(self.blocks, features, strict=True)),
            start=np.zeros(len(QUESTIONS)),
        )
        return 1 / (1 + np.exp(-(score * self.slope + self.offset)))

    def to_bytes(self) -> bytes:
        head = {
            "corpus": self.corpus,
            "slope": self.slope.tolist(),
            "offset": self.offset.tolist(),
            "bars": {surface.value: list(bars) for surface, bars in self.bars.items()},
            "blocks": [{"n": len(block.hashes), "step": block.step.tolist()} for block in self.blocks],
        }
        parts = [json.dumps(head, sort_keys=True).encode() + b"\n"]
        for block in self.blocks:
            parts += [block.hashes.astype("<u4").tobytes(), block.weights.tobytes()]
        return b"".join(parts)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read a file's bytes. Raises ContentError when they are not whole."""
        line, _, body = data.partition(b"\n")
        try:
            return cls._from_parts(json.loads(line), body)
        except (ValueError, KeyError, TypeError) as error:
            raise ContentError(f"the triage model's file is damaged: {error}") from None

    @classmethod
    def _from_parts(cls, head: dict[str, Any], body: bytes) -> Self:
        blocks, at = [], 0
        for block in head["blocks"]:
            n = int(block["n"])
            hashes = np.frombuffer(body, "<u4", n, at).astype(np.uint32)
            weights = np.frombuffer(body, np.int8, n * len(QUESTIONS), at + 4 * n)
            blocks.append(Block(hashes, weights.reshape(n, len(QUESTIONS)), np.array(block["step"])))
            at += n * (4 + len(QUESTIONS))
        if at != len(body):
            raise ValueError(f"{len(body) - at} bytes too many")
        bars = {surface: tuple(head["bars"][surface.value]) for surface in Surface}
        return cls(tuple(blocks), np.array(head["slope"]), np.array(head["offset"]), bars, head["corpus"])
