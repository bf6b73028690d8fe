"""Nature and night."""

from bot.audio.synth import animals, crickets, crumple, gusts, texture, thunder
from bot.audio.synth.animals import Birds
from bot.audio.synth.book import meadow, weather
from bot.audio.synth.book.evidence import CRUNCHING, NATURE
from bot.audio.synth.crumple import Crumple
from bot.audio.synth.quiet import Quiet
from bot.audio.synth.recipe import Facts, Grains, Pattern, Recipe
from bot.audio.synth.thunder import Thunder


def recipes() -> tuple[Recipe, ...]:
    return (_wind(), _wind_leaves(), _crickets(), _fire(), _thunder(), _snow(), _birds())


def _wind() -> Recipe:
    facts = Facts(
        id="wind",
        name="Wind",
        family="nature",
        synonyms=("breeze", "windy night", "storm wind", "gusts", "winter wind"),
        description="Wind around a house at night: low, in slow gusts, never a whistle.",
        evidence=NATURE[0],
        source=NATURE[1],
        goes_with=("fire", "snow-steps", "thunder"),
        colour="#56697a",
        texture_class="wind",
    )
    return Recipe(facts, Grains((23.0, 30.0), 5.0), weather.WIND, gusts.bed, seed=71)


def _wind_leaves() -> Recipe:
    facts = Facts(
        id="wind-leaves",
        name="Wind in leaves",
        family="nature",
        synonyms=("trees", "rustling leaves", "forest", "leaves in the wind", "woods"),
        description="A light wind goes through the crowns of tall trees.",
        evidence=NATURE[0],
        source=NATURE[1],
        goes_with=("dawn-birds", "stream", "dry-leaves"),
        colour="#5b7356",
        texture_class="wind",
    )
    return Recipe(
        facts, Grains((21.0, 28.0), 5.0), weather.WIND_IN_TREES, gusts.bed, seed=72, bitrate=128_000
    )


def _crickets() -> Recipe:
    facts = Facts(
        id="crickets",
        name="Crickets",
        family="nature",
        synonyms=("cricket", "summer night", "meadow", "night insects", "cicadas"),
        description="A meadow on a warm night: many crickets far off, a few near.",
        evidence=NATURE[0],
        source=NATURE[1],
        goes_with=("stream", "fire", "wind-leaves"),
        colour="#5d6b45",
        texture_class="crickets",
    )
    return Recipe(facts, Grains((21.0, 28.0), 4.0), meadow.MEADOW, crickets.render_crickets, seed=73)


def _fire() -> Recipe:
    facts = Facts(
        id="fire",
        name="Fire",
        family="nature",
        synonyms=("campfire", "fireplace", "crackling fire", "bonfire", "hearth", "wood fire"),
        description="A wood fire burns low: a soft roar, and crackles that never come twice.",
        evidence=NATURE[0],
        source=NATURE[1],
        goes_with=("rain-window", "page-turning", "wind"),
        colour="#8a5a3c",
        texture_class="fire",
    )
    return Recipe(facts, Grains((24.0, 28.0), 4.0), weather.FIRE, texture.bed, seed=74, bitrate=112_000)


def _thunder() -> Recipe:
    facts = Facts(
        id="thunder",
        name="Distant thunder",
        family="nature",
        synonyms=("thunderstorm", "storm", "rolling thunder", "lightning"),
        description="Thunder rolls far behind the hills. It swells slowly and never cracks.",
        evidence=NATURE[0],
        source=NATURE[1],
        goes_with=("rain", "rain-tent", "wind"),
        colour="#4f5a73",
    )
    play = Pattern(21.0, 0.55, 4.0, 18.0, 3.0, (-120.0, 120.0), (6.0, 10.0), apart=True)
    return Recipe(facts, play, Thunder(lead_s=1.4, rain_db=-29.0), thunder.render, seed=75)


def _snow() -> Recipe:
    facts = Facts(
        id="snow-steps",
        name="Steps in snow",
        family="nature",
        synonyms=("snow", "footsteps", "walking in snow", "winter walk", "crunchy snow"),
        description="Unhurried steps through deep, dry snow, and a stop to look around.",
        evidence=CRUNCHING[0],
        source=CRUNCHING[1],
        goes_with=("wind", "fire", "dry-leaves"),
        colour="#6d7b88",
        texture_class="crunch",
    )
    play = Pattern(0.67, 0.1, 58.0, 1.4, 2.1, (-10.0, 10.0), (0.9, 1.6))
    return Recipe(facts, play, SNOW, crumple.render, seed=76)


SNOW = Crumple(
    gestures=36,
    length_s=(0.42, 0.58),
    pushes=(2, 2),
    push_rise_s=(0.022, 0.045),
    push_fall_s=(0.078, 0.157),
    clicks_per_s=440.0,
    energy_tail=0.78,
    decades=3.0,
    aftershocks=0.39,
    aftershock_s=0.015,
    click_hz=(425.0, 5000.0),
    click_decay_s=0.0048,
    click_octaves=3.2,
    rustle_db=-11.8,
    rustle_tone_db=((100, -14), (300, -3), (1200, 0), (2500, -4), (5000, -5), (9000, -13), (16000, -24)),
    thump_db=-8.0,
    thump_hz=(62.0, 96.0),
    spread_db=4.9,
    quiet=Quiet(level_db=-38.0),
)


def _birds() -> Recipe:
    facts = Facts(
        id="dawn-birds",
        name="Birds at dawn",
        family="nature",
        synonyms=("birds", "birdsong", "morning birds", "blackbird", "garden"),
        description="The first birds before sunrise in a quiet garden, and others answering far off.",
        evidence=NATURE[0],
        source=NATURE[1],
        goes_with=("stream", "wind-leaves", "chimes"),
        colour="#7a7a4d",
        texture_class="birds",
    )
    play = Pattern(1.6, 0.9, 8.5, 1.6, 3.7, (-160.0, 160.0), (3.0, 9.0), speed_spread=0.02)
    return Recipe(facts, play, Birds(), animals.render_birds, seed=77)
