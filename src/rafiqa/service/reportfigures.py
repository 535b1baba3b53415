"""The tables that several reports share: the account, areas, output, items, indicators."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rafiqa.land import CLASSES, FLOWS, Indicator, LandState, Output, output
from rafiqa.land.movement import LOWERING
from rafiqa.land.reporttable import (
    NOT_RECORDED,
    Cell,
    Column,
    Figure,
    Label,
    Origin,
    ReportTable,
    Said,
    Words,
    counted,
    hectares,
    square_metres,
)
from rafiqa.service.reportbasis import ReportBasis, day_or, label_or, words_or

HAZARD: Final = ("cha", "sha", "indication")
STANDING: Final = (*HAZARD, *LOWERING)
"""What ground on record may be; a piece of it is one of them."""


def account_table(basis: ReportBasis) -> ReportTable:
    """Returns the land account of the period: a row for each class."""
    origin = basis.origin("account")
    account = basis.figures.account
    names = ("opening", *FLOWS, "closing")
    rows: list[tuple[Cell, ...]] = []
    totals = dict.fromkeys(names, 0)
    for class_ in CLASSES:
        item = account.classes[class_]
        sizes = {"opening": item.opening, **item.flows, "closing": item.closing}
        rows.append((Label("class", (class_,)), *(square_metres(sizes[n], origin) for n in names)))
        totals = {name: totals[name] + sizes[name] for name in names}
    return ReportTable(
        "account",
        (Column("class"), *(Column(f"account_{name}", "m2") for name in names)),
        tuple(rows),
        origin,
        (Words("report.total"), *(square_metres(totals[name], origin) for name in names)),
        (Words("report.note.identity"),),
    )


def standing_table(basis: ReportBasis) -> ReportTable:
    """Returns what the ground asked about is at the end of the period: a row for each state."""
    origin = basis.origin("faces", now=True)
    sizes = dict.fromkeys(STANDING, 0)
    for item, state in basis.states:
        sizes[state.status] = sizes.get(state.status, 0) + item.size
    rows = [(_status(name), square_metres(size, origin)) for name, size in sizes.items()]
    total = (Words("report.total"), square_metres(sum(sizes.values()), origin))
    columns = (Column("status"), Column("area", "m2"))
    return ReportTable("standing", columns, tuple(rows), origin, total, basis.doubts)


def _status(name: str) -> Label:
    return Label("outcome" if name in LOWERING else "class", (name,))


def claim_of(state: LandState) -> str:
    """Returns the one area that ground is told under: the first by id of those that claim it."""
    return min(state.claims, default="")


def areas_table(basis: ReportBasis) -> ReportTable:
    """Returns the hazard that is left, area by area; each square metre under one area.

    What several areas claim stands under the first of them by id, so that the rows add up to what
    is hazard in the account at the end of the period.
    """
    origin = basis.origin("areas", now=True)
    sizes: dict[tuple[str, str], int] = {}
    for item, state in basis.states:
        if state.is_hazard:
            key = (claim_of(state), state.status)
            sizes[key] = sizes.get(key, 0) + item.size
    rows = [
        (
            Said(area_id),
            basis.area_name(area_id),
            Label("class", (status,)),
            square_metres(size, origin),
            _recorded_on(basis, area_id),
            _recorded_by(basis, area_id),
        )
        for (area_id, status), size in sorted(sizes.items())
    ]
    columns = ("area_id", "name", "class", "area", "recorded_on", "recorded_by")
    total: tuple[Cell, ...] = (
        Words("report.total"),
        *(Said(""),) * 2,
        square_metres(sum(sizes.values()), origin),
        *(Said(""),) * 2,
    )
    return ReportTable(
        "areas",
        tuple(Column(name, "m2" if name == "area" else None) for name in columns),
        tuple(rows),
        origin,
        total,
        (Words("report.note.once"),),
    )


def _recorded_on(basis: ReportBasis, area_id: str) -> Cell:
    area = basis.register.areas.get(area_id)
    return NOT_RECORDED if area is None else day_or(area.recorded.valid_at_us)


def _recorded_by(basis: ReportBasis, area_id: str) -> Cell:
    """Returns whose record an area is; what a row names as its source may be a person."""
    area = basis.register.areas.get(area_id)
    return NOT_RECORDED if area is None else Said(area.recorded.actor.organisation_id)


def output_rows(basis: ReportBasis) -> list[Output]:
    """Returns what was lowered in the period by maker and area; of one donor where asked of one."""
    rows = output(
        basis.book,
        basis.figures.ground,
        from_us=basis.from_us,
        until_us=basis.until_us,
        by_area=True,
    )
    donor_id = basis.asked.donor_id
    return [row for row in rows if donor_id in (None, row.maker.donor_id)]


def method_table(basis: ReportBasis, rows: Sequence[Output], name: str = "released") -> ReportTable:
    """Returns what was released in the period by outcome and method, rework apart."""
    origin = basis.origin("output")
    sizes: dict[tuple[str, str | None, str], int] = {}
    for row in rows:
        key = (row.maker.outcome, row.maker.method, row.maker.heading)
        sizes[key] = sizes.get(key, 0) + row.decided
    ordered = sorted(sizes.items(), key=lambda item: tuple(each or "" for each in item[0]))
    told = [
        (
            Label("outcome", (outcome,)),
            label_or("method", method),
            Words(f"account.heading.{heading}"),
            square_metres(size, origin),
            hectares(size, origin),
        )
        for (outcome, method, heading), size in ordered
        if size
    ]
    whole = sum(sizes.values())
    columns = (
        Column("outcome"),
        Column("method"),
        Column("heading"),
        Column("area", "m2"),
        Column("area_hectares", "ha"),
    )
    total: tuple[Cell, ...] = (
        Words("report.total"),
        *(Said(""),) * 2,
        square_metres(whole, origin),
        hectares(whole, origin),
    )
    return ReportTable(name, columns, tuple(told), origin, total, (Words("report.note.decided"),))


def output_table(basis: ReportBasis, rows: Sequence[Output]) -> ReportTable:
    """Returns what was released in the period, by whom, for whom and by which method."""
    origin = basis.origin("output")
    sizes: dict[tuple[str | None, str | None, str | None, str, str], list[int]] = {}
    for row in rows:
        maker = row.maker
        key = (maker.organisation_id, maker.donor_id, maker.method, maker.outcome, maker.heading)
        held = sizes.setdefault(key, [0, 0, 0])
        held[0] += row.decided
        held[1] += row.worked
        held[2] += row.undated
    ordered = sorted(sizes.items(), key=lambda item: tuple(each or "" for each in item[0]))
    told = [
        (
            words_or(organisation),
            words_or(donor),
            label_or("method", method),
            Label("outcome", (outcome,)),
            Words(f"account.heading.{heading}"),
            *(square_metres(each, origin) for each in held),
        )
        for (organisation, donor, method, outcome, heading), held in ordered
    ]
    totals = [sum(held[at] for held in sizes.values()) for at in range(3)]
    columns = (
        *(Column(name) for name in ("organisation", "donor", "method", "outcome", "heading")),
        *(Column(name, "m2") for name in ("decided", "worked", "undated")),
    )
    total: tuple[Cell, ...] = (
        Words("report.total"),
        *(Said(""),) * 4,
        *(square_metres(each, origin) for each in totals),
    )
    notes = (Words("report.note.decided"), Words("report.note.worked"))
    return ReportTable("output", columns, tuple(told), origin, total, notes)


def items_table(basis: ReportBasis) -> ReportTable:
    """Returns what was found in works of the period, in items, and the spot tasks."""
    origin = basis.origin("items")
    donor_id = basis.asked.donor_id
    rows = [row for row in basis.figures.items if donor_id in (None, row.donor_id)]
    told = [
        (
            words_or(row.organisation_id),
            words_or(row.donor_id),
            label_or("method", row.method),
            counted(row.items, "items", origin),
            counted(row.tasks, "tasks", origin),
        )
        for row in rows
    ]
    columns = (
        *(Column(name) for name in ("organisation", "donor", "method")),
        Column("items", "items"),
        Column("spot_tasks", "tasks"),
    )
    return ReportTable("items", columns, tuple(told), origin)


def indicators_table(basis: ReportBasis, found: Iterable[Indicator]) -> ReportTable:
    """Returns indicators with their values, or why they have none; those of parts are left out."""
    origin = basis.origin("indicators")
    rows = tuple(_indicator(item, origin) for item in found if not _is_of_part(item))
    columns = (Column("indicator"), Column("of"), Column("value"), Column("unit"))
    return ReportTable("indicators", columns, rows, origin)


def _is_of_part(item: Indicator) -> bool:
    return item.name == "fade_out" and item.of is not None


def _indicator(item: Indicator, origin: Origin) -> tuple[Cell, ...]:
    why = None if item.reason is None else Words(item.reason.code, item.reason.params)
    return (
        Words(f"account.indicator.{item.name}"),
        _of(item),
        Figure(item.value, item.unit, origin, why),
        unit_cell(item.unit),
    )


def _of(item: Indicator) -> Cell:
    if item.of is None:
        return Said("")
    return Label("method", (item.of,)) if item.name == "rate" else Said(item.of)


def unit_cell(unit: str) -> Cell:
    """Returns a unit in words, for tables whose rows are in several."""
    return Words(f"report.unit.{unit}") if "/" not in unit else Said(unit)


def facts_table(name: str, rows: Iterable[tuple[Words, Cell]], origin: Origin) -> ReportTable:
    """Returns what there is to say of one thing: a label and a value in each row."""
    return ReportTable(name, (Column("what"), Column("value")), tuple(rows), origin)
