"""What the measures say of sounds whose answer is known."""

import numpy as np
import pytest

from bot.audio.assay import measured_spectra
from bot.audio.opus import SAMPLE_RATE

LEFT, RIGHT = np.random.default_rng(1).standard_normal((2, 20 * SAMPLE_RATE)).astype(np.float32) * 0.1


@pytest.mark.parametrize(
    ("left", "right", "cancelled_db"),
    [
        pytest.param(LEFT, LEFT, -3.0, id="both ears the same: one loudspeaker has their power twice"),
        pytest.param(LEFT, RIGHT, 0.0, id="independent ears: their powers add up"),
        pytest.param(LEFT, 0.0 * RIGHT, 0.0, id="one ear only: nothing to cancel it"),
        pytest.param(LEFT, -0.5 * LEFT, 7.0, id="the other ear upside down: half the amplitude is gone"),
    ],
)
def test_only_what_cancels_counts_as_cancelled(left, right, cancelled_db):
    measured = measured_spectra(np.stack([left, right], axis=1))
    assert measured.cancelled_db() == pytest.approx(cancelled_db, abs=0.35)


def test_a_delay_cancels_the_octave_of_its_half_wave():
    late = 24  # half a wave of 1 kHz
    measured = measured_spectra(np.stack([LEFT[late:], LEFT[:-late]], axis=1))
    assert 4.0 < measured.cancelled_db() < 9.0
