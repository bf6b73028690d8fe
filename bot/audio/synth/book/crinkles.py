"""Crinkles: paper, foil, pages, packets, leaves."""

from bot.audio.synth import crumple, pages
from bot.audio.synth.book.evidence import CRISP, CRUNCHING
from bot.audio.synth.crumple import Crumple
from bot.audio.synth.pages import Pages
from bot.audio.synth.quiet import Quiet
from bot.audio.synth.recipe import Facts, Pattern, Recipe

_SLOWLY = Pattern(
    interval_s=1.5,
    interval_cv=0.6,
    phrase_events=5.0,
    pause_s=1.8,
    gain_spread_db=3.0,
    azimuth_deg=(-75.0, 75.0),
    distance_m=(0.22, 0.5),
    apart=True,
)


def recipes() -> tuple[Recipe, ...]:
    return (_paper(), _foil(), _page_turning(), _packet(), _leaves())


def _paper() -> Recipe:
    facts = Facts(
        id="paper",
        name="Crinkling paper",
        family="crinkles",
        synonyms=("paper crinkle", "crumpling paper", "tissue paper", "gift wrap", "wrapping paper"),
        description="A sheet of thin paper, crumpled and opened again by slow hands.",
        evidence=CRISP[0],
        source=CRISP[1],
        goes_with=("page-turning", "rain", "soft-whisper"),
        colour="#7c7462",
        texture_class="paper",
    )
    sheet = Crumple(
        gestures=30,
        length_s=(0.58, 0.95),
        pushes=(1, 1),
        push_rise_s=(0.035, 0.13),
        push_fall_s=(0.1, 0.44),
        clicks_per_s=700.0,
        energy_tail=0.78,
        decades=1.96,
        aftershocks=0.44,
        aftershock_s=0.01,
        click_hz=(620.0, 6200.0),
        click_decay_s=0.0006,
        click_octaves=2.3,
        ring=0.3,
        rustle_db=-13.6,
        rustle_tone_db=((200, -24), (800, -10), (2000, -2), (4000, 0), (8000, 0), (13000, -8)),
        tone_db=((60, -9), (300, -6.5), (1000, -9), (3000, -3), (5000, -8), (8000, 1.5), (13000, -23)),
        spread_db=7.3,
        quiet=Quiet(level_db=-57.5),
    )
    play = Pattern(1.18, 0.4, 7.4, 0.4, 2.1, (-60.0, 60.0), (0.25, 0.5), apart=True)
    return Recipe(facts, play, sheet, crumple.render, seed=41)


def _foil() -> Recipe:
    facts = Facts(
        id="foil",
        name="Crinkling foil",
        family="crinkles",
        synonyms=("tin foil", "aluminium foil", "aluminum foil", "chocolate wrapper"),
        description="Thin foil, folded and smoothed. Fine and glittering, kept soft at the top.",
        evidence=CRISP[0],
        source=CRISP[1],
        goes_with=("paper", "packet", "fan"),
        colour="#6f7682",
    )
    sheet = Crumple(
        length_s=(0.5, 1.5),
        clicks_per_s=330.0,
        click_hz=(1100.0, 8200.0),
        click_decay_s=0.0018,
        click_octaves=2.4,
        ring=0.4,
        ring_decay_s=0.004,
        rustle_db=-18.0,
        tone_db=((60, -14), (400, 0), (2800, 0), (5000, -8), (9000, -10), (16000, -20)),
    )
    return Recipe(facts, _SLOWLY, sheet, crumple.render, seed=42)


def _page_turning() -> Recipe:
    facts = Facts(
        id="page-turning",
        name="Page turning",
        family="crinkles",
        synonyms=("pages", "book pages", "turning pages", "magazine", "reading", "library"),
        description="Somebody beside you reads, and turns a page now and then.",
        evidence=CRISP[0],
        source=CRISP[1],
        goes_with=("book-tapping", "fire", "rain-window"),
        colour="#776a55",
    )
    play = Pattern(4.2, 0.6, 4.0, 5.0, 2.5, (-70.0, 70.0), (0.3, 0.6), apart=True)
    return Recipe(facts, play, Pages(), pages.render, seed=43)


def _packet() -> Recipe:
    facts = Facts(
        id="packet",
        name="Crinkly packet",
        family="crinkles",
        synonyms=(
            "plastic wrapper",
            "chip bag",
            "crisp packet",
            "sweet wrapper",
            "cellophane",
            "plastic bag",
        ),
        description="A small stiff packet between fingertips, pressed and let go.",
        evidence=CRISP[0],
        source=CRISP[1],
        goes_with=("foil", "nails-on-plastic", "rain"),
        colour="#7a6f7f",
    )
    film = Crumple(
        length_s=(0.35, 1.2),
        pushes=(1, 3),
        push_rise_s=(0.015, 0.06),
        clicks_per_s=170.0,
        energy_tail=0.62,
        aftershocks=0.65,
        aftershock_s=0.008,
        click_hz=(900.0, 6000.0),
        click_decay_s=0.0022,
        click_octaves=2.2,
        ring=0.25,
        ring_decay_s=0.0035,
        rustle_db=-20.0,
        tone_db=((60, -14), (400, 0), (2800, 0), (5000, -7), (9000, -9), (16000, -20)),
    )
    return Recipe(
        facts,
        Pattern(1.1, 0.65, 5.0, 1.7, 3.0, (-70.0, 70.0), (0.2, 0.45), apart=True),
        film,
        crumple.render,
        44,
    )


def _leaves() -> Recipe:
    facts = Facts(
        id="dry-leaves",
        name="Dry leaves",
        family="crinkles",
        synonyms=("leaves", "autumn leaves", "crunchy leaves", "leaf crunch"),
        description="A hand goes through a heap of dry leaves, slowly, and lets them fall.",
        evidence=CRUNCHING[0],
        source=CRUNCHING[1],
        goes_with=("wind-leaves", "fire", "snow-steps"),
        colour="#80603c",
    )
    heap = Crumple(
        length_s=(0.7, 2.0),
        pushes=(2, 5),
        push_fall_s=(0.14, 0.5),
        clicks_per_s=420.0,
        energy_tail=0.8,
        decades=3.0,
        click_hz=(550.0, 5200.0),
        click_decay_s=0.0045,
        click_octaves=3.4,
        rustle_db=-8.0,
        rustle_tone_db=((150, -18), (600, -3), (1500, 0), (4000, -5), (9000, -15), (16000, -28)),
    )
    return Recipe(facts, _SLOWLY, heap, crumple.render, seed=45)
