"""Foreign reference systems: known ones are brought to lon/lat, others refused."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from rafiqa.geo.crs import crs_facts, crs_problem, crs_wkt, is_lonlat, to_lonlat_from

RD = "EPSG:28992"
# The church tower of Amersfoort, origin of the Dutch grid: 155000, 463000 (published).
AMERSFOORT = (5.387206, 52.155174)
PRJ_WITHOUT_DATUM = (
    'PROJCS["Double_Stereographic",GEOGCS["GCS_Bessel 1841",DATUM["D_unknown",'
    'SPHEROID["bessel",6377397.155,299.1528128]],PRIMEM["Greenwich",0],'
    'UNIT["Degree",0.017453292519943295]],PROJECTION["Double_Stereographic"],'
    'PARAMETER["latitude_of_origin",52.15616055555555],PARAMETER["central_meridian",'
    '5.38763888888889],PARAMETER["scale_factor",0.9999079],PARAMETER["false_easting",155000],'
    'PARAMETER["false_northing",463000],UNIT["Meter",1]]'
)


def test_the_dutch_grid_comes_to_its_published_place() -> None:
    moved = to_lonlat_from(RD, np.array([shapely.Point(155_000, 463_000), None], dtype=object))
    assert moved[0].x == pytest.approx(AMERSFOORT[0], abs=2e-5)
    assert moved[0].y == pytest.approx(AMERSFOORT[1], abs=2e-5)
    assert moved[1] is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (RD, None),
        ("EPSG:4326", None),
        ("OGC:CRS84", None),
        ("EPSG:32637", None),
        (PRJ_WITHOUT_DATUM, "geo.crs.datum"),
        ("EPSG:999999", "geo.crs.unknown"),
        ("hello", "geo.crs.unknown"),
        ("", "geo.crs.unknown"),
        ("EPSG:5773", "geo.crs.not-horizontal"),
    ],
)
def test_problems_are_named(text: str, problem: str | None) -> None:
    assert crs_problem(text) == problem


def test_a_system_with_a_problem_is_not_used() -> None:
    with pytest.raises(ValueError, match=r"geo\.crs\.datum"):
        to_lonlat_from(PRJ_WITHOUT_DATUM, np.array([shapely.Point(1, 1)], dtype=object))
    with pytest.raises(ValueError, match=r"geo\.crs\.unknown"):
        crs_facts("hello")


def test_facts_tell_the_axes_and_the_accuracy() -> None:
    facts = crs_facts(RD)
    assert (facts.name, facts.authority, facts.axes) == (
        "Amersfoort / RD New",
        RD,
        ("east", "north"),
    )
    assert facts.accuracy_m == 1.0
    assert crs_facts("EPSG:4326").axes == ("north", "east")
    assert crs_facts("EPSG:4326").accuracy_m == 0.0


def test_x_is_east_whatever_the_official_axes_are() -> None:
    point = np.array([shapely.Point(39, 36)], dtype=object)
    assert to_lonlat_from("EPSG:4326", point)[0].coords[0] == (39, 36)
    gauss_krueger = to_lonlat_from("EPSG:31467", np.array([shapely.Point(3_500_000, 5_500_000)]))
    assert gauss_krueger[0].x == pytest.approx(9.0, abs=0.01)


def test_heights_are_dropped() -> None:
    moved = to_lonlat_from("EPSG:4326", np.array([shapely.Point(39, 36, 7)], dtype=object))
    assert not moved[0].has_z


def test_lonlat_is_known_by_code_and_by_text() -> None:
    assert is_lonlat("EPSG:4326")
    assert is_lonlat(crs_wkt("EPSG:4326"))
    assert not is_lonlat(RD)
