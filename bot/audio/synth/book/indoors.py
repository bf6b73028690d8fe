"""Scenes of machines and rooms."""

from typing import Final

from bot.audio.synth.grains import Ears
from bot.audio.synth.texture import Fall, Grit, Hiss, Hum, Sway, Texture

FAN: Final = Texture(
    seconds=60.0,
    hisses=(
        Hiss(
            level_db=9.1,
            spectrum_db=(
                (80, -30),
                (125, -12),
                (236, -7),
                (382, 0),
                (575, -7),
                (828, -11),
                (1600, -17),
                (4000, -26),
                (12000, -34),
            ),
            coherence=((100, 0.9), (600, 0.7), (3000, 0.5)),
            sways=(
                Sway(
                    depth_db=0.48,
                    rhythm=((2.5, -20.2), (3, 0), (3.6, -19.6)),
                    bands_alike=0.04,
                    ears_alike=0.63,
                ),
                Sway(
                    depth_db=0.31,
                    rhythm=((0.05, -0.5), (0.5, 1.3)),
                    bands_alike=0.92,
                    ears_alike=1.0,
                    tilt_db_per_octave=0.15,
                ),
            ),
            gust_db=-0.52,
            gust_tilt_db=0.42,
        ),
    ),
    hums=(
        Hum(
            level_db=-21.6,
            hz=118.0,
            partials=((1, 0), (2, -4), (3, -9), (4, -12)),
            wander=0.001,
            flutter_db=0.66,
            rhythm=((0.05, 2.8), (0.4, -6.4), (3, -25.4)),
        ),
    ),
    gust_rhythm=((0.016, -1.5), (0.1, -10.5), (0.5, -12.1), (6, -19.4)),
    tone_db=(
        (63, 4),
        (125, -1.5),
        (250, -3.5),
        (400, 0),
        (630, -2.5),
        (1000, 3),
        (1600, -0.5),
        (2500, 0),
        (4000, -1),
        (6300, 3),
        (10000, 2),
        (14000, 4),
    ),
)
"""Blades pass three times a second, barely."""

ROLLING: Final = Texture(
    seconds=60.0,
    hisses=(
        Hiss(
            level_db=-2.9,
            spectrum_db=(
                (40, 0),
                (80, -9),
                (125, -14),
                (236, -19),
                (382, -20),
                (575, -30),
                (1160, -41),
                (3000, -51),
                (12000, -66),
            ),
            coherence=((100, 0.5), (500, 0.62), (2000, 0.65), (8000, 0.6)),
            sways=(
                Sway(
                    depth_db=3.9,
                    rhythm=((0.08, 1.4), (0.5, 0.5), (2, -11.6), (10, -30.3)),
                    bands_alike=0.09,
                    ears_alike=0.77,
                    tilt_db_per_octave=0.39,
                ),
                Sway(
                    depth_db=3.1,
                    rhythm=((1, 2.6), (1.6, 1.3), (4, -3.5), (12, -12.9)),
                    bands_alike=1.0,
                    ears_alike=0.96,
                    tilt_db_per_octave=0.34,
                ),
            ),
            gust_db=-0.44,
            gust_tilt_db=0.23,
        ),
    ),
    gust_rhythm=((0.016, -3), (0.1, -10.8), (0.5, 3.9), (6, -18.6)),
    tone_db=(
        (63, 4.5),
        (125, 2),
        (250, 0.5),
        (400, 1),
        (630, 0),
        (1000, 0.5),
        (1600, -1.5),
        (2500, 0),
        (4000, -0.5),
        (6300, -3),
        (10000, 0),
        (14000, -7.5),
    ),
)
"""Wheels on rails, heard through the floor."""

CABIN: Final = Texture(
    seconds=60.0,
    hisses=(
        Hiss(
            level_db=0.0,
            spectrum_db=(
                (30, -6),
                (60, 0),
                (120, -1),
                (250, -6),
                (500, -11),
                (1000, -18),
                (2000, -25),
                (4000, -34),
                (8000, -45),
                (16000, -60),
            ),
            coherence=((80, 0.85), (300, 0.7), (1000, 0.5), (4000, 0.3)),
            sways=(Sway(depth_db=0.5, rhythm=((0.03, 0), (0.3, -4), (2, -14)), ears_alike=0.7),),
            gust_db=0.5,
        ),
    ),
    hums=(Hum(level_db=-19.0, hz=87.0, partials=((1, 0), (2, -5), (3, -12)), wander=0.0012, flutter_db=1.2),),
)
"""Air over a hull, and far engines."""

VINYL: Final = Texture(
    seconds=72.0,
    hisses=(
        Hiss(
            level_db=-4.0,
            spectrum_db=(
                (30, 0),
                (60, 2),
                (120, -6),
                (300, -15),
                (1000, -20),
                (3000, -21),
                (6000, -25),
                (12000, -34),
            ),
            coherence=((80, 0.9), (300, 0.6), (2000, 0.35)),
            sways=(
                Sway(
                    depth_db=1.1,
                    rhythm=((0.53, -30), (0.5556, 0), (0.58, -30)),
                    bands_alike=0.9,
                    ears_alike=0.85,
                ),
                Sway(depth_db=0.5, rhythm=((0.05, 0), (0.5, -4)), ears_alike=0.6),
            ),
        ),
    ),
    falls=(
        Fall(
            rate_per_s=26.0,
            level_db=-7.0,
            grits=(
                Grit(kind="burst", hz=(900.0, 5200.0), decay_s=0.0009, shorter=0.3, octaves=3.2, share=0.8),
                Grit(kind="ring", hz=(300.0, 900.0), decay_s=0.0025, shorter=0.4, share=0.2),
            ),
            tail=1.7,
            loudest=2.6,
            clump=0.7,
            clump_rhythm=((0.53, -8), (0.5556, 4), (0.58, -8), (3, -6), (12, -12)),
            ears=Ears(level_db=6.0, delay_s=6e-05),
        ),
        Fall(
            rate_per_s=1.3,
            level_db=-6.0,
            grits=(Grit(kind="burst", hz=(500.0, 2600.0), decay_s=0.0022, shorter=0.3, octaves=4.2),),
            spread=0.6,
            loudest=0.9,
            clump=0.5,
            clump_rhythm=((0.2, 0), (2, -3)),
            ears=Ears(level_db=5.0, delay_s=6e-05),
        ),
    ),
)
"""Hiss and rumble that swish with each turn, 1.8 s; dust and scratches."""

HUMMING: Final = Texture(
    seconds=40.0,
    hisses=(
        Hiss(
            level_db=-3.0,
            spectrum_db=((40, -4), (90, 0), (200, -5), (500, -12), (1500, -24), (4000, -38), (12000, -60)),
            coherence=((80, 0.85), (400, 0.7), (2000, 0.5)),
            sways=(Sway(depth_db=1.0, rhythm=((0.3, -4), (0.85, 0), (3, -10)), bands_alike=0.6),),
        ),
    ),
    hums=(
        Hum(
            level_db=0.0,
            hz=49.5,
            partials=((1, 0), (2, -3), (3, -10), (4, -13), (6, -20)),
            wander=0.003,
            flutter_db=1.8,
        ),
    ),
)
"""A motor that turns a drum."""

HALL: Final = Texture(
    seconds=90.0,
    hisses=(
        Hiss(
            level_db=0.0,
            spectrum_db=(
                (40, -4),
                (79, 0),
                (125, -3),
                (176, -6),
                (236, -9),
                (304, -13),
                (500, -19),
                (1000, -26),
                (4000, -42),
                (12000, -64),
            ),
            coherence=((100, 0.85), (500, 0.7), (2000, 0.5), (6000, 0.3)),
            sways=(Sway(depth_db=1.0, rhythm=((0.1, 0.0), (1.0, -6.0), (5.0, -14.0)), bands_alike=0.3),),
            gust_db=0.8,
        ),
    ),
)
"""What a big room hums by itself: air, a cellar, the street."""
