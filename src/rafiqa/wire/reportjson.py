"""A report as plain JSON values: every figure with its unit, and which origin it has."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from rafiqa.land.reporttable import (
    M2_HALF_MM2,
    At,
    Cell,
    Figure,
    Label,
    Origin,
    Report,
    ReportTable,
    Words,
)
from rafiqa.wire.figurejson import statement_json
from rafiqa.wire.instant import iso
from rafiqa.wire.reporttext import (
    all_texts,
    cell_text,
    column_text,
    origin_texts,
    signer_text,
    title_of,
)


class _Origins:
    """Numbers each origin once, in the order in which figures name them."""

    def __init__(self) -> None:
        self.found: dict[str, Origin] = {}

    def at(self, origin: Origin) -> int:
        key = repr(origin)
        self.found.setdefault(key, origin)
        return list(self.found).index(key)


def report_json(report: Report, lang: str) -> dict[str, Any]:
    """Returns a report; ``origin`` of a figure is the place of its origin in ``origins``."""
    origins = _Origins()
    tables = [_table(table, lang, origins) for table in report.tables]
    return {
        "kind": report.kind,
        "title": title_of(report.kind, lang),
        "about": all_texts(report.about, lang),
        "statement": statement_json(report.statement)
        | {"boundary": " · ".join(all_texts(report.about, lang))},
        "tables": tables,
        "origins": [_origin(origin, lang) for origin in origins.found.values()],
        "missing": [{"code": each.code, "text": cell_text(each, lang)} for each in report.missing],
        "notices": all_texts(report.notices, lang),
        "signatures": [signer_text(each, lang) for each in report.signatures],
    }


def _table(table: ReportTable, lang: str, origins: _Origins) -> dict[str, Any]:
    return {
        "name": table.name,
        "title": cell_text(Words(f"report.table.{table.name}"), lang),
        "columns": [
            {"name": each.name, "label": column_text(each, lang), "unit": each.unit}
            for each in table.columns
        ],
        "rows": [[_cell(cell, lang, origins) for cell in row] for row in table.rows],
        "total": None
        if table.total is None
        else [_cell(cell, lang, origins) for cell in table.total],
        "origin": origins.at(table.origin),
        "notes": all_texts(table.notes, lang),
    }


def _cell(cell: Cell, lang: str, origins: _Origins) -> dict[str, Any]:
    if isinstance(cell, Figure):
        told: dict[str, Any] = {
            "value": _number(cell),
            "unit": cell.unit,
            "origin": origins.at(cell.origin),
            "text": cell_text(cell, lang),
        }
        if cell.value is None:
            told["code"] = (cell.why or Words("")).code
        elif cell.unit == "m2":
            # Exact where exactness is the point: the account is kept in these.
            told["half_mm2"] = int(Fraction(cell.value) * M2_HALF_MM2)
        return told
    told = {"text": cell_text(cell, lang)}
    if isinstance(cell, Label):
        told["codes"] = list(cell.codes)
    if isinstance(cell, Words):
        told["code"] = cell.code
    if isinstance(cell, At):
        told["at"] = iso(cell.at_us)
    return told


def _number(figure: Figure) -> int | float | None:
    value = figure.value
    return value if value is None or isinstance(value, int) else float(value)


def _origin(origin: Origin, lang: str) -> dict[str, Any]:
    return {
        **origin_texts(origin, lang),
        "from": None if origin.from_us is None else iso(origin.from_us),
        "valid_at": iso(origin.valid_at_us),
        "known_at": iso(origin.known_at_us),
    }
