import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import discord
import pytest

from bot.audio.library import Library
from bot.content.texts import FALLBACK, Texts
from bot.core.errors import ContentError

ROOT = Path(__file__).parents[2]
SPOKEN_BY = (
    "bot/audio/code.py",
    "bot/gateway",
    "bot/playback",
    "bot/reminders",
    "bot/support",
    "bot/privacy",
    "bot/care",
    "bot/discovery",
    "cogs",
)
BY_CONTENT = (
    "sound.family.",
    "library.button.",
    "library.empty.",
    "mixer.button.",
    "mixer.place.",
    "sound.evidence.",
    "bedtime.line.",
    "therapy.evidence.",
    "morning.fell_asleep.",
    "morning.woke.",
    "morning.quality.",
    *(f"support.{part}." for part in ("audience", "barrier", "button", "concern", "kinds", "number")),
    "feeling.name.",
    "pair.reason.",
    "guide.end.",
    "guide.felt.",
    "guide.button.",
    "guide.picture.",
    "discover.which.",
    "sounds.import.",
    "sounds.note.",
    *(f"checkin.{part}." for part in ("question", "calm", "energy", "mood")),
)
"""Keys that content asks for, not code."""
CHOSEN_ON_THE_CARD = {"ar"}
"""Discord's own interface has no Arabic, so nothing about commands may be in it."""
KEY = re.compile(r'"((?:[a-z_]+\.){2}[a-z_-]+)"')


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts.load()


@pytest.fixture(scope="module")
def keys_in_code() -> set[str]:
    sources = [
        path
        for room in SPOKEN_BY
        for path in ([ROOT / room] if room.endswith(".py") else (ROOT / room).rglob("*.py"))
    ]
    found = {key for path in sources for key in KEY.findall(path.read_text(encoding="utf-8"))}
    return {key for key in found if not key.startswith("bot.")}  # the names of our own modules


def locale_file(folder: Path, text: str, tag: str = FALLBACK) -> Path:
    (folder / f"{tag}.toml").write_text(text, encoding="utf-8")
    return folder


def test_no_key_is_missing(texts: Texts, keys_in_code: set[str]) -> None:
    assert keys_in_code, "the pattern finds nothing"
    assert keys_in_code - set(texts.templates()) == set()


def test_no_key_is_unused(texts: Texts, keys_in_code: set[str]) -> None:
    unused = set(texts.templates()) - keys_in_code
    assert {key for key in unused if not key.startswith(BY_CONTENT)} == set()


def test_every_family_and_evidence_label_of_the_library_has_a_name(texts: Texts) -> None:
    sounds = Library.load().triggers.values()
    assert all(texts.has(f"sound.family.{sound.family}") for sound in sounds)
    assert all(texts.has(f"sound.evidence.{sound.evidence}") for sound in sounds)


@pytest.mark.parametrize("locale", Texts.load().locales)
def test_nothing_is_too_long_for_discord(texts: Texts, locale: str) -> None:
    for key, template in texts.templates(locale).items():
        forms = [template] if isinstance(template, str) else list(template.values())
        limit = 100 if ".command." in key else 2000
        assert all(len(form) <= limit for form in forms), key


@pytest.mark.parametrize("locale", Texts.load().locales)
def test_every_locale_is_one_of_discords_and_adds_no_keys_of_its_own(texts: Texts, locale: str) -> None:
    assert locale in {tag.value for tag in discord.Locale} | CHOSEN_ON_THE_CARD
    assert set(texts.templates(locale)) <= set(texts.templates())


def test_what_discord_has_no_language_for_says_nothing_about_commands(texts: Texts) -> None:
    for locale in CHOSEN_ON_THE_CARD:
        assert not [key for key in texts.templates(locale) if ".command." in key]


def test_the_voice_stays_low(texts: Texts) -> None:
    for key, template in texts.templates().items():
        assert "!" not in str(template), key
        assert str(template).count("\n") <= 2, f"{key}: at most three lines"


def test_durations_lists_and_instants_are_spoken(tmp_path: Path) -> None:
    texts = Texts.load(locale_file(tmp_path, '[a.b]\nc = "{span}; {names}; {at:t} {at:R}"'))
    spoken = texts.get(
        "a.b.c",
        span=timedelta(minutes=90),
        names=("Rain", "Waves", "Wood"),
        at=datetime(2026, 11, 23, 22, 0, tzinfo=UTC),
    )
    assert spoken == "1 hour, 30 minutes; Rain, Waves, and Wood; <t:1795471200:t> <t:1795471200:R>"


@pytest.mark.parametrize(("count", "said"), [(1, "1 night"), (2, "2 nights")])
def test_plurals_follow_the_locale(tmp_path: Path, count: int, said: str) -> None:
    texts = Texts.load(
        locale_file(tmp_path, '[a.b]\nc = { one = "{count} night", other = "{count} nights" }')
    )
    assert texts.get("a.b.c", count=count) == said


def test_other_languages_speak_where_they_can_and_fall_back_where_not(tmp_path: Path) -> None:
    locale_file(tmp_path, '[a.b]\nc = "Rain"\nd = "{span}"')
    texts = Texts.load(locale_file(tmp_path, '[a.b]\nd = "{span}"', tag="pt-BR"))
    assert texts.get("a.b.d", "pt-BR", span=timedelta(minutes=2)) == "2 minutos"
    assert texts.get("a.b.c", "pt-BR") == "Rain"
    assert texts.get("a.b.c", "ja") == "Rain"
    assert texts.translations("a.b.c") == {}


def test_a_translation_reaches_discord_under_its_tag(tmp_path: Path) -> None:
    locale_file(tmp_path, '[a.b]\nc = "Rain"')
    texts = Texts.load(locale_file(tmp_path, '[a.b]\nc = "Regen"', tag="de"))
    assert texts.translations("a.b.c") == {"de": "Regen"}


def test_an_unknown_key_is_a_mistake(texts: Texts) -> None:
    with pytest.raises(KeyError):
        texts.get("no.such.key")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[a.b", "en-US.toml: not valid TOML"),
        ("[a.b]\nc = 1", "en-US.toml: a.b.c"),
        ('[a.b]\nc = ""', "en-US.toml: a.b.c"),
        ('[a.b]\nc = "{x.y}"', "a.b.c: {x.y} must be a plain name"),
        ('[a.b]\nc = "{x!r}"', "a.b.c: {x} must be a plain name"),
        ('[a.b]\nc = "{"', "en-US.toml: a.b.c"),
        ('[a.b]\nc = { other = "x", many_more = "y" }', "a.b.c: plural forms are"),
    ],
)
def test_a_wrong_locale_file_is_named(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ContentError, match=re.escape(told)):
        Texts.load(locale_file(tmp_path, text))


def test_a_file_that_is_no_language_is_named(tmp_path: Path) -> None:
    locale_file(tmp_path, '[a.b]\nc = "Rain"')
    with pytest.raises(ContentError, match=r"english_words\.toml"):
        Texts.load(locale_file(tmp_path, "", tag="english_words"))


def test_english_may_not_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="en-US"):
        Texts.load(locale_file(tmp_path, '[a.b]\nc = "Regen"', tag="de"))
