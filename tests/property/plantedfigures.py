"""Bugs to plant in the figures: each counts something wrongly, and the machine must see it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib import import_module
from typing import Any

from rafiqa.land import LandBook
from rafiqa.land.movement import Ground
from tests.property.planted import Planted

movement: Any = import_module("rafiqa.land.movement")
output: Any = import_module("rafiqa.land.output")
difference: Any = import_module("rafiqa.land.difference")
machine: Any = import_module("tests.property.figuremachine")


def _plant(name: str, *changes: tuple[Any, str, Any]) -> Planted:
    return Planted(name, changes)


def _never(*_: Any, **__: Any) -> bool:
    return False


def _always(lowered_us: Any, _: Any) -> bool:
    return bool(lowered_us)


def _per_area(book: LandBook, ground: Iterable[Ground], area_ids: frozenset[str]) -> list[Ground]:
    """Ground that two areas claim counts twice."""
    ground = list(ground)
    return [
        item
        for area_id in sorted(area_ids)
        for item in movement.claimed(book, ground, frozenset((area_id,)))
    ]


def _first_claim(_: LandBook, ground: Iterable[Ground], area_ids: frozenset[str]) -> list[Ground]:
    """Only who claims ground first is asked."""
    firsts = {}
    for item in ground:
        claims = [
            claim for step in item.face.timeline.steps if step.state for claim in step.state.claims
        ]
        if claims and claims[0] in area_ids:
            firsts[item.index] = item
    return list(firsts.values())


_bookings = movement._bookings


def _unbooked(before: Any, step: Any) -> Iterator[tuple[str, str, int]]:
    return (item for item in _bookings(before, step) if item[1] != "corrected")


def _one_sided(before: Any, step: Any) -> Iterator[tuple[str, str, int]]:
    return (item for item in _bookings(before, step) if item[1:] != ("reclassified", -1))


_add = output._add


def _by_work(found: Any, credits_: Any, register: Any, move: Any, *rest: Any) -> None:
    """Dated by the field work, where that is known."""
    credit = credits_.of(move.step.state)
    if credit is not None and credit.worked_us is not None:
        move = replace(move, step=replace(move.step, at_us=credit.worked_us))
    _add(found, credits_, register, move, *rest)


def _uncredited(found: Any, credits_: Any, register: Any, move: Any, *rest: Any) -> None:
    """What was taken over is left out."""
    credit = credits_.of(move.step.state)
    if credit is None or not credit.act.transferred:
        _add(found, credits_, register, move, *rest)


_parts = difference._Tracing.parts


def _no_reopening(self: Any) -> Iterator[Any]:
    """A fact that reopened is missed."""
    kinds = {record.seq: type(record.fact).__name__ for record in self._facts}
    for seqs, change in _parts(self):
        if not any(kinds.get(seq) == "LandReopened" for seq in seqs):
            yield seqs, change


def _same_shape(earlier: Any, later: Any) -> dict[int, int]:
    """Faces of the same shape are taken as unchanged."""
    known = {item.face.shape: item for item in earlier}
    return {
        item.index: known[item.face.shape].index
        for item in later
        if item.face.shape in known and known[item.face.shape].size == item.size
    }


def _no_fact(*_: Any) -> tuple[int, ...]:
    return ()


BUGS = [
    _plant("rework is counted as output", (output, "_is_rework", _never)),
    _plant("whatever is lowered again is rework", (output, "_is_rework", _always)),
    _plant("an operator's shared ground counts twice", (machine, "claimed", _per_area)),
    _plant("shared ground counts for one area alone", (machine, "claimed", _first_claim)),
    _plant("corrections are not booked", (movement, "_bookings", _unbooked)),
    _plant("a class is left and not entered", (movement, "_bookings", _one_sided)),
    _plant("output is dated by the field work", (output, "_add", _by_work)),
    _plant("what was taken over is no output", (output, "_add", _uncredited)),
    _plant("the difference misses a fact", (difference._Tracing, "parts", _no_reopening)),
    _plant("a face of the same shape is unchanged", (difference, "_same_faces", _same_shape)),
    _plant("a change without its fact", (difference._Tracing, "_seqs", _no_fact)),
]
