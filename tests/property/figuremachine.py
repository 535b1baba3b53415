"""The machine of figures: whatever happened, the figures add up, however they are asked.

Histories are the land machine's own. What is counted here is counted a second way: on the cells
of the lattice, from the states of their middles, or by adding up what was asked apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import hypothesis.strategies as st
import shapely
from hypothesis.stateful import rule

from rafiqa.geo import GridShape
from rafiqa.land import (
    CLASSES,
    Account,
    Actor,
    AreaRecorded,
    Knowing,
    LandBook,
    ReleaseAccepted,
    ReleaseProposed,
    WorkedPart,
    WorkInspected,
    WorkReported,
    account,
    account_of,
    all_ground,
    areas_tasked,
    change_of,
    claimed,
    difference,
    fold,
    output,
    unclaimed,
)
from rafiqa.land.timeline import LandState
from tests.property import landworld as world
from tests.property.landmachine import END_US, LandMachine

PERIODS_US = ((0, END_US), (4, 8))
CUT = GridShape.box(3_333, 3_333, 25_333, 31_777)
LOWERED = ("cancelled", "reduced", "cleared")
Plain = dict[tuple[str, str], int]


def plainly(found: Account) -> Plain:
    """Every figure of an account by class and name."""
    told: Plain = {}
    for class_, item in found.classes.items():
        told[class_, "opening"], told[class_, "closing"] = item.opening, item.closing
        told |= {(class_, flow): size for flow, size in item.flows.items()}
    return told


def added(one: Plain, other: Plain) -> Plain:
    """The sums of two accounts, figure by figure."""
    return {key: one.get(key, 0) + other.get(key, 0) for key in one.keys() | other.keys()}


class FigureMachine(LandMachine):
    """Writes facts, and asks of the figures when the history is over."""

    def record(self, fact: object, valid_at_us: int, actor: Actor) -> None:
        self.write(fact, valid_at_us, actor)

    @rule(area_id=world.AREAS, part=world.parts(), begin_us=st.integers(2, 6), kept=st.booleans())
    def rework(self, area_id: str, part: WorkedPart, begin_us: int, kept: bool) -> None:
        """Work released, found bad afterwards, and done and released again by the same area."""
        n = len(self.facts)
        self.record(AreaRecorded(area_id, "cha", part.shape), begin_us - 1, world.ANA)
        for turn in (1, 2):
            at_us, work_id = begin_us + 4 * (turn - 1), f"w{n}t{turn}"
            again = replace(part, part_id=f"p{n}t{turn}", evidence_answered=("E1", "E2"))
            work = WorkReported(work_id, area_id, "operator", (again,), person_ids=("chi",))
            self.record(work, at_us, world.CHI)
            self.record(WorkInspected(f"i{n}t{turn}", work_id, "quality", True), at_us, world.DOV)
            proposal = ReleaseProposed(f"r{n}t{turn}", work_id, (again.part_id,))
            self.record(proposal, at_us, world.ANA)
            self.record(ReleaseAccepted(f"r{n}t{turn}"), at_us + 1, world.BO)
            if turn == 1:
                bad = WorkInspected(f"j{n}", work_id, "quality", kept)
                self.record(bad, at_us + 2, world.DOV)

    def teardown(self) -> None:
        if not self.facts:
            return
        self.book = fold(self.facts)
        # One period and one boundary for each history: there are many histories.
        period_us = PERIODS_US[len(self.facts) % 3 % 2]
        self.check_split(*period_us)
        self.check_output(*period_us)
        self.check_difference(*period_us)

    def check_split(self, from_us: int, until_us: int) -> None:
        """Kept apart or together, by operator, donor and area: the account is the account."""
        boundary = CUT if len(self.facts) % 2 else None
        whole = account(self.book, from_us=from_us, until_us=until_us, boundary=boundary)
        ground = all_ground(self.book, boundary)
        again = account_of(ground, from_us=from_us, until_us=until_us)
        assert plainly(again) == plainly(whole)
        assert again.released == whole.released
        for area_ids in self.chosen(until_us):
            parts = [
                account_of(chosen(self.book, ground, area_ids), from_us=from_us, until_us=until_us)
                for chosen in (claimed, unclaimed)
            ]
            assert [part.balance_error for part in parts] == [0, 0]
            assert added(*map(plainly, parts)) == plainly(whole), area_ids

    def chosen(self, until_us: int) -> Iterator[frozenset[str]]:
        register = self.book.register
        yield from (frozenset("A"), frozenset("AB"))
        for name in ("operator", "other"):
            yield areas_tasked(register, until_us, operator_id=name)
        for name in ("giver", "lender"):
            yield areas_tasked(register, until_us, donor_id=name)

    def check_output(self, from_us: int, until_us: int) -> None:
        """Output and rework are what the account lowered; rework as counted cell by cell."""
        ground = all_ground(self.book)
        rows = output(self.book, ground, from_us=from_us, until_us=until_us)
        whole = account(self.book, from_us=from_us, until_us=until_us)
        for flow in LOWERED:
            lowered = sum(item.flows[flow] for item in whole.classes.values())
            assert sum(row.decided for row in rows if row.maker.outcome == flow) == lowered
        told = sum(row.decided for row in rows if row.maker.heading == "rework")
        assert told == self.reworked(from_us, until_us)

    def reworked(self, from_us: int, until_us: int) -> int:
        found = 0
        for (x0, x1), (y0, y1) in self.cells():
            x_mm, y_mm = (x0 + x1) / 2, (y0 + y1) / 2
            times = list(lowerings(self.book, x_mm, y_mm))
            failed = list(self.failures(x_mm, y_mm))
            for at, now_us in enumerate(times):
                again = any(t <= f <= now_us for t in times[:at] for f in failed)
                if again and from_us < now_us <= until_us:
                    found += 2 * (x1 - x0) * (y1 - y0)
        return found

    def failures(self, x_mm: float, y_mm: float) -> Iterator[int]:
        """When work on a place was found bad; the first report of an id is the work."""
        works: dict[str, list[GridShape]] = {}
        for item in self.facts:
            if isinstance(item.fact, WorkReported) and item.fact.work_id not in works:
                parts = [part for part in item.fact.parts if part.outcome != "not_cleared"]
                works[item.fact.work_id] = [part.shape for part in parts]
        for item in self.facts:
            fact = item.fact
            if not isinstance(fact, WorkInspected):
                continue
            bad = not fact.passed or any(each.severity == "critical" for each in fact.findings)
            shapes = works.get(fact.work_id, [])
            if bad and any(_covers(shape, x_mm, y_mm) for shape in shapes):
                yield item.valid_at_us

    def check_difference(self, from_us: int, until_us: int) -> None:
        """The change is that of the accounts, and its causes are its parts, each with facts."""
        n_known = len(self.facts) * (1 + len(self.facts) % 3) // 4
        earlier = fold(self.facts[:n_known])
        ids = areas_tasked(earlier.register, until_us, operator_id="operator")
        ids_now = areas_tasked(self.book.register, until_us, operator_id="operator")
        pairs = [
            (all_ground(earlier), all_ground(self.book)),
            (all_ground(earlier, CUT), all_ground(self.book, CUT)),
            (
                claimed(earlier, all_ground(earlier), ids),
                claimed(self.book, all_ground(self.book), ids_now),
            ),
        ]
        for then, now in pairs:
            found = difference(
                Knowing(earlier, then),
                Knowing(self.book, now),
                self.facts[n_known:],
                from_us=from_us,
                until_us=until_us,
            )
            before = plainly(account_of(then, from_us=from_us, until_us=until_us))
            after = plainly(account_of(now, from_us=from_us, until_us=until_us))
            told = change_of(found)
            parts = [change_of(cause) for cause in found.causes]
            for key in after:
                class_, name = key
                assert told[class_][name] == after[key] - before[key], key
                assert sum(part[class_][name] for part in parts) == told[class_][name], key
            new = {record.seq for record in self.facts[n_known:]}
            for cause in found.causes:
                assert cause.records
                assert {record.seq for record in cause.records} <= new


def lowerings(book: LandBook, x_mm: float, y_mm: float) -> Iterator[int]:
    """When a place left a class of the account by being lowered, or came in lowered."""
    found = [face for face in book.faces if _covers(face.shape, x_mm, y_mm)]
    before: LandState | None = None
    for step in found[0].timeline.steps if found else ():
        state = step.state
        if state is not None and state.status in LOWERED:
            left = before.status if before is not None else state.raised_class
            if left in CLASSES:
                yield step.at_us
        before = state


def _covers(shape: GridShape, x_mm: float, y_mm: float) -> bool:
    return bool(shapely.covers(shape.geometry, shapely.Point(x_mm, y_mm)))
