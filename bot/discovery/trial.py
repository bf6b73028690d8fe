"""Which two sounds to play next, and when to stop: Thompson sampling, seeded."""

import random
from typing import Final

from bot.discovery.beliefs import Beliefs, worth
from bot.discovery.ratings import Ratings

FEWEST_PAIRS: Final = 4
MOST_PAIRS: Final = 12
_SURE: Final = 0.85
_DRAWS: Final = 400
_CLOSE: Final = 0.05
"""Rewards nearer than this are the same evening."""


def next_pair(beliefs: Beliefs, dice: random.Random) -> tuple[str, str]:
    """Return two sounds: what two draws of one person's beliefs would choose, the second among the others.

    Raises ValueError when there are fewer than two.
    """
    if len(beliefs.sounds) < 2:
        raise ValueError("a pair needs two sounds")
    first = _draw(beliefs, dice, leave_out="")
    second = _draw(beliefs, dice, leave_out=first)
    return (first, second) if dice.random() < 0.5 else (second, first)


def is_sure(beliefs: Beliefs, ratings: Ratings, n_pairs: int, seed: int) -> bool:
    """Whether another pair would hardly change what is suggested: nothing heard is likely much better."""
    if n_pairs >= MOST_PAIRS:
        return True
    heard = [sound for sound in ratings if sound in beliefs.sounds and ratings[sound].n]
    if n_pairs < FEWEST_PAIRS or not heard:
        return False
    best = max(heard, key=lambda sound: (beliefs.sounds[sound].worth(beliefs.tingles), sound))
    if ratings[best].pleasant < 2:
        return False
    dice = random.Random(seed)  # noqa: S311 - the same answers give the same decision
    good = 0
    for _ in range(_DRAWS):
        drawn = {sound: _worth(beliefs, sound, dice) for sound in heard}
        good += drawn[best] >= max(drawn.values()) - _CLOSE
    return good / _DRAWS >= _SURE


def _draw(beliefs: Beliefs, dice: random.Random, *, leave_out: str) -> str:
    tingles = float(dice.random() < beliefs.tingles)
    drawn = {
        sound: worth(belief.calm.draw(dice), belief.tingle.draw(dice), tingles)
        for sound, belief in beliefs.sounds.items()
        if sound != leave_out
    }
    return max(drawn, key=lambda sound: drawn[sound])


def _worth(beliefs: Beliefs, sound: str, dice: random.Random) -> float:
    belief = beliefs.sounds[sound]
    return worth(belief.calm.draw(dice), belief.tingle.draw(dice), beliefs.tingles)
