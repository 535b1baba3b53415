"""The demo city's reports: their tables add up to ``rafiqa account`` of the same city, exactly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.golden.conftest import ask

LOWERED = ("cancelled", "reduced", "cleared")
KNOWN = ("--known-at", "2025-12-31")
PERIOD = ("--from", "2024-06-01", "--to", "2025-11-30")


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A boundary that cuts through areas and parts of them."""
    ring = [[38.5441, 34.8951], [38.5502, 34.8949], [38.5511, 34.9003], [38.5446, 34.9017]]
    shape = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    row = {"type": "Feature", "properties": {}, "geometry": shape}
    file = tmp_path_factory.mktemp("cut") / "cut.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [row]}))
    return file


def tables(city: Path, kind: str, *asked: str) -> dict[str, Any]:
    return {
        each["name"]: each for each in json.loads(ask("report", str(city), kind, *asked))["tables"]
    }


def half_mm2(table: dict[str, Any], column: str, code: str | None = None) -> int:
    """The sum of a column; of the rows that have a code, where one is named."""
    at = [each["name"] for each in table["columns"]].index(column)
    rows = [r for r in table["rows"] if code is None or any(code in c.get("codes", ()) for c in r)]
    return sum(row[at]["half_mm2"] for row in rows)


def exact(value_m2: float) -> int:
    whole = value_m2 * 2_000_000
    assert abs(whole - round(whole)) < 0.01
    return round(whole)


@pytest.mark.parametrize(
    "cutting", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["all", "cut"]
)
@pytest.mark.parametrize("known", [(), KNOWN], ids=["now", "then"])
def test_report_tables_are_the_account(
    city: Path, cut: Path, known: tuple[str, ...], cutting: bool
) -> None:
    asked = (*PERIOD, *known, *(("--boundary", str(cut)) if cutting else ()))
    whole = json.loads(ask("account", str(city), *asked))
    classes = whole["classes"]
    lowered = {
        name: sum(exact(item[f"{name}_m2"]) for item in classes.values()) for name in LOWERED
    }
    assert lowered["cleared"]
    assert lowered["cancelled"] or cutting
    monthly = tables(city, "monthly", *asked)
    for class_, item in classes.items():
        for name, value_m2 in item.items():
            column = f"account_{name.removesuffix('_m2')}"
            assert half_mm2(monthly["account"], column, class_) == exact(value_m2)
    treaty = tables(city, "article7", *asked)
    for name, size in lowered.items():
        assert half_mm2(treaty["released"], "area", name) == size
    for class_, item in classes.items():
        assert half_mm2(treaty["areas"], "area", class_) == exact(item["closing_m2"])
    fivew = tables(city, "5w", *asked)["activities"]
    assert half_mm2(fivew, "area") + half_mm2(fivew, "rework") == sum(lowered.values())
    donors = tables(city, "donor", *asked)
    assert half_mm2(donors["donors"], "area") == sum(lowered.values())
    standing = tables(city, "municipality", *asked)["standing"]
    for name, value_m2 in whole["released_standing_m2"].items():
        assert half_mm2(standing, "area", name) == exact(value_m2)


def test_completion_and_handover_are_the_standing_ground(city: Path) -> None:
    whole = json.loads(ask("account", str(city), "--to", "2026-10-31"))
    released = {name: exact(size) for name, size in whole["released_standing_m2"].items()}
    done = tables(city, "completion", "--to", "2026-10-31")
    for name, size in released.items():
        assert half_mm2(done["standing"], "area", name) == size
    handover = tables(city, "handover", "--to", "2026-10-31")
    assert half_mm2(handover["released_parts"], "area") == sum(released.values())
