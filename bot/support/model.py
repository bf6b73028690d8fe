"""The trained model: many hashed features, each with one small weight a question.

The questions, each a logistic regression: is this at least low_distress, at least high_distress, crisis?
The file is one JSON line, then, deflated, each block's planes of bytes: the gaps between its sorted hashes
(uint32, four planes, least byte first) and the weights (int8, a plane a question).
"""

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from bot.core.errors import ContentError
from bot.support.features import Hashes
from bot.support.languages import OTHER
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
class Scale:
    """How scores are read in one language: as probabilities (Platt 1999), and from where each is a yes."""

    slope: Floats
    offset: Floats
    bars: Mapping[Surface, tuple[float, ...]]

    def probabilities(self, scores: Floats) -> Floats:
        """Return how likely each question is a yes, for scores (…, 3)."""
        likely: Floats = 1 / (1 + np.exp(-(scores * self.slope + self.offset)))
        return likely

    def levels(self, scores: Floats, surface: Surface) -> npt.NDArray[np.int64]:
        """Return the most serious question answered with yes, for scores (…, 3)."""
        yes = self.probabilities(scores) >= np.array(self.bars[surface])
        levels: npt.NDArray[np.int64] = np.max(yes * np.array(QUESTIONS), axis=-1)
        return levels


@dataclass(frozen=True, slots=True)
class Model:
    """Blocks, and the scale of each language; that of `other` is for all that have none."""

    blocks: tuple[Block, ...]
    scales: Mapping[str, Scale]
    fingerprint: str
    """Of the rows it was trained on, and of how they were read."""

    def scores(self, features: Sequence[Hashes]) -> Floats:
        """Return each question's score for one text's blocks of features."""
        parts = (block.contribution(found) for block, found in zip(self.blocks, features, strict=True))
        return sum(parts, start=np.zeros(len(QUESTIONS)))

    def scale(self, language: str) -> Scale:
        return self.scales.get(language, self.scales[OTHER])

    def to_bytes(self) -> bytes:
        head = {
            "fingerprint": self.fingerprint,
            "scales": {
                language: {
                    "slope": scale.slope.tolist(),
                    "offset": scale.offset.tolist(),
                    "bars": {surface.value: list(bars) for surface, bars in scale.bars.items()},
                }
                for language, scale in self.scales.items()
            },
            "blocks": [{"n": len(block.hashes), "step": block.step.tolist()} for block in self.blocks],
        }
        planes = b"".join(_planes(block) for block in self.blocks)
        return json.dumps(head, sort_keys=True).encode() + b"\n" + zlib.compress(planes, 9)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read a file's bytes. Raises ContentError when they are not whole."""
        line, _, body = data.partition(b"\n")
        try:
            head = json.loads(line)
            scales = {language: _scale(scale) for language, scale in head["scales"].items()}
            blocks = tuple(_blocks(head["blocks"], _inflated(body)))
            return cls(blocks, scales, head["fingerprint"])
        except (ValueError, KeyError, TypeError, zlib.error) as error:
            raise ContentError(f"the triage model's file is damaged: {error}") from None


def _scale(head: dict[str, Any]) -> Scale:
    bars = {surface: tuple(head["bars"][surface.value]) for surface in Surface}
    return Scale(np.array(head["slope"]), np.array(head["offset"]), bars)


def _planes(block: Block) -> bytes:
    gaps = np.diff(block.hashes.astype("<u4"), prepend=np.uint32(0))
    return gaps.view(np.uint8).reshape(-1, 4).T.tobytes() + block.weights.T.tobytes()


def _inflated(body: bytes) -> bytes:
    stream = zlib.decompressobj()
    planes = stream.decompress(body)
    if not stream.eof or stream.unused_data:
        raise ValueError("its end is not where it should be")
    return planes


def _blocks(heads: list[dict[str, Any]], body: bytes) -> Iterator[Block]:
    at = 0
    for head in heads:
        n = int(head["n"])
        gaps = np.frombuffer(body, np.uint8, 4 * n, at).reshape(4, n).T.copy().view("<u4")[:, 0]
        weights = np.frombuffer(body, np.int8, n * len(QUESTIONS), at + 4 * n).reshape(len(QUESTIONS), n)
        yield Block(np.cumsum(gaps, dtype=np.uint32), weights.T.copy(), np.array(head["step"]))
        at += n * (4 + len(QUESTIONS))
    if at != len(body):
        raise ValueError(f"{len(body) - at} bytes too many")
