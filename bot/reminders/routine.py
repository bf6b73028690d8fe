"""A person's wind-down: what to do first, then what to fall asleep to."""

from dataclasses import dataclass
from typing import Final, Protocol

DEFAULT_SOUND: Final = "rain"
DEFAULT_MINUTES: Final = 45
MINUTES: Final = (15, 30, 45, 60, 90)


@dataclass(frozen=True, slots=True)
class Routine:
    """sound: a trigger's id. minutes: until it is silent. pairing: what to do first, None is nothing."""

    user_id: int
    sound: str = DEFAULT_SOUND
    minutes: int = DEFAULT_MINUTES
    pairing: str | None = None

    def __post_init__(self) -> None:
        if not 5 <= self.minutes <= 180:
            raise ValueError(f"minutes must be within 5..180, not {self.minutes}")


class RoutineStore(Protocol):
    """Remembers wind-downs. Every method raises StoreError when the database does not answer."""

    async def get(self, user_id: int) -> Routine:
        """Return the person's routine; the usual one when they have chosen nothing."""
        ...

    async def put(self, routine: Routine) -> None: ...
