"""Countries by the names people type, in any of Hush's languages."""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from babel import Locale
from rapidfuzz import process
from rapidfuzz.distance import OSA

MOST_SUGGESTIONS: Final = 25
"""Discord shows no more choices."""
_NEAR: Final = 0.8
"""Share of letters that are right and in place; two swapped count as one. Below it is another word."""
_ALSO: Final = {
    "uk": "GB",
    "britain": "GB",
    "great britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "usa": "US",
    "america": "US",
    "united states of america": "US",
    "holland": "NL",
    "korea": "KR",
    "russia": "RU",
    "czech republic": "CZ",
    "turkey": "TR",
    "uae": "AE",
}
_SPOKEN_IN: Final = {
    "en": ("US", "GB", "CA", "AU", "IE", "NZ", "IN", "ZA", "PH", "SG", "NG", "KE"),
    "es": ("ES", "MX", "AR", "CO", "PE", "CL", "UY", "VE", "EC", "GT", "BO", "DO"),
    "fr": ("FR", "BE", "CA", "CH", "LU", "SN", "CI", "MA", "DZ", "TN"),
    "de": ("DE", "AT", "CH", "LU"),
    "pt": ("BR", "PT", "AO", "MZ"),
    "hi": ("IN", "NP"),
    "ja": ("JP",),
    "ar": ("EG", "SA", "AE", "MA", "DZ", "TN", "JO", "LB", "IQ", "KW", "LY", "YE", "QA", "OM"),
}
"""Where a language is at home. A suggestion only: a language is no place."""


class Countries:
    """The countries of the helpline directory under their names in several languages."""

    def __init__(self, isos: Iterable[str], locales: Iterable[str]) -> None:
        """`locales`: Discord's tags (and others Babel knows) of the languages names are understood in."""
        self._isos = frozenset(isos)
        self._names = {
            locale: {
                iso: name
                for iso, name in Locale.parse(locale, sep="-").territories.items()
                if iso in self._isos
            }
            for locale in locales
        }
        self._by_name = {
            _plain(name): iso for names in self._names.values() for iso, name in names.items()
        } | {iso.casefold(): iso for iso in self._isos if iso not in {"AT", "IN", "IS", "IT", "NO", "SO"}}
        self._by_name |= {name: iso for name, iso in _ALSO.items() if iso in self._isos}

    def name(self, iso: str, locale: str) -> str:
        names = self._names.get(locale) or self._names["en-US"]
        return str(names.get(iso, iso))

    def find(self, text: str) -> str | None:
        """Return the ISO code of the country meant by a name or a code; a typo is forgiven."""
        typed = _plain(text[:100])
        if text in self._isos:
            return text
        if typed in self._by_name or not typed:
            return self._by_name.get(typed)
        near = process.extractOne(
            typed, self._by_name.keys(), scorer=OSA.normalized_similarity, score_cutoff=_NEAR
        )
        return None if near is None else self._by_name[near[0]]

    def suggest(self, text: str, locale: str) -> Sequence[str]:
        """Return codes whose name has what is typed so far; the likeliest for the language when none is."""
        typed = _plain(text[:100])
        if not typed:
            return self.likely(locale)
        names = self._names.get(locale) or self._names["en-US"]
        plain = [(_plain(name), iso) for iso, name in names.items()]
        begins = [iso for name, iso in sorted(plain) if name.startswith(typed)]
        within = [iso for name, iso in sorted(plain) if typed in name and iso not in begins]
        found = self.find(text)
        rest = [found] if found is not None and found not in (*begins, *within) else []
        return [*begins, *within, *rest][:MOST_SUGGESTIONS]

    def likely(self, locale: str) -> Sequence[str]:
        """Return where the language is at home, then where others of our languages are."""
        home = _SPOKEN_IN.get(locale.partition("-")[0], ())
        everywhere = (iso for isos in zip(*(v[:1] for v in _SPOKEN_IN.values()), strict=True) for iso in isos)
        english = _SPOKEN_IN["en"][:6]
        ordered = dict.fromkeys((*home, *everywhere, *english))
        return [iso for iso in ordered if iso in self._isos][:MOST_SUGGESTIONS]


def _plain(text: str) -> str:
    """Return the text without case, accents and edge spaces."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in folded if not unicodedata.combining(c)).split())


def language_names(codes: Iterable[str], locale: str) -> tuple[str, ...]:
    """Return languages by the names a locale has for them; a code it has none for stays as it is."""
    names = Locale.parse(locale, sep="-").languages
    return tuple(names.get(code, code) for code in codes)


def own_name(locale: str) -> str:
    """Return what speakers of a language call it, with a capital."""
    spoken = Locale.parse(locale, sep="-")
    name = str(spoken.get_language_name(spoken) or locale)
    return name[:1].upper() + name[1:]
