"""What residents tell and suffer: reports of things seen, and accidents."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.random import Generator
from shapely import Point

from rafiqa.demo.city import City
from rafiqa.demo.name import Name
from rafiqa.demo.plan import (
    DAYS,
    Declared,
    HiddenItem,
    PlannedAccident,
    PlannedArea,
    PlannedReport,
    Worked,
)

_SEEN = (
    ("shell_or_rocket", Name("A shell stuck in the wall", "قذيفة عالقة في الجدار")),
    ("mine", Name("A round thing half in the earth", "شيء مدوّر نصفه في التراب")),
    ("wire", Name("A wire across the stairs", "سلك ممدود على الدرج")),
    ("small_bomblets", Name("Small balls with ribbons", "كرات صغيرة لها أشرطة")),
    ("unknown", Name("A metal box, we did not touch it", "صندوق معدني، لم نلمسه")),
)
_TRODDEN_CM = 20
_PRECISION = ("exact", "street", "block")
_ACCIDENTS = {
    "ap_mine": (0.35, 1.1),
    "av_mine": (1.0, 1.8),
    "improvised_mine": (0.8, 1.4),
    "ied": (0.9, 1.6),
    "booby_trap": (0.7, 1.3),
    "uxo": (0.6, 1.7),
    "axo": (0.5, 1.2),
    "submunition": (0.5, 1.9),
}


def _scaled(at_5000: float, n_buildings: int, least: int) -> int:
    return max(least, round(at_5000 * float((n_buildings / 5000.0) ** 0.75)))


def plan_reports(
    rng: Generator, city: City, areas: tuple[PlannedArea, ...]
) -> tuple[PlannedReport, ...]:
    """Returns residents' reports: two in three near something real, the rest false alarms."""
    real = [(area, item) for area in areas for item in area.hidden]
    reports = []
    for index in range(_scaled(45, len(city.buildings), 8)):
        number = index + 1
        if real and rng.random() < 0.66:
            area, item = real[int(rng.integers(0, len(real)))]
            reports.append(_of_item(rng, number, area, item))
        else:
            reports.append(_false_alarm(rng, number, city))
    return tuple(sorted(reports, key=lambda report: (report.day, report.report_id)))


def _of_item(rng: Generator, number: int, hazard: PlannedArea, item: HiddenItem) -> PlannedReport:
    """Returns a report of an item that lies there, off by what a resident's phone is off."""
    precision = _PRECISION[int(rng.integers(0, 3))]
    off_m = rng.normal(0.0, {"exact": 4.0, "street": 20.0, "block": 40.0}[precision], 2)
    seen, text = _SEEN[int(rng.integers(0, len(_SEEN)))]
    day = int(rng.integers(3, _declared_day(hazard) + 120))
    answered = day + int(rng.integers(1, 30))
    # A report is left to an area once that is on record, no sooner.
    answered = max(answered, _declared_day(hazard) + 1)
    urgent = precision == "exact" and item.depth_cm < 10
    return PlannedReport(
        f"r{number:04d}",
        min(day, DAYS - 1),
        round(item.x_m + float(off_m[0]), 3),
        round(item.y_m + float(off_m[1]), 3),
        seen,
        precision,
        "immediate" if urgent else "routine",
        text,
        hazard.area_id,
        answered if answered < DAYS and rng.random() < 0.85 else None,
        "within_known_area" if day > _declared_day(hazard) else "led_to_survey",
    )


def _declared_day(hazard: PlannedArea) -> int:
    return next(step.day for step in hazard.steps if isinstance(step, Declared))


def _false_alarm(rng: Generator, number: int, city: City) -> PlannedReport:
    """Returns a report from beside some building; what becomes of it is left to survey."""
    building = city.buildings[int(rng.integers(0, len(city.buildings)))]
    spot = building.shape.centroid
    seen, text = _SEEN[int(rng.integers(0, len(_SEEN)))]
    day = int(rng.integers(3, DAYS - 5))
    answered = day + int(rng.integers(2, 45))
    told = answered < DAYS and rng.random() < 0.8
    return PlannedReport(
        f"r{number:04d}",
        day,
        round(spot.x + float(rng.normal(0.0, 12.0)), 3),
        round(spot.y + float(rng.normal(0.0, 12.0)), 3),
        seen,
        _PRECISION[int(rng.integers(0, 3))],
        "routine",
        text,
        None,
        answered if told else None,
        "nothing_found" if told else None,
    )


def plan_accidents(
    rng: Generator, city: City, areas: tuple[PlannedArea, ...]
) -> tuple[PlannedAccident, ...]:
    """Returns accidents: most on items in areas not yet declared, a few outside.

    What went off is not found later, and nothing goes off on released land.
    """
    found = {
        item_id
        for area in areas
        for step in area.steps
        if isinstance(step, Worked)
        for item_id in step.found
    }
    shallow = [
        (area, item)
        for area in areas
        if area.overlaps is None
        for item in area.hidden
        if item.depth_cm <= _TRODDEN_CM and item.item_id not in found
    ]
    count = min(_scaled(16, len(city.buildings), 4), len(shallow))
    chosen = rng.choice(len(shallow), count, replace=False).tolist() if count else []
    accidents: list[PlannedAccident] = []
    for index in chosen:
        area, item = shallow[index]
        day = int(rng.integers(1, max(2, _declared_day(area))))
        accidents.append(_accident(rng, len(accidents) + 1, day, item, area))
    for spot in _unrecorded(rng, city, areas, max(1, count // 8)):
        day = int(rng.integers(100, DAYS - 20))
        item = HiddenItem("", *spot, 0, "uxo")
        accidents.append(_accident(rng, len(accidents) + 1, day, item, None))
    return tuple(sorted(accidents, key=lambda accident: (accident.day, accident.accident_id)))


def _accident(
    rng: Generator,
    number: int,
    day: int,
    item: HiddenItem,
    hazard: PlannedArea | None,
) -> PlannedAccident:
    killed, injured = _ACCIDENTS[item.category]
    dead = int(rng.poisson(killed))
    hurt = int(rng.poisson(injured)) if dead else 1 + int(rng.poisson(injured))
    area_id = None if hazard is None else hazard.area_id
    return PlannedAccident(
        f"a{number:04d}", day, "ordnance", item.x_m, item.y_m, dead, hurt, item.category, area_id
    )


def _unrecorded(
    rng: Generator, city: City, areas: tuple[PlannedArea, ...], count: int
) -> list[tuple[float, float]]:
    """Returns places in the city's damaged band that no area covers."""
    shapes = np.array([area.shape for area in areas], dtype=object)
    spots: list[tuple[float, float]] = []
    for _ in range(40 * count):
        at = city.front.line.interpolate(float(rng.uniform(0.1, 0.9)), normalized=True)
        off_m = rng.normal(0.0, city.front.half_width_m, 2)
        spot = Point(round(at.x + float(off_m[0]), 3), round(at.y + float(off_m[1]), 3))
        if not shapely.dwithin(shapes, spot, 10.0).any():
            spots.append((spot.x, spot.y))
        if len(spots) == count:
            break
    return spots
