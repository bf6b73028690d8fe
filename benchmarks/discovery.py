"""Let simulated people take the trigger test: how soon the model knows, against chance and popularity.

    python benchmarks/discovery.py [--people 2000] [--seed 1] [--stability 0.744]

A person: tingles at all with the prevalence. For each family a mean is drawn around the population's
(Beta of strength 6), for each sound a chance around that mean, U-shaped as measured: with strength 0.74 an
answer given twice agrees in 84 % of cases where the mean is 0.75, which is how stable answers on the ASMR
Trigger Checklist were over five months (Poerio and others, 2023). Somebody who does not tingle says so by
mistake in 2 % of answers. Reward of a sound: calm, or calm and tingle in equal parts for who tingles.
"""

import argparse
import random
from collections.abc import Callable
from dataclasses import dataclass

from bot.content.priors import Priors, load_priors
from bot.discovery.beliefs import Model, worth
from bot.discovery.ratings import Tally
from bot.discovery.trial import next_pair

FAMILIES = {
    "attention": 6,
    "brushing": 5,
    "crinkles": 5,
    "hands": 3,
    "nature": 6,
    "rooms": 6,
    "tapping": 5,
    "tones": 5,
    "voice": 5,
    "water": 6,
}
"""Sounds a family, as in the library: 52."""
SOUNDS = {f"{family}-{number}": family for family, n in FAMILIES.items() for number in range(n)}
N_PAIRS = 13
STABILITY = 0.744
_FAMILY_STRENGTH = 6.0
_MISTAKES = 0.02


@dataclass(frozen=True)
class Person:
    """Chances by sound."""

    tingles: bool
    calm: dict[str, float]
    tingle: dict[str, float]

    def reward(self, sound: str) -> float:
        return worth(self.calm[sound], self.tingle[sound], float(self.tingles))

    @property
    def best(self) -> float:
        return max(self.reward(sound) for sound in SOUNDS)


def person(priors: Priors, dice: random.Random, *, tingles: bool, stability: float = STABILITY) -> Person:
    def chances(kind: Callable[[str], float]) -> dict[str, float]:
        means = {family: _beta(kind(family), _FAMILY_STRENGTH, dice) for family in FAMILIES}
        return {sound: _beta(means[family], stability, dice) for sound, family in SOUNDS.items()}

    calm = chances(lambda family: priors.family[family].calm)
    tingle = chances(lambda family: priors.family[family].tingle)
    return Person(tingles, calm, tingle if tingles else dict.fromkeys(SOUNDS, _MISTAKES))


def _beta(mean: float, strength: float, dice: random.Random) -> float:
    mean = min(0.999, max(0.001, mean))
    return dice.betavariate(strength * mean, strength * (1.0 - mean))


Choose = Callable[[dict[str, Tally], random.Random], tuple[str, str]]


def course(somebody: Person, model: Model, choose: Choose, dice: random.Random) -> list[float]:
    """Return the first suggestion's reward after 0, 1, … N_PAIRS pairs, as a share of the best one's."""
    ratings: dict[str, Tally] = {}
    shares = [_share(somebody, model, ratings)]
    for _ in range(N_PAIRS):
        for sound in choose(ratings, dice):
            pleasant = dice.random() < somebody.calm[sound]
            tingled = dice.random() < somebody.tingle[sound]
            ratings[sound] = ratings.get(sound, Tally()).with_answer(pleasant=pleasant, tingled=tingled)
        shares.append(_share(somebody, model, ratings))
    return shares


def _share(somebody: Person, model: Model, ratings: dict[str, Tally]) -> float:
    return somebody.reward(model.beliefs(ratings).ranking()[0]) / somebody.best


def uniformly(_: dict[str, Tally], dice: random.Random) -> tuple[str, str]:
    first, second = dice.sample(sorted(SOUNDS), 2)
    return first, second


@dataclass(frozen=True)
class Result:
    """Means over people, by number of pairs: shares of the best sound's reward."""

    model: list[float]
    uniform: list[float]
    popularity: float
    anything: float

    def regret(self, course: list[float]) -> float:
        """Sum what suggestions after each pair fall short of the best by, in units of the best."""
        return sum(1.0 - share for share in course)


def simulate(n_people: int, seed: int, *, tingles: bool, stability: float = STABILITY) -> Result:
    priors, dice = load_priors(), random.Random(seed)
    model = Model(SOUNDS, priors)
    most_popular = model.beliefs({}).ranking()[0]
    people = [person(priors, dice, tingles=tingles, stability=stability) for _ in range(n_people)]
    chosen = [
        course(p, model, lambda ratings, d: next_pair(model.beliefs(ratings), d), random.Random(seed + i))
        for i, p in enumerate(people)
    ]
    uniform = [course(p, model, uniformly, random.Random(seed + i)) for i, p in enumerate(people)]
    return Result(
        [sum(at) / n_people for at in zip(*chosen, strict=True)],
        [sum(at) / n_people for at in zip(*uniform, strict=True)],
        sum(p.reward(most_popular) / p.best for p in people) / n_people,
        sum(sum(p.reward(s) for s in SOUNDS) / len(SOUNDS) / p.best for p in people) / n_people,
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--stability", type=float, default=STABILITY, help="0.744 as measured; higher is vaguer"
    )
    args = parser.parse_args()
    for tingles, who in ((True, "people who tingle"), (False, "people who do not")):
        result = simulate(args.people, args.seed, tingles=tingles, stability=args.stability)
        print(f"\n{who}, {args.people} simulated, seed {args.seed}: reward of the first suggestion / best")
        print("| answers | this model | same model, pairs at random | most popular sound | any sound |")
        print("|---|---|---|---|---|")
        for n_pairs in (0, 2, 4, 6, 8, 10, 12, 13):
            row = result.model[n_pairs], result.uniform[n_pairs], result.popularity, result.anything
            print(f"| {2 * n_pairs} | " + " | ".join(f"{value:.3f}" for value in row) + " |")
        n = len(result.model)
        regrets = [result.regret(result.model), result.regret(result.uniform)]
        regrets += [n * (1.0 - result.popularity), n * (1.0 - result.anything)]
        print("| regret | " + " | ".join(f"{regret:.2f}" for regret in regrets) + " |")


if __name__ == "__main__":
    main()
