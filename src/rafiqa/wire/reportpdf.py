"""A report on paper, in one language: its tables, what it lacks, its map, and who signs it, as PDF.

Beneath each table stands where its figures are from. The same report gives the same bytes: the
time in the file is the end of its period.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

from rafiqa.geo import SiteFrame
from rafiqa.land.reporttable import Cell, Figure, Report, ReportTable, Said, Words
from rafiqa.locale import direction, is_arabic, text
from rafiqa.wire.reportmap import drawn_kinds, report_map_svg, report_swatch_svg
from rafiqa.wire.reporttext import (
    all_texts,
    cell_text,
    column_text,
    moment_text,
    origin_texts,
    period_text,
    signer_text,
    title_of,
    unit_text,
)
from rafiqa.wire.typesetting import typeset

_S_US: Final = 1_000_000
_WIDE: Final = 8
"""A table of more columns lies across the long side of the paper."""
_LEAST, _MOST, _WORD = 5, 26, 12
"""Letters that a column is made for, at least and at most, and of its head's longest word."""
_EDGES: Final = 2
"""Letters that the two edges of a cell take."""
_MANY: Final = 12
"""A table of more columns is set in smaller letters."""
_ROOT: Final = 24


def report_pdf(report: Report, frame: SiteFrame, lang: str) -> bytes:
    """The paper of a report as PDF.

    Raises:
        NotFound: the fonts are not there; they are made at setup.
    """
    made = _typeset(report, frame, lang, "pdf")
    assert isinstance(made, bytes)  # noqa: S101 - what Typst gives for one PDF
    return made


def report_pngs(report: Report, frame: SiteFrame, lang: str, dpi: float = 110) -> list[bytes]:
    """The pages of a report's paper as pictures."""
    made = _typeset(report, frame, lang, "png", dpi)
    return [made] if isinstance(made, bytes) else made


def _typeset(
    report: Report,
    frame: SiteFrame,
    lang: str,
    format_: Literal["pdf", "png"],
    dpi: float = 110,
) -> bytes | list[bytes]:
    made_at_s = report.statement.valid_at_us // _S_US
    return typeset("report.typ", report_sheet(report, frame, lang), made_at_s, format_, dpi)


def report_sheet(report: Report, frame: SiteFrame, lang: str) -> dict[str, Any]:
    """Everything that stands on the paper, as the sheet takes it."""
    told = report.statement
    root = told.root[:_ROOT]
    groups = " ".join(root[at : at + 4] for at in range(0, len(root), 4))
    facts = [
        ("source", told.source),
        ("period", period_text(told.from_us, told.valid_at_us, lang, apart=True)),
        ("known_at", moment_text(told.known_at_us)),
        ("ledger", f"{told.n_entries} · {groups}"),
    ]
    picture = report.picture
    return {
        "lang": lang,
        "dir": direction(lang),
        "wide": any(len(table.columns) > _WIDE for table in report.tables),
        "title": title_of(report.kind, lang),
        "about": [cell_text(each, lang, apart=True) for each in report.about],
        "facts": [
            {"label": text(f"report.source.{name}", {}, lang), "value": _cell(Said(value), lang)}
            for name, value in facts
        ],
        "notices": [cell_text(each, lang, apart=True) for each in report.notices],
        "missing_title": text("report.missing-title", {}, lang),
        "missing": [cell_text(each, lang, apart=True) for each in report.missing],
        "map": None if picture is None else report_map_svg(picture, frame),
        "legend": []
        if picture is None
        else [
            {"svg": report_swatch_svg(kind), "words": text(f"report.map.{kind}", {}, lang)}
            for kind in drawn_kinds(picture)
        ],
        "tables": [_table(table, lang) for table in report.tables],
        "signatures": [
            {"who": signer_text(each, lang), "what": text("report.signs-what", {}, lang)}
            for each in report.signatures
        ],
        "page": text("report.page", {}, lang),
    }


def _table(table: ReportTable, lang: str) -> dict[str, Any]:
    heads = [column_text(column, lang) for column in table.columns]
    rows = [[_cell(cell, lang) for cell in row] for row in table.rows]
    total = None if table.total is None else [_cell(cell, lang) for cell in table.total]
    sums = [] if total is None or not rows else [total]
    origin = origin_texts(table.origin, lang, apart=True)
    names = ("source", "method", "boundary", "period", "known_at")
    said = [
        f"{text(f'report.source.{name}', {}, lang)}: \u2068{origin[name]}\u2069" for name in names
    ]
    return {
        "title": cell_text(Words(f"report.table.{table.name}"), lang),
        "heads": heads,
        "small": len(heads) > _MANY,
        # A sum is longer than what it adds up: it is made room for too.
        "shares": [_share(at, heads, [*rows, *sums]) for at in range(len(heads))],
        "rows": rows,
        "total": total if rows else None,
        "none": text("report.no-rows", {}, lang),
        "notes": [cell_text(each, lang, apart=True) for each in table.notes],
        "origin": " · ".join(said),
    }


def _share(at: int, heads: Sequence[str], rows: Sequence[Sequence[dict[str, Any]]]) -> int:
    """How wide a column is: for what stands in it, and for the longest word of its head."""
    word = max((len(each) for each in heads[at].split()), default=0)
    longest = max((len(row[at]["text"]) for row in rows), default=0)
    return _EDGES + max(_LEAST, min(word, _WORD), min(longest, _MOST))


def _cell(cell: Cell, lang: str) -> dict[str, Any]:
    words = cell_text(cell, lang, apart=True)
    number = isinstance(cell, Figure) and cell.value is not None
    # What has no letter of the Arabic script is ids and numbers: it reads from left to right.
    plain = direction(lang) == "rtl" and not is_arabic(words)
    return {"text": words, "number": number, "ltr": plain}


def page_texts(report: Report, lang: str) -> list[str]:
    """Every text that a report says in a language, for checks of what it must never say."""
    told = [*all_texts(report.about, lang), *all_texts(report.notices, lang)]
    told += all_texts(report.missing, lang)
    for table in report.tables:
        told.append(cell_text(Words(f"report.table.{table.name}"), lang))
        told += [column_text(column, lang) for column in table.columns]
        told += origin_texts(table.origin, lang).values()
        told += [unit_text(figure.unit, lang) for figure in table.figures()]
        told += [words for row in table.rows for words in all_texts(row, lang)]
        told += all_texts(table.notes, lang)
    return told
