"""What to offer somebody who wrote to Hush: a pure function of their words. Nothing is kept or logged."""

from functools import cache
from importlib.resources import files
from typing import Self

import numpy as np

from bot.support.concepts import Concepts
from bot.support.features import extract
from bot.support.languages import Languages
from bot.support.levels import Level, Surface
from bot.support.model import Floats, Model
from bot.support.normalise import normalise
from bot.support.passages import passages
from bot.support.rules import Rules

MODEL_FILE = "triage.model"


@cache
def _concepts() -> Concepts:
    """Read the lexicons once a process: they never change while it runs."""
    return Concepts.load()


class Triage:
    """Decides on one of four offers. Load it once; it may be asked from any thread."""

    def __init__(self, model: Model, rules: Rules, concepts: Concepts, languages: Languages) -> None:
        self._model, self._rules = model, rules
        self._concepts, self._languages = concepts, languages

    @classmethod
    def load(cls) -> Self:
        """Read the shipped model and lists. Raises ContentError when one is damaged."""
        model = Model.from_bytes((files("bot.support") / MODEL_FILE).read_bytes())
        concepts = _concepts()
        return cls(model, Rules.load(), concepts, Languages.load(concepts))

    def language(self, text: str) -> str:
        """Return which language words are in, or `other`: a guess for a first answer, corrected by a tap."""
        return self._languages.language(normalise(text))

    def level(self, text: str, surface: Surface) -> Level:
        """Return what to offer for these words; any text is fine, also empty or not words at all.

        A long text is as serious as its most serious passage.
        """
        words = normalise(text)
        if not words:
            return Level.NONE
        language = self._languages.language(words)
        found = (extract(part, self._concepts.read(part, language)) for part in passages(words))
        scores: Floats = np.max([self._model.scores(features) for features in found], axis=0)
        learnt = self._model.scale(language).levels(scores, surface)
        return max(self._rules.level(words), Level(int(learnt)))
