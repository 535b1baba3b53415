"""Cells of a report in words: numbers in Latin digits, names in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final

from rafiqa.dictionary import dictionary
from rafiqa.land.reporttable import At, Cell, Column, Figure, Label, Origin, Said, Words
from rafiqa.locale import direction, own_name, text
from rafiqa.wire.answer import worded
from rafiqa.wire.instant import iso, iso_date

DECIMALS: Final = {"m2": 1, "ha": 4, "%": 1, "days": 1}
"""Places after the point on paper, a hectare to the m²; of other units as many as there are."""
MEASURED: Final = frozenset({"m2", "ha", "cm", "%", "days", "bytes", "people"})
"""Units that stand in the head of their column; what is counted there says its head."""
_MOST_DIGITS: Final = 6
_BEGINNING_US: Final = -2_208_988_800_000_000
_JOINS: Final = {"rtl": "، ", "ltr": ", "}


def title_of(kind: str, lang: str) -> str:
    """Returns the title of a kind of report."""
    return text(f"report.title.{kind}", {}, lang)


def cell_text(cell: Cell, lang: str, *, apart: bool = False) -> str:
    """Returns a cell in words.

    Args:
        cell: the cell.
        lang: the language.
        apart: whether names and figures within a text are set apart, so that from right to left
            their parts do not change places.
    """
    match cell:
        case Figure():
            return number_text(cell) if cell.value is not None else cell_text(_why(cell), lang)
        case Label():
            known = dictionary().lists[cell.list_name]
            return _JOINS[direction(lang)].join(known.label(code, lang) for code in cell.codes)
        case At():
            return iso_date(cell.at_us) if cell.by_day else iso(cell.at_us)
        case Said():
            return own_name(cell.text, lang)
        case Words():
            return words_text(cell, lang, apart=apart)


def _why(figure: Figure) -> Words:
    return figure.why or Words("report.not-recorded")


def words_text(words: Words, lang: str, *, apart: bool = False) -> str:
    """Returns the text of a code with its names and codes in the words of the language."""
    params = {
        name: own_name(value, lang) if isinstance(value, str) else value
        for name, value in worded(words.params, lang).items()
    }
    if words.code == "report.missing.empty":
        params["table"] = text(f"report.table.{words.params['table']}", {}, lang)
    if apart:
        params = {
            name: value if name == "n" else f"\u2068{value}\u2069" for name, value in params.items()
        }
    return text(words.code, params, lang)


def number_text(figure: Figure) -> str:
    """Returns a number in Latin digits, with thousands set apart by commas."""
    value = figure.value
    if value is None:
        return ""
    places = DECIMALS.get(figure.unit)
    if places is not None:
        return f"{_rounded(Fraction(value), places):,.{places}f}"
    if isinstance(value, int):
        return f"{value:,}"
    if Fraction(value).denominator == 1:
        return f"{int(value):,}"
    return f"{float(value):,.{_MOST_DIGITS}g}"


def _rounded(value: Fraction, places: int) -> Decimal:
    """Returns an exact value rounded half to even, without going through a float."""
    return Decimal(round(value * 10**places)).scaleb(-places)


def unit_text(unit: str, lang: str) -> str:
    """Returns a unit in words; one that the catalogue does not know, as it is."""
    code = f"report.unit.{unit}"
    found = text(code, {}, lang)
    return unit if found == code else found


def column_text(column: Column, lang: str) -> str:
    """Returns the head of a column, with the unit that its figures are measured in."""
    label = text(f"report.column.{column.name}", {}, lang)
    return f"{label} ({unit_text(column.unit, lang)})" if column.unit in MEASURED else label


def origin_texts(origin: Origin, lang: str, *, apart: bool = False) -> Mapping[str, str]:
    """Returns in words where figures come from: source, method, boundary, period and knowing."""
    return {
        "source": cell_text(origin.source, lang, apart=apart),
        "method": cell_text(origin.method, lang, apart=apart),
        "boundary": cell_text(origin.boundary, lang, apart=apart),
        "period": period_text(origin.from_us, origin.valid_at_us, lang, apart=apart),
        "known_at": moment_text(origin.known_at_us, apart=apart),
    }


def period_text(from_us: int | None, valid_at_us: int, lang: str, *, apart: bool = False) -> str:
    """Returns a period, or the moment that something is as of."""
    at = moment_text(valid_at_us, apart=apart)
    if from_us is None:
        return text("report.as-of", {"at": at}, lang)
    if from_us <= _BEGINNING_US:
        return text("report.from-beginning", {"at": at}, lang)
    # Changes at the very start belong to the opening: the period is what came after it.
    return text("report.period", {"start": moment_text(from_us + 1, apart=apart), "at": at}, lang)


def moment_text(at_us: int, *, apart: bool = False) -> str:
    """Returns a moment to the second, in UTC."""
    told = f"{iso(at_us)[:19].replace('T', ' ')} UTC"
    return f"\u2066{told}\u2069" if apart else told


def signer_text(signer: str, lang: str) -> str:
    """Returns who signs."""
    return text(f"report.signs.{signer}", {}, lang)


def all_texts(cells: Iterable[Cell], lang: str) -> list[str]:
    """Returns each cell in words."""
    return [cell_text(cell, lang) for cell in cells]
