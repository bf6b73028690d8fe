"""Manifests as text: TOML a person can read, the same text for the same trigger."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from bot.audio.library import Trigger

_HEAD: Final = (
    "# Written by `./hush sounds build` from bot/audio/synth/recipes.py: change it there and build again."
)


def manifest_text(trigger: Trigger) -> str:
    """Write the manifest that `Library.load` reads back as an equal trigger."""
    fields = trigger.model_dump(exclude_none=True)
    return "\n".join((_HEAD, *_lines(fields, table=""))) + "\n"


def _lines(fields: Mapping[str, object], table: str) -> Iterator[str]:
    tables = {key: value for key, value in fields.items() if isinstance(value, dict) and not _is_short(value)}
    for key, value in fields.items():
        if key not in tables:
            yield f"{key} = {_value(value)}"
    for key, value in tables.items():
        name = f"{table}.{key}" if table else key
        yield from ("", f"[{name}]", *_lines(value, name))


def _is_short(fields: Mapping[str, object]) -> bool:
    """Whether a table fits into one line."""
    return len(fields) <= 2 and all(isinstance(value, int) for value in fields.values())


def _value(value: object) -> str:
    match value:
        case dict():
            return "{ " + ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) + " }"
        case [dict(), *_]:
            return "[\n" + "".join(f"  {_value(item)},\n" for item in value) + "]"
        case list() | tuple():
            return "[" + ", ".join(_value(item) for item in value) + "]"
        case str() | int() | float():
            # JSON's strings, numbers and booleans are TOML's.
            return json.dumps(value, ensure_ascii=False)
        case _:
            raise TypeError(f"a manifest holds no {type(value).__name__}")
