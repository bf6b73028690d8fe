"""Scenes of rain heard from under something."""

from dataclasses import replace
from typing import Final

from bot.audio.synth.grains import Ears
from bot.audio.synth.texture import Fall, Grit, Hiss, Sway, Texture, without_slow_swells

TENT: Final = Texture(
    seconds=72.0,
    hisses=(
        Hiss(
            level_db=-9.0,
            spectrum_db=((60, -30), (250, -6), (500, 0), (1500, -2), (4000, -12), (12000, -30)),
            coherence=((100, 0.7), (500, 0.75), (2000, 0.7), (8000, 0.5)),
            sways=(
                Sway(
                    depth_db=1.2,
                    rhythm=((2, -4.8), (6, 3), (20, -0.6), (50, -7.1)),
                    bands_alike=1.0,
                    ears_alike=0.83,
                    tilt_db_per_octave=0.12,
                ),
            ),
            gust_db=1.0,
            gust_tilt_db=0.11,
        ),
    ),
    falls=(
        Fall(
            rate_per_s=650.0,
            level_db=-3.1,
            grits=(
                Grit(
                    kind="burst",
                    hz=(350.0, 900.0),
                    decay_s=0.0074,
                    shorter=0.48,
                    octaves=4.8,
                    share=0.85,
                    gain=1.1,
                ),
                Grit(
                    kind="burst",
                    hz=(900.0, 3500.0),
                    decay_s=0.0034,
                    shorter=0.28,
                    octaves=4.6,
                    share=0.34,
                    gain=0.89,
                ),
            ),
            spread=0.84,
            clump=0.35,
            clump_rhythm=((0.3, -2.3), (2, 0.9), (8, -7.3)),
            gust=0.22,
            gust_db=0.1,
            width=1.5,
            ears=Ears(level_db=7.0, delay_s=6e-05),
        ),
        Fall(
            rate_per_s=36.0,
            level_db=-1.4,
            grits=(
                Grit(
                    kind="burst",
                    hz=(307.0, 760.0),
                    decay_s=0.0089,
                    shorter=0.16,
                    octaves=5.8,
                    share=1.2,
                    gain=0.74,
                ),
                Grit(
                    kind="burst",
                    hz=(455.0, 1600.0),
                    decay_s=0.006,
                    shorter=0.43,
                    octaves=4.8,
                    share=1.2,
                    gain=1.2,
                ),
            ),
            spread=0.7,
            loudest=1.4,
            clump=0.4,
            clump_rhythm=((0.3, 0), (2, 0), (8, -6)),
            gust=0.3,
            gust_db=0.0,
            ears=Ears(level_db=7.0, delay_s=6e-05),
        ),
    ),
    gust_rhythm=((0.016, 0.2), (0.1, -5.4), (0.5, -12.7), (6, -28.7)),
    tone_db=(
        (63, -9),
        (125, -1.5),
        (250, 5.5),
        (400, 8),
        (630, 7),
        (1000, 7.5),
        (1600, 3.5),
        (2500, 0.5),
        (4000, -0.5),
        (6300, -4),
        (10000, -4),
        (14000, -6.5),
    ),
)
"""Drops on taut cloth: broad, dull knocks."""

_PANE: Final = Texture(
    seconds=72.0,
    hisses=(
        Hiss(
            level_db=-3.5,
            spectrum_db=(
                (60, -20),
                (125, -8),
                (250, -2),
                (500, 0),
                (1000, -6),
                (2000, -14),
                (5000, -26),
                (12000, -40),
            ),
            coherence=((100, 0.86), (500, 0.78), (2000, 0.65), (8000, 0.5)),
            sways=(
                Sway(
                    depth_db=0.9,
                    rhythm=((2, -2.7), (6, -0.6), (20, -2.9), (50, -7.6)),
                    bands_alike=0.88,
                    ears_alike=0.85,
                ),
                Sway(
                    depth_db=0.74,
                    rhythm=((0.2, -0.8), (1, -4.6), (4, -9.6)),
                    bands_alike=0.56,
                    ears_alike=0.58,
                    tilt_db_per_octave=0.37,
                ),
            ),
            gust_db=0.65,
            gust_tilt_db=-0.41,
        ),
    ),
    falls=(
        Fall(
            rate_per_s=670.0,
            level_db=-4.8,
            grits=(
                Grit(
                    kind="burst",
                    hz=(447.0, 1260.0),
                    decay_s=0.005,
                    shorter=0.3,
                    octaves=4.4,
                    share=0.7,
                    gain=1.2,
                ),
                Grit(
                    kind="burst",
                    hz=(1600.0, 5000.0),
                    decay_s=0.0022,
                    shorter=0.4,
                    octaves=1.9,
                    share=0.3,
                    gain=0.83,
                ),
            ),
            spread=0.6,
            loudest=1.8,
            clump=0.39,
            clump_rhythm=((0.3, -0.7), (2, -1.7), (8, -2.3)),
            gust=0.22,
            gust_db=-0.09,
            width=0.88,
            ears=Ears(level_db=7.0, delay_s=6e-05),
        ),
        Fall(
            rate_per_s=17.0,
            level_db=-2.6,
            grits=(
                Grit(kind="burst", hz=(400.0, 838.0), decay_s=0.0094, shorter=0.3, octaves=8.3, share=0.99),
                Grit(
                    kind="ring",
                    hz=(380.0, 760.0),
                    decay_s=0.0082,
                    shorter=0.4,
                    octaves=2.9,
                    share=0.73,
                    gain=1.2,
                ),
                Grit(kind="burst", hz=(1080.0, 2520.0), decay_s=0.0055, shorter=0.31, octaves=6.7, gain=1.6),
            ),
            spread=0.8,
            loudest=1.4,
            clump=0.47,
            clump_rhythm=((0.3, 3.1), (2, -0.6), (8, -7.3)),
            gust=0.32,
            gust_db=-0.04,
            ears=Ears(level_db=7.0, delay_s=6e-05),
        ),
    ),
    gust_rhythm=((0.016, 0.9), (0.1, -0.8), (0.5, -12.5), (6, -24.5)),
    tone_db=(
        (63, 1.5),
        (125, 5),
        (250, 3.5),
        (400, 3.5),
        (630, 2.5),
        (1000, 5.5),
        (1600, -1.5),
        (2500, -5.5),
        (4000, -6),
        (6300, -10.5),
        (10000, -10),
        (14000, -13),
    ),
)
WINDOW: Final = replace(without_slow_swells(_PANE), gust_rhythm=_PANE.gust_rhythm)
"""From indoors: dark, with knocks on the pane; only the gusts are slow."""
