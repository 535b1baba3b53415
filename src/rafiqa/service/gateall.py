"""The gate of everything: every asset and every project, as columns."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rafiqa.bulk import DEPTHS, Ruling, Window, WkbColumn, ground_of, window_of
from rafiqa.land import Face, LandState
from rafiqa.recovery import OUTCOMES, GateAnswer, report_places
from rafiqa.service.assets import ASSET_KINDS, DEPTH, WIDTH
from rafiqa.service.doubt import GATE_IN_DOUBT, Doubts
from rafiqa.service.layers import layer_file
from rafiqa.service.office import Office
from rafiqa.service.question import NOW, AsOf, gate_of, placed_reports
from rafiqa.service.waitingreport import PlacedReport
from rafiqa.service.worksfolder import WorksFolders
from rafiqa.wire.assetlayer import LayerBlock, layer_blocks
from rafiqa.wire.gatetable import GateBlock, GateRows, Told, ToldLists

WORKERS = 2
"""Blocks ruled on side by side; the one that reads and writes is a third."""
_HAZARD, _QUARANTINED, _UNRECORDED, _WAITING, _WITNESSED, _FOUND, _NOWHERE = 1, 2, 4, 8, 16, 32, 64
_DOUBTED = 128
_CODES = {
    _HAZARD: "gate.area.hazard",
    _QUARANTINED: "gate.area.quarantined",
    _UNRECORDED: "gate.area.unrecorded",
    _DOUBTED: GATE_IN_DOUBT,
    _WAITING: "gate.reopening.report-waiting",
    _WITNESSED: "gate.reopening.witness-unanswered",
    _FOUND: "gate.rubble.find-open",
    _NOWHERE: "gate.registration.shape-missing",
}
_DEPTH_CODES = {
    "not_certified": "gate.depth.not-certified",
    "insufficient": "gate.depth.insufficient",
    "surface_not_dug": "gate.depth.surface-not-dug",
    "negative": "gate.registration.depth-negative",
    "not_searched": "gate.bombs.not-searched",
}
_WAYS = ("gate.access.", "gate.not-asked.way-")
"""How codes begin that tell of the way in."""
_DEPTH_TEXTS = [said for said in DEPTHS if said is not None]
_MASKS = 256
_RANK_HAZARD = 2
_CODE_TABLE = ToldLists.of(
    np.empty(0, dtype=np.int64),
    [
        [code for bit, code in _CODES.items() if mask & bit]
        + ([_DEPTH_CODES[said]] if said in _DEPTH_CODES else [])
        for said in DEPTHS
        for mask in range(_MASKS)
    ],
)
"""Every set of codes that an asset can have: 256 for each thing that is said of its depth."""


class Sink(Protocol):
    """Where blocks of the gate's table go."""

    def write(self, block: GateBlock) -> None:
        """Takes some rows."""


@dataclass(frozen=True, slots=True)
class GateCount:
    """How many assets and projects have which outcome."""

    n: int = 0
    n_open: int = 0
    n_conditions: int = 0
    n_closed: int = 0

    def plus(self, block: GateBlock) -> GateCount:
        """Returns the count with a block's rows."""
        open_, conditions, closed = np.bincount(block.outcome.number, minlength=3).tolist()
        return GateCount(
            self.n + len(block),
            self.n_open + open_,
            self.n_conditions + conditions,
            self.n_closed + closed,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """What is told of the book's faces at one time, as columns; the last row is of none.

    Attributes:
        status: ``(k + 1,)`` number of each one's status.
        statuses: the statuses.
        closes: ``(k + 1,)`` which code closes an asset for it.
        areas: the areas that claim each.
    """

    status: npt.NDArray[np.int64]
    statuses: Sequence[str]
    closes: npt.NDArray[np.int64]
    areas: ToldLists

    @classmethod
    def of(cls, faces: Sequence[Face], valid_at_us: int) -> Faces:
        """Returns what is told of some faces at a time."""
        states: list[LandState | None] = [face.timeline.at(valid_at_us) for face in faces]
        statuses: dict[str, int] = {}
        status = [
            statuses.setdefault(state.status, len(statuses)) if state else -1 for state in states
        ]
        closes = [
            (_HAZARD if state.is_hazard else _QUARANTINED) if state else 0 for state in states
        ]
        claims = [state.claims if state else () for state in states]
        return cls(
            np.array([*status, -1], dtype=np.int64),
            list(statuses),
            np.array([*closes, 0], dtype=np.int64),
            ToldLists.of(np.empty(0, dtype=np.int64), [*claims, ()]),
        )

    @classmethod
    def told(
        cls,
        statuses: Sequence[str],
        ranks: npt.NDArray[np.int64],
        claims: Sequence[Sequence[str]],
    ) -> Faces:
        """Returns what was told of some faces elsewhere.

        Args:
            statuses: of each.
            ranks: ``(k,)`` 2 of a hazard, 1 of ground that is stopped, 0 of what closes nothing.
            claims: the areas that claim each.
        """
        known: dict[str, int] = {}
        number = [known.setdefault(status, len(known)) for status in statuses]
        # Of released ground that closes nothing the code is never asked for.
        closes = np.where(ranks == _RANK_HAZARD, _HAZARD, _QUARANTINED)
        return cls(
            np.array([*number, -1], dtype=np.int64),
            list(known),
            np.append(closes, 0),
            ToldLists.of(np.empty(0, dtype=np.int64), [*claims, ()]),
        )

    def some(self, which: npt.NDArray[np.int64]) -> Faces:
        """Returns what is told of some faces, and of none."""
        rows = np.append(which, len(self.status) - 1)
        return Faces(
            self.status[rows],
            self.statuses,
            self.closes[rows],
            ToldLists.of(self.areas.number, self.areas.lists(rows)),
        )

    def texts(self) -> list[str | None]:
        """Returns the status of each face."""
        return [self.statuses[at] if at >= 0 else None for at in self.status[:-1].tolist()]

    def claims(self) -> list[list[str]]:
        """Returns the areas that claim each face."""
        return self.areas.lists()[:-1]

    def block(self, ids: pa.Array, kind: str, ruling: Ruling) -> GateBlock:
        """Returns the rows of some assets."""
        gate, areas = ruling.gate, self.areas
        codes = self.closes[gate.face]
        codes = codes + np.where((gate.face < 0) & ~gate.covered & ~gate.nowhere, _UNRECORDED, 0)
        codes += (
            gate.waiting * _WAITING
            + gate.witnessed * _WITNESSED
            + gate.found * _FOUND
            + gate.nowhere * _NOWHERE
        )
        # What is told as hazard or as stopped is not told as released ground in doubt.
        codes += (gate.doubted & (gate.face < 0)) * _DOUBTED
        said = ruling.depth.astype(np.int64)
        codes += said * _MASKS
        decides = np.where(gate.face >= 0, gate.face, ruling.stands)
        return GateBlock(
            ids,
            kind,
            Told(gate.outcome.astype(np.int64), OUTCOMES),
            Told(self.status[decides], self.statuses),
            Told(np.where(said > 0, said - 1, -1), _DEPTH_TEXTS),
            Told(np.full(len(ids), -1, dtype=np.int64), []),
            ToldLists(codes, _CODE_TABLE.first, _CODE_TABLE.entries, _CODE_TABLE.texts),
            ToldLists(gate.face, areas.first, areas.entries, areas.texts),
        )


def rule_everything(office: Office, sink: Sink, as_of: AsOf = NOW) -> GateCount:
    """Returns how many assets and projects have which outcome; each one's row goes to the sink.

    Layers are read, ruled on and handed on in blocks: what is in memory does not grow with them.
    """
    as_of = AsOf(as_of.valid_us(office), as_of.known_at_us)
    reports = placed_reports(office, as_of)
    count = GateCount()
    for block in _blocks(office, as_of, reports):
        sink.write(block)
        count = count.plus(block)
    return count


def n_everything(office: Office, as_of: AsOf = NOW) -> int:
    """Returns how many assets and projects there are to rule on, as their layers say."""
    register = office.recovery(as_of.valid_us(office), as_of.known_at_us)
    layers = (fact for kind in ASSET_KINDS for fact in register.layers_of(kind))
    return sum(fact.n_rows for fact in layers) + len(register.project_facts())


def gate_everything(office: Office, as_of: AsOf = NOW) -> GateRows:
    """Returns one row for each asset and project: id, kind, outcome, and what decided it."""
    rows = GateRows()
    rule_everything(office, rows, as_of)
    return rows


def gate_projects(office: Office, as_of: AsOf = NOW) -> GateBlock:
    """Returns the rows of all projects."""
    as_of = AsOf(as_of.valid_us(office), as_of.known_at_us)
    folders = WorksFolders.of(office, as_of.valid_us(office), as_of.known_at_us)
    return _projects(office, as_of, placed_reports(office, as_of), folders)


def _blocks(office: Office, as_of: AsOf, reports: Sequence[PlacedReport]) -> Iterator[GateBlock]:
    valid_us = as_of.valid_us(office)
    folders = WorksFolders.of(office, valid_us, as_of.known_at_us)
    recovery = folders.register
    layers = [fact for kind in ASSET_KINDS for fact in recovery.layers_of(kind)]
    if layers:
        book = office.book(as_of.known_at_us)
        ground = ground_of(
            book,
            valid_us,
            reports_mm=report_places(reports),
            finds_mm=folders.find_places(),
            in_doubt=Doubts.at_finds(book, folders.finds, valid_us).on,
        )
        window = window_of(ground, office.frame)
        faces = Faces.of(book.faces, valid_us)
        for fact in layers:
            with layer_file(office, fact) as path:
                yield from layer_rows(path, fact.kind, window, faces)
    yield _projects(office, as_of, reports, folders)


def layer_rows(
    source: bytes | Path, kind: str, window: Window, faces: Faces
) -> Iterator[GateBlock]:
    """Yields the rows of one layer in blocks, in its order.

    Args:
        source: the layer's bytes, or the file that holds them.
        kind: the layer's kind.
        window: the ground at the time asked about.
        faces: what is told of the book's faces.
    """
    rule = partial(_ruled, kind, window, faces)
    with ThreadPoolExecutor(WORKERS) as workers:
        ahead: deque[Future[GateBlock]] = deque()
        for block in layer_blocks(source, (DEPTH, WIDTH)):
            ahead.append(workers.submit(rule, block))
            if len(ahead) > WORKERS:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _ruled(kind: str, window: Window, faces: Faces, block: LayerBlock) -> GateBlock:
    column = WkbColumn(block.wkb, block.starts, block.ends, block.numbers.get(WIDTH))
    return faces.block(block.ids, kind, window.rule(column, block.numbers.get(DEPTH)))


def _projects(
    office: Office, as_of: AsOf, reports: Sequence[PlacedReport], folders: WorksFolders
) -> GateBlock:
    facts = folders.register.project_facts()
    answers = [
        gate_of(office, project, as_of, reports=reports, papers=folders.papers(project))
        for project in facts
    ]
    against = [[gate for gate in answer.gates if gate.outcome != "open"] for answer in answers]
    every = np.arange(len(facts), dtype=np.int64)
    nothing = Told(np.full(len(facts), -1, dtype=np.int64), [])
    outcomes = [OUTCOMES.index(answer.outcome) for answer in answers]
    access = [_access(answer) for answer in answers]
    told = sorted({each for each in access if each is not None})
    return GateBlock(
        pa.array([project.project_id for project in facts], pa.string()),
        "project",
        Told(np.array(outcomes, dtype=np.int64), OUTCOMES),
        nothing,
        nothing,
        Told(np.array([told.index(each) if each else -1 for each in access], np.int64), told),
        ToldLists.of(every, ([gate.code for gate in gates] for gates in against)),
        ToldLists.of(
            every, (sorted({at for gate in gates for at in gate.area_ids}) for gates in against)
        ),
    )


def _access(answer: GateAnswer) -> str | None:
    """Returns what a project's gate says of the way in; None where it was not asked."""
    codes = [gate.code for gate in answer.gates] + [code for _, code in answer.not_asked]
    for begins in _WAYS:
        for code in codes:
            if code.startswith(begins):
                return code.removeprefix(begins).replace("-", "_")
    return None
