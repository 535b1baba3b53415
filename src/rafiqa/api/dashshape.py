"""The shapes of the dashboards: each figure with where it comes from."""

from __future__ import annotations

from rafiqa.api.figureshape import Statement
from rafiqa.api.shape import Shape

Sizes = dict[str, float]


class ProgressQuarter(Shape, frozen=True):
    """The land account of one quarter, of all classes together and by class."""

    quarter: str
    until: str
    closing_m2: Sizes
    flows_m2: Sizes
    balance_error_m2: float


class ProgressTold(Shape, frozen=True):
    """The land account quarter by quarter, oldest first."""

    statement: Statement
    quarters: list[ProgressQuarter]


class QualityQuarterTold(Shape, frozen=True):
    """What was looked at in one quarter, what failed, and what was worked again."""

    quarter: str
    passed: int
    failed: int
    visits: int
    raised: dict[str, int]
    rework_m2: float


class WrongPassTold(Shape, frozen=True):
    """A look that passed ground on which something was left, and what showed it."""

    look_id: str
    work_id: str
    shown_by: str
    at: str


class QualityTold(Shape, frozen=True):
    """Quality, quarter by quarter and in all."""

    statement: Statement
    quarters: list[QualityQuarterTold]
    n_passed: int
    n_failed: int
    wrong: list[WrongPassTold]
    open_by_severity: dict[str, int]
    seeds_laid: int
    seeds_found: int


class WaitCase(Shape, frozen=True):
    """One case that waits still: what, and since when."""

    subject: str
    since: str


class CurvePoint(Shape, frozen=True):
    """After so many days, which share still waited."""

    days: int
    waiting: float


class WaitStep(Shape, frozen=True):
    """One step of the way of land: how long it takes, open cases counted and not.

    ``median_days`` and ``p90_days`` count open cases for as long as they have waited, and are null
    where that day has not come yet; ``over_…`` are of the finished cases alone, and too short.
    """

    step: str
    n_over: int
    n_open: int
    left_out: int
    median_days: int | None
    p90_days: int | None
    over_median_days: int | None
    over_p90_days: int | None
    longest_open_days: int | None
    longest: list[WaitCase]
    curve: list[CurvePoint]


class WaitsTold(Shape, frozen=True):
    """Waiting times along the way of land."""

    statement: Statement
    steps: list[WaitStep]


class DistrictTold(Shape, frozen=True):
    """One district; null is what nobody counted, or what no open area has."""

    district: str | None
    residents: float
    hazard_m2: float
    indication_m2: float
    released_m2: float
    in_doubt_m2: float
    per_resident_m2: float | None
    n_areas: int
    median_days: float | None
    longest_days: int | None


class EquityTold(Shape, frozen=True):
    """What each district bears, and how long it has waited; the districts add up to the account."""

    statement: Statement
    districts: list[DistrictTold]
    hazard_m2: float
