"""Finding a sound by what somebody types: name, synonym, fragment, or nearly so."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from bot.audio.library import Library, Trigger

MOST_SUGGESTIONS = 25
"""Discord shows no more choices."""
_LOOSELY_NEAR = 80.0
"""rapidfuzz's WRatio, 0..100: below it the words share little but letters."""
_MERELY_NEAR = 1.5
"""A score of words that only look alike; what has the letters typed has more."""
_LIKED = 10.0
_WORDS = re.compile(r"[\W_]+")


class SoundSearch:
    """Every trigger under every word it goes by."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._edition = -1
        self._read()

    def _read(self) -> None:
        """Index the library anew when it has changed."""
        if self._edition == self._library.edition:
            return
        self._edition = self._library.edition
        self._by_name = tuple(sorted(self._library.triggers.values(), key=lambda t: t.name))
        self._terms = [
            (_plain(term), trigger.id)
            for trigger in self._by_name
            for term in (trigger.name, trigger.id, *trigger.synonyms)
        ]
        self._whole = [term for term, _ in self._terms]
        self._parts = [(part, at) for at, term in enumerate(self._whole) for part in {term, *term.split()}]

    @property
    def names(self) -> Mapping[str, str]:
        """What each sound is called, by id."""
        self._read()
        return {trigger.id: trigger.name for trigger in self._by_name}

    def find(self, text: str, server: int | None = None) -> Trigger | None:
        """Return the sound that goes by exactly this name, synonym or id, whatever the case or accents.

        server: also that server's own recordings.
        """
        self._read()
        wanted = _plain(text)
        found = (self._library.triggers[trigger_id] for term, trigger_id in self._terms if term == wanted)
        return next((trigger for trigger in found if trigger.server in (None, server)), None)

    def is_name(self, text: str) -> bool:
        """Return whether this is a sound's own name or id, not merely another word for it."""
        found = self.find(text)
        return found is not None and _plain(text) in (_plain(found.name), _plain(found.id))

    def nearest(self, text: str, server: int | None = None) -> Trigger | None:
        """Return the sound most likely meant, or None when nothing is near."""
        return next(iter(self.suggest(text, 1, server)), None) if _plain(text) else None

    def suggest(
        self,
        text: str,
        limit: int = MOST_SUGGESTIONS,
        server: int | None = None,
        favourites: Collection[str] = (),
    ) -> list[Trigger]:
        """Return the sounds that may be meant, best first; all of them, by name, while nothing is typed.

        Of those that have what is typed, favourites come first.
        """
        self._read()
        query = _plain(text[:100])
        if not query:
            known = [trigger for trigger in self._by_name if trigger.server in (None, server)]
            return sorted(known, key=lambda trigger: trigger.id not in favourites)[:limit]
        best: dict[str, float] = {}
        for at, score in self._scores(query, limit):
            trigger_id = self._terms[at][1]
            liked = trigger_id in favourites and score > _MERELY_NEAR
            best[trigger_id] = max(score + _LIKED * liked, best.get(trigger_id, 0.0))
        ranked = sorted(best, key=lambda trigger_id: -best[trigger_id])
        triggers = (self._library.triggers[trigger_id] for trigger_id in ranked)
        return [trigger for trigger in triggers if trigger.server in (None, server)][:limit]

    def _scores(self, query: str, limit: int) -> Iterator[tuple[int, float]]:
        """Yield places in the terms with 0 (hardly) to 5 (the same); shorter terms win among equals."""
        for at, term in enumerate(self._whole):
            if query in term:
                score = (
                    5 if term == query else 4 if term.startswith(query) else 3 if f" {query}" in term else 2
                )
                yield at, score - len(term) / 1000
        if slips := _allowed_slips(query):
            # Compared with whole words and with their beginnings: the rest may not be typed yet.
            likely = [part for part, _ in self._parts] + [part[: len(query)] for part, _ in self._parts]
            near = process.extract(query, likely, scorer=OSA.distance, score_cutoff=slips, limit=None)
            for _, distance, place in near:
                at = self._parts[place % len(self._parts)][1]
                yield at, 2 - distance / 2 - len(self._whole[at]) / 1000
        loose = process.extract(
            query, self._whole, scorer=fuzz.WRatio, score_cutoff=_LOOSELY_NEAR, limit=limit
        )
        for _, likeness, at in loose:
            yield at, likeness / 1000


def _plain(text: str) -> str:
    """Fold case, accents and punctuation away."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _WORDS.sub(" ", letters).strip()


def _allowed_slips(query: str) -> int:
    """Return how many mistyped, missing, doubled or swapped letters still count as the word."""
    return 0 if len(query) < 3 else 1 if len(query) < 6 else 2
