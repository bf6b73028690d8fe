import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from bot.audio.head import both_ears, ear_level_db
from bot.audio.mix import Place
from bot.audio.opus import SAMPLE_RATE
from bot.audio.place import TAIL, spatialise

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
    assert 15.0 < near_ild < 22.0
    assert far_ild < 4.0


def test_the_head_shades_high_frequencies_more():
    left, right = spatialise(noise(), Place(-90.0, 1.0)).T
    high = band_db(left, 4000, 8000) - band_db(right, 4000, 8000)
    low = band_db(left, 200, 400) - band_db(right, 200, 400)
    assert high > low + 6.0


def test_left_and_right_mirror_each_other():
    one, other = both_ears(-40.0, 0.3), both_ears(40.0, 0.3)
    np.testing.assert_allclose(one[0], other[1])
    np.testing.assert_allclose(one[1], other[0])
    assert one[2:] == other[3:1:-1]


@given(places)
@settings(max_examples=40, deadline=None)
def test_a_place_never_changes_the_power(place: Place):
    sound = noise()
    power = 2.0 * np.sum(sound.astype(np.float64) ** 2)
    assert np.sum(spatialise(sound, place).astype(np.float64) ** 2) == pytest.approx(power, rel=1e-3)


def test_silence_stays_silence():
    assert not spatialise(np.zeros(100, np.float32), Place(10.0, 0.2)).any()


@pytest.mark.parametrize(
    ("distance_m", "expected"),
    [(0.1, (31, 31, 34, 38)), (0.13, (20, 21, 23, 26)), (0.26, (9, 11, 13, 15)), (0.88, (3, 5, 7, 9))],
)
def test_the_sphere_is_duda_and_martens(distance_m: float, expected: tuple[int, ...]):
    """Level differences at 0.3, 1, 4 and 8 kHz for a source at 90 degrees, from their exact series."""
    hz = np.fft.rfftfreq(512, 1 / SAMPLE_RATE)
    apart = ear_level_db(0.0, distance_m) - ear_level_db(np.pi, distance_m)
    found = [float(np.interp(at, hz, apart)) for at in (300, 1000, 4000, 8000)]
    assert found == pytest.approx(expected, abs=1.0)


@given(places)
@settings(max_examples=40, deadline=None)
def test_one_loudspeaker_loses_at_most_three_decibels_in_any_octave(place: Place):
    left, right, left_s, right_s = both_ears(place.azimuth_deg, place.distance_m)
    hz = np.fft.rfftfreq(512, 1 / SAMPLE_RATE)
    both = left**2 + right**2
    mono = both + 2.0 * left * right * np.cos(2.0 * np.pi * hz * (left_s - right_s))
    for low_hz in np.geomspace(120.0, 8000.0, 40):
        octave = (hz >= low_hz) & (hz < 2.0 * low_hz)
        assert 10.0 * np.log10(mono[octave].sum() / both[octave].sum()) > -3.0


def test_a_moving_sound_has_no_steps_and_ends_on_the_other_side():
    tone = np.sin(2.0 * np.pi * 300.0 * np.arange(96_000) / SAMPLE_RATE).astype(np.float32)
    moved = spatialise(tone, Place(-80.0, 0.2), Place(80.0, 0.2))
    inner = moved[4_000:90_000, 0]
    hz, power = signal.welch(inner, SAMPLE_RATE, nperseg=16_384)
    assert 10.0 * np.log10(power[hz > 600.0].sum() / power.sum()) < -80.0
    loud = [np.mean(moved[at : at + 9_600] ** 2, axis=0) for at in (4_800, 80_000)]
    assert loud[0][0] > 4.0 * loud[0][1]
    assert loud[1][1] > 4.0 * loud[1][0]


def test_the_room_answers_a_far_sound_and_hardly_one_at_the_ear():
    click = np.zeros(200, np.float32)
    click[0] = 1.0
    shares = []
    for distance in (0.12, 1.5):
        out = spatialise(click, Place(20.0, distance)).astype(np.float64)
        late = np.sum(out[240:] ** 2)
        shares.append(10.0 * np.log10(late / np.sum(out**2)))
        assert len(out) == len(click) + TAIL
    assert shares[0] < -27.0
    assert shares[1] > shares[0] + 12.0
