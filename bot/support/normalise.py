"""One spelling for many: what triage reads instead of what was typed. Linear; twice is the same as once."""

import re
import unicodedata

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_ADDRESS = re.compile(r"https?://\S+")
_MENTION = re.compile(r"<(?:@[!&]?|#|a?:\w{1,40}:|t:|/[^<>\n]{1,100}:)\d{1,20}(?::\w)?>")
_QUOTED_LINE = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_SAD_FACE = re.compile(r":'?-?[(\[/]|\):|;_;|t_t|q_q|>_<|;-;")
_GLAD_FACE = re.compile(r"[:;]'?-?[)\]d](?!\w)|\(:|<3|\^\^|\bx+d+\b")
_SPELLED_OUT = re.compile(r"(?<![^\W_])(?:[^\W\d_][ .\-*_/|]){2,}[^\W\d_](?![^\W_])")
_BETWEEN = re.compile(r"[ .\-*_/|]+")
_LEET_WORD = re.compile(r"(?<![^\s])\S{3,20}(?![^\s])")
_ELLIPSIS = re.compile(r"[.。・]{2,}")
_NUMBER = re.compile(r"0+")
_REPEATED = re.compile(r"(.)\1{2,}", re.DOTALL)

_LEET = str.maketrans("01345@$!|", "oieasasii")
_LEET_SIGNS = frozenset("01345@$!|")
_LOOKALIKES = str.maketrans("авекмнорстухіјѕԁգοαερτυνικ", "abekmhopctyxijsdgoaeptuvik")
_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True))
_FOLDED = (
    _SMALL_CAPITALS
    | {"ة": "ه", "ى": "ي", "ی": "ي", "ک": "ك", "ٱ": "ا", "ँ": "ं"}
    | {"ı": "i", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe"}
)
_STOPS = dict.fromkeys(".。।॥۔", ".") | dict.fromkeys("?？؟¿", "?") | dict.fromkeys("!！¡", "!")
_SIGNS = _STOPS | dict.fromkeys(",、،;؛，", ",") | dict.fromkeys('"“”„«»「」『』‹›', '"')
_DROPPED_MARKS = (  # accents people leave out, Arabic vowel signs, the nukta, variants, skin tones
    (0x0300, 0x036F), (0x0483, 0x0489), (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670),
    (0x06D6, 0x06ED), (0x093C, 0x093C), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF),
    (0xFE00, 0xFE0F), (0xFE20, 0xFE2F), (0xE0100, 0xE01EF), (0x1F3FB, 0x1F3FF),
)  # fmt: skip
_SILENT = frozenset("'’‘`´ʼـ*")
_MANY_KNOWN = 50_000
_MOST_ROUNDS = 8


class _Letters(dict[int, str]):
    """How each sign is read; worked out when first met, and kept while there are not too many."""

    def __missing__(self, code: int) -> str:
        read = _read(chr(code))
        if len(self) < _MANY_KNOWN:
            self[code] = read
        return read


def _read(sign: str) -> str:
    if sign in _FOLDED:
        return _FOLDED[sign]
    if sign in _SIGNS:
        return f" {_SIGNS[sign]} "
    code = ord(sign)
    if 0x30A1 <= code <= 0x30F6:  # katakana as hiragana
        return chr(code - 0x60)
    if sign in _SILENT or any(low <= code <= high for low, high in _DROPPED_MARKS):
        return ""
    return _read_kind(sign, unicodedata.category(sign))


def _read_kind(sign: str, kind: str) -> str:
    if kind[0] == "L" or kind in ("Mn", "Mc"):
        return sign
    if kind[0] == "N":
        return "0"
    if kind == "So" or sign == "…":
        return f" {sign} "
    return "" if kind[0] == "C" and sign not in "\n\t" else " "


_LETTERS = _Letters()


def normalise(text: str) -> str:
    """Return the words in lower case, without accents, disguises and repeated letters, one space between.

    Punctuation is kept as separate `. ? ! , " …`, numbers as `0`, emoji as they are. What is only quoted
    (`>` lines), code, addresses and mentions are left out. `normalise(normalise(x)) == normalise(x)`.
    """
    text = _QUOTED_LINE.sub(" ", _CODE.sub(" ", text))
    text = _MENTION.sub(" ", _ADDRESS.sub(" ", text))
    text = text.replace("\n", " . ")
    for _ in range(_MOST_ROUNDS):
        again = _once(text)
        if again == text:
            break
        text = again
    return text


def _once(text: str) -> str:
    text = unicodedata.normalize("NFKD", text).casefold()
    text = "".join(c for c in text if c.isascii() or _LETTERS[ord(c)]) if not text.isascii() else text
    text = unicodedata.normalize("NFC", text)
    text = _GLAD_FACE.sub(" ☺ ", _SAD_FACE.sub(" ☹ ", text))
    text = _SPELLED_OUT.sub(lambda found: _BETWEEN.sub("", found[0]), text)
    text = _LEET_WORD.sub(_plain_word, _ELLIPSIS.sub("…", text))
    text = _NUMBER.sub("0", text.translate(_LETTERS))
    return " ".join(_REPEATED.sub(r"\1", text).split())


def _plain_word(found: re.Match[str]) -> str:
    word = found[0]
    if word.isalpha():
        return word if word.isascii() or not _mixed(word) else word.translate(_LOOKALIKES)
    inner = word[:-1]  # a sign at the end is punctuation
    letters = sum(c.isalpha() for c in word)
    if letters * 2 > len(word) and word.isascii() and not _LEET_SIGNS.isdisjoint(inner) and _inside(word):
        return inner.translate(_LEET) + (word[-1].translate(_LEET) if word[-1] not in "!|" else word[-1])
    return word


def _inside(word: str) -> bool:
    """Return whether a letter comes before and after the signs, or the signs start a long word ($uicide)."""
    first = next(i for i, c in enumerate(word) if c in _LEET_SIGNS)
    return (first > 0 and word[first - 1].isalpha() and word[first + 1 :][:1].isalpha()) or (
        word[0] in "@$" and len(word) > 4
    )


def _mixed(word: str) -> bool:
    return any("a" <= c <= "z" for c in word) and any("\u0370" <= c <= "\u058f" for c in word)
