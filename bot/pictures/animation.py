"""Loops as animated WebP, each with a still: under 2 MB, slow, the last frame leading into the first."""

import io
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bot.pictures.files import LARGEST_BYTES, Animation

SIZE: Final = (480, 320)
"""Width and height: wide enough for a phone, low enough to leave the buttons in sight."""

Frame = NDArray[np.float32]
"""Shape (height, width, 3), sRGB 0..1."""
Scene = Callable[[float], Frame]
"""Draws the moment `t`, 0 to 1, of a loop; 1 would look like 0."""


def render(scene: Scene, seconds: float, fps: float, *, still_at: float = 0.0) -> Animation:
    """Draw a loop of `seconds`; `still_at` (0..1) is its calm moment."""
    n_frames = round(seconds * fps)
    frames = [_image(scene(index / n_frames)) for index in range(n_frames)]
    moving, still = io.BytesIO(), io.BytesIO()
    frames[0].save(
        moving,
        "WEBP",
        save_all=True,
        append_images=frames[1:],
        duration=round(1000.0 / fps),
        loop=0,
        quality=60,
        method=4,
        kmin=0,
        kmax=1,  # whole frames: patches of changes would show as blocks in the dark
    )
    frames[round(still_at * n_frames) % n_frames].save(still, "WEBP", quality=80)
    if moving.tell() > LARGEST_BYTES:
        raise ValueError(f"a loop of {moving.tell()} bytes is too large to be shown everywhere")
    return Animation(moving.getvalue(), still.getvalue())


def _image(frame: Frame) -> Image.Image:
    return Image.fromarray(np.clip(np.rint(frame * 255.0), 0, 255).astype(np.uint8))
