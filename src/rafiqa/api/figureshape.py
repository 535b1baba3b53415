"""The shapes of figures at this door: the account, what is asked beside it, and where it is from.

Areas are m²; ``half_mm2`` are the same figures in half square millimetres, as exact integers.
"""

from __future__ import annotations

from typing import Any, Literal

from msgspec import field

from rafiqa.api.shape import Shape


class Position(Shape, frozen=True):
    """A place in the ledger: entries 1 to ``entries``, which the hash ``root`` stands for."""

    entries: int
    root: str


class Statement(Shape, frozen=True):
    """Where figures come from: source, as-of, method, boundary, and the place in the ledger."""

    source: str
    from_: str = field(name="from")
    valid_at: str
    known_at: str
    method: str
    boundary: str
    ledger: Position


class ClassAccount(Shape, frozen=True):
    """The account of one class: opening, every flow, closing; m²."""

    opening_m2: float
    new_m2: float
    cancelled_m2: float
    reduced_m2: float
    cleared_m2: float
    reopened_m2: float
    reclassified_m2: float
    corrected_m2: float
    closing_m2: float


class Indication(Shape, frozen=True):
    """Ground that is only indicated: beside the account, in no class."""

    opening_m2: float
    closing_m2: float


class Row(Shape, frozen=True):
    """The account of one operator, donor or area; null is ground that has none."""

    id: str | None
    classes: dict[str, ClassAccount]
    released_standing_m2: dict[str, float]
    balance_error_m2: float
    statement: Statement


class OutputRow(Shape, frozen=True):
    """What one organisation lowered: by the date of decision, and by that of field work."""

    heading: Literal["output", "rework"]
    organisation: str | None
    donor: str | None
    method: str | None
    outcome: str
    transferred: bool
    decided_m2: float
    worked_m2: float
    work_undated_m2: float
    after_failed_m2: float
    decided_between: list[str] | None
    worked_between: list[str] | None


class ItemsRow(Shape, frozen=True):
    """What was found, in items."""

    organisation: str
    donor: str | None
    method: str | None
    items: int
    spot_tasks: int


class Output(Shape, frozen=True):
    """What was done in the period; rework is no output."""

    output_m2: float
    rework_m2: float
    rows: list[OutputRow]
    items: list[ItemsRow]


class Size(Shape, frozen=True):
    """One size as stated beside the size as computed."""

    id: str
    reported_m2: float
    computed_m2: float
    difference_m2: float
    source: str | None
    entry_id: str


class SizeTotal(Shape, frozen=True):
    """Sizes in total; what states none is in neither sum."""

    stated: int
    reported_m2: float
    computed_m2: float
    difference_m2: float
    unstated: int
    unstated_m2: float


class Sizes(Shape, frozen=True):
    """Sizes as stated beside sizes as computed."""

    areas: list[Size]
    parts: list[Size]
    totals: dict[str, SizeTotal]


class Said(Shape, frozen=True):
    """What one source says."""

    source: str
    subject: str
    value: str
    entry_id: str
    valid_at: str


class Disagreement(Shape, frozen=True):
    """Where sources differ; none is averaged."""

    topic: str
    subjects: list[str]
    area_m2: float
    said: list[Said]


class Indicator(Shape, frozen=True):
    """One indicator with what it is made of; without a value it says why."""

    indicator: str
    of: str | None
    value: float | None
    unit: str
    inputs: dict[str, float]
    reason: dict[str, Any] | None
    statement: Statement


class ChangedBy(Shape, frozen=True):
    """A fact that changed figures; which record it is, only for those who may see it."""

    entry_id: str | None
    kind: str
    title: str
    subject: str | None
    recorded_at: str
    valid_at: str


class Change(ChangedBy, frozen=True):
    """What one fact changed by itself."""

    area_m2: dict[str, dict[str, float]]
    half_mm2: dict[str, dict[str, int]]


class Together(Shape, frozen=True):
    """What several facts changed only with one another."""

    facts: list[ChangedBy]
    area_m2: dict[str, dict[str, float]]
    half_mm2: dict[str, dict[str, int]]


class Difference(Shape, frozen=True):
    """What changed between two knowings, and which facts did it; the parts add up to it."""

    classes: dict[str, dict[str, float]]
    half_mm2: dict[str, dict[str, int]]
    facts: list[Change]
    together: list[Together]
    earlier: Statement
    statement: Statement


class FloorFigure(Shape, frozen=True):
    """All floor in one state: m² of the units whose size is known, and how many units."""

    floor_m2: float
    units: int
    unmeasured: int


class UnitFloor(Shape, frozen=True):
    """The floor of one unit: its state, its m², and whether that is stated or the footprint."""

    structure: str
    unit: str
    kind: str
    state: Literal["hazard", "cancelled", "reduced", "cleared"]
    floor_m2: float | None
    basis: Literal["stated", "footprint", "none"]


class Floor(Shape, frozen=True):
    """Floor area in structures; no part of the land account."""

    states: dict[str, FloorFigure]
    units: list[UnitFloor]
    as_of: str
    method: str


class Account(Shape, frozen=True):
    """The land account of a period, with where every figure comes from."""

    classes: dict[str, ClassAccount]
    released_standing_m2: dict[str, float]
    balance_error_m2: float
    floor: Floor
    from_: str = field(name="from")
    to: str
    known_at: str
    as_of: str
    source: str
    method: str
    boundary: str
    statement: Statement
    indication: Indication
    operator: str | None
    donor: str | None
    withheld: list[str]
    area_definition: str
    geodesic_closing_m2: dict[str, float]
    rounding_m2: dict[str, float]
    slivers: int
    slivers_m2: float
    unproven: int
    unproven_m2: float
    in_doubt_m2: float
    by: list[Row] | None = None
    output: Output | None = None
    reported: Sizes | None = None
    disagreements: list[Disagreement] | None = None
    indicators: list[Indicator] | None = None
    difference: Difference | None = None


class Feeling(Shape, frozen=True):
    """How residents feel in an area, in thirds; null where fewer than five answered."""

    area_id: str
    asked_least: int | None
    at_ease: Literal["few", "mixed", "most"] | None
    hazard_m2: float


class Quarter(Shape, frozen=True):
    """The figures of one quarter, as true at its end."""

    quarter: str
    valid_at: str
    hazard_m2: dict[str, float]
    flows_m2: dict[str, float]
    projects: dict[str, int]
    permits: dict[str, int]
    buildings: dict[str, int]
    services: dict[str, dict[str, int]]
    rubble: dict[str, int]
    lifted_m3: float
    feelings: list[Feeling]


class FollowUp(Shape, frozen=True):
    """Quarter by quarter what came of it, and where the figures come from."""

    statement: Statement
    quarters: list[Quarter]
