"""A small library made on the spot: two quiet noises under the names people know."""

from pathlib import Path

import numpy as np

from bot.audio.codec import encode_file

_MANIFEST = """
id = "{id}"
name = "{name}"
family = "water"
synonyms = ["{synonym}"]
description = "Quiet noise that stands for {name}."
evidence = "tradition"
source = "made by a test"
goes_with = []
gain_db = 0.0
level_lufs = -30.0
recipe = "none"
[bed]
grain_s = [2.0, 3.0]
crossfade_s = 0.5
"""


def write_library(root: Path) -> Path:
    folder = root / "water"
    folder.mkdir(parents=True)
    for n, (name, synonym) in enumerate((("Rain", "drizzle"), ("Ocean waves", "sea"))):
        trigger_id = name.lower().replace(" ", "-")
        manifest = _MANIFEST.format(id=trigger_id, name=name, synonym=synonym)
        (folder / f"{trigger_id}.toml").write_text(manifest, encoding="utf-8")
        noise = np.random.default_rng(n).normal(0.0, 0.02, (6 * 48_000, 2)).astype(np.float32)
        encode_file(noise, folder / f"{trigger_id}.opus")
    return root
