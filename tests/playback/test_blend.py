"""The room blend, heard: a blocked layer leaves with the person who comes, and may return when they go."""

from pathlib import Path

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from bot.audio.library import Library
from bot.audio.opus import SAMPLE_RATE
from bot.playback.model import Wish
from tests.playback.house import HOME
from tests.playback.offline import SILENT_DB, STEP_S, audible, bands_db, write_bands
from tests.playback.test_evening import CLICK_DB, GONE_S, Evening, decoded


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder: Path = tmp_path_factory.mktemp("bands")
    return write_bands(folder)


async def test_it_crossfades_out_unannounced_and_may_return(library: Library) -> None:
    evening = Evening(library)
    await evening.move(2, inside=False)
    await evening.house.blocks.block(2, "rain")
    await evening.house.playback.play(HOME, Wish("ocean-waves", 90, 0), by=evening.seat(1))
    await evening.house.playback.add_layer(evening.seat(1), "rain", volume=100)
    await evening.hear(14.0)
    n_shown = len(evening.house.display.over)
    await evening.move(2, inside=True)
    await evening.hear(12.0)
    assert len(evening.house.display.over) == n_shown
    assert "rain" in evening.house.playback.now_playing(1).title, "nothing is announced"
    await evening.move(2, inside=False)
    await evening.hear(14.0)
    await evening.close()
    pcm = decoded(evening.packets)
    rain, waves = (bands_db(pcm)[name] for name in ("rain", "ocean-waves"))
    joined, left = 28, 52  # half seconds
    gone = round(GONE_S / 0.5)
    assert rain[joined - 4 : joined].min() > SILENT_DB + 20
    assert not audible(bands_db(pcm), "rain")[joined + gone : left].any()
    fading = rain[joined + 1 : joined + gone]
    assert (np.diff(fading) < 1.5).all(), "down all the way"
    assert (fading > SILENT_DB + 10).sum() > 4, "a crossfade, not a cut"
    assert rain[-4:].mean() == pytest.approx(rain[joined - 4 : joined].mean(), abs=2.5), "back again"
    assert waves[joined - 4 :].min() > waves[joined - 4 : joined].mean() - 4.0, "the other layer goes on"
    sharp = sosfilt(butter(6, 8_000, "highpass", fs=SAMPLE_RATE, output="sos"), pcm, axis=0)
    assert 20 * np.log10(np.abs(sharp).max() + 1e-12) < CLICK_DB
    assert len(pcm) == round(40.0 / STEP_S) * round(STEP_S * SAMPLE_RATE)


async def test_while_they_are_there_nobody_can_bring_it_back(library: Library) -> None:
    evening = Evening(library)
    await evening.house.blocks.block(2, "rain")
    await evening.house.playback.play(HOME, Wish("fan", 90, 0), by=evening.seat(1))
    for wish in ("rain", "sea rain"):
        await evening.ask(evening.house.playback.play(HOME, Wish(wish, 90, 0), by=evening.seat(3)))
        await evening.ask(evening.house.playback.add_layer(evening.seat(1), "rain"))
        await evening.hear(7.0)
    await evening.close()
    levels = bands_db(decoded(evening.packets))
    assert not audible(levels, "rain").any()
    assert levels["ocean-waves"][-2:].min() > SILENT_DB + 20, "the rest of the preset plays"
