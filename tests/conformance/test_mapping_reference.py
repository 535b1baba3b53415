"""The reference of mapping files, run: each example comes in as the kind that it names."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from rafiqa.wire.mapping import ENCODINGS, TYPES
from tests.conformance.keeper import Keeper, Taken
from tests.real.door import rafiqa

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reference" / "mapping.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(
    r"`(?P<file>[a-z]+\.csv)`, imported as `(?P<kind>[a-z-]+)`.*?"
    r"```csv\n(?P<rows>.*?)```\s+```toml\n(?P<mapping>.*?)```",
    re.DOTALL,
)
EXAMPLES = {found["file"]: found for found in EXAMPLE.finditer(PAGE)}
DEPTH_MISSING = [("dictionary.field.missing-when", 3, "depth_cm")]
EXPECTED: dict[str, tuple[int, set[str], list[object]]] = {
    "gebieden.csv": (2, set(), []),
    "gevrijwaard.csv": (1, {"wire.depth.datum"}, [*DEPTH_MISSING]),
    "events.csv": (2, {"wire.rows.left-out"}, []),
    "towns.csv": (1, set(), []),
}


def taken(folder: Path, name: str) -> tuple[Keeper, Taken]:
    example = EXAMPLES[name]
    encoding = tomllib.loads(example["mapping"]).get("encoding", "utf-8")
    file = folder / name
    file.write_text(example["rows"], encoding=encoding)
    mapping = folder / "mapping.toml"
    mapping.write_text(example["mapping"], encoding="utf-8")
    store = folder / "city.rafiqa"
    assert rafiqa("new", store, "--name", "T", "--lon", 39.0, "--lat", 35.0)[0] == 0
    keeper = Keeper(store)
    found = keeper.take(file, example["kind"], "--map", mapping)
    assert found.status == 0, found.answer
    assert keeper.intact() > 1
    return keeper, found


@pytest.mark.parametrize("name", EXPECTED)
def test_an_example_comes_in(name: str, tmp_path: Path) -> None:
    _, found = taken(tmp_path, name)
    assert (found.answer["accepted"], found.warned, found.named) == EXPECTED[name]


def test_every_example_is_run() -> None:
    assert set(EXAMPLES) == set(EXPECTED)
    assert PAGE.count("```toml") == PAGE.count("```csv") == len(EXAMPLES)


def at(keeper: Keeper, lon_deg: float, lat_deg: float) -> dict[str, Any]:
    status, told = rafiqa("at", keeper.store, "--lon", lon_deg, "--lat", lat_deg)
    assert status == 0
    return dict(told)


def test_the_foreign_classes_are_on_the_map(tmp_path: Path) -> None:
    keeper, _ = taken(tmp_path, "gebieden.csv")
    # 500025 E, 3873025 N in EPSG:32637: on the zone's meridian, 39 degrees east.
    assert (at(keeper, 39.000274, 34.999837)["areas"]) == ["V-12"]
    status, told = rafiqa("account", keeper.store)
    assert status == 0
    closing = {name: figures["closing_m2"] for name, figures in told["classes"].items()}
    assert 2_490 < closing["sha"] < 2_510
    assert 2_490 < closing["cha"] < 2_510


def test_a_depth_is_taken_from_the_surface_only(tmp_path: Path) -> None:
    keeper, _ = taken(tmp_path, "gevrijwaard.csv")
    first, second = at(keeper, 39.0015, 35.0015), at(keeper, 39.0035, 35.0015)
    assert (first["state"], first["depth_cm"]) == ("cleared", 150)
    assert (second["state"], second["depth_cm"]) == ("unrecorded", None)


def test_every_key_is_on_the_page() -> None:
    source = (ROOT / "src" / "rafiqa" / "wire" / "mapping.py").read_text(encoding="utf-8")
    keys = set(re.findall(r'reader\.\w+\("(\w+)"', source))
    assert len(keys) > 20
    assert {key for key in keys if f"`{key}`" not in PAGE} == set()
    assert all(word in PAGE for word in (*TYPES, *(set(ENCODINGS) - {"utf-8-sig"})))
