"""What is judged to be left in the cleared parts of an area, from what is on record of them.

Read from the land book: parts that an operator reported as cleared, what was found in each, how
deep each was worked, the tests with blind seeds laid during visits, and the inspections since that
found nothing. A part of which something needed is unknown gets no figures and every reason why not:
a number made of what nobody wrote down would be read as one. The judgement stands beside what the
authority decided, and neither makes nor undoes a release.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat

import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import SiteFrame
from rafiqa.land import (
    AccidentRecorded,
    LandBook,
    LandReopened,
    LotInspected,
    QaVisited,
    Reason,
    Recorded,
    ReleaseProposed,
    WorkedPart,
    WorkInspected,
    WorkReported,
    ground_of,
    lot_fails,
)
from rafiqa.land.register import Register
from rafiqa.land.rule import unsound
from rafiqa.risk.detection import (
    COMMON_CAUSE,
    Belief,
    DepthFound,
    DepthLayer,
    Seeds,
    depths_of,
    detection,
    lowest_detection,
    share_within,
)
from rafiqa.risk.residual import ALLOWANCE, CONFIDENCE, UNKNOWN, Left, Prior, Searched, left_in


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What the judgement takes from whoever asks, beside what is on record.

    Attributes:
        seeds: tests with blind seeds that are not on record.
        items: expected in all of the cleared ground before work; unknown where None.
        common_cause: share of items that every pass misses alike.
        allowance: by how much the chance to find may be lower than believed.
        together: how many items lie in one place, found or missed together.
        confidence: of the upper bounds.
    """

    seeds: tuple[Seeds, ...] = ()
    items: float | None = None
    common_cause: float = COMMON_CAUSE
    allowance: float = ALLOWANCE
    together: float = 1.0
    confidence: float = CONFIDENCE

    @property
    def prior(self) -> Prior:
        """What is believed of the number of items before work."""
        return UNKNOWN if self.items is None else Prior.of_density(self.items)


DEFAULT = Assumptions()


@dataclass(frozen=True, slots=True)
class PartJudged:
    """One part that was reported as cleared.

    Attributes:
        part_id: the part, of
        work_id: the work that cleared it.
        area_m2: its ground.
        depth_cm: down to which it was worked; None where that is not on record.
        found: items found in it; None where the report does not say that all are listed.
        released: whether a release of it stands.
        left: what is left; None where that cannot be said.
        against: every reason why it cannot.
        in_doubt: whether something newer speaks against its release; the land alone does not know.
    """

    part_id: str
    work_id: str
    area_m2: float
    depth_cm: int | None
    found: int | None
    released: bool
    left: Left | None
    against: tuple[Reason, ...] = ()
    in_doubt: bool = False


@dataclass(frozen=True, slots=True)
class AreaJudged:
    """What is judged of an area.

    Attributes:
        area_id: the area.
        parts: each part that was reported as cleared, by id.
        total: what is left in all parts that have figures; None where none has.
        believed: of the chance to find an item above the depth worked to.
        seeds_laid: in all tests that count, and
        seeds_found: of them.
        lowest: the lower bound of the chance to find that these tests alone give, at 0.95.
        layers: where items are taken to lie.
        assumed: what was taken from whoever asked.
        reasons: what has to be known of all of it.
    """

    area_id: str
    parts: tuple[PartJudged, ...]
    total: Left | None
    believed: Belief
    seeds_laid: int
    seeds_found: int
    lowest: float
    layers: tuple[DepthLayer, ...]
    assumed: Assumptions
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class _Case:
    """A part and what is on record of it."""

    part: WorkedPart
    work: Recorded
    found: int | None
    looked: float
    released: bool
    against: tuple[Reason, ...]

    @property
    def fact(self) -> WorkReported:
        assert isinstance(self.work.fact, WorkReported)  # noqa: S101 - of works only
        return self.work.fact


def judged(
    book: LandBook,
    frame: SiteFrame,
    area_id: str,
    valid_at_us: int,
    assumed: Assumptions = DEFAULT,
) -> AreaJudged:
    """Returns what is judged to be left in the cleared parts of an area.

    Units of buildings and heaps are not among them: their floors are searched by other means.

    Args:
        book: the land book as known.
        frame: of the site, to place finds.
        area_id: an area on record.
        valid_at_us: the time at which it is to be true, microseconds since 1970 UTC.
        assumed: what is not on record.
    """
    register = book.register.joined("area", area_id)
    works = [
        work
        for work in register.works.values()
        if isinstance(work.fact, WorkReported)
        and work.fact.area_id == area_id
        and work.valid_at_us <= valid_at_us
    ]
    against = [each for each in happened_on(book, frame) if each[0].valid_at_us <= valid_at_us]
    cases = [case for work in works for case in _cases(book, frame, work, valid_at_us, against)]
    layers = depths_of([each for work in works for each in _depths(work)])
    tests = (*assumed.seeds, *_seeds(register, works, valid_at_us))
    fit = [case for case in cases if not case.against]
    believed = _believed(fit, tests, layers, assumed)
    singles, total = _left(fit, believed, layers, assumed)
    laid, found = sum(test.laid for test in tests), sum(test.found for test in tests)
    return AreaJudged(
        area_id,
        tuple(sorted(_told(cases, fit, singles), key=lambda part: part.part_id)),
        total,
        believed,
        laid,
        found,
        lowest_detection(Seeds(laid, found), 0.95),
        layers,
        assumed,
        tuple(_reasons(area_id, cases, laid, assumed)),
    )


def _believed(
    fit: Sequence[_Case],
    tests: Sequence[Seeds],
    layers: Sequence[DepthLayer],
    assumed: Assumptions,
) -> Belief:
    """What is believed at the depth at which least is found: one search for all parts."""
    depths = {case.part.depth_cm or 0 for case in fit} or {0}
    beliefs = [
        detection(tests, depth_cm=depth_cm, layers=layers, common_cause=assumed.common_cause)
        for depth_cm in sorted(depths)
    ]
    return min(beliefs, key=lambda each: each.mean)


def _left(
    fit: Sequence[_Case], believed: Belief, layers: Sequence[DepthLayer], assumed: Assumptions
) -> tuple[list[Left], Left | None]:
    if not fit:
        return [], None
    whole_m2 = sum(case.part.shape.area_m2 for case in fit)
    searched = [
        Searched(
            case.part.shape.area_m2 / whole_m2,
            case.found or 0,
            share_within(layers, case.part.depth_cm or 0),
            case.looked,
        )
        for case in fit
    ]
    return left_in(
        searched,
        believed,
        assumed.prior,
        allowance=assumed.allowance,
        together=assumed.together,
        confidence=assumed.confidence,
    )


def _told(
    cases: Sequence[_Case], fit: Sequence[_Case], singles: Sequence[Left]
) -> Iterator[PartJudged]:
    left = {case.part.part_id: each for case, each in zip(fit, singles, strict=True)}
    for case in cases:
        part = case.part
        yield PartJudged(
            part.part_id,
            case.fact.work_id,
            part.shape.area_m2,
            part.depth_cm,
            case.found,
            case.released,
            left.get(part.part_id),
            case.against,
        )


# --- what is on record


Happened = tuple[Recorded, BaseGeometry]
"""What was put back to hazard or hurt somebody, and where."""


def happened_on(book: LandBook, frame: SiteFrame) -> Iterator[Happened]:
    """Yields what speaks against ground that was worked before it, released or not."""
    for record in book.register.reopenings.values():
        if isinstance(record.fact, LandReopened):
            yield record, record.fact.shape.geometry
    for record in book.register.accidents.values():
        if not isinstance(record.fact, AccidentRecorded):
            continue
        ground = ground_of(record.fact, frame)
        if ground is not None:
            yield record, ground.geometry
        elif record.fact.spot is not None:
            yield record, shapely.Point(frame.spot_mm(record.fact.spot))


def hit_since(part: WorkedPart, work: Recorded, happened: Sequence[Happened]) -> bool:
    """Returns whether anything of it happened on a part, after its work or on the same day."""
    return any(
        (record.valid_at_us, record.seq) > (work.valid_at_us, work.seq)
        and part.shape.geometry.intersects(where)
        # Ground beside it is not of it; whoever was hurt on its edge was.
        and (where.area == 0 or not part.shape.geometry.touches(where))
        for record, where in happened
    )


def _cases(
    book: LandBook,
    frame: SiteFrame,
    work: Recorded,
    valid_at_us: int,
    happened: Sequence[Happened],
) -> Iterator[_Case]:
    fact = work.fact
    assert isinstance(fact, WorkReported)  # noqa: S101 - callers pass works only
    parts = [
        part
        for part in fact.parts
        if part.outcome == "cleared" and part.unit_id is None and _owns(book, part, work)
    ]
    counts = _finds(frame, fact, parts)
    for part in parts:
        stands, was = _released(book, part, fact.work_id, valid_at_us)
        looks = list(_looks(book, work, part.part_id, valid_at_us))
        against = list(_against(part, fact, looks, reopened=was and not stands))
        if not was and hit_since(part, work, happened):
            told: dict[str, str | int] = {"part": part.part_id}
            against.append(Reason("risk.residual.hazard-since", told, (part.part_id,)))
        found = counts[part.part_id] if fact.finds_complete else None
        yield _Case(part, work, found, _looked(looks), stands, tuple(against))


def _owns(book: LandBook, part: WorkedPart, work: Recorded) -> bool:
    """Returns whether a part's id is this work's: it belongs to whoever recorded it first."""
    owner = book.register.parts.get(part.part_id)
    return owner is not None and owner[1].seq == work.seq


def _finds(frame: SiteFrame, work: WorkReported, parts: Sequence[WorkedPart]) -> dict[str, int]:
    """Returns the items found in each part; one that lies in none counts in the nearest."""
    counts = {part.part_id: 0 for part in parts}
    if not parts or not work.finds:
        return counts
    places = [shapely.Point(frame.spot_mm(find.spot)) for find in work.finds]
    ground = shapely.STRtree([part.shape.geometry for part in parts])
    # Of parts that are as near as each other, the first as reported.
    nearest: dict[int, int] = {}
    for at, in_part in ground.query_nearest(places).T.tolist():
        nearest[at] = min(in_part, nearest.get(at, in_part))
    for at, find in enumerate(work.finds):
        counts[parts[nearest[at]].part_id] += find.count
    return counts


def _depths(work: Recorded) -> Iterator[DepthFound]:
    """Yields how deep finds lay, each with the least depth to which any cleared part was worked."""
    fact = work.fact
    assert isinstance(fact, WorkReported)  # noqa: S101 - callers pass works only
    worked = [part.depth_cm for part in fact.parts if part.outcome == "cleared"]
    known = [depth_cm for depth_cm in worked if depth_cm is not None]
    until_cm = min(known) if known and len(known) == len(worked) else None
    for find in fact.finds:
        if find.depth_cm is not None:
            yield from repeat(DepthFound(find.depth_cm, until_cm), find.count)


def _released(
    book: LandBook, part: WorkedPart, work_id: str, valid_at_us: int
) -> tuple[bool, bool]:
    """Returns whether a release of the part stands, and whether one was ever accepted by then."""
    stands = any(
        (state := face.timeline.at(valid_at_us)) is not None
        and not state.is_hazard
        and part.part_id in state.part_ids
        for face in book.near(part.shape)
    )
    was = any(
        release.decision is not None
        and release.decision.valid_at_us <= valid_at_us
        and release.state == "accepted"
        and isinstance(release.proposal.fact, ReleaseProposed)
        and part.part_id in release.proposal.fact.part_ids
        for release in book.register.releases_of.get(work_id, ())
    )
    return stands, was


def _looks(
    book: LandBook, work: Recorded, part_id: str, valid_at_us: int
) -> Iterator[WorkInspected | LotInspected]:
    """Yields the inspections of a part by a time."""
    fact = work.fact
    assert isinstance(fact, WorkReported)  # noqa: S101 - callers pass works only
    for record in book.register.inspections.get(fact.work_id, ()):
        if isinstance(record.fact, WorkInspected) and record.valid_at_us <= valid_at_us:
            yield record.fact
    for record in book.register.lots_on(work, [part_id]):
        if isinstance(record.fact, LotInspected) and record.valid_at_us <= valid_at_us:
            yield record.fact


def _looked(looks: Sequence[WorkInspected | LotInspected]) -> float:
    """Returns which share of what was left they would have found: 1 - Π(1 - f q).

    An inspection whose share or chance to find is not stated proves nothing here.
    """
    missed = 1.0
    for look in looks:
        if isinstance(look, LotInspected) and look.inspected_share and look.detection:
            missed *= 1.0 - float(look.inspected_share) * float(look.detection)
    return 1.0 - missed


def _seeds(register: Register, works: Sequence[Recorded], valid_at_us: int) -> Iterator[Seeds]:
    """Yields the tests with blind seeds laid during visits to the works, or to their tasks."""
    for said in register.visits.values():
        visit = said[0].fact
        if not isinstance(visit, QaVisited) or said[0].valid_at_us > valid_at_us:
            continue
        if visit.seeds_laid and visit.seeds_found is not None and _concerns(visit, works):
            yield Seeds(visit.seeds_laid, visit.seeds_found, visit.seeds_depth_cm)


def _concerns(visit: QaVisited, works: Sequence[Recorded]) -> bool:
    return any(
        isinstance(work.fact, WorkReported)
        and visit.organisation_id == work.fact.organisation_id
        and (
            visit.work_id == work.fact.work_id
            or (visit.work_id is None and visit.task_id == work.fact.task_id is not None)
        )
        for work in works
    )


# --- why not, and what to know


def _against(
    part: WorkedPart,
    work: WorkReported,
    looks: Sequence[WorkInspected | LotInspected],
    *,
    reopened: bool,
) -> Iterator[Reason]:
    params: dict[str, str | int] = {"part": part.part_id, "work": work.work_id}
    if not work.finds_complete:
        yield Reason("risk.residual.finds-unlisted", params, (part.part_id,))
    if part.depth_cm is None:
        yield Reason("risk.residual.depth-unknown", params, (part.part_id,))
    if part.depth_from_cm:
        yield Reason("risk.residual.from-below", params, (part.part_id,))
    if reopened:
        yield Reason("risk.residual.reopened", params, (part.part_id,))
    if any(lot_fails(look) if isinstance(look, LotInspected) else unsound(look) for look in looks):
        yield Reason("risk.residual.check-failed", params, (part.part_id,))


def _reasons(
    area_id: str, cases: Sequence[_Case], laid: int, assumed: Assumptions
) -> Iterator[Reason]:
    yield Reason("risk.residual.releases-nothing")
    if not cases:
        yield Reason("risk.residual.nothing-cleared", {"area": area_id}, (area_id,))
    if not laid:
        yield Reason("risk.residual.no-seeds")
    if assumed.items is None:
        yield Reason("risk.residual.density-unknown")
    yield Reason("risk.residual.depths-assumed")
