"""The shapes of what is judged to be left, at this door."""

from __future__ import annotations

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
