"""The schedule of one area: declared, decided, ordered, worked, inspected, released."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import shapely
from numpy.random import Generator
from shapely import Polygon

from rafiqa.demo.name import Name
from rafiqa.demo.plan import (
    DAYS,
    Accepted,
    Decided,
    Declared,
    Fate,
    HazardClass,
    HiddenItem,
    Inspected,
    Ordered,
    PartOutcome,
    PlannedEvidence,
    PlannedPart,
    Proposed,
    Rejected,
    Reopened,
    Step,
    Worked,
)
from rafiqa.demo.testimony import contrary_evidence

OPERATORS = ("op-heron", "op-kestrel", "op-stork")
"""Organisations that do the work."""

REOPENING_DAY = 900
"""The day on which the ground under the project ``demo-school`` is reopened."""

_PAVED_SHARE = 0.3
_METHODS = {
    "front_line": "manual",
    "old_town": "building_search",
    "ruined": "rubble_sift",
    "farmland": "mechanical",
    "cluster_strike": "bac_subsurface",
    "checkpoint": "manual",
    "river_bank": "manual",
    "school_yard": "bac_subsurface",
    "air_strike": "bac_subsurface",
}
DEPTHS_CM = {
    "front_line": 20,
    "old_town": 15,
    "ruined": 60,
    "farmland": 30,
    "cluster_strike": 50,
    "checkpoint": 30,
    "river_bank": 25,
    "school_yard": 50,
    "air_strike": 300,
}
"""Depth to which work is ordered, by kind of area, in cm."""


@dataclass(slots=True)
class Diary:
    """The steps of one area as they are being written, with the day they have reached."""

    rng: Generator
    area_id: str
    kind: str
    shape: Polygon
    parts: tuple[PlannedPart, ...]
    hidden: tuple[HiddenItem, ...]
    evidence: list[PlannedEvidence]
    day: int = 0
    steps: list[Step] = field(default_factory=list)
    works: int = 0

    @property
    def task_id(self) -> str:
        """The id of the area's task."""
        return f"{self.area_id}-t1"

    @property
    def operator(self) -> str:
        """The organisation that works on this area."""
        return OPERATORS[int(self.area_id[1:]) % len(OPERATORS)]

    @property
    def depth_cm(self) -> int:
        """The depth that the task orders."""
        return DEPTHS_CM[self.kind]

    def later(self, least: int, most: int) -> int:
        """Returns the day some days after the last one, and moves on to it."""
        self.day += int(self.rng.integers(least, most + 1))
        return self.day

    def items_in(self, part: PlannedPart, depth_cm: int | None = None) -> list[HiddenItem]:
        """Returns the items in a part, down to a depth if one is given."""
        return [
            item
            for item in self.hidden
            if (depth_cm is None or item.depth_cm <= depth_cm)
            and shapely.intersects_xy(part.shape, item.x_m, item.y_m)
        ]


def write_schedule(diary: Diary, fate: Fate) -> tuple[Step, ...]:
    """Returns all steps of an area within the three years, ordered by day."""
    _declare(diary)
    if fate == "cancelled":
        _cancel(diary)
    elif fate != "never_worked":
        _order(diary)
        _work(diary, fate)
    kept = _within(diary.steps)
    return tuple(sorted(kept, key=lambda step: step.day))


def _declare(diary: Diary) -> None:
    """Writes the evidence, the declaration and the decision on the class."""
    evidence = diary.evidence
    diary.steps.extend(evidence)
    known = [item for item in evidence if item.day <= evidence[0].day + 25]
    first: HazardClass = "cha" if any(item.direct for item in known) else "sha"
    diary.day = max(item.day for item in known)
    ids = tuple(item.evidence_id for item in known)
    diary.steps.append(Declared(diary.later(1, 12), first, ids))
    diary.day = max(diary.day, *(item.day for item in evidence))
    class_: HazardClass = "cha" if any(item.direct for item in evidence) else "sha"
    reason = {
        "cha": Name("Direct evidence on the ground", "دليل مباشر على الأرض"),
        "sha": Name("Indirect evidence only", "أدلة غير مباشرة فقط"),
    }[class_]
    ids = tuple(item.evidence_id for item in evidence)
    diary.steps.append(Decided(diary.later(2, 15), class_, ids, reason))


def _cancel(diary: Diary) -> None:
    """Writes the survey that finds no evidence, and the release of the whole as cancelled."""
    number = len(diary.evidence) + 1
    contrary = contrary_evidence(diary.area_id, number, diary.shape, diary.later(40, 160))
    diary.steps.append(contrary)
    diary.steps.append(Ordered(diary.later(2, 10), diary.task_id, diary.operator, ("nts",), None))
    answered = tuple(item.evidence_id for item in diary.evidence)
    outcomes = tuple(
        PartOutcome(part.part_id, "cancelled", "nts", evidence_answered=answered)
        for part in diary.parts
    )
    _report(diary, outcomes, ())
    _release(diary, outcomes)


def _order(diary: Diary) -> None:
    method = _METHODS[diary.kind]
    methods = ("ts_targeted", method)
    diary.steps.append(
        Ordered(diary.later(25, 150), diary.task_id, diary.operator, methods, diary.depth_cm)
    )


def _work(diary: Diary, fate: Fate) -> None:
    """Writes reports part group by part group, with inspection and release of each."""
    if fate == "tasked":
        return
    groups = _groups(diary, fate)
    for index, group in enumerate(groups):
        outcomes = tuple(_outcome(diary, part, fate) for part in group)
        found = _found(diary, group, outcomes)
        _report(diary, outcomes, found)
        if fate == "rework" and index == 0:
            _fail(diary, outcomes)
            _report(diary, outcomes, ())
        _release(diary, outcomes, rejected_first=fate == "cleared" and diary.rng.random() < 0.1)


def _groups(diary: Diary, fate: Fate) -> list[tuple[PlannedPart, ...]]:
    """Returns the parts in the groups that are reported together; "partial" leaves some."""
    parts = diary.parts
    if len(parts) < 2 or fate == "reopened":
        return [parts]
    middle = (len(parts) + 1) // 2
    groups = [parts[low:high] for low, high in pairwise((0, middle, len(parts)))]
    return groups[:1] if fate == "partial" else groups


def _outcome(diary: Diary, part: PlannedPart, fate: Fate) -> PartOutcome:
    """Returns what is reported of a part: not cleared, reduced, or cleared to a depth."""
    if part.kind != "street":
        return PartOutcome(part.part_id, "not_cleared", _METHODS[diary.kind], reason=part.kind)
    if fate == "reduced" and not diary.items_in(part):
        answered = tuple(item.evidence_id for item in diary.evidence)
        return PartOutcome(part.part_id, "reduced", "ts_systematic", evidence_answered=answered)
    paved = diary.kind == "checkpoint" and diary.rng.random() < _PAVED_SHARE
    return PartOutcome(
        part.part_id,
        "cleared",
        _METHODS[diary.kind],
        depth_cm=diary.depth_cm,
        surface="asphalt" if paved else "soil",
    )


def _found(
    diary: Diary, group: tuple[PlannedPart, ...], outcomes: tuple[PartOutcome, ...]
) -> tuple[str, ...]:
    """Returns the items found in the cleared parts of a group, no deeper than was worked."""
    pairs = zip(group, outcomes, strict=True)
    cleared = [part for part, outcome in pairs if outcome.outcome == "cleared"]
    ids = {item.item_id for part in cleared for item in diary.items_in(part, diary.depth_cm)}
    return tuple(sorted(ids - {missed_item_id(diary.area_id)}))


def missed_item_id(area_id: str) -> str:
    """Returns the id of the item that clearance of the reopened area misses."""
    return f"{area_id}-missed"


def _report(diary: Diary, outcomes: tuple[PartOutcome, ...], found: tuple[str, ...]) -> None:
    diary.works += 1
    work_id = f"{diary.area_id}-w{diary.works}"
    day = diary.later(8, 45)
    diary.steps.append(Worked(day, work_id, diary.task_id, diary.operator, outcomes, found))


def _inspect(diary: Diary, *, passed: bool, part_id: str | None = None) -> None:
    share = int(diary.rng.integers(8, 21))
    note = Name("Signal left in a sampled lane", "إشارة متروكة في ممر من العينة")
    diary.steps.append(
        Inspected(
            diary.later(2, 14),
            f"{diary.area_id}-q{diary.works}",
            f"{diary.area_id}-w{diary.works}",
            passed,
            share,
            None if passed else "critical",
            part_id,
            None if passed else note,
        )
    )


def _fail(diary: Diary, outcomes: tuple[PartOutcome, ...]) -> None:
    """Writes a failed inspection; the operator works the same parts again."""
    _inspect(diary, passed=False, part_id=outcomes[0].part_id)


def _release(
    diary: Diary, outcomes: tuple[PartOutcome, ...], *, rejected_first: bool = False
) -> None:
    """Writes a passed inspection, the proposal and its acceptance."""
    _inspect(diary, passed=True)
    ids = tuple(one.part_id for one in outcomes if one.outcome != "not_cleared")
    work_id = f"{diary.area_id}-w{diary.works}"
    if not ids:
        return
    release_id = f"{diary.area_id}-r{diary.works}"
    if rejected_first:
        note = Name("The plan of the parts was missing", "مخطط الأجزاء ناقص")
        diary.steps.append(Proposed(diary.later(2, 9), f"{release_id}a", work_id, ids))
        diary.steps.append(Rejected(diary.later(1, 6), f"{release_id}a", note))
    diary.steps.append(Proposed(diary.later(2, 9), release_id, work_id, ids))
    diary.steps.append(Accepted(diary.later(1, 14), release_id))


def reopening(diary_id: str, item: HiddenItem, shape: Polygon) -> Reopened:
    """Returns the reopening of released land after a find by the builders."""
    note = Name(
        "Builders found an item while digging; work stopped",
        "عثر البناؤون على جسم أثناء الحفر؛ توقف العمل",
    )
    return Reopened(
        REOPENING_DAY, f"{diary_id}-o1", shape, "missed_item", "cha", item.item_id, note
    )


def _within(steps: list[Step]) -> list[Step]:
    """Returns the steps that fall within the three years."""
    return [step for step in steps if step.day < DAYS]
