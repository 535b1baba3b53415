"""Numbers as people write them: Latin, Arabic-Indic or Persian digits, never guessed at."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Literal

from rafiqa.dictionary.bad import Bad, bad

DecimalMark = Literal["", ".", ","]

# Both Arabic digit sets, the Arabic decimal mark, and the minus signs that word processors
# put in place of the hyphen.
_LATIN = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫−–", "01234567890123456789.--")
_DIRECTION_MARKS = re.compile("[\u200e\u200f\u061c\u2066-\u2069]")
_GROUPED_ARABIC = re.compile(r"[+-]?[0-9]{1,3}(?:٬[0-9]{3})+(?:\.[0-9]*)?")
_GROUPED = {
    ".": re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?"),
    ",": re.compile(r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]*)?"),
}
# Bounded, so that no text can make a number of a billion digits.
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}(?:\.0{0,12})?")
_DECIMAL = re.compile(
    r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})(?:[eE][+-]?[0-9]{1,2})?"
)
_NOT_A_NUMBER = frozenset({"nan", "inf", "infinity", "+inf", "-inf", "-infinity", "#num!", "#n/a"})
_GREATEST = 10**18


def latin_digits(text: str) -> str:
    """The text with Arabic-Indic and Persian digits and marks in Latin script."""
    if text.isascii():
        return text
    return _DIRECTION_MARKS.sub("", text).translate(_LATIN)


def whole_number(value: object, decimal_mark: DecimalMark = "") -> int | Bad:
    """The whole number that was written, or why there is none.

    ``12``, ``12.0`` and ``١٢`` are taken; ``12.5`` and ``True`` are not.

    Args:
        value: number or text.
        decimal_mark: mark of this file; empty when nobody said, and then a comma is asked
            about instead of believed.

    Refuses:
        dictionary.number.nan, dictionary.number.invalid, dictionary.number.ambiguous,
        dictionary.number.fraction
    """
    if type(value) is int and -_GREATEST < value < _GREATEST:
        return value
    if isinstance(value, str):
        plain = _plain(value, decimal_mark)
        if isinstance(plain, Bad):
            return plain
        if _WHOLE.fullmatch(plain):
            return int(plain.partition(".")[0])
    found = decimal_number(value, decimal_mark)
    if isinstance(found, Bad):
        return found
    if found != found.to_integral_value():
        return bad("dictionary.number.fraction", value)
    return int(found) if abs(found) < _GREATEST else bad("dictionary.number.invalid", value)


def decimal_number(value: object, decimal_mark: DecimalMark = "") -> Decimal | Bad:
    """The exact decimal number that was written, or why there is none.

    A binary float is taken by its shortest decimal form, so 0.1 becomes 0.1.

    Args:
        value: number or text.
        decimal_mark: as for ``whole_number``.

    Refuses:
        dictionary.number.nan, dictionary.number.invalid, dictionary.number.ambiguous
    """
    if isinstance(value, str):
        plain = _plain(value, decimal_mark)
        if isinstance(plain, Bad):
            return plain
        return (
            Decimal(plain) if _DECIMAL.fullmatch(plain) else bad("dictionary.number.invalid", value)
        )
    if isinstance(value, float):
        if not math.isfinite(value):
            return bad("dictionary.number.nan", value)
        return Decimal(float.__repr__(value))
    if isinstance(value, Decimal):
        return value if value.is_finite() else bad("dictionary.number.nan", value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _GREATEST:
        return Decimal(value)
    return bad("dictionary.number.invalid", value)


def _plain(written: str, decimal_mark: DecimalMark) -> str | Bad:
    text = latin_digits(written).strip()
    if text.casefold() in _NOT_A_NUMBER:
        return bad("dictionary.number.nan", written)
    if "٬" in text and _GROUPED_ARABIC.fullmatch(text):
        return text.replace("٬", "")
    if decimal_mark and _GROUPED[decimal_mark].fullmatch(text):
        text = text.replace("," if decimal_mark == "." else ".", "")
    if decimal_mark == ",":
        return (
            text.replace(",", ".")
            if "." not in text
            else bad("dictionary.number.ambiguous", written)
        )
    if "," in text and not re.search(r"[^0-9.,+-]", text):
        # 1,234 is one and a bit in one country and over a thousand in another.
        return bad("dictionary.number.ambiguous", written)
    return text
