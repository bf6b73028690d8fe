"""How somebody is now, by three taps: what that is called, and whether help comes first. Pure."""

from dataclasses import dataclass
from typing import Final

from bot.content.care import Feeling

STEPS: Final = 5
"""Each answer is 1 (not at all) to 5 (very)."""


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Three answers, 1 to 5 each."""

    calm: int
    energy: int
    mood: int

    def __post_init__(self) -> None:
        if not all(1 <= answer <= STEPS for answer in (self.calm, self.energy, self.mood)):
            raise ValueError(f"answers go from 1 to {STEPS}")

    @property
    def feeling(self) -> Feeling:
        """The word whose ideas fit best; a guess, and said as one."""
        uneasy, low = self.calm <= 2, self.mood <= 2
        if uneasy and low:
            return "overwhelmed"
        if low:
            return "sad"
        if uneasy:
            return "anxious" if self.energy >= 4 else "stressed"
        if self.energy >= 4 and self.calm == 3:
            return "restless"
        return "unfocused" if self.energy <= 2 and self.calm <= 3 else "fine"

    @property
    def may_be_more(self) -> bool:
        """Whether help is shown before ideas."""
        return self.mood == 1 or (self.calm == 1 and self.mood <= 2)
