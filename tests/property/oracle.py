"""What a point of ground is, worked out again from the facts, naively and point by point.

Nothing here is shared with the code under test but the facts themselves and the geometry of
single rectangles. It states the rules of release as plainly as it can:

* what speaks for an act is older than it in truth and on record; what speaks against it
  counts where it is older in either;
* an id belongs to whoever recorded it first;
* a lowering stands only against what is older in both than the work it rests on;
* under a structure every unit of it, and the ground beneath, needs a lowering of its own by
  work that knew of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

from rafiqa.geo import GridShape
from rafiqa.land import (
    AccreditationEnded,
    AccreditationGranted,
    Actor,
    AreaRecorded,
    BoundaryCorrected,
    ClassDecided,
    EvidenceRecorded,
    LandReopened,
    LotInspected,
    LotReviewed,
    NonconformityAnswered,
    NonconformityClosed,
    NonconformityRaised,
    Recorded,
    ReleaseAccepted,
    ReleaseProposed,
    ReleaseRejected,
    ReleaseTransferred,
    StructureRegistered,
    WorkedPart,
    WorkInspected,
    WorkReported,
)

NOTHING, HAZARD = "nothing", "hazard"
WORST_LAST = ("cleared", "reduced", "cancelled", HAZARD)
SEEN = {"eo_seen", "detonation", "accident", "marking", "crater"}


@dataclass(frozen=True)
class Act:
    """One lawful lowering of one part."""

    at: tuple[int, int]
    kind: str
    shape: GridShape
    area_id: str | None
    depth_cm: int | None
    work_id: str | None
    work_at: tuple[int, int]
    transferred: bool
    part_id: str = ""
    unit_id: str | None = None
    depth_from_cm: int = 0


@dataclass(frozen=True)
class There:
    """A unit that stands on a point, and since when that is true and on record."""

    unit_id: str
    ground: bool
    since: tuple[int, int]


@dataclass(frozen=True)
class Left:
    """A part that was not cleared."""

    at: tuple[int, int]
    work_id: str
    unit_id: str | None


@dataclass(frozen=True)
class Put:
    """One reason why a point is hazard."""

    at: tuple[int, int]
    kind: str
    area_id: str | None


def inside(shape: GridShape, x_mm: float, y_mm: float) -> bool:
    """Whether a point lies in a rectangle; the oracle's world has no other shapes."""
    x0, y0, x1, y1 = shape.bounds_mm
    return x0 < x_mm < x1 and y0 < y_mm < y1


def outside_mm2(shape: GridShape, others: Sequence[GridShape]) -> int:
    """The area of a rectangle that no other covers, in mm², by cutting along every line."""
    boxes = [shape.bounds_mm, *(other.bounds_mm for other in others)]
    xs = sorted({x for box in boxes for x in (box[0], box[2])})
    ys = sorted({y for box in boxes for y in (box[1], box[3])})
    total = 0
    for (x0, x1), (y0, y1) in product(pairwise(xs), pairwise(ys)):
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        if inside(shape, x, y) and not any(inside(other, x, y) for other in others):
            total += (x1 - x0) * (y1 - y0)
    return total


def at(record: Recorded) -> tuple[int, int]:
    return record.valid_at_us, record.seq


def older(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Older in truth (or as old) and on record."""
    return one[0] <= other[0] and one[1] < other[1]


def adverse(one: tuple[int, int], act: tuple[int, int]) -> bool:
    """Older in truth or on record."""
    return one[0] < act[0] or one[1] < act[1]


def lot_failed(lot: LotInspected) -> bool:
    critical = [finding for finding in lot.findings if finding.severity == "critical"]
    return bool(critical) or lot.items_found > 0 or not lot.passed


def raising(fact: EvidenceRecorded) -> bool:
    return fact.kind not in {"contrary_use", "contrary_ts", "not_asked"}


class Oracle:
    """All that is known, asked point by point."""

    def __init__(self, facts: Iterable[Recorded]) -> None:
        self.by_seq = sorted(facts, key=lambda record: record.seq)
        self.by_time = sorted(facts, key=at)
        self._of: dict[Any, list[tuple[Recorded, Any]]] = {}
        self.acts = [*self._accepted(), *self._transferred()]

    def of(self, kind: type[Any]) -> list[tuple[Recorded, Any]]:
        if kind not in self._of:
            self._of[kind] = [(r, r.fact) for r in self.by_seq if isinstance(r.fact, kind)]
        return self._of[kind]

    def first(self, kind: type[Any], field: str, value: str) -> Recorded | None:
        for record, fact in self.of(kind):
            if getattr(fact, field) == value:
                return record
        return None

    # --- what may be released

    def _accepted(self) -> Iterator[Act]:
        decided: set[str] = set()
        for record, fact in self.of((ReleaseAccepted, ReleaseRejected)):  # type: ignore[arg-type]
            if fact.release_id in decided:
                continue
            proposal = self.first(ReleaseProposed, "release_id", fact.release_id)
            if proposal is None:
                continue
            decided.add(fact.release_id)
            if isinstance(fact, ReleaseAccepted):
                yield from self._parts(record, proposal)

    def _parts(self, accepted: Recorded, proposal: Recorded) -> Iterator[Act]:
        proposed = proposal.fact
        assert isinstance(proposed, ReleaseProposed)
        work = self.first(WorkReported, "work_id", proposed.work_id)
        if work is None or not self._lawful(accepted, proposal, work):
            return
        assert isinstance(work.fact, WorkReported)
        for part in work.fact.parts:
            if part.part_id in proposed.part_ids:
                yield Act(
                    at(accepted),
                    part.outcome,
                    part.shape,
                    work.fact.area_id,
                    part.depth_cm,
                    work.fact.work_id,
                    at(work),
                    transferred=False,
                    part_id=part.part_id,
                    unit_id=part.unit_id,
                    depth_from_cm=part.depth_from_cm or 0,
                )

    def _lawful(self, accepted: Recorded, proposal: Recorded, work: Recorded) -> bool:
        fact, proposed = work.fact, proposal.fact
        assert isinstance(fact, WorkReported)
        assert isinstance(proposed, ReleaseProposed)
        for other, rejected in self.of(ReleaseRejected):
            if rejected.release_id == proposed.release_id and adverse(at(other), at(accepted)):
                return False
        people = {proposal.actor, accepted.actor}
        workers = {*fact.person_ids, work.actor.person_id}
        firms = {fact.organisation_id, work.actor.organisation_id}
        parts = [part for part in fact.parts if part.part_id in proposed.part_ids]
        return (
            older(at(proposal), at(accepted))
            and older(at(work), at(proposal))
            and len({person.person_id for person in people}) == 2
            and all(person.role == "authority" for person in people)
            and not any(person.person_id in workers for person in people)
            and not any(person.organisation_id in firms for person in people)
            and bool(proposed.part_ids)
            and {part.part_id for part in parts} == set(proposed.part_ids)
            and all(self._part_lawful(part, fact, work, accepted) for part in parts)
            and self._inspected(parts, fact, work, (proposal, accepted))
            and self._accredited(parts, work, accepted)
            and not self._nonconformity(parts, work, accepted)
            and not any(self.stopping(work, at(accepted)))
        )

    # --- what quality management says of it

    def _days(self, work: Recorded) -> range:
        fact = work.fact
        assert isinstance(fact, WorkReported)
        said = [work.valid_at_us, fact.begun_us, fact.ended_us]
        known = [day for day in said if day is not None]
        return range(min(known), max(known) + 1)

    def _accredited(self, parts: Sequence[WorkedPart], work: Recorded, act: Recorded) -> bool:
        """Asked day by day of the work, for each method and each kind of ordnance met."""
        fact = work.fact
        assert isinstance(fact, WorkReported)
        met = {find.category for find in fact.finds}
        grants: dict[str, tuple[Recorded, Any]] = {}
        for record, grant in self.of(AccreditationGranted):
            if grant.organisation_id == fact.organisation_id:
                grants.setdefault(grant.accreditation_id, (record, grant))

        ended = [
            (what.accreditation_id, end.valid_at_us)
            for end, what in self.of(AccreditationEnded)
            if what.organisation_id == fact.organisation_id and adverse(at(end), at(act))
        ]

        def counts(record: Recorded, grant: AccreditationGranted, method: str, day: int) -> bool:
            return (
                record.actor.role == "authority"
                and older(at(record), at(act))
                and method in grant.methods
                and (not grant.scope or met <= set(grant.scope))
                and record.valid_at_us <= day
                and grant.valid_from_us <= day
                and (grant.valid_until_us is None or day <= grant.valid_until_us)
                and all(day < last for key, last in ended if key == grant.accreditation_id)
            )

        return all(
            any(counts(record, grant, part.method, day) for record, grant in grants.values())
            for part in parts
            for day in self._days(work)
        )

    def _apart(self, actor: Actor, work: Recorded) -> bool:
        fact = work.fact
        assert isinstance(fact, WorkReported)
        firms = {fact.organisation_id, work.actor.organisation_id}
        people = {*fact.person_ids, work.actor.person_id}
        return actor.organisation_id not in firms and actor.person_id not in people

    def _nonconformity(self, parts: Sequence[WorkedPart], work: Recorded, act: Recorded) -> bool:
        fact = work.fact
        assert isinstance(fact, WorkReported)
        for record, raised in self.of(NonconformityRaised):
            about = (
                raised.work_id == fact.work_id
                or (raised.task_id and raised.task_id == fact.task_id)
                or (raised.team_id and raised.team_id == fact.team_id)
                or any(part.part_id in raised.part_ids for part in parts)
            )
            if not about or raised.severity == "minor" or not adverse(at(record), at(act)):
                continue

            def between(later: Recorded, fact: Any, raised: Recorded = record) -> bool:
                same = fact.nonconformity_id == raised.fact.nonconformity_id  # type: ignore[attr-defined]
                return same and older(at(raised), at(later)) and older(at(later), at(act))

            closed = any(
                between(later, closing)
                and later.actor.role in {"quality", "authority"}
                and later.actor.organisation_id != raised.organisation_id
                and self._apart(later.actor, work)
                for later, closing in self.of(NonconformityClosed)
            )
            corrected = any(
                between(later, answer) and answer.corrective_action.strip()
                for later, answer in self.of(NonconformityAnswered)
            )
            if not closed and (raised.severity == "critical" or not corrected):
                return True
        return False

    def stopping(self, work: Recorded, act: tuple[int, int]) -> Iterator[Recorded]:
        """The failed lots that stop a work as of an act; the world is younger than 180 days."""
        fact = work.fact
        assert isinstance(fact, WorkReported)
        hands = {fact.team_id, *(fact.asset_ids or ())} - {None}
        for record, lot in self.of(LotInspected):
            bad = {*lot.team_ids, *lot.asset_ids}
            same = bool(hands & bad)
            if not hands or not bad:
                same = same or lot.inspected_id == fact.organisation_id
            last = max(lot.from_us, lot.until_us, record.valid_at_us)
            if not same or not lot_failed(lot) or self._days(work)[0] > last:
                continue
            reviewed = any(
                review.lot_id == lot.lot_id
                and review.confirmed_by is not None
                and review.confirmed_by.person_id != later.actor.person_id
                and review.confirmed_by.role == later.actor.role == "authority"
                and self._apart(later.actor, work)
                and self._apart(review.confirmed_by, work)
                and older(at(record), at(later))
                and older(at(later), act)
                for later, review in self.of(LotReviewed)
            )
            if adverse(at(record), act) and not reviewed:
                yield record

    def in_doubt(self, x: float, y: float, valid_at_us: int) -> bool | None:
        """Whether a released point rests on work that a failed lot stops; None is not sure.

        Not sure is where some of the works released on the point are stopped, and some not.
        """
        acts = [a for a in self.acts if inside(a.shape, x, y) and a.at[0] <= valid_at_us]
        if any(act.work_id is None for act in acts):
            return None
        works = {act.work_id for act in acts if act.work_id is not None}
        stopped = set()
        for work_id in works:
            work = self.first(WorkReported, "work_id", work_id)
            assert work is not None
            lots = self.stopping(work, (valid_at_us, 1 << 40))
            stopped.add(any(lot.valid_at_us <= valid_at_us for lot in lots))
        return stopped.pop() if len(stopped) == 1 else (None if stopped else False)

    def _part_lawful(
        self, part: WorkedPart, work: WorkReported, record: Recorded, accepted: Recorded
    ) -> bool:
        carried = [
            other.seq
            for other, fact in self.of((WorkReported, ReleaseTransferred))  # type: ignore[arg-type]
            for key in (
                [fact.part_id] if hasattr(fact, "part_id") else [p.part_id for p in fact.parts]
            )
            if key == part.part_id and self._owns(other, fact)
        ]
        ground = self._outlines_before(work.area_id, at(accepted))
        answered = part.outcome == "cleared" or self._open_evidence(
            work.area_id, at(accepted)
        ) <= set(part.evidence_answered)
        return (
            part.outcome != "not_cleared"
            and carried[:1] == [record.seq]
            and carried.count(record.seq) == 1
            and bool(ground)
            and outside_mm2(part.shape, ground) <= 1_000_000
            and (part.outcome != "cleared" or part.depth_cm is not None)
            and (part.depth_cm is None or part.depth_cm >= 0)
            and _interval_lawful(part)
            and (part.outcome != "cancelled" or part.method == "nts")
            and (part.outcome != "cleared" or part.method not in {"nts", "ts_systematic"})
            and part.method != "eod_spot"
            and answered
        )

    def _owns(self, record: Recorded, fact: Any) -> bool:
        if isinstance(fact, WorkReported):
            return self.first(WorkReported, "work_id", fact.work_id) is record
        return True

    def _outlines_before(self, area_id: str, act: tuple[int, int]) -> list[GridShape]:
        # Corrections only ever add to what was an area's ground.
        return [
            fact.shape
            for record, fact in self.of((AreaRecorded, BoundaryCorrected))  # type: ignore[arg-type]
            if fact.area_id == area_id and older(at(record), act)
        ]

    def _open_evidence(self, area_id: str, act: tuple[int, int]) -> set[str]:
        named: set[str] = set()
        for record, fact in self.of((AreaRecorded, ClassDecided, EvidenceRecorded)):  # type: ignore[arg-type]
            if fact.area_id == area_id and adverse(at(record), act):
                own = [fact.evidence_id] if isinstance(fact, EvidenceRecorded) else []
                named |= {*own, *getattr(fact, "evidence_ids", ())}
        said: dict[str, list[EvidenceRecorded]] = {}
        for record, fact in self.of(EvidenceRecorded):
            if adverse(at(record), act):
                said.setdefault(fact.evidence_id, []).append(fact)
        return {key for key in named if key not in said or any(map(raising, said[key]))}

    def _inspected(
        self,
        parts: Sequence[WorkedPart],
        work: WorkReported,
        record: Recorded,
        approved: tuple[Recorded, Recorded],
    ) -> bool:
        accepted = approved[1]
        about = [(r, f) for r, f in self.of(WorkInspected) if f.work_id == work.work_id]
        bad = [
            r for r, f in about if not f.passed or any(x.severity == "critical" for x in f.findings)
        ]
        bad_seqs = {r.seq for r in bad}
        bad += [
            r
            for r, lot in self.of(LotInspected)
            if lot_failed(lot)
            and (
                any(part.part_id in lot.part_ids for part in parts)
                or (not lot.part_ids and work.work_id in lot.work_ids)
            )
        ]
        bad = [r for r in bad if adverse(at(r), at(accepted))]
        if bad:
            return False
        firms = {work.organisation_id, record.actor.organisation_id}
        workers = {*work.person_ids, record.actor.person_id}
        approvers = {each.actor.person_id for each in approved}

        def sound(r: Recorded, f: Any) -> bool:
            return (
                older(at(r), at(accepted))
                and older(at(record), at(r))
                and not {f.organisation_id, r.actor.organisation_id} & firms
                and r.actor.person_id not in workers | approvers
                and r.actor.role in {"quality", "authority"}
                and (f.inspected_share is None or f.inspected_share > 0)
            )

        whole = any(r.seq not in bad_seqs and sound(r, f) for r, f in about)
        return all(
            whole
            or any(
                part.part_id in lot.part_ids and not lot_failed(lot) and sound(r, lot)
                for r, lot in self.of(LotInspected)
            )
            for part in parts
            if part.outcome != "cancelled"
        )

    def _transferred(self) -> Iterator[Act]:
        for record, fact in self.of(ReleaseTransferred):
            carriers = [
                other.seq
                for other, known in self.of((WorkReported, ReleaseTransferred))  # type: ignore[arg-type]
                if self._owns(other, known)
                and fact.part_id
                in (
                    [known.part_id]
                    if isinstance(known, ReleaseTransferred)
                    else [part.part_id for part in known.parts]
                )
            ]
            if (
                carriers[0] == record.seq
                and fact.outcome != "not_cleared"
                and fact.method != "eod_spot"
                and record.actor.role in {"authority", "information"}
                and (fact.outcome != "cleared" or fact.depth_cm is not None)
                and (fact.depth_cm is None or fact.depth_cm >= 0)
                and fact.released_by
                and fact.released_by != fact.operator
            ):
                moment = at(record)
                yield Act(
                    moment,
                    fact.outcome,
                    fact.shape,
                    fact.area_id,
                    fact.depth_cm,
                    None,
                    moment,
                    transferred=True,
                )

    # --- what a point is

    def _puts(self, x: float, y: float) -> tuple[list[Put], list[tuple[tuple[int, int], str]]]:
        """What raises the point, and what was dropped from which area when."""
        puts: list[Put] = []
        drops: list[tuple[tuple[int, int], str]] = []
        inside_of: dict[str, bool] = {}
        begun: dict[str, int] = {}
        for record in self.by_time:
            fact = record.fact
            if isinstance(fact, AreaRecorded):
                begun[fact.area_id] = min(record.seq, begun.get(fact.area_id, record.seq))
                if inside(fact.shape, x, y):
                    puts.append(Put(at(record), "recorded", fact.area_id))
                    inside_of[fact.area_id] = True
            elif isinstance(fact, BoundaryCorrected):
                was = inside_of.get(fact.area_id, False)
                now = inside(fact.shape, x, y)
                known = begun.get(fact.area_id, record.seq) < record.seq
                if now and not (was and known):
                    puts.append(Put(at(record), "recorded", fact.area_id))
                if not known:
                    # Dated before its area: a hazard somebody drew, and nobody's outline.
                    continue
                second = fact.confirmed_by
                two = (
                    second is not None
                    and second.person_id != record.actor.person_id
                    and second.role == "authority"
                    and record.actor.role == "authority"
                )
                if was and not now and two:
                    drops.append((at(record), fact.area_id))
                inside_of[fact.area_id] = now or (was and not two)
            elif isinstance(fact, LandReopened) and inside(fact.shape, x, y):
                puts.append(Put(at(record), "reopened", None))
            elif isinstance(fact, ReleaseTransferred) and inside(fact.shape, x, y):
                kind = "kept" if fact.outcome == "not_cleared" else "taken"
                puts.append(Put(at(record), kind, None))
            elif isinstance(fact, WorkInspected):
                failed = not fact.passed or any(f.severity == "critical" for f in fact.findings)
                released = [
                    act
                    for act in self.acts
                    if act.work_id == fact.work_id and not adverse(at(record), act.at)
                ]
                if failed and any(inside(act.shape, x, y) for act in released):
                    puts.append(Put(at(record), "reopened", None))
                work = self.first(WorkReported, "work_id", fact.work_id)
                parts = work.fact.parts if work else ()  # type: ignore[attr-defined]
                tried = [part.shape for part in parts if part.outcome != "not_cleared"]
                if failed and any(inside(shape, x, y) for shape in tried):
                    puts.append(Put(at(record), "failed", None))
            elif isinstance(fact, LotInspected) and lot_failed(fact):
                puts += self._failed_lot(record, fact, x, y)
        return puts, drops

    def _failed_lot(self, record: Recorded, lot: LotInspected, x: float, y: float) -> Iterator[Put]:
        if lot.part_ids:
            named = [
                (part, owner) for part, owner in self._carried() if part.part_id in lot.part_ids
            ]
            seen: dict[str, tuple[Any, Recorded]] = {}
            for part, owner in named:
                seen.setdefault(part.part_id, (part, owner))
            meant = list(seen.values())
        else:
            works = [self.first(WorkReported, "work_id", each) for each in lot.work_ids]
            meant = [(p, w) for w in works if w for p in w.fact.parts]  # type: ignore[attr-defined]
        for part, owner in meant:
            if part.outcome == "not_cleared" or not inside(part.shape, x, y):
                continue
            yield Put(at(record), "failed", None)
            released = any(
                act.part_id == part.part_id
                and act.work_id == getattr(owner.fact, "work_id", None)
                and not adverse(at(record), act.at)
                for act in self.acts
                if not act.transferred
            )
            taken = isinstance(owner.fact, ReleaseTransferred) and older(at(owner), at(record))
            if released or taken:
                yield Put(at(record), "reopened", None)

    def _carried(self) -> Iterator[tuple[Any, Recorded]]:
        """Every part on record, in the order of the ledger; a report's id keeps its first."""
        for record, fact in self.of((WorkReported, ReleaseTransferred)):  # type: ignore[arg-type]
            if isinstance(fact, ReleaseTransferred):
                yield fact, record
            elif self._owns(record, fact):
                yield from ((part, record) for part in fact.parts)

    def _not_cleared(self, x: float, y: float) -> list[Left]:
        return [
            Left(at(record), fact.work_id, part.unit_id)
            for record, fact in self.of(WorkReported)
            for part in fact.parts
            if part.outcome == "not_cleared" and inside(part.shape, x, y)
        ]

    def _units(self, x: float, y: float) -> list[There]:
        """Each unit over the point: the units of every record on the ground of every other."""
        found = []
        for ground, footprint in self.of(StructureRegistered):
            if not inside(footprint.shape, x, y):
                continue
            for record, fact in self.of(StructureRegistered):
                if fact.structure_id == footprint.structure_id:
                    since = tuple(map(max, at(ground), at(record)))
                    found += [
                        There(unit_id, is_ground, since)  # type: ignore[arg-type]
                        for unit_id, is_ground in self._said(record, fact)
                    ]
        return found

    def _said(self, record: Recorded, fact: StructureRegistered) -> list[tuple[str, bool]]:
        """The units of one record, and the ground beneath where nobody older had named one."""
        own = fact.structure_id + ".ground"

        def names(other: StructureRegistered) -> bool:
            return any(u.kind == "ground_beneath" or u.unit_id == own for u in other.units)

        said = [(u.unit_id, u.kind == "ground_beneath" or u.unit_id == own) for u in fact.units]
        before = [
            other
            for earlier, other in self.of(StructureRegistered)
            if other.structure_id == fact.structure_id and older(at(earlier), at(record))
        ]
        return said if names(fact) or any(map(names, before)) else [*said, (own, True)]

    def state(self, x: float, y: float, valid_at_us: int) -> tuple[str, int | None]:
        """The state of a point and the depth it was cleared to."""
        puts, drops = self._puts(x, y)
        there = [unit for unit in self._units(x, y) if unit.since[0] <= valid_at_us]
        lefts = self._not_cleared(x, y)
        acts = [act for act in self.acts if inside(act.shape, x, y) and act.at[0] <= valid_at_us]
        acts = [act for act in acts if not any(_kept_out(left, act, there) for left in lefts)]
        areas = {put.area_id for put in puts if put.area_id is not None}
        anywhere = [put for put in puts if put.kind in {"reopened", "kept"}]
        failed = [put for put in puts if put.kind == "failed"]
        answers = []
        for area_id in areas:
            mine = [put for put in puts if put.area_id == area_id] + anywhere + failed
            speaking = [act for act in acts if act.kind == "cleared" or act.area_id == area_id]
            dropped = [when for when, whose in drops if whose == area_id and when[0] <= valid_at_us]
            answers.append(_answer(mine, speaking, dropped, valid_at_us, there))
        taken = [put for put in puts if put.kind == "taken"]
        own = taken + ([] if areas else anywhere)
        if own:
            speaking = [act for act in acts if act.kind == "cleared" or act.transferred]
            answers.append(_answer(own + failed, speaking, [], valid_at_us, there))
        known = [answer for answer in answers if answer[0] != NOTHING]
        if not known:
            return NOTHING, None
        worst = max((status for status, _ in known), key=WORST_LAST.index)
        depths = [depth for status, depth in known if status == worst]
        return worst, None if None in depths else min(d for d in depths if d is not None)


def _interval_lawful(part: WorkedPart) -> bool:
    if part.depth_from_cm is None:
        return True
    return (
        part.outcome == "cleared"
        and part.depth_cm is not None
        and 0 <= part.depth_from_cm < part.depth_cm
    )


def _kept_out(left: Left, act: Act, there: Sequence[There]) -> bool:
    on_record = any(unit.unit_id == left.unit_id for unit in there)
    if on_record and act.unit_id != left.unit_id:
        return False
    if left.work_id == act.work_id:
        return True
    begun_after = older(left.at, act.work_at)
    reported_later = left.at[0] >= act.at[0] and left.at[1] > act.at[1]
    return not begun_after and not reported_later


def implied(taken: tuple[int, int], work_at: tuple[int, int]) -> bool:
    """Whether ground was taken over as once hazard by the time of a work."""
    return taken[0] <= work_at[0] and taken[1] <= work_at[1]


def _answer(
    puts: Sequence[Put],
    acts: Sequence[Act],
    drops: Sequence[tuple[int, int]],
    valid_at_us: int,
    there: Sequence[There],
) -> tuple[str, int | None]:
    """What one claim says of the point."""
    true = [put for put in puts if put.at[0] <= valid_at_us]
    firm = [put for put in true if put.kind != "taken"]
    taken = [put.at for put in true if put.kind == "taken"]
    if not true:
        return NOTHING, None

    def stands(moment: tuple[int, int]) -> bool:
        strict = [put.at for put in firm if put.kind == "kept"]
        if any(when[0] == moment[0] for when in strict):
            return False
        return all(older(put.at, moment) for put in firm)

    # Nobody went over the ground again between a work and its acceptance.
    good = [act for act in acts if stands(act.work_at)]
    if taken:
        # Ground taken over as released was put on record by one of those releases.
        good = [act for act in good if any(implied(t, act.work_at) for t in taken)]
    gone = [
        when
        for when in drops
        if stands(when) and not any(put.kind in {"reopened", "failed", "kept"} for put in firm)
    ]
    lowered = _lowered(good, there)
    if lowered is None:
        return (NOTHING if gone else HAZARD), None
    status, depth_cm, newest = lowered
    if gone and max(gone) > newest:
        return NOTHING, None
    return status, depth_cm


Lowered = tuple[str, int | None, tuple[int, int]]


def _lowered(acts: Sequence[Act], there: Sequence[There]) -> Lowered | None:
    """What acts come to on open ground, or in every unit that is there; None while one is open."""
    if not there:
        return _one([act for act in acts if act.unit_id is None])
    found = {}
    for unit_id in {unit.unit_id for unit in there}:
        since = [unit.since for unit in there if unit.unit_id == unit_id]
        found[unit_id] = _one(
            [
                act
                for act in acts
                if act.unit_id == unit_id and any(older(when, act.work_at) for when in since)
            ]
        )
    known = [one for one in found.values() if one is not None]
    if len(known) < len(found):
        return None
    worst = max((status for status, _, _ in known), key=WORST_LAST.index)
    beneath = {unit.unit_id for unit in there if unit.ground}
    depths = [one[1] for unit_id, one in found.items() if one and unit_id in beneath]
    depth_cm = None if None in depths else min(d for d in depths if d is not None)
    return worst, depth_cm, max(newest for _, _, newest in known)


def _one(acts: Sequence[Act]) -> Lowered | None:
    """What acts on one unit come to, a centimetre at a time down from the surface."""
    cleared = [act for act in acts if act.kind == "cleared"]
    reach_cm = 0
    while any(act.depth_from_cm <= reach_cm < (act.depth_cm or 0) for act in cleared):
        reach_cm += 1
    cleared = [act for act in cleared if act.depth_from_cm <= reach_cm]
    counted = [*cleared, *(act for act in acts if act.kind != "cleared")]
    if not counted:
        return None
    best = min((act.kind for act in counted), key=WORST_LAST.index)
    depths = [act.depth_cm for act in counted if act.kind == best and act.depth_cm is not None]
    depth_cm = reach_cm if best == "cleared" else max(depths, default=None)
    return best, depth_cm, max(act.at for act in counted)


def oracle_state(
    facts: Iterable[Recorded], x_mm: float, y_mm: float, valid_at_us: int
) -> tuple[str, int | None]:
    """The state of a point and its depth, from first principles."""
    return Oracle(list(facts)).state(x_mm, y_mm, valid_at_us)
