"""What was delivered, read from a log: the questions that delivery tests and benchmarks ask."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.sandbox.recording.log import LogLine


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message that was created. Two deliveries with one nonce are a duplicate.

    n_requests: the one that created it and those its nonce led back to it. is_known: at least one answer
    that named it went to a client that was there.
    """

    message: int
    channel: int
    recipient: int | None
    nonce: str | None
    at: datetime
    content_hash: str | None
    flags: int
    pings: tuple[str, ...]
    n_requests: int
    is_known: bool


def deliveries(lines: Iterable[LogLine]) -> list[Delivery]:
    """Return every message created by REST, oldest first; later edits and deletions change nothing."""
    created: dict[int, LogLine] = {}
    n_requests: dict[int, int] = {}
    known: set[int] = set()
    asked: dict[int, int] = {}
    for line in lines:
        if line.kind == "answered" and line.request in asked:
            known.add(asked[line.request])
        if line.message is None or line.route != "create_message":
            continue
        if line.change == "message_created":
            created[line.message] = line
        elif not line.repeated:
            continue
        n_requests[line.message] = n_requests.get(line.message, 0) + 1
        asked[line.seq] = line.message
        if line.answered and line.status == 200:
            known.add(line.message)
    return [
        Delivery(
            message=message,
            channel=line.channel or 0,
            recipient=line.recipient,
            nonce=line.nonce,
            at=line.at,
            content_hash=line.content_hash,
            flags=line.flags or 0,
            pings=line.pings or (),
            n_requests=n_requests[message],
            is_known=message in known,
        )
        for message, line in created.items()
    ]
