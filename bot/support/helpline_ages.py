"""What `./hush helplines …` does: judge the age of every number, told a line each."""

from collections.abc import Iterator
from datetime import date

from babel.dates import format_skeleton

from bot.content.helpline_directory import FRESH_MONTHS, HelplineDirectory, months_between


def check_helplines(directory: HelplineDirectory, today: date) -> int:
    """Print every helpline with its age, the oldest first; return 1 when one is too old, else 0."""
    lines = sorted(directory.lines, key=lambda entry: (entry[1].checked, entry[0], entry[1].name))
    for iso, line in lines:
        age = months_between(line.checked, today)
        verdict = "ok" if line.is_fresh(today) else "check"
        print(f"{verdict:6} {iso}  {age:3} months  {line.name}: {line.site or line.source}")
    print()
    print(summary(directory, today))
    return 0 if all(line.is_fresh(today) for _, line in lines) else 1


def summary(directory: HelplineDirectory, today: date) -> str:
    """Say in a sentence how many lines there are and how many are too old."""
    old = sum(not line.is_fresh(today) for _, line in directory.lines)
    n_countries = len({iso for iso, _ in directory.lines})
    said = (
        f"emergency numbers of {len(directory.countries)} countries, {len(directory.lines)} helplines of"
        f" {n_countries}"
    )
    if not old:
        return f"{said}, all checked within {FRESH_MONTHS} months"
    return (
        f"{said}; {old} were checked more than {FRESH_MONTHS} months ago, so they are shown with their date,"
        f" below emergency number and directory (the oldest: {_oldest(directory)})"
    )


def _oldest(directory: HelplineDirectory) -> str:
    return str(format_skeleton("yMMMM", min(_dates(directory)), locale="en_US"))


def _dates(directory: HelplineDirectory) -> Iterator[date]:
    return (line.checked for _, line in directory.lines)
