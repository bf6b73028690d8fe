"""What to offer somebody who wrote to Hush: a pure function of their words. Nothing is kept or logged."""

from importlib.resources import files
from typing import Self

import numpy as np

from bot.support.features import extract
from bot.support.levels import Level, Surface
from bot.support.model import QUESTIONS, Floats, Model
from bot.support.normalise import normalise
from bot.support.passages import passages

MODEL_FILE = "triage.model"


class Triage:
    """Decides on one of four offers. Load it once; it may be asked from any thread."""

    def __init__(self, model: Model) -> None:
        self._model = model

    @classmethod
    def load(cls) -> Self:
        """Read the shipped model. Raises ContentError when it is damaged."""
        return cls(Model.from_bytes((files("bot.support") / MODEL_FILE).read_bytes()))

    def level(self, text: str, surface: Surface) -> Level:
        """Return what to offer for these words; any text is fine, also empty or not words at all."""
        likely = self.probabilities(text)
        bars = self._model.bars[surface]
        return max(
            (asked for asked, p, bar in zip(QUESTIONS, likely, bars, strict=True) if p >= bar),
            default=Level.NONE,
        )

    def probabilities(self, text: str) -> Floats:
        """Return how likely at least low_distress, at least high_distress, and crisis are.

        A long text is as serious as its most serious passage.
        """
        if not (words := normalise(text)):
            return np.zeros(len(QUESTIONS))
        found = [self._model.probabilities(extract(part)) for part in passages(words)]
        most: Floats = np.max(found, axis=0)
        return most
