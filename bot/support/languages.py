"""Which language a message is in, roughly: enough to choose the scale its score is read on."""

import re
from collections.abc import Mapping
from typing import Self

from bot.support.concepts import Concepts
from bot.support.normalise import normalise
from bot.support.rules import language_files

OTHER = "other"
"""A language of none of the files, or too little to tell."""
_SCRIPTS = {
    "ja": re.compile("[\u3041-\u3096\u30fc\u4e00-\u9fff]"),
    "hi": re.compile("[\u0900-\u097f]"),
    "ar": re.compile("[\u0600-\u06ff]"),
}


_ENOUGH = 80
"""Words that are looked at."""


class Languages:
    """Tells by the script, or by how many words are known: the most common ones count twice."""

    def __init__(self, common: Mapping[str, frozenset[str]], concepts: Concepts) -> None:
        self._common, self._concepts = common, concepts

    @classmethod
    def load(cls, concepts: Concepts) -> Self:
        """Read every language's file. Raises ContentError naming it."""
        return cls(
            {
                lang: frozenset(normalise(word) for word in lists["common"])
                for lang, lists in language_files()
            },
            concepts,
        )

    def language(self, text: str) -> str:
        """Return the language of a normalised text, or `other`."""
        if not text.isascii():
            for lang, letters in _SCRIPTS.items():
                if letters.search(text):
                    return lang
        words = text.split(maxsplit=_ENOUGH)[:_ENOUGH]
        counts = {lang: self._known(words, lang) for lang in self._common}
        best = max(counts, key=lambda lang: (counts[lang], lang))
        most = [lang for lang, n in counts.items() if n == counts[best]]
        return best if counts[best] and len(most) == 1 else OTHER

    def _known(self, words: list[str], lang: str) -> int:
        common = self._common[lang]
        return sum((word in common) + (word.isalpha() and self._concepts.known(word, lang)) for word in words)
