"""``rafiqa mirror``: a GeoPackage that QGIS opens, whole at each moment, never another's."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pyogrio
import pytest

from rafiqa.cli import main
from rafiqa.cli.session import office_of
from rafiqa.errors import Fault, InvalidInput, StoreError
from rafiqa.land import EvidenceRecorded
from rafiqa.service import AssetShelf, Office, record_evidence
from rafiqa.service.mapmirror import mirrored
from rafiqa.wire.mirrorfile import write_mirror
from tests.city import DAY_US, FIRST, Clock, small_city, spot


@pytest.fixture
def store(tmp_path: Path) -> Path:
    clock = Clock()
    # The command goes by the real clock: what is on record was so before.
    clock.at_us = time.time_ns() // 1_000 - 120 * DAY_US
    small_city(tmp_path, clock).store.close()
    return tmp_path / "small.rafiqa"


def asked(capsys: pytest.CaptureFixture[str], *words: Any) -> tuple[int, Any]:
    status = main([str(word) for word in (*words, "--json")])
    return status, json.loads(capsys.readouterr().out)


def layer(path: Path, name: str) -> dict[str, list[Any]]:
    _, table = pyogrio.read_arrow(path, layer=name)
    return {column: table[column].to_pylist() for column in table.column_names}


def test_it_is_read_as_a_geopackage_with_its_as_of(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "city.gpkg"
    status, answer = asked(capsys, "mirror", store, path)
    assert status == 0
    layers = dict(pyogrio.list_layers(path))
    assert set(layers) == {*answer["tables"], "about"}
    assert layers["hazards"] == "MultiPolygon"
    assert layers["permits"] is None
    about = layer(path, "about")
    assert dict(zip(about["layer"], about["rows"], strict=True)) == answer["tables"]
    assert set(about["entries"]) == {answer["entries"]}
    assert all("treat it as hazard" in " ".join(said.split()) for said in about["statement"])
    assert len(layer(path, "land_parts")["id"]) == answer["tables"]["land_parts"] > 0
    assert not list(tmp_path.glob(".mirror-*"))


def test_what_stands_there_is_judged_before_it_is_replaced(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "city.gpkg"
    assert asked(capsys, "mirror", store, path)[0] == 0
    status, answer = asked(capsys, "mirror", store, path, "--public")
    assert (status, answer["refused"][0]["code"]) == (1, "wire.mirror.other-audience")
    assert "hazards" in dict(pyogrio.list_layers(path))
    assert asked(capsys, "mirror", store, path, "--public", "--anew")[0] == 0
    assert "hazards" not in dict(pyogrio.list_layers(path))
    theirs = tmp_path / "theirs.gpkg"
    theirs.write_bytes(b"minutes of a meeting")
    for more in ([], ["--anew"]):
        status, answer = asked(capsys, "mirror", store, theirs, *more)
        assert (status, answer["refused"][0]["code"]) == (1, "wire.mirror.not-ours")
    assert theirs.read_bytes() == b"minutes of a meeting"


def test_of_two_that_publish_at_once_the_newer_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = small_city(tmp_path, Clock())
    older = mirrored(office, AssetShelf())
    seen = EvidenceRecorded("E77", "eo_seen", "visual", spot(office, 20, 90))
    assert record_evidence(office, FIRST, seen).done
    newer = mirrored(office, AssetShelf())
    path = tmp_path / "city.gpkg"
    write_mirror(older, path, now_us=1)
    write = pyogrio.write_arrow

    def slowly(*given: Any, **more: Any) -> None:
        write(*given, **more)
        if more["layer"] == "about":
            monkeypatch.undo()
            write_mirror(newer, path, now_us=2)

    monkeypatch.setattr("rafiqa.wire.mirrorfile.pyogrio.write_arrow", slowly)
    with pytest.raises(InvalidInput) as refused:
        write_mirror(older, path, now_us=3)
    assert [fault.code for fault in refused.value.faults] == ["wire.mirror.newer"]
    assert set(layer(path, "about")["entries"]) == {newer.stamp.entries}
    office.store.close()


def test_every_fault_of_the_command_line_is_told_at_once(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, answer = asked(
        capsys, "mirror", store, "city.shp", "--schema", "Robert'); --", "--follow", "0"
    )
    assert status == 1
    assert [each["code"] for each in answer["refused"]] == [
        "cli.mirror.target",
        "cli.mirror.schema",
        "cli.mirror.follow",
    ]


def test_it_follows_what_comes_on_record(
    store: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path, rounds = tmp_path / "city.gpkg", [0]
    held: list[Office] = []

    def kept(args: Any) -> Office:
        held.append(office_of(args))
        return held[0]

    def away(*_: object) -> Any:
        raise StoreError(Fault("store.away"))

    def pause(seconds: float) -> None:
        assert seconds == 5
        rounds[0] += 1
        if rounds[0] == 2:
            seen = EvidenceRecorded("E77", "eo_seen", "visual", spot(held[0], 20, 90))
            assert record_evidence(held[0], FIRST, seen).done
        if rounds[0] == 3:
            monkeypatch.setattr(Office, "facts", away)
        if rounds[0] == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr("rafiqa.cli.mirror.office_of", kept)
    monkeypatch.setattr("rafiqa.cli.mirror.time.sleep", pause)
    assert main(["mirror", str(store), str(path), "--follow", "5"]) == 130
    assert len(layer(path, "in_doubt")["id"]) == 1
    said = capsys.readouterr()
    # Only the round that had something new to say published again; one had no store to ask.
    assert said.err.count("from ") == 1
    assert "[store.away]" in said.err
