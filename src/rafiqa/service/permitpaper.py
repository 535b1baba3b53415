"""What a permit's paper is made from: the permit, its gate now, and the ground around its works."""

from __future__ import annotations

from rafiqa.errors import Conflict, Fault, NotFound
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
    access = None if works.access is None else works.access.geometry
    around = office.book().touching(reach_mm(works.shape.geometry, access))
    ground = [
        ("hazard" if state.is_hazard else "released", face.shape.geometry)
        for face in around
        if (state := face.timeline.at(now_us)) is not None
    ]
    return PermitPaper(
        shown.case,
        works,
        shown.standing,
        shown.gate,
        shown.printed,
        office.frame,
        ground,
        office.site.name,
        now_us,
        _checkpoint(office),
    )


def _checkpoint(office: Office) -> str:
    """Returns where the ledger stands: its size and a part of its last hash."""
    head = office.store.head()
    root = head.entry_hash.hex()[:_ROOT]
    groups = " ".join(root[at : at + _GROUP] for at in range(0, len(root), _GROUP))
    return f"{head.seq} · {groups}"
