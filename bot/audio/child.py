"""What a process that we start for one piece of work gets of our surroundings."""

import os
from pathlib import Path


def environment() -> dict[str, str]:
    """Return no secrets of ours, one thread, our own package."""
    kept = {
        name: os.environ[name]
        for name in ("PATH", "SYSTEMROOT", "LANG", "TMPDIR", "TEMP")
        if name in os.environ
    }
    root = str(Path(__file__).resolve().parents[2])
    return kept | {"PYTHONPATH": root, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
