"""Personal attention: small careful things done near the head."""

from bot.audio.synth import friction, tools
from bot.audio.synth.book.evidence import ATTENTION
from bot.audio.synth.friction import Friction
from bot.audio.synth.quiet import Quiet
from bot.audio.synth.recipe import Facts, Pattern, Recipe
from bot.audio.synth.tools import Comb, Scissors, Spray

_AROUND = (-150.0, 150.0)


def recipes() -> tuple[Recipe, ...]:
    return (_scissors(), _comb(), _spray(), _cream(), _cotton(), _cloth())


def _scissors() -> Recipe:
    facts = Facts(
        id="scissors",
        name="Scissors around the head",
        family="attention",
        synonyms=("haircut", "barber", "hairdresser", "snip", "barbershop", "hair cutting"),
        description="A careful haircut: slow snips that wander around your head.",
        evidence=ATTENTION[0],
        source=ATTENTION[1],
        goes_with=("comb", "spray-bottle", "cloth"),
        colour="#5a6a78",
    )
    return Recipe(
        facts,
        Pattern(0.95, 0.5, 5.0, 2.0, 2.5, _AROUND, (0.13, 0.28), apart=True),
        Scissors(
            tone_db=((60, -12), (200, 0), (2200, 0), (3300, -4), (5000, -12), (9000, -14), (16000, -24))
        ),
        tools.render_scissors,
        51,
    )


def _comb() -> Recipe:
    facts = Facts(
        id="comb",
        name="Comb through hair",
        family="attention",
        synonyms=("combing", "comb hair", "hair combing", "fine comb"),
        description="A comb goes through hair, tooth by tooth, from the crown down.",
        evidence=ATTENTION[0],
        source=ATTENTION[1],
        goes_with=("scissors", "hair-brushing", "spray-bottle"),
        colour="#6e5a6b",
    )
    return Recipe(
        facts,
        Pattern(2.2, 0.5, 5.0, 1.8, 2.0, _AROUND, (0.13, 0.26), apart=True),
        Comb(),
        tools.render_comb,
        52,
    )


def _spray() -> Recipe:
    facts = Facts(
        id="spray-bottle",
        name="Spray bottle",
        family="attention",
        synonyms=("spray", "mist", "water spray", "spritz"),
        description="Short, soft puffs of water mist, here and there around you, and the drops that land.",
        evidence=ATTENTION[0],
        source=ATTENTION[1],
        goes_with=("scissors", "comb", "rain-light"),
        colour="#4f6f7c",
    )
    play = Pattern(1.7, 0.55, 4.0, 3.0, 2.0, _AROUND, (0.28, 0.55), apart=True)
    return Recipe(facts, play, Spray(), tools.render_spray, seed=53)


def _cream() -> Recipe:
    facts = Facts(
        id="cream",
        name="Cream in hands",
        family="attention",
        synonyms=("lotion", "hand cream", "massage", "oil massage", "skincare"),
        description="Hands rub cream in, slow and smooth, close by.",
        evidence=ATTENTION[0],
        source=ATTENTION[1],
        goes_with=("hand-sounds", "cotton", "waves"),
        colour="#7b6a66",
    )
    slick = Friction(
        length_s=(0.5, 1.1),
        reaches=(1, 3),
        rub_tone_db=((80, -10), (250, 0), (600, -2), (1400, -8), (3000, -18), (7000, -34)),
        brightening_db=3.0,
        tremor=0.3,
        roughness=0.5,
        catch_per_s=110.0,
        catch_db=-3.0,
        catch_hz=(480.0, 2100.0),
        catch_decay_s=0.004,
        catch_tail=2.2,
        rings=True,
        quiet=Quiet(level_db=-48.0),
    )
    return Recipe(
        facts,
        Pattern(1.8, 0.5, 6.0, 1.5, 2.0, (-60.0, 60.0), (0.2, 0.4), apart=True),
        slick,
        friction.render,
        54,
    )


def _cotton() -> Recipe:
    facts = Facts(
        id="cotton",
        name="Cotton by the ear",
        family="attention",
        synonyms=("cotton pad", "cotton ball", "ear cleaning", "q-tip", "ear touching", "fluffy"),
        description="A cotton pad circles at the rim of one ear, then of the other. Soft and dark.",
        evidence=ATTENTION[0],
        source=ATTENTION[1],
        goes_with=("soft-whisper", "brown-noise", "cream"),
        colour="#6f6f7d",
    )
    pad = Friction(
        strokes=30,
        length_s=(0.5, 1.2),
        reaches=(1, 3),
        rub_tone_db=((60, -6), (150, 0), (400, -2), (900, -9), (2000, -19), (5000, -32), (12000, -46)),
        brightening_db=3.0,
        loudness_of_speed=0.9,
        tremor=0.3,
        roughness=0.45,
        catch_per_s=240.0,
        catch_db=-8.0,
        catch_hz=(400.0, 1900.0),
        catch_decay_s=0.003,
        catch_tail=2.4,
    )
    return Recipe(
        facts,
        Pattern(1.9, 0.5, 6.0, 1.2, 1.5, (-100.0, 100.0), (0.11, 0.15), apart=True),
        pad,
        friction.render,
        55,
    )


def _cloth() -> Recipe:
    facts = Facts(
        id="cloth",
        name="Cloth and towel",
        family="attention",
        synonyms=("towel", "fabric", "blanket", "sleeve", "cape", "linen", "silk"),
        description="A soft cloth is shaken out, laid around your shoulders, and smoothed.",
        evidence=ATTENTION[0],
        source=ATTENTION[1],
        goes_with=("scissors", "hand-whooshes", "fire"),
        colour="#687067",
    )
    linen = Friction(
        strokes=28,
        length_s=(0.6, 1.5),
        reaches=(1, 2),
        rub_tone_db=((70, -14), (220, -3), (600, 0), (1500, -3), (3500, -11), (8000, -24), (15000, -38)),
        brightening_db=5.0,
        loudness_of_speed=1.4,
        tremor=0.35,
        roughness=0.6,
        catch_per_s=60.0,
        catch_db=-10.0,
        catch_hz=(600.0, 3000.0),
        spread_db=6.0,
    )
    return Recipe(
        facts, Pattern(2.3, 0.6, 4.0, 2.2, 2.5, _AROUND, (0.2, 0.4), apart=True), linen, friction.render, 56
    )
