"""What `./hush triage` does: the bot's own decision on lines of a file, and the report on unseen authors."""

import json
from collections.abc import Iterable
from importlib.util import find_spec
from typing import TextIO

from bot.core.errors import HushError
from bot.support.levels import Surface
from bot.support.triage import Triage


def triage_lines(surface: str, source: TextIO, out: TextIO, complaints: TextIO) -> int:
    """Answer each JSON line `{"id", "text"}` with `{"id", "level"}`, in order.

    A line that cannot be read gets a sentence with its number and the exit code 1; all others are answered.
    """
    triage, asked, n_broken = Triage.load(), Surface(surface), 0
    for number, line in enumerate(source, 1):
        if not line.strip():
            continue
        try:
            row = _row(line)
        except ValueError as error:
            n_broken += 1
            print(f"Line {number} was left out: {error}.", file=complaints)
            continue
        answer = {"id": row["id"], "level": triage.level(str(row["text"]), asked).word}
        print(json.dumps(answer, ensure_ascii=True), file=out, flush=True)
    return 1 if n_broken else 0


def _row(line: str) -> dict[str, object]:
    try:
        row = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        raise ValueError("it is not JSON; write one object a line") from None
    if not isinstance(row, dict) or "id" not in row or not isinstance(row.get("text"), str):
        raise ValueError('it must be an object with "id" and a "text" in quotes')
    return row


def print_report(*, curve: bool, unseen_families: bool) -> int:
    """Print the tables of docs/safety.md. Raises HushError without a checkout's corpus."""
    if find_spec("corpus") is None:
        raise HushError(
            "The report needs the corpus, which is not installed with Hush:"
            " run ./hush triage report in a checkout."
        )
    from corpus.evaluation import report  # noqa: PLC0415 - only a checkout has it

    _print_all(report(curve=curve, unseen_families=unseen_families))
    return 0


def _print_all(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, flush=True)


def utf8(stream: TextIO) -> TextIO:
    """Return the stream reading or writing UTF-8 whatever the terminal says."""
    stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[attr-defined]
    return stream
