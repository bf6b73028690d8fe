"""The triage corpus: every row as its README says."""

import json
from collections import Counter
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "corpus" / "triage"
BATCHES = sorted(FOLDER.glob("*.jsonl"))
LEVELS = ("none", "low_distress", "high_distress", "crisis")
FAMILIES = set(
    (FOLDER / "README.md")
    .read_text(encoding="utf-8")
    .split("one to three of ")[1]
    .split(".\n")[0]
    .replace(",", "")
    .split()
)


def rows(batch: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in batch.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("batch", BATCHES, ids=lambda path: path.stem)
def test_every_row_of_a_batch_is_whole(batch: Path):
    for number, row in enumerate(rows(batch), 1):
        where = f"{batch.name}:{number}"
        assert set(row) == {"text", "level", "ok", "lang", "families"}, where
        text, ok, families = row["text"], row["ok"], row["families"]
        assert isinstance(text, str), where
        assert 1 <= len(text.strip()) <= 600, where
        assert isinstance(ok, list), where
        assert isinstance(families, list), where
        assert row["level"] in ok, where
        assert set(ok) <= set(LEVELS), where
        assert row["lang"] == batch.stem.split("-")[0], where
        assert 1 <= len(families) <= 3, where
        assert set(families) <= FAMILIES, f"{where}: {set(families) - FAMILIES}"


@pytest.mark.parametrize("batch", BATCHES, ids=lambda path: path.stem)
def test_about_half_of_a_batch_is_benign(batch: Path):
    counts = Counter(row["level"] for row in rows(batch))
    total = sum(counts.values())
    assert 0.38 <= counts["none"] / total <= 0.55
    assert all(counts[level] / total >= 0.11 for level in LEVELS[1:])


def test_no_text_but_a_few_words_stands_twice():
    """Two authors may both have written "bye" or "volume down 20"."""
    texts = (str(row["text"]).casefold() for batch in BATCHES for row in rows(batch))
    counts = Counter(text for text in texts if len(text) > 20)
    assert [text for text, n in counts.items() if n > 1] == []
