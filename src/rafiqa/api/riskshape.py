"""The shapes of how likely contamination is: the map's figures, one place, and what would turn it.

Probabilities are between 0 and 1; they order survey and work, and lower no ground.
"""

from __future__ import annotations

from typing import Any, Literal

from rafiqa.api.shape import Shape


class Class(Shape, frozen=True):
    """One class of the picture: from where it begins, its colour, and how many cells it has."""

    at_least: float
    colour: str
    cells: int


class Turn(Shape, frozen=True):
    """What one more word would make of a place's probability."""

    kind: str
    speaks: Literal["for", "against"]
    p_contaminated: float
    text: str


class RiskPlace(Shape, frozen=True):
    """One place: its probability with its 90 % interval, every term of its sum, and turns."""

    p: float | None
    low: float | None
    high: float | None
    prior_only: bool | None
    text: str
    terms: list[dict[str, Any]]
    turns: list[Turn]


class Risk(Shape, frozen=True):
    """The map's figures; ``corners`` are those of the picture, from the north-west, clockwise."""

    cells: int
    mean_p: float | None
    cell_m: int
    range_m: float
    prior_only_cells: int
    sayings: int
    counted: int
    structures: list[dict[str, Any]]
    buildings: dict[str, Any]
    calibration: dict[str, Any]
    limits: str
    summary: str
    corners: list[tuple[float, float]]
    classes: dict[str, list[Class]]
    place: RiskPlace | None
