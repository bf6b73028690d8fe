"""Every sentence a person reads: locale files (TOML) as checked templates, filled by the locale's rules."""

import string
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Self

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_skeleton
from babel.lists import format_list
from babel.units import format_unit

from bot.core.errors import ContentError

FALLBACK = "en-US"
_PLURALS = frozenset({"zero", "one", "two", "few", "many", "other"})
_FORMATTER = string.Formatter()

Template = str | Mapping[str, str]
"""One sentence, or one a plural category; the category is chosen by the value named `count`."""


@dataclass(frozen=True, slots=True)
class _Speech:
    """One locale: its file's templates by dotted key, and Babel's rules for it."""

    rules: Locale
    templates: Mapping[str, Template]

    def fill(self, template: Template, values: Mapping[str, object]) -> str:
        if not isinstance(template, str):
            template = template.get(self._category(values["count"]), template["other"])
        return template.format_map({name: self._spoken(value) for name, value in values.items()})

    def _category(self, count: object) -> str:
        if not isinstance(count, int):
            raise TypeError(f"count must be a whole number, not {count!r}")
        return str(self.rules.plural_form(count))

    def _spoken(self, value: object) -> object:
        match value:
            case timedelta():
                return _duration(value, self.rules)
            case datetime():
                return _Instant(value)
            case date():
                return format_skeleton("yMMMM", value, locale=self.rules)
            case tuple() | list():
                return format_list([str(item) for item in value], locale=self.rules)
            case _:
                return value


@dataclass(frozen=True, slots=True)
class _Instant:
    """A moment as Discord shows it in the reader's own zone; the format spec is Discord's style letter."""

    at: datetime

    def __format__(self, style: str) -> str:
        return f"<t:{int(self.at.timestamp())}:{style or 'f'}>"


class Texts:
    """The sentences of all locales.

    A value that is a timedelta is spoken as a duration ("45 minutes"), a datetime becomes a Discord timestamp
    (`{ends_at:t}`), a date its month ("June 2026"), a tuple a list ("rain and waves"); everything else is put
    in as it is.
    """

    def __init__(self, speeches: Mapping[str, _Speech]) -> None:
        self._speeches = speeches

    @classmethod
    def load(cls, root: Traversable | None = None) -> Self:
        """Read `<discord-tag>.toml` files from `root` (the shipped locales unless given).

        Raises ContentError naming the file and the key.
        """
        folder = root or files("bot.content") / "locales"
        speeches = {
            path.name.removesuffix(".toml"): _read(path)
            for path in sorted(folder.iterdir(), key=lambda p: p.name)
            if path.name.endswith(".toml")
        }
        if FALLBACK not in speeches:
            raise ContentError(f"{FALLBACK}.toml is missing: every other language falls back to it")
        return cls(speeches)

    @property
    def locales(self) -> tuple[str, ...]:
        return tuple(self._speeches)

    def templates(self, locale: str = FALLBACK) -> Mapping[str, Template]:
        """Return one file's templates by dotted key, without fallback."""
        return self._speeches[locale].templates

    def get(self, key: str, locale: str = FALLBACK, /, **values: object) -> str:
        """Return the sentence in the locale (Discord's tag) or in English.

        Raises KeyError for a key that no file has, or when the sentence needs a value that is not given.
        """
        for tag in (locale, self._same_language(locale), FALLBACK):
            speech = self._speeches.get(tag)
            if speech is not None and key in speech.templates:
                return speech.fill(speech.templates[key], values)
        raise KeyError(key)

    def has(self, key: str) -> bool:
        return key in self._speeches[FALLBACK].templates

    def translations(self, key: str) -> dict[str, str]:
        """Return a value-less sentence in every locale but English that has it, by Discord's tag."""
        return {
            tag: speech.fill(speech.templates[key], {})
            for tag, speech in self._speeches.items()
            if tag != FALLBACK and key in speech.templates
        }

    def _same_language(self, locale: str) -> str:
        language = locale.partition("-")[0]
        return next((tag for tag in self._speeches if tag.partition("-")[0] == language), FALLBACK)


def _duration(span: timedelta, rules: Locale) -> str:
    minutes = round(span.total_seconds() / 60)
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(format_unit(hours, "duration-hour", locale=rules))
    if rest or not hours:
        parts.append(format_unit(rest, "duration-minute", locale=rules))
    return format_list(parts, style="unit", locale=rules)


def _read(path: Traversable) -> _Speech:
    try:
        rules = Locale.parse(path.name.removesuffix(".toml"), sep="-")
    except (UnknownLocaleError, ValueError):
        raise ContentError(f"{path.name}: the file's name is no language tag") from None
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"{path.name}: not valid TOML: {error}") from None
    return _Speech(rules, dict(_flatten(path.name, "", tables)))


def _flatten(file: str, key: str, node: Mapping[str, object]) -> Iterator[tuple[str, Template]]:
    for name, value in node.items():
        dotted = f"{key}.{name}" if key else name
        if isinstance(value, str):
            yield dotted, _checked(file, dotted, value)
        elif isinstance(value, Mapping) and "other" in value:
            yield dotted, _checked_plural(file, dotted, value)
        elif isinstance(value, Mapping):
            yield from _flatten(file, dotted, value)
        else:
            raise ContentError(f"{file}: {dotted}: expected a sentence, not {value!r}")


def _checked_plural(file: str, key: str, forms: Mapping[str, object]) -> Mapping[str, str]:
    if not forms.keys() <= _PLURALS:
        raise ContentError(f"{file}: {key}: plural forms are {', '.join(sorted(_PLURALS))}")
    return {form: _checked(file, f"{key}.{form}", text) for form, text in forms.items()}


def _checked(file: str, key: str, text: object) -> str:
    """Let only plain names into the braces: a locale file is content, never code."""
    if not isinstance(text, str) or not text.strip():
        raise ContentError(f"{file}: {key}: expected a sentence, not {text!r}")
    try:
        fields = [(name, conversion) for _, name, _, conversion in _FORMATTER.parse(text) if name is not None]
    except ValueError as error:
        raise ContentError(f"{file}: {key}: {error}") from None
    for name, conversion in fields:
        if not name.isidentifier() or conversion is not None:
            raise ContentError(f"{file}: {key}: {{{name}}} must be a plain name")
    return text
