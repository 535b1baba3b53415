"""Two epochs matched by ground alone: what is certain, what is asked, and how often it is right."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.recovery import Candidate, Matching, match


def house(x_m: float, y_m: float, wide_m: float = 10, deep_m: float = 8) -> BaseGeometry:
    west, south, east, north = (1_000 * each for each in (x_m, y_m, x_m + wide_m, y_m + deep_m))
    return shapely.box(west, south, east, north)


def layer(*shapes: BaseGeometry) -> np.ndarray:
    return np.array(shapes, dtype=object)


def told(items: tuple[Candidate, ...]) -> list[tuple[object, ...]]:
    return [(item.old_rows, item.new_rows, item.kind, *item.doubts) for item in items]


def test_what_overlaps_by_half_and_has_no_rival_is_the_same() -> None:
    old = layer(house(0, 0), house(20, 0), house(40, 0))
    new = layer(house(21, 0), house(0, 0), house(80, 0))
    found = match(old, new)
    assert told(found.sure) == [((0,), (1,), "same"), ((1,), (0,), "same")]
    assert (found.doubtful, found.gone, found.new) == ((), (2,), (2,))
    assert [item.iou_permille for item in found.sure] == [1000, 818]


def test_a_part_in_common_is_asked_about() -> None:
    found = match(layer(house(0, 0)), layer(house(6, 0)))
    assert found.sure == ()
    assert told(found.doubtful) == [((0,), (0,), "same", "partial")]
    assert (found.gone, found.new) == ((), ())


def test_the_same_outline_drawn_twice_is_asked_about() -> None:
    found = match(layer(house(0, 0)), layer(house(0, 0), house(0, 0)))
    assert found.sure == ()
    assert told(found.doubtful) == [
        ((0,), (0,), "same", "rival"),
        ((0,), (1,), "same", "rival"),
    ]


def test_a_building_drawn_in_two_was_split_and_two_in_one_merged() -> None:
    whole = house(0, 0, 20)
    halves = layer(house(0, 0, 12), house(12, 0, 8))
    assert told(match(layer(whole), halves).sure) == [((0,), (0, 1), "split")]
    assert told(match(halves, layer(whole)).sure) == [((0, 1), (0,), "merged")]


def test_pieces_that_do_not_fill_the_whole_are_asked_about() -> None:
    found = match(layer(house(0, 0, 40)), layer(house(0, 0, 8), house(30, 0, 8)))
    assert told(found.doubtful) == [((0,), (0, 1), "split", "pieces")]


def test_like_outlines_apart_may_be_one_that_moved() -> None:
    row = [house(x, 0) for x in range(0, 400, 20)]
    far = house(300, 300, 11, 7)
    found = match(layer(*row, far), layer(*row, house(309, 300, 11, 7.2)))
    assert len(found.sure) == 20
    assert told(found.doubtful) == [((20,), (20,), "same", "moved")]


def test_a_common_shift_is_found_and_told() -> None:
    rng = np.random.default_rng(3)
    old, _ = city(rng, 300)
    new = np.array([shapely.affinity.translate(each, 7_000, -4_000) for each in old], dtype=object)
    found = match(old, new)
    assert found.shift_mm == (7_000, -4_000)
    assert told(found.sure) == [((row,), (row,), "same") for row in range(300)]


def test_nothing_matches_nothing() -> None:
    none = np.zeros(0, dtype=object)
    assert match(none, layer(house(0, 0))).new == (0,)
    assert match(layer(house(0, 0)), none).gone == (0,)


# --- how often it is right


def city(rng: np.random.Generator, n: int) -> tuple[np.ndarray, int]:
    """Buildings of many sizes, each turned its own way, on a loose net of 25 m."""
    side = int(np.ceil(np.sqrt(n)))
    shapes = []
    for row in range(n):
        x_m, y_m = 25 * (row % side) + rng.uniform(0, 5), 25 * (row // side) + rng.uniform(0, 5)
        box = house(x_m, y_m, rng.uniform(7, 15), rng.uniform(6, 13))
        shapes.append(shapely.affinity.rotate(box, rng.uniform(0, 90)))
    return np.array(shapes, dtype=object), side


def redrawn(
    rng: np.random.Generator, old: np.ndarray, noise_mm: float, shift_mm: float
) -> tuple[np.ndarray, dict[int, int], set[int], int]:
    """The city drawn anew: corners off, a tenth gone, a tenth new, some split; and the truth."""
    fate = rng.permutation(len(old))
    n_gone, n_split = len(old) // 10, len(old) // 25
    gone, split = set(fate[:n_gone].tolist()), set(fate[n_gone : n_gone + n_split].tolist())
    shapes: list[BaseGeometry] = []
    same: dict[int, int] = {}
    for row, shape in enumerate(old):
        if row in gone:
            continue
        corners = shapely.get_coordinates(shape)[:-1]
        if row in split:
            middle = [(corners[0] + corners[1]) / 2, (corners[2] + corners[3]) / 2]
            shapes.append(shapely.Polygon([corners[0], middle[0], middle[1], corners[3]]))
            shapes.append(shapely.Polygon([middle[0], corners[1], corners[2], middle[1]]))
            continue
        same[row] = len(shapes)
        shapes.append(shapely.Polygon(corners + rng.normal(0, noise_mm, corners.shape)))
    extra, _ = city(rng, n_gone)
    shapes += [shapely.affinity.translate(each, 2_000_000, 0) for each in extra]
    moved = [shapely.affinity.translate(each, shift_mm, shift_mm / 2) for each in shapes]
    return np.array(moved, dtype=object), same, split, len(extra)


def measured(found: Matching, same: dict[int, int]) -> tuple[float, float]:
    """Precision and recall of the pairs that were matched without asking."""
    pairs = {(item.old_rows[0], item.new_rows[0]) for item in found.sure if item.kind == "same"}
    right = len(pairs & set(same.items()))
    return right / max(1, len(pairs)), right / len(same)


@pytest.mark.parametrize(
    ("noise_mm", "shift_mm", "least_recall"),
    [(200, 0, 0.99), (600, 0, 0.99), (300, 3_000, 0.99), (500, 8_000, 0.97)],
)
def test_a_city_drawn_anew_is_matched_as_it_is(
    noise_mm: float, shift_mm: float, least_recall: float
) -> None:
    rng = np.random.default_rng(round(noise_mm + shift_mm))
    old, _ = city(rng, 1_000)
    new, same, split, n_extra = redrawn(rng, old, noise_mm, shift_mm)
    found = match(old, new)
    precision, recall = measured(found, same)
    assert precision >= 0.999
    assert recall >= least_recall
    found_split = {item.old_rows[0] for item in found.sure if item.kind == "split"}
    assert len(found_split & split) >= 0.9 * len(split)
    assert found_split <= split
    assert len(found.new) >= 0.95 * n_extra
