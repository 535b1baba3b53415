"""What of an area a certificate may speak of, by the land book and by nothing else.

A release decision and a handover speak of ground that stands lowered at that time, face by face and
to the depth that is reached without a gap; what was released once and is hazard again is not among
it. A cancellation statement speaks of cancelled ground alone. A completion report speaks of what an
operator reported, and lowers nothing. The rules behind each release are asked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from rafiqa.geo import GridShape, union_of
from rafiqa.land.actor import Actor
from rafiqa.land.book import LandBook
from rafiqa.land.certificatefact import CertificateKind
from rafiqa.land.closing import LandHandedOver
from rafiqa.land.effect import acceptance_faults
from rafiqa.land.face import Face
from rafiqa.land.fact import (
    Outcome,
    Recorded,
    ReleaseProposed,
    ReleaseTransferred,
    WorkedPart,
    WorkReported,
)
from rafiqa.land.quarantine import quarantines
from rafiqa.land.rule import ReleaseCase
from rafiqa.land.ruling import Reason
from rafiqa.land.timeline import LandState

SEALED_SURFACES = frozenset({"paving", "asphalt", "concrete", "floor"})
"""Codes of surfaces through which nobody dug: searched from above, to be told on paper."""


@dataclass(frozen=True, slots=True)
class CertifiedPart:
    """Ground, or a unit, with one outcome and one depth."""

    part_id: str
    outcome: Outcome
    shape: GridShape
    depth_cm: int | None
    unit_id: str | None
    not_dug: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeftPart:
    """Ground or a unit that was not cleared, and why."""

    part_id: str
    shape: GridShape
    reason: str
    unit_id: str | None


@dataclass(frozen=True, slots=True)
class Certifiable:
    """What a certificate of one kind may say of an area at one time.

    ``against`` says why there is none to be issued; nothing else of it counts then. ``works`` and
    ``releases`` are the records that it rests on, ``decided_us`` when the newest of them was true.
    """

    kind: CertificateKind
    area_id: str
    parts: tuple[CertifiedPart, ...] = ()
    left: tuple[LeftPart, ...] = ()
    methods: tuple[str, ...] = ()
    found: tuple[tuple[str, int], ...] = ()
    works: tuple[Recorded, ...] = ()
    releases: tuple[Recorded, ...] = ()
    handover: Recorded | None = None
    decided_us: int = 0
    against: tuple[Reason, ...] = ()

    @property
    def ground(self) -> GridShape:
        """All ground of its parts, each square millimetre once."""
        return union_of([part.shape for part in self.parts]) if self.parts else GridShape.empty()


@dataclass(slots=True)
class _Gathered:
    """Faces sorted into parts as they are walked."""

    shapes: dict[tuple[str, Outcome, int | None, str | None], list[GridShape]] = field(
        default_factory=dict
    )
    subjects: dict[str, None] = field(default_factory=dict)
    part_ids: dict[str, None] = field(default_factory=dict)
    transferred: bool = False
    stops: dict[tuple[str, str], None] = field(default_factory=dict)


def certifiable(
    book: LandBook, kind: CertificateKind, area_id: str, issuer: Actor, valid_at_us: int
) -> Certifiable:
    """Returns what a certificate of a kind may say of an area, or every reason against one.

    Args:
        book: the land book as known now.
        kind: of which kind.
        area_id: of which area.
        issuer: who is about to sign it; nobody certifies their own work.
        valid_at_us: the time at which it is to be true.
    """
    if area_id not in book.register.areas:
        return _refused(kind, area_id, Reason("land.area.unknown", {"area": area_id}))
    if kind == "completion":
        return _completion(book, area_id, issuer, valid_at_us)
    gathered = _gather(book, kind, area_id, valid_at_us)
    params: dict[str, str | int] = {"area": area_id, "kind": kind}
    if not gathered.shapes:
        code = "transferred" if gathered.transferred else "nothing-released"
        return _refused(kind, area_id, Reason(f"land.certificate.{code}", params))
    made = _of_releases(book, kind, area_id, gathered, issuer)
    if kind == "handover" and {part.outcome for part in made.parts} == {"cancelled"}:
        return _refused(kind, area_id, Reason("land.certificate.only-cancelled", params))
    return made


def _refused(kind: CertificateKind, area_id: str, *reasons: Reason) -> Certifiable:
    return Certifiable(kind, area_id, against=tuple(reasons))


# --- what stands released


def _gather(book: LandBook, kind: CertificateKind, area_id: str, valid_at_us: int) -> _Gathered:
    outline = book.register.areas[area_id].outline
    gathered = _Gathered()
    for face in book.near(outline):
        state = face.timeline.at(valid_at_us)
        if state is None or state.is_hazard or not outline.geometry.covers(face.inner):
            continue
        if kind != "handover" and (state.status == "cancelled") != (kind == "cancellation"):
            continue
        # What another body decided is that body's to certify.
        if any(isinstance(_part(book, each), ReleaseTransferred) for each in state.part_ids):
            gathered.transferred = True
        else:
            _sort_in(book, gathered, face, state)
            for stop in quarantines(book.register, state, valid_at_us):
                gathered.stops[stop.lot_id, stop.work_id] = None
    return gathered


def _part(book: LandBook, part_id: str) -> WorkedPart | ReleaseTransferred:
    return book.register.parts[part_id][0]


def _sort_in(book: LandBook, gathered: _Gathered, face: Face, state: LandState) -> None:
    keys = list(_keys(book, state))
    for key in keys:
        gathered.shapes.setdefault(key, []).append(face.shape)
    if keys:
        gathered.subjects |= dict.fromkeys(state.subjects)
        gathered.part_ids |= dict.fromkeys(state.part_ids)


def _keys(
    book: LandBook, state: LandState
) -> Iterator[tuple[str, Outcome, int | None, str | None]]:
    """Yields the parts that a face's ground belongs to: one, or under a structure one a unit."""
    parts = [part for each in state.part_ids if isinstance(part := _part(book, each), WorkedPart)]
    if state.units:
        standing = dict(state.units)
        for part in parts:
            status = standing.get(part.unit_id or "")
            if part.unit_id is not None and status == part.outcome:
                depth_cm = part.depth_cm if part.outcome == "cleared" else None
                yield part.part_id, part.outcome, depth_cm, part.unit_id
        return
    best = next((part for part in parts if part.outcome == state.status), None)
    if best is None or (state.status == "cleared" and state.depth_cm is None):
        return
    depth_cm = state.depth_cm if state.status == "cleared" else None
    yield best.part_id, best.outcome, depth_cm, None


def _of_releases(
    book: LandBook, kind: CertificateKind, area_id: str, gathered: _Gathered, issuer: Actor
) -> Certifiable:
    register = book.register
    known = [
        release
        for subject in gathered.subjects
        if (release := register.releases.get(subject)) is not None and release.decision is not None
    ]
    against = [
        Reason("land.point.quarantined", {"lot": lot_id, "work": work_id}, (lot_id,))
        for lot_id, work_id in gathered.stops
    ]
    works: dict[int, Recorded] = {}
    for release in known:
        joined = register.joined("release", release.release_id)
        decision = release.decision
        if decision is not None:
            against += acceptance_faults(joined, decision, joined.releases[release.release_id])
        case = register.case(release.proposal)
        against += _independence(case, issuer)
        if case.work is not None:
            works[case.work.seq] = case.work
    if not known:
        against.append(Reason("land.certificate.nothing-released", {"area": area_id, "kind": kind}))
    handover = _handover(book, area_id) if kind == "handover" else None
    if kind == "handover" and handover is None:
        against.append(Reason("land.certificate.not-handed-over", {"area": area_id}))
    decisions = [each.decision for each in known if each.decision is not None]
    newest = [*decisions, *([handover] if handover is not None else [])]
    return Certifiable(
        kind,
        area_id,
        tuple(_parts(book, gathered)),
        () if kind == "cancellation" else tuple(_left(works.values())),
        _methods(_part(book, each) for each in gathered.part_ids),
        () if kind == "cancellation" else _found(works.values()),
        tuple(works[seq] for seq in sorted(works)),
        tuple(decisions),
        handover,
        max((each.valid_at_us for each in newest), default=0),
        tuple(against),
    )


def _independence(case: ReleaseCase, issuer: Actor) -> Iterator[Reason]:
    """Yields that whoever is to sign did the work, or is of the organisation that did."""
    work = case.work_fact()
    proposal = case.proposal.fact
    if work is None or case.work is None or not isinstance(proposal, ReleaseProposed):
        return
    params: dict[str, str | int] = {"release": proposal.release_id}
    if issuer.organisation_id in {work.organisation_id, case.work.actor.organisation_id}:
        yield Reason("land.certificate.own-organisation", params)
    if issuer.persons & {*work.person_ids, *case.work.actor.persons}:
        yield Reason("land.certificate.own-work", params)


def _handover(book: LandBook, area_id: str) -> Recorded | None:
    records = book.register.handovers.get(area_id, ())
    lawful = [item for item in records if isinstance(item.fact, LandHandedOver)]
    return lawful[-1] if lawful else None


def _parts(book: LandBook, gathered: _Gathered) -> Iterator[CertifiedPart]:
    for (part_id, outcome, depth_cm, unit_id), shapes in sorted(
        gathered.shapes.items(), key=lambda item: (item[0][0], item[0][3] or "", item[0][2] or 0)
    ):
        part = _part(book, part_id)
        yield CertifiedPart(
            part_id, outcome, union_of(shapes), depth_cm, unit_id, _not_dug(part, outcome)
        )


def _not_dug(part: WorkedPart | ReleaseTransferred, outcome: str) -> tuple[str, ...]:
    sealed = outcome == "cleared" and part.surface in SEALED_SURFACES
    return (part.surface,) if sealed and part.surface else ()


def _methods(parts: Iterable[WorkedPart | ReleaseTransferred]) -> tuple[str, ...]:
    return tuple(sorted({part.method for part in parts if part.method}))


def _left(works: Iterable[Recorded]) -> Iterator[LeftPart]:
    for record in works:
        if isinstance(record.fact, WorkReported):
            for part in record.fact.parts:
                if part.outcome == "not_cleared":
                    reason = part.reason or "other"
                    yield LeftPart(part.part_id, part.shape, reason, part.unit_id)


def _found(works: Iterable[Recorded]) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = {}
    for record in works:
        if isinstance(record.fact, WorkReported):
            for find in record.fact.finds:
                counts[find.category] = counts.get(find.category, 0) + find.count
    return tuple(sorted(counts.items()))


# --- what an operator reported


def _completion(book: LandBook, area_id: str, issuer: Actor, valid_at_us: int) -> Certifiable:
    own = [
        record
        for record in book.register.joined("area", area_id).works.values()
        if isinstance(record.fact, WorkReported)
        and record.fact.area_id == area_id
        and record.fact.organisation_id == issuer.organisation_id
        and record.valid_at_us <= valid_at_us
    ]
    params: dict[str, str | int] = {"area": area_id, "organisation": issuer.organisation_id}
    if not own:
        return _refused("completion", area_id, Reason("land.certificate.no-work", params))
    parts = [part for record in own for part in _worked(record) if part.outcome != "not_cleared"]
    against = [reason for record in own for reason in _raised(book, record, issuer)]
    if not parts or {part.outcome for part in parts} == {"cancelled"}:
        against.append(Reason("land.certificate.only-cancelled", {**params, "kind": "completion"}))
    return Certifiable(
        "completion",
        area_id,
        tuple(_reported(part) for part in parts),
        tuple(_left(own)),
        _methods(parts),
        _found(own),
        tuple(own),
        decided_us=max(record.valid_at_us for record in own),
        against=tuple(against),
    )


def _worked(record: Recorded) -> Sequence[WorkedPart]:
    return record.fact.parts if isinstance(record.fact, WorkReported) else ()


def _reported(part: WorkedPart) -> CertifiedPart:
    depth_cm = part.depth_cm if part.outcome == "cleared" else None
    return CertifiedPart(
        part.part_id,
        part.outcome,
        part.shape,
        depth_cm,
        part.unit_id,
        _not_dug(part, part.outcome),
    )


def _raised(book: LandBook, work: Recorded, issuer: Actor) -> Iterator[Reason]:
    """Yields what was put to hazard on reported parts since: they are as reported no longer."""
    fact = work.fact
    assert isinstance(fact, WorkReported)  # noqa: S101 - callers pass works only
    part_ids = tuple(part.part_id for part in fact.parts if part.outcome != "not_cleared")
    asked = ReleaseProposed("", fact.work_id, part_ids)
    proposal = Recorded(book.seq + 1, "", work.valid_at_us, work.recorded_at_us, issuer, asked)
    yield from book.raised_since(book.register.joined("work", fact.work_id).case(proposal))
