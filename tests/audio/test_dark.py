"""The dark shelf of quiet hours, on the decoded sound: slow both ways, soft where ears are sharpest."""

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from bot.audio.dark import DEPTH_DB, PACE_DB_PER_S
from bot.audio.mix import Layer
from bot.audio.opus import SAMPLE_RATE, Pcm
from bot.audio.stream import Stream
from tests.audio.hearing import Listener, levels_db, plan
from tests.audio.test_stations import House

RAMP_S = -DEPTH_DB / PACE_DB_PER_S
_BLOCK = 960


class Hiss:
    """White noise: the same at every moment, however it is asked for."""

    thins = False
    level_lufs: float | None = -30.0

    def render(self, start: int, frames: int) -> Pcm:
        blocks = [
            np.random.default_rng(at).standard_normal((_BLOCK, 2)).astype(np.float32) * np.float32(0.01)
            for at in range(start // _BLOCK, (start + frames) // _BLOCK)
        ]
        return np.concatenate(blocks)


def hiss(_layer: Layer, _seed: int, _arc: object = None) -> Hiss:
    return Hiss()


def band_db(pcm: Pcm, low_hz: float, high_hz: float) -> float:
    band = butter(4, (low_hz, high_hz), "bandpass", fs=SAMPLE_RATE, output="sos")
    return float(levels_db(sosfilt(band, pcm.astype(np.float64), axis=0), len(pcm) / SAMPLE_RATE)[0])


def sharp_and_low(pcm: Pcm) -> tuple[float, float]:
    return band_db(pcm, 4_000.0, 6_300.0), band_db(pcm, 200.0, 600.0)


def test_it_comes_slowly_and_goes_slowly() -> None:
    stream = Stream(plan("rain"), hiss, lambda: None, volume=100)
    listener = Listener(stream)
    listener.hear(6.0)
    bright, low = sharp_and_low(listener.hear(4.0))
    stream.set_dark(True)
    falling = [sharp_and_low(listener.hear(10.0)) for _ in range(round(RAMP_S / 10.0))]
    dark, low_then = sharp_and_low(listener.hear(10.0))
    steps = np.diff([bright, *(sharp for sharp, _ in falling), dark])
    assert (steps < 0.1).all()
    assert (steps > -10.0 * PACE_DB_PER_S - 0.3).all(), "never more than a tenth of a decibel a second"
    assert dark - bright == pytest.approx(-7.2, abs=0.7)
    assert low_then - low == pytest.approx(0.0, abs=0.5)
    stream.set_dark(False)
    rising = [sharp_and_low(listener.hear(10.0))[0] for _ in range(round(RAMP_S / 10.0) + 1)]
    assert (np.diff([dark, *rising]) < 10.0 * PACE_DB_PER_S + 0.3).all()
    assert rising[-1] == pytest.approx(bright, abs=0.3)


def test_nothing_clicks_where_it_begins_turns_or_ends() -> None:
    stream = Stream(plan("rain"), hiss, lambda: None, volume=100)
    listener = Listener(stream)
    parts = [listener.hear(5.0)]
    for dark in (True, False, True):
        stream.set_dark(dark)
        parts.append(listener.hear(3.0))
    steps = np.abs(np.diff(np.concatenate(parts)[4 * SAMPLE_RATE :].mean(axis=1)))
    assert steps.max() < 2.0 * np.percentile(steps, 99.9)


def test_what_begins_dark_is_dark_from_its_first_sound() -> None:
    light, dark = (
        Listener(Stream(plan("rain"), hiss, lambda: None, volume=100, dark=dark)).hear(6.0)[4 * SAMPLE_RATE :]
        for dark in (False, True)
    )
    assert sharp_and_low(dark)[0] - sharp_and_low(light)[0] == pytest.approx(-7.2, abs=0.7)


def test_dark_and_bright_channels_stay_apart_and_meet_when_both_are_dark() -> None:
    house = House(hiss)
    early, late = house.play(), house.play(dark=True)
    house.wait(4.0)
    assert len(house.stations) == 2
    early.stream.set_dark(True)
    house.wait(10.0)
    assert len(house.stations) == 2, "on its way"
    house.wait(RAMP_S)
    assert len(house.stations) == 1
    assert early.packets[-50:] == late.packets[-50:]
