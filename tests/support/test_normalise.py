"""Many spellings, one reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.support.normalise import normalise


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("K1LL myself", "kill myself"),
        ("$uicide", "suicide"),
        ("k i l l  m y s e l f", "kill myself"),
        ("s.u.i.c.i.d.e", "suicide"),
        ("k\u200bi\u200bl\u200bl", "kill"),
        ("𝓴𝓲𝓵𝓵 ｋｉｌｌ ᴋɪʟʟ", "kill kill kill"),
        ("kіll", "kill"),  # a Cyrillic letter
        ("sooooo tiiiired", "so tired"),
        ("I’m, don't", "im , dont"),
        ("j'étais déprimé", "jetais deprime"),
        ("シニタイ…", "しにたい …"),
        ("تَعِبْتُ", "تعبت"),
        ("ज़िंदगी", "जिंदगी"),
        ("at 03:45, 100%", "at 0 0 , 0"),
        ("> quoted by me\nnot mine", ". not mine"),
        ("look <@123456789012345678> https://a.example/die `code`", "look"),
        ("||hidden|| words", "hidden words"),
        ("", ""),
    ],
)
def test_a_disguise_is_read_as_what_it_hides(typed: str, read: str):
    assert normalise(typed) == read


@given(st.text(max_size=400))
def test_reading_twice_changes_nothing(text: str):
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(alphabet="kKiIlL1!|.-_* \u200b\u0301３ｋгéß'\n>`<@:/#", max_size=200))
def test_reading_disguises_twice_changes_nothing(text: str):
    once = normalise(text)
    assert normalise(once) == once
