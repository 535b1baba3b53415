"""Warnings on paper: the notices that were told to everybody of a neighbourhood in the period."""

from __future__ import annotations

from rafiqa.land import Recorded
from rafiqa.land.reporttable import (
    NOT_RECORDED,
    At,
    Cell,
    Column,
    Label,
    ReportTable,
    Said,
    Words,
)
from rafiqa.recovery import APPROVED, AreaNoticeWritten, PublicDecided, PublicItem
from rafiqa.service.exporting import lonlat_of
from rafiqa.service.neighbourhood import Neighbourhood, Neighbourhoods
from rafiqa.service.reportbasis import ReportBasis
from rafiqa.service.reportplace import code_cell


def notices_told(basis: ReportBasis) -> list[AreaNoticeWritten]:
    """Returns the notices that were told at some time of the period, in the order of writing.

    One that is withdrawn since was told until then; one that nobody approved was never told.
    """
    public = basis.office.recovery(basis.until_us, basis.asked.known_at_us).public
    places = Neighbourhoods(basis.office, basis.shelf, basis.as_of)
    asked = lonlat_of(basis.office, basis.outline)
    found = []
    for fact, item in public.notices():
        begin_us, end_us = _told_us(fact, item)
        if not (begin_us <= basis.until_us and end_us > basis.from_us and begin_us < end_us):
            continue
        place = places.get(fact.place_id)
        if basis.outline is None or (
            place is not None and asked is not None and place.shape_lonlat.intersects(asked)
        ):
            found.append(fact)
    return found


def _told_us(fact: AreaNoticeWritten, item: PublicItem) -> tuple[int, int]:
    """Returns from when until when a notice was told; the same time twice where it never was."""
    decided = [(_decision(each), each.valid_at_us) for each in item.decisions]
    begun = [at_us for decision, at_us in decided if decision == APPROVED]
    if not begun:
        return fact.from_us, fact.from_us
    over = [at_us for decision, at_us in decided if decision == "withdrawn"]
    return max(fact.from_us, begun[0]), min([fact.until_us, *over[:1]])


def _decision(record: Recorded) -> str | None:
    return record.fact.decision if isinstance(record.fact, PublicDecided) else None


def warnings_table(basis: ReportBasis) -> ReportTable:
    """Returns the notices of the period: of what, of which neighbourhood, from when until when."""
    origin = basis.origin("notices")
    places = Neighbourhoods(basis.office, basis.shelf, basis.as_of)
    rows: list[tuple[Cell, ...]] = [
        (
            Label("area_notice_kind", (fact.kind,)),
            _name(basis, places.get(fact.place_id)),
            code_cell(() if fact.place_id not in basis.places.rows else (fact.place_id,)),
            At(fact.from_us),
            At(fact.until_us),
        )
        for fact in notices_told(basis)
    ]
    columns = tuple(map(Column, ("kind", "neighbourhood", "place_code", "start", "end")))
    notes = (Words("report.note.notices"),)
    return ReportTable("warnings", columns, tuple(rows), origin, None, notes)


def _name(basis: ReportBasis, place: Neighbourhood | None) -> Cell:
    """Returns what a neighbourhood is called; of a square of the grid, where it lies."""
    if place is None:
        return NOT_RECORDED
    known = basis.places.name(place.place_id)
    return Said(place.name) if known == NOT_RECORDED else known
