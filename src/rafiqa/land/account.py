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

from rafiqa.geo import GridShape
from rafiqa.land.book import LandBook
from rafiqa.land.face import Face
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

    @property
    def balance_error(self) -> int:
        """The sum of the classes' errors without regard to sign, in half mm²."""
        return sum(abs(item.balance_error) for item in self.classes.values())


def _clipped(faces: Iterable[Face], boundary: GridShape | None) -> Iterable[tuple[Face, int]]:
    for face in faces:
        if boundary is None:
            yield face, face.shape.area2_mm2
        elif face.shape.intersects(boundary):
            inside = face.shape.intersection(boundary)
            if not inside.is_empty:
                yield face, inside.area2_mm2


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
    classes = {name: ClassAccount() for name in CLASSES}
    released = dict.fromkeys(("cancelled", "reduced", "cleared"), 0)
    result = Account(classes, from_us, until_us, released)
    for face, size in _clipped(book.faces, boundary):
        opening, closing = face.timeline.at(from_us), face.timeline.at(until_us)
        if opening is not None and opening.status in classes:
            classes[opening.status].opening += size
        if closing is not None and closing.status in classes:
            classes[closing.status].closing += size
        if closing is not None and closing.status in released:
            released[closing.status] += size
        for before, step in face.timeline.changes(from_us, until_us):
            _book(result, before, step, size)
    return result
