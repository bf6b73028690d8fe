"""Train triage's model on every batch: `PYTHONPATH=. .venv/bin/python -m corpus.train`."""

import sys
from pathlib import Path

from bot.support.triage import MODEL_FILE
from corpus.rows import load
from corpus.training import train

MODEL = Path(__file__).resolve().parent.parent / "bot" / "support" / MODEL_FILE


def main() -> None:
    rows = load()
    data = train(rows).to_bytes()
    MODEL.write_bytes(data)
    sys.stderr.write(f"{MODEL.name}: {len(rows)} rows, {len(data):,} bytes\n")


if __name__ == "__main__":
    main()
