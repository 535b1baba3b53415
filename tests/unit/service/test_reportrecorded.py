"""Article 7 and 5W tell what is on record, and call missing only what is on no record."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from openpyxl import load_workbook

from rafiqa.land import AccidentRecorded, AreaRecorded, AssistanceNoted
from rafiqa.land.reporttable import NO_NUMBER, NOT_RECORDED, Figure, Report, Said
from rafiqa.recovery import AreaNoticeWritten, LayerRegistered, PublicDecided
from rafiqa.service import (
    AssetShelf,
    Office,
    decide_public,
    record_accident,
    register_layer,
    write_notice,
)
from rafiqa.service.education import record_session
from rafiqa.service.inquiry import note_assistance
from rafiqa.service.peoplerecord import told_record
from rafiqa.service.question import NOW
from rafiqa.service.reportbasis import ReportAsked
from rafiqa.service.reporting import ask_report
from rafiqa.service.reportplace import ReportPlaces
from rafiqa.wire.reportpdf import page_texts
from rafiqa.wire.reportxlsx import report_xlsx
from tests.unit.service.ground import (
    DAY_US,
    FIRST,
    INFORMATION,
    OPERATOR,
    SECOND,
    office_at,
    spot_in,
    square,
)

SESSION: dict[str, Any] = {
    "reach": "direct",
    "activity": "school_session",
    "sessions": 2,
    "held_on": "2026-02-03",
    "girls_5_12": 30,
    "boys_5_12": 12,
    "with_impairment": 6,
}


def report(office: Office, kind: str, **asked: Any) -> Report:
    return ask_report(office, AssetShelf(), ReportAsked(kind, **asked))


def missing(told: Report) -> set[str]:
    return {each.code for each in told.missing}


def row_of(told: Report, table: str, **cells: object) -> dict[str, Any]:
    """The one row of a table that has these cells."""
    found = told.table(table)
    names = [column.name for column in found.columns]
    rows = [dict(zip(names, row, strict=True)) for row in found.rows]
    [row] = [row for row in rows if all(_plain(row[name]) == each for name, each in cells.items())]
    return row


def _plain(cell: object) -> object:
    return getattr(cell, "codes", (None,))[0] or getattr(cell, "text", None) or _code(cell)


def _code(cell: object) -> object:
    return getattr(cell, "code", cell)


def value(cell: object) -> object:
    assert isinstance(cell, Figure)
    return cell.value if cell.value is not None else cell.why


def figures(told: Report, table: str) -> list[list[object]]:
    """What stands in a table and in its sum, but for where it is from: that has a time."""
    found = told.table(table)
    rows = [*found.rows, found.total or ()]
    assert len(found.rows)
    return [[value(c) if isinstance(c, Figure) else _plain(c) for c in row] for row in rows]


def places(office: Office) -> None:
    """A district with one quarter, which the area of the tests lies in."""
    boxes = [shapely.box(-50, -50, 900, 900), shapely.box(-20, -20, 300, 300)]
    millimetres = shapely.transform(np.array(boxes, dtype=object), lambda xy: xy * 1_000)
    lonlat = office.frame.shapes_to_lonlat(millimetres)
    columns: dict[str, Sequence[Any]] = {
        "name": ["Upper Side", "Olive Court"],
        "name_ar": ["الجانب الأعلى", "ساحة الزيتون"],
        "kind": ["district", "neighbourhood"],
        "district_id": [None, "XQ0101"],
    }
    fact = LayerRegistered("places", "places", "", 0, "test")
    ids = ["XQ0101", "XQ010101"]
    assert register_layer(office, INFORMATION, fact, (ids, lonlat, columns)).done


def session(office: Office, session_id: str, **said: Any) -> None:
    fact, at_us = told_record("eore_session", {**SESSION, "id": session_id, **said}, "warners")
    fact = replace(fact, spot=spot_in(office, 50, 50))
    assert at_us
    acted = record_session(office, OPERATOR, fact)
    assert acted.done, acted.reasons


def test_of_an_empty_record_all_is_missing() -> None:
    office = office_at("area")
    assert missing(report(office, "article7")) >= {
        f"report.treaty.{name}"
        for name in ("warning", "education", "harmed", "victims", "assistance", "stockpiles")
    }
    told = report(office_at("released"), "5w")
    assert missing(told) == {
        "report.missing.reached",
        "report.missing.impairment",
        "report.missing.pcodes",
    }
    assert told.missing[2].params == {"n": len(told.table("activities").rows)} | {
        "all": len(told.table("activities").rows)
    }


def test_what_is_on_record_is_told_in_figures_and_not_called_missing() -> None:
    office = office_at("area")
    places(office)
    session(office, "S1")
    session(office, "S2", sessions=1)
    hurt = AccidentRecorded("X1", "ordnance", spot_in(office, 40, 40), killed=1, injured=6)
    assert record_accident(office, FIRST, hurt).done
    for n in range(6):
        step = AssistanceNoted(f"H-{n}", f"P-{n}00{n}", "prosthesis", "referred", "yes", "X1")
        acted = note_assistance(office, INFORMATION, step)
        assert acted.done, acted.reasons
    now_us = office.now_us()
    notice = AreaNoticeWritten("N1", "works", "XQ010101", now_us, now_us + 20 * DAY_US)
    assert write_notice(office, FIRST, notice, AssetShelf()).done
    unheard = report(office, "article7")
    assert "report.treaty.warning" in missing(unheard)
    assert decide_public(office, SECOND, PublicDecided("N1", "approved")).done
    told = report(office, "article7")
    # Victims by sex and age stand in no ledger: that alone of the people is missing still.
    assert missing(told) == {
        f"report.treaty.{name}"
        for name in (
            *("measures", "stockpiles", "retained", "conversion", "destruction"),
            *("characteristics", "victims"),
        )
    }
    by_what = {
        name: value(row_of(told, "other_forms", what=f"report.treaty.{name}")["number"])
        for name in ("warning", "education", "harmed", "assistance", "stockpiles")
    }
    assert by_what == {
        "warning": 1,
        "education": 3,
        # One was killed: seven less the six injured would tell of it.
        "harmed": NO_NUMBER,
        "assistance": 6,
        "stockpiles": NOT_RECORDED,
    }
    people = report(office, "people")
    for name in ("education", "accidents", "assistance"):
        assert figures(told, name) == figures(people, name)
    warned = row_of(told, "warnings", kind="works")
    assert warned["place_code"] == Said("XQ010101")


def test_sessions_are_rows_of_5w_with_whom_they_reached_and_where() -> None:
    office = office_at("area")
    places(office)
    session(office, "S1", donor="giver")
    told = report(office, "5w")
    assert not missing(told)
    row = row_of(told, "activities", activity="school_session")
    assert [value(row[name]) for name in ("sessions", "reached", "area")] == [2, 42, 0]
    assert (row["organisation"], row["donor"]) == (Said("warners"), Said("giver"))
    assert (row["place_code"], row["name"]) == (
        Said("XQ010101"),
        Said("Olive Court · ساحة الزيتون"),
    )
    place = row_of(told, "places", place_code="XQ010101")
    assert place["district_code"] == Said("XQ0101")
    assert place["district"] == Said("Upper Side · الجانب الأعلى")
    assert place["governorate"] == NOT_RECORDED
    assert figures(told, "education") == figures(report(office, "people"), "education")
    origin = row["reached"].origin
    assert origin.method.code == "report.method.education"
    # What a few withheld would follow from is withheld with them.
    session(office, "S2", men_18_plus=3)
    few = row_of(report(office, "5w"), "activities", donor="giver")
    assert value(few["reached"]) == NO_NUMBER
    # Elsewhere nobody was warned; of a donor only what that donor paid for.
    away = report(office, "5w", boundary=square(700, 700))
    assert Said("giver") not in away.table("activities").column("donor")
    assert "report.missing.reached" in missing(away)


def test_an_area_s_own_code_comes_before_where_it_lies() -> None:
    office = office_at("area")
    places(office)
    own = AreaRecorded("A9", "sha", square(10, 10, 20), "Yard", extra='{"place_id": "XQ02"}')
    found = ReportPlaces.of(office, AssetShelf(), NOW)
    assert found.codes_at(own.shape, own.extra) == ("XQ02",)
    assert found.codes_at(own.shape) == ("XQ010101",)
    # Outside of every quarter the district counts.
    assert found.codes_at(square(500, 500, 20)) == ("XQ0101",)
    assert found.codes_at(square(5_000, 500, 20)) == ()


@pytest.mark.parametrize("lang", ["en", "ar", "ckb", "kmr"])
@pytest.mark.parametrize("kind", ["5w", "article7"])
def test_the_sheet_and_the_paper_say_it_in_words(kind: str, lang: str) -> None:
    office = office_at("area")
    places(office)
    session(office, "S1")
    told = report(office, kind)
    words = page_texts(told, lang)
    assert not [each for each in words if each.startswith(("report.", "eore_"))]
    book = load_workbook(io.BytesIO(report_xlsx(told, lang)))
    cells = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert 30 in cells
    if kind == "5w":
        assert 42 in cells
        assert "XQ010101" in cells
        assert "#loc+code" in cells
