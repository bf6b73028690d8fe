"""Hand movements."""

from bot.audio.synth import friction, hands
from bot.audio.synth.book.evidence import SLOW
from bot.audio.synth.friction import Friction
from bot.audio.synth.hands import Flutters, Whooshes
from bot.audio.synth.recipe import Facts, Pattern, Recipe


def recipes() -> tuple[Recipe, ...]:
    return (_whooshes(), _flutters(), _rubbing())


def _whooshes() -> Recipe:
    facts = Facts(
        id="hand-whooshes",
        name="Slow hand passes",
        family="hands",
        synonyms=("hand movements", "whoosh", "reiki", "plucking", "air", "energy"),
        description="An open palm passes slowly by your face. Only the air it moves.",
        evidence=SLOW[0],
        source=SLOW[1],
        goes_with=("finger-flutters", "breathing", "singing-bowl"),
        colour="#66607c",
    )
    play = Pattern(3.1, 0.5, 5.0, 1.5, 2.0, (-110.0, 110.0), (0.14, 0.3), apart=True, pass_s=14.0)
    return Recipe(facts, play, Whooshes(), hands.render_whooshes, seed=61)


def _flutters() -> Recipe:
    facts = Facts(
        id="finger-flutters",
        name="Finger flutters",
        family="hands",
        synonyms=("finger fluttering", "finger movements", "fluttering", "ripple"),
        description="Fingers ripple one after another, skin on skin, first by one ear, then the other.",
        evidence=SLOW[0],
        source=SLOW[1],
        goes_with=("hand-whooshes", "hand-sounds", "soft-whisper"),
        colour="#7a6876",
    )
    play = Pattern(2.0, 0.55, 5.0, 1.4, 2.0, (-110.0, 110.0), (0.13, 0.28), apart=True, pass_s=12.0)
    return Recipe(facts, play, Flutters(), hands.render_flutters, seed=62)


def _rubbing() -> Recipe:
    facts = Facts(
        id="hand-sounds",
        name="Hand sounds",
        family="hands",
        synonyms=("hand rubbing", "rubbing hands", "dry hands", "palms", "finger rubbing"),
        description="Dry palms turn on each other, slow circles, close in front of you.",
        evidence=SLOW[0],
        source=SLOW[1],
        goes_with=("cream", "finger-flutters", "rain"),
        colour="#7f6d5f",
    )
    palms = Friction(
        strokes=30,
        length_s=(0.4, 0.9),
        reaches=(2, 4),
        rub_tone_db=((80, -14), (250, -3), (700, 0), (1600, -3), (3500, -11), (8000, -24), (15000, -38)),
        brightening_db=4.0,
        tremor=0.25,
        roughness=0.5,
        catch_per_s=120.0,
        catch_db=-9.0,
        catch_hz=(600.0, 2600.0),
        spread_db=4.0,
    )
    play = Pattern(2.6, 0.5, 5.0, 1.8, 2.0, (-50.0, 50.0), (0.18, 0.4), apart=True)
    return Recipe(facts, play, palms, friction.render, seed=63)
