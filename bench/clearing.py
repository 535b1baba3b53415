"""Clearing a field of known truth cell by cell, by a rule that sees only what was found.

A team searches one cell at a time and walks between them over ground that it has searched. Every
rule looks for a first find along the same spaced lanes, but for the raster.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bench.minefields import Minefield
from bench.rowoutlook import Outlook, outlook

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
CELL_M = 2.0
SEARCH_MIN = 4.0
"""Minutes for a cell of 4 m²: a square metre a minute, as a hand-held detector is moved."""
WALK_M_MIN = 40.0
DETECTION = 0.92
LANES_APART = 4
BASE, SCATTER = 0.002, 0.001
"""Items per m² wherever nothing is known, and of those that belong to no row."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How the next cell is chosen: what finds foretell about them, and of rows."""

    kernel_m: float = 6.0
    kernel_share: float = 0.0
    rows_share: float = 0.0
    nearest: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Cleared:
    """What came of a field after each cell.

    Attributes:
        share: share of the mines of rows that was found, of those that a pass finds.
        share_all: the same of all items, with the scatter that belongs to no row.
        minutes: minutes spent by then, until the last find.
    """

    share: Floats
    share_all: Floats
    minutes: Floats

    @property
    def mean_share(self) -> float:
        """The mean over all steps of the share found by then."""
        return float(self.share.mean())

    def minutes_to(self, share: float) -> float:
        """Minutes until a share of the finds is made."""
        return float(self.minutes[int(np.argmax(self.share >= share - 1e-9))])


class Team:
    """A field under work: cells, what was searched and found, and where the team stands."""

    def __init__(self, field: Minefield, seed: int) -> None:
        draw = np.random.default_rng([21, seed])
        self.n_across = int(field.size_m[0] / CELL_M)
        self.n_up = int(field.size_m[1] / CELL_M)
        rows, columns = np.divmod(np.arange(self.n_across * self.n_up), self.n_across)
        self.centre = (np.stack([columns, rows], axis=1) + 0.5) * CELL_M
        found = draw.random(len(field.places_m)) < DETECTION
        self.items, self.in_row = field.places_m[found], field.in_row[found]
        at = np.minimum(self.items / CELL_M, np.array([self.n_across, self.n_up]) - 1).astype(int)
        self.holds: dict[int, list[int]] = {}
        for number, (column, row) in enumerate(at.tolist()):
            self.holds.setdefault(row * self.n_across + column, []).append(number)
        self.left = np.ones(len(self.centre), dtype=bool)
        self.finds: list[int] = []
        self.at = 0
        self.lanes = self._lanes(LANES_APART)

    def _lanes(self, apart: int) -> Ints:
        """All cells lane by lane, there and back; spaced lanes first, then those between."""
        rows = [row for begin in range(apart) for row in range(begin, self.n_up, apart)]
        out = []
        for number, row in enumerate(rows):
            lane = np.arange(self.n_across) + row * self.n_across
            out.append(lane if number % 2 == 0 else lane[::-1])
        return np.concatenate(out)

    def minutes(self, cells: Ints) -> Floats:
        """Minutes to go to each cell and search it."""
        away = np.hypot(*(self.centre[cells] - self.centre[self.at]).T)
        spent: Floats = SEARCH_MIN + away / WALK_M_MIN
        return spent

    def search(self, cell: int) -> bool:
        """Searches a cell; returns whether anything was found."""
        self.at, self.left[cell] = cell, False
        self.finds += self.holds.get(cell, [])
        return cell in self.holds


def clear(field: Minefield, rule: Rule | None, seed: int) -> Cleared:
    """Returns what came of clearing a field by a rule; lane by lane where None."""
    team = Team(field, seed)
    if rule is None:
        team.lanes = team._lanes(1)  # noqa: SLF001 - its own
    choose = _Choice(team, rule)
    mines, share, minutes = [], [], []
    spent, lane = 0.0, 0
    while len(team.finds) < len(team.items):
        while not team.left[team.lanes[lane]]:
            lane += 1
        cell = choose.next(int(team.lanes[lane]))
        spent += float(team.minutes(np.array([cell]))[0])
        if team.search(cell):
            choose.learn()
        else:
            choose.missed(cell)
        share.append(len(team.finds))
        mines.append(int(team.in_row[team.finds].sum()))
        minutes.append(spent)
    rest = len(team.centre) - len(share)
    made = np.array(share + [len(team.items)] * rest) / max(len(team.items), 1)
    n_mines = int(team.in_row.sum())
    return Cleared(np.array(mines + [n_mines] * rest) / max(n_mines, 1), made, np.array(minutes))


class _Choice:
    """What is foretold of each cell now; learned anew after each find."""

    def __init__(self, team: Team, rule: Rule | None) -> None:
        self.team, self.rule = team, rule
        self.near = np.zeros(len(team.centre))
        self.rows: Outlook | None = None
        self.held = np.zeros(0)

    def learn(self) -> None:
        rule, team = self.rule, self.team
        if rule is None:
            return
        finds = team.items[team.finds]
        off = np.hypot(*(team.centre[:, None] - finds[None]).transpose(2, 0, 1))
        if rule.nearest:
            self.near = off[:, -1] if rule.nearest == "last" else off.min(axis=1)
            return
        kernel = np.exp(-0.5 * (off / rule.kernel_m) ** 2) / (2 * np.pi * rule.kernel_m**2)
        self.near = rule.kernel_share * kernel.sum(axis=1)
        if rule.rows_share:
            self.rows = outlook(np.unique(finds, axis=0), team.centre, SCATTER)
            searched = np.where(team.left, 0.0, CELL_M**2)
            self.held = self.rows.density @ searched

    def missed(self, cell: int) -> None:
        """Takes in that a cell held nothing."""
        if self.rows is not None:
            self.held = self.held + self.rows.density[:, cell] * CELL_M**2

    def next(self, lane: int) -> int:
        team, rule = self.team, self.rule
        if rule is None or not team.finds:
            return lane
        cells = np.flatnonzero(team.left)
        if rule.nearest:
            return int(cells[(self.near[cells] + 1e-3 * team.minutes(cells)).argmin()])
        foretold = self.near.copy()
        if self.rows is not None:
            foretold += rule.rows_share * self.rows.at(self.held)
        gain = (BASE + foretold[cells]) / team.minutes(cells)
        best = int(gain.argmax())
        if foretold[cells[best]] < BASE:
            return lane
        return int(cells[best])


def over(field: Callable[[int], Minefield], rule: Rule | None, seeds: range) -> list[Cleared]:
    """Returns what came of many fields."""
    return [clear(field(seed), rule, seed) for seed in seeds]
