"""Mapping files: every key known, every rule does what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from rafiqa.dictionary.load import dictionary
from rafiqa.errors import InvalidInput
from rafiqa.wire import KINDS, load_mapping, parse_mapping, shipped_mappings
from tests.unit.wire.files import codes, read_here, warned, write_json, write_text


def values(tmp_path: Path, text: str, mapping: str) -> list[dict[str, object]]:
    reading = read_here(write_text(tmp_path / "a.csv", text), "evidence", mapping)
    assert not reading.refused, reading.faults
    return [row.values for row in reading.rows]


@pytest.mark.parametrize("name", shipped_mappings())
def test_shipped_mappings_fill_fields_of_the_dictionary(name: str) -> None:
    mapping = load_mapping(name)
    assert mapping.name == name
    if mapping.kind is None:  # fits every kind, and so may name no field
        assert not mapping.fields
        return
    assert mapping.kind in KINDS
    record = dictionary().record_of(str(mapping.kind))
    assert record is not None
    unknown = set(mapping.fields) - set(record.names)
    assert not unknown


def test_what_the_brief_of_the_house_names_is_shipped() -> None:
    assert {
        "amsterdam-hazard-areas",
        "amsterdam-land-parts",
        "amsterdam-evidence",
        "ukraine-craters",
        "colombia-accidents",
        "syria-communities",
        "syria-adm3",
        "geonames",
        "imsma-hazards",
    } <= set(shipped_mappings())


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("nmae = 'x'", "wire.mapping.key", "nmae"),
        ("[fields.a]\ncolum = 'x'", "wire.mapping.key", "fields.a.colum"),
        ("crs = 7", "wire.mapping.value", "crs"),
        ("swap_axes = 'yes'", "wire.mapping.value", "swap_axes"),
        ("header_row = 0", "wire.mapping.value", "header_row"),
        ("encoding = 'ebcdic'", "wire.mapping.value", "encoding"),
        ("country_bbox = [4, 5, 3, 6]", "wire.mapping.value", "country_bbox"),
        ("places = [{ north = 'n' }]", "wire.mapping.value", "places"),
        (
            "[fields.a]\ncolumn = 'x'\npatterns = [{ find = '(' }]",
            "wire.mapping.value",
            "fields.a.patterns",
        ),
        ("crs = ", "wire.mapping.syntax", "test"),
        ('{"crs": "a", "crs": "b"}', "wire.json.duplicate-key", "crs"),
    ],
)
def test_a_mapping_with_a_fault_is_refused(text: str, code: str, place: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_mapping(text.encode(), "test")
    assert (caught.value.code, caught.value.faults[0].place) == (code, place)


def test_a_mapping_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"wire\.mapping\.missing"):
        load_mapping(str(tmp_path / "none.toml"))


def test_a_mapping_in_json_says_the_same(tmp_path: Path) -> None:
    toml = parse_mapping(b'crs = "EPSG:4326"\n[fields]\nnote = "b"', "a")
    path = tmp_path / "a.json"
    path.write_text('{"crs": "EPSG:4326", "fields": {"note": "b"}}', encoding="utf-8")
    assert load_mapping(str(path)) == toml


@pytest.mark.parametrize(
    ("text", "depth_cm"),
    [
        ("tot 14,5 meter -mv", 1450),
        ("tot en met 3 meter - mv", 300),
        ("10 meter heizone tot 14,5 meter -mv", 1450),
        ("tot 0,29 meter -mv", 29),
        ("tot 13 meter - NAP", None),
        ("onbekend", None),
    ],
)
def test_depths_from_words(tmp_path: Path, text: str, depth_cm: int | None) -> None:
    mapping = r"""
        fields.note = "u"
        [fields.depth_cm]
        column = "t"
        type = "int"
        warn_missing = "wire.depth.missing"
        patterns = [
          { find = 'tot (?:en met )?(\d+(?:,\d+)?) meter\s*-\s*mv', factor = 100, decimal = "," },
          { find = "NAP", warn = "wire.depth.datum" },
        ]
    """
    path = write_text(tmp_path / "a.csv", f"t;u\n{text};1\n")
    reading = read_here(path, "evidence", mapping)
    assert reading.rows[0].values.get("depth_cm") == depth_cm
    expected = {"tot 13 meter - NAP": ["wire.depth.datum"], "onbekend": ["wire.depth.missing"]}
    assert warned(reading) == expected.get(text, [])


def test_codes_are_translated_and_others_refused_kept_or_left_out(tmp_path: Path) -> None:
    text = "k,n\nKrater,1\n krater ,2\nx,3\n,4\n"
    rule = '[fields]\nn = "n"\n[fields.kind]\ncolumn = "k"\ncodes = { Krater = "crater" }\n'
    path = write_text(tmp_path / "a.csv", text)
    refused = read_here(path, "evidence", rule)
    assert [(f.code, f.row, f.place, f.params["value"]) for f in refused.faults] == [
        ("wire.value.unlisted", 4, "kind", "x"),
    ]
    assert [row.values.get("kind") for row in refused.rows] == ["crater", "crater", None]
    kept = values(tmp_path, text, rule + 'unlisted = "keep"')
    assert [row.get("kind") for row in kept] == ["crater", "crater", "x", None]
    empty = values(tmp_path, text, rule + 'unlisted = "empty"')
    assert [row.get("kind") for row in empty] == ["crater", "crater", None, None]


def test_dates_in_the_forms_that_are_named(tmp_path: Path) -> None:
    path = write_text(
        tmp_path / "a.csv", "d,n\n2015/07/10,1\n10.07.2015,2\n7/2015,3\n1899-11-30,4\n"
    )
    rule = """[fields.observed_on]
        column = "d"
        date_format = ["%Y/%m/%d", "%d.%m.%Y"]
        no_value = ["1899-11-30"]
    """
    reading = read_here(path, "evidence", rule)
    assert [row.values.get("observed_on") for row in reading.rows] == [
        "2015-07-10",
        "2015-07-10",
        None,
    ]
    assert [(f.code, f.row) for f in reading.faults] == [("wire.value.date", 4)]


def test_types_and_joins_and_constants(tmp_path: Path) -> None:
    text = "a,b,yes,l\nx,1.5,ja,p; q\n,2.9,nee,\n"
    rule = """
        source = "who"
        [constants]
        fixed = 7
        [fields]
        both = { column = ["a", "b", "zz?"], join = " / " }
        whole = { column = "b", type = "int" }
        part = { column = "b", type = "number" }
        flag = { column = "yes", type = "bool" }
        items = { column = "l", type = "list" }
        gone = { column = ["nothing?"] }
    """
    first, second = values(tmp_path, text, rule)
    assert first == {
        "fixed": 7,
        "both": "x / 1.5",
        "whole": 1,
        "part": 1.5,
        "flag": True,
        "items": ["p", "q"],
        "source": "who",
    }
    assert second["both"] == "2.9"
    assert second["whole"] == 2
    assert second["flag"] is False


@pytest.mark.parametrize("kind", ["int", "bool"])
def test_values_that_are_not_of_the_type(tmp_path: Path, kind: str) -> None:
    path = write_text(tmp_path / "a.csv", "a,b\nmany,1\n")
    rule = f'[fields]\nx = {{ column = "a", type = "{kind}" }}'
    expected = {"int": "wire.value.number", "bool": "wire.value.bool"}[kind]
    assert codes(read_here(path, "evidence", rule)) == [expected]


def test_ids_from_columns_rows_and_the_files_name(tmp_path: Path) -> None:
    rule = 'id_prefix = "p-"\nid = ["#file", "#row", "b", "c?"]'
    rows = values(tmp_path, "a,b\nx,1\ny,\n", rule)
    assert [row.get("id") for row in rows] == ["p-a/2/1", None]


def test_a_missing_column_is_named_with_those_there_are(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "a,b\nx,1\n")
    for rule in ('[fields]\nn = "c"', 'id = ["c"]', 'where = { c = ["1"] }'):
        reading = read_here(path, "evidence", rule)
        assert codes(reading) == ["wire.mapping.column"]
        assert reading.faults[0].params["columns"] == "a, b"


def test_rows_left_out_are_counted_and_their_places_still_asked_about(tmp_path: Path) -> None:
    text = "t,lon,lat\n1,38,35\n2,38,35\n2,80,35\n2,x,35\n"
    rule = 'where = { t = ["1"] }\ncountry_bbox = [35, 32, 43, 38]\n[fields]\nt = "t"'
    reading = read_here(write_text(tmp_path / "a.csv", text), "evidence", rule)
    assert [row.number for row in reading.rows] == [2]
    assert [(w.code, w.params) for w in reading.warnings] == [("wire.rows.left-out", {"rows": 3})]
    assert [(f.row, f.code) for f in reading.faults] == [
        (4, "wire.place.outside"),
        (5, "wire.geometry.not-number"),
    ]


def test_axes_swapped_by_the_mapping(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "lat,lon\n38,35\n")
    reading = read_here(path, "evidence", 'swap_axes = true\n[fields]\nn = "lat"')
    shape = reading.rows[0].geometry_lonlat
    assert shape is not None
    assert shape.coords[0] == (38, 35)


def test_a_mapping_for_another_kind_is_refused(tmp_path: Path) -> None:
    path = write_text(tmp_path / "a.csv", "lat,lon\n38,35\n")
    reading = read_here(path, "places", 'kind = "evidence"')
    assert codes(reading) == ["wire.mapping.kind"]


def test_destroyed_names_are_counted_and_of_places_left_out(tmp_path: Path) -> None:
    records = [{"id": "a", "name": "Raqqa", "name_ar": "?????"}, {"id": "b", "name": "?? ok Tabqa"}]
    path = write_json(tmp_path / "a.json", records)
    reading = read_here(path, "places")
    assert [row.values for row in reading.rows] == [
        {"id": "a", "name": "Raqqa"},
        {"id": "b", "name": "?? ok Tabqa"},
    ]
    assert [(w.code, w.place, w.params["rows"]) for w in reading.warnings] == [
        ("wire.text.destroyed", "name_ar", 1),
    ]
    kept = read_here(path, "evidence")
    assert kept.rows[0].values["name_ar"] == "?????"
