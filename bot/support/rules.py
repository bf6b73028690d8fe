"""Unmistakable statements, one file a language: they raise a level and never lower one."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from enum import Enum
from importlib.resources import files
from types import MappingProxyType
from typing import Self

from bot.core.errors import ContentError
from bot.support.levels import Level
from bot.support.normalise import normalise

LONGEST_PHRASE = 8
"""Words in a phrase, at most; in a script without spaces, letters are counted instead, up to 12."""
_LONGEST_PIECE = 12
_UNSPACED = frozenset({"ja"})
_STOP = re.compile(r"[.?!…\n]")


class Says(Enum):
    """What a phrase tells, by its list's name."""

    URGENT = "urgent"
    """Somebody has just done something dangerous; no joke or quotation beside it takes that back."""
    CRISIS = "crisis"
    HIGH = "high"
    UNLESS = "unless"


_Phrases = dict[str, Says]

_ALONE = {"alone_high": Level.HIGH_DISTRESS, "alone": Level.LOW_DISTRESS}
"""The lists of what only counts where the whole message is nothing else."""
_LISTS = frozenset({*(says.value for says in Says), *_ALONE, "common"})


class Rules:
    """Looks every run of up to eight words up, so its work grows with the words alone."""

    def __init__(
        self,
        phrases: Mapping[str, Says],
        pieces: Mapping[str, Says],
        alone: Mapping[str, Level] = MappingProxyType({}),
    ) -> None:
        self._phrases, self._pieces, self._alone = phrases, pieces, alone
        self._first_words = frozenset(phrase.partition(" ")[0] for phrase in phrases)
        self._first_letters = frozenset(piece[0] for piece in pieces)

    @classmethod
    def load(cls) -> Self:
        """Read every language's file. Raises ContentError naming the file and the entry."""
        phrases: _Phrases = {}
        pieces: _Phrases = {}
        alone: dict[str, Level] = {}
        for lang, lists in language_files():
            known = pieces if lang in _UNSPACED else phrases
            for says in Says:
                for entry in lists[says.value]:
                    known[_checked(f"{lang}.toml: {says.value}", entry, unspaced=known is pieces)] = says
            for kind, level in _ALONE.items():
                for entry in lists[kind]:
                    alone.setdefault(_checked(f"{lang}.toml: {kind}", entry, unspaced=False), level)
        return cls(phrases, pieces, alone)

    def level(self, text: str) -> Level:
        """Return what a normalised text says beyond doubt, or none.

        A joke takes the weight from its own sentence, not from the others.
        """
        sentences = [sentence for sentence in _STOP.split(text) if sentence.strip()]
        said = max((self._said(sentence) for sentence in sentences), default=Level.NONE)
        letters, signs = _letters_and_signs(text)
        alone = self._alone.get(letters, Level.NONE)
        return alone if alone > said and Says.UNLESS not in self._found(signs) else said

    def _said(self, sentence: str) -> Level:
        found = set(self._found(sentence))
        if Says.URGENT in found:
            return Level.CRISIS
        if Says.UNLESS in found:
            return Level.NONE
        if Says.CRISIS in found:
            return Level.CRISIS
        if Says.HIGH in found:
            return Level.HIGH_DISTRESS
        return Level.NONE

    def _found(self, text: str) -> Iterator[Says]:
        words = text.split()
        for at, word in enumerate(words):
            if word in self._first_words:
                yield from self._from(words[at : at + LONGEST_PHRASE])
        for at, letter in enumerate(text):
            if letter in self._first_letters:
                yield from self._within(text[at : at + _LONGEST_PIECE])

    def _from(self, words: list[str]) -> Iterator[Says]:
        for size in range(1, len(words) + 1):
            phrase = " ".join(words[:size])
            if phrase in self._phrases:
                yield self._phrases[phrase]

    def _within(self, letters: str) -> Iterator[Says]:
        for size in range(1, len(letters) + 1):
            if letters[:size] in self._pieces:
                yield self._pieces[letters[:size]]


def language_files() -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Yield each language's lists. Raises ContentError naming the file."""
    for path in sorted((files("bot.content") / "triage").iterdir(), key=lambda p: p.name):
        if not path.name.endswith(".toml"):
            continue
        try:
            lists = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise ContentError(f"{path.name}: not valid TOML: {error}") from None
        if lists.keys() != _LISTS:
            raise ContentError(f"{path.name}: the lists must be {', '.join(sorted(_LISTS))}")
        yield path.name.removesuffix(".toml"), lists


def _letters_and_signs(text: str) -> tuple[str, str]:
    """Return the words, and the signs that stand between and after them."""
    words: list[str] = []
    signs: list[str] = []
    for word in text.split():
        (words if any(map(str.isalnum, word)) else signs).append(word)
    return " ".join(words), " ".join(signs)


def _checked(where: str, entry: str, *, unspaced: bool) -> str:
    words = normalise(entry)
    size, most = (len(words), _LONGEST_PIECE) if unspaced else (len(words.split()), LONGEST_PHRASE)
    if not 1 <= size <= most:
        raise ContentError(f"{where}: {entry!r} is empty or too long")
    if unspaced and words.isascii():
        raise ContentError(f"{where}: {entry!r} would be found inside words of other languages")
    return words
