"""Which pairings to suggest now: a pure sum of few terms, each of which can be said as a reason."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.care.model import Circumstances, History, Outcome, Said, Suggestion
from bot.content.care import CareContent, Pairing, Practice
from bot.core.errors import Refusal

N_SUGGESTIONS: Final = 3
WEEK: Final = timedelta(days=7)
_RECENTLY: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class _Term:
    """What speaks for a pairing: how much, and in which words; without words it only orders."""

    points: float
    reason: Said | None = None


_Ranked = tuple[str, list[_Term]]


def suggest(
    content: CareContent,
    now: Circumstances,
    history: History,
    at: datetime,
    dice: random.Random,
    *,
    page: int = 0,
) -> tuple[Suggestion, ...]:
    """Return up to three pairings of different activities, the best first, each with its strongest reason.

    What was refused or does not fit the feeling, the hour or the minutes is out; a blocked sound is never
    named. Later pages go on where the last one ended, and begin anew after the last. Raises Refusal when
    nothing is left at all.
    """
    scored = sorted(
        (
            (sum(term.points for term in terms) + dice.uniform(0.0, 0.5), pairing_id, terms)
            for pairing_id, terms in _fitting(content, now, history, at)
        ),
        key=lambda entry: -entry[0],
    )
    if not scored:
        raise Refusal("pair.refused.nothing")
    pages = list(_pages([(pairing_id, terms) for _, pairing_id, terms in scored], content))
    return tuple(
        _suggestion(ranked, content.pairings[ranked[0]], now.minutes, history, at)
        for ranked in pages[page % len(pages)]
    )


def _pages(ranked: list[_Ranked], content: CareContent) -> Iterator[list[_Ranked]]:
    """Yield them three at a time, no two of one activity or one practice on a page."""
    while ranked:
        chosen: list[_Ranked] = []
        taken: set[str] = set()
        for entry in ranked:
            kinds = {content.activities[entry[0]], content.pairings[entry[0]].practice or entry[0]}
            if len(chosen) < N_SUGGESTIONS and taken.isdisjoint(kinds):
                chosen.append(entry)
                taken |= kinds
        yield chosen
        ranked = [entry for entry in ranked if entry not in chosen]


def sound_for(thing: Pairing | Practice, history: History, at: datetime) -> str | None:
    """Return the sound that goes with it and calmed this person most; None when all are blocked."""
    allowed = [sound for sound in thing.sounds if sound not in history.blocked]
    return max(allowed, key=lambda sound: len(_calmed(sound, history, at)), default=None)


def _fitting(
    content: CareContent, now: Circumstances, history: History, at: datetime
) -> Iterator[tuple[str, list[_Term]]]:
    for pairing_id, pairing in content.pairings.items():
        fits = now.feeling in pairing.feelings and pairing.minutes[0] <= now.minutes
        in_time = now.daytime is None or not pairing.times or now.daytime in pairing.times
        if fits and in_time and pairing_id not in history.refused:
            personal = _personal(pairing_id, pairing, history, at)
            yield pairing_id, [*personal, *_general(content, pairing, now)]


def _personal(pairing_id: str, pairing: Pairing, history: History, at: datetime) -> Iterator[_Term]:
    """Yield what this person's own evenings say."""
    helped = [outcome for outcome in history.outcomes if outcome.pairing_id == pairing_id]
    if helped and helped[-1].calmer:
        yield _Term(1.6, Said("pair.reason.helped", {"at": helped[-1].at}))
    sound = sound_for(pairing, history, at)
    if sound is not None and (calmed := _calmed(sound, history, at)):
        said = Said("pair.reason.calmed", {"sound": sound, "count": len(calmed)})
        yield _Term(0.9 * min(len(calmed), 3), said)
    if any(at - outcome.at < _RECENTLY for outcome in helped):
        yield _Term(-0.8)
    if helped and not helped[-1].calmer:
        yield _Term(-1.0)


def _general(content: CareContent, pairing: Pairing, now: Circumstances) -> Iterator[_Term]:
    """Yield what speaks for it for everybody in this moment."""
    minutes = timedelta(minutes=min(now.minutes, pairing.minutes[1]))
    if now.daytime is not None and now.daytime in pairing.times:
        yield _Term(1.0, Said(f"pair.reason.{now.daytime}", {"minutes": minutes}))
    if pairing.minutes[0] <= now.minutes <= pairing.minutes[1]:
        yield _Term(0.6, Said("pair.reason.minutes", {"minutes": minutes}))
    source = content.source_of(pairing)
    if source.evidence != "tradition":
        points = 0.7 if source.evidence == "controlled" else 0.4
        yield _Term(points, Said(f"pair.reason.{source.evidence}"))
    if pairing.feelings[0] == now.feeling:
        yield _Term(0.5)


def _suggestion(
    ranked: _Ranked, pairing: Pairing, minutes: int, history: History, at: datetime
) -> Suggestion:
    pairing_id, terms = ranked
    minutes = min(minutes, pairing.minutes[1])
    sayable = [term for term in terms if term.reason is not None and term.points > 0.0]
    strongest = max(sayable, key=lambda term: term.points, default=None)
    reason = None if strongest is None else strongest.reason
    if reason is None:
        reason = Said("pair.reason.shorter", {"minutes": timedelta(minutes=minutes)})
    return Suggestion(pairing_id, pairing, minutes, sound_for(pairing, history, at), reason)


def _calmed(sound: str, history: History, at: datetime) -> list[Outcome]:
    return [
        outcome
        for outcome in history.outcomes
        if outcome.sound == sound and outcome.calmer and at - outcome.at < WEEK
    ]
