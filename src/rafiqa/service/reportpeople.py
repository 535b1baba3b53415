"""Accidents on paper: how many, of which kind, and who was harmed, never fewer than five of them.

Accidents are places and counts here. Who was harmed stands in no ledger; but who lives there knows
who it was, so that of one to four people no number is told, nor what would give it away.
"""

from __future__ import annotations

from collections.abc import Sequence

from rafiqa.land import AccidentRecorded, Recorded
from rafiqa.land.reporttable import (
    Cell,
    Column,
    Label,
    ReportTable,
    Words,
    counted,
    people,
    people_total,
)
from rafiqa.service.reportbasis import ReportBasis


def accidents_in(basis: ReportBasis) -> list[Recorded]:
    """Returns the accidents of the period on the ground asked about, in the order of the ledger."""
    return [
        record
        for record in basis.register.accidents.values()
        if isinstance(record.fact, AccidentRecorded)
        and basis.within(record)
        and basis.holds(record.fact.spot)
    ]


def harmed_by_kind(basis: ReportBasis) -> dict[str, list[int | None]]:
    """Returns how many were killed and how many injured, by kind of accident; None where untold."""
    by_kind: dict[str, list[AccidentRecorded]] = {}
    for record in accidents_in(basis):
        if isinstance(record.fact, AccidentRecorded):
            by_kind.setdefault(record.fact.kind, []).append(record.fact)
    return {
        kind: [_sum([fact.killed for fact in facts]), _sum([fact.injured for fact in facts])]
        for kind, facts in by_kind.items()
    }


def accidents_table(basis: ReportBasis, *, kinds: Sequence[str] | None = None) -> ReportTable:
    """Returns the accidents of the period by kind: how many, killed, injured, and how many untold.

    Args:
        basis: what the report is drawn up from.
        kinds: only accidents of these kinds; all where None.
    """
    origin = basis.origin("accidents")
    by_kind: dict[str, list[AccidentRecorded]] = {}
    for record in accidents_in(basis):
        fact = record.fact
        if isinstance(fact, AccidentRecorded) and (kinds is None or fact.kind in kinds):
            by_kind.setdefault(fact.kind, []).append(fact)
    rows: list[tuple[Cell, ...]] = []
    harmed: list[list[int | None]] = []
    for kind, facts in sorted(by_kind.items()):
        counts = [_sum([fact.killed for fact in facts]), _sum([fact.injured for fact in facts])]
        untold = sum(fact.killed is None or fact.injured is None for fact in facts)
        harmed.append(counts)
        rows.append(
            (
                Label("accident_kind", (kind,)),
                counted(len(facts), "accidents", origin),
                *(people(n, origin) for n in counts),
                counted(untold, "accidents", origin),
            )
        )
    every = [fact for facts in by_kind.values() for fact in facts]
    total: tuple[Cell, ...] = (
        Words("report.total"),
        counted(len(every), "accidents", origin),
        *(people_total([counts[at] for counts in harmed], origin) for at in range(2)),
        counted(sum(f.killed is None or f.injured is None for f in every), "accidents", origin),
    )
    columns = (
        Column("accident_kind"),
        Column("accidents", "accidents"),
        Column("killed", "people"),
        Column("injured", "people"),
        Column("accidents_untold", "accidents"),
    )
    notes = (Words("report.note.people"), Words("report.note.accidents-on-record"))
    return ReportTable("accidents", columns, tuple(rows), origin, total, notes)


def _sum(counts: Sequence[int | None]) -> int | None:
    """Returns the sum of what is on record; None where nothing is."""
    known = [n for n in counts if n is not None]
    return sum(known) if known else None
