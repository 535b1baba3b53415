"""Commands run in this process, with what they print caught apart; one store for reading."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rafiqa.cli import main
from tests.city import small_city

ORIGIN = ("--lon", "38.55", "--lat", "34.9")
INSIDE = ("--lon", "38.551", "--lat", "34.901")
EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "hazards.geojson"


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it printed."""

    status: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)

    @property
    def codes(self) -> list[str]:
        """The codes of a refusal."""
        return [fault["code"] for fault in self.answer["refused"]]


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command; wrong usage ends the program, here with its status."""
    monkeypatch.setenv("RAFIQA_LANG", "en")

    def ran(*arguments: object) -> Ran:
        capsys.readouterr()
        try:
            status = main([str(item) for item in arguments])
        except SystemExit as ended:
            status = int(str(ended.code))
        said = capsys.readouterr()
        return Ran(status, said.out, said.err)

    return ran


@pytest.fixture(scope="session")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with work on its ground (tests/city.py), that no test writes to."""
    folder = tmp_path_factory.mktemp("worked")
    small_city(folder).store.close()
    return folder / "small.rafiqa"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two hazard areas and a project; only to be read."""
    folder = tmp_path_factory.mktemp("city")
    store, projects = folder / "city.rafiqa", folder / "projects.geojson"
    ring = [[38.551, 34.9008], [38.5512, 34.9008], [38.5512, 34.901], [38.551, 34.9008]]
    feature = {
        "type": "Feature",
        "properties": {"id": "house", "name": "House", "kind": "repair", "depth_cm": 40},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    projects.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert main(["new", str(store), "--name", "Old Town", *ORIGIN]) == 0
    assert main(["import", str(store), str(EXAMPLE), "--as", "hazard-areas"]) == 0
    engineer = ["--role", "engineer", "--organisation", "municipality"]
    assert main(["import", str(store), str(projects), "--as", "projects", *engineer]) == 0
    return store
