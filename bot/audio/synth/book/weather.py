"""Scenes of wind and fire."""

from typing import Final

from bot.audio.synth.grains import Ears
from bot.audio.synth.gusts import Gusty
from bot.audio.synth.texture import Fall, Grit, Hiss, Sway, Texture, without_slow_swells

_AROUND_A_HOUSE: Final = Texture(
    seconds=90.0,
    hisses=(
        Hiss(
            level_db=2.0,
            spectrum_db=(
                (40, -4),
                (90, -1),
                (236, 0),
                (382, -4),
                (575, -10),
                (828, -16),
                (1160, -21),
                (2200, -30),
                (4000, -43),
                (12000, -45),
            ),
            coherence=((100, 0.72), (400, 0.62), (600, 0.38), (2000, 0.2), (5000, 0.06)),
            sways=(
                Sway(
                    depth_db=1.7,
                    rhythm=((2, -6.7), (6, -4.8), (30, 0.2)),
                    bands_alike=0.18,
                    ears_alike=0.0,
                    tilt_db_per_octave=-0.32,
                ),
                Sway(
                    depth_db=1.1,
                    rhythm=((0.02, -1.4), (0.08, 6.3), (0.2, -16.9), (0.4, -24.9), (1, -35.9)),
                    bands_alike=0.0,
                    ears_alike=0.28,
                    tilt_db_per_octave=-0.1,
                ),
            ),
            bands_hz=(0.0, 90.0, 180.0, 350.0, 600.0, 1000.0, 1800.0, 3500.0, 24000.0),
        ),
    ),
    tone_db=(
        (63, -1),
        (125, -2.5),
        (250, -0.5),
        (400, 0),
        (630, 0),
        (1000, 0),
        (1600, 0),
        (2500, 2),
        (4000, 0.5),
        (6300, -3.5),
        (10000, 1),
        (14000, 2),
    ),
)
WIND: Final = Gusty(
    without_slow_swells(_AROUND_A_HOUSE),
    rhythm=((0.012, 0), (0.05, 0), (0.1, -4), (0.2, -12), (0.4, -17), (1, -26), (3, -38)),
    strength_db=((100, 2.1), (1000, 2.1), (8000, 2.3)),
)
"""Around a house: fitted to measured statistics of real wind (level, gusts, ears)."""

_CROWNS: Final = Texture(
    seconds=84.0,
    hisses=(
        Hiss(
            level_db=0.3,
            spectrum_db=(
                (40, 0),
                (100, -12),
                (400, -17),
                (1000, -16),
                (1600, -16),
                (3000, -22),
                (6000, -26),
                (14000, -29),
            ),
            coherence=((100, 0.86), (500, 0.74), (2000, 0.4), (5000, 0.1)),
            sways=(
                Sway(
                    depth_db=0.075,
                    rhythm=((0.02, -2.1), (0.08, 0.1), (0.2, -15.5), (0.4, -25.3), (1, -40.7)),
                    bands_alike=0.34,
                    ears_alike=1.0,
                    tilt_db_per_octave=0.06,
                ),
            ),
            gust_db=0.52,
            gust_tilt_db=-0.17,
        ),
    ),
    falls=(
        Fall(
            rate_per_s=300.0,
            level_db=-26.0,
            grits=(Grit(kind="burst", hz=(1800.0, 7500.0), decay_s=0.004, octaves=1.6),),
            spread=0.8,
            loudest=1.6,
            clump=0.3,
            ears=Ears(level_db=5.0, delay_s=5e-05),
        ),
    ),
    gust_rhythm=((0.02, 3.2), (0.08, -0.9), (0.2, -19.8), (0.4, -28.5), (1, -36.2)),
    tone_db=(
        (63, 1),
        (125, -1),
        (250, -0.5),
        (400, -1),
        (630, -1.5),
        (1000, -1),
        (1600, 0),
        (2500, 0.5),
        (4000, 0),
        (6300, 0.5),
        (10000, 1),
        (14000, 0),
    ),
)
WIND_IN_TREES: Final = Gusty(
    _CROWNS,
    rhythm=((0.006, 0), (0.02, 0), (0.03, -10), (0.06, -26), (0.3, -34)),
    strength_db=((100, 0.65), (1000, 0.65), (8000, 0.75)),
    ears_alike=0.8,
)
"""Far crowns and leaves that flutter; almost still, as recordings of it are."""

FIRE: Final = Texture(
    seconds=84.0,
    hisses=(
        Hiss(
            level_db=-4.4,
            spectrum_db=((40, -2), (150, 0), (280, 0), (500, -6), (900, -16), (3000, -30)),
            coherence=((100, 0.95), (500, 0.92), (2000, 0.5)),
            sways=(
                Sway(
                    depth_db=1.8,
                    rhythm=((0.3, -4.6), (2, -3.1), (12, 0.6)),
                    bands_alike=0.93,
                    ears_alike=0.73,
                    tilt_db_per_octave=-0.23,
                ),
            ),
            gust_db=0.19,
            gust_tilt_db=-0.09,
        ),
        Hiss(
            level_db=-12.9,
            spectrum_db=((300, -12), (1000, -3), (2000, -3), (5000, 0), (8000, 0), (14000, -6)),
            coherence=((100, 0.9), (1000, 0.6), (5000, 0.3)),
            sways=(
                Sway(
                    depth_db=2.9,
                    rhythm=((0.2, -6), (2, 0), (20, 0)),
                    bands_alike=0.91,
                    ears_alike=0.6,
                    tilt_db_per_octave=0.02,
                ),
            ),
            gust_db=1.8,
            gust_tilt_db=0.26,
        ),
    ),
    falls=(
        Fall(
            rate_per_s=25.4,
            level_db=-9.0,
            grits=(
                Grit(kind="burst", hz=(1500.0, 9000.0), decay_s=0.0017, shorter=0.36, octaves=4.4, share=1.6),
            ),
            spread=0.52,
            tail=1.3,
            loudest=3.0,
            clump=0.81,
            clump_rhythm=((0.2, 0.3), (3, -0.4), (12, -4.9)),
            gust=0.44,
            gust_db=-0.13,
            width=1.05,
            ears=Ears(level_db=5.0, delay_s=5e-05),
            ears_alike=0.5,
        ),
        Fall(
            rate_per_s=1.203,
            level_db=-3.5,
            grits=(
                Grit(kind="burst", hz=(394.0, 1220.0), decay_s=0.0042, shorter=0.3, octaves=3.2, share=0.44),
                Grit(kind="burst", hz=(1200.0, 6000.0), shorter=0.24, octaves=6.2, share=0.5),
            ),
            spread=0.42,
            tail=1.457,
            loudest=1.9,
            clump=0.72,
            clump_rhythm=((0.2, 0), (3, 0), (12, -6)),
            gust_db=0.34,
            width=1.05,
            ears=Ears(level_db=5.0, delay_s=5e-05),
            ears_alike=0.5,
        ),
    ),
    tone_db=(
        (63, 2),
        (125, 0),
        (250, 0.5),
        (400, 0),
        (630, -0.5),
        (1000, -7),
        (1600, -5.5),
        (2500, -3.5),
        (4000, 1.5),
        (6300, 5),
        (10000, 4),
        (14000, -1.5),
    ),
)
"""A roar, a hiss that breathes, small crackles and, every second or so, a large one; hearth and walls scatter
them, so that each ear has its own."""
