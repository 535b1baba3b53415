"""What a command does with what it cannot do: status, every fault, its place, the next step."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.unit.cli.conftest import INSIDE, ORIGIN

READING = [("account",), ("at", *INSIDE), ("gate", "house"), ("gate", "--all"), ("check",)]


@pytest.mark.parametrize(
    "asked",
    [
        (),
        ("nonsense",),
        ("new", "x"),
        ("new", "x", "--name", "n", "--lon", "east", "--lat", "1"),
        ("at", "x"),
        ("at", "x", "--lon", "1"),
        ("import", "x", "y"),
        ("import", "x", "y", "--as", "nonsense"),
        ("account",),
        ("account", "x", "--lang", "xx"),
        ("gate", "x", "--nonsense"),
        ("serve", "x", "--port", "high"),
        ("demo", "x", "--buildings", "many"),
    ],
)
def test_wrong_usage_is_2_and_told_on_standard_error(run, asked, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = run(*asked)
    assert ran.status == 2
    assert ran.out == ""
    assert "usage: rafiqa" in ran.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("asked", [("gate",), ("gate", "house", "--all")])
def test_a_gate_of_nothing_or_of_two_things_is_wrong_usage(run, city, asked):
    ran = run("gate", city, *asked[1:], "--json")
    assert (ran.status, ran.codes) == (2, ["cli.gate.project-or-all"])


def test_a_table_of_one_project_is_not_silently_left_unwritten(run, city, tmp_path):
    ran = run("gate", city, "house", "--out", tmp_path / "x.parquet", "--json")
    assert (ran.status, ran.codes) == (2, ["cli.gate.out-without-all"])


@pytest.mark.parametrize("place", ["no/x.parquet", "."])
def test_a_table_that_cannot_be_written(run, city, place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = run("gate", city, "--all", "--out", place, "--json")
    assert ran.status == 1
    assert ran.codes[0].startswith("cli.gate.out-")
    assert ran.answer["refused"][0]["field"] == "--out"


@pytest.mark.parametrize("asked", [*READING, ("serve",)])
def test_no_store_there(run, asked, tmp_path):
    ran = run(asked[0], tmp_path / "none", *asked[1:], "--json")
    assert (ran.status, ran.codes) == (1, ["service.store.none"])
    assert ran.answer["error"] == "service.store.none"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("asked", [*READING[:-1], ("serve",)])
@pytest.mark.parametrize("content", [b"", b"not a store", b"PK\x03\x04" * 2_000])
def test_a_file_that_is_no_store(run, asked, content, tmp_path):
    file = tmp_path / "other"
    file.write_bytes(content)
    ran = run(asked[0], file, *asked[1:], "--json")
    assert (ran.status, ran.codes) == (1, ["store.not-a-store"])
    assert file.read_bytes() == content


@pytest.mark.parametrize(
    ("store", "code"),
    [
        ("postgresql://nobody@/x?host=/nowhere", "store.away"),
        ("mysql://nowhere/x", "service.store.unsupported"),
    ],
)
def test_a_store_on_a_server_that_is_not_there_is_told(run, store, code):
    ran = run("check", store, "--json")
    assert (ran.status, ran.codes) == (1, [code])


@pytest.mark.parametrize("harm", ["cut", "header", "middle", "emptied"])
def test_a_damaged_store_is_not_intact(run, city, harm, tmp_path):
    store = tmp_path / "hurt.rafiqa"
    shutil.copy(city, store)
    content = bytearray(store.read_bytes())
    if harm == "cut":
        del content[len(content) // 2 :]
    elif harm == "header":
        content[:16] = b"\0" * 16
    elif harm == "middle":
        at = content.rindex(b"old-orchard")
        content[at : at + 3] = b"new"
    else:
        content.clear()
    store.write_bytes(content)
    ran = run("check", store, "--json")
    assert ran.status == 1
    assert {"entries", "intact", "root", "faults"} <= set(ran.answer)
    assert ran.answer["intact"] is False
    assert ran.answer["faults"]
    plain = run("check", store)
    assert plain.status == 1
    assert "NOT INTACT" in plain.out


@pytest.mark.parametrize("text", ["yesterday", "2025-02-30", "", "2025-13-01", "2025-W10", "now"])
def test_bad_times_are_all_told(run, city, text):
    ran = run("account", city, "--from", text, "--to", text, "--known-at", text, "--json")
    assert (ran.status, ran.codes) == (1, ["wire.time.malformed"] * 3)
    assert [fault["field"] for fault in ran.answer["refused"]] == ["--from", "--to", "--known-at"]
    ran = run("at", city, *INSIDE, "--valid-at", text, "--known-at", text, "--json")
    assert [fault["field"] for fault in ran.answer["refused"]] == ["--valid-at", "--known-at"]
    ran = run("gate", city, "house", "--valid-at", text, "--known-at", text, "--json")
    assert (ran.status, len(ran.codes)) == (1, 2)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_times_outside_the_calendar_are_told(run, city, text):
    ran = run("account", city, "--from", text, "--known-at", text, "--json")
    assert (ran.status, ran.codes) == (1, ["wire.time.malformed"] * 2)


@pytest.mark.parametrize("text", ["0001-01-02", "9999-12-31", "20250301", "2025-03-01 08:00"])
def test_times_at_the_ends_of_the_calendar_are_taken(run, city, text):
    assert run("account", city, "--to", text, "--known-at", text, "--json").status in {0, 1}
    assert run("at", city, *INSIDE, "--valid-at", text, "--known-at", text).status == 0


def test_a_period_that_ends_before_it_begins(run, city):
    ran = run("account", city, "--from", "2026-01-02", "--to", "2026-01-01", "--json")
    assert (ran.status, ran.codes) == (1, ["service.account.period"])


def test_before_the_first_fact_nothing_was_known(run, city):
    """Nothing known is a true answer of an account and a point, and of a project a refusal."""
    early = ("--known-at", "1999-01-01", "--json")
    account = run("account", city, *early)
    assert account.status == 0
    assert all(not any(flows.values()) for flows in account.answer["classes"].values())
    assert run("at", city, *INSIDE, *early).answer["state"] == "unrecorded"
    gate = run("gate", city, "house", *early)
    assert (gate.status, gate.codes) == (1, ["service.project.unknown"])
    assert run("gate", city, "--all", *early).answer["n"] == 0


def test_a_day_means_its_end_where_something_is_asked_as_of_it(run, city):
    """What was observed on 1 March 2025 is true of that day, and not of the day before."""
    on_day = run("at", city, *INSIDE, "--valid-at", "2025-03-01", "--json").answer
    before = run("at", city, *INSIDE, "--valid-at", "2025-02-28", "--json").answer
    assert (on_day["state"], before["state"]) == ("cha", "unrecorded")


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        ("500", "1", "geo.lonlat.out-of-range"),
        ("nan", "1", "geo.lonlat.out-of-range"),
        ("1", "inf", "geo.lonlat.out-of-range"),
        ("34.9", "28.55", "geo.frame.off-grid"),
    ],
)
def test_a_place_that_cannot_be_asked_about(run, city, lon, lat, code):
    ran = run("at", city, "--lon", lon, "--lat", lat, "--json")
    assert (ran.status, ran.codes) == (1, [code])
    assert ran.answer["refused"][0]["field"] == "--lon --lat"


def test_a_site_that_cannot_be_leaves_no_file(run, tmp_path):
    store = tmp_path / "a"
    ran = run("new", store, "--name", " ", "--lon", "38", "--lat", "89.9", "--json")
    assert ran.status == 1
    assert ran.codes == ["service.site.name-missing", "geo.frame.origin"]
    ran = run("new", store, "--name", "x", *ORIGIN, "--role", "operator", "--json")
    assert (ran.status, ran.codes) == (1, ["service.permit.denied"])
    assert list(tmp_path.iterdir()) == []


def test_a_store_is_never_made_over_another(run, city):
    before = city.read_bytes()
    assert run("new", city, "--name", "x", *ORIGIN, "--json").codes == ["store.exists"]
    assert run("demo", city, "--buildings", "60", "--json").codes == ["store.exists"]
    assert city.read_bytes() == before


def test_a_demo_that_cannot_be_leaves_no_file(run, tmp_path):
    ran = run("demo", tmp_path / "a", "--buildings", "5", "--seed", "-1", "--json")
    assert (ran.status, ran.codes) == (1, ["cli.demo.buildings", "cli.demo.seed"])
    assert list(tmp_path.iterdir()) == []


BOW = [[38.55, 34.9], [38.56, 34.91], [38.56, 34.9], [38.55, 34.91], [38.55, 34.9]]


def _collection(*shapes: object) -> bytes:
    features = [
        {"type": "Feature", "properties": {"id": str(index)}, "geometry": shape}
        for index, shape in enumerate(shapes)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "wire.format.empty"),
        (b"{", "wire.json.syntax"),
        (b'{"type": "FeatureCollection", "features": []}', "service.boundary.none"),
        (_collection({"type": "Polygon", "coordinates": [BOW]}), "geo.shape.self-intersection"),
        (_collection({"type": "Point", "coordinates": [38.55, 34.9]}), "geo.shape.type"),
        (_collection({"type": "Polygon", "coordinates": []}), "geo.shape.empty"),
        (_collection(None), "wire.geometry.missing"),
    ],
)
def test_a_broken_boundary_gives_no_account(run, city, content, code, tmp_path):
    boundary = tmp_path / "boundary.geojson"
    boundary.write_bytes(content)
    ran = run("account", city, "--boundary", boundary, "--json")
    assert (ran.status, ran.codes) == (1, [code])


def test_one_broken_shape_of_a_boundary_is_not_left_out(run, city, tmp_path):
    """Its ground would be missing from the figures without a word."""
    good = [[38.55, 34.9], [38.56, 34.9], [38.56, 34.91], [38.55, 34.9]]
    boundary = tmp_path / "boundary.geojson"
    shapes = [{"type": "Polygon", "coordinates": [ring]} for ring in (good, BOW)]
    boundary.write_bytes(_collection(*shapes))
    assert run("account", city, "--boundary", boundary, "--json").status == 1


@pytest.mark.parametrize("there", [False, True])
def test_a_boundary_that_is_no_file(run, city, there, tmp_path):
    boundary = tmp_path / "boundary.geojson"
    if there:
        boundary.mkdir()
    ran = run("account", city, "--boundary", boundary, "--json")
    assert (ran.status, ran.codes) == (1, ["service.import.no-file"])


def test_a_plain_refusal_goes_to_standard_error_with_place_code_and_next_step(run, city):
    ran = run("at", city, *INSIDE, "--valid-at", "x", "--known-at", "y")
    assert (ran.status, ran.out) == (1, "")
    for option in ("--valid-at", "--known-at"):
        assert f"{option}: " in ran.err
    assert ran.err.count("[wire.time.malformed]") == 2
    assert ran.err.count("Write it as") == 2


def test_a_plain_refusal_in_arabic(run, city):
    ran = run("gate", city, "nothing", "--lang", "ar")
    assert (ran.status, ran.out) == (1, "")
    assert "[service.project.unknown]" in ran.err
    assert "لم يكن المشروع" in ran.err
    assert "تحقق" in ran.err


def test_a_refused_row_is_named(run, city, tmp_path):
    boundary = tmp_path / "boundary.geojson"
    boundary.write_bytes(_collection({"type": "Polygon", "coordinates": [BOW]}))
    ran = run("account", city, "--boundary", boundary)
    assert ran.err.startswith("1: geometry: ")
