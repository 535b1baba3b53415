"""Places of Syria: outlines with Arabic names, and a table whose Arabic was destroyed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rafiqa.service import AssetShelf
from rafiqa.service.assets import AssetLayer
from tests.real.door import City
from tests.real.opendata import ogr, open_data, table

pytestmark = pytest.mark.shared

BOUNDARIES = "syria-cod/adm3/syr_admbnda_adm3.shp"
COMMUNITIES = "syria-cod/syria_communities.csv"
RAQQA = (39.0, 35.95)


@pytest.fixture
def city(tmp_path: Path) -> City:
    return City.new(tmp_path / "city.rafiqa", *RAQQA)


def places(city: City) -> AssetLayer:
    (layer,) = AssetShelf().layers(city.office(), "places")
    return layer


def test_boundaries_are_places_with_their_arabic_names(city: City) -> None:
    shapes, columns = ogr(BOUNDARIES)
    assert len(shapes) == 272
    told = city.take(open_data(BOUNDARIES), "places", "syria-adm3")
    assert told.counts == (272, 0)
    found = places(city).table
    for field, column in (("name", "ADM3_EN"), ("name_ar", "ADM3_AR"), ("district", "ADM2_EN")):
        # One Arabic name ends in a line break in the file.
        names = [name.strip() for name in columns[column]]
        wanted = dict(zip(columns["ADM3_PCODE"], names, strict=True))
        assert dict(zip(found.ids, found.values(field), strict=True)) == wanted
    # "validTo" says 1899-11-30 in every row, which is no date.
    assert "valid_to_on" not in found.columns


def test_a_sentinel_date_is_asked_about_where_no_mapping_explains_it(city: City) -> None:
    told = city.take(open_data(BOUNDARIES), "places")
    assert (told.status, told.counts) == (1, (0, 272))
    assert set(told.refused()) == {"dictionary.date.sentinel"}


@pytest.mark.parametrize("mapping", ["syria-communities", None])
def test_names_of_question_marks_are_reported_and_not_accepted(
    city: City, mapping: str | None
) -> None:
    rows = table(COMMUNITIES)
    arabic = re.compile("[\u0600-\u06ff]")
    assert len(rows) == 7_580
    assert all("?" in row["PP_NAME_AR"] for row in rows)
    assert not any(arabic.search(row["PP_NAME_AR"]) for row in rows)
    told = city.take(open_data(COMMUNITIES), "places", mapping)
    assert told.counts == (7_580, 0)
    (warning,) = (one for one in told.answer["warnings"] if one["code"] == "wire.text.destroyed")
    assert warning["field"] == "PP_NAME_AR"
    layer = places(city)
    assert "name_ar" not in layer.table.columns
    assert set(layer.table.ids) == {row["PP_PCODE"] for row in rows}
    residents = sum(layer.table.values("residents"))
    assert residents == sum(int(row["Population"]) for row in rows) == 14_345_840


def test_names_that_lost_one_letter_are_named_for_a_person(city: City) -> None:
    told = city.take(open_data(COMMUNITIES), "places", "syria-communities")
    lines = open_data(COMMUNITIES).read_text(encoding="utf-8-sig").splitlines()
    # Some Arabic names hold a line break, so a row's line is found by its code.
    line_of = {line.split(",", 1)[0]: number for number, line in enumerate(lines, 1)}
    hurt = [row["PP_PCODE"] for row in table(COMMUNITIES) if "?" in row["PP_NAME_EN"]]
    assert len(hurt) == 4
    assert told.warned()["wire.row.read"] == [line_of[code] for code in hurt]
