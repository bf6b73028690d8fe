"""What an imported file may cost, and what comes back from the process that opened it."""

from dataclasses import dataclass, field

_PLAIN = "aac,ac3,aiff,amr,ape,au,caf,flac,mp3,ogg,w64,wav,wv"
_FILMS = "asf,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mpeg,mpegts"
FORMATS = f"{_PLAIN},{_FILMS}"
"""Containers that are opened at all: none that names other files or addresses."""


@dataclass(frozen=True)
class Limits:
    """longest_s: of the recording as it comes. kept_s: of the bed made of it."""

    file_bytes: int = 25_000_000
    longest_s: float = 600.0
    shortest_s: float = 8.0
    kept_s: float = 120.0
    memory_bytes: int = 900_000_000
    cpu_s: int = 60
    wall_s: float = 90.0


@dataclass(frozen=True)
class Bed:
    """A recording that was made into a bed. notes: what people should know, keys of texts."""

    gain_db: float
    level_lufs: float
    raw_crest_db: float
    seconds: float
    grain_s: tuple[float, float]
    crossfade_s: float
    notes: tuple[str, ...] = field(default=())
