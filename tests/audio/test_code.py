"""Share codes: short, whole again after any round trip, and kind about what they cannot be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.audio.code import decode, encode, rounded, short_name
from bot.audio.library import Library
from bot.audio.mix import Layer, Mix, Place
from bot.core.errors import Refusal

IDS = tuple(Library.load().triggers)

places = st.none() | st.builds(
    Place,
    st.floats(-180.0, 180.0),
    st.floats(0.1, 10.0),
    st.none() | st.floats(14.0, 600.0),
)


@st.composite
def mixes(draw: st.DrawFn) -> Mix:
    chosen = draw(st.lists(st.sampled_from(IDS), min_size=1, max_size=min(8, len(IDS)), unique=True))
    return Mix(tuple(Layer(i, -draw(st.floats(0.0, 60.0)), draw(places)) for i in chosen))


@given(mixes())
def test_a_code_gives_back_the_rounded_mix(mix: Mix) -> None:
    assert decode(encode(mix), IDS) == rounded(mix)
    assert encode(rounded(mix)) == encode(mix)


@given(mixes(), st.integers(0, 10**6))
def test_any_single_damaged_letter_is_noticed(mix: Mix, where: int) -> None:
    code = encode(mix)
    spots = [at for at, letter in enumerate(code) if at > 5 and letter != "-"]
    at = spots[where % len(spots)]
    other = "Q" if code[at] != "Q" else "R"
    with pytest.raises(Refusal, match=r"damaged|unknown_sound"):
        decode(code[:at] + other + code[at + 1 :], IDS)


@given(st.text())
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match=r"preset.refused"):
        decode(text, IDS)


@given(st.text())
def test_anything_after_the_prefix_is_refused_too(text: str) -> None:
    with pytest.raises(Refusal, match=r"preset.refused"):
        decode("hush1-" + text, IDS)


def test_how_people_type_does_not_matter() -> None:
    code = encode(Mix((Layer(IDS[0]), Layer(IDS[1], -6.0))))
    untidy = " " + code.lower().replace("-", " ").replace("0", "o").replace("1", "l") + " "
    assert decode(untidy, IDS) == decode(code, IDS)


def test_two_sounds_are_a_short_code() -> None:
    assert len(encode(Mix((Layer(IDS[0]), Layer(IDS[1], -6.0))))) <= 30


def test_a_newer_version_is_told_from_damage() -> None:
    with pytest.raises(Refusal, match=r"preset.refused.newer"):
        decode("HUSH2-ABCD", IDS)


def test_a_sound_that_is_not_there_is_told() -> None:
    with pytest.raises(Refusal, match=r"preset.refused.unknown_sound"):
        decode(encode(Mix((Layer(IDS[0]),))), IDS[1:])


def test_no_two_sounds_share_a_short_name() -> None:
    assert len({short_name(trigger) for trigger in IDS}) == len(IDS)
