"""Frames of figures: the land account, and what another knowing changed in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rafiqa.land.difference import FIGURES, subject_of
from rafiqa.notebook.frame import Column, Dtype, column_of, table
from rafiqa.service import Office, Question, ask_exactness, ask_figures, compare
from rafiqa.wire.answer import account_json, exactness_json
from rafiqa.wire.factcode import kind_of
from rafiqa.wire.figurejson import statement_json

if TYPE_CHECKING:
    from pandas import DataFrame

_CHANGE: Final[dict[str, Dtype]] = {
    "class": "text",
    "figure": "text",
    "change_m2": "number",
    "kinds": "texts",
    "subjects": "texts",
    "entry_ids": "texts",
    "recorded_at": "time",
}


def account_frame(office: Office, question: Question) -> DataFrame:
    """Returns the land account: one row for each class, figures in m²."""
    figures = ask_figures(office, question)
    beside = ask_exactness(
        office,
        until_us=figures.account.until_us,
        known_at_us=question.known_at_us,
        boundary=question.boundary,
    )
    told = figures.statement
    answer = account_json(
        figures.account,
        floor=figures.floor,
        known_at_us=told.known_at_us,
        source=told.source,
        boundary=told.boundary,
    )
    classes: dict[str, dict[str, float]] = answer["classes"]
    names = next(iter(classes.values()))
    columns: dict[str, Column] = {"class": ("text", list(classes))}
    columns |= {name: ("number", [row[name] for row in classes.values()]) for name in names}
    return table(
        columns,
        {
            **_origin(told),
            "balance_error_m2": answer["balance_error_m2"],
            "released_standing_m2": answer["released_standing_m2"],
            "in_doubt_m2": exactness_json(beside)["in_doubt_m2"],
        },
    )


def changes_frame(office: Office, question: Question, known_before_us: int) -> DataFrame:
    """Returns what changed in an account since an earlier knowing, one row for each cause.

    A cause is one fact alone, or several that act only together; the rows of a figure add up to
    its change.
    """
    figures = ask_figures(office, question)
    earlier, found = compare(office, figures, known_before_us)
    rows: list[dict[str, Any]] = [
        {
            "class": class_,
            "figure": figure,
            "change_m2": cause.change[class_, figure] / 2e6,
            "kinds": tuple(kind_of(record.fact) for record in cause.records),
            "subjects": tuple(subject_of(record.fact) or "" for record in cause.records),
            "entry_ids": tuple(record.entry_id for record in cause.records),
            "recorded_at": max((record.recorded_at_us for record in cause.records), default=None),
        }
        for cause in found.causes
        for class_, figure in sorted(cause.change, key=lambda key: (key[0], FIGURES.index(key[1])))
    ]
    columns = {name: column_of(rows, name, dtype) for name, dtype in _CHANGE.items()}
    attrs = {**_origin(figures.statement), "known_before": _origin(earlier.statement)["known_at"]}
    return table(columns, attrs)


def _origin(statement: Any) -> dict[str, Any]:
    told = statement_json(statement)
    ledger = told.pop("ledger")
    return {**told, "ledger_entries": ledger["entries"], "ledger_root": ledger["root"]}
