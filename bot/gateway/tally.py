"""How commands ended, counted: nothing about who used them or what they said."""

from dataclasses import dataclass


@dataclass(slots=True)
class Tally:
    """Counts since the start of the process."""

    answered: int = 0
    refused: int = 0
    """Answered with a kind no."""
    outdated: int = 0
    """Known to Discord in another shape than to Hush."""
    failed: int = 0
    """Our own fault; the calm sentence was shown."""
    unsent: int = 0
    """Answers that Discord did not take any more."""
