"""Machines and rooms."""

from bot.audio.synth import clockwork, friction, keys, machines, murmur, texture
from bot.audio.synth.book import indoors
from bot.audio.synth.book.evidence import CRISP, HOME, STEADY
from bot.audio.synth.clockwork import Clock
from bot.audio.synth.friction import Friction
from bot.audio.synth.keys import Keyboard
from bot.audio.synth.murmur import Cafe
from bot.audio.synth.quiet import Quiet
from bot.audio.synth.recipe import Facts, Grains, Pattern, Recipe

_STEADY = Grains((27.0, 30.0), 5.0)


def recipes() -> tuple[Recipe, ...]:
    return (_fan(), _train(), _cabin(), _keyboard(), _pencil(), _clock(), _vinyl(), _washer(), _cafe())


def _fan() -> Recipe:
    facts = Facts(
        id="fan",
        name="Fan",
        family="rooms",
        synonyms=("ceiling fan", "air conditioner", "ventilation", "box fan", "hum"),
        description="A slow fan in a dark bedroom, steady all night.",
        evidence=STEADY[0],
        source=STEADY[1],
        goes_with=("rain", "brown-noise", "fabric-scratching"),
        colour="#5f6d78",
        texture_class="fan",
    )
    return Recipe(facts, _STEADY, texture.without_slow_swells(indoors.FAN), texture.bed, seed=81)


def _train() -> Recipe:
    facts = Facts(
        id="night-train",
        name="Night train",
        family="rooms",
        synonyms=("train", "sleeper train", "railway", "rails", "train journey"),
        description="A bunk in a sleeper car: the rails, the joints, and the dark going by.",
        evidence=HOME[0],
        source=HOME[1],
        goes_with=("rain-window", "cafe", "breathing"),
        colour="#5a5f6e",
        texture_class="train",
    )
    play = Pattern(1.32, 0.1, 24.0, 1.5, 2.5, (-35.0, 35.0), (0.8, 1.6))
    return Recipe(
        facts,
        play,
        machines.Train(indoors.ROLLING, rolling_db=-16.0, pace_db=2.4),
        machines.render_train,
        seed=82,
    )


def _cabin() -> Recipe:
    facts = Facts(
        id="cabin",
        name="Airliner cabin",
        family="rooms",
        synonyms=("airplane", "aeroplane", "plane", "flight", "jet", "cabin noise"),
        description="High above the clouds at night, lights down: a deep, even rush of air.",
        evidence=STEADY[0],
        source=STEADY[1],
        goes_with=("brown-noise", "page-turning", "breathing"),
        colour="#566177",
    )
    return Recipe(facts, _STEADY, texture.without_slow_swells(indoors.CABIN), texture.bed, seed=83)


def _keyboard() -> Recipe:
    facts = Facts(
        id="keyboard",
        name="Keyboard typing",
        family="rooms",
        synonyms=("typing", "keyboard", "computer", "mechanical keyboard", "office", "writing"),
        description="Somebody types at the next desk, in no hurry, with thoughts between.",
        evidence=CRISP[0],
        source=CRISP[1],
        goes_with=("rain", "cafe", "clock"),
        colour="#666a70",
        texture_class="typing",
    )
    play = Pattern(0.137, 0.65, 17.0, 1.1, 3.8, (-25.0, 25.0), (0.4, 0.65))
    return Recipe(facts, play, Keyboard(), keys.render, seed=84)


def _pencil() -> Recipe:
    facts = Facts(
        id="pencil",
        name="Pencil writing",
        family="rooms",
        synonyms=("writing", "pencil", "drawing", "sketching", "pen on paper", "homework"),
        description="A soft pencil on rough paper, a word at a time.",
        evidence=CRISP[0],
        source=CRISP[1],
        goes_with=("page-turning", "clock", "rain-window"),
        colour="#7a7052",
    )
    lead = Friction(
        strokes=34,
        length_s=(0.07, 0.22),
        reaches=(3, 9),
        rub_tone_db=((150, -20), (450, -6), (1000, 0), (2200, -1), (4500, -8), (9000, -18), (15000, -30)),
        brightening_db=4.0,
        loudness_of_speed=0.9,
        tremor=0.3,
        roughness=0.6,
        catch_per_s=350.0,
        catch_db=-4.0,
        catch_hz=(900.0, 3800.0),
        catch_decay_s=0.0014,
        catch_tail=1.7,
        body_hz=(170.0, 390.0, 820.0),
        spread_db=5.0,
        quiet=Quiet(level_db=-44.0),
    )
    return Recipe(
        facts,
        Pattern(1.25, 0.5, 6.0, 1.6, 2.0, (-35.0, 35.0), (0.35, 0.55), apart=True),
        lead,
        friction.render,
        85,
    )


def _clock() -> Recipe:
    facts = Facts(
        id="clock",
        name="Ticking clock",
        family="rooms",
        synonyms=("clock", "tick tock", "pendulum", "grandfather clock", "ticking"),
        description="An old wall clock in the next room, even and soft, tick and tock.",
        evidence=HOME[0],
        source=HOME[1],
        goes_with=("page-turning", "fire", "pencil"),
        colour="#6f6250",
        texture_class="clock",
    )
    return Recipe(
        facts,
        Pattern(2.0, 0.0, 30.0, 0.0, 0.6, (18.0, 22.0), (1.4, 1.5), speed_spread=0.0),
        Clock(),
        clockwork.render,
        86,
    )


def _vinyl() -> Recipe:
    facts = Facts(
        id="vinyl",
        name="Record after the last song",
        family="rooms",
        synonyms=("vinyl", "record player", "record crackle", "turntable", "gramophone"),
        description="The run-out groove of an old record: dust, a swish each turn, no music.",
        evidence=HOME[0],
        source=HOME[1],
        goes_with=("rain-window", "fire", "cafe"),
        colour="#5e5567",
        texture_class="vinyl",
    )
    return Recipe(facts, Grains((20.0, 24.0), 4.0), indoors.VINYL, texture.bed, seed=87)


def _washer() -> Recipe:
    facts = Facts(
        id="washing-machine",
        name="Washing machine",
        family="rooms",
        synonyms=("washer", "laundry", "dryer", "tumble", "drum"),
        description="The machine next door turns slowly, water and cloth, far from spinning.",
        evidence=HOME[0],
        source=HOME[1],
        goes_with=("fan", "brown-noise", "cloth"),
        colour="#5c7078",
    )
    play = Pattern(1.18, 0.1, 11.0, 2.2, 1.5, (-20.0, 20.0), (0.9, 1.4))
    return Recipe(
        facts,
        play,
        machines.Washer(texture.without_slow_swells(indoors.HUMMING)),
        machines.render_washer,
        seed=88,
    )


def _cafe() -> Recipe:
    facts = Facts(
        id="cafe",
        name="Café murmur",
        family="rooms",
        synonyms=("cafe", "coffee shop", "restaurant", "people talking", "crowd", "murmur"),
        description="A café across the street of sleep: voices without words, now and then a cup.",
        evidence=HOME[0],
        source=HOME[1],
        goes_with=("rain-window", "keyboard", "vinyl"),
        colour="#7a624f",
        texture_class="cafe",
    )
    play = Pattern(6.0, 0.9, 2.0, 9.0, 4.0, (-110.0, 110.0), (3.0, 7.0))
    return Recipe(facts, play, Cafe(texture.without_slow_swells(indoors.HALL)), murmur.render, seed=89)
