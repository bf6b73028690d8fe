"""How fast sounds are synthesised: seconds of sound per second of CPU, for each kind of synthesis.

Run: PYTHONPATH=. .venv/bin/python benchmarks/synthesis.py [--all] [FAMILY …]; one JSON object a line.
Without --all the
first recipe of each synthesis is rendered.
"""

import argparse
import json
import time

from bot.audio.opus import SAMPLE_RATE
from bot.audio.synth.recipes import recipes


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--all", action="store_true", help="every recipe")
    parser.add_argument("families", nargs="*", metavar="FAMILY", help="only these")
    args = parser.parse_args()
    seen: set[str] = set()
    for sound, recipe in sorted(recipes().items(), key=lambda entry: (entry[1].facts.family, entry[0])):
        synth = f"{recipe.render.__module__.rpartition('.')[2]}.{recipe.render.__name__}"
        if args.families and recipe.facts.family not in args.families:
            continue
        if synth in seen and not args.all:
            continue
        seen.add(synth)
        began = time.process_time()
        seconds = recipe.rendering().sound.shape[-1] / SAMPLE_RATE
        cost = time.process_time() - began
        row = {
            "synth": synth,
            "family": recipe.facts.family,
            "sound": sound,
            "seconds": round(seconds),
            "times_real_time": round(seconds / cost, 1),
        }
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
