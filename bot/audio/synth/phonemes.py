"""The sounds of whispered English: where the tract is, what hisses, how loud and how long.

Vowels: the women's formants of Peterson & Barney (1952), raised as whispering raises them (F1 by a fifth, F2
and F3 a little: Morris & Clements 2002, Jovicic & Saric 2008). Fricatives and bursts: the spectral peaks of
Klatt (1980) and Jongman et al. (2000). Levels follow the finding that whispered voiceless consonants keep
their strength while vowels lose some 20 dB: consonants stand above vowels.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from bot.audio.synth.noise import Curve

RAISED: Final = (1.2, 1.06, 1.03)
"""What whispering does to the first three formants."""


@dataclass(frozen=True)
class Vowel:
    """formants: voiced, Hz. glides_to: where a diphthong ends. level_db: RMS."""

    formants: tuple[float, float, float]
    seconds: float
    level_db: float = -10.0
    glides_to: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class Consonant:
    """manner decides the course in time; hiss: the spectrum made at the constriction, dB over Hz.

    Levels are RMS. formants: where the tract is meanwhile; None keeps to its neighbours'. tract_db: how loud
    the breath through the tract is; None is silent.
    """

    manner: Literal["fricative", "stop", "affricate", "sonorant", "breath"]
    seconds: float
    hiss: Curve = ((100, -60), (16000, -60))
    hiss_db: float = -60.0
    formants: tuple[float, float, float] | None = None
    tract_db: float | None = None
    breath_s: float = 0.0
    """How long breath follows a stop's burst."""


_S: Final[Curve] = (
    (500, -46),
    (2000, -32),
    (3500, -16),
    (5000, -7),
    (6800, 0),
    (9000, -3),
    (12000, -9),
    (16000, -22),
)
_SH: Final[Curve] = (
    (400, -44),
    (1200, -26),
    (2100, -7),
    (3000, 0),
    (4500, -5),
    (6500, -9),
    (9000, -15),
    (16000, -34),
)
_F: Final[Curve] = ((200, -22), (800, -10), (2000, -5), (5000, -2), (8000, 0), (12000, -6), (16000, -16))
_TH: Final[Curve] = ((200, -24), (1000, -10), (2500, -6), (6000, 0), (9000, -2), (13000, -9), (16000, -18))
_P: Final[Curve] = ((100, -10), (400, 0), (1000, -3), (2500, -10), (5000, -18), (12000, -32))
_T: Final[Curve] = ((300, -32), (1500, -17), (3000, -5), (4300, 0), (6500, -4), (10000, -13), (16000, -28))
_K: Final[Curve] = ((300, -26), (1000, -8), (1900, 0), (3000, -7), (5000, -12), (9000, -20), (16000, -36))
_LABIAL, _ALVEOLAR, _VELAR = (340.0, 1000.0, 2500.0), (340.0, 1850.0, 2850.0), (340.0, 2100.0, 2600.0)

VOWELS: Final[Mapping[str, Vowel]] = {
    "IY": Vowel((310, 2790, 3310), 0.17, -12.0),
    "IH": Vowel((430, 2480, 3070), 0.13),
    "EH": Vowel((610, 2330, 2990), 0.15),
    "AE": Vowel((860, 2050, 2850), 0.19, -9.0),
    "AA": Vowel((850, 1220, 2810), 0.19, -9.0),
    "AO": Vowel((590, 920, 2710), 0.19),
    "UH": Vowel((470, 1160, 2680), 0.14, -11.5),
    "UW": Vowel((370, 950, 2670), 0.18, -13.0),
    "AH": Vowel((760, 1400, 2780), 0.14, -9.5),
    "ER": Vowel((500, 1640, 1960), 0.17, -11.0),
    "AX": Vowel((560, 1600, 2750), 0.085, -13.0),
    "EY": Vowel((560, 2300, 2950), 0.21, glides_to=(380, 2650, 3200)),
    "AY": Vowel((800, 1350, 2750), 0.24, -9.0, (400, 2450, 3050)),
    "OW": Vowel((570, 1050, 2700), 0.22, glides_to=(420, 880, 2650)),
    "AW": Vowel((830, 1500, 2780), 0.24, -9.0, (450, 1000, 2670)),
    "OY": Vowel((580, 900, 2700), 0.25, glides_to=(400, 2450, 3050)),
}

CONSONANTS: Final[Mapping[str, Consonant]] = {
    "S": Consonant("fricative", 0.15, _S, -3.0, _ALVEOLAR),
    "Z": Consonant("fricative", 0.11, _S, -8.0, _ALVEOLAR, -20.0),
    "SH": Consonant("fricative", 0.16, _SH, -3.0, (340, 1950, 2700)),
    "ZH": Consonant("fricative", 0.11, _SH, -9.0, (340, 1950, 2700), -20.0),
    "F": Consonant("fricative", 0.13, _F, -15.0, _LABIAL),
    "V": Consonant("fricative", 0.08, _F, -19.0, _LABIAL, -17.0),
    "TH": Consonant("fricative", 0.13, _TH, -16.0, (340, 1400, 2700)),
    "DH": Consonant("fricative", 0.06, _TH, -21.0, (340, 1500, 2700), -17.0),
    "HH": Consonant("breath", 0.1, tract_db=-11.0),
    "P": Consonant("stop", 0.1, _P, -10.0, _LABIAL, breath_s=0.05),
    "B": Consonant("stop", 0.085, _P, -13.0, _LABIAL, breath_s=0.012),
    "T": Consonant("stop", 0.1, _T, -5.0, _ALVEOLAR, breath_s=0.055),
    "D": Consonant("stop", 0.08, _T, -10.0, _ALVEOLAR, breath_s=0.014),
    "K": Consonant("stop", 0.105, _K, -6.0, _VELAR, breath_s=0.06),
    "G": Consonant("stop", 0.085, _K, -11.0, _VELAR, breath_s=0.016),
    "CH": Consonant("affricate", 0.19, _SH, -4.0, (340, 1950, 2700)),
    "JH": Consonant("affricate", 0.15, _SH, -8.0, (340, 1950, 2700)),
    "M": Consonant("sonorant", 0.1, formants=(280, 1050, 2200), tract_db=-21.0),
    "N": Consonant("sonorant", 0.09, formants=(280, 1700, 2600), tract_db=-20.0),
    "NG": Consonant("sonorant", 0.1, formants=(280, 2100, 2600), tract_db=-21.0),
    "L": Consonant("sonorant", 0.085, formants=(360, 1250, 2900), tract_db=-14.0),
    "R": Consonant("sonorant", 0.09, formants=(360, 1250, 1700), tract_db=-13.0),
    "W": Consonant("sonorant", 0.09, formants=(330, 720, 2300), tract_db=-15.0),
    "Y": Consonant("sonorant", 0.08, formants=(310, 2600, 3200), tract_db=-14.0),
}
