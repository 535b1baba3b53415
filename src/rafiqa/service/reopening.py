"""Reopening: by a shape, by parts, by an area, or where a project's works go; exactly there.

Naming parts takes back exactly their ground, to the square millimetre: a neighbour that only
shares an edge stands as it did. Works that go deeper, or use the land otherwise, than it was
released for reopen only where they lie on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rafiqa.geo import GridShape, union_of
from rafiqa.land import Actor, HazardClass, LandReopened, Reason, Ruling, rule
from rafiqa.recovery import ProjectRegistered
from rafiqa.service.act import NOW, Stamp, carry_out
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted

OF_WORKS = frozenset({"deeper_works", "changed_use"})
"""Causes that lie in what somebody is going to do there: they name the project."""


@dataclass(frozen=True, slots=True)
class Reopening:
    """What is to be reopened, and why: parts, a shape or both, else an area; or a project's works.

    An area beside parts or a shape only says where they lie.
    """

    reopening_id: str
    cause: str
    class_: HazardClass = "cha"
    shape: GridShape | None = None
    part_ids: tuple[str, ...] = ()
    area_id: str | None = None
    project_id: str | None = None
    note: str | None = None


def reopen_land(office: Office, actor: Actor, fact: LandReopened, stamp: Stamp = NOW) -> Acted:
    """Returns the act of putting ground back to hazard; every gate on it closes at once."""
    return carry_out(
        office,
        actor,
        "reopen_land",
        fact.reopening_id,
        fact,
        stamp=stamp,
        ruling=rule(_faults(fact)),
    )


def _faults(fact: LandReopened) -> Iterator[Reason]:
    if fact.shape.is_empty:
        yield Reason("land.area.empty", {"area": fact.reopening_id})
    if not fact.cause:
        yield Reason("land.reopening.cause-missing", {"reopening": fact.reopening_id})


def reopen(office: Office, actor: Actor, order: Reopening, stamp: Stamp = NOW) -> Acted:
    """Returns the act of reopening exactly the ground that an order names."""
    against = list(_unknown(office, order))
    shape = GridShape.empty() if against else _ground(office, order)
    if not against and shape.is_empty:
        params: dict[str, str | int] = {"reopening": order.reopening_id}
        against.append(Reason("land.reopening.no-ground", params))
    fact = LandReopened(
        order.reopening_id,
        shape,
        order.cause,
        order.class_,
        order.area_id,
        order.note,
        order.part_ids or None,
        order.project_id,
    )
    ruling: Ruling = rule(against or _faults(fact))
    return carry_out(
        office, actor, "reopen_land", fact.reopening_id, fact, stamp=stamp, ruling=ruling
    )


def _unknown(office: Office, order: Reopening) -> Iterator[Reason]:
    """Yields what an order names that is not on record, or does not name and must."""
    register = office.register()
    for part_id in order.part_ids:
        if part_id not in register.parts:
            yield Reason("land.part.unknown", {"part": part_id})
    if order.area_id is not None and order.area_id not in register.areas:
        yield Reason("land.area.unknown", {"area": order.area_id})
    if order.project_id is not None and _works(office, order.project_id) is None:
        yield Reason("land.reopening.project-unknown", {"project": order.project_id})
    if order.cause in OF_WORKS and order.project_id is None:
        params: dict[str, str | int] = {"reopening": order.reopening_id, "cause": order.cause}
        yield Reason("land.reopening.project-missing", params)


def _ground(office: Office, order: Reopening) -> GridShape:
    """Returns the exact ground of an order: of its parts and its shape, else of its area.

    A project's works keep to what of that ground they lie on; where the order names no other
    ground, to where the works lie.
    """
    register = office.register()
    shapes = [register.parts[part_id][0].shape for part_id in order.part_ids]
    if order.shape is not None:
        shapes.append(order.shape)
    if not shapes and order.area_id is not None:
        shapes.append(register.areas[order.area_id].outline)
    # Of one shape nothing is noded: the ground is exactly its own.
    named = None if not shapes else shapes[0] if len(shapes) == 1 else union_of(shapes)
    works = _works(office, order.project_id) if order.project_id is not None else None
    if works is None:
        return named or GridShape.empty()
    return works if named is None else works.intersection(named)


def _works(office: Office, project_id: str) -> GridShape | None:
    """Returns where a project's works and their access lie; None where it is not known."""
    record = office.recovery().projects.get(project_id)
    if record is None or not isinstance(record.fact, ProjectRegistered):
        return None
    return record.fact.ground
