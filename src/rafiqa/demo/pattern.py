"""Patterns of building: the measures from which the blocks of a new-town quarter are made."""

from __future__ import annotations

from dataclasses import dataclass

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Pattern:
    """The measures of one way to build a quarter; spans are (least, most), in metres.

    Attributes:
        kind: the quarter's kind.
        building: the usual kind of building.
        block_m: length of a block along the street.
        block_depth_m: depth of a block with its two rows of buildings.
        lot_m: usual width of a lot.
        gap_m: between neighbours in a row; never nought, so that walls do not touch.
        depth_m: of the buildings.
        setback_m: from the street.
        storeys: least and most.
        slab_share: share of blocks built as free-standing slabs instead of rows.
    """

    kind: str
    building: str
    block_m: Span
    block_depth_m: Span
    lot_m: float
    gap_m: Span
    depth_m: Span
    setback_m: Span
    storeys: tuple[int, int]
    slab_share: float = 0.0


PATTERNS = {
    "row_houses": Pattern(
        "row_houses", "house", (72, 100), (34, 40), 9.5, (0.1, 0.9), (9, 13), (0.3, 2.5), (1, 4)
    ),
    "houses": Pattern(
        "houses", "house", (70, 96), (36, 44), 11.5, (1.4, 3.2), (9, 14), (1.0, 4.0), (1, 3)
    ),
    "apartments": Pattern(
        "apartments", "apartment", (80, 120), (50, 62), 21, (0.3, 6), (12, 15), (2, 4), (4, 8), 0.4
    ),
    "villas": Pattern("villas", "house", (90, 120), (48, 58), 19, (5, 9), (11, 16), (4, 7), (1, 2)),
    "industrial": Pattern(
        "industrial", "warehouse", (84, 140), (58, 76), 34, (5, 12), (18, 27), (3, 6), (1, 2)
    ),
}
"""Patterns by quarter kind. Old-town and village quarters are split instead (``oldtown``)."""

STREET_GAP_M = 9.0
"""Between two blocks of a grid, in metres."""
