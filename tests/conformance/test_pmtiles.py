"""Files of tiles: ours read as the pmtiles package reads them; broken ones are refused."""

from __future__ import annotations

import gzip
import json
import shutil
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pmtiles.reader import MemorySource, Reader
from pmtiles.tile import Compression, TileType, tileid_to_zxy, zxy_to_tileid
from pmtiles.writer import write

from rafiqa.cli import main
from rafiqa.errors import InvalidInput
from rafiqa.wire import tippecanoe
from rafiqa.wire.pmtiles import TileArchive, tile_id

HEADER = {
    "tile_type": TileType.MVT,
    "tile_compression": Compression.GZIP,
    **dict.fromkeys(("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7"), 0),
    **dict.fromkeys(("center_zoom", "center_lon_e7", "center_lat_e7"), 0),
}


@given(st.integers(0, (4**20 - 1) // 3 - 1))
def test_a_tile_has_the_number_of_the_curve(number: int) -> None:
    assert tile_id(*tileid_to_zxy(number)) == number


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """So many tiles, some alike and some missing, that directories lie in directories."""
    file = tmp_path_factory.mktemp("pmtiles") / "many.pmtiles"
    with write(str(file)) as writer:
        for x in range(160):
            for y in range(160):
                if (x + y) % 7:
                    content = b"same" if y % 3 else f"{x}/{y}".encode()
                    writer.write_tile(zxy_to_tileid(9, x, y), gzip.compress(content, mtime=0))
        writer.finalize(HEADER, {})
    return file


def test_every_tile_is_read_as_by_the_package(many: Path) -> None:
    peer, ours = Reader(MemorySource(many.read_bytes())), TileArchive.open(many)
    try:
        assert (ours.first_zoom, ours.last_zoom) == (9, 9)
        for x in range(0, 162, 9):
            for y in range(0, 162, 5):
                found, wanted = ours.tile(9, x, y), peer.get(9, x, y)
                assert (found and found[1]) == wanted
                assert found is None or gzip.decompress(wanted) == found[0]
        assert ours.tile(8, 0, 0) is None
    finally:
        ours.close()


@given(data=st.data())
def test_a_broken_file_is_refused_and_breaks_nothing(data: st.DataObject, many: Path) -> None:
    content = bytearray(many.read_bytes())
    at = data.draw(st.integers(0, 400))
    content[at] ^= data.draw(st.integers(1, 255))
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    file = many.with_name("broken.pmtiles")
    file.write_bytes(content)
    # Whatever else it raises fails the test.
    with suppress(InvalidInput), closing(TileArchive.open(file)) as archive:
        archive.tile(9, 3, 8)


@pytest.mark.parametrize("name", ["nothing.pmtiles", "folder"])
def test_what_is_no_file_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(InvalidInput):
        TileArchive.open(tmp_path / name)


def ran(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, dict[str, Any]]:
    status = main([str(word) for word in words] + ["--json"])
    return status, json.loads(capsys.readouterr().out)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("tiles") / "demo.rafiqa"
    assert main(["demo", str(store), "--buildings", "60", "--seed", "3", "--json"]) == 0
    return store


def test_the_base_of_a_city_is_written_and_read(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tippecanoe.program()
    file = tmp_path / "base.pmtiles"
    capsys.readouterr()
    status, told = ran(capsys, "tiles", demo, "--out", file)
    assert status == 0
    assert told["layers"]["buildings"] == 60
    archive = TileArchive.open(file)
    try:
        layers = {each["id"]: each["fields"] for each in archive.about["vector_layers"]}
        assert {"buildings", "roads"} <= layers.keys()
        assert layers["buildings"].keys() <= {"asset_id", "kind", "name", "name_ar", "storeys"}
        # It tells nobody where on this machine it was made.
        assert str(tmp_path) not in json.dumps(dict(archive.about))
        west, _, east, _ = archive.bounds_lonlat
        z = archive.last_zoom
        side = 1 << z
        seen = set()
        for x in range(int((west / 360 + 0.5) * side) - 1, int((east / 360 + 0.5) * side) + 2):
            for y in range(side // 2 - side // 4, side // 2):
                if (found := archive.tile(z, x, y)) is not None:
                    told = mapbox_vector_tile.decode(found[0]).get("buildings", {"features": []})
                    seen |= {item["properties"]["asset_id"] for item in told["features"]}
        assert len(seen) == 60
    finally:
        archive.close()


def test_without_tippecanoe_it_says_what_to_install(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tippecanoe, "PROGRAM", "no-such-tippecanoe")
    assert shutil.which("no-such-tippecanoe") is None
    capsys.readouterr()
    status, told = ran(capsys, "tiles", demo, "--out", tmp_path / "base.pmtiles")
    assert status == 1
    (refused,) = told["refused"]
    assert refused["code"] == "wire.tippecanoe.missing"
    assert "rafiqa[tiles]" in json.dumps(told)


def test_a_name_that_says_another_format_is_refused(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    status, told = ran(capsys, "tiles", demo, "--out", tmp_path / "base.mbtiles")
    assert (status, told["refused"][0]["code"]) == (1, "cli.tiles.suffix")
