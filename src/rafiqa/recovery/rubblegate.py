"""Gate G8: rubble is lifted by layer with an ordnance team on call, and a find stops it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import shapely

from rafiqa.geo import GridShape
from rafiqa.recovery.answer import Gate, GatePolicy
from rafiqa.recovery.lastword import last_words_by
from rafiqa.recovery.sitefact import ChanceFound, RubbleLifted
from rafiqa.recovery.sitefolder import Paper, SiteFolder

PlacedFind = tuple[Paper[ChanceFound], tuple[int, int] | None]
"""A find that is not answered, with its place in mm of the site's frame where it has one."""
_TICKETS_SHARE = Decimal("0.1")
"""How far the tickets of a lift may differ from it: trucks are loaded by eye."""


def finds(
    works_id: str, works: GridShape | None, open_finds: Sequence[PlacedFind], policy: GatePolicy
) -> Iterator[Gate]:
    """Yields G8 closed for each find on these works that no ordnance team has answered.

    Finds of neighbours count where they lie on these works, or within the hazards' distance.
    """
    for paper, place_mm in open_finds:
        own = paper.fact.works_id == works_id
        near = place_mm is not None and works is not None and _near(works, place_mm, policy)
        if own or near:
            params: dict[str, str | int] = {"find": paper.fact.find_id}
            yield Gate("G8", "closed", "gate.rubble.find-open", params, (), (paper.entry_id,))


def _near(works: GridShape, place_mm: tuple[int, int], policy: GatePolicy) -> bool:
    return bool(shapely.dwithin(works.geometry, shapely.Point(place_mm), policy.distance_mm))


def stopped(lot_state: tuple[str, str] | None) -> Iterator[Gate]:
    """Yields G8 closed where a lot's own record says that the work on it was stopped."""
    if lot_state is not None and lot_state[0] == "stopped":
        yield Gate("G8", "closed", "gate.rubble.stopped", {}, (), (lot_state[1],))


def lifting(folder: SiteFolder, valid_at_us: int) -> Iterator[Gate]:
    """Yields G8 of how the rubble is lifted: by layer, with a team on call, ticket by ticket."""
    lifts = last_words_by(folder.all_of(RubbleLifted), lambda paper: paper.fact.lift_id)
    support = folder.support(valid_at_us)
    alone = sorted(
        (paper for paper in lifts if not paper.fact.eod_on_call),
        key=lambda paper: (paper.valid_at_us, paper.seq),
    )
    ids = tuple(paper.entry_id for paper in lifts)
    against: list[Gate] = []
    if alone and (support is None or support.valid_at_us < alone[-1].valid_at_us):
        entry = (alone[-1].entry_id,)
        params: dict[str, str | int] = {"lift": alone[-1].fact.lift_id}
        against.append(Gate("G8", "closed", "gate.rubble.lifted-alone", params, (), entry))
    elif support is None:
        against.append(Gate("G8", "conditions", "gate.rubble.no-team", {}, (), (), "operator"))
    against += _skipped(lifts)
    against += [gate for paper in lifts for gate in _tickets(paper)]
    against += _told_twice(lifts)
    if against or support is None:
        yield from against
        return
    yield Gate(
        "G8",
        "open",
        "gate.rubble.in-order",
        {"team": support.fact.team, "n": len(lifts)},
        (),
        (support.entry_id, *ids),
        None,
        support.fact.until_us,
    )


def _skipped(lifts: Sequence[Paper[RubbleLifted]]) -> Iterator[Gate]:
    """Yields conditions for the layers that no lift is on record of, above one that was lifted."""
    layers = {paper.fact.layer for paper in lifts}
    missing = [layer for layer in range(1, max(layers, default=0)) if layer not in layers]
    if missing:
        params: dict[str, str | int] = {"layers": ", ".join(map(str, missing))}
        ids = tuple(paper.entry_id for paper in lifts)
        yield Gate("G8", "conditions", "gate.rubble.layer-skipped", params, (), ids, "engineer")


def _told_twice(lifts: Sequence[Paper[RubbleLifted]]) -> Iterator[Gate]:
    """Yields conditions for tickets that stand in two lifts: one load is counted twice."""
    seen: dict[str, list[str]] = {}
    for paper in lifts:
        for ticket in dict.fromkeys(paper.fact.tickets):
            seen.setdefault(ticket, []).append(paper.entry_id)
    twice = {ticket: ids for ticket, ids in seen.items() if len(ids) > 1}
    if twice:
        params: dict[str, str | int] = {"tickets": ", ".join(sorted(twice))}
        ids = tuple(dict.fromkeys(each for found in twice.values() for each in found))
        yield Gate("G8", "conditions", "gate.rubble.ticket-twice", params, (), ids, "engineer")


def _tickets(paper: Paper[RubbleLifted]) -> Iterator[Gate]:
    fact = paper.fact
    ids, params = (paper.entry_id,), {"lift": fact.lift_id}
    if not fact.tickets:
        yield Gate("G8", "conditions", "gate.rubble.no-tickets", params, (), ids, "engineer")
    elif fact.tickets_m3 is not None:
        apart = abs(fact.tickets_m3 - fact.volume_m3)
        if apart > _TICKETS_SHARE * fact.volume_m3:
            code = "gate.rubble.tickets-differ"
            yield Gate("G8", "conditions", code, params, (), ids, "engineer")
