"""Theirs: which rows of an export stand on other authorities' word alone, by who wrote what raises.

What others told of is theirs to share. As soon as somebody here has put that ground to hazard too,
by an area, an outline drawn anew or a reopening, it is told of as ours.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cached_property

from rafiqa.geo import GridShape, Spot
from rafiqa.land import SLIVER_MM2
from rafiqa.land.register import Lower, Raise
from rafiqa.service.federationbook import FederationBook
from rafiqa.service.office import Office
from rafiqa.service.question import BEGINNING_US

_SLIVER2 = 2 * SLIVER_MM2
RAISING = frozenset({"recorded", "extended", "reopened", "kept", "implied"})
"""What puts ground to hazard by itself."""


class Theirs:
    """Tells rows that are others' word alone.

    Args:
        office: the open store.
        book: what is known of exchange.
    """

    def __init__(self, office: Office, book: FederationBook) -> None:
        self._office, self._book = office, book

    def holds(self, kind: str, id_: str, place: GridShape | Spot | None) -> bool:
        """Returns whether a row is wholly of what other authorities told of.

        Args:
            kind: of the item that it would be.
            id_: of the row: its claims or parts, with ``+`` between them.
            place: its ground.
        """
        claims = id_.partition("/")[0].split("+")
        if not all(self._book.is_foreign(claim) for claim in claims):
            return False
        if kind != "hazard" or not isinstance(place, GridShape):
            return True
        return not any(
            self._stands(each, place) for each in self._ours if each.area_id in {None, *claims}
        )

    @cached_property
    def _ours(self) -> list[Raise]:
        return list(self._raised_here())

    def _raised_here(self) -> Iterator[Raise]:
        written = self._book.written
        parts = self._book.taken_over
        for each in self._office.register().raises:
            is_over = each.kind == "implied" and each.subject in parts
            if each.kind in RAISING and each.seq not in written and not is_over:
                yield each

    def _stands(self, ours: Raise, place: GridShape) -> bool:
        """Whether ground of a row was put to hazard here, and not lowered since."""
        return not left_standing(self._office, ours, place).is_empty


def left_standing(
    office: Office, raised: Raise, place: GridShape, unsure: Collection[str] = ()
) -> GridShape:
    """Returns the ground of a place that was put to hazard by something, and not lowered since.

    Empty where no more than slivers are left.

    Args:
        office: the open store.
        raised: what put it to hazard.
        place: the ground.
        unsure: parts that answer only what is dated, and dated before them.
    """
    left = raised.shape.intersection(place)
    if left.area2_mm2 > _SLIVER2:
        for lower in office.book().lowers_near(left.geometry):
            if _answers(lower, raised) and not (
                lower.part_id in unsure and _is_unsure(lower, raised)
            ):
                left = left.difference(lower.shape)
    return left if left.area2_mm2 > _SLIVER2 else GridShape.empty()


def _answers(lower: Lower, raised: Raise) -> bool:
    """Whether a lowering speaks of what was put to hazard before the work that it rests on."""
    speaks = raised.area_id is None or lower.speaks_of(raised.area_id)
    begun = lower.begun
    return speaks and begun.seq >= raised.seq and begun.valid_at_us >= raised.valid_at_us


def _is_unsure(lower: Lower, raised: Raise) -> bool:
    return raised.valid_at_us in {BEGINNING_US, lower.begun.valid_at_us}
