"""Sheet styles: which styles of a workbook show a number as a day, as far as it is plain.

ECMA-376-1, 18.8.30 lists the formats that need not be written out. Of formats that show the hours,
and of days of the epoch of 1904, nothing is said here: they are left to a reader that knows them.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import Final

from rafiqa.wire.markup import run_parser, strict_parser

_NUMBERS: Final = frozenset({*range(5), 9, 10, 11, 12, 13, 37, 38, 39, 40, 48, 49})
_DAYS: Final = frozenset({14, 15, 16, 17})
_NUMBER_CODE: Final = re.compile(r"General|@|[0#.,%+\- ]+")
_DAY_CODE: Final = re.compile(
    r"(?:yyyy|yy)([-/.]|\\-)mm?\1dd?|dd?([-/.]|\\-)mm?\2(?:yyyy|yy)(?:;@)?"
)
_FIRST_OWN: Final = 164
_EPOCH: Final = dt.date(1899, 12, 30)
_FIRST_DAY, _LAST_DAY = 61, 2_958_465
"""From 1 March 1900 on (29 February of that year is one that never was) to the end of 9999."""


def shows_days(styles: bytes) -> list[bool | None]:
    """Returns for each style of cells whether it shows a day; None where it is not plain.

    Args:
        styles: the part of a workbook that holds its styles.

    Raises:
        InvalidInput: ``wire.xml.*``.
    """
    codes: dict[str, str] = {}
    formats: list[str] = []
    inside: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if inside[-1:] == ["numFmts"] and name == "numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif inside[-1:] == ["cellXfs"] and name == "xf":
            formats.append(attributes.get("numFmtId", ""))
        inside.append(name)

    def end(_name: str) -> None:
        inside.pop()

    parser = strict_parser()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    run_parser(parser, styles)
    return [_shows_day(number, codes) for number in formats]


def _shows_day(number: str, codes: dict[str, str]) -> bool | None:
    if not number.isdigit():
        return None
    known = int(number)
    if number in codes:
        code = codes[number]
        if known < _FIRST_OWN:
            return None
        if _NUMBER_CODE.fullmatch(code):
            return False
        return True if _DAY_CODE.fullmatch(code) else None
    return False if known in _NUMBERS else True if known in _DAYS else None


@lru_cache(maxsize=4096)
def day_of(number: float) -> str | None:
    """Returns the ISO text of a day of the epoch of 1900; None of what is no whole, sure day."""
    if not number.is_integer() or not _FIRST_DAY <= number <= _LAST_DAY:
        return None
    return (_EPOCH + dt.timedelta(days=int(number))).isoformat()
