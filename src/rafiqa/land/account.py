"""The land account: what was opened, lowered, reopened and left, and that it adds up.

For any boundary and period, per class:

    closing = opening + new ± reclassified ± corrected + reopened
              − cancelled − reduced − cleared

The identity holds because each change of each face is booked once, in whole units of
half a square millimetre; opening and closing are read from the states themselves, not
from the bookings, so the two sides check one another. Counting rules follow the treaty
reporting practice described around the Oslo Action Plan, action 22, in our own words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import shapely

from rafiqa.geo import GridShape
from rafiqa.land.book import LandBook
from rafiqa.land.face import Face
from rafiqa.land.steptable import StepTable
from rafiqa.land.timeline import LandState, Step

CLASSES = ("sha", "cha")
FLOWS = ("new", "cancelled", "reduced", "cleared", "reopened", "reclassified", "corrected")


@dataclass(slots=True)
class ClassAccount:
    """One class's figures, each twice an area in mm² (exact integers)."""

    opening: int = 0
    closing: int = 0
    flows: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FLOWS, 0))

    @property
    def balance_error(self) -> int:
        """Closing as read less closing as booked; anything but zero is a fault."""
        lowered = sum(self.flows[name] for name in ("cancelled", "reduced", "cleared"))
        raised = sum(self.flows[name] for name in ("new", "reopened", "reclassified", "corrected"))
        return self.closing - (self.opening + raised - lowered)


@dataclass(slots=True)
class Account:
    """The account of every class over one boundary and period."""

    classes: dict[str, ClassAccount]
    from_us: int
    until_us: int
    released: dict[str, int]

    @classmethod
    def empty(cls, from_us: int, until_us: int) -> Account:
        """Returns the account of no land at all."""
        classes = {name: ClassAccount() for name in CLASSES}
        return cls(
            classes, from_us, until_us, dict.fromkeys(("cancelled", "reduced", "cleared"), 0)
        )

    @property
    def balance_error(self) -> int:
        """The sum of the classes' errors without regard to sign, in half mm²."""
        return sum(abs(item.balance_error) for item in self.classes.values())

    def add(self, other: Account, sign: int = 1) -> None:
        """Adds the figures of other land to these, or takes them out again with sign −1."""
        for name, item in other.classes.items():
            own = self.classes[name]
            own.opening += sign * item.opening
            own.closing += sign * item.closing
            for flow, size in item.flows.items():
                own.flows[flow] += sign * size
        for status, size in other.released.items():
            self.released[status] += sign * size


def _clipped(faces: Iterable[Face], boundary: GridShape | None) -> Iterable[tuple[Face, int]]:
    for face in faces:
        if boundary is None or boundary.covers(face.shape):
            yield face, face.shape.area2_mm2
        elif face.shape.intersects(boundary):
            inside = face.shape.intersection(boundary)
            if not inside.is_empty:
                yield face, inside.area2_mm2


def _opens(account: Account, state: LandState | None, size: int) -> None:
    if state is not None and state.status in account.classes:
        account.classes[state.status].opening += size


def _closes(account: Account, state: LandState | None, size: int) -> None:
    if state is None:
        return
    if state.status in account.classes:
        account.classes[state.status].closing += size
    if state.status in account.released:
        account.released[state.status] += size


def _book(account: Account, before: LandState | None, step: Step, size: int) -> None:
    after = step.state
    source = before.status if before and before.is_hazard else None
    target = after.status if after and after.is_hazard else None
    if source == target and before is not None:
        return
    if before is None and after is not None and target is None:
        # Taken over as released: put on record and lowered in one act.
        _add(account, after.raised_class, "new", size)
        source = after.raised_class
    if source is not None and target is None:
        flow = after.status if after is not None else "corrected"
        _add(account, source, flow, size if flow != "corrected" else -size)
    elif source is None and target is not None:
        opened = "corrected" if step.corrected else "new"
        _add(account, target, opened if before is None else "reopened", size)
    elif source is not None and target is not None:
        _reclassify(account, source, target, size)


def _reclassify(account: Account, source: str, target: str, size: int) -> None:
    if source not in account.classes or target not in account.classes:
        # An indication is outside the account: what enters from it is new, what falls back
        # to it is a correction, and reclassification sums to nothing over the classes.
        _add(account, target, "new", size)
        _add(account, source, "corrected", -size)
        return
    _add(account, source, "reclassified", -size)
    _add(account, target, "reclassified", size)


def _add(account: Account, class_: str, flow: str, size: int) -> None:
    if class_ in account.classes:
        account.classes[class_].flows[flow] += size


def plain_account(
    faces: Iterable[Face], *, from_us: int, until_us: int, boundary: GridShape | None = None
) -> Account:
    """Returns the account of the period (from, until] over some faces, one by one.

    The plain way, and the one that ``account`` is held against.
    """
    result = Account.empty(from_us, until_us)
    for face, size in _clipped(faces, boundary):
        _opens(result, face.timeline.at(from_us), size)
        _closes(result, face.timeline.at(until_us), size)
        for before, step in face.timeline.changes(from_us, until_us):
            _book(result, before, step, size)
    return result


def account(
    book: LandBook, *, from_us: int, until_us: int, boundary: GridShape | None = None
) -> Account:
    """Returns the account of the period (from, until] inside a boundary, in exact integers.

    Args:
        book: the land book as known at the time asked about.
        from_us: start of the period; changes at that very instant belong to the opening.
        until_us: end of the period, included.
        boundary: count only ground inside it; everything on record where None.
    """
    result = Account.empty(from_us, until_us)
    with book.history.lock:
        table = book.history.steps(book.seq)
        size = _sizes(table, book.history.alive(book.seq)[table.row.values], boundary)
        step_size = size[table.face.values]
        at_us, next_us, code = table.at_us.values, table.next_us.values, table.code.values
        counted = step_size != 0
        opening = counted & (at_us <= from_us) & (next_us > from_us)
        closing = counted & (at_us <= until_us) & (next_us > until_us)
        booked = counted & (at_us > from_us) & (at_us <= until_us)
        sums = [_by_code(len(table.changes), code, step_size, on) for on in (opening, closing)]
        flows = _by_code(len(table.changes), code, step_size, booked)
        changes = list(table.changes)
    for change, opens, closes, flow in zip(changes, *sums, flows, strict=True):
        _opens(result, change.step.state, opens)
        _closes(result, change.step.state, closes)
        if flow:
            _book(result, change.before, change.step, flow)
    return result


def _by_code(
    n_codes: int,
    code: npt.NDArray[np.int64],
    size: npt.NDArray[np.int64],
    on: npt.NDArray[np.bool_],
) -> list[int]:
    total = np.zeros(n_codes, dtype=np.int64)
    np.add.at(total, code[on], size[on])
    return [int(each) for each in total]


def _sizes(
    table: StepTable, alive: npt.NDArray[np.bool_], boundary: GridShape | None
) -> npt.NDArray[np.int64]:
    """Returns of each face twice the area in mm² that counts: none of what was not known."""
    size = np.where(alive, table.area2_mm2.values, 0)
    if boundary is None:
        return size
    if boundary.is_empty:
        return np.zeros_like(size)
    x_min, y_min, x_max, y_max = boundary.bounds_mm
    west, south, east, north = table.bounds_mm.T
    meets = (west <= x_max) & (east >= x_min) & (south <= y_max) & (north >= y_min)
    asked = np.flatnonzero(alive & meets)
    shapes = np.array([table.faces[index].shape.geometry for index in asked], dtype=object)
    tree = shapely.STRtree(shapes)
    covered = np.zeros(len(asked), dtype=np.bool_)
    covered[tree.query(boundary.geometry, predicate="covers")] = True
    partly = np.zeros(len(asked), dtype=np.bool_)
    partly[tree.query(boundary.geometry, predicate="intersects")] = True
    partly &= ~covered
    counted = np.zeros_like(size)
    counted[asked[covered]] = size[asked[covered]]
    for index in asked[partly].tolist():
        counted[index] = table.faces[index].shape.intersection(boundary).area2_mm2
    return counted
