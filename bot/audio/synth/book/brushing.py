"""Scratching and brushing."""

from bot.audio.synth import friction
from bot.audio.synth.book.evidence import BRUSHING, SCRATCHING
from bot.audio.synth.friction import Friction
from bot.audio.synth.quiet import Quiet
from bot.audio.synth.recipe import Facts, Pattern, Recipe

_STROKES = Pattern(
    interval_s=2.1,
    interval_cv=0.5,
    phrase_events=6.0,
    pause_s=1.6,
    gain_spread_db=2.0,
    azimuth_deg=(-95.0, 95.0),
    distance_m=(0.13, 0.3),
    apart=True,
    pass_s=11.0,
)
_SHORT = Pattern(0.85, 0.55, 6.0, 1.4, 2.5, (-70.0, 70.0), (0.2, 0.45), apart=True)


def recipes() -> tuple[Recipe, ...]:
    return (_mic_brush(), _hair(), _fabric(), _sandpaper(), _chalk())


def _mic_brush() -> Recipe:
    facts = Facts(
        id="mic-brush",
        name="Soft brush by the ear",
        family="brushing",
        synonyms=("mic brushing", "brush", "brushing", "makeup brush", "ear brushing", "fluffy brush"),
        description="A soft, wide brush in slow strokes, very near, from one ear to the other.",
        evidence=BRUSHING[0],
        source=BRUSHING[1],
        goes_with=("soft-whisper", "rain", "brown-noise"),
        colour="#6c5b7b",
    )
    brush = Friction(
        strokes=30,
        length_s=(1.0, 2.1),
        rub_tone_db=((80, -14), (250, -2), (600, 0), (1400, -4), (3000, -13), (7000, -26), (14000, -40)),
        brightening_db=4.0,
        loudness_of_speed=1.1,
        tremor=0.18,
        roughness=0.3,
        catch_per_s=420.0,
        catch_db=-6.0,
        catch_hz=(700.0, 3400.0),
        catch_tail=2.2,
        tone_db=((60, -4), (150, 0), (2500, 0), (5000, -6), (9000, -10), (16000, -20)),
    )
    return Recipe(facts, _STROKES, brush, friction.render, seed=31)


def _hair() -> Recipe:
    facts = Facts(
        id="hair-brushing",
        name="Hair brushing",
        family="brushing",
        synonyms=("hair", "hairbrush", "brushing hair", "brush hair"),
        description="Long strokes of a bristle brush through long hair, behind you and beside you.",
        evidence=BRUSHING[0],
        source=BRUSHING[1],
        goes_with=("comb", "soft-whisper", "rain-window"),
        colour="#7a5466",
    )
    brush = Friction(
        length_s=(1.1, 2.0),
        reaches=(1, 1),
        rub_tone_db=((100, -20), (300, -7), (900, 0), (2200, -2), (4500, -10), (9000, -22), (15000, -34)),
        brightening_db=6.0,
        tremor=0.22,
        roughness=0.5,
        catch_per_s=260.0,
        catch_db=-1.0,
        catch_hz=(900.0, 4000.0),
        catch_decay_s=0.0016,
        catch_tail=1.5,
        spread_db=3.0,
    )
    play = Pattern(2.4, 0.5, 6.0, 1.4, 2.0, (-170.0, 170.0), (0.14, 0.26), apart=True)
    return Recipe(facts, play, brush, friction.render, seed=32)


def _fabric() -> Recipe:
    facts = Facts(
        id="fabric-scratching",
        name="Fabric scratching",
        family="brushing",
        synonyms=("fabric", "cloth scratching", "scratching", "jeans", "cushion", "pillow scratching"),
        description="Fingernails over a woven cushion, short strokes to and fro.",
        evidence=SCRATCHING[0],
        source=SCRATCHING[1],
        goes_with=("breathing", "fan", "soft-whisper"),
        colour="#5f6b7a",
    )
    weave = Friction(
        strokes=32,
        length_s=(0.28, 0.6),
        reaches=(2, 4),
        rub_tone_db=((100, -16), (350, -3), (900, 0), (2000, -4), (4000, -12), (8000, -24), (15000, -38)),
        tremor=0.3,
        roughness=0.55,
        catch_per_s=190.0,
        catch_db=1.0,
        catch_hz=(500.0, 2600.0),
        catch_decay_s=0.003,
        catch_tail=2.0,
        spread_db=4.0,
    )
    return Recipe(
        facts,
        Pattern(1.9, 0.5, 5.0, 1.5, 2.0, (-80.0, 80.0), (0.15, 0.35), apart=True),
        weave,
        friction.render,
        33,
    )


def _sandpaper() -> Recipe:
    facts = Facts(
        id="sandpaper",
        name="Soft sandpaper",
        family="brushing",
        synonyms=("sanding", "sand paper", "rough", "emery", "wood sanding"),
        description="Very fine sandpaper over soft wood, slow and even, a little to the side.",
        evidence=SCRATCHING[0],
        source=SCRATCHING[1],
        goes_with=("wood-tapping", "fire", "pencil"),
        colour="#806b4f",
    )
    paper = Friction(
        length_s=(0.55, 1.1),
        reaches=(1, 3),
        rub_tone_db=((120, -22), (400, -8), (1200, 0), (3000, -2), (6000, -9), (11000, -17), (16000, -28)),
        brightening_db=5.0,
        roughness=0.42,
        catch_per_s=650.0,
        catch_db=-5.0,
        catch_hz=(1400.0, 5200.0),
        catch_decay_s=0.001,
        catch_tail=1.9,
        body_hz=(310.0, 720.0),
        tone_db=((60, -8), (200, 0), (2800, 0), (5000, -7), (9000, -11), (16000, -20)),
    )
    return Recipe(facts, _STROKES, paper, friction.render, seed=34)


def _chalk() -> Recipe:
    facts = Facts(
        id="chalk",
        name="Chalk on a board",
        family="brushing",
        synonyms=("chalkboard", "blackboard", "writing with chalk", "chalk drawing"),
        description="Soft chalk writes on slate: strokes, dots, a longer line. It never squeaks.",
        evidence=SCRATCHING[0],
        source=SCRATCHING[1],
        goes_with=("pencil", "clock", "rain-window"),
        colour="#5d6d62",
    )
    chalk = Friction(
        strokes=36,
        length_s=(0.1, 0.36),
        reaches=(1, 4),
        rub_tone_db=((150, -22), (500, -7), (1100, 0), (2400, -3), (4500, -10), (9000, -20), (15000, -32)),
        brightening_db=4.0,
        loudness_of_speed=0.8,
        tremor=0.35,
        roughness=0.75,
        catch_per_s=300.0,
        catch_db=-1.0,
        catch_hz=(800.0, 3600.0),
        catch_decay_s=0.0018,
        catch_tail=1.5,
        body_hz=(190.0, 430.0, 910.0),
        spread_db=6.0,
        quiet=Quiet(level_db=-46.0),
    )
    return Recipe(facts, _SHORT, chalk, friction.render, seed=35)
