"""What should sound: frozen values, the contract between people's wishes and the engine."""

from dataclasses import dataclass

from bot.audio.arc import Arc
from bot.audio.score import Score

MAX_LAYERS = 8
FASTEST_CIRCLE_S = 14.0
"""Two passes of seven seconds: faster movement near the head is exciting, not sleepy."""
SLOWEST_CIRCLE_S = 600.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a layer sits around the head.

    azimuth_deg: 0 ahead, positive to the right, -180..180. distance_m: 0.1 (at the ear) and more.
    circle_s: seconds in which it goes once around the head, from azimuth_deg at first; None stays.
    """

    azimuth_deg: float = 0.0
    distance_m: float = 0.4
    circle_s: float | None = None

    def __post_init__(self) -> None:
        if not -180.0 <= self.azimuth_deg <= 180.0:
            raise ValueError(f"azimuth_deg must be within -180..180, not {self.azimuth_deg}")
        if not 0.1 <= self.distance_m <= 10.0:
            raise ValueError(f"distance_m must be within 0.1..10, not {self.distance_m}")
        if self.circle_s is not None and not SLOWEST_CIRCLE_S >= self.circle_s >= FASTEST_CIRCLE_S:
            raise ValueError(f"circle_s must be 14..600, not {self.circle_s}")


@dataclass(frozen=True, slots=True)
class Layer:
    """One trigger in a mix. gain_db is relative to the trigger's house level; 0 or less.

    Without a place the sound lies as it was made: beds around the head, events where they fall.
    """

    trigger: str
    gain_db: float = 0.0
    place: Place | None = None

    def __post_init__(self) -> None:
        if not self.gain_db <= 0.0:
            raise ValueError(f"gain_db must be 0 or less, not {self.gain_db}")


@dataclass(frozen=True, slots=True)
class Mix:
    """One to eight layers that sound together; a trigger appears once."""

    layers: tuple[Layer, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.layers) <= MAX_LAYERS:
            raise ValueError(f"a mix has 1 to {MAX_LAYERS} layers, not {len(self.layers)}")
        names = [layer.trigger for layer in self.layers]
        if len(set(names)) != len(names):
            raise ValueError(f"a trigger appears twice in {names}")


@dataclass(frozen=True, slots=True)
class Plan:
    """A mix and the seed of its night: the same plan gives the same schedule everywhere."""

    mix: Mix
    seed: int
    score: Score = ()
    """A guide's bells and breaths, where one leads through this night."""
    arc: Arc | None = None
    """How this night ends, where somebody asked for more than a timer."""
