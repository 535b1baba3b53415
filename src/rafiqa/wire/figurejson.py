"""Figures beside the account as plain JSON values: statement, output, sizes, indicators, changes.

Areas are m² as floats for reading; where exactness is the point, half square millimetres stand
beside as integers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from rafiqa.land import (
    Account,
    Cause,
    Difference,
    Disagreement,
    Indicator,
    Items,
    Output,
    Recorded,
    Reported,
    ReportedTotal,
    Statement,
    WorkInspected,
    change_of,
    subject_of,
)
from rafiqa.locale import text
from rafiqa.wire.answer import classes_json, reason_json
from rafiqa.wire.factcode import kind_of
from rafiqa.wire.instant import iso

_M2 = 2_000_000


def statement_json(statement: Statement) -> dict[str, Any]:
    """Returns where figures come from: source, as-of, method, boundary, place in the ledger."""
    return {
        "source": statement.source,
        "from": iso(statement.from_us),
        "valid_at": iso(statement.valid_at_us),
        "known_at": iso(statement.known_at_us),
        "method": statement.method,
        "boundary": statement.boundary,
        "ledger": {"entries": statement.n_entries, "root": statement.root},
    }


def split_json(
    by: str, rows: Iterable[tuple[str | None, Account]], statement: Statement
) -> list[dict[str, Any]]:
    """Returns the account of each operator, donor or area; None is ground that has none."""
    return [
        {
            by: name,
            "classes": classes_json(account),
            "released_standing_m2": {key: m2(size) for key, size in account.released.items()},
            "balance_error_m2": m2(account.balance_error),
            "statement": statement_json(statement),
        }
        for name, account in rows
    ]


def output_json(rows: Sequence[Output], found: Sequence[Items]) -> dict[str, Any]:
    """Returns what was lowered by whom, in m² by both dates, and what was found, in items."""
    return {
        "output_m2": m2(sum(row.decided for row in rows if row.maker.heading == "output")),
        "rework_m2": m2(sum(row.decided for row in rows if row.maker.heading == "rework")),
        "rows": [_output_row(row) for row in rows],
        "items": [
            {
                "organisation": row.organisation_id,
                "donor": row.donor_id,
                "method": row.method,
                "items": row.items,
                "spot_tasks": row.tasks,
            }
            for row in found
        ],
    }


def _output_row(row: Output) -> dict[str, Any]:
    return {
        "heading": row.maker.heading,
        "organisation": row.maker.organisation_id,
        "donor": row.maker.donor_id,
        "method": row.maker.method,
        "outcome": row.maker.outcome,
        "transferred": row.maker.transferred,
        "decided_m2": m2(row.decided),
        "worked_m2": m2(row.worked),
        "work_undated_m2": m2(row.undated),
        "after_failed_m2": m2(row.after_failed),
        "decided_between": _between(row.decided_us),
        "worked_between": _between(row.worked_us),
    }


def _between(period_us: tuple[int, int] | None) -> list[str] | None:
    return None if period_us is None else [iso(at_us) for at_us in period_us]


def reported_json(rows: Sequence[Reported], totals: Sequence[ReportedTotal]) -> dict[str, Any]:
    """Returns sizes as stated beside sizes as computed: areas, parts and both in total."""
    return {
        "areas": [_reported_row(row) for row in rows if row.kind == "area"],
        "parts": [_reported_row(row) for row in rows if row.kind == "part"],
        "totals": {
            total.kind: {
                "stated": total.n,
                "reported_m2": _number(total.reported_m2),
                "computed_m2": m2(total.computed),
                "difference_m2": _number(total.difference_m2),
                "unstated": total.silent,
                "unstated_m2": m2(total.silent_size),
            }
            for total in totals
        },
    }


def _reported_row(row: Reported) -> dict[str, Any]:
    return {
        "id": row.subject,
        "reported_m2": _number(row.reported_m2),
        "computed_m2": m2(row.computed),
        "difference_m2": _number(row.difference_m2),
        "source": row.source,
        "entry_id": row.entry_id,
    }


def disagreements_json(found: Iterable[Disagreement]) -> list[dict[str, Any]]:
    """Returns where sources differ, with what each says."""
    return [
        {
            "topic": item.topic,
            "subjects": list(item.subjects),
            "area_m2": m2(item.size),
            "said": [
                {
                    "source": said.source,
                    "subject": said.subject,
                    "value": said.value,
                    "entry_id": said.entry_id,
                    "valid_at": iso(said.valid_at_us),
                }
                for said in item.said
            ],
        }
        for item in found
    ]


def indicators_json(
    found: Iterable[Indicator], statement: Statement, lang: str
) -> list[dict[str, Any]]:
    """Returns every indicator with its inputs; one without a value says why."""
    return [
        {
            "indicator": item.name,
            "of": item.of,
            "value": None if item.value is None else _number(item.value),
            "unit": item.unit,
            "inputs": {name: _number(value) for name, value in item.inputs.items()},
            "reason": None if item.reason is None else reason_json(item.reason, lang),
            "statement": statement_json(statement),
        }
        for item in found
    ]


Shown = Callable[[Recorded], bool]


def difference_json(
    found: Difference,
    earlier: Statement,
    later: Statement,
    lang: str,
    may_show: Shown = lambda _: True,
) -> dict[str, Any]:
    """Returns what changed between two knowings, and which facts did it.

    ``facts`` are those that made a part of the change alone; ``together`` lists several facts
    that made one only with one another. Both add up to the change.

    Args:
        found: the difference.
        earlier: where the earlier figures come from.
        later: where the later figures come from.
        lang: language of the facts' titles.
        may_show: whether the asker may see which record a fact is; its kind is told in any case.
    """
    alone = [cause for cause in found.causes if len(cause.records) == 1]
    several = [cause for cause in found.causes if len(cause.records) != 1]
    return {
        "classes": _change_m2(found),
        "half_mm2": change_of(found),
        "facts": [
            {**_fact_json(cause.records[0], lang, may_show), **_cause_json(cause)}
            for cause in alone
        ],
        "together": [
            {
                "facts": [_fact_json(record, lang, may_show) for record in cause.records],
                **_cause_json(cause),
            }
            for cause in several
        ],
        "earlier": statement_json(earlier),
        "statement": statement_json(later),
    }


def _cause_json(cause: Cause) -> dict[str, Any]:
    return {"area_m2": _change_m2(cause), "half_mm2": change_of(cause)}


def _change_m2(found: Difference | Cause) -> dict[str, dict[str, float]]:
    return {
        class_: {f"{name}_m2": m2(size) for name, size in figures.items()}
        for class_, figures in change_of(found).items()
    }


def _fact_json(record: Recorded, lang: str, may_show: Shown) -> dict[str, Any]:
    shown, kind = may_show(record), kind_of(record.fact)
    variant = ""
    if isinstance(record.fact, WorkInspected):
        variant = ".passed" if record.fact.passed else ".failed"
    return {
        "entry_id": record.entry_id if shown else None,
        "kind": kind,
        "title": text(f"fact.{kind}{variant}", {}, lang),
        "subject": subject_of(record.fact) if shown else None,
        "recorded_at": iso(record.recorded_at_us),
        "valid_at": iso(record.valid_at_us),
    }


def m2(size2_mm2: int) -> float:
    """Returns m² of twice an area in mm²; a float holds figures of a city to the mm²."""
    return size2_mm2 / _M2


def _number(value: int | Fraction | Decimal) -> float | int:
    return value if isinstance(value, int) else float(value)
