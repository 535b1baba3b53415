"""The handover dossier: what is handed over, to whom, with which limits, and what stays hazard.

It is drawn up from what stands released at that moment. It is no certificate, and no title to the
land: the receiver's acceptance is ink beneath it.
"""

from __future__ import annotations

from collections.abc import Iterator

from rafiqa.errors import Fault, NotFound
from rafiqa.land import LandHandedOver, Recorded, ReleaseProposed
from rafiqa.land.certifiable import SEALED_SURFACES
from rafiqa.land.reporttable import (
    Cell,
    Column,
    Report,
    ReportTable,
    Said,
    Words,
    counted,
)
from rafiqa.service.reportbasis import ReportBasis, day_or, words_or
from rafiqa.service.reportcompletion import sites_table
from rafiqa.service.reportfigures import standing_table
from rafiqa.service.reportland import (
    certificates_table,
    left_table,
    map_of,
    released_table,
)

SIGNERS = ("operator", "inspector", "authority", "receiver", "witness")
_NOTICES = (
    "report.notice.handover",
    "report.notice.title",
    "report.notice.depth",
    "report.notice.left",
    "report.notice.reopening",
    "report.notice.found",
)


def handover_dossier(basis: ReportBasis) -> Report:
    """Returns the handover dossier of the areas asked about.

    Raises:
        NotFound: nothing there stands released.
    """
    released = released_table(basis)
    if not released.rows:
        raise NotFound(
            Fault("service.reporting.nothing-released", "--area" if basis.asked.area_id else "")
        )
    handed = list(handovers_of(basis))
    tables = (
        sites_table(basis),
        standing_table(basis),
        released,
        _handed_over(basis, handed),
        left_table(basis),
        _limits(basis, handed),
        decisions_table(basis),
        certificates_table(basis, in_force=True),
    )
    return Report(
        "handover",
        (basis.ground_name,),
        basis.figures.statement,
        tables,
        tuple(_missing(basis, handed, tables)),
        tuple(map(Words, _NOTICES)),
        SIGNERS,
        map_of(basis),
    )


def handovers_of(basis: ReportBasis) -> Iterator[tuple[Recorded, LandHandedOver]]:
    """Yields the handovers of the areas asked about by the end of the period."""
    for area_id in basis.area_ids:
        for record in basis.register.handovers.get(area_id, ()):
            if isinstance(record.fact, LandHandedOver) and basis.by_then(record):
                yield record, record.fact


def _handed_over(basis: ReportBasis, handed: list[tuple[Recorded, LandHandedOver]]) -> ReportTable:
    """Returns to whom land was handed over, with what they were told."""
    rows = tuple(
        (
            Said(fact.handover_id),
            Said(fact.area_id),
            Said(fact.receiver),
            day_or(record.valid_at_us),
            words_or(fact.community_told_on),
            words_or(fact.residual_risk),
            words_or(fact.limits),
        )
        for record, fact in handed
    )
    names = ("handover_id", "area_id", "receiver", "day", "community_told_on", "residual", "limits")
    origin = basis.origin("handovers", now=True)
    return ReportTable("handed_over", tuple(map(Column, names)), rows, origin)


def _limits(basis: ReportBasis, handed: list[tuple[Recorded, LandHandedOver]]) -> ReportTable:
    """Returns what must not be done on the land, each with what it rests on."""
    rows: list[tuple[Cell, ...]] = []
    seen: set[tuple[str, str | int]] = set()
    for item, state in basis.states:
        if basis.in_doubt.on(item.face, state):
            continue
        if state.status == "cleared" and state.depth_cm is not None:
            key = (min(state.claims, default=""), state.depth_cm)
            if key not in seen:
                seen.add(key)
                words = Words("report.limit.depth", {"depth_cm": state.depth_cm})
                rows.append((Said(key[0]), words, Said(min(state.part_ids, default=""))))
    rows.sort(key=lambda row: repr(row[:2]))
    for work in basis.work_facts():
        for part in work.parts:
            if part.outcome == "not_cleared" and basis.touches(part.shape):
                words = Words("report.limit.left", {"part": part.part_id})
                rows.append((Said(work.area_id), words, Said(part.part_id)))
            elif part.surface in SEALED_SURFACES and basis.touches(part.shape):
                words = Words("report.limit.sealed", {"part": part.part_id})
                rows.append((Said(work.area_id), words, Said(part.part_id)))
    rows += [(Said(fact.area_id), Said(fact.limits), Said(fact.handover_id)) for _, fact in handed]
    columns = tuple(map(Column, ("area_id", "must_not", "rests_on")))
    return ReportTable("limits", columns, tuple(rows), basis.origin("limits", now=True))


def decisions_table(basis: ReportBasis) -> ReportTable:
    """Returns every release decision on works asked about: when, and that two persons made it."""
    origin = basis.origin("decisions", now=True)
    work_ids = {fact.work_id for fact in basis.work_facts()}
    rows = []
    for release in basis.register.releases.values():
        fact = release.proposal.fact
        if not isinstance(fact, ReleaseProposed) or fact.work_id not in work_ids:
            continue
        if not basis.by_then(release.proposal):
            continue
        decision = release.decision
        known = decision is not None and basis.by_then(decision)
        state = release.state if known or release.state in {"proposed", "void"} else "proposed"
        rows.append(
            (
                Said(release.release_id),
                Said(fact.work_id),
                counted(len(fact.part_ids), "parts", origin),
                day_or(release.proposal.valid_at_us),
                Words(f"report.release.{state}"),
                day_or(decision.valid_at_us if known and decision is not None else None),
                Said(decision.actor.organisation_id)
                if known and decision is not None
                else Words("report.none"),
            )
        )
    columns = (
        Column("release_id"),
        Column("work_id"),
        Column("n_parts", "parts"),
        Column("proposed_on"),
        Column("state"),
        Column("decided_on"),
        Column("decided_by"),
    )
    notes = (Words("report.note.two-persons"),)
    return ReportTable("decisions", columns, tuple(rows), origin, None, notes)


def _missing(
    basis: ReportBasis,
    handed: list[tuple[Recorded, LandHandedOver]],
    tables: tuple[ReportTable, ...],
) -> Iterator[Words]:
    known = {fact.area_id for _, fact in handed}
    for area_id in basis.area_ids:
        if area_id not in known and _has_released(basis, area_id):
            yield Words("report.missing.not-handed-over", {"area": area_id})
    if not next(table for table in tables if table.name == "certificates").rows:
        yield Words("report.missing.no-certificate")
    yield Words("report.field.marking")
    yield Words("report.missing.liability")


def _has_released(basis: ReportBasis, area_id: str) -> bool:
    return any(area_id in state.claims and not state.is_hazard for _, state in basis.states)
