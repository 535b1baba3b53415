"""What a sample proves: the exact tables, and lots whose missed items lie in clusters."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from bench.interval import told
from bench.table import Table
from rafiqa.risk.acceptance import needed_share, needed_units, unit_proof

LOTS, QUICK_LOTS = 20_000, 20
SEED = 20_261_127
SIDE_M, QUADRAT_M, STRIP_M = 100, 2, 2
TOLERATED, DETECTION, CONFIDENCE = 10, 0.9, 0.95
SPREAD_M = 0.6
"""How far the items of a cluster lie from its middle: what one missed lane holds."""
TOLD = (0, 1, 2, 5, 10, 20, 50)
STUDY = {
    Fraction(1): (950, 777, 631, 393, 238, 132, 56),
    Fraction(9, 10): (None, 863, 702, 436, 264, 147, 62),
    Fraction(8, 10): (None, 971, 790, 491, 297, 165, 70),
}
VSP = ((1_000, 10, 258), (1_000, 50, 57), (10_000, 100, 294), (500, 50, 28))
_EXACT_NOTES = (
    "The fewest units to inspect, in whole numbers, at 95 %: of 1,000 units with 0, 1, 2, 5, 10,",
    "20 and 50 bad ones tolerated (detection 1.0, 0.9, 0.8), and of the compliance sampling of",
    "PNNL's Visual Sample Plan. `–`: not even all of them would do. `independent`: what the",
    "formula for items that lie apart gives for the same, rounded up.",
)
_EXACT_HEADER = ("plan", "ours", "published", "identical", "independent")
_CLUSTER_NOTES = (
    f"Lots of {SIDE_M} m by {SIDE_M} m with {TOLERATED + 1} missed items where {TOLERATED} are",
    f"tolerated, in clusters; a look finds an item with {DETECTION}, or, where `one cause`, all of",
    "a square or none. `passed`: bad lots that passed, with the 95 % interval; nominal 0.05.",
    f"Naive: strips of {STRIP_M} m and squares of {QUADRAT_M} m, as many as items that lie apart",
    "would take. Ours is told how many items lie in one square at most; `not told` is refused,",
    "whatever is drawn; its `passed` is of lots within what was told, and `crowded over` the share",
    "of lots that were not.",
)
_CLUSTER_HEADER = (
    "clusters of",
    "look",
    "way",
    "inspected",
    "passed (95 % interval)",
    "crowded over",
)


def measure(quick: bool) -> list[Table]:
    """Returns the tables of exact plans and of clustered lots."""
    n = QUICK_LOTS if quick else LOTS
    rows = [
        row for crowd in (1, 4, 11) for cause in (False, True) for row in _rows(crowd, cause, n)
    ]
    return [
        Table("Samples of whole units", _EXACT_NOTES, _EXACT_HEADER, list(_exact())),
        Table("Lots with clustered misses", _CLUSTER_NOTES, _CLUSTER_HEADER, rows),
    ]


def _exact() -> Iterator[tuple[str, ...]]:
    for detection, published in STUDY.items():
        for tolerated, given in zip(TOLD, published, strict=True):
            name = f"1,000 units, detection {float(detection)}, {tolerated} tolerated"
            yield _compared(name, 1_000, tolerated, detection, given)
    for n_units, n_bad, given in VSP:
        name = f"{n_units:,} units, {100 - 100 * n_bad // n_units} % good (VSP)"
        yield _compared(name, n_units, n_bad - 1, Fraction(1), given)


def _compared(
    name: str, n_units: int, tolerated: int, detection: Fraction, given: int | None
) -> tuple[str, ...]:
    ours = needed_units(n_units, tolerated, detection, Fraction(95, 100))
    share = needed_share(tolerated + 1, float(detection), CONFIDENCE)
    apart = None if share is None else math.ceil(share * n_units - 1e-9)
    same = "yes" if ours == given else "NO"
    return (
        name,
        *("–" if each is None else f"{each:,}" for each in (ours, given)),
        same,
        ("–" if apart is None else f"{apart:,}"),
    )


# --- clustered lots


@dataclass(frozen=True, slots=True)
class Lots:
    """Bad lots: the place of each missed item.

    Attributes:
        squares: ``(lots, items)`` number of the square that each item lies in.
        strips: ``(lots, items)`` number of the strip.
    """

    squares: npt.NDArray[np.int64]
    strips: npt.NDArray[np.int64]

    @property
    def n_squares(self) -> int:
        """Squares in a lot."""
        return (SIDE_M // QUADRAT_M) ** 2

    def within(self, most: int) -> npt.NDArray[np.bool_]:
        """Returns which lots have no more than so many items in any one square."""
        inside = np.sort(self.squares, axis=1)
        more = inside[:, most:] == inside[:, : max(inside.shape[1] - most, 0)]
        kept: npt.NDArray[np.bool_] = ~more.any(axis=1)
        return kept


def _lots(crowd: int, n: int) -> Lots:
    draws = np.random.default_rng(SEED + crowd)
    items = TOLERATED + 1
    cluster = np.arange(items) // crowd
    middles = draws.uniform(0, SIDE_M, (n, int(cluster[-1]) + 1, 2))
    spread = 0.0 if crowd == 1 else SPREAD_M
    places = middles[:, cluster] + draws.normal(0, 1, (n, items, 2)) * spread
    places = np.clip(places, 0, SIDE_M - 1e-9)
    columns, rows = (places // QUADRAT_M).astype(np.int64).transpose(2, 0, 1)
    strips = (places[:, :, 0] // STRIP_M).astype(np.int64)
    return Lots(columns * (SIDE_M // QUADRAT_M) + rows, strips)


def _passed(units: npt.NDArray[np.int64], n_units: int, n_inspected: int, *, cause: bool) -> int:
    """Returns how many lots pass: none of their items is found in the units drawn."""
    draws = np.random.default_rng(SEED)
    n, items = units.shape
    passed = 0
    for at in range(n):
        drawn = np.zeros(n_units, dtype=np.bool_)
        drawn[draws.choice(n_units, n_inspected, replace=False)] = True
        seen = draws.random(n_units)[units[at]] if cause else draws.random(items)
        passed += not (drawn[units[at]] & (seen < DETECTION)).any()
    return passed


def _rows(crowd: int, cause: bool, n: int) -> Iterator[tuple[str, ...]]:
    lots = _lots(crowd, n)
    share = needed_share(TOLERATED + 1, DETECTION, CONFIDENCE)
    assert share is not None  # noqa: S101 - ten of eleven may be left
    n_strips, n_squares = SIDE_M // STRIP_M, lots.n_squares
    look = "one cause" if cause else "each item"
    few = math.ceil(share * n_strips)
    yield _row(
        crowd,
        look,
        "strips, naive",
        few / n_strips,
        _passed(lots.strips, n_strips, few, cause=cause),
        n,
        "–",
    )
    some = math.ceil(share * n_squares)
    yield _row(
        crowd,
        look,
        "squares, naive",
        some / n_squares,
        _passed(lots.squares, n_squares, some, cause=cause),
        n,
        "–",
    )
    for most in (crowd, None):
        plan = unit_proof(
            n_squares,
            tolerated=TOLERATED,
            together=most,
            detection=Fraction(9, 10),
            confidence=Fraction(95, 100),
        )
        way = "ours, not told" if most is None else f"ours, told {most}"
        if not plan.reached:
            yield f"{crowd}", look, way, "–", "refused", "–"
            continue
        kept = lots.within(most or 0)
        passed = _passed(lots.squares[kept], n_squares, plan.n_inspected, cause=cause)
        over = f"{1 - kept.mean():.3f}"
        yield _row(crowd, look, way, plan.share, passed, int(kept.sum()), over)


def _row(
    crowd: int, look: str, way: str, share: float, passed: int, n: int, over: str
) -> tuple[str, ...]:
    return f"{crowd}", look, way, f"{share:.3f}", told(passed, n), over
