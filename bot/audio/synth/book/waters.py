"""Scenes of water that is there already."""

from typing import Final

from bot.audio.synth.grains import Ears
from bot.audio.synth.texture import Fall, Grit, Hiss, Sway, Texture

STREAM: Final = Texture(
    seconds=72.0,
    hisses=(
        Hiss(
            level_db=-3.1,
            spectrum_db=((200, -40), (300, -12), (600, -3), (1000, 0), (2000, -4), (4000, -11), (12000, -22)),
            coherence=((100, 0.98), (500, 0.95), (1200, 0.85), (3000, 0.82), (10000, 0.8)),
            sways=(
                Sway(
                    depth_db=1.7,
                    rhythm=((0.8, -8), (4, -2), (20, 0), (60, 0)),
                    bands_alike=0.1,
                    ears_alike=0.71,
                ),
                Sway(depth_db=0.44, rhythm=((0.05, 1.3), (0.5, -3.2)), bands_alike=0.3, ears_alike=0.78),
            ),
        ),
    ),
    falls=(
        Fall(
            rate_per_s=320.0,
            level_db=-3.1,
            grits=(
                Grit(kind="bubble", hz=(420.0, 2600.0), octaves=2.1, rise=0.098, share=0.95, variants=30),
            ),
            spread=0.82,
            loudest=1.4,
            clump=0.5,
            clump_rhythm=((0.5, -4.1), (3, -2), (12, -3.3)),
            gust_db=-0.25,
            width=0.96,
            ears=Ears(level_db=3.0, delay_s=6e-05),
        ),
        Fall(
            rate_per_s=470.0,
            level_db=-8.0,
            grits=(Grit(kind="burst", hz=(1500.0, 7000.0), shorter=0.6, octaves=1.9, share=1.4),),
            spread=0.68,
            loudest=1.7,
            clump=0.44,
            clump_rhythm=((0.5, -3), (3, 0), (12, -3)),
            width=0.73,
            ears=Ears(level_db=3.0, delay_s=6e-05),
        ),
    ),
    gust_rhythm=((0.016, -2.5), (0.1, -1.4), (0.5, -12.8), (6, -27)),
    tone_db=(
        (63, -14.5),
        (125, 2),
        (250, 8),
        (400, -4),
        (630, -1.5),
        (1000, 0.5),
        (1600, -0.5),
        (2500, -0.5),
        (4000, 0.5),
        (6300, 1),
        (10000, 0.5),
        (14000, -4.5),
    ),
)
"""Bubbles and small splashes; nothing below 300 Hz."""

BATH: Final = Texture(
    seconds=66.0,
    hisses=(
        Hiss(
            level_db=-2.0,
            spectrum_db=((60, -18), (150, -6), (350, 0), (700, -2), (1400, -9), (3000, -20), (8000, -38)),
            coherence=((100, 0.8), (500, 0.65), (2000, 0.5), (6000, 0.35)),
            sways=(
                Sway(
                    depth_db=3.2,
                    rhythm=((0.08, -6), (0.2, 0), (0.45, 0), (1.2, -10), (4, -22)),
                    bands_alike=0.8,
                    ears_alike=0.45,
                ),
                Sway(depth_db=1.5, rhythm=((2, -3), (6, 0), (20, -4)), bands_alike=0.2, ears_alike=0.5),
            ),
            gust_db=1.0,
        ),
    ),
    falls=(
        Fall(
            rate_per_s=38.0,
            level_db=-3.0,
            grits=(Grit(kind="bubble", hz=(380.0, 1900.0), rise=0.08, variants=28),),
            spread=0.8,
            loudest=1.3,
            clump=1.1,
            clump_rhythm=((0.1, -4), (0.3, 0), (1.2, -4), (6, -6)),
            ears=Ears(level_db=6.0, delay_s=0.0002),
        ),
        Fall(
            rate_per_s=420.0,
            level_db=-12.0,
            grits=(
                Grit(kind="burst", hz=(2400.0, 7000.0), decay_s=0.0007, shorter=0.3, octaves=1.6, share=0.8),
                Grit(kind="ring", hz=(2000.0, 5200.0), decay_s=0.0018, share=0.2),
            ),
            spread=0.6,
            clump=0.5,
            clump_rhythm=((0.05, 0), (0.5, -3), (4, -6)),
            ears=Ears(level_db=5.0, delay_s=0.0001),
        ),
    ),
    gust_rhythm=((0.02, 0), (0.1, -3), (0.5, -14)),
)
"""Somebody moves a hand in a warm bath; the foam settles."""
