"""A filter asked of some features finds of them what it finds when all are asked, or is refused
alike; and the quick ways to look at a column of texts find what looking at each text finds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from rafiqa.errors import InvalidInput
from rafiqa.wire.cql2mask import matching
from rafiqa.wire.featurecolumn import FOREVER_US, FeatureColumn, Times
from rafiqa.wire.featurecrs import CRS84
from rafiqa.wire.featureset import FeatureSet

COUNT = 30
QUICK = settings(max_examples=300, deadline=None)


def _features() -> FeatureSet:
    draws = np.random.default_rng(11)

    def some(values: list[Any]) -> list[Any]:
        return [values[at] for at in draws.integers(0, len(values), COUNT)]

    ids = [f"f{row:02d}" for row in range(COUNT)]
    corners = draws.uniform(38.9, 39.1, (COUNT, 2))
    shapes = np.array([shapely.box(x, y, x + 0.02, y + 0.02) for x, y in corners], dtype=object)
    shapes[[3, 17]] = None
    columns = [
        FeatureColumn("id", "text", ids),
        FeatureColumn("kind", "text", some(["school", "house", "House", "öl", None])),
        # Nearly every text of it once: a few rows use few of them.
        FeatureColumn("name", "text", [None, *(f"Mill {row // 2}" for row in range(1, COUNT))]),
        FeatureColumn("storeys", "integer", some([None, 0, 1, 7])),
        FeatureColumn("area_m2", "decimal", some([None, 1.5, 7.0])),
        FeatureColumn("open", "boolean", some([None, True, False])),
        FeatureColumn("on", "date", some([None, "2026-01-01", "2026-02-10"])),
    ]
    zeros = np.zeros(COUNT, dtype=np.int64)
    times = Times(zeros, zeros + FOREVER_US, np.ones(COUNT, dtype=np.bool_))
    return FeatureSet(ids, shapes, columns, times)


FEATURES = _features()
names = st.sampled_from([{"property": each} for each in (*FEATURES.columns, "geometry", "hidden")])
literals = st.one_of(
    st.sampled_from(["school", "House", "Mill 3", "Mill 99", "öl", "f07", "M%", "%l_3", ""]),
    st.sampled_from([0, 1, 7, 1.5, True, False]),
    st.sampled_from([{"date": "2026-01-01"}, {"interval": ["..", "2026-01-31"]}]),
    st.just({"type": "Point", "coordinates": [39.0, 39.0]}),
    st.builds(
        lambda x, y: {"bbox": [x, y, x + 0.08, y + 0.08]}, st.floats(38.8, 39), st.floats(38.8, 39)
    ),
)
changed = st.builds(
    lambda name, one: {"op": name, "args": [one]}, st.sampled_from(["casei", "accenti"]), names
)
operands = st.one_of(names, names, changed, literals)
compared = st.builds(
    lambda name, args: {"op": name, "args": args},
    st.sampled_from(
        [*("=", "=", "<>", "<", ">=", "like", "t_before", "t_during"), "s_intersects", "s_disjoint"]
    ),
    st.lists(operands, min_size=2, max_size=2),
)
listed = st.builds(
    lambda one, many: {"op": "in", "args": [one, many]},
    operands,
    st.lists(literals, min_size=1, max_size=3),
)
between = st.builds(
    lambda args: {"op": "between", "args": args}, st.lists(operands, min_size=3, max_size=3)
)
missing = st.builds(lambda one: {"op": "isNull", "args": [one]}, operands)
conditions = st.one_of(compared, compared, listed, between, missing, names, st.booleans())
trees = st.recursive(
    conditions,
    lambda inner: st.one_of(
        st.builds(
            lambda op, args: {"op": op, "args": args},
            st.sampled_from(["and", "or"]),
            st.lists(inner, min_size=1, max_size=3),
        ),
        st.builds(lambda one: {"op": "not", "args": [one]}, inner),
    ),
    max_leaves=5,
)


def _answer(tree: Any, rows: np.ndarray | None) -> Any:
    try:
        return matching(tree, FEATURES, CRS84, rows)
    except InvalidInput as error:
        return [(each.code, each.params) for each in error.faults]


@QUICK
@given(trees, st.lists(st.integers(0, COUNT - 1), max_size=12))
def test_some_features_are_asked_as_all_are(tree: Any, some: list[int]) -> None:
    rows = np.array(some, dtype=np.int64)
    whole, part = _answer(tree, None), _answer(tree, rows)
    if isinstance(whole, list):
        assert part == whole
    else:
        assert part.shape == rows.shape
        assert part.tolist() == whole[rows].tolist()


@QUICK
@given(
    st.sampled_from(["id", "kind", "name"]),
    st.sampled_from(["school", "Mill 3", "Mill 99", "f07", "House", "none"]),
    st.lists(st.integers(0, COUNT - 1), max_size=12),
)
def test_texts_are_found_as_each_is_looked_at(name: str, text: str, some: list[int]) -> None:
    rows = np.array(some, dtype=np.int64)
    own = [FEATURES.columns[name].values[row] for row in some]
    texts = FEATURES.columns[name].texts.at(rows)
    assert texts.being(text).tolist() == [each == text for each in own]
    below = [each is not None and each < text for each in own]
    assert texts.where(lambda each: each < text).tolist() == below
    bare = [each is not None and each.casefold() == text.casefold() for each in own]
    assert texts.mapped(str.casefold).being(text.casefold()).tolist() == bare
    assert texts.known.tolist() == [each is not None for each in own]


@pytest.mark.parametrize("name", ["kind", "storeys", "open", "on", "geometry"])
def test_of_no_features_nothing_is_found(name: str) -> None:
    tree = {"op": "isNull", "args": [{"property": name}]}
    assert _answer(tree, np.zeros(0, dtype=np.int64)).tolist() == []
