"""``rafiqa quarantine``: every refusal in words, every original under a name of our own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rafiqa.errors import Fault
from rafiqa.store import Quarantined, open_store
from tests.unit.cli.conftest import EXAMPLE, ORIGIN, Run

NAMES = ("../../../outside.csv", "/etc/passwd", "a\\b.geojson", "x.sh", "\u202egnp.shp")
CUT = b'{"type": "FeatureCollection", "features": ['


@pytest.fixture
def store(run: Run, tmp_path: Path) -> Path:
    made = tmp_path / "a"
    run("new", made, "--name", "Old Town", *ORIGIN)
    return made


@pytest.fixture
def refused(run: Run, store: Path, tmp_path: Path) -> Path:
    table, cut = tmp_path / "bad.csv", tmp_path / "cut.geojson"
    table.write_text("id,kind,lon,lat\nx,nonsense,38.55,34.9\ny,crater,38.55,34.9\nz,,0,0\n")
    cut.write_bytes(CUT)
    assert run("import", store, table, "--as", "evidence").status == 0
    assert run("import", store, cut, "--as", "hazard-areas").status == 1
    return store


def hostile(store: Path) -> None:
    """Names as somebody might choose them who wants to write elsewhere."""
    opened = open_store(store, entropy=bytes, now_us=lambda: 0)
    fault = (Fault("wire.json.syntax", "", None, {"detail": "\x1b[2J\nred"}),)
    opened.quarantine(
        [
            Quarantined(f"../{name}", name, None, name.encode(), fault, 1_700_000_000_000_000, "p")
            for name in NAMES
        ]
    )
    opened.close()


def test_an_empty_quarantine_is_told(run: Run, store: Path, tmp_path: Path) -> None:
    assert run("quarantine", store, "--json").answer == {"n": 0, "items": []}
    ran = run("quarantine", store, "--out", tmp_path / "out")
    assert (ran.status, ran.out) == (0, "In quarantine: 0\n")


def test_every_refusal_is_listed_with_its_words(run: Run, refused: Path) -> None:
    ran = run("quarantine", refused, "--json")
    assert (ran.status, ran.err, ran.answer["n"]) == (0, "", 3)
    told = [(item["file"], item["row"]) for item in ran.answer["items"]]
    assert sorted(told, key=str) == [("bad.csv", 2), ("bad.csv", 4), ("cut.geojson", None)]
    for item in ran.answer["items"]:
        assert item["id"]
        assert item["at"].endswith("Z")
        assert item["bytes"] > 0
        assert item["written"] is None
        for fault in item["faults"]:
            assert fault["detail"] != fault["code"]
            assert fault["next"]
    lines = run("quarantine", refused).out
    assert "dictionary.code.unknown" in lines
    assert "bad.csv:2" in lines
    arabic = run("quarantine", refused, "--lang", "ar").out
    assert arabic.startswith("في الحجر: 3")


def test_originals_are_written_as_they_came(run: Run, refused: Path, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    asked = ("quarantine", refused, "--out", out, "--json")
    items = run(*asked).answer["items"]
    assert {path.name for path in out.iterdir()} == {item["written"] for item in items}
    for item in items:
        content = (out / item["written"]).read_bytes()
        assert len(content) == item["bytes"]
        if item["row"] is None:
            assert (content, item["written"][-8:]) == (CUT, ".geojson")
        else:
            assert json.loads(content)["row"] == item["row"]
    assert run(*asked).answer["items"] == items


def test_no_name_leads_out_of_the_folder(run: Run, store: Path, tmp_path: Path) -> None:
    hostile(store)
    out = tmp_path / "inner" / "out"
    before = {path for path in tmp_path.rglob("*") if out not in path.parents}
    ran = run("quarantine", store, "--out", out, "--json")
    assert ran.answer["n"] == len(NAMES)
    written = sorted(out.iterdir())
    assert [path.read_bytes().decode() for path in written] == list(NAMES)
    assert [path.suffix for path in written] == [".csv", ".bin", ".geojson", ".bin", ".shp"]
    assert all(path.name.isascii() and path.parent == out for path in written)
    after = {path for path in tmp_path.rglob("*") if out not in path.parents}
    assert after - before == {out, out.parent}


def test_what_was_refused_cannot_write_to_the_terminal(run: Run, store: Path) -> None:
    hostile(store)
    out = run("quarantine", store).out
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_nothing_is_overwritten(run: Run, refused: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    name = run("quarantine", refused, "--out", out, "--json").answer["items"][0]["written"]
    (out / name).write_text("notes of a person")
    ran = run("quarantine", refused, "--out", out, "--json")
    assert (ran.status, ran.codes) == (1, ["service.quarantine.name-taken"])
    assert (out / name).read_text() == "notes of a person"
    (out / name).unlink()
    target = tmp_path / "target"
    (out / name).symlink_to(target)
    assert run("quarantine", refused, "--out", out, "--json").status == 1
    assert not target.exists()


def test_a_folder_that_cannot_be_written(run: Run, refused: Path, tmp_path: Path) -> None:
    ran = run("quarantine", refused, "--out", tmp_path / "bad.csv" / "x", "--json")
    assert (ran.status, ran.codes) == (1, ["service.quarantine.not-written"])


def test_an_import_says_how_to_see_what_it_put_aside(run: Run, store: Path, tmp_path: Path) -> None:
    table = tmp_path / "bad.csv"
    table.write_text("id,kind,lon,lat\nx,nonsense,38.55,34.9\n")
    asked = ("import", store, table, "--as", "evidence")
    assert f"rafiqa quarantine {store}" not in run(*asked, "--dry-run").out
    assert f"rafiqa quarantine {store} --out" in run(*asked).out
    assert f"rafiqa quarantine {store} --out" in run(*asked, "--lang", "ar").out
    assert "rafiqa quarantine" not in run("import", store, EXAMPLE, "--as", "hazard-areas").out


@pytest.mark.parametrize("kind", ["evidence", "places"])
def test_an_import_says_how_many_rows_it_read(
    run: Run, store: Path, tmp_path: Path, kind: str
) -> None:
    """A table that is cut off at the end of a row looks whole; only its maker's count tells."""
    table = tmp_path / "rows.csv"
    code = {"evidence": "crater", "places": "community"}[kind]
    rows = [f"{i},{code if i else 'nonsense'},38.5{i},34.9" for i in range(5)]
    table.write_text("\n".join(["id,kind,lon,lat", *rows]) + "\n")
    ran = run("import", store, table, "--as", kind, "--json")
    assert (ran.answer["read"], ran.answer["accepted"]) == (5, 4)
    assert run("import", store, table, "--as", kind).out.startswith("rows read 5, accepted 4")
    whole = table.read_text()
    table.write_text(whole[: whole.rindex("\n4,") + 1])
    assert run("import", store, table, "--as", kind).out.startswith("rows read 4, accepted 3")
