"""What a run over a region holds in memory hangs on its tiles and cities, not on the country."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
try:
    from bench.bulk_region import make_country
finally:
    sys.path.remove(str(ROOT))

WHEN = ("--valid-at", "2026-10-31", "--known-at", "2026-10-31")
N_TIMES = 10
GROWS_LESS = 1.15
"""A country ten times as large may take so many times the memory: allocators differ by some MB."""
SEEN = 1.25
"""What has ten times as much in one tile takes at least so many times the memory."""


def peak_mb(region: Path, out: Path, zoom: int) -> int:
    """The most that a process of its own held at once while it made the gates of a region."""
    command = (sys.executable, "-m", "rafiqa", "bulk", "gate", str(region), str(out))
    asked = [*command, "--json", "--zoom", str(zoom), *WHEN]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    assert answer["complete"]
    return int(answer["cost"]["peak_memory_mb"])


@pytest.mark.parametrize(
    ("n_each", "n_polygons", "zoom"),
    [(2_000, 500, 10), pytest.param(100_000, 4_000, 12, marks=pytest.mark.slow)],
    ids=["small", "large"],
)
def test_memory_is_bounded_by_the_tile_and_not_by_the_country(
    tmp_path: Path, n_each: int, n_polygons: int, zoom: int
) -> None:
    make_country(tmp_path / "one", 1, n_each, n_polygons)
    told = json.loads((tmp_path / "one" / "region.json").read_text())
    (city,) = told["cities"]
    # Ten cities, each as large as the one: to a run they are ten, though their files are the same.
    ten = [{**city, "name": f"city-{number}"} for number in range(N_TIMES)]
    (tmp_path / "one" / "ten.json").write_text(json.dumps({"cities": ten}))
    one = peak_mb(tmp_path / "one", tmp_path / "a", zoom)
    country = peak_mb(tmp_path / "one" / "ten.json", tmp_path / "b", zoom)
    # The control: as much in one city, whose only tile is as large as the country.
    make_country(tmp_path / "all", N_TIMES, n_each, n_polygons)
    whole = peak_mb(tmp_path / "all", tmp_path / "c", 4)
    assert country < one * GROWS_LESS, (one, country, whole)
    assert whole > one * SEEN, (one, country, whole)
