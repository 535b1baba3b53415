"""Questions: what is known of a point, what the account says, whether a project may start."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rafiqa.bulk import WkbColumn, ground_of, window_of
from rafiqa.errors import Fault, InvalidInput, NotFound
from rafiqa.geo import GridShape, Spot
from rafiqa.land import (
    UNRECORDED,
    Account,
    Exactness,
    PointAnswer,
    Recorded,
    account,
    exactness,
    point,
)
from rafiqa.recovery import (
    AssetGate,
    GateAnswer,
    GatePolicy,
    ProjectRegistered,
    SitePapers,
    ask_gate,
    ask_gate_all,
    report_places,
)
from rafiqa.service.assets import ASSET_KINDS, AssetLayer, AssetShelf, depths_of, widths_of
from rafiqa.service.doubt import Doubts
from rafiqa.service.office import Office
from rafiqa.service.waitingreport import PlacedReport, placed_waiting, waiting
from rafiqa.service.wayin import ways_in
from rafiqa.service.worksfolder import WorksFolders

BEGINNING_US = -2_208_988_800_000_000
"""1900-01-01T00:00:00Z: the account's opening where no start is given, and the day from which
undated hazards count. Unknown since when is taken as since always."""


@dataclass(frozen=True, slots=True)
class AsOf:
    """The two times of a question: true at, and known at; the present where None."""

    valid_at_us: int | None = None
    known_at_us: int | None = None

    def valid_us(self, office: Office) -> int:
        """Returns the time at which the answer is to be true."""
        if self.valid_at_us is not None:
            return self.valid_at_us
        return office.now_us()


NOW = AsOf()


def ask_point(office: Office, spot: Spot, as_of: AsOf = NOW) -> PointAnswer:
    """Returns what is known of a point, with reasons; first of all that its release is in doubt."""
    at_mm, valid_us = office.frame.spot_mm(spot), as_of.valid_us(office)
    answer = point(office.book(as_of.known_at_us), *at_mm, valid_us)
    if answer.state == UNRECORDED:
        return answer
    return Doubts.asked(office, valid_us, as_of.known_at_us).of_point(answer, at_mm)


def ask_account(
    office: Office,
    *,
    from_us: int | None = None,
    until_us: int | None = None,
    known_at_us: int | None = None,
    boundary: GridShape | None = None,
) -> Account:
    """Returns the land account of a period; from the beginning and until now where None.

    Raises:
        InvalidInput: the period ends before it begins.
    """
    start_us = BEGINNING_US - 1 if from_us is None else from_us
    end_us = office.now_us() if until_us is None else until_us
    if end_us < start_us:
        raise InvalidInput(Fault("service.account.period", "--to"))
    if known_at_us is None:
        return office.account(start_us, end_us, boundary)
    book = office.book(known_at_us)
    return account(book, from_us=start_us, until_us=end_us, boundary=boundary)


def ask_exactness(
    office: Office,
    *,
    until_us: int,
    known_at_us: int | None = None,
    boundary: GridShape | None = None,
) -> Exactness:
    """Returns what stands beside the account of a period that ends then."""
    doubts = Doubts.asked(office, until_us, known_at_us)
    faces = doubts.book.faces if boundary is None else doubts.book.near(boundary)
    states = ((face, face.timeline.at(until_us)) for face in faces)
    in_doubt2_mm2 = doubts.area2_mm2((face, state) for face, state in states if state is not None)
    beside = exactness(doubts.book, until_us, boundary)
    return replace(beside, in_doubt2_mm2=in_doubt2_mm2)


def project_of(office: Office, project_id: str, as_of: AsOf = NOW) -> ProjectRegistered:
    """Returns the newest registration of a project as true and known at the times asked.

    A rubble lot comes as the works of lifting it.

    Raises:
        NotFound: no such project or lot was registered by then.
    """
    works = office.recovery(as_of.valid_us(office), as_of.known_at_us).works(project_id)
    if works is None:
        raise NotFound(Fault("service.project.unknown", "PROJECT", params={"project": project_id}))
    return works


def gate_of(
    office: Office,
    project: ProjectRegistered,
    as_of: AsOf = NOW,
    policy: GatePolicy | None = None,
    reports: Sequence[PlacedReport] | None = None,
    papers: SitePapers | None = None,
    *,
    by_road: bool = True,
    doubted: bool = True,
) -> GateAnswer:
    """Returns the gate of one project as of two times.

    ``reports`` are ``placed_reports`` and ``papers`` those of ``WorksFolders`` of the same times,
    where many projects are asked about. ``by_road`` says whether a way in is asked about too, and
    ``doubted`` whether the doubt of its ground is.
    """
    valid_us = as_of.valid_us(office)
    if reports is None:
        reports = placed_reports(office, as_of)
    if papers is None:
        papers = WorksFolders.of(office, valid_us, as_of.known_at_us).papers(project)
    book = office.book(as_of.known_at_us)
    ways = None
    if by_road:
        ways = ways_in(office, valid_us, as_of.known_at_us)
    answer = ask_gate(
        project, book, valid_us, policy=policy, reports=reports, papers=papers, ways=ways
    )
    if not doubted:
        return answer
    return Doubts.at_finds(book, papers.finds, valid_us).of_gate(answer, project)


def placed_reports(office: Office, as_of: AsOf = NOW) -> list[PlacedReport]:
    """Returns the reports that wait, each with its place in mm of the site's frame."""
    return placed_waiting(office, as_of.valid_us(office), as_of.known_at_us)


def reports_waiting(office: Office, as_of: AsOf = NOW) -> Iterator[Recorded]:
    """Yields residents' reports that nobody had answered by then, oldest first."""
    return waiting(office, as_of.valid_us(office), as_of.known_at_us)


def gate_layers(
    office: Office,
    shelf: AssetShelf,
    as_of: AsOf = NOW,
    *,
    distance_mm: int = 0,
    reports: Sequence[PlacedReport] | None = None,
    kinds: Sequence[str] = ASSET_KINDS,
) -> list[tuple[AssetLayer, AssetGate]]:
    """Returns every layer of some kinds with the gate of each asset in it.

    Each is asked at the depth that its layer says it will be dug to, else at the surface.
    ``reports`` are ``placed_reports`` of the same times, where they are at hand.
    """
    valid_us = as_of.valid_us(office)
    book = office.book(as_of.known_at_us)
    waits = placed_reports(office, as_of) if reports is None else reports
    folders = WorksFolders.of(office, valid_us, as_of.known_at_us)
    signs: dict[str, Any] = {
        "reports_mm": report_places(waits),
        "finds_mm": folders.find_places(),
        "in_doubt": Doubts.at_finds(book, folders.finds, valid_us).on,
    }
    gates = []
    for kind in kinds:
        for layer in shelf.layers(office, kind, valid_us, as_of.known_at_us):
            deep = depths_of(layer)
            if deep is None:
                shapes = np.asarray(layer.table.shapes_mm)
                gate = ask_gate_all(
                    shapes, layer.tree, book, valid_us, distance_mm=distance_mm, **signs
                )
            else:
                ground = ground_of(book, valid_us, distance_mm=distance_mm, **signs)
                column = WkbColumn.of(layer.shapes_lonlat, widths_of(layer))
                gate = window_of(ground, office.frame).rule(column, deep).gate
            gates.append((layer, gate))
    return gates
