"""Which scale a message is read on."""

import pytest

from bot.support.concepts import Concepts
from bot.support.languages import OTHER, Languages
from bot.support.normalise import normalise

LANGUAGES = Languages.load(Concepts.load())


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("i cannot sleep and it is late", "en"),
        ("hoy no puedo con todo esto", "es"),
        ("je suis fatigué et c'est tard", "fr"),
        ("ich bin müde und es ist spät", "de"),
        ("não tô bem hoje, minha cabeça dói", "pt"),
        ("mujhe neend nahi aa rahi hai", "hi"),
        ("मुझे नींद नहीं आ रही", "hi"),
        ("眠れない", "ja"),
        ("مش قادر أنام", "ar"),
        ("ana mesh 3aref anam", "ar"),
        ("qwrt", OTHER),
        ("", OTHER),
    ],
)
def test_a_message_is_read_on_its_languages_scale(text: str, language: str):
    assert LANGUAGES.language(normalise(text)) == language
