"""The shapes of what is judged at this door: what is left, and what to visit next."""

from __future__ import annotations

from typing import Literal

from rafiqa.api.accessshape import Told
from rafiqa.api.shape import Shape


class AsStated(Shape, frozen=True):
    """What would be left if the chance to find were just what is believed."""

    expected: float
    upper: int
    p_none: float


class Left(Shape, frozen=True):
    """Items left: expected, a bound kept with the confidence, and the chance of none."""

    expected: float
    upper: int
    confidence: float
    p_none: float
    as_stated: AsStated
    expected_deeper: float


class PartLeft(Shape, frozen=True):
    """One part that was reported as cleared; no figures where something needed is unknown."""

    part_id: str
    work_id: str
    area_m2: float
    depth_cm: int | None
    found: int | None
    released: bool
    in_doubt: bool
    left: Left | None
    reasons: list[Told]


class Detection(Shape, frozen=True):
    """What is believed of the search, and from how many blind seeds."""

    believed_mean: float
    seeds_laid: int
    seeds_found: int
    lowest_by_seeds: float


class DepthShare(Shape, frozen=True):
    """The share of items that lie in one layer of ground."""

    until_cm: int | None
    share: float


class Assumed(Shape, frozen=True):
    """What is on no record."""

    items_before: float | None
    common_cause: float
    allowance: float
    together: float
    confidence: float
    depth_shares: list[DepthShare]


class Residual(Shape, frozen=True):
    """What is judged to be left in the cleared ground of an area; it releases nothing."""

    area_id: str
    parts: list[PartLeft]
    total: Left | None
    reasons: list[Told]
    detection: Detection
    assumed: Assumed
    method: str


class NextVisit(Shape, frozen=True, rename={"class_": "class"}):
    """What to do next in one area with open ground, and why."""

    area_id: str
    class_: str
    choice: Literal["survey", "clear", "watch"]
    p_contaminated: float
    p_stated: bool
    hectares: float
    net_value_per_ha: float
    saves: float
    p_after_sign: float
    p_after_none: float
    survey_pays_from_p: float | None
    survey_pays_until_p: float | None
    holds: bool
    reasons: list[Told]


class VisitCosts(Shape, frozen=True):
    """Costs per hectare, in one unit, and how well a survey tells."""

    clear_per_ha: float
    survey_per_ha: float
    leave_per_ha: float
    sensitivity: float
    specificity: float


class NextVisits(Shape, frozen=True):
    """Every area with open ground, what saves most first; it orders visits and releases nothing."""

    areas: list[NextVisit]
    reasons: list[Told]
    costs: VisitCosts
    method: str
