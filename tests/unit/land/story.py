"""A record made by hand: facts in the order given, each true when told, on ground in metres.

Times are small whole numbers: nothing in the heart knows how long a microsecond is. People
and ground are few, so that every figure in the tests can be worked out on paper.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from rafiqa.geo import GridShape, Spot
from rafiqa.land import (
    AccreditationGranted,
    Actor,
    AreaRecorded,
    EvidenceRecorded,
    HazardClass,
    LandBook,
    LandReopened,
    LandState,
    Outcome,
    PointAnswer,
    Recorded,
    ReleaseAccepted,
    ReleaseProposed,
    ReleaseTransferred,
    WorkedPart,
    WorkInspected,
    WorkReported,
    fold,
    point,
)

FIRST = Actor("ana", "office", "authority")
SECOND = Actor("bo", "office", "authority")
SURVEYOR = Actor("eli", "office", "surveyor")
OPERATOR = Actor("chi", "deminers", "operator")
INSPECTOR = Actor("dov", "quality", "quality")
INFORMATION = Actor("fay", "office", "information")
SPOT = Spot.of(39.0, 36.0)
METHOD: dict[Outcome, str] = {
    "cleared": "manual",
    "reduced": "ts_systematic",
    "cancelled": "nts",
    "not_cleared": "manual",
}


ACCREDITED = Recorded(
    0,
    "e0",
    -1_000,
    0,
    FIRST,
    AccreditationGranted(
        "C0", "deminers", ("manual", "ts_systematic", "nts", "bac_surface"), -1_000
    ),
)
"""On record before every story: without it nobody may work, and nothing could be released."""


def box(west_m: float, south_m: float, east_m: float, north_m: float) -> GridShape:
    return GridShape.box(*(round(metres * 1_000) for metres in (west_m, south_m, east_m, north_m)))


def part(
    part_id: str,
    outcome: Outcome,
    shape: GridShape,
    depth_cm: int | None = None,
    answered: tuple[str, ...] = (),
    surface: str | None = None,
) -> WorkedPart:
    """A lawful part: its method fits its outcome, and what was not cleared says why."""
    if outcome == "cleared" and depth_cm is None:
        depth_cm = 30
    reason = "under_slab" if outcome == "not_cleared" else None
    return WorkedPart(part_id, outcome, shape, METHOD[outcome], depth_cm, surface, reason, answered)


def evidence(
    evidence_id: str = "E1",
    kind: str = "eo_seen",
    source_kind: str = "visual",
    area_id: str | None = None,
) -> EvidenceRecorded:
    return EvidenceRecorded(evidence_id, kind, source_kind, SPOT, area_id=area_id)


@dataclass
class Story:
    """Facts in the order in which they became known."""

    facts: list[Recorded] = field(default_factory=list)
    accredited: bool = True

    def tell(self, valid_at_us: int, actor: Actor, fact: object) -> Recorded:
        seq = len(self.facts) + 1
        record = Recorded(seq, f"e{seq}", valid_at_us, 1_000 + seq, actor, fact)
        self.facts.append(record)
        return record

    def area(
        self,
        at_us: int,
        area_id: str,
        shape: GridShape,
        class_: HazardClass = "cha",
        evidence_ids: tuple[str, ...] = (),
    ) -> Recorded:
        return self.tell(at_us, SURVEYOR, AreaRecorded(area_id, class_, shape, None, evidence_ids))

    def work(self, at_us: int, work_id: str, area_id: str, parts: Iterable[WorkedPart]) -> Recorded:
        work = WorkReported(work_id, area_id, "deminers", tuple(parts), person_ids=("gus",))
        return self.tell(at_us, OPERATOR, work)

    def inspect(
        self, at_us: int, work_id: str, inspection_id: str = "", *, passed: bool = True
    ) -> Recorded:
        name = inspection_id or f"I-{work_id}"
        inspection = WorkInspected(name, work_id, "quality", passed, Decimal("0.1"))
        return self.tell(at_us, INSPECTOR, inspection)

    def propose(self, at_us: int, release_id: str, work_id: str, *part_ids: str) -> Recorded:
        return self.tell(at_us, FIRST, ReleaseProposed(release_id, work_id, part_ids))

    def accept(self, at_us: int, release_id: str, actor: Actor = SECOND) -> Recorded:
        return self.tell(at_us, actor, ReleaseAccepted(release_id))

    def release(self, at_us: int, work_id: str, area_id: str, *parts: WorkedPart) -> None:
        """Work, inspection, proposal of every part that may be released, and acceptance."""
        self.work(at_us, work_id, area_id, parts)
        self.inspect(at_us, work_id)
        ids = [each.part_id for each in parts if each.outcome != "not_cleared"]
        self.propose(at_us, f"R-{work_id}", work_id, *ids)
        self.accept(at_us, f"R-{work_id}")

    def transfer(
        self,
        at_us: int,
        part_id: str,
        outcome: Outcome,
        shape: GridShape,
        area_id: str | None = None,
        depth_cm: int | None = None,
    ) -> Recorded:
        depth_cm = 50 if outcome == "cleared" and depth_cm is None else depth_cm
        reason = "under_slab" if outcome == "not_cleared" else None
        taken = ReleaseTransferred(
            part_id, outcome, shape, "other body", "their map", area_id, depth_cm, reason=reason
        )
        return self.tell(at_us, INFORMATION, taken)

    def reopen(
        self, at_us: int, reopening_id: str, shape: GridShape, class_: HazardClass = "cha"
    ) -> Recorded:
        return self.tell(at_us, FIRST, LandReopened(reopening_id, shape, "accident", class_))

    # --- questions

    def book(self) -> LandBook:
        return fold([ACCREDITED, *self.facts] if self.accredited else self.facts)

    def known(self, n_known: int) -> LandBook:
        """The book of the first facts alone, as it was then."""
        return fold([ACCREDITED, *self.facts[:n_known]])

    def point(self, x_m: float, y_m: float, at_us: int) -> PointAnswer:
        return point(self.book(), round(x_m * 1_000), round(y_m * 1_000), at_us)

    def state(self, x_m: float, y_m: float, at_us: int) -> LandState | None:
        """The state of the one face that a place lies inside of."""
        found = self.book().at_mm(round(x_m * 1_000), round(y_m * 1_000))
        assert len(found) <= 1, "a place on the edge of two faces"
        return found[0].timeline.at(at_us) if found else None

    def status(self, x_m: float, y_m: float, at_us: int) -> str | None:
        state = self.state(x_m, y_m, at_us)
        return None if state is None else state.status

    def void_codes(self) -> list[tuple[str, list[str]]]:
        """Entry and codes of every fact that changes nothing, in the order of time."""
        without = self.book().register.without_effect
        return [(item.recorded.entry_id, [why.code for why in item.reasons]) for item in without]
