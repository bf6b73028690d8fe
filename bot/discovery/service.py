"""The trigger test for one person, and what it found, with reasons."""

import logging
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from bot.content.priors import Priors
from bot.core.clock import Clock
from bot.core.errors import Refusal, StoreError
from bot.discovery.beliefs import Beliefs, Model
from bot.discovery.ports import Blocks, RatingStore
from bot.discovery.ratings import Ratings, Tally
from bot.discovery.trial import is_sure, next_pair

_log = logging.getLogger(__name__)

N_FOUND: Final = 5
Which = Literal["first", "second", "both", "neither"]
WHICH: Final[tuple[Which, ...]] = ("first", "second", "both", "neither")


@dataclass(frozen=True, slots=True)
class Found:
    """One sound that is believed to suit, and what speaks for it."""

    sound: str
    family: str
    calm: float
    tingle: float
    """For this person, whether they tingle at all included."""
    own: Tally
    of_family: Tally
    """Answers about the family's other sounds."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What is believed about one person. `n_answers` 0: nothing was asked yet."""

    n_answers: int
    n_tingles: int
    tingles: float
    found: tuple[Found, ...]


class Discovery:
    def __init__(
        self,
        families: Mapping[str, str],
        priors: Priors,
        store: RatingStore,
        blocks: Blocks,
        clock: Clock,
    ) -> None:
        """Work on these sounds, given the family of each; those only played when asked for are left out."""
        every = Model(families, priors)
        self._families = {s: family for s, family in families.items() if not every.prior_of(s).asked_only}
        self._model = Model(self._families, priors)
        self._store = store
        self._blocks = blocks
        self._clock = clock

    async def pair(self, user_id: int, seed: int) -> tuple[str, str]:
        """Return the next two sounds; raise Refusal when they block nearly everything."""
        beliefs, _ = await self._beliefs(user_id)
        if len(beliefs.sounds) < 2:
            raise Refusal("discover.refused.blocked")
        return next_pair(beliefs, random.Random(seed))  # noqa: S311 - a choice of sounds

    async def answer(self, user_id: int, pair: tuple[str, str], pleasant: Which, tingled: Which) -> None:
        """Keep one pair's answers. Raises StoreError when they cannot be kept."""
        for sound, place in zip(pair, ("first", "second"), strict=True):
            await self._store.add(
                user_id,
                sound,
                self._clock.now(),
                pleasant=pleasant in (place, "both"),
                tingled=tingled in (place, "both"),
            )

    async def is_sure(self, user_id: int, n_pairs: int) -> bool:
        """Whether it may stop: always after the most pairs it ever plays."""
        beliefs, ratings = await self._beliefs(user_id)
        return is_sure(beliefs, ratings, n_pairs, seed=n_pairs)

    async def profile(self, user_id: int) -> Profile:
        beliefs, ratings = await self._beliefs(user_id)
        known = [tally for sound, tally in ratings.items() if sound in self._families]
        found = tuple(self._found(sound, beliefs, ratings) for sound in beliefs.ranking()[:N_FOUND])
        n_tingles = sum(tally.tingled for tally in known)
        return Profile(sum(tally.n for tally in known), n_tingles, beliefs.tingles, found)

    def _found(self, sound: str, beliefs: Beliefs, ratings: Ratings) -> Found:
        family, belief = self._families[sound], beliefs.sounds[sound]
        others = [t for s, t in ratings.items() if s != sound and self._families.get(s) == family]
        return Found(
            sound,
            family,
            belief.calm.mean,
            beliefs.tingles * belief.tingle.mean,
            ratings.get(sound, Tally()),
            _sum(others),
        )

    async def _beliefs(self, user_id: int) -> tuple[Beliefs, Ratings]:
        try:
            ratings = await self._store.of(user_id)
        except StoreError as error:
            _log.warning("answers about sounds could not be read: %s", error)
            ratings = {}
        return self._model.beliefs(ratings, await self._blocks.blocked(user_id)), ratings


def _sum(tallies: Sequence[Tally]) -> Tally:
    total = Tally()
    for tally in tallies:
        total += tally
    return total
