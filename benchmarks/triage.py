"""What a decision costs of CPU: corpus rows one by one, and 10,000 letters made to be slow.

Run: PYTHONPATH=. .venv/bin/python benchmarks/triage.py; one JSON object a line.
"""

import hashlib
import json
import time
from collections.abc import Callable

import numpy as np

from bot.support.levels import Surface
from bot.support.normalise import normalise
from bot.support.triage import Triage
from corpus.rows import load

LONG = 10_000
HARD = {
    "one letter": "a",
    "spaced letters": "k ",
    "leet": "k1ll ",
    "code never closed": "`a",
    "quotes": "> \n",
    "mentions never closed": "<@1",
    "addresses": "http://",
    "accents": "a\u0301\u0302",
    "emoji with joiners": "👩\u200d👩\u200d👧 ",
    "japanese": "死にたくないを",
    "devanagari": "ज़िंदगी ",
    "zero width": "\u200bk",
    "sentences": "i am so tired of it all. ",
    "a phrase of the rules, unfinished": "i want to kill ",
}


def milliseconds(act: Callable[[str], object], texts: list[str]) -> np.ndarray:
    found = []
    for text in texts:
        began = time.process_time()
        act(text)
        found.append((time.process_time() - began) * 1000)
    return np.array(found)


def best(act: Callable[[str], object], text: str) -> float:
    return float(min(milliseconds(act, [text] * 5)))


def main() -> None:
    began = time.process_time()
    triage = Triage.load()
    load_ms = (time.process_time() - began) * 1000
    texts = [row.text for row in load()]
    milliseconds(lambda text: triage.level(text, Surface.DM), texts[:200])  # warm
    took = milliseconds(lambda text: triage.level(text, Surface.DM), texts)
    split = milliseconds(lambda text: (hashlib.sha256(text.encode()).digest(), text.split()), texts)
    row = {
        "what": "corpus rows",
        "n": len(texts),
        "load_ms": round(load_ms),
        "mean_ms": round(took.mean(), 3),
    }
    row |= {f"p{p}_ms": round(float(np.percentile(took, p)), 3) for p in (50, 95, 99)}
    print(json.dumps(row | {"hash_and_split_p50_ms": round(float(np.percentile(split, 50)), 4)}))
    for name, piece in HARD.items():
        text = (piece * LONG)[:LONG]
        cost = {
            "ms": best(lambda text: triage.level(text, Surface.DM), text),
            "normalise_ms": best(normalise, text),
        }
        half = best(lambda text: triage.level(text, Surface.DM), text[: LONG // 2])
        shown = {key: round(value, 1) for key, value in cost.items()}
        print(json.dumps({"what": name, **shown, "times_half_the_text": round(cost["ms"] / half, 2)}))


if __name__ == "__main__":
    main()
