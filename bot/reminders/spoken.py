"""Times and weekdays as people type them: "10:30pm", "22.30", "half past ten", "weekdays", "sun-thu".

Reads English and digits. A time that could be morning or evening is taken for what a bedtime would be, and
says so, so that the answer can name it.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.core.errors import Refusal

_ONES: Final = "one two three four five six seven eight nine ten eleven twelve"
_TEENS: Final = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty"
_NUMBERS: Final = {word: number for number, word in enumerate(f"zero {_ONES} {_TEENS}".split())} | {
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "quarter": 15,
    "half": 30,
}
_NAMED: Final = {"midnight": time(0, 0), "noon": time(12, 0), "midday": time(12, 0)}
_MORNING: Final = {"am", "morning"}
_EVENING: Final = {"pm", "evening", "night", "tonight", "afternoon"}
_FILLERS: Final = {
    "at",
    "around",
    "about",
    "by",
    "roughly",
    "latest",
    "sharp",
    "in",
    "the",
    "o'clock",
    "oclock",
    "uhr",
    "h",
    "every",
    "a",
    "and",
    "minutes",
    "ish",
}

_MERIDIEM: Final = re.compile(r"\b([ap])\.?\s?m\b\.?")
_JOINED: Final = re.compile(r"(\d)(am|pm|ish)\b")
_DIGITS: Final = re.compile(r"(\d{1,2})(?:[:.h,\s](\d{2})|h)?|(\d{1,2})(\d{2})")


@dataclass(frozen=True, slots=True)
class SpokenTime:
    """A wall time. `is_guess` when the words alone would also fit twelve hours earlier or later."""

    at: time
    is_guess: bool = False


def read_time(text: str) -> SpokenTime:
    """Return the time a text means; raise Refusal, saying how to write one, when it means none."""
    words = _MERIDIEM.sub(r"\1m ", _JOINED.sub(r"\1 \2", text.casefold().replace("’", "'"))).strip(" .!,?")
    if (named := _NAMED.get(words.removeprefix("at ").strip())) is not None:
        return SpokenTime(named)
    tokens = [token for token in re.split(r"\s+|(?<=\w)-(?=\w)", words) if token]
    halves = {token for token in tokens if token in _MORNING | _EVENING}
    rest = [token for token in tokens if token not in halves and token not in _FILLERS]
    found = _from_digits(" ".join(rest)) or _from_words(rest)
    if found is None or len(halves) > 1:
        raise Refusal("bedtime.refused.time")
    hour, minute, is_plain_24h = found
    if halves:
        return SpokenTime(_in_half(hour, minute, halves.pop()))
    if is_plain_24h or hour > 12:
        return SpokenTime(_checked(hour, minute))
    return _as_bedtime(hour, minute)


def _from_digits(text: str) -> tuple[int, int, bool] | None:
    match = _DIGITS.fullmatch(text)
    if match is None:
        return None
    hour, minute = (match[1], match[2]) if match[1] else (match[3], match[4])
    return int(hour), int(minute or 0), len(hour) == 2 and hour[0] == "0"


def _from_words(words: list[str]) -> tuple[int, int, bool] | None:
    """Read "ten", "ten thirty", "half past ten", "quarter to eleven", "twenty to 11"."""
    if len(words) == 2 and words[0] == "half":  # as the British say it
        words = ["half", "past", words[1]]
    for joint, sign in (("past", 1), ("after", 1), ("to", -1), ("before", -1)):
        if joint in words:
            split = words.index(joint)
            minutes, hour = _number(words[:split]), _number(words[split + 1 :])
            if minutes is None or hour is None or not 0 < minutes < 60:
                return None
            total = hour * 60 + sign * minutes
            return total // 60 % 24, total % 60, False
    for split in range(len(words), 0, -1):
        hour, minutes = _number(words[:split]), _number(words[split:]) if words[split:] else 0
        if hour is not None and minutes is not None and hour < 24 and minutes < 60:
            return hour, minutes, False
    return None


def _number(words: list[str]) -> int | None:
    """Return a number of one or two words ("twenty five"), or of digits."""
    values = [int(word) if word.isdecimal() else _NUMBERS.get(word) for word in words]
    match values:
        case [int(value)]:
            return value
        case [int(tens), int(ones)] if tens in (20, 30, 40, 50) and 0 < ones < 10:
            return tens + ones
        case _:
            return None


def _in_half(hour: int, minute: int, half: str) -> time:
    if hour > 12 or hour == 0:
        return _checked(hour, minute)
    small_hours = half in ("night", "tonight") and (hour < 6 or hour == 12)
    return _checked(hour % 12 + (12 if half in _EVENING and not small_hours else 0), minute)


def _as_bedtime(hour: int, minute: int) -> SpokenTime:
    """Six to half past eleven is the evening, twelve to five the night."""
    if 6 <= hour < 12:
        return SpokenTime(_checked(hour + 12, minute), is_guess=True)
    return SpokenTime(_checked(hour % 12, minute), is_guess=hour != 0)


def _checked(hour: int, minute: int) -> time:
    if hour == 24 and minute == 0:
        hour = 0
    if hour > 23 or minute > 59:
        raise Refusal("bedtime.refused.time")
    return time(hour, minute)


_DAY_NAMES: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_GROUPS: Final = {
    "every day": frozenset(range(1, 8)),
    "all week": frozenset(range(1, 8)),
    "everyday": frozenset(range(1, 8)),
    "every night": frozenset(range(1, 8)),
    "every evening": frozenset(range(1, 8)),
    "daily": frozenset(range(1, 8)),
    "always": frozenset(range(1, 8)),
    "all": frozenset(range(1, 8)),
    "all days": frozenset(range(1, 8)),
    "weekdays": frozenset(range(1, 6)),
    "weekday": frozenset(range(1, 6)),
    "workdays": frozenset(range(1, 6)),
    "work days": frozenset(range(1, 6)),
    "m-f": frozenset(range(1, 6)),
    "weekends": frozenset({6, 7}),
    "weekend": frozenset({6, 7}),
    "the weekend": frozenset({6, 7}),
    "school nights": frozenset({7, 1, 2, 3, 4}),
    "work nights": frozenset({7, 1, 2, 3, 4}),
    "weeknights": frozenset({7, 1, 2, 3, 4}),
}
_RANGE: Final = re.compile(r"([a-z]+)\s*(?:-|–|—|\bto\b|\btill\b|\buntil\b|\bthrough\b|\bthru\b)\s*([a-z]+)")
_EXCEPT: Final = re.compile(r"\b(?:except|but not|but|not|without)\b")
_AND: Final = re.compile(r"[\s,;/+&]+|\band\b|\bon\b")


def read_days(text: str) -> frozenset[int]:
    """Return the ISO weekdays a text means, 1 is Monday; raise Refusal, saying how, when it means none."""
    wanted, *unwanted = _EXCEPT.split(text.casefold().strip())
    days = _days(wanted) if wanted.strip() else frozenset(range(1, 8))
    for part in unwanted:
        days -= _days(part)
    if not days:
        raise Refusal("bedtime.refused.days")
    return days


def _days(text: str) -> frozenset[int]:
    text = text.strip()
    found: set[int] = set()
    for name in sorted(_GROUPS, key=len, reverse=True):
        if re.search(rf"\b{name}\b", text):
            found |= _GROUPS[name]
            text = re.sub(rf"\b{name}\b", " ", text)
    for first, last in _RANGE.findall(text):
        start, end = _day(first), _day(last)
        found |= {(start - 1 + step) % 7 + 1 for step in range((end - start) % 7 + 1)}
    for word in _AND.split(_RANGE.sub(" ", text)):
        if word:
            found.add(_day(word))
    return frozenset(found)


def _day(word: str) -> int:
    """Return the weekday a word begins or names in the plural: "mo", "tues", "fridays"."""
    word = word.strip(".").removesuffix("s") if len(word) > 5 else word.strip(".")
    fitting = [number for number, name in enumerate(_DAY_NAMES, 1) if len(word) > 1 and name.startswith(word)]
    if len(fitting) != 1:
        raise Refusal("bedtime.refused.days")
    return fitting[0]


_IN_DAYS: Final = re.compile(r"(?:in |for )?(\w+) (day|night|week)s?")
_DATE: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


def read_until(text: str, now: datetime, place: ZoneInfo) -> datetime:
    """Return the beginning of the day a text means ("friday", "3 days", "2026-12-24"), as an instant.

    Raises Refusal when it means none, or one that is not to come within a year.
    """
    typed = text.casefold().strip()
    today = now.astimezone(place).date()
    try:
        day = _named_day(typed, today)
    except ValueError:
        raise Refusal("bedtime.refused.until") from None
    if not timedelta(0) < day - today <= timedelta(days=366):
        raise Refusal("bedtime.refused.until")
    return datetime.combine(day, time(0), place).astimezone(UTC)


def _named_day(typed: str, today: date) -> date:
    if (match := _DATE.fullmatch(typed)) is not None:
        return date(int(match[1]), int(match[2]), int(match[3]))
    if (match := _IN_DAYS.fullmatch(typed)) is not None:
        n = 1 if match[1] in ("a", "one") else _number([match[1]])
        if n is None:
            raise Refusal("bedtime.refused.until")
        return today + timedelta(days=n * (7 if match[2] == "week" else 1))
    if typed == "tomorrow":
        return today + timedelta(days=1)
    if typed == "next week":
        return today + timedelta(days=8 - today.isoweekday())
    try:
        wanted = _day(typed.removeprefix("next ").strip())
    except Refusal:
        raise Refusal("bedtime.refused.until") from None
    return today + timedelta(days=(wanted - today.isoweekday() - 1) % 7 + 1)
