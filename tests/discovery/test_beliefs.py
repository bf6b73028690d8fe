"""What is believed about a person: explainable numbers, and figures on simulated people."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.discovery import N_PAIRS, SOUNDS, simulate
from bot.content.priors import load_priors
from bot.core.clock import SystemClock
from bot.discovery.beliefs import STRENGTH, Model
from bot.discovery.ratings import Ratings, Tally
from bot.discovery.service import Discovery
from bot.discovery.trial import FEWEST_PAIRS, MOST_PAIRS, is_sure, next_pair

PRIORS = load_priors()
MODEL = Model(SOUNDS, PRIORS)

tallies = st.builds(Tally, *(st.integers(0, 6) for _ in range(4)))
ratings_of_somebody = st.dictionaries(st.sampled_from(sorted(SOUNDS)), tallies, max_size=12)


def test_before_anything_is_known_the_order_is_popularity() -> None:
    beliefs = MODEL.beliefs({})
    assert beliefs.tingles == pytest.approx(PRIORS.responders)
    for sound, family in SOUNDS.items():
        prior = PRIORS.family[family]
        assert beliefs.sounds[sound].calm.mean == pytest.approx(prior.calm)
        assert beliefs.sounds[sound].tingle.mean == pytest.approx(prior.tingle)
        assert beliefs.sounds[sound].calm.yes + beliefs.sounds[sound].calm.no == pytest.approx(STRENGTH)


def test_five_answers_of_ones_own_outweigh_the_population() -> None:
    """Five answers one way move a prior of six past the middle."""
    up = MODEL.beliefs({"tapping-0": Tally(5, 0, 0, 5)}).sounds["tapping-0"].calm.mean
    down = MODEL.beliefs({"water-0": Tally(0, 5, 0, 5)}).sounds["water-0"].calm.mean
    assert up > 0.65
    assert down < 0.40


def test_what_is_said_about_a_family_moves_its_other_sounds_but_not_strangers() -> None:
    before = MODEL.beliefs({})
    after = MODEL.beliefs({"crinkles-0": Tally(4, 0, 3, 1)})
    assert after.sounds["crinkles-1"].calm.mean > before.sounds["crinkles-1"].calm.mean
    assert after.sounds["crinkles-0"].calm.mean > after.sounds["crinkles-1"].calm.mean
    assert after.sounds["rooms-0"] == before.sounds["rooms-0"]


def test_tingles_are_believed_when_they_come_and_given_up_when_they_do_not() -> None:
    none = {sound: Tally(1, 1, 0, 2) for sound in ("attention-0", "voice-0", "crinkles-0", "tapping-0")}
    assert MODEL.beliefs(none).tingles < 0.03
    some = {"voice-0": Tally(2, 0, 2, 0), "water-0": Tally(1, 0, 0, 1)}
    assert MODEL.beliefs(some).tingles > 0.9


def test_without_tingles_calm_alone_decides() -> None:
    ratings = {
        "voice-0": Tally(0, 3, 0, 3),
        "attention-0": Tally(0, 3, 0, 3),
        "crinkles-0": Tally(0, 2, 0, 2),
        "water-0": Tally(3, 0, 0, 3),
    }
    assert MODEL.beliefs(ratings).ranking()[0] == "water-0"


@settings(max_examples=100, deadline=None)
@given(
    ratings=ratings_of_somebody,
    blocked=st.sets(st.sampled_from(sorted(SOUNDS)), max_size=40),
    seed=st.integers(),
)
def test_a_blocked_sound_is_never_chosen_or_ranked(ratings: Ratings, blocked: set[str], seed: int) -> None:
    beliefs = MODEL.beliefs(ratings, blocked)
    assert not set(beliefs.ranking()) & blocked
    pair = next_pair(beliefs, random.Random(seed))
    assert not set(pair) & blocked
    assert pair[0] != pair[1]
    assert 0.0 <= beliefs.tingles <= 1.0


@settings(max_examples=100, deadline=None)
@given(ratings=ratings_of_somebody, sound=st.sampled_from(sorted(SOUNDS)))
def test_a_good_answer_never_lowers_a_sound_and_a_bad_one_never_lifts_it(
    ratings: Ratings, sound: str
) -> None:
    own = ratings.get(sound, Tally())
    before = MODEL.beliefs(ratings).sounds[sound]
    better = MODEL.beliefs({**ratings, sound: own.with_answer(pleasant=True, tingled=True)}).sounds[sound]
    worse = MODEL.beliefs({**ratings, sound: own.with_answer(pleasant=False, tingled=False)}).sounds[sound]
    assert worse.calm.mean < before.calm.mean < better.calm.mean
    assert worse.tingle.mean < before.tingle.mean < better.tingle.mean


def test_the_same_seed_plays_the_same_pair() -> None:
    beliefs = MODEL.beliefs({})
    assert next_pair(beliefs, random.Random(3)) == next_pair(beliefs, random.Random(3))
    assert len({next_pair(beliefs, random.Random(seed)) for seed in range(40)}) > 20


def test_it_stops_when_sure_and_at_the_latest_after_twelve_pairs() -> None:
    clear = {"water-0": Tally(6, 0, 0, 6), "voice-0": Tally(0, 4, 0, 4), "tapping-0": Tally(0, 3, 0, 3)}
    assert is_sure(MODEL.beliefs(clear), clear, FEWEST_PAIRS, seed=1)
    assert not is_sure(MODEL.beliefs(clear), clear, FEWEST_PAIRS - 1, seed=1)
    torn = {sound: Tally(1, 1, 0, 2) for sound in ("water-0", "nature-0", "voice-0", "tones-0", "hands-0")}
    assert not is_sure(MODEL.beliefs(torn), torn, 6, seed=1)
    assert is_sure(MODEL.beliefs(torn), torn, MOST_PAIRS, seed=1)


def test_people_who_tingle_get_nine_tenths_of_their_best_within_25_answers() -> None:
    result = simulate(250, seed=1, tingles=True)
    within_25 = result.model[: 25 // 2 + 1]
    assert max(within_25) == max(within_25[-3:]), "it keeps getting better"
    assert within_25[-1] >= 0.9
    assert result.regret(result.model) < 0.7 * result.regret(result.uniform)
    assert result.popularity < 0.7


def test_people_who_do_not_tingle_are_never_served_worse_than_by_popularity() -> None:
    result = simulate(250, seed=1, tingles=False)
    assert all(share >= result.popularity - 0.001 for share in result.model)
    assert result.model[N_PAIRS] >= 0.85


class _Remembers:
    async def add(self, user_id: int, sound: str, at: object, *, pleasant: bool, tingled: bool) -> None:
        raise AssertionError("nobody answered")

    async def of(self, user_id: int) -> Ratings:
        return {}


class _Blocks:
    async def blocked(self, user_id: int) -> frozenset[str]:
        return frozenset({"rain"})


async def test_what_is_only_played_when_asked_for_is_in_no_test() -> None:
    families = {"breathing": "voice", "rain": "water", "waves": "water", "comb": "attention"}
    discovery = Discovery(families, PRIORS, _Remembers(), _Blocks(), SystemClock())
    for seed in range(50):
        assert set(await discovery.pair(1, seed)) == {"waves", "comb"}
    assert {found.sound for found in (await discovery.profile(1)).found} == {"waves", "comb"}
