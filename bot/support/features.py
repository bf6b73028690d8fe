"""What the model looks at: hashed n-grams of letters, words and word skeletons, and pairs of words."""

import re

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint32]
_Wide = npt.NDArray[np.uint64]

LETTER_SIZES = range(2, 6)
WORD_SIZES = range(1, 4)
PAIRED = 12
"""A word is paired with each of as many words after it, less one."""

_SCRIPT_CHANGE = re.compile(
    r"(?<=[\u3041-\u3096ー])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[\u3041-\u3096])|(?<=を)"
)
"""Where a Japanese word may begin: between kanji and kana, and after the object."""
_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_PAIR = np.uint64(4 << 8)
_S30, _S27, _S31, _S32 = (np.uint64(n) for n in (30, 27, 31, 32))


def extract(text: str) -> tuple[Hashes, ...]:
    """Return each block's distinct features of a normalised text, as sorted 32-bit hashes."""
    spaced = _SCRIPT_CHANGE.sub(" ", text)
    words = _words(spaced)
    return (
        _distinct(_grams(_codes(f" {text} "), LETTER_SIZES, salt=1)),
        _distinct(_grams(words, WORD_SIZES, salt=2)),
        _distinct(_grams(_words(skeletons(spaced)), WORD_SIZES, salt=3)),
        _distinct(
            [_mixed(words[:-gap] * _STEP + words[gap:] + _PAIR) for gap in range(1, min(PAIRED, len(words)))]
        ),
    )


def _codes(text: str) -> _Wide:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)


def _words(text: str) -> _Wide:
    """Return one 64-bit hash a word: a polynomial over its letters."""
    codes = _codes(f"{text} ")
    ends = np.flatnonzero(codes == 32)
    starts = np.concatenate(([0], ends[:-1] + 1))
    if not text:
        return codes[:0]
    place = np.arange(len(codes)) - np.repeat(starts, ends - starts + 1)
    powers = np.cumprod(np.full(int(place.max()) + 1, _STEP), dtype=np.uint64)
    return _mixed(np.add.reduceat(codes * powers[place], starts))


def _grams(units: _Wide, sizes: range, salt: int) -> list[_Wide]:
    """Return the hashes of every run of each size."""
    found = []
    rolled = np.zeros(len(units), np.uint64)
    for size in range(1, sizes.stop):
        n = len(units) - size + 1
        if n <= 0:
            break
        rolled = rolled[:n] * _STEP + units[size - 1 :]
        if size in sizes:
            found.append(_mixed(rolled + np.uint64(salt << 8 | size)))
    return found


def _mixed(x: _Wide) -> _Wide:
    """Splitmix64's finaliser."""
    x = (x ^ (x >> _S30)) * _MIX[0]
    x = (x ^ (x >> _S27)) * _MIX[1]
    return x ^ (x >> _S31)


def _distinct(found: list[_Wide]) -> Hashes:
    if not found:
        return np.zeros(0, np.uint32)
    return np.unique((np.concatenate(found) >> _S32).astype(np.uint32))


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
