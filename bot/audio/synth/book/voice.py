"""Voice: whispers of our own making, soft sounds, breath. No mouth sounds."""

from bot.audio.synth import body, whispers
from bot.audio.synth.body import Breathing
from bot.audio.synth.book.evidence import HOME, WHISPER
from bot.audio.synth.recipe import Facts, Pattern, Recipe
from bot.audio.synth.whispers import Clicks, Lines, Nonsense
from bot.content.whispered import whispered_lines

_NEAR = (-95.0, 95.0)


def recipes() -> tuple[Recipe, ...]:
    return (_whisper(), _words(), _counting(), _gentle(), _practice(), _clicks(), _breathing())


def _whisper() -> Recipe:
    facts = Facts(
        id="soft-whisper",
        name="Inaudible whisper",
        family="voice",
        synonyms=("whisper", "whispering", "unintelligible whisper", "inaudible", "gibberish", "mumbling"),
        description="Somebody whispers very near, in no language. There is nothing to understand.",
        evidence=WHISPER[0],
        source=WHISPER[1],
        goes_with=("mic-brush", "rain", "finger-flutters"),
        colour="#6a5f80",
    )
    play = Pattern(3.4, 0.5, 5.0, 1.8, 1.5, _NEAR, (0.11, 0.2), apart=True, pass_s=13.0, speed_spread=0.02)
    return Recipe(facts, play, Nonsense(), whispers.render_nonsense, seed=101)


def _words() -> Recipe:
    facts = Facts(
        id="whispered-words",
        name="Whispered words",
        family="voice",
        synonyms=("trigger words", "words", "tingly words", "word whisper"),
        description="Single soft words, one at a time: tickle, feather, coconut. Made by rule, not spoken.",
        evidence=WHISPER[0],
        source=WHISPER[1],
        goes_with=("soft-whisper", "sk-tk", "rain-light"),
        colour="#745f7d",
    )
    lines = tuple(line.sounds for line in whispered_lines()["words"])
    play = Pattern(2.4, 0.5, 5.0, 2.0, 1.5, _NEAR, (0.12, 0.25), apart=True, speed_spread=0.02)
    return Recipe(facts, play, Lines(lines), whispers.render_lines, seed=102)


def _counting() -> Recipe:
    facts = Facts(
        id="counting",
        name="Whispered counting",
        family="voice",
        synonyms=("counting", "numbers", "count", "countdown", "counting sheep"),
        description="Numbers, whispered slowly, a few at a time, up and down.",
        evidence=WHISPER[0],
        source=WHISPER[1],
        goes_with=("waves", "breathing", "clock"),
        colour="#5f6682",
    )
    numbers = [line.sounds for line in whispered_lines()["numbers"]]
    runs = [numbers[first : first + 5] for first in (0, 5, 10, 15, 2, 7, 12)]
    runs += [run[::-1] for run in runs[:5]]
    lines = tuple(tuple(sound for number in run for sound in (*number, "|"))[:-1] for run in runs)
    play = Pattern(9.0, 0.4, 4.0, 2.5, 1.0, (-60.0, 60.0), (0.14, 0.3), apart=True, speed_spread=0.02)
    return Recipe(facts, play, Lines(lines, rest_s=1.1), whispers.render_lines, seed=103)


def _gentle() -> Recipe:
    facts = Facts(
        id="gentle-lines",
        name="Whispered gentle lines",
        family="voice",
        synonyms=("kind words", "gentle words", "affirmations", "bedtime whisper", "comfort"),
        description="Short quiet lines with long rests between. They promise nothing and ask for nothing.",
        evidence=WHISPER[0],
        source=WHISPER[1],
        goes_with=("rain", "fire", "brown-noise"),
        colour="#7d6275",
    )
    lines = tuple(line.sounds for line in whispered_lines()["gentle"])
    play = Pattern(7.5, 0.5, 3.0, 5.0, 1.0, (-60.0, 60.0), (0.14, 0.28), apart=True, speed_spread=0.02)
    return Recipe(facts, play, Lines(lines), whispers.render_lines, seed=104)


def _practice() -> Recipe:
    facts = Facts(
        id="practice-lines",
        name="Whispered practice",
        family="voice",
        synonyms=("guided whisper", "relaxation", "body scan", "breathe in", "meditation whisper"),
        description="Short lines from a practice, far apart: breathe in, rest your hands, once more.",
        evidence=WHISPER[0],
        source=WHISPER[1],
        goes_with=("breathing", "singing-bowl", "waves"),
        colour="#5d7079",
    )
    lines = tuple(line.sounds for line in whispered_lines()["practice"])
    play = Pattern(9.0, 0.5, 3.0, 5.0, 1.0, (-45.0, 45.0), (0.16, 0.3), apart=True, speed_spread=0.02)
    return Recipe(facts, play, Lines(lines), whispers.render_lines, seed=105)


def _clicks() -> Recipe:
    facts = Facts(
        id="sk-tk",
        name="Soft sk and tk",
        family="voice",
        synonyms=("sk", "tk", "sksk", "tktk", "stipple", "soft sounds", "tongue-free sounds"),
        description="Sk, sk. Tk, tk, tk. Light consonants by the ear, without a mouth in them.",
        evidence=WHISPER[0],
        source=WHISPER[1],
        goes_with=("soft-whisper", "nails-on-plastic", "finger-flutters"),
        colour="#6f6a80",
    )
    play = Pattern(1.9, 0.5, 6.0, 1.5, 2.0, _NEAR, (0.12, 0.25), apart=True, pass_s=11.0, speed_spread=0.03)
    return Recipe(facts, play, Clicks(), whispers.render_clicks, seed=106)


def _breathing() -> Recipe:
    facts = Facts(
        id="breathing",
        name="Breathing beside you",
        family="voice",
        synonyms=("breath", "slow breathing", "sleeping breath", "somebody asleep"),
        description="Somebody sleeps beside you: in, a little pause, longer out. Ten breaths a minute.",
        evidence=HOME[0],
        source=HOME[1],
        goes_with=("heartbeat", "fan", "waves"),
        colour="#60707a",
    )
    play = Pattern(6.0, 0.06, 20.0, 0.0, 1.0, (38.0, 46.0), (0.3, 0.4), apart=True, speed_spread=0.03)
    return Recipe(facts, play, Breathing(), body.render_breathing, seed=107)
