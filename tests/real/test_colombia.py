"""Events with mines in Colombia: accidents by year, and one point outside the country."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.real.door import City
from tests.real.opendata import features, open_data

pytestmark = pytest.mark.shared

BOGOTA = (-74.07, 4.65)
ACCIDENTS = {"1": "mine", "2": "uxo"}  # the other codes are clearance, seizures, suspicions


@pytest.fixture
def city(tmp_path: Path) -> City:
    return City.new(tmp_path / "city.rafiqa", *BOGOTA)


def year_file(year: int) -> str:
    return f"colombia-mines/{year}.json"


@pytest.mark.parametrize(("year", "n_accidents"), [(1990, 8), (2000, 82), (2010, 391)])
def test_events_that_are_accidents_become_accidents(
    city: City, year: int, n_accidents: int
) -> None:
    wanted = {
        f"co-{year}/{row}": event["properties"]
        for row, event in enumerate(features(year_file(year)), 1)
        if event["properties"]["TIPO_EVENTO"] in ACCIDENTS
    }
    told = city.take(open_data(year_file(year)), "accidents", "colombia-accidents")
    assert told.counts == (n_accidents, 0)
    assert "wire.rows.left-out" in told.warned()
    records = city.facts("accidents")
    assert len(wanted) == n_accidents
    assert {name: fact.category for name, fact in records.items()} == {
        name: ACCIDENTS[said["TIPO_EVENTO"]] for name, said in wanted.items()
    }
    assert {name: fact.place for name, fact in records.items()} == {
        name: f"{said['MUNICIPIO']}, {said['DEPARTAMENTO']}" for name, said in wanted.items()
    }
    # The site, the import itself, and what it brought.
    assert city.entries() == 2 + n_accidents


def test_the_point_outside_its_country_is_named(city: City) -> None:
    events = features(year_file(2004))
    east = [row for row, event in enumerate(events, 1) if event["geometry"]["coordinates"][0] > 0]
    assert (len(events), east) == (2_029, [1_375])
    counts = Counter(event["properties"]["TIPO_EVENTO"] for event in events)
    told = city.take(open_data(year_file(2004)), "accidents", "colombia-accidents")
    assert told.counts == (counts["1"] + counts["2"], 1) == (547, 1)
    assert told.refused() == {"wire.place.outside": [1_375]}
    (kept,) = city.office().store.quarantined()
    assert (kept.file_name, kept.row) == ("2004.json", 1_375)
    assert b"74.23416667 4.197777778" in kept.original
    assert "co-2004/1375" not in city.facts("accidents")
