"""A finished picture as bytes; knowing one needs no drawing library."""

from dataclasses import dataclass
from typing import Final

LARGEST_BYTES: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Animation:
    """An endless WebP and one frame of it, for whom movement is too much; both as files."""

    moving: bytes
    still: bytes
