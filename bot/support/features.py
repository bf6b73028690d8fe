"""What the model looks at: hashed runs of letters, words and word skeletons, pairs of words, and concepts."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint32]
Wide = npt.NDArray[np.uint64]

LETTER_SIZES = range(2, 6)
WORD_SIZES = range(1, 4)
PAIRED = 12
"""A word is paired with each of as many words after it, less one."""
CONCEPTS_PAIRED = 8
"""The same for concepts, counted in words that mean something."""

_SCRIPT_CHANGE = re.compile(
    r"(?<=[\u3041-\u3096ー])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[\u3041-\u3096])|(?<=を)"
)
"""Where a Japanese word may begin: between kanji and kana, and after the object."""
_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_PAIR, _CONCEPT, _CONCEPT_PAIR, _CONCEPT_NEXT, _CONCEPT_THIRD, _MIXED_PAIR = (
    np.uint64(salt << 8) for salt in range(4, 10)
)
_LENGTH = np.uint64(11 << 8)
_BEGINNING, _END = np.array([1], np.uint64), np.array([2], np.uint64)
_S30, _S27, _S31, _S40 = (np.uint64(n) for n in (30, 27, 31, 40))


@dataclass(frozen=True, slots=True)
class Marks:
    """What the words of a text mean: concepts (n, most meanings) by hash, 0 for none."""

    concepts: Wide
    single: Mapping[int, int] | None
    """The concept that stands for the word at a place; None where a script has no spaces."""


def extract(text: str, marks: Marks) -> tuple[Hashes, ...]:
    """Return each block's distinct features of a normalised text, as sorted 24-bit hashes."""
    spaced = _SCRIPT_CHANGE.sub(" ", text)
    words = _words(spaced)
    return (
        _distinct(_grams(_codes(f" {text} "), LETTER_SIZES, salt=1)),
        _distinct([*_grams(_framed(words), WORD_SIZES, salt=2), _length(text)]),
        _distinct(_grams(_words(skeletons(spaced)), WORD_SIZES, salt=3)),
        _distinct(_pairs(words, _PAIR)),
        *_meant(marks.concepts),
        *_part_meant(text, marks.single),
    )


def _framed(words: Wide) -> Wide:
    """Return the words between two marks: how a text begins and ends tells something, too."""
    return np.concatenate((_BEGINNING, words, _END))


def _length(text: str) -> Wide:
    """Return how long it is, to half an octave: longer is no sign of distress by itself."""
    return np.array([round(2 * math.log2(len(text) + 1))], np.uint64) * _STEP + _LENGTH


def _pairs(words: Wide, salt: np.uint64) -> list[Wide]:
    return [words[:-gap] * _STEP + words[gap:] + salt for gap in range(1, min(PAIRED, len(words)))]


def _meant(concepts: Wide) -> tuple[Hashes, Hashes]:
    """Return the concepts, and which follow which: soon after, at once, and three in a row."""
    runs = []
    for gap in range(1, min(CONCEPTS_PAIRED, len(concepts))):
        before, after = concepts[:-gap, :, None], concepts[gap:, None, :]
        both = (before * _STEP + after)[(before != 0) & (after != 0)]
        runs += [both + _CONCEPT_PAIR] + ([both + _CONCEPT_NEXT] if gap == 1 else [])
    if len(concepts) > 2:
        a, b, c = concepts[:-2, :, None, None], concepts[1:-1, None, :, None], concepts[2:, None, None, :]
        runs.append(((a * _STEP + b) * _STEP + c)[(a != 0) & (b != 0) & (c != 0)] + _CONCEPT_THIRD)
    return _distinct([concepts[concepts != 0] + _CONCEPT]), _distinct(runs)


def _part_meant(text: str, single: Mapping[int, int] | None) -> tuple[Hashes, Hashes]:
    """Return pairs and runs of words in which each known word stands for what it means."""
    if not single:
        return _distinct([]), _distinct([])
    words = _words(text)
    words[list(single)] = np.array(list(single.values()), np.uint64)
    return _distinct(_pairs(words, _MIXED_PAIR)), _distinct(_grams(words, WORD_SIZES, salt=10))


@lru_cache(maxsize=4096)
def word_hash(word: str) -> int:
    """Return one word's 64-bit hash, never 0."""
    return int(_words(word)[0]) or 1


def _codes(text: str) -> Wide:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)


def _words(text: str) -> Wide:
    """Return one 64-bit hash a word: a polynomial over its letters."""
    codes = _codes(f"{text} ")
    ends = np.flatnonzero(codes == 32)
    starts = np.concatenate(([0], ends[:-1] + 1))
    if not text:
        return codes[:0]
    place = np.arange(len(codes)) - np.repeat(starts, ends - starts + 1)
    powers = np.cumprod(np.full(int(place.max()) + 1, _STEP), dtype=np.uint64)
    return _mixed(np.add.reduceat(codes * powers[place], starts))


def _grams(units: Wide, sizes: range, salt: int) -> list[Wide]:
    """Return every run of each size as one number, not yet mixed."""
    found = []
    rolled = np.zeros(len(units), np.uint64)
    for size in range(1, sizes.stop):
        n = len(units) - size + 1
        if n <= 0:
            break
        rolled = rolled[:n] * _STEP + units[size - 1 :]
        if size in sizes:
            found.append(rolled + np.uint64(salt << 8 | size))
    return found


def _mixed(x: Wide) -> Wide:
    """Splitmix64's finaliser."""
    x = (x ^ (x >> _S30)) * _MIX[0]
    x = (x ^ (x >> _S27)) * _MIX[1]
    return x ^ (x >> _S31)


def _distinct(found: list[Wide]) -> Hashes:
    """Return the hashes of numbers that are not yet mixed, each once, ascending.

    24 bits: up to one unknown feature in 25 is taken for a known one, which costs nothing that could be
    measured, and halves what a feature takes in the file.
    """
    if not found:
        return np.zeros(0, np.uint32)
    return np.unique((_mixed(np.concatenate(found)) >> _S40).astype(np.uint32))


_CONSONANTS = (
    dict(zip("कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसहळ", "kkggnccjjnttddnttddnpfbbmyrlvssshl", strict=True))
    | dict(zip("अआइईउऊएऐओऔ", "aaiiuueeoo", strict=True))
    | dict(zip("بتثجحخدذرزسشصضطظعغفقكلمنهوي", "btsjhkdjrjsssdtjagfkklmnhui", strict=True))
    | {"w": "v", "z": "j", "q": "k", "x": "ks", "c": "k", "ं": "n", "ा": "", "ि": "", "ी": "", "ु": "", "ू": ""}
    | {"े": "", "ै": "", "ो": "", "ौ": "", "ृ": "r", "्": "", "ः": "", "0": "h", "ا": "a", "ء": "a"}
)
_ROMAN = str.maketrans(_CONSONANTS)
_LAST_NASAL = re.compile("ं(?= |$)")
_SOFT = re.compile(r"(?<=[kgtdbsjc])h")
_VOWELS = re.compile(r"(?<=\S)[aeiou]+")
_DOUBLE = re.compile(r"(\S)\1+")


def skeletons(text: str) -> str:
    """Return the words of a normalised text as rough Latin consonants.

    Hindi and Arabic written in their own script and in Latin letters meet here, and so do misspellings.
    """
    roman = _LAST_NASAL.sub("", text).replace("ph", "f").replace("ch", "क").translate(_ROMAN)
    return _DOUBLE.sub(r"\1", _VOWELS.sub("", _SOFT.sub("", roman)))
