"""Water."""

from bot.audio.synth import gusts, rain, texture, water, waves
from bot.audio.synth.book import open_rain, sheltered_rain, waters
from bot.audio.synth.book.evidence import HOME, NATURE, STEADY
from bot.audio.synth.recipe import Facts, Grains, Pattern, Recipe
from bot.audio.synth.water import Drips, Pouring

_RAIN = Grains((20.0, 24.0), 4.0)


def recipes() -> tuple[Recipe, ...]:
    rains = (_rain(), _light(), _heavy(), _tent(), _window(), _leaves())
    return (*rains, _waves(), _stream(), _drips(), _bath(), _pouring())


def _rain() -> Recipe:
    facts = Facts(
        id="rain",
        name="Rain",
        family="water",
        synonyms=("rainfall", "rainy night", "steady rain", "raindrops"),
        description="Steady rain outside an open window, and now and then a drop close by, on a leaf.",
        evidence=STEADY[0],
        source=STEADY[1],
        goes_with=("wood-tapping", "thunder", "cat-purr"),
        colour="#3f6b73",
        texture_class="rain",
    )
    return Recipe(facts, _RAIN, rain.Rain(), rain.bed, seed=7, bitrate=128_000)


def _light() -> Recipe:
    facts = Facts(
        id="rain-light",
        name="Light rain",
        family="water",
        synonyms=("drizzle", "soft rain", "gentle rain", "spring rain", "sprinkle"),
        description="A little rain in a garden. Each drop can be heard, if you listen.",
        evidence=STEADY[0],
        source=STEADY[1],
        goes_with=("dawn-birds", "soft-whisper", "stream"),
        colour="#557d80",
        texture_class="rain",
    )
    return Recipe(facts, _RAIN, open_rain.LIGHT, texture.bed, seed=11, bitrate=112_000)


def _heavy() -> Recipe:
    facts = Facts(
        id="rain-heavy",
        name="Heavy rain",
        family="water",
        synonyms=("downpour", "pouring rain", "rainstorm", "shower", "monsoon"),
        description="A downpour with no wind, dense and even. It covers everything else.",
        evidence=STEADY[0],
        source=STEADY[1],
        goes_with=("thunder", "fan", "brown-noise"),
        colour="#33596b",
        texture_class="rain",
    )
    return Recipe(facts, Grains((19.0, 22.0), 4.0), open_rain.HEAVY, gusts.bed, seed=12, bitrate=128_000)


def _tent() -> Recipe:
    facts = Facts(
        id="rain-tent",
        name="Rain on a tent",
        family="water",
        synonyms=("tent", "camping", "rain on canvas", "umbrella", "rain on umbrella"),
        description="You lie dry under taut cloth, and the rain knocks softly all over it.",
        evidence=STEADY[0],
        source=STEADY[1],
        goes_with=("thunder", "fire", "crickets"),
        colour="#4c6a5f",
        texture_class="rain",
    )
    return Recipe(facts, _RAIN, sheltered_rain.TENT, texture.bed, seed=14, bitrate=112_000)


def _window() -> Recipe:
    facts = Facts(
        id="rain-window",
        name="Rain on the window",
        family="water",
        synonyms=("window", "rain on glass", "car roof", "rain indoors", "rain on car"),
        description="Rain against the pane, heard from a warm room: dark and close.",
        evidence=STEADY[0],
        source=STEADY[1],
        goes_with=("fire", "clock", "cafe"),
        colour="#465f78",
        texture_class="rain",
    )
    return Recipe(facts, _RAIN, sheltered_rain.WINDOW, texture.bed, seed=15)


def _leaves() -> Recipe:
    facts = Facts(
        id="rain-leaves",
        name="Rain on leaves",
        family="water",
        synonyms=("forest rain", "rain in the forest", "rain on trees", "jungle rain"),
        description="Rain in a wood, on broad leaves near and far, in slow gusts.",
        evidence=STEADY[0],
        source=STEADY[1],
        goes_with=("wind-leaves", "stream", "thunder"),
        colour="#4a6e54",
        texture_class="rain",
    )
    return Recipe(facts, _RAIN, open_rain.LEAVES, texture.bed, seed=16, bitrate=112_000)


def _waves() -> Recipe:
    facts = Facts(
        id="waves",
        name="Ocean waves",
        family="water",
        synonyms=("ocean", "sea", "beach", "surf", "shore", "seaside", "tide"),
        description="Slow swells on a quiet beach. They gather, break softly and slip back.",
        evidence=STEADY[0],
        source=STEADY[1],
        goes_with=("wood-tapping", "heartbeat", "chimes"),
        colour="#3d6a85",
        texture_class="waves",
    )
    return Recipe(facts, Grains((24.0, 40.0), 6.0), waves.Waves(), waves.bed, seed=18, bitrate=128_000)


def _stream() -> Recipe:
    facts = Facts(
        id="stream",
        name="Mountain stream",
        family="water",
        synonyms=("river", "brook", "creek", "running water", "babbling brook"),
        description="A small stream over stones, clear and quick.",
        evidence=NATURE[0],
        source=NATURE[1],
        goes_with=("dawn-birds", "wind-leaves", "singing-bowl"),
        colour="#4b7d78",
        texture_class="stream",
    )
    return Recipe(
        facts,
        Grains((20.0, 24.0), 4.0),
        texture.without_slow_swells(waters.STREAM),
        texture.bed,
        seed=17,
        bitrate=112_000,
    )


def _drips() -> Recipe:
    facts = Facts(
        id="drips",
        name="Water drips",
        family="water",
        synonyms=("drip", "dripping", "cave", "water drops", "droplets", "tap"),
        description="Drops fall into still water in a stone cellar, far apart, each with its own note.",
        evidence=NATURE[0],
        source=NATURE[1],
        goes_with=("stream", "brown-noise", "singing-bowl"),
        colour="#4d6f80",
    )
    play = Pattern(1.35, 0.85, 6.0, 1.6, 3.5, (-120.0, 120.0), (0.8, 2.5))
    return Recipe(facts, play, Drips(), water.render_drips, seed=18)


def _bath() -> Recipe:
    facts = Facts(
        id="bath",
        name="Warm bath",
        family="water",
        synonyms=("bathtub", "bath", "foam", "bubble bath", "tub"),
        description="A hand moves through warm water now and then; the foam settles.",
        evidence=HOME[0],
        source=HOME[1],
        goes_with=("cream", "singing-bowl", "soft-whisper"),
        colour="#6b7f88",
    )
    return Recipe(facts, Grains((19.0, 22.0), 4.0), waters.BATH, texture.bed, seed=19)


def _pouring() -> Recipe:
    facts = Facts(
        id="pouring",
        name="Pouring water",
        family="water",
        synonyms=("pour", "tea", "glass of water", "filling a glass", "water pouring"),
        description="Water is poured slowly into a glass; its note rises as it fills.",
        evidence=HOME[0],
        source=HOME[1],
        goes_with=("cloth", "clock", "page-turning"),
        colour="#5a7f8c",
    )
    play = Pattern(7.5, 0.5, 3.0, 4.0, 2.0, (-50.0, 50.0), (0.3, 0.6), apart=True)
    return Recipe(facts, play, Pouring(), water.render_pouring, seed=20)
