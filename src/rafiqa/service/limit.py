"""Limit: where an act's land lies, held against the areas that an account is for.

An act that opens, closes, rules or lets in is done by such an account only where all its land is
known to lie in those areas. What is not understood here has no place, and is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import GridShape
from rafiqa.land import (
    AccidentRecorded,
    AreaRecorded,
    AssessmentMoved,
    BoundaryCorrected,
    CertificateIssued,
    CertificateMoved,
    ClassDecided,
    CompletionDeclared,
    EvidenceRecorded,
    LandHandedOver,
    LotInspected,
    LotReviewed,
    NonconformityClosed,
    NonconformityRaised,
    RecordMoved,
    RecordWithdrawn,
    ReleaseAccepted,
    ReleaseProposed,
    ReleaseRejected,
    ReleaseTransferred,
    ReportAnswered,
    ResidentReported,
    StageMoved,
    TaskOrdered,
    WorkInspected,
    WorkReported,
)
from rafiqa.ledger import DelegationGiven, PairDecided
from rafiqa.recovery import (
    BombSearched,
    ChanceFindAnswered,
    PermitIssued,
    ProtectionConsented,
    RightsChecked,
    RightsClaimed,
    RubbleLotMoved,
    StructureTagged,
    WorksClosed,
)
from rafiqa.service.office import Office
from rafiqa.service.spot import place_mm, point_mm

_NODING_MM: Final = 10
"""More than the millimetre by which the edges of what was cut may differ from an outline."""


class _Untold(Exception):  # noqa: N818 - an answer of this file, not an error of its caller's
    """Something of what an act is about has no place on record."""


Places = Iterable[BaseGeometry]


def within(office: Office, area_ids: frozenset[str], fact: object) -> bool | None:
    """Returns whether all land of an act lies in some areas; None where its place is not told.

    Args:
        office: the open store.
        area_ids: the areas that an account is for.
        fact: what the act would record.
    """
    try:
        land = [place for place in _places(office, fact) if not place.is_empty]
    except _Untold:
        return None
    if not land:
        return None
    areas = office.register().areas
    outlines = [areas[each].outline.geometry for each in area_ids if each in areas]
    reach = shapely.union_all(outlines).buffer(_NODING_MM)
    return bool(shapely.covers(reach, shapely.union_all(land)))


def _places(office: Office, fact: object) -> Iterator[BaseGeometry]:
    """Yields all ground that an act is about, in mm of the site's frame."""
    of = _PLACES.get(type(fact))
    if of is None:
        raise _Untold
    yield from of(office, fact)


def _area(office: Office, area_id: str | None) -> BaseGeometry:
    area = office.register().areas.get(area_id or "")
    if area is None or area.outline.is_empty:
        raise _Untold
    return area.outline.geometry


def _of_area(office: Office, fact: Any) -> Places:
    return [_area(office, fact.area_id)]


def _of_shape(_office: Office, fact: Any) -> Places:
    shape: GridShape | None = fact.shape
    if shape is None or shape.is_empty:
        raise _Untold
    return [shape.geometry]


def _boundary(office: Office, fact: BoundaryCorrected) -> Places:
    # What is added counts too: an outline that grew would take the account's limit along.
    return [_area(office, fact.area_id), fact.shape.geometry]


def _ordered(office: Office, fact: TaskOrdered) -> Places:
    drawn = [] if fact.shape is None else [fact.shape.geometry]
    return [_area(office, fact.area_id), *drawn]


def _task(office: Office, task_id: str) -> Places:
    orders = [item.fact for item in office.register().tasks.get(task_id, ())]
    return [
        place for each in orders if isinstance(each, TaskOrdered) for place in _places(office, each)
    ]


def _parts(office: Office, part_ids: Iterable[str]) -> Places:
    known = office.register().parts
    if any(part_id not in known for part_id in part_ids):
        raise _Untold
    return [known[part_id][0].shape.geometry for part_id in part_ids]


def _decided(office: Office, fact: ReleaseAccepted | ReleaseRejected) -> Places:
    release = office.register().releases.get(fact.release_id)
    return [] if release is None else _places(office, release.proposal.fact)


def _work(office: Office, work_id: str | None) -> Places:
    known = office.register().works.get(work_id or "")
    if known is None or not isinstance(known.fact, WorkReported):
        raise _Untold
    # As it was reported: an id that another work had first stands for ground elsewhere.
    return [_area(office, known.fact.area_id), *(part.shape.geometry for part in known.fact.parts)]


def _lot(office: Office, fact: LotInspected) -> Places:
    """Its works and parts; of a lot by teams, machines or days nobody knows all the ground."""
    if fact.team_ids or fact.asset_ids or not (fact.part_ids or fact.work_ids):
        raise _Untold
    works = [place for each in fact.work_ids for place in _work(office, each)]
    return [*works, *_parts(office, fact.part_ids)]


def _reviewed(office: Office, fact: LotReviewed) -> Places:
    """All ground of the works that the lot stops, by whatever hands."""
    register = office.register()
    stopped = [
        work_id
        for work_id, work in register.works.items()
        if any(getattr(lot.fact, "lot_id", "") == fact.lot_id for lot in register.stops_on(work))
    ]
    return [place for each in stopped for place in _work(office, each)]


def _closed(office: Office, fact: NonconformityClosed) -> Places:
    found: list[BaseGeometry] = []
    for item in office.register().nonconformity_acts.get(fact.nonconformity_id, ()):
        raised = item.fact
        if not isinstance(raised, NonconformityRaised):
            continue
        if raised.team_id is not None:
            raise _Untold
        found += _parts(office, raised.part_ids)
        found += [] if raised.work_id is None else _work(office, raised.work_id)
        found += [] if raised.task_id is None else _task(office, raised.task_id)
    return found


def _certificate(office: Office, fact: CertificateMoved) -> Places:
    issued = office.register().certificates.get(fact.number)
    return [] if issued is None else _places(office, issued.fact)


def _report(office: Office, report_id: str) -> Places:
    report = office.register().reports.get(report_id)
    spot = report.fact.spot if report and isinstance(report.fact, ResidentReported) else None
    place = None if spot is None else point_mm(office, spot)
    return [] if place is None else [place]


def _assessed(office: Office, fact: AssessmentMoved) -> Places:
    if fact.subject == "area":
        return [_area(office, fact.subject_id)]
    return _report(office, fact.subject_id)


def _paired(office: Office, fact: PairDecided) -> Places:
    register = office.register()
    found: list[BaseGeometry] = []
    for id_ in (fact.one, fact.other):
        accident = register.accidents.get(id_)
        if id_ in register.areas:
            found.append(_area(office, id_))
        elif accident is not None and (place := place_mm(office, accident.fact)) is not None:
            found.append(place)
        else:
            raise _Untold
    return found


def _entry(office: Office, fact: RecordMoved | RecordWithdrawn) -> Places:
    """What an entry tells of, by what it says itself."""
    said = next((each.fact for each in office.facts() if each.entry_id == fact.entry_id), None)
    match said:
        case AreaRecorded() | ReleaseTransferred():
            return [said.shape.geometry]
        case WorkReported():
            return _work(office, said.work_id)
        case EvidenceRecorded() if said.ground is not None:
            return [said.ground.geometry]
        case EvidenceRecorded() | AccidentRecorded():
            place = place_mm(office, said)
            return [] if place is None else [place]
    return _places(office, said)


def _handed_on(office: Office, fact: DelegationGiven) -> Places:
    # Who is bound to some areas names those that they hand on.
    return [_area(office, each) for each in fact.area_ids]


def _works(office: Office, works_id: str) -> Places:
    works = office.recovery().works(works_id)
    return [] if works is None else _of_shape(office, works)


def _permitted(office: Office, fact: PermitIssued) -> Places:
    return _works(office, fact.project_id)


def _moved_lot(office: Office, fact: RubbleLotMoved) -> Places:
    return _works(office, fact.lot_id)


def _of_works(office: Office, fact: Any) -> Places:
    return _works(office, fact.works_id)


_PLACES: Final[Mapping[type, Callable[[Office, Any], Places]]] = {
    ClassDecided: _of_area,
    LandHandedOver: _of_area,
    CertificateIssued: _of_area,
    ReleaseTransferred: _of_shape,
    CompletionDeclared: _of_shape,
    StructureTagged: _of_shape,
    BoundaryCorrected: _boundary,
    TaskOrdered: _ordered,
    StageMoved: lambda office, fact: _task(office, fact.task_id),
    ReleaseProposed: lambda office, fact: _parts(office, fact.part_ids),
    ReleaseAccepted: _decided,
    ReleaseRejected: _decided,
    WorkInspected: lambda office, fact: _work(office, fact.work_id),
    LotInspected: _lot,
    LotReviewed: _reviewed,
    NonconformityClosed: _closed,
    CertificateMoved: _certificate,
    AssessmentMoved: _assessed,
    ReportAnswered: lambda office, fact: _report(office, fact.report_id),
    PairDecided: _paired,
    RecordMoved: _entry,
    RecordWithdrawn: _entry,
    PermitIssued: _permitted,
    RubbleLotMoved: _moved_lot,
    RightsChecked: _of_works,
    RightsClaimed: _of_works,
    ProtectionConsented: _of_works,
    ChanceFindAnswered: _of_works,
    BombSearched: _of_works,
    WorksClosed: _of_works,
    DelegationGiven: _handed_on,
}
"""Fact → its ground. What is not listed has no place: nobody bound to some areas does it."""
