"""Indicators of land release over a period: each a value with its inputs, or why there is none.

Formulas follow the reading list of the domain study, section 4.2 (GICHD and IMAS practice, in
our own words); each function below states its own. Values are exact fractions; nothing is
divided by zero, and what is not on record is not guessed: it is counted as unknown beside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import median

import numpy as np
import shapely

from rafiqa.geo import SiteFrame
from rafiqa.land.account import Account
from rafiqa.land.book import LandBook
from rafiqa.land.fact import (
    AreaRecorded,
    LandReopened,
    OrdnanceFound,
    Recorded,
    ReleaseTransferred,
    SiteOpened,
    WorkedPart,
    WorkReported,
)
from rafiqa.land.movement import LOWERING, Ground, covered, movements, task_of
from rafiqa.land.output import Credits, method_of
from rafiqa.land.ruling import Reason
from rafiqa.land.unitreason import above_ground

DAY_US = 86_400_000_000
UNDATED_US = -2_208_988_800_000_000
"""1900-01-01T00:00:00Z, the day from which undated hazards count: their age is not known."""

DEMINER_DAY_HOURS = 8
"""Hours of search that a deminer-day is taken as here; sources rarely say which they mean."""

_M2 = 2_000_000
"""Twice the area of a square metre in mm²."""
_KM2 = _M2 * 1_000_000
_NEVER_US = -(2**62)
MISSED = "missed_item"
"""The data dictionary's cause of a reopening for an item found in cleared ground."""


Inputs = Mapping[str, int | Fraction]
"""What an indicator is made of: figures by name, unit last in it."""


SEVERAL = "several"
"""What stands for the method of works that were done by more than one."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: its value in a unit, what it was made of, or the reason why it has none.

    ``of`` tells apart several values of one indicator: a method, a currency, a part.
    """

    name: str
    value: Fraction | None
    unit: str
    inputs: Inputs = field(default_factory=dict)
    reason: Reason | None = None
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """What indicators are asked of: a book, some of its ground, its works, and a period."""

    book: LandBook
    ground: Sequence[Ground]
    works: Sequence[WorkReported]
    account: Account

    @property
    def period_us(self) -> tuple[int, int]:
        """The period (after, until]."""
        return self.account.from_us, self.account.until_us

    def worked_in(self) -> list[WorkReported]:
        """Returns the works whose field work was in the period."""
        from_us, until_us = self.period_us
        known = self.book.register.works
        return [
            work for work in self.works if from_us < known[work.work_id].valid_at_us <= until_us
        ]

    def flow(self, name: str) -> int:
        """Returns a flow of all classes, twice the area in mm²."""
        return sum(item.flows[name] for item in self.account.classes.values())


def indicators(case: Case) -> list[Indicator]:
    """Returns every indicator of a case, in the order of the domain study."""
    finds = Finds(case)
    return [
        survey_share(case),
        confirmation_ratio(case),
        empty_clearance(case, finds),
        density(case, finds),
        *fade_out(finds),
        *rate(case),
        *cost(case),
        missed_item_rate(case),
        median_age(case),
    ]


def _ratio(name: str, unit: str, inputs: Inputs, top: Fraction | int, bottom: int) -> Indicator:
    if bottom == 0:
        why = Reason("land.indicator.nothing-to-divide-by", {"indicator": name})
        return Indicator(name, None, unit, inputs, why)
    return Indicator(name, Fraction(top) / bottom, unit, inputs)


def survey_share(case: Case) -> Indicator:
    """Returns (cancelled + reduced) / (cancelled + reduced + cleared) of the period."""
    inputs = {f"{name}_m2": Fraction(case.flow(name), _M2) for name in LOWERING}
    surveyed = case.flow("cancelled") + case.flow("reduced")
    return _ratio("survey_share", "1", inputs, surveyed, surveyed + case.flow("cleared"))


def confirmation_ratio(case: Case) -> Indicator:
    """Returns the area of CHA / (SHA + CHA) at the end of the period."""
    closing = {name: item.closing for name, item in case.account.classes.items()}
    inputs = {f"{name}_m2": Fraction(size, _M2) for name, size in closing.items()}
    return _ratio("confirmation_ratio", "1", inputs, closing["cha"], sum(closing.values()))


class Finds:
    """Which items lay in which cleared part, of the parts that the period's movements rest on.

    A find belongs to the part of its work that is nearest to it: positions of finds are commonly
    off by metres. Parts taken over from another record tell no finds: those are unknown.
    """

    def __init__(self, case: Case) -> None:
        self._book = case.book
        self.cleared: dict[str, int] = {}
        self.items: dict[str, int] = {}
        self.fade_mm: dict[str, float] = {}
        self.unknown = 0
        credits_ = Credits(case.book)
        for move in movements(case.ground, *case.period_us):
            credit = credits_.of(move.step.state) if move.step.state else None
            if move.flow != "cleared":
                continue
            if credit is None or isinstance(credit.part, ReleaseTransferred):
                self.unknown += move.size
            else:
                self.cleared[credit.part_id] = self.cleared.get(credit.part_id, 0) + move.size
        self._place(case.book)

    def _place(self, book: LandBook) -> None:
        frame = _frame(book)
        # Each work once, however many of its parts were cleared.
        works = {record.seq: record.fact for record in map(self._record, self.cleared)}
        for work in works.values():
            if isinstance(work, WorkReported):
                for find, part, place in _nearest(work, frame):
                    if part.part_id in self.cleared:
                        self._take(find, part, place)

    def _record(self, part_id: str) -> Recorded:
        return self._book.register.parts[part_id][1]

    def _take(self, find: OrdnanceFound, part: WorkedPart, place: shapely.Point) -> None:
        self.items[part.part_id] = self.items.get(part.part_id, 0) + find.count
        geometry = part.shape.geometry
        if shapely.covers(geometry, place):
            away_mm = float(shapely.distance(shapely.boundary(geometry), place))
            self.fade_mm[part.part_id] = min(away_mm, self.fade_mm.get(part.part_id, away_mm))


def _frame(book: LandBook) -> SiteFrame | None:
    site = book.register.site
    if site is None or not isinstance(site.fact, SiteOpened):
        return None
    return SiteFrame(site.fact.origin.lon_deg, site.fact.origin.lat_deg)


def _nearest(
    work: WorkReported, frame: SiteFrame | None
) -> Iterator[tuple[OrdnanceFound, WorkedPart, shapely.Point]]:
    if frame is None or not work.parts:
        return
    for find in work.finds:
        spot = find.spot
        if not frame.placeable(np.array([spot.lon_deg]), np.array([spot.lat_deg]))[0]:
            continue
        place = shapely.Point(frame.spot_mm(spot))
        away = [float(shapely.distance(part.shape.geometry, place)) for part in work.parts]
        yield find, work.parts[away.index(min(away))], place


def empty_clearance(case: Case, finds: Finds) -> Indicator:
    """Returns the area of cleared parts with no item found / cleared, where finds are on record.

    ``unknown_m2`` was cleared and taken over from a record that tells no finds.
    """
    cleared = sum(finds.cleared.values())
    empty = sum(size for part_id, size in finds.cleared.items() if not finds.items.get(part_id))
    inputs = {
        "empty_m2": Fraction(empty, _M2),
        "cleared_m2": Fraction(cleared, _M2),
        "unknown_m2": Fraction(finds.unknown, _M2),
    }
    if _frame(case.book) is None:
        why = Reason("land.indicator.no-frame", {"indicator": "empty_clearance"})
        return Indicator("empty_clearance", None, "1", inputs, why)
    return _ratio("empty_clearance", "1", inputs, empty, cleared)


def density(case: Case, finds: Finds) -> Indicator:
    """Returns items found in cleared parts per cleared m², where finds are on record."""
    cleared = sum(finds.cleared.values())
    n_items = sum(finds.items.values())
    inputs: Inputs = {"items": n_items, "cleared_m2": Fraction(cleared, _M2)}
    if _frame(case.book) is None:
        why = Reason("land.indicator.no-frame", {"indicator": "density"})
        return Indicator("density", None, "items/m2", inputs, why)
    return _ratio("density", "items/m2", inputs, Fraction(n_items) * _M2, cleared)


def fade_out(finds: Finds) -> Iterator[Indicator]:
    """Yields, per cleared part, the distance in m from the outermost item to the part's edge.

    How far the search went on beyond the last item: little of it says that the part may be too
    small, much of it that it may be too large. The median over the parts comes first.
    """
    every = {key: Fraction(round(away_mm), 1_000) for key, away_mm in finds.fade_mm.items()}
    inputs = {"parts": len(every)}
    if not every:
        why = Reason("land.indicator.no-items", {"indicator": "fade_out"})
        yield Indicator("fade_out", None, "m", inputs, why)
        return
    yield Indicator("fade_out", Fraction(median(every.values())), "m", inputs)
    for part_id, away_m in sorted(every.items()):
        yield Indicator("fade_out", away_m, "m", {"items": finds.items[part_id]}, of=part_id)


def rate(case: Case) -> Iterator[Indicator]:
    """Yields, per method, m² worked per deminer-day of 8 hours, from works that state hours.

    The area is that of the parts reported, not of what was released: it is the work that took
    the hours. Works without hours are counted beside, and not guessed.
    """
    by_method: dict[str | None, list[Fraction]] = {}
    silent = 0
    for work in case.worked_in():
        if any(above_ground(case.book.register, part) for part in work.parts):
            # Hours in a building are hours on its floors, which are no land.
            continue
        worked = sum(part.shape.area2_mm2 for part in work.parts if part.outcome != "not_cleared")
        if not worked:
            continue
        hours = work.deminer_hours
        if hours is None or not hours.is_finite() or hours <= 0:
            silent += 1
            continue
        method = method_of(case.book.register, work)
        row = by_method.setdefault(method, [Fraction(0), Fraction(0)])
        row[0] += Fraction(worked, _M2)
        row[1] += Fraction(hours)
    if not by_method:
        why = Reason("land.indicator.no-hours", {"indicator": "rate"})
        yield Indicator("rate", None, "m2/deminer-day", {"works_without_hours": silent}, why)
    for method, row in sorted(by_method.items(), key=lambda item: item[0] or ""):
        inputs: Inputs = {
            "worked_m2": row[0],
            "deminer_hours": row[1],
            "works_without_hours": silent,
        }
        value = row[0] / row[1] * DEMINER_DAY_HOURS
        yield Indicator("rate", value, "m2/deminer-day", inputs, of=method or SEVERAL)


def cost(case: Case) -> Iterator[Indicator]:
    """Yields, per currency, cost per m² lowered and per item, of tasks that state their cost.

    The cost of a task is of the whole task, so that its ground counts from the beginning to the
    end of the period, not in the period alone. Currencies are never added up.
    """
    tasks: dict[str, dict[str, Fraction]] = {}
    items: dict[str, int] = {}
    lowered = _lowered_by_task(case)
    for work in case.works:
        task = task_of(case.book.register, work.task_id)
        if task is None or task[0].cost is None or not task[0].cost.is_finite():
            continue
        currency = task[0].currency or ""
        tasks.setdefault(currency, {})[task[0].task_id] = Fraction(task[0].cost)
        if case.book.register.works[work.work_id].valid_at_us <= case.account.until_us:
            n_items = sum(find.count for find in work.finds)
            items[currency] = items.get(currency, 0) + n_items
    if not tasks:
        for name, unit in (("cost_per_m2", "1/m2"), ("cost_per_item", "1/item")):
            why = Reason("land.indicator.no-cost", {"indicator": name})
            yield Indicator(name, None, unit, {}, why)
    for currency, known in sorted(tasks.items()):
        total, size = sum(known.values()), sum(lowered.get(key, 0) for key in known)
        n_items = items.get(currency, 0)
        of = currency or None
        inputs: Inputs = {"cost": total, "lowered_m2": Fraction(size, _M2), "items": n_items}
        per_m2 = _ratio("cost_per_m2", f"{currency or '1'}/m2", inputs, total * _M2, size)
        per_item = _ratio("cost_per_item", f"{currency or '1'}/item", inputs, total, n_items)
        for found in (per_m2, per_item):
            yield Indicator(found.name, found.value, found.unit, inputs, found.reason, of)


def _lowered_by_task(case: Case) -> dict[str, int]:
    credits_ = Credits(case.book)
    found: dict[str, int] = {}
    for move in movements(case.ground, _NEVER_US, case.account.until_us):
        credit = credits_.of(move.step.state) if move.step.state else None
        if move.flow in LOWERING and credit and isinstance(credit.record.fact, WorkReported):
            task_id = credit.record.fact.task_id
            if task_id is not None:
                found[task_id] = found.get(task_id, 0) + move.size
    return found


def missed_item_rate(case: Case) -> Indicator:
    """Returns reopenings for a missed item on cleared ground, per km² ever cleared.

    Counted are reopenings in the period with that cause whose ground was cleared just before;
    what was cleared counts from the beginning to the end of the period.
    """
    cleared = sum(
        move.size
        for move in movements(case.ground, _NEVER_US, case.account.until_us)
        if move.flow == "cleared"
    )
    from_us, until_us = case.period_us
    missed = [
        (record.valid_at_us, fact.shape)
        for record in case.book.register.reopenings.values()
        if isinstance(fact := record.fact, LandReopened)
        and fact.cause == MISSED
        and from_us < record.valid_at_us <= until_us
    ]
    hit: set[int] = set()
    faces = [item.face for item in case.ground]
    for face, which in covered(faces, [shape for _, shape in missed]).items():
        for at in which:
            before = faces[face].timeline.at(missed[at][0] - 1)
            if before is not None and before.status == "cleared":
                hit.add(at)
    inputs: Inputs = {"items": len(hit), "cleared_m2": Fraction(cleared, _M2)}
    return _ratio("missed_item_rate", "items/km2", inputs, Fraction(len(hit)) * _KM2, cleared)


def median_age(case: Case) -> Indicator:
    """Returns the median age in days of areas with ground still hazard at the period's end.

    From when the area was first recorded as hazardous to the end of the period. Areas whose
    beginning nobody knows are counted beside, and not guessed.
    """
    until_us = case.account.until_us
    open_ids: dict[str, None] = {}
    for item in case.ground:
        state = item.face.timeline.at(until_us)
        if state is not None and state.is_hazard:
            open_ids |= dict.fromkeys(state.claims)
    since = list(_since_us(case.book, open_ids))
    ages = [until_us - at_us for at_us in since if at_us > UNDATED_US]
    inputs = {"areas": len(ages), "areas_undated": len(since) - len(ages)}
    if not ages:
        why = Reason("land.indicator.no-open-areas", {"indicator": "median_age"})
        return Indicator("median_age", None, "d", inputs, why)
    return Indicator("median_age", Fraction(median(ages)) / DAY_US, "d", inputs)


def _since_us(book: LandBook, claim_ids: Iterable[str]) -> Iterator[int]:
    for claim_id in claim_ids:
        area = book.register.areas.get(claim_id)
        if area is not None:
            said = [record for record in area.facts if isinstance(record.fact, AreaRecorded)]
            yield min((record.valid_at_us for record in said), default=area.recorded.valid_at_us)
