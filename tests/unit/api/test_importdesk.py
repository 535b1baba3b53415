"""Imports at the desk: send a file, look, take in, take back; duplicates and the quarantine."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from rafiqa.api.upload import KEPT, Uploads, plain_name
from rafiqa.land import AreaRecorded
from rafiqa.ledger import PART_BYTES
from rafiqa.service import Office, declare_area
from rafiqa.service.accounts import put_account
from tests.city import FIRST, PASSWORD, RESIDENT, Draws, box
from tests.unit.api.client import Client


def field(name: str, west: float) -> dict[str, Any]:
    ring = [[west, 35.96], [west + 0.001, 35.96], [west + 0.001, 35.961], [west, 35.96]]
    values = {"id": name, "class": "sha", "Local word": "mill", "name": f"Field {name}"}
    return {
        "type": "Feature",
        "properties": values,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def collection(*features: dict[str, Any]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


BAD = {**field("f3", 39.05), "properties": {"id": "f3", "class": "no such class"}}
FILE = collection(field("f1", 39.03), field("f2", 39.04), BAD)


@pytest.fixture
def desk(own_app: Starlette) -> Client:
    client = Client(own_app)
    assert client.sign_in("first").status_code == 200
    return client


def put(client: Client, content: bytes, number: int = 0, of: int | None = None) -> Any:
    digest = sha256(content).hexdigest()
    part = content[number * PART_BYTES : (number + 1) * PART_BYTES]
    return client.send(
        "PUT",
        f"/api/uploads/{digest}/{number}?of={len(content) if of is None else of}",
        content=part,
        headers={"X-Rafiqa": "desk", "Content-Type": "application/octet-stream"},
    )


def asked(content: bytes, **more: Any) -> dict[str, Any]:
    said = {"sha256": sha256(content).hexdigest(), "file_name": "../their areas.geojson"}
    return {**said, "kind": "hazard-areas", "dry_run": True, **more}


def test_a_file_is_looked_at_taken_in_and_taken_back(
    desk: Client, own_city: Office, own_app: Starlette
) -> None:
    before = own_city.store.head()
    assert put(desk, FILE).json()["missing"] == []
    look = desk.post("/api/imports", asked(FILE, columns={"Local word": "note"})).json()
    assert (look["read"], look["accepted"], look["n_refused"]) == (3, 2, 1)
    assert look["refused"][0]["row"] == 3
    assert look["refused"][0]["next"]
    assert {"column": "Local word", "field": "note", "becomes": ["Note"]} in look["columns"]
    assert {"column": "class", "field": "class", "becomes": ["Class"]} in look["columns"]
    assert look["rows"][0]["placed"]
    assert own_city.store.head() == before
    done = desk.post("/api/imports", asked(FILE, dry_run=False)).json()
    assert (done["accepted"], done["quarantined"]) == (2, 1)
    listed = desk.get("/api/imports").json()
    (row,) = listed["imports"]
    assert (row["import_id"], row["file"], row["rows"]) == (
        done["import_id"],
        "their areas.geojson",
        2,
    )
    assert {"hazard-areas", "imsma"} <= {each["code"] for each in listed["kinds"]}
    path = f"/api/imports/{done['import_id']}/undo"
    would = desk.post(path, {"dry_run": True}).json()
    assert (would["taken_back"], would["n_staying"]) == (2, 0)
    assert desk.get("/api/imports").json()["imports"][0]["withdrawn"] == 0
    codes = [each["code"] for each in desk.post(path, {"dry_run": False}).json()["faults"]]
    assert codes == ["land.withdrawal.unconfirmed", "land.withdrawal.note-missing"]
    order = {"dry_run": False, "note": "wrong district"}
    wrong = {"login": "second", "password": "guess"}
    assert desk.post(path, order | {"second": wrong}).status_code == 401
    own = {"login": "first", "password": PASSWORD}
    assert desk.post(path, order | {"second": own}).json()["code"] == "land.withdrawal.same-person"
    second = {"login": "second", "password": PASSWORD}
    assert desk.post(path, order | {"second": second}).json()["taken_back"] == 2
    assert desk.get("/api/imports").json()["imports"][0]["withdrawn"] == 2
    refused_is_kept(desk, own_app)


def test_a_file_is_read_whatever_its_name_and_residents_see_no_imports(
    desk: Client, own_app: Starlette, own_city: Office
) -> None:
    """What was said by hand is written beside the file, and never over it."""
    assert put(desk, FILE).json()["missing"] == []
    for name in ("by-hand.mapping.json", ".by-hand.mapping.json", "areas.geojson"):
        said = asked(FILE, columns={"Local word": "note"}, file_name=name)
        look = desk.post("/api/imports", said)
        assert look.status_code == 200, look.json()
        assert (look.json()["read"], look.json()["accepted"]) == (3, 2), name
    put_account(own_city.store, "neighbour", PASSWORD, RESIDENT, "residents", Draws())
    neighbour = Client(own_app)
    assert neighbour.sign_in("neighbour").status_code == 200
    assert neighbour.get("/api/imports").status_code == 403


def refused_is_kept(desk: Client, own_app: Starlette) -> None:
    told = desk.get("/api/quarantine").json()
    (item,) = [each for each in told["items"] if each["file"] == "their areas.geojson"]
    assert item["row"] == 3
    original = desk.get(f"/api/quarantine/{item['quarantine_id']}/original")
    assert b"no such class" in original.content
    assert original.headers["content-disposition"].startswith("attachment")
    assert desk.get("/api/quarantine/nothing/original").status_code == 404
    assert desk.get("/api/quarantine?skip=x").status_code == 400
    planner = Client(own_app)
    for path in ("/api/quarantine", "/api/imports", "/api/duplicates"):
        assert planner.get(path).status_code == 401
    planner.sign_in("planner")
    assert planner.get("/api/quarantine").status_code == 403
    assert planner.get("/api/imports").json()["kinds"] == []
    assert put(planner, FILE).status_code == 403
    assert planner.post("/api/imports", asked(FILE)).status_code == 403


def test_pairs_are_shown_with_both_places_and_decided_on(desk: Client, own_city: Office) -> None:
    for name, off_m in (("f1", 0), ("g1", 2)):
        ground = box(600 + off_m, 600, 700 + off_m, 700)
        fact = AreaRecorded(name, "sha", ground, name=f"Field {name}", source=f"source of {name}")
        assert declare_area(own_city, FIRST, fact).done
    (pair,) = [each for each in desk.get("/api/duplicates").json()["pairs"] if each["one"] == "f1"]
    assert pair["other"] == "g1"
    assert pair["one_place"]["type"] == "Polygon"
    assert pair["one_place"]["coordinates"][0][0][0] == pytest.approx(39.017, abs=0.002)
    assert "name" in {each["name"] for each in pair["differences"]}
    said = {"one": "f1", "other": "g1", "decision": "same", "note": "one sketch"}
    assert desk.post("/api/duplicates", said).status_code == 201
    assert desk.post("/api/duplicates", {**said, "other": "nobody"}).status_code == 422
    left = desk.get("/api/duplicates").json()["pairs"]
    assert "f1" not in {each["one"] for each in left}
    (again,) = [
        each for each in desk.get("/api/duplicates?every=true").json()["pairs"] if each["decided"]
    ]
    assert again["decided"] == "same"


def test_no_mapping_is_read_off_the_servers_disk_and_no_part_that_does_not_fit(
    desk: Client, tmp_path: Path
) -> None:
    put(desk, FILE)
    path = tmp_path / "theirs.toml"
    path.write_text('name = "x"', "utf-8")
    refused = desk.post("/api/imports", asked(FILE, mapping=str(path)))
    assert refused.json()["code"] == "wire.mapping.missing"
    two = asked(FILE, mapping="imsma-hazards", columns={"class": "class"})
    assert desk.post("/api/imports", two).json()["code"] == "api.import.two-mappings"
    for columns in ({"class": "no_such_field"}, {"id": "note", "name": "note"}):
        answer = desk.post("/api/imports", asked(FILE, columns=columns)).json()
        codes = [each["code"] for each in answer.get("faults", answer.get("refused", []))]
        assert codes[0].startswith(("service.import.mapping-field", "wire.mapping.")), columns
    sheet = b'id,class,wkt\nc1,sha,"POINT(39.03 35.96)"\n'
    put(desk, sheet)
    said = asked(sheet, file_name="c.csv", crs="EPSG:4326", encoding="cp1256")
    told = desk.post("/api/imports", said).json()
    assert told["read"] == 1  # without its system no row of it would be
    wrong = desk.post("/api/imports", asked(sheet, file_name="c.csv", encoding="klingon")).json()
    assert wrong["code"] == "wire.mapping.value"
    other = b"{}"
    assert desk.post("/api/imports", asked(other)).json()["code"] == "api.upload.unknown"
    assert put(desk, other, of=3).json()["code"] == "api.upload.part"
    assert put(desk, other, of=10**9).json()["code"] == "api.upload.size"


def test_files_on_their_way_have_their_bound_and_names_lead_nowhere() -> None:
    uploads = Uploads()
    for number in range(KEPT + 3):
        content = bytes([number])
        assert uploads.put("p", sha256(content).hexdigest(), 1, 0, content)
    assert uploads.named("p", sha256(b"\0").hexdigest(), "a.csv") is None
    kept = uploads.named("p", sha256(bytes([KEPT])).hexdigest(), "../../a b.csv")
    assert kept is not None
    assert (kept.name, kept.read_bytes()) == ("a b.csv", bytes([KEPT]))
    assert uploads.named("other", sha256(bytes([KEPT])).hexdigest(), "a.csv") is None
    assert uploads.put("p", "0" * 64, 1, 0, b"x")
    assert uploads.named("p", "0" * 64, "a.csv") is None
    assert uploads.missing("p", "0" * 64, 1) == [0]
    names = ["../x.csv", "..", "a\\b\0c.XLSX", "x" * 300 + ".geojson", ".bashrc"]
    assert [plain_name(name)[-12:] for name in names] == [
        "x.csv",
        "file",
        "b_c.XLSX",
        "xxxx.geojson",
        "bashrc",
    ]
