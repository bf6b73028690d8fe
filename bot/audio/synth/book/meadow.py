"""A meadow on a warm night."""

from typing import Final

from bot.audio.synth.crickets import Crickets, Kind
from bot.audio.synth.texture import Hiss, Sway, Texture, without_slow_swells

SUMMER: Final = (
    Kind((3560.0, 3760.0), (47.0, 53.0), (5.0, -3.0, -8.0), 8, -19.0, (9, 13), (1.05, 1.35)),
    Kind((4700.0, 4950.0), (62.0, 69.0), (-2.0, -10.0, -14.0), 9, -18.0, rests=0.004),
    Kind((4150.0, 4500.0), (28.0, 33.0), (-11.0, -14.0), 12, -24.0, (3, 4), (1.9, 2.7)),
    Kind((6700.0, 7400.0), (58.0, 70.0), (-33.0,), 3, -38.0, rests=0.01, overtone_db=-30.0),
)
"""Tree crickets' long chirps, trillers, field crickets with three or four pulses, a ground cricket or two."""

LAND: Final = Texture(
    84.0,
    hisses=(
        Hiss(
            0.0,
            (
                (40, -12),
                (80, -1),
                (125, 0),
                (236, -9),
                (382, -13),
                (828, -18),
                (1364, -18),
                (2525, -19),
                (4500, -25),
                (7000, -34),
                (11000, -38),
                (14000, -60),
            ),
            ((100, 0.6), (500, 0.55), (2000, 0.5), (5000, 0.4)),
            (Sway(0.6, ((0.05, 0.0), (0.5, -6.0), (2.0, -16.0))),),
            gust_db=0.5,
        ),
    ),
)


MEADOW: Final = Crickets(SUMMER, without_slow_swells(LAND))
