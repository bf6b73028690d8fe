"""The four offers triage chooses between. A level is an action, never a diagnosis."""

from enum import IntEnum, StrEnum


class Level(IntEnum):
    """What to offer, ordered: `level >= Level.HIGH_DISTRESS` asks for a help card."""

    NONE = 0
    """Nothing to offer."""
    LOW_DISTRESS = 1
    """A soft offer: grounding or a sound, and where support is."""
    HIGH_DISTRESS = 2
    """The help card."""
    CRISIS = 3
    """The crisis card, and nothing else."""

    @property
    def word(self) -> str:
        """The level as the corpus, the command line and the documents write it."""
        return self.name.lower()


class Surface(StrEnum):
    """Where words reached Hush: each has its own operating point."""

    DM = "dm"
    """Between two: a miss costs more than a card too many."""
    CHANNEL = "channel"
    """In front of others: the answer looks the same for everybody, so fewer false cards matter more."""
