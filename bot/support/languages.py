"""Which language a message is in, roughly: enough to choose the scale its score is read on."""

import re
from collections.abc import Mapping
from typing import Self

from bot.support.normalise import normalise
from bot.support.rules import language_files

OTHER = "other"
"""A language of none of the files, or too little to tell."""
_SCRIPTS = {
    "ja": re.compile("[\u3041-\u3096\u30fc\u4e00-\u9fff]"),
    "hi": re.compile("[\u0900-\u097f]"),
    "ar": re.compile("[\u0600-\u06ff]"),
}


class Languages:
    """Tells by the script, or by the most common words."""

    def __init__(self, common: Mapping[str, frozenset[str]]) -> None:
        self._common = common

    @classmethod
    def load(cls) -> Self:
        """Read every language's file. Raises ContentError naming it."""
        return cls(
            {lang: frozenset(normalise(word) for word in lists["common"]) for lang, lists in language_files()}
        )

    def language(self, text: str) -> str:
        """Return the language of a normalised text, or `other`."""
        if not text.isascii():
            for lang, letters in _SCRIPTS.items():
                if letters.search(text):
                    return lang
        words = text.split()
        counts = {lang: sum(word in common for word in words) for lang, common in self._common.items()}
        best = max(counts, key=lambda lang: (counts[lang], lang))
        most = [lang for lang, n in counts.items() if n == counts[best]]
        return best if counts[best] and len(most) == 1 else OTHER
