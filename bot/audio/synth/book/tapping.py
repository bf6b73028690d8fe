"""Tapping."""

from bot.audio.synth import tapping
from bot.audio.synth.book.evidence import TAPPING
from bot.audio.synth.modal import Plate
from bot.audio.synth.quiet import Quiet
from bot.audio.synth.recipe import Facts, Pattern, Recipe
from bot.audio.synth.tapping import Tapped

_SOFTLY = Pattern(
    interval_s=0.32,
    interval_cv=0.55,
    phrase_events=7.0,
    pause_s=1.1,
    gain_spread_db=2.5,
    azimuth_deg=(-60.0, 60.0),
    distance_m=(0.22, 0.5),
)
_NAILS = Pattern(0.42, 0.6, 6.0, 1.3, 2.5, (-80.0, 80.0), (0.16, 0.4))


def recipes() -> tuple[Recipe, ...]:
    return (_wood(), _glass(), _nails(), _book(), _cork())


def _wood() -> Recipe:
    facts = Facts(
        id="wood-tapping",
        name="Wood tapping",
        family="tapping",
        synonyms=("tapping", "tap", "finger tapping", "nail tapping", "wood", "wooden box", "fingertips"),
        description="Fingertips on a hollow wooden box, close and unhurried, in a quiet room.",
        evidence=TAPPING[0],
        source=TAPPING[1],
        goes_with=("rain", "waves", "book-tapping"),
        colour="#7a5c45",
    )
    return Recipe(facts, _SOFTLY, Tapped(), tapping.render, seed=5)


def _glass() -> Recipe:
    facts = Facts(
        id="glass-tapping",
        name="Glass tapping",
        family="tapping",
        synonyms=("glass", "jar", "bottle", "perfume bottle", "candle jar"),
        description="Fingertips and nails on a thick glass jar that rings a little and is still.",
        evidence=TAPPING[0],
        source=TAPPING[1],
        goes_with=("rain-window", "wood-tapping", "soft-whisper"),
        colour="#5c7475",
    )
    glass = Tapped(
        lid=Plate(
            lowest_hz=980.0, aspect=1.2, grain=1.0, loss=0.002, loss_per_khz=0.0012, support_per_s=11.0
        ),
        wall=Plate(
            lowest_hz=1390.0, aspect=1.6, grain=1.0, loss=0.0025, loss_per_khz=0.0014, support_per_s=14.0
        ),
        wall_share=0.4,
        air_hz=236.0,
        air_s=0.03,
        air_db=-21.0,
        pad_contact_s=(0.0008, 0.0015),
        nail_contact_s=(0.00045, 0.0008),
        nail_share=0.35,
        tone_db=((60, -6), (700, 0), (2000, 0), (3500, -3), (5000, -9), (9000, -14), (16000, -24)),
        quiet=Quiet(level_db=-50.0),
    )
    return Recipe(facts, _SOFTLY, glass, tapping.render, seed=21)


def _nails() -> Recipe:
    facts = Facts(
        id="nails-on-plastic",
        name="Nails on plastic",
        family="tapping",
        synonyms=("nail tapping", "nails", "plastic", "acrylic nails", "phone case", "fast tapping"),
        description="Fingernails roll over a hard plastic lid, one after another, first here, then there.",
        evidence=TAPPING[0],
        source=TAPPING[1],
        goes_with=("rain", "keyboard", "sk-tk"),
        colour="#7d5a5a",
    )
    plastic = Tapped(
        lid=Plate(lowest_hz=340.0, aspect=1.7, grain=1.0, loss=0.055, loss_per_khz=0.01, support_per_s=40.0),
        wall=Plate(lowest_hz=520.0, aspect=1.3, grain=1.0, loss=0.06, loss_per_khz=0.012, support_per_s=50.0),
        air_hz=250.0,
        air_s=0.01,
        air_db=-12.0,
        pad_contact_s=(0.0006, 0.001),
        nail_contact_s=(0.0003, 0.00055),
        nail_share=0.85,
        tap_s=0.32,
        roll=(2, 5),
        tone_db=((60, 0), (1500, 0), (3000, -2), (5000, -7), (9000, -11), (16000, -20)),
    )
    return Recipe(facts, _NAILS, plastic, tapping.render, seed=22)


def _book() -> Recipe:
    facts = Facts(
        id="book-tapping",
        name="Book tapping",
        family="tapping",
        synonyms=("book", "hardcover", "book cover", "cardboard", "box tapping"),
        description="Fingertips on the cover of a thick old book: soft, dull, with paper underneath.",
        evidence=TAPPING[0],
        source=TAPPING[1],
        goes_with=("page-turning", "fire", "clock"),
        colour="#6e5a48",
    )
    book = Tapped(
        lid=Plate(lowest_hz=128.0, aspect=1.4, grain=1.6, loss=0.09, loss_per_khz=0.03, support_per_s=45.0),
        wall=Plate(lowest_hz=205.0, aspect=1.8, grain=1.6, loss=0.1, loss_per_khz=0.03, support_per_s=55.0),
        air_hz=96.0,
        air_s=0.014,
        air_db=-9.0,
        pad_contact_s=(0.0012, 0.0026),
        nail_contact_s=(0.0006, 0.001),
        nail_share=0.3,
        skin_db=-20.0,
        tap_s=0.36,
    )
    return Recipe(facts, _SOFTLY, book, tapping.render, seed=23)


def _cork() -> Recipe:
    facts = Facts(
        id="cork-tapping",
        name="Cork tapping",
        family="tapping",
        synonyms=("cork", "coaster", "soft tapping", "dull tapping"),
        description="Fingertips on cork. Hardly more than a touch; the softest of the tappings.",
        evidence=TAPPING[0],
        source=TAPPING[1],
        goes_with=("soft-whisper", "brown-noise", "breathing"),
        colour="#75603f",
    )
    cork = Tapped(
        lid=Plate(lowest_hz=210.0, aspect=1.1, grain=1.0, loss=0.2, loss_per_khz=0.05, support_per_s=90.0),
        wall=Plate(lowest_hz=320.0, aspect=1.3, grain=1.0, loss=0.22, loss_per_khz=0.05, support_per_s=110.0),
        air_hz=150.0,
        air_s=0.008,
        air_db=-16.0,
        pad_contact_s=(0.0018, 0.0036),
        nail_contact_s=(0.0009, 0.0014),
        nail_share=0.35,
        skin_db=-13.0,
        tap_s=0.25,
        tone_db=((60, 0), (1800, 0), (5000, -5), (9000, -10), (16000, -20)),
    )
    return Recipe(facts, _SOFTLY, cork, tapping.render, seed=24)
