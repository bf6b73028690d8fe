"""The append-only log: one JSON line an event, written whole before any answer leaves.

It is the truth about this Discord: `World` is a fold over it, and it outlives the server and its clients.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

_IDS = frozenset({"bot", "recipient", "channel", "message"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One event. Absent fields are None and not written; ids are written as strings, as Discord does.

    seq: counts lines from 1. at: the server's clock, aware UTC. kind: `start` of a server, a `request`, a
    `control` call, or `answered`: the late answer to request number `request`. answered: whether the answer
    went to a client that was still there. change: what it changed in the world. repeated: the nonce was
    known, `message` is the one already there. content: only with `Behaviour.keep_contents`.
    """

    seq: int
    at: datetime
    kind: Literal["start", "request", "control", "answered"]
    route: str | None = None
    method: str | None = None
    path: str | None = None
    status: int | None = None
    code: int | None = None
    answered: bool | None = None
    bot: int | None = None
    recipient: int | None = None
    channel: int | None = None
    message: int | None = None
    nonce: str | None = None
    repeated: bool | None = None
    fault: int | None = None
    request: int | None = None
    change: str | None = None
    content_hash: str | None = None
    flags: int | None = None
    pings: tuple[str, ...] | None = None
    details: dict[str, Any] | None = None
    content: dict[str, Any] | None = None

    def to_json(self) -> bytes:
        found = {name: value for name in _NAMES if (value := getattr(self, name)) is not None}
        for name in _IDS & found.keys():
            found[name] = str(found[name])
        found["at"] = self.at.isoformat()
        return json.dumps(found, separators=(",", ":")).encode() + b"\n"

    @classmethod
    def from_json(cls, line: bytes) -> Self:
        found = json.loads(line)
        for name in _IDS & found.keys():
            found[name] = int(found[name])
        found["at"] = datetime.fromisoformat(found["at"])
        if "pings" in found:
            found["pings"] = tuple(found["pings"])
        return cls(**found)


_NAMES = tuple(field.name for field in fields(LogLine))


class DamagedLogError(Exception):
    """A line that is not the last cannot be read: the log was changed by something else."""


def read_log(path: Path) -> Iterator[LogLine]:
    """Yield the log's lines, oldest first. A torn last line is left out: its answer never left.

    A log that does not exist yet is empty. Raises DamagedLogError naming the line.
    """
    for line, _end in _lines(path):
        yield line


def _lines(path: Path) -> Iterator[tuple[LogLine, int]]:
    """Yield each whole line and the offset behind it."""
    if not path.exists():
        return
    end = 0
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            if not raw.endswith(b"\n"):
                return  # torn, or being written just now
            end += len(raw)
            try:
                yield LogLine.from_json(raw), end
            except (ValueError, KeyError, TypeError) as error:
                raise DamagedLogError(f"{path}, line {number}: {error}") from None


class LogWriter:
    """Appends lines with one write each, so that a line is there whole or not at all.

    Opening cuts off a torn last line; a log has one writer at a time, a second gets BlockingIOError. No
    fsync: the log has to survive killed processes, not a dead machine.
    """

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._fd)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._fd)

    def append(self, line: LogLine) -> None:
        """Write the line; raises OSError if the disk did not take all of it."""
        data = line.to_json()
        n_written = os.write(self._fd, data)
        if n_written != len(data):
            os.ftruncate(self._fd, os.fstat(self._fd).st_size - n_written)
            raise OSError("the log could not be written whole")

    @classmethod
    def reopen(cls, path: Path) -> tuple[Self, list[LogLine]]:
        """Return a writer at the end of the log, its torn last line cut off, and the lines it holds."""
        writer = cls(path)
        lines = list(_lines(path))
        os.ftruncate(writer._fd, lines[-1][1] if lines else 0)
        return writer, [line for line, _end in lines]
