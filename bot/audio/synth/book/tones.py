"""Tones and noise."""

from bot.audio.synth import body, metal, texture
from bot.audio.synth.body import Heart, Purr
from bot.audio.synth.book.evidence import HOME, LOW, STEADY
from bot.audio.synth.metal import Bowl, Chimes
from bot.audio.synth.noise import Curve
from bot.audio.synth.recipe import Facts, Grains, Pattern, Recipe
from bot.audio.synth.texture import Hiss, Texture

_STEADY = Grains((27.0, 30.0), 5.0)
_WIDE: Curve = ((60, 0.9), (200, 0.75), (1000, 0.6), (4000, 0.4), (12000, 0.25))

WHITE: Curve = ((30, -12), (60, 0), (5000, 0), (9000, -1.5), (16000, -6))
PINK: Curve = ((30, 9), (60, 12.2), (1000, 0), (4000, -6), (8000, -10), (16000, -16))
BROWN: Curve = ((25, 12), (45, 22), (90, 18), (1000, 0), (2000, -6), (4000, -13), (8000, -22), (16000, -34))
GREY: Curve = (
    (31, 20), (63, 19), (125, 13), (250, 7), (500, 2), (1000, 0), (2000, -1), (3150, -4), (4000, -3.5),
    (6300, 3), (8000, 6), (12500, 4), (16000, -4),
)  # fmt: skip
"""Equally loud everywhere: the 40 to 60 phon contours of ISO 226 against 1 kHz, softened at both ends."""


def recipes() -> tuple[Recipe, ...]:
    return (_white(), _pink(), _brown(), _grey(), _bowl(), _chimes(), _heart(), _purr())


def _noise(curve: Curve) -> Texture:
    return Texture(60.0, hisses=(Hiss(0.0, curve, _WIDE),))


def _white() -> Recipe:
    facts = Facts(
        id="white-noise",
        name="White noise",
        family="tones",
        synonyms=("white", "static", "hiss", "noise"),
        description="Even noise, bright and plain. It covers what goes on outside.",
        evidence=STEADY[0],
        source=STEADY[1],
        goes_with=("rain", "fan", "heartbeat"),
        colour="#6a6f78",
    )
    return Recipe(facts, _STEADY, _noise(WHITE), texture.bed, seed=91, bitrate=112_000)


def _pink() -> Recipe:
    facts = Facts(
        id="pink-noise",
        name="Pink noise",
        family="tones",
        synonyms=("pink", "soft noise", "balanced noise"),
        description="Softer than white: as much in every octave, like steady rain without drops.",
        evidence=STEADY[0],
        source=STEADY[1],
        goes_with=("waves", "mic-brush", "heartbeat"),
        colour="#7d636e",
    )
    return Recipe(facts, _STEADY, _noise(PINK), texture.bed, seed=92)


def _brown() -> Recipe:
    facts = Facts(
        id="brown-noise",
        name="Brown noise",
        family="tones",
        synonyms=("brown", "red noise", "deep noise", "low noise", "rumble"),
        description="Deep and dark, like a waterfall behind a hill.",
        evidence=STEADY[0],
        source=STEADY[1],
        goes_with=("cork-tapping", "cotton", "cat-purr"),
        colour="#6b5340",
    )
    return Recipe(facts, _STEADY, _noise(BROWN), texture.bed, seed=93, bitrate=80_000)


def _grey() -> Recipe:
    facts = Facts(
        id="grey-noise",
        name="Grey noise",
        family="tones",
        synonyms=("grey", "gray noise", "gray", "equal loudness"),
        description="Noise shaped to the ear, equally loud from low to high.",
        evidence=STEADY[0],
        source=STEADY[1],
        goes_with=("fan", "cabin", "breathing"),
        colour="#62656b",
    )
    return Recipe(facts, _STEADY, _noise(GREY), texture.bed, seed=94)


def _bowl() -> Recipe:
    facts = Facts(
        id="singing-bowl",
        name="Singing bowl",
        family="tones",
        synonyms=("tibetan bowl", "bowl", "meditation bowl", "gong", "bell"),
        description="A bronze bowl, struck softly and left to ring until it is gone.",
        evidence=LOW[0],
        source=LOW[1],
        goes_with=("breathing", "hand-whooshes", "stream"),
        colour="#7f7040",
    )
    return Recipe(
        facts,
        Pattern(13.0, 0.5, 5.0, 4.0, 2.0, (-20.0, 20.0), (0.6, 1.2), speed_spread=0.004),
        Bowl(),
        metal.render_bowl,
        95,
    )


def _chimes() -> Recipe:
    facts = Facts(
        id="chimes",
        name="Wind chimes",
        family="tones",
        synonyms=("wind chime", "chime", "bells", "porch"),
        description="Low metal chimes on a porch, moved by a light wind.",
        evidence=HOME[0],
        source=HOME[1],
        goes_with=("wind-leaves", "dawn-birds", "waves"),
        colour="#5f7f7a",
    )
    play = Pattern(2.2, 0.9, 4.0, 5.0, 4.0, (-60.0, 60.0), (1.5, 3.0), speed_spread=0.002)
    return Recipe(facts, play, Chimes(), metal.render_chimes, seed=96)


def _heart() -> Recipe:
    facts = Facts(
        id="heartbeat",
        name="Heartbeat",
        family="tones",
        synonyms=("heart", "heart beat", "pulse", "womb"),
        description="A calm heart, as with an ear on somebody's chest. About 58 beats a minute.",
        evidence=HOME[0],
        source=HOME[1],
        goes_with=("breathing", "waves", "brown-noise"),
        colour="#7c4f55",
    )
    play = Pattern(1.03, 0.05, 30.0, 0.0, 1.0, (-4.0, 4.0), (0.5, 0.55), speed_spread=0.02)
    return Recipe(facts, play, Heart(), body.render_heart, seed=97)


def _purr() -> Recipe:
    facts = Facts(
        id="cat-purr",
        name="Purring cat",
        family="tones",
        synonyms=("cat", "purr", "purring", "kitten"),
        description="A cat asleep on your chest, purring in and out.",
        evidence=HOME[0],
        source=HOME[1],
        goes_with=("fire", "rain", "brown-noise"),
        colour="#80664d",
        texture_class="purr",
    )
    return Recipe(facts, Grains((18.0, 30.0), 1.5), Purr(), body.render_purr, seed=98)
