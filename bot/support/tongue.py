"""Which of the card's languages words are in: a guess for the first answer, corrected by a tap."""

import re
from typing import Final

_SCRIPTS: Final = (
    (re.compile(r"[\u0600-\u06ff\u0750-\u077f]"), "ar"),
    (re.compile(r"[\u0900-\u097f]"), "hi"),
    (re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]"), "ja"),
)
_COMMON: Final = """
es-ES que no estoy quiero más ya el la los una pero muy puedo yo hoy por con todo nadie siento vida
fr je suis pas plus ne ça mais une les des est rien trop veux peux j'ai c'est tout moi avec vie
de ich nicht mehr und das ist kann mir bin mich ein eine aber alles kein will leben habe auch so
pt-BR não eu estou mais quero uma mas muito você tudo isso pra minha meu com ninguém hoje vida sinto
en-US i the and not to it is my me can't don't just want am i'm anymore you of that have
"""
_WORDS: Final = {line.split()[0]: frozenset(line.split()[1:]) for line in _COMMON.strip().splitlines()}
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_MOST_CHARACTERS: Final = 2_000


def language_of(text: str) -> str | None:
    """Return the locale tag of the language; None when there is too little to tell."""
    text = text[:_MOST_CHARACTERS]
    for script, tag in _SCRIPTS:
        if len(script.findall(text)) * 3 > len(text.replace(" ", "")):
            return tag
    words = [word.replace("’", "'").casefold() for word in _WORD.findall(text)]
    known = {tag: sum(word in common for word in words) for tag, common in _WORDS.items()}
    best, second = sorted(known, key=lambda tag: -known[tag])[:2]
    return best if known[best] > known[second] else None
