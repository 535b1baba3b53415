"""The map: how likely contamination is of every cell of a site, with its width and its reasons.

Ground that stands released has no row: what may be left in it is another question, and no
probability
speaks for or against a release. Beyond one range of anything known a cell says "prior only".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import SiteFrame
from rafiqa.land import Face, LandBook, LandState, Recorded, WorkReported
from rafiqa.risk.building import BuildingRisks, Footprints, Houses
from rafiqa.risk.choice import averaged
from rafiqa.risk.field import Field, Prior, centred, covered, fit, spread_of
from rafiqa.risk.grid import CellGrid
from rafiqa.risk.level import LevelCheck, PartCheck, level_check
from rafiqa.risk.matern import Matern
from rafiqa.risk.noise import Noise
from rafiqa.risk.reading import Readings, Structures, expit
from rafiqa.risk.reckoning import Reckoning, reckon
from rafiqa.risk.source import FIND, TRUST, Counted, Said, Trust, count_once
from rafiqa.risk.strike import Strike, added_log_odds, exposure
from rafiqa.risk.testimony import (
    WORKED,
    Voiced,
    find_id,
    on_grid,
    report_cases,
    structures_of,
    voices,
)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
SIZES_M = (10, 20, 25, 50, 100, 200, 250, 500, 1000)
CELLS_COMFORTABLE = 40_000
RANGE_M, SD = 100.0, 1.0
SPOTS_PER_HA, LEVEL_SD = 0.5, 1.5
"""Before anything is known one contaminated spot in two hectares of what is on record: the authors'
judgement, and wide (a factor of 4.5 either way is one standard deviation)."""
LEVEL_MOST = 5.0
"""Of a cell of a kilometre or more one spot is as good as certain: no cell is held surer than 0.993
before anything is known of it, or its figure would be no probability any more."""
LEVEL_HELD_SD = 0.05
STRUCTURE_SD = 1.0
RELEASED_SHARE = 0.999
N_DRAWS, SEED = 64, 20_26
TAILS = (0.05, 0.95)

InDoubt = Callable[[Face, LandState], bool]


@dataclass(frozen=True, slots=True)
class Asking:
    """How a map is made: cell, reach and spread of the field, and where chance begins."""

    cell_m: int | None = None
    range_m: float = RANGE_M
    sd: float = SD
    n_draws: int = N_DRAWS
    seed: int = SEED


@dataclass(frozen=True, eq=False)
class RiskMap:
    """Cells that are not released, and what is likely of each.

    Attributes:
        grid: the grid of all cells.
        cells: ``(c,)`` numbers of the cells that have a row.
        p: ``(c,)`` mean probability.
        low: ``(c,)`` 5 % quantile of the probability.
        high: ``(c,)`` 95 % quantile.
        prior_only: ``(c,)`` whether nothing known is within one range.
        released_share: ``(c,)`` how much of each stands released.
        structure_ids: structures on record, each with a probability of its own.
        structure_p: ``(s,)`` mean probability of each.
        buildings: those of reference layers, likewise.
        counted: every independent saying, and what it is worth.
        n_sayings: sayings before copies were put together.
        check: what was found in worked cells against what was expected without the works.
        years: the same of each year's works; where levels drift, these part.
        areas: the same of each area's works.
        field: the field behind it.
    """

    grid: CellGrid
    cells: Ints
    p: Floats
    low: Floats
    high: Floats
    prior_only: npt.NDArray[np.bool_]
    released_share: Floats
    structure_ids: tuple[str, ...]
    structure_p: Floats
    buildings: BuildingRisks
    counted: tuple[Counted, ...]
    n_sayings: int
    check: LevelCheck
    years: tuple[PartCheck, ...]
    areas: tuple[PartCheck, ...]
    field: Field

    def reckoning(self, row: int) -> Reckoning:
        """Returns the probability of one row as a sum of log-odds."""
        return reckon(self.field, int(self.cells[row]), float(self.p[row]), self.counted)

    def row_at(self, x_mm: float, y_mm: float) -> int | None:
        """Returns the row of the cell of a place; None where it has none."""
        cell = self.grid.at(x_mm, y_mm)
        at = -1 if cell is None else int(np.searchsorted(self.cells, cell))
        found = cell is not None and at < len(self.cells) and self.cells[at] == cell
        return at if found else None


def risk_map(
    facts: Sequence[Recorded],
    book: LandBook,
    frame: SiteFrame,
    valid_at_us: int,
    strikes: Sequence[Strike] = (),
    asking: Asking | None = None,
    layers: Footprints | None = None,
    in_doubt: InDoubt | None = None,
) -> RiskMap:
    """Returns the map as true at a time, from facts as known at one.

    Args:
        facts: all facts known, in the order of the ledger.
        book: the land book of the same facts.
        frame: the site's plane.
        valid_at_us: the time it is to be true at.
        strikes: places that were hit.
        asking: how it is made.
        layers: buildings of reference layers; they make the map no wider.
        in_doubt: whether a piece of released ground does not count as released.

    Raises:
        InvalidInput: the grid would have too many cells.
    """
    asked = asking or Asking()
    voiced = voices(facts, book.register, frame, valid_at_us)
    states = [(face, face.timeline.at(valid_at_us)) for face in book.faces]
    ground = [face.shape.geometry for face, state in states if state is not None]
    freed = [
        face.shape.geometry
        for face, state in states
        if state and not state.is_hazard and not (in_doubt and in_doubt(face, state))
    ]
    places = [*ground, *(each.place.shape for each in voiced)]
    places += [shapely.Point(each.x_mm, each.y_mm) for each in strikes]
    structures = structures_of(facts, valid_at_us)
    size_m, pad, grid = _grid([*places, *structures.values()], asked)
    trust = {**TRUST, "report": TRUST["report"].with_cases(report_cases(facts, valid_at_us))}
    houses = Houses.on(grid, structures, layers)
    made = _Made(grid, asked, size_m, trust, houses, exposure(strikes, grid))
    found, counted, n_sayings = made.field(voiced)
    released = _released(freed, grid)
    inner = np.zeros(grid.shape, dtype=np.bool_)
    inner[pad : grid.shape[0] - pad, pad : grid.shape[1] - pad] = True
    cells = np.flatnonzero(inner.ravel() & (released < RELEASED_SHARE))
    sd = spread_of(found, Noise(asked.seed), asked.n_draws)
    p, low, high = _told(found.eta + found.readings.log_ratio, sd, cells)
    far = covered(found) > 1
    structure_p, buildings = made.built(found, sd, far, freed)
    return RiskMap(
        grid,
        cells,
        p,
        low,
        high,
        far[cells],
        released[cells],
        tuple(structures),
        structure_p,
        buildings,
        tuple(counted),
        n_sayings,
        *_checked(made, voiced, asked, _areas_of(facts)),
        found,
    )


def _grid(places: Sequence[BaseGeometry], asked: Asking) -> tuple[int, int, CellGrid]:
    """The cell's size, cells of padding, and the grid over all that is on record."""
    kept = [each for each in places if not each.is_empty]
    bounds = shapely.total_bounds(kept) if kept else np.zeros(4)
    west, south, east, north = bounds.tolist()
    size_m = asked.cell_m
    if size_m is None:
        area_m2 = (east - west) * (north - south) / 1e6
        fine = [each for each in SIZES_M if area_m2 / each**2 <= CELLS_COMFORTABLE]
        size_m = fine[0] if fine else SIZES_M[-1]
    pad = int(np.ceil(asked.range_m / size_m))
    grid = CellGrid.over((west, south, east, north), size_m * 1_000, pad)
    return size_m, pad, grid


@dataclass(frozen=True, eq=False)
class _Made:
    """What every fit of one map shares."""

    grid: CellGrid
    asked: Asking
    size_m: int
    trust: dict[str, Trust]
    houses: Houses
    exposed: Floats

    def field(self, voiced: Sequence[Voiced]) -> tuple[Field, list[Counted], int]:
        """Returns the field, what counted of the sayings, and how many there were.

        The level is learned from results of work alone, which say both yes and no: of words only
        those that speak for are sent in, and a level learned from them would rise without end.
        Works go where words send them, so that each result is held against what words had made of
        its place: a level takes no credit for what the words foretold.
        """
        sayings = on_grid(voiced, self.grid, self.houses, self.range_cells)
        counted = count_once(sayings, self.trust)
        results = [each for each in counted if each.said.kind in WORKED]
        level = self.level
        if results:
            words = [each for each in counted if each.said.kind not in WORKED]
            level = float(self._fit(results, level, LEVEL_SD, words).fixed[0])
        return self._fit(counted, level, LEVEL_HELD_SD), counted, len(sayings)

    def _fit(
        self,
        counted: Sequence[Counted],
        level: float,
        level_sd: float,
        foretold_by: Sequence[Counted] = (),
    ) -> Field:
        log_ratio, held = self._summed(counted)
        before, held_before = self._summed(foretold_by)
        structures = None
        if len(held):
            offsets = self._offsets + held_before
            structures = Structures(self.houses.cells, offsets, held, STRUCTURE_SD)
        matern = Matern(self.range_cells, self.asked.sd)
        offset = added_log_odds(self.exposed, self.level) + np.where(log_ratio != 0, before, 0.0)
        prior = Prior.flat(matern, self.grid.shape, level, level_sd, offset=offset)
        at_mode = fit(prior, Readings(log_ratio, structures=structures), origin=self.grid.origin)
        return centred(at_mode, Noise(self.asked.seed))

    def _summed(self, counted: Sequence[Counted]) -> tuple[Floats, Floats]:
        """What sayings come to, ``(n,)`` of cells and ``(m,)`` of structures."""
        log_ratio, held = np.zeros(self.grid.n), np.zeros(len(self.houses.ids))
        for each in counted:
            if each.said.structure is None:
                log_ratio[each.said.cell] += each.log_ratio
            else:
                held[each.said.structure] += each.log_ratio
        return log_ratio, held

    def built(
        self, found: Field, sd: Floats, far: npt.NDArray[np.bool_], freed: Sequence[BaseGeometry]
    ) -> tuple[Floats, BuildingRisks]:
        """Returns what is likely of recorded structures, and of the buildings of layers.

        Args:
            found: the field.
            sd: ``(n,)`` spread of the log-odds of each cell.
            far: ``(n,)`` whether nothing known is within one range.
            freed: released ground.
        """
        held, houses = found.readings.structures, self.houses
        n = houses.n_recorded
        if held is None:
            none = np.zeros(0)
            return none, BuildingRisks((), none, none, none, np.zeros(0, dtype=np.bool_))
        eta = found.eta[held.cell] + held.offset + held.own(found.eta) + held.log_ratio
        spread = np.hypot(sd[held.cell], held.spread(found.eta))
        released = houses.freed(freed)
        rows = np.flatnonzero(~released & (np.arange(len(eta)) >= n))
        p, low, high = _told(eta, spread, np.arange(len(eta)))
        return p[:n], BuildingRisks(
            tuple(houses.ids[at] for at in rows.tolist()),
            p[rows],
            low[rows],
            high[rows],
            far[held.cell[rows]],
            int(released[n:].sum()),
            houses.n_beyond,
        )

    @property
    def level(self) -> float:
        """Log-odds of a cell with nothing known: of at least one spot on its ground."""
        spots = SPOTS_PER_HA * self.size_m**2 / 10_000
        # log(e^spots − 1), of cells of kilometres too.
        return min(spots + math.log(-math.expm1(-spots)), LEVEL_MOST)

    @property
    def range_cells(self) -> float:
        """The field's range in cells, at least one."""
        return max(self.asked.range_m / self.size_m, 1.0)

    @cached_property
    def _offsets(self) -> Floats:
        """What a structure's ground is against a cell's, in log-odds: never more than a cell."""
        shares = self.houses.area_mm2 / float(self.grid.size_mm) ** 2
        out: Floats = np.log(np.clip(shares, 1e-3, 1.0))
        return out


def _released(freed: Sequence[BaseGeometry], grid: CellGrid) -> Floats:
    """``(n,)`` how much of each cell stands released; faces do not overlap."""
    share = np.zeros(grid.n)
    for shape in freed:
        cells, held = grid.shares(shape)
        share[cells] += held
    return np.minimum(share, 1.0)


def _told(eta: Floats, sd: Floats, at: Ints) -> tuple[Floats, Floats, Floats]:
    """Mean and quantiles of the probabilities of some of all log-odds."""
    middle, wide = eta[at], 1.6448536269514722 * sd[at]
    return averaged(middle, sd[at]), expit(middle - wide), expit(middle + wide)


def _areas_of(facts: Sequence[Recorded]) -> dict[str, str]:
    """By part and by find, the area of its work."""
    found: dict[str, str] = {}
    for recorded in facts:
        if isinstance(fact := recorded.fact, WorkReported):
            found |= dict.fromkeys((part.part_id for part in fact.parts), fact.area_id)
            finds = (find_id(fact.work_id, at) for at in range(1, len(fact.finds) + 1))
            found |= dict.fromkeys(finds, fact.area_id)
    return found


def _checked(
    made: _Made, voiced: Sequence[Voiced], asked: Asking, area_of: Mapping[str, str]
) -> tuple[LevelCheck, tuple[PartCheck, ...], tuple[PartCheck, ...]]:
    """What works found against what was expected of their cells without any work's result.

    Of all works, then by year and by area: a cell that two of them looked at counts in both.
    """
    said = [each for each in voiced if each.said.kind in WORKED]
    put = on_grid(said, made.grid, made.houses, made.range_cells)
    if not put:
        return level_check(0, 0.0, 0), (), ()
    blind, _, _ = made.field([each for each in voiced if each.said.kind not in WORKED])
    sd = spread_of(blind, Noise(asked.seed), asked.n_draws)
    p, _, _ = _told(blind.eta + blind.readings.log_ratio, sd, np.arange(made.grid.n))

    def check(some: Sequence[Said]) -> LevelCheck:
        cells = np.unique([each.cell for each in some])
        found = {each.cell for each in some if each.kind == FIND}
        return level_check(len(found), float(p[cells].sum()), len(cells))

    def parts(name_of: Callable[[Said], str]) -> tuple[PartCheck, ...]:
        groups: dict[str, list[Said]] = {}
        for each in put:
            groups.setdefault(name_of(each), []).append(each)
        return tuple(PartCheck(name, check(groups[name])) for name in sorted(groups))

    return check(put), parts(_year), parts(lambda each: area_of[each.source_id])


def _year(said: Said) -> str:
    return str(np.datetime64(said.when_us, "us"))[:4]
