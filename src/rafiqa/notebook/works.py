"""Frames of rebuilding: assets and projects with their gates, and the gates of one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from rafiqa.errors import Fault, InvalidInput
from rafiqa.notebook.frame import DTYPE_OF, Column, Dtype, column_of, places, table
from rafiqa.notebook.ground import exported_frame
from rafiqa.notebook.moment import Asked
from rafiqa.recovery import OUTCOMES
from rafiqa.service import ASSET_KINDS, AssetShelf, Office, gate_layers, gate_of, project_of
from rafiqa.service.gateall import rule_everything
from rafiqa.service.question import placed_reports
from rafiqa.service.worksfolder import WorksFolders
from rafiqa.wire.answer import gates_json
from rafiqa.wire.gatetable import SCHEMA, GateBlock, batch_of

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame

METHOD: Final = "the gates of rafiqa (docs/reference/gates.md), asked anew"
_GATE: Final[dict[str, Dtype]] = {
    "gate": "text",
    "outcome": "text",
    "code": "text",
    "detail": "text",
    "next": "text",
    "area_ids": "texts",
    "who": "text",
    "until": "text",
}


def assets_frame(office: Office, shelf: AssetShelf, kind: str, asked: Asked) -> GeoDataFrame:
    """Returns every asset of a kind of layer, with the outcome of the gate of its ground.

    Raises:
        InvalidInput: no such kind of layer.
    """
    if kind not in ASSET_KINDS:
        params: dict[str, str | int] = {"kind": str(kind)[:40], "known": ", ".join(ASSET_KINDS)}
        raise InvalidInput(Fault("service.asset.kind-unknown", "kind", params=params))
    gates = gate_layers(office, shelf, asked.as_of, kinds=[kind])
    names = dict.fromkeys(name for layer, _ in gates for name in layer.table.columns)
    columns: dict[str, Column] = {
        "id": ("text", [each for layer, _ in gates for each in layer.table.ids]),
        "layer": ("text", [layer.fact.layer_id for layer, _ in gates for _ in layer.table.ids]),
        "outcome": ("text", [OUTCOMES[at] for _, gate in gates for at in gate.outcome.tolist()]),
    }
    for name in names:
        values = [value for layer, _ in gates for value in layer.table.values(name)]
        columns.setdefault(name, (_dtype(values), values))
    shapes = [shape for layer, _ in gates for shape in layer.shapes_lonlat]
    return places(columns, shapes, asked.attrs(office, METHOD))


def _dtype(values: list[Any]) -> Dtype:
    """Returns how a column of a layer is held: what all its values are."""
    kinds = {type(value) for value in values if value is not None}
    for type_, name in ((bool, "boolean"), (int, "integer")):
        if kinds == {type_}:
            return DTYPE_OF[name]
    if kinds and kinds <= {int, float}:
        return "number"
    return "text"


def projects_frame(office: Office, asked: Asked) -> GeoDataFrame:
    """Returns every project, with the outcome of its gates and the codes of what speaks against."""
    frame = exported_frame(office, "projects", asked)
    reports = placed_reports(office, asked.as_of)
    folders = WorksFolders.of(office, asked.valid_us, asked.known_us)
    facts = [project_of(office, project_id, asked.as_of) for project_id in frame["id"]]
    answers = [
        gate_of(office, fact, asked.as_of, reports=reports, papers=folders.papers(fact))
        for fact in facts
    ]
    against = [[gate for gate in answer.gates if gate.outcome != "open"] for answer in answers]
    beside = table(
        {
            "outcome": ("text", [answer.outcome for answer in answers]),
            "codes": ("texts", [dict.fromkeys(gate.code for gate in gates) for gates in against]),
            "area_ids": (
                "texts",
                [sorted({at for gate in gates for at in gate.area_ids}) for gates in against],
            ),
        },
        {},
    )
    for at, name in enumerate(beside.columns, 3):
        frame.insert(at, name, beside[name])
    frame.attrs["method"] = METHOD
    return frame


def gate_frame(office: Office, project_id: str, asked: Asked, lang: str) -> DataFrame:
    """Returns the gates of one project, one row each, in words."""
    project = project_of(office, project_id, asked.as_of)
    answer = gates_json(gate_of(office, project, asked.as_of), lang)
    rows = [{"next": None, **gate} for gate in answer["gates"]]
    columns = {name: column_of(rows, name, dtype) for name, dtype in _GATE.items()}
    attrs = asked.attrs(office, METHOD)
    return table(columns, {**attrs, "project": project_id, "outcome": answer["outcome"]})


class _Batches:
    """Keeps blocks of the gate's table as Arrow columns."""

    def __init__(self) -> None:
        self.batches: list[pa.RecordBatch] = []

    def write(self, block: GateBlock) -> None:
        """Takes some rows."""
        self.batches.append(batch_of(block))


def gate_all_frame(office: Office, asked: Asked) -> DataFrame:
    """Returns the gate of every asset and project, one row each."""
    taken = _Batches()
    rule_everything(office, taken, asked.as_of)
    found = pa.Table.from_batches(taken.batches, schema=SCHEMA)
    columns: dict[str, Column] = {}
    for name in found.column_names:
        lists = pa.types.is_list(found.schema.field(name).type)
        plain = pa.list_(pa.string()) if lists else pa.string()
        columns[name] = ("texts" if lists else "text", found.column(name).cast(plain).to_pylist())
    return table(columns, asked.attrs(office, METHOD))
