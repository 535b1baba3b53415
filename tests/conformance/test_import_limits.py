"""Files made to exhaust a reader: refused within time and memory, measured from outside.

The bounds are those of the trust study, section 3.7: 512 MiB, and 2 s for a ring and 10 s for
an archive; the time is the processor's, which a busy machine does not stretch, and counts the
start of two programs of about 1.5 s.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance import bomb
from tests.conformance.bomb import measured, packed, ring
from tests.conformance.keeper import Keeper, State

MEMORY_MIB, RING_CPU_S, ARCHIVE_CPU_S = 512, 5, 10
BULK_MEMORY_MIB, BULK_CPU_S = 1_536, 15
TEXTS = ("geojson", "kml", "csv")
RINGS = ("geojson", "kml", "gpx", "csv", "gpkg", "shp", "parquet")


def unmoved(keeper: Keeper, before: State, file: Path) -> None:
    """What came of a bomb: nothing but a kept original, which may be its first part."""
    after = keeper.state()
    assert after.head == before.head
    (kept,) = [item for item in after.quarantine if item not in before.quarantine]
    assert kept.file_name == file.name
    if file.suffix != ".shp":
        assert file.read_bytes().startswith(kept.original)
    keeper.intact()


# Text is written out in no time; drawing so large a ring with GDAL takes longer than reading it.
@pytest.mark.parametrize(
    "format_name",
    [pytest.param(name, marks=[] if name in TEXTS else [pytest.mark.slow]) for name in RINGS],
)
def test_a_ring_of_ten_million_vertices(format_name: str, tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    before = keeper.state()
    file = ring(tmp_path / f"a.{format_name}")
    found = measured("import", keeper.store, file, "--as", "hazard-areas")
    assert found.status == 1
    assert [one["code"] for one in found.answer["refused"]] == ["wire.limit.file-bytes"]
    assert found.peak_mib < MEMORY_MIB
    assert found.cpu_s < RING_CPU_S
    unmoved(keeper, before, file)


# The limit is one for all; these four come by ways of their own.
@pytest.mark.parametrize(
    "format_name",
    [
        pytest.param(
            name, marks=() if name in {"geojson", "csv", "gpx", "shp"} else pytest.mark.slow
        )
        for name in RINGS
    ],
)
def test_a_ring_as_large_as_a_file_may_be(
    format_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bomb, "N_VERTICES", 2_000_000 if format_name == "gpx" else 4_000_000)
    keeper = Keeper.new(tmp_path)
    before = keeper.state()
    file = ring(tmp_path / f"a.{format_name}")
    system = tmp_path / "m.toml"
    system.write_text('crs = "EPSG:4326"\n', encoding="utf-8")
    words = ("import", keeper.store, file, "--as", "hazard-areas", "--map", system)
    found = measured(*words)
    assert found.status == 1
    expected = "wire.limit.feature-bytes" if format_name == "csv" else "wire.limit.vertices"
    assert expected in {one["code"] for one in found.answer["refused"]}
    assert found.peak_mib < MEMORY_MIB
    assert found.cpu_s < RING_CPU_S
    if format_name != "csv":
        unmoved(keeper, before, file)


@pytest.mark.slow
@pytest.mark.parametrize("format_name", RINGS)
def test_a_ring_among_many_buildings(format_name: str, tmp_path: Path) -> None:
    keeper = Keeper.new(tmp_path)
    before = keeper.state()
    file = ring(tmp_path / f"a.{format_name}")
    found = measured("import", keeper.store, file, "--as", "buildings")
    assert found.status == 1
    assert found.peak_mib < BULK_MEMORY_MIB
    assert found.cpu_s < BULK_CPU_S
    unmoved(keeper, before, file)


@pytest.mark.parametrize(
    ("name", "member", "code"),
    [
        ("a.xlsx", "xl/worksheets/sheet1.xml", "wire.archive.bomb"),
        ("a.zip", "a.shp", "wire.archive.bomb"),
        # Zipped KML is not opened at all: its name is that of no format.
        ("a.kmz", "doc.kml", "wire.format.unknown"),
    ],
)
def test_an_archive_that_swells_a_thousandfold(
    name: str, member: str, code: str, tmp_path: Path
) -> None:
    keeper = Keeper.new(tmp_path)
    before = keeper.state()
    file = packed(tmp_path / name, member)
    assert file.stat().st_size < 2 << 20
    found = measured("import", keeper.store, file, "--as", "hazard-areas")
    assert found.status == 1
    assert [one["code"] for one in found.answer["refused"]] == [code]
    assert found.peak_mib < MEMORY_MIB
    assert found.cpu_s < ARCHIVE_CPU_S
    unmoved(keeper, before, file)


def test_a_bomb_inside_an_allowed_archive(tmp_path: Path) -> None:
    """Just below every limit of an archive, and still more cells than a sheet may have."""
    keeper = Keeper.new(tmp_path)
    before = keeper.state()
    file = bomb.cells(tmp_path / "a.xlsx")
    found = measured("import", keeper.store, file, "--as", "evidence")
    assert (found.status, found.answer["accepted"]) == (1, 0)
    assert [one["code"] for one in found.answer["refused"]] == ["wire.limit.cells"]
    assert found.peak_mib < MEMORY_MIB
    assert found.cpu_s < ARCHIVE_CPU_S
    unmoved(keeper, before, file)
