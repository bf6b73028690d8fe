"""Where evidence labels come from, said once."""

from typing import Final, Literal

Evidence = tuple[Literal["controlled", "single-study", "tradition"], str]

STEADY: Final[Evidence] = (
    "tradition",
    "a review of 38 studies of steady sound for sleep (Riedy 2021): certainty very low",
)
NATURE: Final[Evidence] = ("tradition", "people have always fallen asleep to it; not studied for tingles")
HOME: Final[Evidence] = ("tradition", "a sound people say they fall asleep to; not studied")
WHISPER: Final[Evidence] = ("single-study", "one survey of 157 people (York 2020): 57 % named whispering")
TAPPING: Final[Evidence] = ("single-study", "one survey of 157 people (York 2020): 44 % named tapping")
BRUSHING: Final[Evidence] = ("single-study", "one survey of 157 people (York 2020): 37 % named hair brushing")
SCRATCHING: Final[Evidence] = ("single-study", "one survey of 157 people (York 2020): 28 % named scratching")
CRUNCHING: Final[Evidence] = ("single-study", "one survey of 157 people (York 2020): 13 % named crunching")
CRISP: Final[Evidence] = (
    "single-study",
    "one survey of 475 people (Barratt & Davis 2015): crisp sounds are a common trigger",
)
ATTENTION: Final[Evidence] = (
    "single-study",
    "one survey of 475 people (Barratt & Davis 2015): personal attention is a common trigger",
)
SLOW: Final[Evidence] = (
    "single-study",
    "one survey of 475 people (Barratt & Davis 2015): slow movements are a common trigger",
)
LOW: Final[Evidence] = (
    "single-study",
    "one survey of 130 people (Barratt, Spence & Davis 2017): lower, complex sounds help most",
)
