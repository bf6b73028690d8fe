import numpy as np
import pytest

from bot.audio.library import Library
from bot.audio.opus import SAMPLE_RATE
from bot.audio.render import render

from .hearing import levels_db, plan


def test_it_is_as_long_as_asked_and_fades_at_both_ends(library: Library):
    pcm = np.concatenate(list(render(library, plan("hiss"), 8.0)))
    assert pcm.shape == (8 * SAMPLE_RATE, 2)
    levels = levels_db(pcm)
    assert levels[0] < levels[40] - 25
    assert levels[-1] < levels[40] - 15
    assert np.abs(pcm[-1]).max() < 1e-3


def test_the_same_seed_renders_the_same_to_the_bit(library: Library):
    one, again, other = (
        np.concatenate(list(render(library, plan("taps", seed=seed), 4.0))) for seed in (1, 1, 2)
    )
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("seconds", [0.5, 3.01])
def test_short_pieces_are_still_whole(library: Library, seconds: float):
    assert sum(len(block) for block in render(library, plan("hiss"), seconds)) == round(seconds * SAMPLE_RATE)
