"""What a permit's paper is made from: the permit, its gate now, and the ground around its works."""

from __future__ import annotations

from shapely.geometry.base import BaseGeometry

from rafiqa.errors import Conflict, Fault, NotFound
from rafiqa.recovery import ProjectRegistered
from rafiqa.service.doubt import Doubts
from rafiqa.service.office import Office
from rafiqa.service.permitting import permit_of
from rafiqa.service.question import AsOf
from rafiqa.wire.permitmap import reach_mm
from rafiqa.wire.permitpdf import PermitPaper

_GROUP, _ROOT = 4, 24


def paper_of(office: Office, permit_id: str) -> PermitPaper:
    """Returns what is printed on a permit's paper now, in force or not.

    Raises:
        NotFound: no such permit is on record.
        Conflict: it is of no works on record, so that there is nothing to draw.
    """
    now_us = office.now_us()
    shown = permit_of(office, permit_id, AsOf(now_us))
    params: dict[str, str | int] = {"permit": permit_id}
    if shown is None:
        raise NotFound(Fault("gate.permit.unknown", "permit_id", params=params))
    works = shown.case.works
    if works is None or works.shape is None or works.shape.is_empty:
        params["project"] = shown.case.fact.project_id
        raise Conflict(Fault("gate.permit.no-works", "permit_id", params=params))
    return PermitPaper(
        shown.case,
        works,
        shown.standing,
        shown.gate,
        shown.printed,
        office.frame,
        ground_around(office, works, now_us),
        office.site.name,
        now_us,
        _checkpoint(office),
    )


def ground_around(
    office: Office, works: ProjectRegistered, now_us: int
) -> list[tuple[str, BaseGeometry]]:
    """Returns the ground on record around some works as it is drawn: hazard, or released.

    Ground whose release is in doubt is drawn as hazard is: who holds the paper is to keep off it.
    """
    if works.shape is None:
        return []
    access = None if works.access is None else works.access.geometry
    doubts = Doubts.asked(office, now_us)
    found: list[tuple[str, BaseGeometry]] = []
    for face in doubts.book.touching(reach_mm(works.shape.geometry, access)):
        state = face.timeline.at(now_us)
        if state is not None:
            kept_off = state.is_hazard or doubts.of_few(face, state)
            found.append(("hazard" if kept_off else "released", face.shape.geometry))
    return found


def _checkpoint(office: Office) -> str:
    """Returns where the ledger stands: its size and a part of its last hash."""
    head = office.store.head()
    root = head.entry_hash.hex()[:_ROOT]
    groups = " ".join(root[at : at + _GROUP] for at in range(0, len(root), _GROUP))
    return f"{head.seq} · {groups}"
