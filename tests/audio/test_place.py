import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.audio.mix import Place
from bot.audio.opus import SAMPLE_RATE
from bot.audio.place import spatialise

CLICK = np.zeros(4800, np.float32)
CLICK[100] = 1.0
places = st.builds(Place, st.floats(-180.0, 180.0), st.floats(0.1, 10.0))


def noise(seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(24_000).astype(np.float32) * 0.1


def band_db(x: np.ndarray, low: float, high: float) -> float:
    spectrum = np.abs(np.fft.rfft(x)) ** 2
    hz = np.fft.rfftfreq(len(x), 1 / SAMPLE_RATE)
    return float(10 * np.log10(spectrum[(hz >= low) & (hz < high)].sum()))


@pytest.mark.parametrize(("azimuth", "itd_us"), [(30.0, 275), (60.0, 530), (90.0, 706)])
def test_time_difference_matches_the_manikin(azimuth: float, itd_us: float):
    left, right = spatialise(CLICK, Place(azimuth, 2.0)).T
    lag = np.argmax(np.correlate(np.repeat(left, 1), right, "full")) - (len(right) - 1)
    assert lag / SAMPLE_RATE * 1e6 == pytest.approx(itd_us, abs=45)


def test_near_sources_are_lopsided_even_at_low_frequencies():
    near = spatialise(noise(), Place(90.0, 0.13)).T
    far = spatialise(noise(), Place(90.0, 2.0)).T
    near_ild = band_db(near[1], 200, 400) - band_db(near[0], 200, 400)
    far_ild = band_db(far[1], 200, 400) - band_db(far[0], 200, 400)
    assert 9.0 < near_ild < 20.0
    assert far_ild < 4.0


def test_the_head_shades_high_frequencies_more():
    left, right = spatialise(noise(), Place(-90.0, 1.0)).T
    high = band_db(left, 4000, 8000) - band_db(right, 4000, 8000)
    low = band_db(left, 200, 400) - band_db(right, 200, 400)
    assert high > low + 6.0


def test_left_and_right_mirror_each_other():
    one, other = spatialise(noise(), Place(-40.0, 0.3)), spatialise(noise(), Place(40.0, 0.3))
    assert np.allclose(one, other[:, ::-1], atol=1e-6)


@given(places)
def test_a_place_never_changes_the_power(place: Place):
    sound = noise()
    power = 2.0 * np.sum(sound.astype(np.float64) ** 2)
    assert np.sum(spatialise(sound, place).astype(np.float64) ** 2) == pytest.approx(power, rel=1e-3)


def test_silence_stays_silence():
    assert not spatialise(np.zeros(100, np.float32), Place(10.0, 0.2)).any()
