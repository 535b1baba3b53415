"""Craters of eastern Ukraine: a table, the same in KML, and one with its axes swapped."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from tests.real.door import City
from tests.real.opendata import ROOT, ogr, open_data, reach_m, table

pytestmark = pytest.mark.shared

CRATERS = "ukraine-craters/craters-low-angle-1.csv"
SWAPPED = "ukraine-craters/arcade_ukraine_data_processed.csv"
FIELDS = "ukraine-craters/mapvestigation-source-0.kml"
DONETSK = (38.3, 47.8)


@pytest.fixture
def city(tmp_path: Path) -> City:
    return City.new(tmp_path / "city.rafiqa", *DONETSK)


def craters(city: City) -> dict[str, tuple[float, float]]:
    facts = city.facts("evidence")
    assert all((fact.kind, fact.source_kind) == ("crater", "remote") for fact in facts.values())
    return {name: (fact.spot.lon_deg, fact.spot.lat_deg) for name, fact in facts.items()}


def as_in_the_table() -> dict[str, tuple[float, float]]:
    rows = table(CRATERS)
    assert len(rows) == 6_150
    return {f"ua-crater-{row['crater_id']}": (float(row["X"]), float(row["Y"])) for row in rows}


def agree(found: dict[str, tuple[float, float]], wanted: dict[str, tuple[float, float]]) -> bool:
    """Whether all stand where they should, to a hundred-millionth of a degree, a millimetre."""
    return found.keys() == wanted.keys() and all(
        abs(found[name][axis] - wanted[name][axis]) <= 1e-8 for name in wanted for axis in (0, 1)
    )


def test_craters_are_evidence_at_their_places(city: City) -> None:
    assert city.take(open_data(CRATERS), "evidence", "ukraine-craters").counts == (6_150, 0)
    assert agree(craters(city), as_in_the_table())
    assert city.account()["classes"]["sha"]["closing_m2"] == 0
    # The site, 6,150 craters, and the import itself in 13 groups of rows.
    assert city.entries() == 1 + 6_150 + 13


def test_at_a_crater_it_is_said_that_craters_are_near(city: City) -> None:
    city.take(open_data(CRATERS), "evidence", "ukraine-craters")
    wanted = as_in_the_table()["ua-crater-1"]
    told = city.at(wanted)
    first, near = told["reasons"]
    assert (told["state"], told["areas"]) == ("unrecorded", [])
    assert (first["code"], near["code"]) == (
        "land.point.unrecorded-signs",
        "land.point.near-evidence",
    )
    assert "ua-crater-1" in near["subjects"]
    assert len(near["subjects"]) == 6
    assert "no all-clear" in told["headline"]


def test_the_same_craters_in_kml_stand_at_the_same_places(city: City) -> None:
    file = open_data("ukraine-craters/craters-low-angle-1.kml")
    assert city.take(file, "evidence", "ukraine-craters").counts == (6_150, 0)
    assert agree(craters(city), as_in_the_table())


def test_swapped_axes_are_asked_about_and_not_believed(city: City) -> None:
    file = open_data(SWAPPED)
    for mapping in ("ukraine-craters", None):
        told = city.take(file, "evidence", mapping)
        assert (told.status, told.counts) == (1, (0, 1))
        assert told.refused() == {"wire.axes.swapped": [None]}
    assert craters(city) == {}
    assert city.entries() == 1
    (kept,) = city.office().store.quarantined()
    assert kept.original == file.read_bytes()


def test_a_person_who_has_looked_takes_the_swapped_table_by_name(city: City) -> None:
    told = city.take(open_data(SWAPPED), "evidence", "ukraine-craters-swapped")
    assert told.counts == (6_150, 0)
    rows = table(SWAPPED)
    wanted = {f"ua-crater-{row['c_id']}": (float(row["lat"]), float(row["lon"])) for row in rows}
    assert agree(craters(city), wanted)


def test_an_outline_that_crosses_itself_is_refused_by_row(city: City) -> None:
    shapes, columns = ogr(FIELDS)
    invalid = [row for row, shape in enumerate(shapes, 1) if not shapely.is_valid(shape)]
    far = [row for row, shape in enumerate(shapes, 1) if reach_m(shape, DONETSK) > 50_000]
    assert (len(shapes), invalid, len(far)) == (116, [110], 32)
    mapping = ROOT / "examples" / "mappings" / "ukraine-crater-fields.toml"
    told = city.take(open_data(FIELDS), "evidence", str(mapping))
    assert told.counts == (83, 33)
    assert told.refused() == {"geo.shape.self-intersection": invalid, "geo.frame.too-far": far}
    facts = city.facts("evidence")
    names = [name for row, name in enumerate(columns["SOURCE_ID"], 1) if row not in invalid + far]
    assert set(facts) == {f"ua-field-{name}" for name in names}
    assert len(facts) == 83
