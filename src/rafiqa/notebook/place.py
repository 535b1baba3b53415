"""Frames of places: what is known of points, with reasons that name no person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.geo import Spot
from rafiqa.land import PointAnswer, Reason
from rafiqa.notebook.frame import Dtype, column_of, places
from rafiqa.notebook.moment import Asked
from rafiqa.service import Office, ask_point
from rafiqa.wire.answer import point_json

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

Degrees = float | npt.ArrayLike
_POINT: Final[dict[str, Dtype]] = {
    "lon_deg": "number",
    "lat_deg": "number",
    "state": "text",
    "depth_cm": "integer",
    "reopened": "yes",
    "in_doubt": "yes",
    "headline": "text",
    "reasons": "texts",
    "area_ids": "texts",
    "part_ids": "texts",
}


def places_frame(
    office: Office, lon_deg: Degrees, lat_deg: Degrees, asked: Asked, lang: str
) -> GeoDataFrame:
    """Returns what is known of some places, one row each.

    Raises:
        InvalidInput: one of them is no longitude and latitude, or too far from the site.
    """
    lons, lats = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(told, dtype=np.float64)) for told in (lon_deg, lat_deg))
    )
    spots = [Spot.of(lon, lat) for lon, lat in zip(lons.tolist(), lats.tolist(), strict=True)]
    rows = list(_rows(office, spots, asked, lang))
    columns = {name: column_of(rows, name, dtype) for name, dtype in _POINT.items()}
    points = [shapely.Point(spot.lon_deg, spot.lat_deg) for spot in spots]
    return places(columns, points, asked.attrs(office))


def _rows(office: Office, spots: list[Spot], asked: Asked, lang: str) -> Iterator[dict[str, Any]]:
    for spot in spots:
        told = point_json(_without_persons(ask_point(office, spot, asked.as_of)), lang)
        yield {
            **told,
            "lon_deg": spot.lon_deg,
            "lat_deg": spot.lat_deg,
            "reasons": tuple(reason["text"] for reason in told["reasons"]),
            "area_ids": told["areas"],
            "part_ids": told["parts"],
        }


def _without_persons(answer: PointAnswer) -> PointAnswer:
    """Returns the answer as everybody is told who released: a frame is sent on as a file."""
    reasons = tuple(
        Reason(
            "api.point.released-by",
            {"organisation": reason.params.get("organisation", "")},
            reason.subjects,
        )
        if reason.code == "land.point.released-by"
        else reason
        for reason in answer.reasons
    )
    return replace(answer, reasons=reasons)
