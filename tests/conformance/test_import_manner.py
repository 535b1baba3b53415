"""How an import behaves: tried without keeping, sent twice, contradicted, mapped wrongly."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
import shapely

from rafiqa.service import AssetShelf, open_office
from rafiqa.service.importing import IMPORT_KINDS
from tests.conformance.keeper import LAT_DEG, LON_DEG, Keeper
from tests.conformance.table import Table
from tests.conformance.test_import_kinds import BOXES, N_ROWS, TABLES, rows
from tests.real.door import rafiqa
from tests.unit.wire.files import write_text


@pytest.mark.parametrize("kind", IMPORT_KINDS)
def test_a_dry_run_writes_nothing(kind: str, tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    before = keeper.store.read_bytes()
    names = {path.name for path in tmp_path.iterdir()}
    file = TABLES[kind].write(tmp_path / "rows.gpkg")
    taken = keeper.take(file, kind, "--dry-run")
    assert (taken.status, taken.answer["accepted"], taken.answer["refused"]) == (0, N_ROWS, [])
    assert taken.after == taken.before
    assert keeper.store.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} - names == {"rows.gpkg"}
    assert keeper.take(file, kind).answer["accepted"] == N_ROWS


def test_a_dry_run_of_a_bad_file_names_it_and_keeps_nothing(tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    file = rows(BOXES, **{"class": "released"}).write(tmp_path / "rows.geojson")
    tried = keeper.take(file, "hazard-areas", "--dry-run")
    assert (tried.status, tried.answer["accepted"]) == (1, 0)
    assert tried.after == tried.before
    done = keeper.refuse(file, "hazard-areas")
    assert done.named == tried.named
    assert [row for _, row, _ in done.named] == [1, 2, 3]


def test_a_bad_file_sent_twice_is_kept_once(tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    file = write_text(tmp_path / "a.geojson", '{"type": "FeatureCollection", "features": [')
    first = keeper.refuse(file, "hazard-areas")
    second = keeper.take(file, "hazard-areas")
    assert (second.status, second.named) == (1, first.named)
    assert second.after == first.after


@pytest.mark.parametrize(
    "kind",
    [
        *("hazard-areas", "land-parts"),
        pytest.param("evidence", marks=pytest.mark.slow),
        pytest.param("projects", marks=pytest.mark.slow),
    ],
)
def test_the_same_facts_in_another_format_are_already_on_record(kind: str, tmp_path: Path) -> None:
    """Neither the format nor the file's name is something that a row says."""
    keeper = Keeper.new(tmp_path)
    system = mapping(tmp_path, 'crs = "EPSG:4326"\n')
    told = TABLES[kind]
    table = Table({**told.columns, "team": ["7"] * N_ROWS}, told.shapes)
    first = keeper.take(table.write(tmp_path / "a.csv"), kind, "--map", system)
    assert first.answer["accepted"] == N_ROWS
    for name in ("b.kml", "c.gpkg", "d.geojson", "e.xlsx", "f.parquet"):
        more = ("--map", system) if name == "e.xlsx" else ()
        again = keeper.take(table.write(tmp_path / name), kind, *more)
        counts = [again.answer[key] for key in ("accepted", "already", "quarantined")]
        assert (counts, again.named) == ([N_ROWS, N_ROWS, 0], []), name
        assert again.after.quarantine == first.after.quarantine
        # One entry more: that this file says so too. Sent again it says nothing new.
        assert again.after.head[0] == again.before.head[0] + 1
        assert keeper.take(tmp_path / name, kind, *more).after == again.after


@pytest.mark.parametrize(
    ("column", "cell"),
    [("team", "8"), ("observed_on", "2024-03-03"), ("kind", "scrap"), ("source", "Others")],
)
def test_another_word_in_any_column_is_a_conflict_in_any_format(
    column: str, cell: str, tmp_path: Path
) -> None:
    keeper = Keeper.new(tmp_path)
    told = TABLES["evidence"]
    table = Table({**told.columns, "team": ["7"] * N_ROWS}, told.shapes)
    keeper.take(table.write(tmp_path / "a.csv"), "evidence")
    changed = Table({**table.columns, column: [cell] * N_ROWS}, told.shapes)
    taken = keeper.take(changed.write(tmp_path / "b.kml"), "evidence")
    assert [code for code, _, _ in taken.named] == ["ledger.id-conflict"] * N_ROWS
    assert len(taken.new_quarantine()) == N_ROWS


def contradicted(kind: str) -> Table:
    """The same ids with another name, and one row more."""
    table = TABLES[kind]
    changed = {
        name: [f"{cell} (2)" if name == "name" else cell for cell in cells]
        for name, cells in table.columns.items()
    }
    # A new area on the very ground of one on record would be told as its twin.
    elsewhere = shapely.affinity.translate(table.shapes[2], 0.01)
    shapes = [*table.shapes[:2], elsewhere]
    return Table({**changed, "id": [*table.columns["id"][:2], "new"]}, shapes)


@pytest.mark.parametrize(
    "kind", ["hazard-areas", "evidence", "land-parts", "accidents", "projects"]
)
def test_an_id_that_comes_back_with_other_content(kind: str, tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    keeper.take(TABLES[kind].write(tmp_path / "first.gpkg"), kind)
    file = contradicted(kind).write(tmp_path / "second.gpkg")
    taken = keeper.take(file, kind)
    counts = [taken.answer[name] for name in ("accepted", "already", "quarantined")]
    assert (taken.status, counts) == (0, [1, 0, 2])
    assert taken.codes == {"ledger.id-conflict"}
    assert [(row, field) for _, row, field in taken.named] == [(1, "id"), (2, "id")]
    assert len(taken.new_quarantine()) == 2
    # The row that was new, and which rows the import brought.
    assert taken.after.head[0] == taken.before.head[0] + 2
    keeper.intact()


def test_a_layer_sent_again_is_the_newer_one_and_says_nothing_twice(tmp_path: Path) -> None:
    """Reference layers have one entry each: a changed file is a new edition, not a conflict."""
    keeper = Keeper.new(tmp_path)
    path = tmp_path / "houses.gpkg"
    first = keeper.take(TABLES["buildings"].write(path), "buildings")
    path.unlink()
    second = keeper.take(contradicted("buildings").write(path), "buildings")
    assert (second.answer["accepted"], second.answer["already"]) == (N_ROWS, 0)
    assert second.after.head[0] == first.after.head[0] + 1
    status, told = rafiqa("gate", keeper.store, "--all")
    assert (status, told["n"]) == (0, N_ROWS)


def standing(keeper: Keeper) -> list[tuple[str, list[str]]]:
    """The source and the names of the buildings of each layer that stands."""
    office = open_office(str(keeper.store), now_us=lambda: time.time_ns() // 1_000, entropy=bytes)
    layers = AssetShelf().layers(office, "buildings")
    told = [(one.fact.layer_id, list(one.table.values("name"))) for one in layers]
    office.store.close()
    return told


def test_the_newest_import_of_a_layer_stands_even_where_it_came_before(tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    old, new = tmp_path / "old" / "houses.gpkg", tmp_path / "new" / "houses.gpkg"
    old.parent.mkdir()
    new.parent.mkdir()
    table = TABLES["buildings"]
    other = contradicted("buildings")
    table.write(old)
    other.write(new)
    for file, names, already in (
        (old, table, 0),
        (new, other, 0),
        (old, table, 0),
        (old, table, N_ROWS),
        (new, other, 0),
        (new, other, N_ROWS),
        (old, table, 0),
    ):
        taken = keeper.take(file, "buildings")
        assert (taken.status, taken.answer["accepted"]) == (0, N_ROWS)
        assert (taken.answer["already"], taken.warned) == (already, set())
        assert taken.after.head[0] - taken.before.head[0] == (0 if already else 1)
        assert standing(keeper) == [("buildings:houses.gpkg", names.columns["name"])]
    renamed = tmp_path / "old" / "copy.gpkg"
    old.rename(renamed)
    assert keeper.take(renamed, "buildings").answer["already"] == N_ROWS
    keeper.intact()


@pytest.mark.parametrize("kind", IMPORT_KINDS)
def test_a_file_under_another_name_is_still_the_same_file(kind: str, tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    file = TABLES[kind].write(tmp_path / "first.gpkg")
    first = keeper.take(file, kind)
    again = keeper.take(file.rename(tmp_path / "copy.gpkg"), kind)
    assert (again.answer["accepted"], again.answer["already"]) == (N_ROWS, N_ROWS)
    assert (again.after, again.warned) == (first.after, set())


def test_a_shapefile_is_all_its_parts(tmp_path: Path) -> None:
    """The shapes alone stayed the same; the table beside them did not."""
    keeper = Keeper.new(tmp_path)
    file = TABLES["buildings"].write(tmp_path / "houses.shp")
    first = keeper.take(file, "buildings")
    table = file.with_suffix(".dbf")
    table.write_bytes(table.read_bytes().replace(b"house ", b"school"))
    taken = keeper.take(file, "buildings")
    assert (taken.answer["accepted"], taken.answer["already"]) == (N_ROWS, 0)
    assert taken.after.head[0] == first.after.head[0] + 1


def test_another_layer_with_the_same_ids_is_warned_of(tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    keeper.take(TABLES["buildings"].write(tmp_path / "first.gpkg"), "buildings")
    file = contradicted("buildings").write(tmp_path / "second.gpkg")
    taken = keeper.take(file, "buildings")
    (warning,) = taken.answer["warnings"]
    assert warning["code"] == "service.import.layer-overlap"
    assert warning["detail"].startswith("2 of these ids stand in the layer “buildings:first.gpkg”")
    assert warning["next"]


# --- mappings -------------------------------------------------------------------------------


def plain(tmp_path: Path) -> Path:
    shape = shapely.to_wkt(BOXES[0])
    return write_text(tmp_path / "a.csv", f'nr,art,vlak,rest\nH1,verdacht,"{shape}",x\n')


GOOD = """
crs = "EPSG:4326"
places = [{ wkt = "vlak" }]
id = ["nr"]
[fields]
class = { column = "art", codes = { verdacht = "sha" } }
"""


def mapping(tmp_path: Path, text: str) -> Path:
    return write_text(tmp_path / "m.toml", text)


def test_a_mapping_says_what_it_leaves_out(tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    taken = keeper.take(plain(tmp_path), "hazard-areas", "--map", mapping(tmp_path, GOOD))
    assert (taken.status, taken.answer["accepted"]) == (0, 1)
    (warning,) = taken.answer["warnings"]
    assert warning["code"] == "wire.columns.left-out"
    assert "rest" in warning["detail"]
    assert not {"nr", "art", "vlak"} & set(warning["detail"].replace(".", " ").split())
    known = mapping(tmp_path, GOOD.replace("[fields]", 'leave_out = ["rest"]\n[fields]', 1))
    assert keeper.take(plain(tmp_path), "hazard-areas", "--map", known).warned == set()


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ('"art"', '"soort"', "wire.mapping.column", "soort"),
        ('"nr"', '"nummer"', "wire.mapping.column", "nummer"),
        ('id = ["nr"]', 'id = ["nr"]\nwhere = { jaar = ["1"] }', "wire.mapping.column", "jaar"),
        ('{ wkt = "vlak" }', '{ wkt = "vorm" }', "wire.geometry.missing", "geometry"),
        ('codes = { verdacht = "sha" }', "codes = { x = 'sha' }", "wire.value.unlisted", "class"),
    ],
)
def test_a_mapping_of_columns_that_are_not_there(
    old: str, new: str, code: str, place: str, tmp_path: Path
) -> None:
    keeper = Keeper.new(tmp_path)
    wrong = mapping(tmp_path, GOOD.replace(old, new))
    taken = keeper.refuse(plain(tmp_path), "hazard-areas", "--map", wrong)
    assert (code, place) in {(one, field) for one, _, field in taken.named}


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        (GOOD.replace("class =", "clas ="), "service.import.mapping-field", "fields.clas"),
        (GOOD + '[constants]\nklass = "x"\n', "service.import.mapping-field", "fields.klass"),
        ('kind = "places"\n' + GOOD, "service.import.mapping-kind", "--map"),
        ('farbe = "rot"\n' + GOOD, "wire.mapping.key", "farbe"),
        ("crs = \n", "wire.mapping.syntax", "m"),
    ],
)
def test_a_mapping_that_is_wrong_itself_is_refused_before_the_file(
    text: str, code: str, place: str, tmp_path: Path
) -> None:
    keeper = Keeper.new(tmp_path)
    before = keeper.state()
    words = ("--as", "hazard-areas", "--map", mapping(tmp_path, text))
    status, told = rafiqa("import", keeper.store, plain(tmp_path), *words)
    assert status == 1
    (one,) = told["refused"]
    assert (one["code"], one["field"]) == (code, place)
    assert one["detail"] != code
    assert one["next"]
    assert keeper.state() == before


def test_a_mapping_that_is_not_there_and_a_file_that_is_not(tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    before = keeper.state()
    status, told = rafiqa(
        "import", keeper.store, plain(tmp_path), "--as", "places", "--map", "nowhere"
    )
    assert (status, told["error"]) == (1, "wire.mapping.missing")
    status, told = rafiqa("import", keeper.store, tmp_path / "no.csv", "--as", "places")
    assert (status, told["error"]) == (1, "service.import.no-file")
    assert keeper.state() == before


def test_a_mapping_may_name_the_system_alone(tmp_path: Path) -> None:
    """What the refusal of a table without a reference system asks for is enough."""
    keeper = Keeper.new(tmp_path)
    file = rows(BOXES, **{"class": "sha", "ploegleider": "x"}).write(tmp_path / "a.csv")
    assert keeper.refuse(file, "hazard-areas").codes == {"wire.crs.missing"}
    system = mapping(tmp_path, 'crs = "EPSG:4326"\n[constants]\nsource = "field office"\n')
    taken = keeper.take(file, "hazard-areas", "--map", system)
    assert (taken.status, taken.answer["accepted"]) == (0, N_ROWS)
    status, told = rafiqa("at", keeper.store, "--lon", LON_DEG + 0.0005, "--lat", LAT_DEG + 0.0005)
    assert (status, told["state"], told["areas"]) == (0, "sha", ["r0"])


def test_originals_in_quarantine_are_the_rows_as_they_came(tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    rest = {"class": "released", "note": "حقل"}
    file = rows(BOXES, **rest).write(tmp_path / "rows.gpkg")
    for place, item in enumerate(keeper.refuse(file, "hazard-areas").new_quarantine()):
        row = json.loads(item.original)
        assert row["columns"]["note"] == "حقل"
        assert row["row"] == item.row == place + 1
        assert shapely.from_wkt(row["geometry"]).equals(BOXES[place])
