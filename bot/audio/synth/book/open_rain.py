"""Scenes of rain under the sky."""

from typing import Final

from bot.audio.synth.grains import Ears
from bot.audio.synth.gusts import Gusty
from bot.audio.synth.texture import Fall, Grit, Hiss, Sway, Texture, without_slow_swells

_CLOSE: Final = Ears(level_db=7.0, delay_s=9e-05)
"""Microphones a hand apart: pitches above 2 kHz stay as alike as in recordings."""

LIGHT: Final = Texture(
    seconds=72.0,
    hisses=(
        Hiss(
            level_db=-5.2,
            spectrum_db=((60, -20), (250, -6), (700, 0), (2000, -3), (4000, -9), (12000, -24)),
            coherence=((100, 0.8), (500, 0.75), (2000, 0.6), (5000, 0.35)),
            sways=(
                Sway(
                    depth_db=1.5,
                    rhythm=((2, -2.7), (6, -0.1), (20, -2.6), (50, -7.3)),
                    bands_alike=0.86,
                    ears_alike=0.28,
                    tilt_db_per_octave=-0.14,
                ),
            ),
            gust_db=1.22,
            gust_tilt_db=0.2,
        ),
    ),
    falls=(
        Fall(
            rate_per_s=600.0,
            level_db=-2.6,
            grits=(
                Grit(
                    kind="burst",
                    hz=(408.0, 3480.0),
                    decay_s=0.0027,
                    shorter=0.39,
                    octaves=15.0,
                    share=0.98,
                    gain=0.71,
                ),
                Grit(
                    kind="ring",
                    hz=(276.0, 1070.0),
                    decay_s=0.0082,
                    shorter=0.31,
                    octaves=1.3,
                    share=0.19,
                    gain=0.83,
                ),
            ),
            spread=0.58,
            loudest=2.0,
            near_m=(0.8, 5.0),
            clump=0.32,
            clump_rhythm=((0.3, 1.9), (2, -2.4), (8, -3.2)),
            gust=0.25,
            gust_db=0.38,
            width=0.97,
            ears=_CLOSE,
        ),
        Fall(
            rate_per_s=24.0,
            level_db=-2.1,
            grits=(
                Grit(
                    kind="burst",
                    hz=(301.0, 771.0),
                    decay_s=0.0035,
                    shorter=0.27,
                    octaves=6.4,
                    share=0.31,
                    gain=0.38,
                ),
                Grit(
                    kind="burst",
                    hz=(900.0, 4000.0),
                    decay_s=0.005,
                    shorter=0.33,
                    octaves=1.9,
                    share=0.58,
                    gain=1.7,
                ),
            ),
            spread=1.3,
            loudest=2.6,
            clump=0.33,
            clump_rhythm=((0.3, -4.3), (2, 4.5), (8, -0.9)),
            gust=0.3,
            gust_db=-0.52,
            width=1.2,
            ears=_CLOSE,
        ),
    ),
    gust_rhythm=((0.016, 1.1), (0.1, -7.9), (0.5, -14.3), (6, -22.9)),
    tone_db=(
        (63, 0),
        (125, 4),
        (250, -1),
        (400, 0.5),
        (630, 2.5),
        (1000, 3.5),
        (1600, 2),
        (2500, 0),
        (4000, -0.5),
        (6300, 0),
        (10000, -3),
        (14000, -19),
    ),
)
"""Few drops, each heard; a far whisper of the rest."""

_DOWNPOUR: Final = Texture(
    seconds=66.0,
    hisses=(
        Hiss(
            level_db=0.0,
            spectrum_db=(
                (40, -16),
                (125, -6),
                (250, -2),
                (1000, 0),
                (2000, -4),
                (4000, -10),
                (8000, -16),
                (16000, -28),
            ),
            coherence=((100, 0.72), (500, 0.68), (2000, 0.6), (5000, 0.45)),
            sways=(
                Sway(
                    depth_db=0.35, rhythm=((0.1, 0), (0.5, -3), (2, -10)), bands_alike=0.62, ears_alike=0.86
                ),
            ),
            gust_db=0.3,
            gust_tilt_db=-0.54,
        ),
    ),
    falls=(
        Fall(
            rate_per_s=4200.0,
            level_db=-1.5,
            grits=(
                Grit(kind="burst", hz=(552.0, 3770.0), decay_s=0.0031, shorter=0.57, share=0.7, gain=1.3),
                Grit(
                    kind="burst",
                    hz=(2500.0, 7500.0),
                    decay_s=0.0013,
                    shorter=0.3,
                    octaves=3.2,
                    share=0.2,
                    gain=0.9,
                ),
                Grit(kind="ring", hz=(300.0, 1100.0), decay_s=0.004, octaves=3.3, share=0.092, gain=0.82),
            ),
            spread=0.59,
            loudest=1.4,
            near_m=(0.8, 9.0),
            clump_rhythm=((0.016, 2.1), (0.1, -3.1), (0.5, -13.7), (6, -24.2)),
            gust=0.11,
            gust_db=0.23,
        ),
        Fall(
            rate_per_s=35.0,
            level_db=-11.0,
            grits=(
                Grit(
                    kind="bubble",
                    hz=(645.0, 3840.0),
                    decay_s=0.0028,
                    shorter=0.36,
                    octaves=2.2,
                    rise=0.052,
                    share=0.73,
                ),
                Grit(kind="burst", hz=(1030.0, 5600.0), shorter=0.4, octaves=3.5, share=0.58),
            ),
            spread=0.77,
            loudest=1.2,
            clump_rhythm=((0.016, 1), (0.1, -3.1), (0.5, -11.7), (6, -24.3)),
            gust=0.14,
            width=0.97,
        ),
    ),
    tone_db=(
        (63, 1),
        (125, 2.5),
        (250, 0.5),
        (400, 0),
        (630, 0.5),
        (1000, 0),
        (1600, -0.5),
        (2500, -1),
        (4000, -0.5),
        (6300, 1),
        (10000, -1.5),
        (14000, -4),
    ),
)
HEAVY: Final = Gusty(
    without_slow_swells(_DOWNPOUR),
    rhythm=((0.008, 0), (0.025, 0), (0.04, -12), (0.1, -26), (0.3, -34)),
    strength_db=((100, 0.3), (1000, 0.35), (8000, 0.4)),
)
"""So dense that no drop stands out; it grows and eases by the minute."""

LEAVES: Final = Texture(
    seconds=84.0,
    hisses=(
        Hiss(
            level_db=-3.7,
            spectrum_db=((60, -20), (250, -6), (700, 0), (2000, -3), (4000, -9), (12000, -24)),
            coherence=((100, 0.8), (500, 0.75), (2000, 0.5), (5000, 0.25)),
            sways=(
                Sway(
                    depth_db=1.5,
                    rhythm=((2, -2.7), (6, -0.1), (20, -2.6), (50, -7.3)),
                    bands_alike=0.86,
                    ears_alike=0.28,
                    tilt_db_per_octave=-0.14,
                ),
            ),
            gust_db=1.5,
            gust_tilt_db=0.2,
        ),
    ),
    falls=(
        Fall(
            rate_per_s=600.0,
            level_db=-2.6,
            grits=(
                Grit(
                    kind="burst",
                    hz=(408.0, 3480.0),
                    decay_s=0.0027,
                    shorter=0.39,
                    octaves=15.0,
                    share=0.98,
                    gain=0.71,
                ),
                Grit(
                    kind="ring",
                    hz=(276.0, 1070.0),
                    decay_s=0.0079,
                    shorter=0.31,
                    octaves=1.1,
                    share=0.19,
                    gain=0.83,
                ),
            ),
            spread=0.58,
            loudest=2.0,
            near_m=(0.8, 5.0),
            clump=0.32,
            clump_rhythm=((0.3, 1.5), (2, -3.2), (8, -5.3)),
            gust=0.3,
            gust_db=0.6,
            width=0.97,
            ears=_CLOSE,
        ),
        Fall(
            rate_per_s=24.0,
            level_db=-2.1,
            grits=(
                Grit(
                    kind="burst",
                    hz=(301.0, 771.0),
                    decay_s=0.0035,
                    shorter=0.27,
                    octaves=6.4,
                    share=0.31,
                    gain=0.38,
                ),
                Grit(
                    kind="burst",
                    hz=(900.0, 4000.0),
                    decay_s=0.005,
                    shorter=0.33,
                    octaves=1.9,
                    share=0.62,
                    gain=1.7,
                ),
            ),
            spread=1.3,
            loudest=2.6,
            clump=0.33,
            clump_rhythm=((0.3, -4.3), (2, 4.5), (8, -0.9)),
            gust=0.4,
            gust_db=0.0,
            width=1.2,
            ears=_CLOSE,
        ),
    ),
    gust_rhythm=((0.016, 1.1), (0.1, -7.9), (0.5, -14.3), (6, -22.9)),
    tone_db=(
        (63, 17.5),
        (125, 14),
        (250, -2.5),
        (400, 1),
        (630, 1.5),
        (1000, 1.5),
        (1600, 0),
        (2500, -1.5),
        (4000, -1.5),
        (6300, 0),
        (10000, -3),
        (14000, -13.5),
    ),
)
"""Drops on leaves near and far, in gusts."""
