"""Train triage's model on every batch: `PYTHONPATH=. .venv/bin/python -m corpus.train`."""

import sys
from pathlib import Path

from bot import content
from bot.support import concepts, features, languages, normalise
from bot.support.triage import MODEL_FILE
from corpus import everyday, rows
from corpus.training import train

MODEL = Path(__file__).resolve().parent.parent / "bot" / "support" / MODEL_FILE


def fingerprint() -> str:
    """Return what the model was made of: the batches, the everyday lines, and how a text is read."""
    code = [Path(str(module.__file__)) for module in (features, normalise, concepts, languages)]
    meanings = sorted((Path(str(content.__file__)).parent / "concepts").glob("*.toml"))
    return rows.digest([*rows.batches(), *rows.chat_files(), *everyday.files(), *code, *meanings])


def main() -> None:
    learnt = [*rows.load(), *rows.chat(), *everyday.everyday()]
    data = train(learnt, fingerprint()).to_bytes()
    MODEL.write_bytes(data)
    sys.stderr.write(f"{MODEL.name}: {len(learnt)} rows, {len(data):,} bytes\n")


if __name__ == "__main__":
    main()
