"""Names for an invented city, in English and Arabic, drawn from common words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from numpy.random import Generator

_FIRST = (
    ("Bab", "باب"),
    ("Bustan", "بستان"),
    ("Tall", "تل"),
    ("Ayn", "عين"),
    ("Harat", "حارة"),
    ("Karm", "كرم"),
    ("Rawdat", "روضة"),
    ("Burj", "برج"),
)
_SECOND = (
    ("al-Zaytun", "الزيتون"),
    ("al-Rumman", "الرمان"),
    ("al-Yasmin", "الياسمين"),
    ("al-Zaafaran", "الزعفران"),
    ("al-Narjis", "النرجس"),
    ("al-Tut", "التوت"),
    ("al-Lawz", "اللوز"),
    ("al-Sanawbar", "الصنوبر"),
    ("al-Nakhil", "النخيل"),
    ("al-Ward", "الورد"),
    ("al-Bulbul", "البلبل"),
    ("al-Andalib", "العندليب"),
    ("al-Qamar", "القمر"),
    ("al-Najma", "النجمة"),
    ("al-Nahr", "النهر"),
    ("al-Tahun", "الطاحون"),
    ("al-Nahhasin", "النحاسين"),
    ("al-Khayyatin", "الخياطين"),
    ("al-Warraqin", "الوراقين"),
    ("al-Haddadin", "الحدادين"),
    ("al-Zajjajin", "الزجاجين"),
    ("al-Safsaf", "الصفصاف"),
    ("al-Qasab", "القصب"),
    ("al-Ghazal", "الغزال"),
    ("al-Hudhud", "الهدهد"),
    ("al-Sunbula", "السنبلة"),
    ("al-Rihan", "الريحان"),
    ("al-Tin", "التين"),
)
_ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@dataclass(frozen=True, slots=True)
class Name:
    """A name in English and in Arabic."""

    en: str
    ar: str

    def within(self, en: str, ar: str) -> Name:
        """Returns this name put in the place of ``{}`` in both patterns."""
        return Name(en.format(self.en), ar.format(self.ar))

    def numbered(self, number: int) -> Name:
        """Returns this name followed by a number, in Arabic-Indic digits in Arabic."""
        return Name(f"{self.en} {number}", f"{self.ar} {arabic_digits(number)}")


CITY_NAME = Name("Marjana", "مرجانة")
"""The invented city; the word means a piece of coral."""


def arabic_digits(number: int) -> str:
    """Returns a number written in Arabic-Indic digits."""
    return str(number).translate(_ARABIC_DIGITS)


def place_names(rng: Generator) -> Iterator[Name]:
    """Returns endless names of quarters, each given once: "Bab al-Zaytun", "باب الزيتون"."""
    pairs = [
        Name(f"{first_en} {second_en}", f"{first_ar} {second_ar}")
        for first_en, first_ar in _FIRST
        for second_en, second_ar in _SECOND
    ]
    return _dealt(rng, pairs)


def word_names(rng: Generator) -> Iterator[Name]:
    """Returns endless single names for streets, schools and the like: "al-Yasmin"."""
    return _dealt(rng, [Name(en, ar) for en, ar in _SECOND])


def _dealt(rng: Generator, names: list[Name]) -> Iterator[Name]:
    """Returns the names in shuffled order, then numbered from 2 when they run out."""
    order = [int(index) for index in rng.permutation(len(names))]
    for turn in count(1):
        for index in order:
            yield names[index] if turn == 1 else names[index].numbered(turn)
