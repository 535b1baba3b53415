"""Reports: every figure says where it is from, equals the account, and gives nobody away."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from rafiqa.errors import InvalidInput, NotFound, RafiqaError
from rafiqa.geo import GridShape
from rafiqa.land import (
    AccidentRecorded,
    Account,
    LandHandedOver,
    LandReopened,
    LotInspected,
    TaskOrdered,
    account,
)
from rafiqa.land.reporttable import (
    Figure,
    Label,
    Origin,
    Report,
    ReportTable,
    Said,
    Words,
    people_total,
)
from rafiqa.locale import assuring_words
from rafiqa.service import (
    AssetShelf,
    Office,
    Stamp,
    hand_over,
    inspect_lot,
    order_work,
    record_accident,
    reopen_land,
)
from rafiqa.service.reportbasis import ReportAsked
from rafiqa.service.reporting import REPORTS, ask_report
from rafiqa.wire.reportpdf import page_texts
from rafiqa.wire.reporttext import cell_text
from tests.city import (
    DAY_US,
    EVIDENCE_TEXT,
    FIRST,
    INSPECTION_TEXT,
    INSPECTOR,
    LOGINS,
    REPORT_TEXT,
    START_US,
    box,
    small_city,
)

HALF_MM2 = 2_000_000
CUT = box(10.003, -5, 230, 231.117)
LOWERED = ("cancelled", "reduced", "cleared")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = small_city(tmp_path_factory.mktemp("reports"))
    paid = TaskOrdered(
        "T-2", "H2", "deminers", ("manual",), 20, donor_id="giver", cost=Decimal(500)
    )
    assert order_work(office, FIRST, paid).done
    yield office
    office.store.close()


def drawn(office: Office, kind: str, **asked: Any) -> Report:
    asked.setdefault("until_us", office.facts()[-1].recorded_at_us)
    return ask_report(office, AssetShelf(), ReportAsked(kind, **asked))


def total2(table: ReportTable, column: str, **of: str) -> int:
    """The sum of a column's square metres, in half mm²; of the rows with these codes alone."""
    names = [each.name for each in table.columns]
    found = Fraction(0)
    for row in table.rows:
        told = dict(zip(names, row, strict=True))
        if all(_codes(told[name]) == code for name, code in of.items()):
            cell = told[column]
            assert isinstance(cell, Figure)
            found += Fraction(cell.value or 0)
    whole = found * HALF_MM2
    assert whole.denominator == 1
    return int(whole)


def _codes(cell: object) -> str:
    return cell.codes[0] if isinstance(cell, Label) else getattr(cell, "text", "")


def flows2(whole: Account, name: str) -> int:
    return sum(item.flows[name] for item in whole.classes.values())


@pytest.fixture(scope="module")
def reports(office: Office) -> dict[str, Report]:
    return {kind: drawn(office, kind) for kind in REPORTS}


@pytest.mark.parametrize("kind", REPORTS)
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_every_report_is_drawn_up_in_words(
    reports: dict[str, Report], kind: str, lang: str
) -> None:
    """No code stands where words should, nothing promises, and no one's words are told."""
    report = reports[kind]
    told = page_texts(report, lang)
    assert not [words for words in told if words.startswith(("report.", "account.", "land."))]
    assert not [words for words in told if assuring_words(words)]
    every = "\n".join(told)
    canaries = [EVIDENCE_TEXT, REPORT_TEXT, INSPECTION_TEXT]
    canaries += [actor.person_id for actor in LOGINS.values()]
    assert not [canary for canary in canaries if canary in every]


@pytest.mark.parametrize("kind", REPORTS)
def test_every_figure_says_where_it_is_from(reports: dict[str, Report], kind: str) -> None:
    report = reports[kind]
    figures = [figure for table in report.tables for figure in table.figures()]
    assert figures
    for figure in figures:
        origin = figure.origin
        assert figure.unit
        assert origin.valid_at_us == report.statement.valid_at_us
        assert origin.known_at_us == report.statement.known_at_us
        assert origin.method.code.startswith("report.method.")
        assert cell_text(origin.source, "en")
        assert cell_text(origin.boundary, "en")
        assert (figure.value is None) == (figure.why is not None)
    assert all(len(row) == len(table.columns) for table in report.tables for row in table.rows)


@pytest.mark.parametrize("boundary", [None, CUT], ids=["all", "cut"])
@pytest.mark.parametrize("share", [1, 2], ids=["known-now", "known-then"])
@pytest.mark.parametrize("from_us", [None, START_US + 20 * DAY_US], ids=["ever", "period"])
def test_the_tables_add_up_to_the_land_account(
    office: Office, boundary: GridShape | None, share: int, from_us: int | None
) -> None:
    """To the half mm²: with a cut through faces, in a period, and as known half-way."""
    facts = office.facts()
    known_us = facts[len(facts) // share - 1].recorded_at_us
    until_us = facts[-1].recorded_at_us
    asked: dict[str, Any] = {"until_us": until_us, "known_at_us": known_us, "from_us": from_us}
    start_us = -2_208_988_800_000_000 - 1 if from_us is None else from_us
    whole = account(office.book(known_us), from_us=start_us, until_us=until_us, boundary=boundary)
    asked |= {"boundary": boundary, "boundary_name": "cut.geojson"}
    monthly, treaty = drawn(office, "monthly", **asked), drawn(office, "article7", **asked)
    fivew = drawn(office, "5w", **asked)
    if from_us is not None:
        _same_account(monthly.table("account"), whole)
        assert total2(monthly.table("output"), "decided") == sum(flows2(whole, n) for n in LOWERED)
    _same_account(treaty.table("account"), whole)
    for class_, item in whole.classes.items():
        told = total2(treaty.table("areas"), "area", **{"class": class_})
        assert told == item.closing
    for name in LOWERED:
        told = total2(treaty.table("released"), "area", outcome=name)
        assert told == flows2(whole, name)
    activities = fivew.table("activities")
    told = total2(activities, "area") + total2(activities, "rework")
    assert told == sum(flows2(whole, name) for name in LOWERED)
    brief = drawn(office, "municipality", **asked)
    for name, size in whole.released.items():
        assert total2(brief.table("standing"), "area", status=name) == size


def _same_account(table: ReportTable, whole: Account) -> None:
    for class_, item in whole.classes.items():
        sizes = {"opening": item.opening, **item.flows, "closing": item.closing}
        for name, size in sizes.items():
            assert total2(table, f"account_{name}", **{"class": class_}) == size, (class_, name)


def test_an_area_s_report_is_its_ground_alone(office: Office) -> None:
    until_us = office.facts()[-1].recorded_at_us
    outline = office.register().areas["H1"].outline
    whole = account(office.book(), from_us=0, until_us=until_us, boundary=outline)
    completion = drawn(office, "completion", area_id="H1")
    for name, size in whole.released.items():
        assert total2(completion.table("standing"), "area", status=name) == size
        assert total2(completion.table("sites"), f"state_{name}") == size
    handover = drawn(office, "handover", area_id="H1")
    assert total2(handover.table("released_parts"), "area") == whole.released["cleared"]
    parts = [_codes(cell) for cell in completion.table("parts").column("part_id")]
    assert parts == ["P1", "P2", "P3"]
    assert [_codes(c) for c in completion.table("left").column("part_id")] == ["P2"]


def test_what_a_completion_report_lacks_is_named(office: Office) -> None:
    codes = {each.code for each in drawn(office, "completion", area_id="H1").missing}
    assert {"report.field.marking", "report.field.files", "report.field.receiver"} <= codes
    assert "report.field.depth" not in codes


def test_nothing_is_handed_over_that_is_hazard(office: Office) -> None:
    """H3 was released and reopened: it has no released part, and its dossier no such row."""
    with pytest.raises(NotFound, match=r"service\.reporting\.nothing-released"):
        drawn(office, "handover", area_id="H3")
    told = drawn(office, "handover")
    assert "H3" not in {_codes(c) for c in told.table("released_parts").column("area_id")}
    assert told.missing[0].params == {"area": "H1"}


@pytest.mark.parametrize(
    ("kind", "asked", "code", "place"),
    [
        ("completion", {"area_id": "nowhere"}, "land.area.unknown", "--area"),
        ("dossier", {"project_id": "nothing"}, "service.project.unknown", "PROJECT"),
        ("donor", {"donor_id": "nobody"}, "service.reporting.donor-unknown", "--donor"),
        (
            "monthly",
            {"from_us": START_US + DAY_US, "until_us": START_US},
            "service.account.period",
            "--to",
        ),
        ("5w", {"until_us": START_US + 9_000 * DAY_US}, "service.reporting.future", "--to"),
        (
            "5w",
            {"known_at_us": START_US + 9_000 * DAY_US},
            "service.reporting.future",
            "--known-at",
        ),
        ("completion", {"until_us": START_US}, "service.reporting.no-completion", ""),
        ("rumour", {}, "service.reporting.kind", "KIND"),
    ],
)
def test_bad_questions_are_refused_by_code(
    office: Office, kind: str, asked: dict[str, Any], code: str, place: str
) -> None:
    with pytest.raises(RafiqaError) as refused:
        drawn(office, kind, **asked)
    assert isinstance(refused.value, (InvalidInput, NotFound))
    assert [(fault.code, fault.place) for fault in refused.value.faults] == [(code, place)]


def test_a_report_is_the_same_for_ever(tmp_path: Path) -> None:
    """What is recorded later changes no report as known before, of any kind that it has."""
    office = small_city(tmp_path)
    newest = office.facts()[-1]
    asked = {"until_us": newest.recorded_at_us, "known_at_us": newest.recorded_at_us}
    kinds = [kind for kind in REPORTS if kind != "donor"]
    then = [drawn(office, kind, **asked) for kind in kinds]
    late = LandReopened("late", box(0, 0, 30, 30), "flood")
    assert reopen_land(office, FIRST, late, Stamp(START_US + DAY_US)).done
    assert [drawn(office, kind, **asked) for kind in kinds] == then
    office.store.close()


def test_few_people_are_no_number(tmp_path: Path) -> None:
    """Nobody is counted where they are fewer than five, nor by taking one total from another."""
    office = small_city(tmp_path)
    for number, (kind, killed, injured) in enumerate(
        [("works", 7, 1), ("demining", 3, 6), ("near_miss", None, 0)]
    ):
        fact = AccidentRecorded(f"X{number}", kind, killed=killed, injured=injured)
        assert record_accident(office, FIRST, fact).done
    table = drawn(office, "article7").table("accidents")
    told = {
        _codes(row[0]): [getattr(cell, "value", None) for cell in row[1:4]] for row in table.rows
    }
    assert told["works"] == [1, 7, None]
    assert told["demining"] == [1, None, 6]
    assert told["near_miss"] == [1, None, 0]
    assert table.total is not None
    office.store.close()


def test_a_total_gives_no_withheld_count_away() -> None:
    origin = _origin()
    assert people_total([7, 3], origin).value is None
    assert people_total([7, 1, 1], origin).value is None
    assert people_total([7, 3, 4], origin).value == 14
    assert people_total([7, 0], origin).value == 7
    # Only four and four are eight, and only five times one is five.
    assert people_total([7, 4, 4], origin).value is None
    assert people_total([7, 1, 1, 1, 1, 1], origin).value is None
    assert people_total([None, None], origin).value is None


def _origin() -> Origin:
    return Origin(Said("here"), Words("report.method.accidents"), Said("all"), None, 0, 0)


def test_what_a_failed_lot_puts_in_doubt_is_handed_over_on_no_paper(tmp_path: Path) -> None:
    office = small_city(tmp_path)
    before = drawn(office, "handover", area_id="H1")
    assert [_codes(cell) for cell in before.table("released_parts").column("part_id")] == ["P1"]
    # The same hands left something elsewhere.
    lot = LotInspected(
        "L9", "quality", False, START_US, office.now_us(), ("P4",), ("W3",), inspected_id="deminers"
    )
    assert inspect_lot(office, INSPECTOR, lot).done
    with pytest.raises(NotFound) as refused:
        drawn(office, "handover", area_id="H1")
    assert refused.value.code == "service.reporting.nothing-released"
    told = drawn(office, "completion", area_id="H1")
    size, doubt = told.table("standing").notes
    assert (size.code, size.params) == ("report.note.doubt", {"area_m2": 5_000})
    assert (doubt.code, doubt.params["lot"]) == ("land.point.quarantined", "L9")
    assert told.picture is not None
    assert {kind for kind, _ in told.picture.ground} == {"hazard", "left"}
    office.store.close()


def test_what_was_handed_over_and_to_whom(tmp_path: Path) -> None:
    office = small_city(tmp_path)
    fact = LandHandedOver(
        "HO-1", "H1", "municipality", "2026-02-01", "Some may be left.", "No digging.", ("P2",)
    )
    acted = hand_over(office, FIRST, fact)
    assert acted.done, acted.reasons
    told = drawn(office, "handover", area_id="H1")
    row = told.table("handed_over").rows[0]
    assert [_codes(cell) for cell in row[:3]] == ["HO-1", "H1", "municipality"]
    assert "report.missing.not-handed-over" not in {each.code for each in told.missing}
    assert told.signatures == ("operator", "inspector", "authority", "receiver", "witness")
    office.store.close()


def test_a_donor_s_page_holds_its_own_output_alone(office: Office) -> None:
    page = drawn(office, "donor", donor_id="giver")
    assert {_codes(c) for c in page.table("donor_tasks").column("donor")} == {"giver"}
    assert page.table("released").rows == ()
    every = drawn(office, "donor")
    whole = account(office.book(), from_us=-(2**62), until_us=office.facts()[-1].recorded_at_us)
    assert total2(every.table("donors"), "area") == sum(flows2(whole, n) for n in LOWERED)
    assert every.statement.n_entries == len(office.facts())


def test_few_reporters_are_not_told_of_a_part_of_the_site(office: Office) -> None:
    """The small city has two reports that wait: all of it says so, a part of it does not."""
    every = drawn(office, "monthly").table("waiting").rows[-1]
    assert getattr(every[1], "value", None) == 2
    part = box(0, 350, 150, 450)
    few = drawn(office, "monthly", boundary=part, boundary_name="part").table("waiting").rows[-1]
    assert [getattr(cell, "value", 0) for cell in few[1:]] == [None, None, None]
    told = drawn(office, "dossier").table("history").column("act")
    assert not [cell for cell in told if getattr(cell, "code", "").startswith("fact.report.")]


def test_a_map_draws_what_is_beside_the_area_too(office: Office) -> None:
    """Beside H1 lies ground of H3 that is hazard again: it must not look unrecorded."""
    picture = drawn(office, "completion", area_id="H1").picture
    assert picture is not None
    assert [name for name, _ in picture.outlines] == ["H1"]
    beside = box(10, 210, 50, 250)
    assert any(kind == "hazard" and shape.covers(beside) for kind, shape in picture.ground)
    assert any(kind == "left" for kind, _ in picture.ground)
