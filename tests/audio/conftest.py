"""A small library on disk: one bed and one trigger of events, made of noise."""

from pathlib import Path

import numpy as np
import pytest

from bot.audio.codec import encode_file
from bot.audio.library import Library
from bot.audio.opus import SAMPLE_RATE

HISS = """
id = "hiss"
name = "Hiss"
family = "noise"
synonyms = ["static", "shh"]
description = "A plain hiss that only tests listen to."
evidence = "tradition"
source = "made for a test"
goes_with = ["taps"]
colour = "#4f5d75"
gain_db = -6.0
level_lufs = -30.0
raw_crest_db = 15.0
recipe = "test"

[bed]
grain_s = [3.0, 5.0]
crossfade_s = 1.0
"""

TAPS = """
id = "taps"
name = "Taps"
family = "noise"
synonyms = []
description = "A handful of clicks that only tests listen to."
evidence = "tradition"
source = "made for a test"
goes_with = []
colour = "#4f5d75"
gain_db = 0.0
level_lufs = -36.0
raw_crest_db = 30.0
recipe = "test"

[events]
bank = [{bank}]
floor = {{ start = 96000, frames = 960000 }}
interval_s = 0.4
interval_cv = 0.4
phrase_events = 5.0
pause_s = 1.0
gain_spread_db = 2.0
azimuth_deg = [-60.0, 60.0]
distance_m = [0.2, 0.4]
"""


@pytest.fixture(scope="session")
def library_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sounds")
    folder = root / "noise"
    folder.mkdir()
    rng = np.random.default_rng(1)
    hiss = rng.standard_normal((12 * SAMPLE_RATE, 2)).astype(np.float32) * 0.02
    encode_file(hiss, folder / "hiss.opus")
    (folder / "hiss.toml").write_text(HISS, encoding="utf-8")
    taps = rng.standard_normal((96_000 + 960_000, 2)).astype(np.float32) * 0.0005
    for i in range(8):
        decay = np.exp(-np.arange(9600) / (300.0 + 40 * i))[:, None].astype(np.float32)
        taps[i * 12_000 : i * 12_000 + 9600] += (
            rng.standard_normal((9600, 1)).astype(np.float32) * 0.2 * decay
        )
    encode_file(taps, folder / "taps.opus")
    bank = ", ".join(f"{{ start = {i * 12_000}, frames = 9600 }}" for i in range(8))
    (folder / "taps.toml").write_text(TAPS.format(bank=bank), encoding="utf-8")
    return root


@pytest.fixture(scope="session")
def library(library_root: Path) -> Library:
    return Library.load(library_root)
