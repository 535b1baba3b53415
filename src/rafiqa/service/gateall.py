"""The gate of everything: every asset and every project, as columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from rafiqa.land import LandState
from rafiqa.recovery import OUTCOMES, AssetGate
from rafiqa.service.assets import AssetShelf
from rafiqa.service.office import Office
from rafiqa.service.question import NOW, AsOf, gate_layers, gate_of, placed_reports
from rafiqa.service.worksfolder import WorksFolders
from rafiqa.wire.gatetable import GateRows


@dataclass(frozen=True, slots=True)
class GateCount:
    """How many assets and projects have which outcome."""

    n: int
    n_open: int
    n_conditions: int
    n_closed: int

    @classmethod
    def of(cls, rows: GateRows) -> Self:
        """Returns the counts of gate rows."""
        counted = Counter(rows.outcome)
        return cls(len(rows.outcome), counted["open"], counted["conditions"], counted["closed"])


def gate_everything(office: Office, shelf: AssetShelf, as_of: AsOf = NOW) -> GateRows:
    """Returns one row for each asset and project: id, kind, outcome, and what decided it."""
    rows = GateRows()
    valid_us = as_of.valid_us(office)
    as_of = AsOf(valid_us, as_of.known_at_us)
    faces = office.book(as_of.known_at_us).faces
    reports = placed_reports(office, as_of)
    for layer, gate in gate_layers(office, shelf, as_of, reports=reports):
        rows.ids += layer.table.ids
        rows.kind += [layer.fact.kind] * len(layer.table)
        rows.outcome += [OUTCOMES[code] for code in gate.outcome]
        states = [
            faces[index].timeline.at(valid_us) if index >= 0 else None
            for index in gate.face.tolist()
        ]
        rows.area_ids += [list(state.claims) if state else [] for state in states]
        rows.codes += _codes(gate, states)
    folders = WorksFolders.of(office, valid_us, as_of.known_at_us)
    for project in folders.register.project_facts():
        papers = folders.papers(project)
        answer = gate_of(office, project, as_of, reports=reports, papers=papers)
        against = [gate for gate in answer.gates if gate.outcome != "open"]
        rows.ids.append(project.project_id)
        rows.kind.append("project")
        rows.outcome.append(answer.outcome)
        rows.area_ids.append(sorted({area for gate in against for area in gate.area_ids}))
        rows.codes.append([gate.code for gate in against])
    return rows


def _codes(gate: AssetGate, states: Sequence[LandState | None]) -> Iterator[list[str]]:
    """Yields the codes that speak against each asset; of hazard one is enough to close it."""
    columns = (gate.covered, gate.waiting, gate.witnessed)
    rows = zip(states, *(column.tolist() for column in columns), strict=True)
    for state, covered, waiting, witnessed in rows:
        codes = []
        if state is not None:
            codes.append("gate.area.hazard" if state.is_hazard else "gate.area.quarantined")
        elif not covered:
            codes.append("gate.area.unrecorded")
        if waiting:
            codes.append("gate.reopening.report-waiting")
        if witnessed:
            codes.append("gate.reopening.witness-unanswered")
        yield codes
