"""What everybody is told: one whitelist, hazard no smaller and released land no larger."""

from __future__ import annotations

import dataclasses
import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from rafiqa.dictionary import dictionary, public_files, whitelist_of
from rafiqa.errors import CorruptLedger, InvalidInput
from rafiqa.geo import planar_mm, union_of
from rafiqa.land import (
    EvidenceRecorded,
    LandReopened,
    LotInspected,
    OrdnanceFound,
    ResidentReported,
    WorkedPart,
    WorkReported,
)
from rafiqa.recovery import LayerRegistered
from rafiqa.service import (
    AsOf,
    AssetShelf,
    Office,
    inspect_lot,
    open_office,
    record_evidence,
    register_layer,
    reopen_land,
    report_hazard,
    report_work,
)
from rafiqa.service.neighbourhood import cell_at, cell_of_id, reference
from rafiqa.service.public import n_telling, public_state, set_whom_to_call
from rafiqa.service.publicfiles import (
    Doors,
    public_files_of,
    sheet_of,
    sheet_places,
    sheets,
    write_folder,
)
from rafiqa.service.publicground import whole_m2
from rafiqa.wire.publicgate import band, gated
from rafiqa.wire.publicpage import PublicPage, list_html, page_html
from rafiqa.wire.publicsheet import DangerSheet, sheet_paper
from tests.city import DAY_US, FIRST, INSPECTOR, OPERATOR, RESIDENT, Clock, box, spot
from tests.unit.service.publiccity import own_city

DOORS = Doors(address="https://danger.example.org/public")
Made = tuple[Office, Clock]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Made]:
    office, clock = own_city(tmp_path)
    yield office, clock
    office.store.close()


def told(office: Office, as_of: AsOf | None = None) -> dict[str, list[dict[str, Any]]]:
    return public_state(office, AssetShelf(), as_of or AsOf()).files


def ground_mm(office: Office, rows: list[dict[str, Any]]) -> Any:
    return shapely.union_all([planar_mm(row["outline"], office.frame) for row in rows])


def named_place(office: Office, name: str, kind: str = "neighbourhood") -> None:
    """Neighbourhoods of the small city as a layer, west and east."""
    shapes = [box(-300, -300, 150, 400), box(150, -300, 500, 400)]
    lonlat = np.array([office.frame.to_lonlat(each).geometry for each in shapes], dtype=object)
    columns: dict[str, list[Any]] = {
        "name": [name, f"{name} east"],
        "name_ar": ["الغربي", None],
        "kind": [kind] * 2,
    }
    fact = LayerRegistered("small-places", "places", "", 0, "test")
    assert register_layer(office, FIRST, fact, (["n1", "n2"], lonlat, columns)).done


# --- the gate


def test_the_whitelist_holds_only_what_the_dictionary_lets_everybody_see() -> None:
    for file, fields in public_files().items():
        for field in fields.values():
            assert field.of or field.why, (file, field.name)
            if field.of:
                record, name = field.of.split(".")
                found = dictionary().records[record].field(name)
                assert found is not None
                assert found.sensitivity == 0, field.of


@pytest.mark.parametrize(
    "field",
    [
        {"type": "words"},
        {"type": "anything", "why": "because"},
        {"type": "code", "list": "no_such_list", "why": "because"},
        {"type": "position", "of": "ordnance_item.geometry"},
        {"type": "words", "of": "hazard_area.note"},
        {"type": "name", "of": "hazard_area.organisation_id"},
    ],
)
def test_a_whitelist_that_would_let_more_out_is_refused(field: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        whitelist_of({"danger": {"more": field}}, dictionary())
    assert {each.code for each in refused.value.faults} <= {
        "dictionary.public.field",
        "dictionary.public.sensitive",
    }


@pytest.mark.parametrize(
    ("file", "row"),
    [
        ("danger", {"name": "house of somebody"}),
        ("danger", {"class": "canary"}),
        ("danger", {"ref": "H1"}),
        ("danger", {"area_m2": "12"}),
        ("danger", {"area_m2": True}),
        ("danger", {"outline": ((((39.01, 35.95),),),)}),
        ("places", {"middle": (39.012345, 35.95)}),
        ("counts", {"finds": 3}),
        ("counts", {"finds": "3"}),
        ("months", {"month": "2026-01-03"}),
        ("archive", {"picture": "../../etc/passwd"}),
        ("released", {"certificate": "canary words"}),
    ],
)
def test_what_is_not_listed_stops_the_product(file: str, row: dict[str, Any]) -> None:
    with pytest.raises(CorruptLedger) as stopped:
        gated(file, row)
    assert stopped.value.code == "wire.public.not-listed"


def test_one_row_that_may_not_be_told_publishes_nothing(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, _ = made
    from rafiqa.service import publicground

    row = {"ref": "D-0000000", "class": "cha", "note": "canary"}
    monkeypatch.setattr(publicground.PublicGround, "danger", lambda _: iter([row]))
    with pytest.raises(CorruptLedger):
        public_state(office, AssetShelf())


# --- the ground


def test_hazard_is_drawn_no_smaller_and_released_land_no_larger(made: Made) -> None:
    office, _ = made
    files, now_us = told(office), office.now_us()
    states = list(office.book().states(now_us))
    hazard = union_of([face.shape for face, state in states if state.is_hazard]).geometry
    free = union_of([face.shape for face, state in states if not state.is_hazard]).geometry
    danger = ground_mm(office, files["danger"])
    released = ground_mm(office, files["released"])
    assert hazard.difference(danger).area == 0
    assert released.difference(free).area == 0
    assert released.intersection(hazard).area == 0
    assert released.area > 0.9 * free.area
    assert danger.area < 1.1 * hazard.area


def test_each_says_class_status_day_and_depth(made: Made) -> None:
    office, _ = made
    named_place(office, "Mill")
    files = told(office)
    by_class = {(row["class"], row["status"]) for row in files["danger"]}
    assert by_class == {("cha", "open"), ("sha", "open"), ("cha", "reopened")}
    assert {row["depth_cm"] for row in files["released"]} == {30, 50}
    names = {row["ref"]: row["name"] for row in files["places"]}
    assert {names[ref] for row in files["danger"] for ref in row["places"]} == {"Mill", "Mill east"}


def test_ground_reopened_is_hazard_at_once(made: Made) -> None:
    office, _ = made
    before = ground_mm(office, told(office)["released"])
    opened = LandReopened("O9", box(10, 10, 30, 30), "flood", area_id="H1")
    assert reopen_land(office, FIRST, opened).done
    files = told(office)
    reopened = [row for row in files["danger"] if row["status"] == "reopened"]
    assert shapely.covers(ground_mm(office, reopened), opened.shape.geometry)
    assert shapely.intersects(before, opened.shape.geometry)
    assert not shapely.overlaps(ground_mm(office, files["released"]), opened.shape.geometry)


def test_what_a_failed_lot_put_in_doubt_is_told_as_ground_to_keep_off(made: Made) -> None:
    office, clock = made
    lot = LotInspected(
        "L7",
        "quality",
        passed=False,
        from_us=clock.at_us - 200 * DAY_US,
        until_us=clock.at_us,
        work_ids=("W2",),
        inspected_id="deminers",
    )
    acted = inspect_lot(office, INSPECTOR, lot)
    assert acted.done, acted.reasons
    files = told(office)
    doubtful = [row for row in files["danger"] if row["status"] == "in_doubt"]
    assert doubtful
    taken_over = box(300, 0, 340, 40).geometry
    assert shapely.covers(taken_over, ground_mm(office, files["released"]))


def test_old_questions_are_answered_as_before(made: Made) -> None:
    office, clock = made
    then = AsOf(clock.at_us - 20 * DAY_US, clock.at_us - 20 * DAY_US)
    before = told(office, then)
    assert reopen_land(office, FIRST, LandReopened("O9", box(10, 10, 30, 30), "flood")).done
    assert told(office, then) == before


def test_the_same_ledger_at_the_same_moment_gives_the_same_bytes(made: Made) -> None:
    office, clock = made
    at = AsOf(clock.at_us)
    one, two = (
        public_files_of(public_state(office, AssetShelf(), at), {"public.js": b"1"}, DOORS)
        for _ in range(2)
    )
    assert one == two
    later = AsOf(clock.at_us + DAY_US)
    other = public_files_of(public_state(office, AssetShelf(), later), {"public.js": b"1"}, DOORS)
    assert other["manifest.json"] != one["manifest.json"]


# --- counts


def found(office: Office, work_id: str, count: int, x_m: float) -> None:
    part = WorkedPart(f"{work_id}-P", "not_cleared", box(0, 0, 5, 5), "manual", reason="under_slab")
    finds = (OrdnanceFound("grenade", spot(office, x_m, 40), count=count),)
    work = WorkReported(work_id, "H1", "deminers", (part,), finds=finds)
    acted = report_work(office, OPERATOR, work)
    assert acted.done, acted.reasons


def test_counts_are_in_bands_by_fixed_squares_of_months_that_are_over(made: Made) -> None:
    office, clock = made
    found(office, "W-many", 12, 40)
    found(office, "W-few", 4, 5_000)
    assert told(office)["counts"] == []
    clock.sleep_days(40)
    counts = told(office)["counts"]
    assert [row["finds"] for row in counts] == ["10-19"]
    assert "accidents" not in counts[0]
    west, south = counts[0]["cell"]
    assert round(west, 2) == west
    assert round(south, 2) == south


def test_bands_tell_no_small_count() -> None:
    assert [band(count) for count in (0, 1, 4, 5, 9, 10, 20, 49, 50, 100, 10_000)] == [
        *(None, None, None),
        *("5-9", "5-9", "10-19", "20-49", "20-49", "50-99", "100+", "100+"),
    ]
    assert band(3, least=1) == "1-4"
    assert band(0, least=1) is None


def test_works_are_told_of_months_that_are_over_and_of_neighbourhoods(made: Made) -> None:
    office, clock = made
    for then in (datetime(2026, 1, 31, tzinfo=UTC), datetime(2026, 2, 27, tzinfo=UTC)):
        # The team may be at work there still.
        assert told(office, AsOf(int(then.timestamp() * 1_000_000)))["months"] == []
    del clock
    (row,) = told(office)["months"]
    assert (row["month"], row["works"]) == ("2026-01", "1-4")


def test_sums_are_rounded_as_outlines_are_hazard_up_and_released_down(made: Made) -> None:
    for area2_mm2, up, down in [(0, 0, 0), (1, 1, 0), (2_000_000, 1, 1), (2_000_001, 2, 1)]:
        assert whole_m2(area2_mm2, hazard=True) == up
        assert whole_m2(area2_mm2, hazard=False) == down
    office, _ = made
    hazard2_mm2 = sum(
        face.shape.area2_mm2
        for face, state in office.book().states(office.now_us())
        if state.is_hazard
    )
    shown_m2 = sum(row["area_m2"] for row in told(office)["totals"] if "class" in row)
    assert 2_000_000 * shown_m2 >= hazard2_mm2 > 0


def test_squares_do_not_hang_on_what_is_in_them() -> None:
    for lat_deg in (-71.3, -34.9, 0.0, 34.905, 59.99, 69.7):
        for lon_deg in (-120.005, -0.001, 38.5437, 179.99):
            cell = cell_at(lon_deg, lat_deg)
            assert cell.shape_lonlat.covers(shapely.Point(lon_deg, lat_deg))
            again = cell_of_id(cell.place_id)
            assert again is not None
            assert again.ref == cell.ref
            west, south, east, north = cell.shape_lonlat.bounds
            assert (north - south) * 111_195 > 1_000
            assert (east - west) * 111_195 * np.cos(np.radians(abs(lat_deg))) > 990
    assert cell_of_id("cell:99999:1") is None
    assert cell_of_id("H1") is None


def test_a_reference_does_not_show_its_id() -> None:
    assert reference("D", "house-of-x") != reference("D", "house-of-y")
    assert "house" not in reference("D", "house-of-x").lower()
    assert len({reference("D", str(number)) for number in range(20_000)}) == 20_000


# --- the folder


def test_a_folder_is_written_whole_and_what_went_out_of_date_goes(
    made: Made, tmp_path: Path
) -> None:
    office, _ = made
    state = public_state(office, AssetShelf())
    folder = tmp_path / "out"
    write_folder(
        folder, public_files_of(state, {"public.js": b"1"}, DOORS, dict(sheets(state, DOORS)))
    )
    manifest = json.loads((folder / "manifest.json").read_bytes())
    on_disk = {each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()}
    assert {row["name"] for row in manifest["files"]} | {"manifest.json"} == on_disk
    old_data = {name for name in on_disk if name.startswith("data/danger")}
    assert reopen_land(office, FIRST, LandReopened("O9", box(10, 10, 30, 30), "flood")).done
    state = public_state(office, AssetShelf())
    write_folder(folder, public_files_of(state, {"public.js": b"1"}, DOORS))
    assert not any((folder / name).exists() for name in old_data)
    assert not list(folder.glob("sheets/*"))


def test_a_folder_of_others_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(InvalidInput) as refused:
        write_folder(tmp_path, {"manifest.json": b"{}"})
    assert refused.value.code == "service.public.not-ours"
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
    assert not (tmp_path / "manifest.json").exists()
    # A page of somebody else has a manifest, too.
    for other in ('{"name": "Our ward", "icons": []}', "no JSON", "[]", '{"about": {}}'):
        (tmp_path / "manifest.json").write_text(other)
        with pytest.raises(InvalidInput):
            write_folder(tmp_path, {"manifest.json": b"{}"})
        assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_without_a_network_or_a_script_every_page_says_what_it_must(made: Made) -> None:
    office, _ = made
    set_whom_to_call(office, "115, mine  action\noffice")
    state = public_state(office, AssetShelf())
    files = public_files_of(state, {}, DOORS)
    for lang in ("en", "ar", "ckb", "kmr"):
        page = files[f"{lang}.html"].decode()
        assert "115, mine action office" in page
        # Once in each square that it reaches into.
        rows = [*state.files["danger"], *state.files["released"]]
        assert page.count('class="row"') == sum(len(row["places"]) for row in rows)
        for row in state.files["danger"]:
            assert row["ref"] in page
        assert "http://" not in page.replace("http://www.w3.org", "")
        assert "<script src" in page
        assert "<script>" not in page
    with pytest.raises(InvalidInput):
        set_whom_to_call(office, "x" * 200)


def test_sheets_say_it_in_two_languages_and_in_black_and_white(made: Made) -> None:
    office, _ = made
    named_place(office, "Mill")
    state = public_state(office, AssetShelf())
    (first, second) = sheet_places(state)
    assert {name for name, _ in sheets(state, DOORS)} == {
        f"sheets/{ref}{ending}.pdf" for ref in (first, second) for ending in ("", "-ku")
    }
    made_twice = [sheet_of(state, f"{first}.pdf", DOORS) for _ in range(2)]
    assert made_twice[0] == made_twice[1]
    assert (made_twice[0] or b"").startswith(b"%PDF")
    assert sheet_of(state, "N-0000000.pdf", DOORS) is None
    assert sheet_of(state, f"../{first}.pdf", DOORS) is None
    rows = [row for row in state.files["danger"] if first in row["places"]]
    sheet = DangerSheet(state.about, state.names[first], rows, (), (), ("en", "ar"), None)
    paper = sheet_paper(sheet)
    assert [row["number"] for row in paper["areas"]] == [str(at + 1) for at in range(len(rows))]
    assert paper["code"] is None
    assert paper["by_hand"] is True
    # Every class has a pattern of its own, which a copier keeps.
    assert "url(#cha)" in paper["map"]
    assert "url(#unrecorded)" in paper["map"]


# --- canaries: see test_public_canary.py for every kind of fact


def test_evidence_that_lies_on_no_released_land_is_told_by_nothing(made: Made) -> None:
    office, _ = made
    before = told(office)
    for number, place in enumerate(((90, 90), (777, 777))):
        # In hazard on record, which stands for it however inexact it is, and far from any.
        seen = EvidenceRecorded(
            f"E{number}7", "eo_seen", "visual", spot(office, *place), accuracy_m=Decimal(60)
        )
        assert record_evidence(office, FIRST, seen).done
    assert told(office) == before


def test_a_store_read_again_tells_the_same(made: Made, tmp_path: Path) -> None:
    office, clock = made
    at = AsOf(clock.at_us)
    first = public_state(office, AssetShelf(), at)
    again = open_office(
        str(tmp_path / "small.rafiqa"), now_us=clock.now_us, entropy=lambda n: b"\0" * n
    )
    second = public_state(again, AssetShelf(), at)
    assert dataclasses.asdict(first) == dataclasses.asdict(second)
    again.store.close()


def test_reports_by_the_thousand_make_nothing_anew_and_every_other_fact_does(made: Made) -> None:
    office, _ = made
    before = n_telling(office), told(office)
    seen = ResidentReported("S9", spot(office, 90, 90), "mine")
    assert report_hazard(office, RESIDENT, seen).done
    assert (n_telling(office), told(office)) == before
    assert reopen_land(office, FIRST, LandReopened("O9", box(10, 10, 30, 30), "flood")).done
    assert n_telling(office) == before[0] + 1


def test_the_first_page_keeps_its_weight_however_much_is_on_record(made: Made) -> None:
    office, _ = made
    state = public_state(office, AssetShelf())
    row = state.files["danger"][0]
    limit = 60_000 - 15_000
    for count, places in ((300, 300), (20_000, 350), (20_000, 5_000)):
        named = [
            {"ref": reference("N", str(at)), "name": f"Quarter {at}", "name_ar": f"حي {at}"}
            for at in range(places)
        ]
        danger = [
            {**row, "ref": reference("D", str(at)), "places": [named[at % places]["ref"]]}
            for at in range(count)
        ]
        files = {**state.files, "danger": danger, "released": [], "places": named}
        page = PublicPage("ar", state.about, files, {"map": "data/map.svg"}, frozenset())
        assert len(gzip.compress(page_html(page), 9)) < limit, (count, places)
        longer = list_html(page)
        assert (longer is None) == (count == 300)
        whole = longer if longer is not None else page_html(page)
        assert whole.count(b'class="row"') >= count
