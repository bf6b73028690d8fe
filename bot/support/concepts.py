"""What words mean, roughly: one small vocabulary for eight languages, so that they learn from each other."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Self

import numpy as np

from bot.core.errors import ContentError
from bot.support.features import Marks, Wide, word_hash
from bot.support.normalise import normalise

UNSPACED = frozenset({"ja"})
MANY_WORDS = 5
"""Words in one expression, at most."""
SHORTEST_STEM = 2
MEANINGS = 3
"""Concepts of one word, at most."""

Meanings = tuple[int, ...]
"""The hashes of a word's concepts."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's words, expressions and stems, normalised, with what they mean."""

    whole: Mapping[str, Meanings]
    stems: Mapping[str, Meanings]
    lengths: Mapping[str, tuple[int, ...]]
    """Of the entries that begin with a letter, the longest first: what is worth looking up there."""
    openers: frozenset[str]
    """The first words of all expressions."""

    @classmethod
    def of(cls, concepts: Mapping[str, list[str]]) -> Self:
        found: tuple[dict[str, list[str]], dict[str, list[str]]] = ({}, {})
        for name, words in concepts.items():
            for word in words:
                key = normalise(word.removesuffix("*"))
                if key:
                    found[word.endswith("*")].setdefault(key, []).append(name)
        whole, stems = ({key: _hashes(names) for key, names in kind.items()} for kind in found)
        lengths: dict[str, set[int]] = {}
        for key in (*whole, *stems):
            lengths.setdefault(key[0], set()).add(len(key))
        return cls(
            whole,
            stems,
            {first: tuple(sorted(sizes, reverse=True)) for first, sizes in lengths.items()},
            frozenset(first for first, space, _ in (key.partition(" ") for key in whole) if space),
        )

    def word(self, word: str) -> Meanings:
        """Return what one word means, by itself or by its longest known stem; nothing when unknown."""
        if word in self.whole:
            return self.whole[word]
        for size in self.lengths.get(word[:1], ()):
            if SHORTEST_STEM <= size <= len(word) and word[:size] in self.stems:
                return self.stems[word[:size]]
        return _sign(word)

    def spaced(self, words: list[str]) -> tuple[list[Meanings], dict[int, int]]:
        """Return the meanings in order, expressions taken whole, and the first meaning of each known word."""
        meanings: list[Meanings] = []
        alone = [self.word(word) for word in words]
        at = 0
        while at < len(words):
            size, found = 1, alone[at]
            if words[at] in self.openers:
                size, found = self._expression(words[at : at + MANY_WORDS]) or (size, found)
            meanings.append(found)
            at += size
        return meanings, {at: found[0] for at, found in enumerate(alone) if found}

    def _expression(self, words: list[str]) -> tuple[int, Meanings] | None:
        for size in range(len(words), 1, -1):
            found = self.whole.get(" ".join(words[:size]))
            if found:
                return size, found
        return None

    def unspaced(self, text: str) -> list[Meanings]:
        """Return the meanings of the longest known pieces, from left to right."""
        meanings: list[Meanings] = []
        at = 0
        while at < len(text):
            size, found = 1, _sign(text[at])
            for length in self.lengths.get(text[at], ()):
                piece = text[at : at + length]
                known = self.whole.get(piece) or self.stems.get(piece)
                if known:
                    size, found = length, known
                    break
            meanings.append(found)
            at += size
        return meanings


class Concepts:
    """The lexicons of all languages. Load it once; it may be asked from any thread."""

    def __init__(self, lexicons: Mapping[str, Lexicon]) -> None:
        self._lexicons = lexicons

    @classmethod
    def load(cls) -> Self:
        """Read every language's file. Raises ContentError naming the file."""
        return cls(dict(_read(path.name) for path in sorted(_folder().iterdir(), key=lambda p: p.name)))

    def known(self, word: str, language: str) -> bool:
        """Return whether the word itself is in a language's lexicon."""
        return word in self._lexicons[language].whole

    def read(self, text: str, language: str) -> Marks:
        """Return what a normalised text's words mean in a language; nothing in one without a lexicon."""
        lexicon = self._lexicons.get(language)
        if lexicon is None:
            return Marks(np.zeros((0, MEANINGS), np.uint64), None)
        if language in UNSPACED:
            return Marks(_table(lexicon.unspaced(text)), None)
        meanings, single = lexicon.spaced(text.split())
        return Marks(_table(meanings), single)


def _folder() -> Traversable:
    return files("bot.content") / "concepts"


def _read(name: str) -> tuple[str, Lexicon]:
    try:
        concepts = tomllib.loads((_folder() / name).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"concepts/{name}: not valid TOML: {error}") from None
    return name.removesuffix(".toml"), Lexicon.of(concepts)


def _hashes(names: list[str]) -> Meanings:
    return tuple(word_hash(name) for name in dict.fromkeys(names))[:MEANINGS]


def _sign(word: str) -> Meanings:
    """Punctuation, faces and emoji mean themselves."""
    return () if word.isalnum() or len(word) > 1 else (word_hash(word),)


def _table(meanings: list[Meanings]) -> Wide:
    """Return (n, MEANINGS) of the words that mean something; 0 fills."""
    known = [found + (0,) * (MEANINGS - len(found)) for found in meanings if found]
    return np.array(known, np.uint64).reshape(-1, MEANINGS)
