"""The whisper: formants where published tables have them, raised; consonants over vowels; no voice in it.

Whether the words can be understood was not judged by ear: these are measurements.
"""

import numpy as np
import pytest
from scipy import signal

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.phonemes import CONSONANTS, RAISED, VOWELS
from bot.audio.synth.speech import Mouth, formant_tracks, whisper
from bot.audio.synth.whispers import nonsense
from bot.content.whispered import whispered_lines

SLOW = Mouth(pace=0.35, uneven_db=0.0, last_longer=1.0)
PETERSON_BARNEY = {
    "IY": (310, 2790),
    "AE": (860, 2050),
    "AA": (850, 1220),
    "UW": (370, 950),
    "ER": (500, 1640),
}
"""F1 and F2 of women, Hz (1952)."""


def spectrum(sounds, mouth=SLOW, seed=1):
    sound = whisper(sounds, mouth, np.random.default_rng(seed))
    return signal.welch(sound, SAMPLE_RATE, nperseg=2048)


def band_db(hz, power, low, high):
    return 10.0 * np.log10(power[(hz >= low) & (hz < high)].mean())


@pytest.mark.parametrize("vowel", PETERSON_BARNEY)
def test_a_held_vowel_has_its_formants_raised_as_whispering_raises_them(vowel):
    first, second = (hz * up for hz, up in zip(PETERSON_BARNEY[vowel], RAISED, strict=False))
    track = formant_tracks([f"{vowel}1"] * 3, SLOW, np.random.default_rng(1))
    middle = track[len(track) // 2]
    assert middle[0] == pytest.approx(first, rel=0.02)
    assert middle[1] == pytest.approx(second, rel=0.02)
    hz, power = spectrum([f"{vowel}1"] * 4)
    assert band_db(hz, power, first - 90, first + 90) > band_db(hz, power, first * 0.35, first * 0.55)
    between = np.sqrt(first * second)
    if second > 1.8 * first:
        assert band_db(hz, power, second - 100, second + 100) > band_db(hz, power, between - 60, between + 60)


@pytest.mark.parametrize(
    ("sound", "low", "high"), [("S", 5800, 8200), ("SH", 2400, 3600), ("F", 5000, 12000)]
)
def test_a_fricative_hisses_where_klatt_has_it(sound, low, high):
    hz, power = spectrum([sound] * 4)
    smooth = np.convolve(power, np.ones(15) / 15, "same")
    assert low < hz[smooth.argmax()] < high


def test_bursts_of_p_t_and_k_are_told_apart():
    centres = {}
    for stop in ("P", "T", "K"):
        hz, power = spectrum(["_", stop, "_", stop, "_", stop], Mouth(pace=1.0, uneven_db=0.0))
        centres[stop] = float((hz * power)[hz < 9000].sum() / power[hz < 9000].sum())
    assert centres["P"] < centres["K"] < centres["T"]


def test_strong_consonants_stand_above_vowels():
    level = {
        sound: 10.0 * np.log10(np.mean(whisper([sound] * 4, SLOW, np.random.default_rng(2)) ** 2))
        for sound in ("S", "SH", "AA1", "IY1", "M", "F")
    }
    assert min(level["S"], level["SH"]) > max(level["AA1"], level["IY1"]) + 1.0
    assert level["M"] < level["AA1"] - 8.0
    assert level["F"] < level["S"] - 8.0


def test_there_is_no_voice_in_it_and_air_up_to_twelve_kilohertz():
    lines = whispered_lines()["gentle"][:6]
    said = np.concatenate(
        [whisper(line.sounds, Mouth(), np.random.default_rng(i)) for i, line in enumerate(lines)]
    )
    low = signal.sosfilt(signal.butter(4, 1_000.0, fs=SAMPLE_RATE, output="sos"), said)
    low /= np.sqrt(np.mean(low**2))
    peaks = []
    for at in range(0, len(low) - 4_800, 4_800):
        piece = low[at : at + 2_400]
        alike = signal.correlate(piece, piece, "full")[len(piece) :] / max(np.sum(piece**2), 1e-9)
        if np.mean(piece**2) > 0.05:
            peaks.append(alike[int(SAMPLE_RATE / 300) : int(SAMPLE_RATE / 80)].max())
    assert np.median(peaks) < 0.55  # voiced speech has 0.7 to 0.9
    hz, power = signal.welch(said, SAMPLE_RATE, nperseg=4096)
    share = 10.0 * np.log10(power[(hz > 10_000) & (hz < 14_000)].sum() / power.sum())
    assert -24.0 < share < -8.0
    assert band_db(hz, power, 60, 300) < band_db(hz, power, 1000, 4000) - 6.0


def test_the_tongue_glides():
    track = formant_tracks(["AY1"], Mouth(), np.random.default_rng(1))
    assert track[-1, 1] > track[0, 1] + 500.0
    assert np.abs(np.diff(track[:, 1])).max() < 160.0  # Hz in 5 ms


def test_every_line_in_content_can_be_said():
    kinds = whispered_lines()
    assert sum(len(lines) for lines in kinds.values()) >= 120
    for lines in kinds.values():
        for line in lines:
            for sound in line.sounds:
                assert sound == "_" or sound.rstrip("1") in VOWELS or sound in CONSONANTS, (line.text, sound)


def test_nonsense_is_no_word_of_content_and_alternates_stress():
    words = {line.sounds for lines in whispered_lines().values() for line in lines}
    rng = np.random.default_rng(1)
    for _ in range(50):
        phrase = nonsense((5, 11), rng)
        assert phrase not in words
        assert sum(sound.endswith("1") for sound in phrase) >= 2
        assert all(sound == "_" or sound.rstrip("1") in VOWELS or sound in CONSONANTS for sound in phrase)
