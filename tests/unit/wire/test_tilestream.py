"""Features of one part each are written as those of any number of parts are, long ones too."""

from __future__ import annotations

from unittest.mock import patch

import mapbox_vector_tile
import numpy as np
import pytest
import shapely

from rafiqa.wire import tilestream
from rafiqa.wire.tile import Column, TileSource

ZXY = (14, 9_970, 6_450)


def _lonlat(units: np.ndarray) -> np.ndarray:
    """Degrees of units of the tile."""
    xy = (units / 4_096 + np.array(ZXY[1:])) / (1 << ZXY[0])
    lat = np.degrees(np.arctan(np.sinh((0.5 - xy[:, 1]) * 2 * np.pi)))
    return np.column_stack([(xy[:, 0] - 0.5) * 360, lat])


def _shapes(n_corners: int) -> list[shapely.Geometry]:
    draws = np.random.default_rng(3)
    points = [shapely.Point(*each) for each in _lonlat(draws.uniform(10, 4_000, (9, 2)))]
    line = shapely.LineString(_lonlat(draws.uniform(10, 4_000, (n_corners, 2))))
    square = shapely.Polygon(_lonlat(np.array([[5, 5], [5, 90], [90, 90], [90, 5]])))
    return [*points, line, square]


@pytest.mark.parametrize("n_corners", [2, 40, 9_000])
def test_one_part_each_is_written_as_any_number_is(n_corners: int) -> None:
    shapes = np.array(_shapes(n_corners), dtype=object)
    ids = [f"f{row}" for row in range(len(shapes))]
    columns = [Column.of("id", ids), Column.of("kind", ["a", None, "b"] * 3 + ["a", "b"])]
    made = TileSource.of(shapes).tile("some", columns, ZXY)
    with patch.object(tilestream, "_singly", return_value=None) as passed:
        assert TileSource.of(shapes).tile("some", columns, ZXY) == made
    assert passed.called
    read = mapbox_vector_tile.decode(made)["some"]["features"]
    assert sorted(each["properties"]["id"] for each in read) == sorted(ids)
    (line,) = [each["geometry"] for each in read if each["geometry"]["type"] == "LineString"]
    assert len(line["coordinates"]) >= 0.95 * n_corners
