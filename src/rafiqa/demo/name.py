"""Names for an invented city, in English and Arabic, and of its places in Kurdish too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from numpy.random import Generator

_FIRST = (
    ("Bab", "باب", "باب", "Bab"),
    ("Bustan", "بستان", "بوستان", "Bustan"),
    ("Tall", "تل", "تەل", "Til"),
    ("Ayn", "عين", "عەین", "Eyn"),
    ("Harat", "حارة", "حارەت", "Haret"),
    ("Karm", "كرم", "کەرم", "Kerm"),
    ("Rawdat", "روضة", "ڕەوزەت", "Rewdet"),
    ("Burj", "برج", "بورج", "Burc"),
)
_SECOND = (
    ("al-Zaytun", "الزيتون", "زەیتوون", "Zeytûn"),
    ("al-Rumman", "الرمان", "ڕوممان", "Rumman"),
    ("al-Yasmin", "الياسمين", "یاسەمین", "Yasemîn"),
    ("al-Zaafaran", "الزعفران", "زەعفەران", "Zeferan"),
    ("al-Narjis", "النرجس", "نەرگس", "Nêrgiz"),
    ("al-Tut", "التوت", "توو", "Tû"),
    ("al-Lawz", "اللوز", "لەوز", "Lewz"),
    ("al-Sanawbar", "الصنوبر", "سنەوبەر", "Senewber"),
    ("al-Nakhil", "النخيل", "نەخیل", "Nexîl"),
    ("al-Ward", "الورد", "وەرد", "Werd"),
    ("al-Bulbul", "البلبل", "بولبول", "Bilbil"),
    ("al-Andalib", "العندليب", "عەندەلیب", "Endelîb"),
    ("al-Qamar", "القمر", "قەمەر", "Qemer"),
    ("al-Najma", "النجمة", "نەجمە", "Necme"),
    ("al-Nahr", "النهر", "نەهر", "Nehr"),
    ("al-Tahun", "الطاحون", "تاحوون", "Tahûn"),
    ("al-Nahhasin", "النحاسين", "نەححاسین", "Nehhasîn"),
    ("al-Khayyatin", "الخياطين", "خەیاتین", "Xeyatîn"),
    ("al-Warraqin", "الوراقين", "وەڕاقین", "Weraqîn"),
    ("al-Haddadin", "الحدادين", "حەدادین", "Hedadîn"),
    ("al-Zajjajin", "الزجاجين", "زەجاجین", "Zecacîn"),
    ("al-Safsaf", "الصفصاف", "سەفساف", "Sefsaf"),
    ("al-Qasab", "القصب", "قەسەب", "Qeseb"),
    ("al-Ghazal", "الغزال", "غەزال", "Xezal"),
    ("al-Hudhud", "الهدهد", "هودهود", "Hudhud"),
    ("al-Sunbula", "السنبلة", "سونبولە", "Sinbule"),
    ("al-Rihan", "الريحان", "ڕیحان", "Rîhan"),
    ("al-Tin", "التين", "تین", "Tîn"),
)
_KURDISH = {en: (ckb, kmr) for en, _, ckb, kmr in (*_FIRST, *_SECOND)}
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
    return _in_arabic_digits(str(number))


def _in_arabic_digits(text: str) -> str:
    """Returns a text with its digits in Arabic-Indic."""
    return text.translate(_ARABIC_DIGITS)


def place_names(rng: Generator) -> Iterator[Name]:
    """Returns endless names of quarters, each given once: "Bab al-Zaytun", "باب الزيتون"."""
    pairs = [
        Name(f"{first_en} {second_en}", f"{first_ar} {second_ar}")
        for first_en, first_ar, *_ in _FIRST
        for second_en, second_ar, *_ in _SECOND
    ]
    return _dealt(rng, pairs)


def in_kurdish(place: Name) -> tuple[str, str]:
    """Returns the name of a quarter in Sorani and in Kurmanji, as each writes it.

    Args:
        place: as ``place_names`` gave it.
    """
    words = place.en.split()
    parts = [_KURDISH.get(word, (_in_arabic_digits(word), word)) for word in words]
    return " ".join(ckb for ckb, _ in parts), " ".join(kmr for _, kmr in parts)


def word_names(rng: Generator) -> Iterator[Name]:
    """Returns endless single names for streets, schools and the like: "al-Yasmin"."""
    return _dealt(rng, [Name(en, ar) for en, ar, *_ in _SECOND])


def _dealt(rng: Generator, names: list[Name]) -> Iterator[Name]:
    """Returns the names in shuffled order, then numbered from 2 when they run out."""
    order = [int(index) for index in rng.permutation(len(names))]
    for turn in count(1):
        for index in order:
            yield names[index] if turn == 1 else names[index].numbered(turn)
