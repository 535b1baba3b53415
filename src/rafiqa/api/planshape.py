"""The shapes of plans at this door: what is asked with, and what comes back."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, field

from rafiqa.api.accessshape import Told
from rafiqa.api.shape import Shape


class PlanQuestion(Shape, frozen=True):
    """Teams, days and decisions, as the files of ``rafiqa plan`` have them."""

    teams: Annotated[list[Any], Meta(max_length=200)]
    days: Annotated[int, Meta(ge=1, le=7_300)]
    pins: Annotated[list[Any], Meta(max_length=10_000)] = field(default_factory=list)
    policy: dict[str, Any] = field(default_factory=dict)


class PlanRange(Shape, frozen=True):
    """A figure that is poorly known."""

    low: float
    mid: float
    high: float


class PlanContamination(Shape, frozen=True):
    """How likely an area holds ordnance, by what; it orders work and releases nothing."""

    basis: str
    p_contaminated: PlanRange
    contaminated_m2: PlanRange | None


class PlanTask(Shape, frozen=True):
    """One area, by whom and when, and why it stands there; both days are worked on."""

    area_id: str
    name: str | None
    rank: int
    start: str
    end: str
    team: str
    area_m2: float
    district: str | None
    reasons: list[Told]
    criteria: dict[str, float]
    contamination: PlanContamination


class PlanLeft(Shape, frozen=True):
    """An area in no task, and why not; it is hazard as before."""

    area_id: str
    reason: Told


class PlanOutcome(Shape, frozen=True):
    """What is averted within the days planned, and what would be borne."""

    averted: PlanRange
    borne: PlanRange
    casualties: PlanRange
    person_days: dict[str, int]
    done_m2: float


class PlanShift(Shape, frozen=True):
    """A weight that, changed, moves the first ten."""

    criterion: str
    factor: float
    out: list[str]
    into: list[str]


class PlanSensitivity(Shape, frozen=True):
    """The first ten, and those that stay whichever weight is changed."""

    first: list[str]
    steady: list[str]
    holds: bool
    tried: int
    shifts: list[PlanShift]


class PlanShare(Shape, frozen=True):
    """What a district bears, and what of it is averted."""

    district: str | None
    borne: float
    averted: float
    relieved: float


class PlanForecast(Shape, frozen=True):
    """When all, or a district, will be done: no promise."""

    district: str | None
    area_m2: float
    sites: int
    left: int
    planned: str | None
    done_by: dict[str, str | None]
    m2_per_day: float
    contaminated_m2: PlanRange | None
    mapped: int


class PlanChange(Shape, frozen=True):
    """What one change of the teams would do."""

    kind: str
    team: str | None
    averted: float
    days_sooner: int | None
    text: str


class PlanRobust(Shape, frozen=True):
    """What is averted where work and ground turn out otherwise, and by harm alone likewise."""

    averted: dict[str, float]
    harm_first: dict[str, float]
    no_less_share: float
    runs: int


class PlanWhatIf(Shape, frozen=True):
    """Another plan beside this one."""

    name: str
    text: str
    tasks: int
    last: str | None
    outcome: PlanOutcome
    worst_served: PlanShare | None


class Plan(Shape, frozen=True):
    """A plan: it orders work, and moves no land."""

    planned_on: str
    days: int
    tasks: list[PlanTask]
    left: list[PlanLeft]
    harm_averted: float
    bound: float | None
    gap: float | None
    outcome: PlanOutcome
    harm_first: PlanOutcome
    weights: dict[str, float]
    policy: dict[str, Any]
    pins: list[dict[str, Any]]
    sensitivity: PlanSensitivity
    districts: list[PlanShare]
    equity_floor_holds: bool | None
    forecasts: list[PlanForecast]
    changes: list[PlanChange]
    robust: PlanRobust | None
    what_ifs: list[PlanWhatIf]
    notes: list[Told]
    method: str
