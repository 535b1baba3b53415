"""The plan of three years: plain data that the demo's history walks in order of days.

Nothing here touches a ledger. Shapes are in metres of the city's plane with every
coordinate on the millimetre, so that they keep their exact partition on a site's grid.
Words for kinds, classes, outcomes and methods are codes of the data dictionary.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from shapely import Polygon

from rafiqa.demo.name import Name

DAYS = 1095
"""Length of the history."""

HazardClass = Literal["sha", "cha"]
Outcome = Literal["cancelled", "reduced", "cleared", "not_cleared"]
Fate = Literal[
    "never_worked",
    "tasked",
    "cancelled",
    "reduced",
    "cleared",
    "partial",
    "rework",
    "reopened",
]
"""What becomes of an area within the three years."""

FATES: tuple[Fate, ...] = (
    "never_worked",
    "tasked",
    "cancelled",
    "reduced",
    "cleared",
    "partial",
    "rework",
    "reopened",
)


@dataclass(frozen=True, slots=True)
class HiddenItem:
    """One item that lies in the ground, known to no one until it is found."""

    item_id: str
    x_m: float
    y_m: float
    depth_cm: int
    category: str


@dataclass(frozen=True, slots=True)
class PlannedEvidence:
    """One item of evidence: what kind, learnt how, where, and on which day."""

    evidence_id: str
    day: int
    kind: str
    source_kind: str
    x_m: float
    y_m: float
    accuracy_m: int
    direct: bool
    text: Name


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """A part of an area; ``kind`` is "street" for worked land, else why it is left out."""

    part_id: str
    kind: Literal["street", "under_rubble", "under_slab"]
    shape: Polygon


@dataclass(frozen=True, slots=True)
class PartOutcome:
    """What an operator reports of one part: a depth where cleared, a reason where not."""

    part_id: str
    outcome: Outcome
    method: str
    depth_cm: int | None = None
    surface: str | None = None
    reason: str | None = None
    evidence_answered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declared:
    """The area is entered on record with a class and the evidence for it."""

    day: int
    class_: HazardClass
    evidence_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """The authority decides the class."""

    day: int
    class_: HazardClass
    evidence_ids: tuple[str, ...]
    justification: Name


@dataclass(frozen=True, slots=True)
class Ordered:
    """Work on the whole area is ordered from an organisation, to a depth."""

    day: int
    task_id: str
    organisation_id: str
    methods: tuple[str, ...]
    depth_cm: int | None


@dataclass(frozen=True, slots=True)
class Worked:
    """An operator's report: outcomes by part and the items found."""

    day: int
    work_id: str
    task_id: str
    organisation_id: str
    outcomes: tuple[PartOutcome, ...]
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inspected:
    """An inspection of one report; a failed one names a finding and a part."""

    day: int
    inspection_id: str
    work_id: str
    passed: bool
    share_percent: int
    severity: str | None = None
    part_id: str | None = None
    note: Name | None = None


@dataclass(frozen=True, slots=True)
class Proposed:
    """One authority person proposes to release parts of a report."""

    day: int
    release_id: str
    work_id: str
    part_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A second authority person accepts."""

    day: int
    release_id: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The second person turns the proposal down, with the reason."""

    day: int
    release_id: str
    note: Name


@dataclass(frozen=True, slots=True)
class Reopened:
    """Released land is put back to hazard."""

    day: int
    reopening_id: str
    shape: Polygon
    cause: str
    class_: HazardClass
    item_id: str
    note: Name


Step = (
    PlannedEvidence
    | Declared
    | Decided
    | Ordered
    | Worked
    | Inspected
    | Proposed
    | Accepted
    | Rejected
    | Reopened
)


@dataclass(frozen=True, slots=True)
class PlannedArea:
    """A hazardous area: where, why it is thought so, what lies there, what is done.

    Attributes:
        area_id: "h" and four digits.
        kind: how it came about: "front_line", "old_town", "farmland", ...
        name: in both languages.
        shape: equals the union of its parts exactly, on the millimetre.
        fate: what becomes of it.
        overlaps: the other area of a deliberate overlap, or None.
        parts: an exact partition of the shape.
        hidden: what lies there.
        steps: evidence and acts, ordered by day.
    """

    area_id: str
    kind: str
    name: Name
    shape: Polygon
    fate: Fate
    overlaps: str | None
    parts: tuple[PlannedPart, ...]
    hidden: tuple[HiddenItem, ...]
    steps: tuple[Step, ...]

    @property
    def evidence(self) -> tuple[PlannedEvidence, ...]:
        """All evidence, ordered by day."""
        return tuple(step for step in self.steps if isinstance(step, PlannedEvidence))

    @property
    def first_class(self) -> HazardClass:
        """The class the area is declared with: cha where its evidence was direct."""
        return next(step.class_ for step in self.steps if isinstance(step, Declared))

    def released(self) -> dict[str, PartOutcome]:
        """Returns the outcomes accepted for release, by part, whether or not reopened later."""
        accepted = {step.release_id for step in self.steps if isinstance(step, Accepted)}
        proposals = [step for step in self.steps if isinstance(step, Proposed)]
        works = {step.work_id: step for step in self.steps if isinstance(step, Worked)}
        return {
            outcome.part_id: outcome
            for proposal in proposals
            if proposal.release_id in accepted
            for outcome in works[proposal.work_id].outcomes
            if outcome.part_id in proposal.part_ids
        }


@dataclass(frozen=True, slots=True)
class PlannedProject:
    """A building project; ``meant`` says which answer of the gate it is there to show."""

    project_id: str
    name: Name
    kind: str
    meant: str
    registered_day: int
    planned_day: int
    depth_cm: int
    shape: Polygon
    access: Polygon


@dataclass(frozen=True, slots=True)
class PlannedReport:
    """A resident's report and what became of it; ``answered_day`` is None while it waits."""

    report_id: str
    day: int
    x_m: float
    y_m: float
    seen: str
    geo_precision: str
    triage: str
    text: Name
    area_id: str | None
    answered_day: int | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class PlannedAccident:
    """An accident: counts only, no persons."""

    accident_id: str
    day: int
    kind: str
    x_m: float
    y_m: float
    killed: int
    injured: int
    category: str
    area_id: str | None


@dataclass(frozen=True, slots=True)
class RubbleLot:
    """Rubble of destroyed buildings in one block, waiting for a permit to be cleared away."""

    lot_id: str
    name: Name
    day: int
    shape: Polygon
    volume_m3: int
    building_ids: tuple[str, ...]


Happening = tuple[str, Step | PlannedProject | PlannedReport | PlannedAccident | RubbleLot]
"""The subject's id, and what happens to it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that happens in three years, as plain data."""

    areas: tuple[PlannedArea, ...]
    projects: tuple[PlannedProject, ...]
    reports: tuple[PlannedReport, ...]
    accidents: tuple[PlannedAccident, ...]
    rubble: tuple[RubbleLot, ...]

    def walk(self) -> Iterator[tuple[int, Happening]]:
        """Returns everything as (day, (subject id, happening)), in order of days.

        Within one day evidence and acts keep the order of their area. A report's answer
        is not a happening of its own: see ``PlannedReport.answered_day``.
        """
        happenings: list[tuple[int, Happening]] = [
            (step.day, (area.area_id, step)) for area in self.areas for step in area.steps
        ]
        happenings += [(one.day, (one.report_id, one)) for one in self.reports]
        happenings += [(one.day, (one.accident_id, one)) for one in self.accidents]
        happenings += [(one.day, (one.lot_id, one)) for one in self.rubble]
        happenings += [(one.registered_day, (one.project_id, one)) for one in self.projects]
        yield from sorted(happenings, key=lambda happening: happening[0])
