"""What to believe about one person: Beta-Bernoulli a sound and family, two rewards, and whether they tingle.

Every sound has two chances: that it is pleasant, and that it tingles. Each begins at its family's prior with
the strength of six answers; what was said about the family's other sounds moves that prior first. Tingling
is conditional on being somebody who tingles at all: that is one more chance, begun at the prevalence, and
updated by Bayes' rule on all answers (Beta-binomial against a small rate of mistakes).
"""

import math
import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from bot.content.priors import UNKNOWN, Prior, Priors
from bot.discovery.ratings import Ratings, Tally

STRENGTH: Final = 6.0
"""A prior counts as so many answers (product research, 5b: kappa)."""
_KINSHIP: Final = 0.5
"""What an answer about another sound of the family counts."""
_MISTAKES: Final = 0.03
"""How often somebody who does not tingle says it did."""


@dataclass(frozen=True, slots=True)
class Chance:
    """A Beta distribution."""

    yes: float
    no: float

    @property
    def mean(self) -> float:
        return self.yes / (self.yes + self.no)

    def draw(self, dice: random.Random) -> float:
        return dice.betavariate(self.yes, self.no)


@dataclass(frozen=True, slots=True)
class Belief:
    """About one sound: pleasant, and tingling for somebody who tingles."""

    calm: Chance
    tingle: Chance

    def worth(self, tingles: float) -> float:
        """Return the expected reward, 0..1, when somebody tingles with this probability."""
        return worth(self.calm.mean, self.tingle.mean, tingles)


@dataclass(frozen=True, slots=True)
class Beliefs:
    """About one person."""

    tingles: float
    """Probability that this person tingles at all."""
    sounds: Mapping[str, Belief]

    def ranking(self) -> list[str]:
        """Return the sounds, the most promising first; equals by id, so that it never depends on chance."""
        return sorted(self.sounds, key=lambda sound: (-self.sounds[sound].worth(self.tingles), sound))


def worth(calm: float, tingle: float, tingles: float) -> float:
    """Return one reward from two: calm alone, or calm and tingle in equal parts for who tingles."""
    return (1.0 - tingles) * calm + tingles * (calm + tingle) / 2.0


class Model:
    """Forms beliefs from ratings. Pure."""

    def __init__(self, families: Mapping[str, str], priors: Priors) -> None:
        """`families` are the family of each sound there is, by sound."""
        self._families = families
        self._priors = priors

    def prior_of(self, sound: str) -> Prior:
        return self._priors.sound.get(sound) or self._priors.family.get(self._families[sound]) or UNKNOWN

    def beliefs(self, ratings: Ratings, blocked: Collection[str] = ()) -> Beliefs:
        """Return what to believe; a blocked sound is not believed anything about, so it is never chosen."""
        families = self._family_tallies(ratings)
        sounds = {
            sound: self._belief(sound, families[family], ratings.get(sound, Tally()))
            for sound, family in self._families.items()
            if sound not in blocked
        }
        return Beliefs(self._tingles(ratings), sounds)

    def _family_tallies(self, ratings: Ratings) -> dict[str, Tally]:
        tallies = dict.fromkeys(self._families.values(), Tally())
        for sound, tally in ratings.items():
            if sound in self._families:
                tallies[self._families[sound]] += tally
        return tallies

    def _belief(self, sound: str, family: Tally, own: Tally) -> Belief:
        prior = self.prior_of(sound)
        calm = _updated(prior.calm, family.pleasant - own.pleasant, family.unpleasant - own.unpleasant)
        tingle = _updated(prior.tingle, family.tingled - own.tingled, family.did_not - own.did_not)
        return Belief(
            Chance(STRENGTH * calm + own.pleasant, STRENGTH * (1.0 - calm) + own.unpleasant),
            Chance(STRENGTH * tingle + own.tingled, STRENGTH * (1.0 - tingle) + own.did_not),
        )

    def _tingles(self, ratings: Ratings) -> float:
        known = {sound: tally for sound, tally in ratings.items() if sound in self._families}
        log_odds = math.log(self._priors.responders / (1.0 - self._priors.responders))
        for sound, own in known.items():
            prior = self.prior_of(sound).tingle
            yes, no = STRENGTH * prior, STRENGTH * (1.0 - prior)
            log_odds += _log_beta(yes + own.tingled, no + own.did_not) - _log_beta(yes, no)
            log_odds -= own.tingled * math.log(_MISTAKES) + own.did_not * math.log(1.0 - _MISTAKES)
        return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, log_odds))))


def _updated(prior: float, yes: int, no: int) -> float:
    """Return a family's mean after answers about its other sounds, each worth half an own one."""
    return (STRENGTH * prior + _KINSHIP * yes) / (STRENGTH + _KINSHIP * (yes + no))


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
