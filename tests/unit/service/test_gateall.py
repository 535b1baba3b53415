"""Every asset at once: the same as alone at its own depth, whatever else is wrong with a layer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely

from rafiqa.land import Actor, ResidentReported
from rafiqa.recovery import (
    ASSET_POLICY,
    OUTCOMES,
    ChanceFindAnswered,
    ChanceFound,
    LayerRegistered,
    ProjectRegistered,
)
from rafiqa.service import (
    AssetShelf,
    Office,
    gate_layers,
    gate_of,
    put_on_record,
    register_layer,
    register_project,
    report_hazard,
)
from rafiqa.service.gateall import gate_everything, rule_everything
from rafiqa.wire.gatetable import GateBlock, GateTable
from tests.city import FIRST, OPERATOR, RESIDENT, box, small_city, spot

ENGINEER = Actor("canary-person-engineer", "municipality", "engineer")
BUILDINGS = {
    "surface": (box(4, 30, 8, 34), None),
    "shallow": (box(4, 40, 8, 44), 30),
    "deep": (box(4, 50, 8, 54), 31),
    "apart": (box(30, 90, 34, 94), None),
}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return small_city(tmp_path)


def register(office: Office, more: dict[str, object] | None = None) -> None:
    """A layer of buildings on released ground, with whatever else is to be in it."""
    shapes = [office.frame.to_lonlat(shape).geometry for shape, _ in BUILDINGS.values()]
    extra = more or {}
    lonlat = np.array([*shapes, *extra.values()], dtype=object)
    depths = [*(depth for _, depth in BUILDINGS.values()), *[None] * len(extra)]
    ids = [*BUILDINGS, *extra]
    fact = LayerRegistered("own", "buildings", "", 0, "test")
    done = register_layer(office, FIRST, fact, (ids, lonlat, {"depth_cm": depths}))
    assert done.done, done.reasons


def at_once(office: Office) -> dict[str, tuple[str, list[str]]]:
    rows = gate_everything(office)
    told = zip(rows.ids, rows.outcome, rows.codes, strict=True)
    return {asset_id: (outcome, codes) for asset_id, outcome, codes in told}


def on_tiles(office: Office) -> dict[str, str]:
    return {
        asset_id: OUTCOMES[code]
        for layer, gate in gate_layers(office, AssetShelf())
        for asset_id, code in zip(layer.table.ids, gate.outcome.tolist(), strict=True)
    }


def test_each_building_is_asked_at_its_own_depth(office: Office) -> None:
    register(office)
    told, tiles = at_once(office), on_tiles(office)
    for asset_id, (shape, depth_cm) in BUILDINGS.items():
        about = ProjectRegistered(asset_id, asset_id, "house", shape, depth_cm or 0)
        alone = gate_of(office, about, policy=ASSET_POLICY).outcome
        assert told[asset_id][0] == tiles[asset_id] == alone
    assert told["deep"] == ("closed", ["gate.depth.insufficient"])
    assert told["surface"] == told["shallow"] == ("open", [])


def test_what_works_found_in_rubble_closes_the_building_on_it(office: Office) -> None:
    register(office)
    found = ChanceFound("J-open", "F1", "rubble", spot(office, 6, 32))
    assert put_on_record(office, ENGINEER, found).done
    assert at_once(office)["surface"] == (
        *("closed", ["gate.area.in-doubt", "gate.rubble.find-open"]),
    )
    assert on_tiles(office)["surface"] == "closed"
    # On the same released ground: that is in doubt as a whole.
    assert at_once(office)["apart"] == ("conditions", ["gate.area.in-doubt"])
    assert on_tiles(office)["apart"] == "conditions"
    answer = ChanceFindAnswered("J-open", "F1", True, "taken away")
    assert put_on_record(office, OPERATOR, answer).done
    assert at_once(office)["surface"] == at_once(office)["apart"] == ("open", [])


def test_a_report_waits_as_far_off_as_it_may_be_meant(office: Office) -> None:
    register(office)
    about = ProjectRegistered("B", "B", "house", BUILDINGS["apart"][0], 0)
    assert at_once(office)["apart"] == ("open", [])
    for accuracy_m, waits in ((None, False), (30, False), (70, True)):
        place = spot(office, 6, 32)
        told = ResidentReported(f"S-{accuracy_m}", place, "eo_seen", accuracy_m=accuracy_m)
        assert report_hazard(office, RESIDENT, told).done
        codes = ["gate.area.in-doubt", *["gate.reopening.report-waiting"] * waits]
        assert at_once(office)["apart"] == ("conditions", codes)
        assert on_tiles(office)["apart"] == "conditions"
        answer = gate_of(office, about, policy=ASSET_POLICY, by_road=False)
        assert [gate.code for gate in answer.gates if gate.outcome != "open"] == codes


def test_a_row_without_a_place_closes_itself_alone(office: Office) -> None:
    before = at_once(office)
    far = shapely.box(60, 20, 60.001, 20.001)
    register(office, {"far": far, "line": shapely.LineString([(39, 35.95), (60, 20)])})
    told, tiles = at_once(office), on_tiles(office)
    for asset_id in ("far", "line"):
        assert told[asset_id] == ("closed", ["gate.registration.shape-missing"])
        assert tiles[asset_id] == "closed"
    assert told["surface"] == ("open", [])
    assert {asset_id: told[asset_id] for asset_id in before} == before


def test_the_way_in_to_a_project_is_told(office: Office) -> None:
    with_way = ProjectRegistered(
        "J-way", "Well", "water", box(5, 5, 20, 20), 20, access=box(5, 20, 8, 151)
    )
    assert register_project(office, FIRST, with_way).done
    access = dict(_access(office))
    assert access["J-open"] is None
    answer = gate_of(office, with_way)
    codes = [*(gate.code for gate in answer.gates), *(code for _, code in answer.not_asked)]
    assert access["J-way"] is not None
    assert any(code.endswith(access["J-way"].replace("_", "-")) for code in codes)
    assert access["b1"] is None


def _access(office: Office) -> list[tuple[str, str | None]]:
    blocks: list[GateBlock] = []

    class Kept:
        def write(self, block: GateBlock) -> None:
            blocks.append(block)

    rule_everything(office, Kept())
    return [
        (asset_id, block.access.texts[at] if at >= 0 else None)
        for block in blocks
        for asset_id, at in zip(block.ids.to_pylist(), block.access.number.tolist(), strict=True)
    ]


class _BrokenOffError(Exception):
    pass


def _broken_off(office: Office, out: Path) -> None:
    with GateTable(out) as table:
        rule_everything(office, table)
        raise _BrokenOffError


def test_a_table_that_breaks_off_leaves_the_one_before_it(office: Office, tmp_path: Path) -> None:
    out = tmp_path / "gates.parquet"
    with GateTable(out) as table:
        rule_everything(office, table)
    whole = out.read_bytes()
    with pytest.raises(_BrokenOffError):
        _broken_off(office, out)
    assert out.read_bytes() == whole
    assert [path.name for path in tmp_path.glob(".*")] == []
    link = tmp_path / "link.parquet"
    link.symlink_to(out)
    with GateTable(link) as table:
        rule_everything(office, table)
    assert link.is_symlink()
    assert pq.read_table(out).num_rows == pq.read_table(link).num_rows > 0
