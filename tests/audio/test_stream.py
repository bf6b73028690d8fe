import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import butter, sosfilt

from bot.audio.limiter import Limiter
from bot.audio.master import volume_db
from bot.audio.mix import Layer, Mix, Plan
from bot.audio.opus import SAMPLE_RATE, SILENCE_PACKET
from bot.audio.stream import Stream

from .hearing import Listener, Tone, levels_db, plan, pull, tones

TONE_DB = 20 * np.log10(0.03 / np.sqrt(2))
HOUSE = 100


def stream(*triggers: str, volume: int = HOUSE, seconds: float | None = None, tail_s: float = 0.0) -> Stream:
    return Stream(
        plan(*(triggers or ("rain",))), tones, lambda: None, volume=volume, seconds=seconds, tail_s=tail_s
    )


def test_it_arrives_from_silence_and_is_there_in_four_seconds():
    levels = levels_db(Listener(stream()).hear(6))
    assert levels[0] < TONE_DB - 20
    assert levels[:10].max() > TONE_DB - 20, "heard within a second"
    assert (np.diff(levels[:30]) > -0.1).all(), "rises all the way"
    assert levels[40:] == pytest.approx(TONE_DB, abs=0.3)


@pytest.mark.parametrize(("percent", "db"), [(100, 0.0), (60, -8.87), (50, -12.04), (10, -40.0)])
def test_volume_follows_the_house_curve(percent: int, db: float):
    assert volume_db(percent) == pytest.approx(db, abs=0.01)
    assert levels_db(Listener(stream(volume=percent)).hear(6))[-5:] == pytest.approx(TONE_DB + db, abs=0.5)


def test_stop_fades_along_an_equal_power_curve_to_exact_zero():
    playing = stream()
    pull(playing, 5)
    playing.stop()
    rest = []
    while packet := (playing.produce() if playing.wants_more() else None) or playing.read():
        rest.append(packet)
    assert playing.ended
    assert 2.0 <= len(rest) / 50 <= 2.3
    assert rest[-1] == SILENCE_PACKET


def test_the_shape_of_the_last_two_seconds():
    playing = stream()
    listener = Listener(playing)
    listener.hear(5)
    begin = playing.n_waiting * 960 + Limiter.delay + 312
    playing.stop()
    pcm = listener.hear(3)
    levels = levels_db(pcm[begin:])[:20]
    wanted = TONE_DB + 20 * np.log10(np.cos(np.pi / 2 * (np.arange(20) + 0.5) / 20))
    assert levels[:17] == pytest.approx(wanted[:17], abs=0.5)
    assert np.abs(pcm[-9600:]).max() < 1e-30


@pytest.mark.parametrize(("before", "after"), [(100, 20), (20, 100), (100, 0), (0, 100)])
def test_a_volume_wish_is_heard_soon_and_never_jumps(before: int, after: int):
    playing = stream(volume=before)
    listener = Listener(playing)
    listener.hear(5)
    playing.set_volume(after)
    levels = levels_db(listener.hear(18 if after > before else 8), 0.02)
    audible = levels > TONE_DB - 58
    steps = np.abs(levels[5:] - levels[:-5])[audible[5:] & audible[:-5]]
    assert steps.max() <= 1.0, "1 dB in 100 ms"
    if before and after:
        assert np.abs(levels[15] - levels[0]) > 0.2, "the ramp is heard within 300 ms"
    wanted = volume_db(after)
    assert levels[-1] == pytest.approx(TONE_DB + wanted, abs=0.3) if wanted is not None else levels[-1] < -100


def test_pause_holds_the_night_and_resume_swells_back():
    playing = stream()
    listener = Listener(playing)
    listener.hear(5)
    playing.pause()
    assert levels_db(listener.hear(4))[-5:].max() < -100
    position = playing.position_s
    listener.hear(3)
    assert playing.position_s == position
    playing.resume()
    levels = levels_db(listener.hear(5))
    assert levels[1] < TONE_DB - 15
    assert levels[-1] == pytest.approx(TONE_DB, abs=0.3)


def test_stopping_a_paused_stream_ends_it_at_once():
    playing = stream()
    pull(playing, 4)
    playing.pause()
    pull(playing, 3)
    playing.stop()
    pull(playing, 0.3)
    assert playing.ended


def test_the_timer_grows_softer_then_ends():
    levels = levels_db(Listener(stream(seconds=20, tail_s=10)).hear(22), 0.5)
    assert levels[8:19] == pytest.approx(TONE_DB, abs=0.3)
    assert (np.diff(levels[21:39]) < 0).all()
    assert TONE_DB - 36 < levels[34] < TONE_DB - 15
    assert levels[41] < -100


def test_cancelling_the_timer_swells_back():
    playing = stream(seconds=20, tail_s=10)
    listener = Listener(playing)
    listener.hear(16)
    assert playing.remaining_s == pytest.approx(4.0, abs=0.5)
    playing.set_end(None, 0.0)
    levels = levels_db(listener.hear(14))
    assert playing.remaining_s is None
    assert np.abs(np.diff(levels)).max() <= 1.0
    assert levels[-1] == pytest.approx(TONE_DB, abs=0.3)


def test_another_sound_crossfades():
    playing = stream("rain")
    listener = Listener(playing)
    listener.hear(5)
    playing.change(plan("waves"))
    levels = levels_db(listener.hear(7))
    assert levels == pytest.approx(TONE_DB, abs=2.0)


def test_a_layer_may_be_turned_down_while_it_plays():
    playing = stream("rain")
    listener = Listener(playing)
    listener.hear(5)
    playing.change(Plan(Mix((Layer("rain", gain_db=-12.0),)), seed=1))
    levels = levels_db(listener.hear(4))
    assert np.abs(np.diff(levels)).max() <= 1.0
    assert levels[-1] == pytest.approx(TONE_DB - 12, abs=0.3)


def test_reading_never_waits_for_the_worker():
    idle = stream()
    assert [idle.read() for _ in range(100)] == [SILENCE_PACKET] * 100


def test_the_same_plan_is_the_same_sound_to_the_bit():
    assert pull(stream("rain", "waves"), 5) == pull(stream("rain", "waves"), 5)


def test_a_volume_that_is_none_is_refused():
    with pytest.raises(ValueError, match="0 to 100"):
        stream().set_volume(101)


class _Noise(Tone):
    """Periodic noise from 100 to 2000 Hz: anything sharper is the mixer's doing."""

    _phases = np.random.default_rng(1).uniform(0, 2 * np.pi, 1900)
    _loop = np.fft.irfft(np.r_[np.zeros(100), np.exp(1j * _phases)], SAMPLE_RATE)
    _loop *= 0.02 / _loop.std()

    def render(self, start: int, frames: int) -> np.ndarray:
        at = np.arange(start, start + frames) % SAMPLE_RATE
        return np.stack([self._loop[at], self._loop[at]], axis=1).astype(np.float32)


wishes = st.one_of(
    st.tuples(st.just("volume"), st.integers(0, 100)),
    st.tuples(st.sampled_from(["pause", "resume"]), st.none()),
    st.tuples(st.just("change"), st.sets(st.sampled_from("abcdefgh"), min_size=1, max_size=8)),
    st.tuples(st.just("end"), st.one_of(st.none(), st.floats(3, 30))),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(wishes, st.floats(0.02, 0.6)), max_size=12))
def test_no_wish_however_fast_ever_clicks(script: list[tuple[tuple[str, object], float]]):
    playing = Stream(plan("a"), lambda layer, seed, arc: _Noise(), lambda: None, volume=HOUSE)
    listener = Listener(playing)
    heard = [listener.hear(3.5)]
    for (wish, value), wait in script:
        match wish:
            case "volume":
                playing.set_volume(int(str(value)))
            case "change":
                playing.change(plan(*sorted(value)))  # type: ignore[misc]
            case "end":
                playing.set_end(value, 2.0)  # type: ignore[arg-type]
            case "pause":
                playing.pause()
            case "resume":
                playing.resume()
        heard.append(listener.hear(wait))
    pcm = np.concatenate(heard)
    sharp = sosfilt(butter(6, 6000, "highpass", fs=SAMPLE_RATE, output="sos"), pcm[:, 0])
    assert 20 * np.log10(np.abs(sharp).max() + 1e-12) < -62.0, "a click would reach far above 6 kHz"
