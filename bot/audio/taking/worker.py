"""The process that renders a file: `python -m bot.audio.taking.worker FOLDER`, an order in JSON on its stdin.

FOLDER holds servers' own recordings. On its stdout come lines of JSON, `{"done": 0..1}` and at last
`{"bytes": n}`, then the file itself: nothing is ever written to a disk. It gives way to everything else on
the machine, and ends at the next percent when nobody reads it any more.
"""

import io
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from pydantic import TypeAdapter

from bot.audio.codec import write_file
from bot.audio.importing.own import add_own
from bot.audio.library import Library
from bot.audio.mix import Plan
from bot.audio.opus import SAMPLE_RATE, Pcm
from bot.audio.piece import piece
from bot.audio.taking.order import Order

_NICENESS = 10


def main(argv: list[str]) -> int:
    if hasattr(os, "nice"):  # elsewhere the parent asks for it
        os.nice(_NICENESS)
    order = TypeAdapter(Order).validate_json(sys.stdin.buffer.read())
    library = Library.load()
    add_own(library, Path(argv[0]))
    file = io.BytesIO()
    plan = Plan(order.mix, order.seed)
    blocks = piece(library, plan, order.seconds, tail_s=order.tail_s)
    write_file(_counted(blocks, order.seconds), file, order.coding, title=order.title)
    made = file.getvalue()
    _say(bytes=len(made))
    sys.stdout.buffer.write(made)
    sys.stdout.buffer.flush()
    return 0


def _counted(blocks: Iterator[Pcm], seconds: float) -> Iterator[Pcm]:
    """Pass blocks on and tell each whole percent."""
    n_done, percent = 0, 0
    for block in blocks:
        yield block
        n_done += len(block)
        now = int(100.0 * n_done / (seconds * SAMPLE_RATE))
        if now > percent:
            percent = now
            _say(done=percent / 100.0)


def _say(**values: float) -> None:
    sys.stdout.buffer.write(json.dumps(values).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BrokenPipeError:  # whoever asked is gone
        os._exit(1)  # without a last try to flush
