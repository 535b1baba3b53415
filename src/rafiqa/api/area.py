"""Areas: the list of them, and one with everything on record that the asker may see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import msgspec

from rafiqa.api import shape
from rafiqa.api.ask import Ask
from rafiqa.api.certificate import certificates
from rafiqa.api.ground import Ground, areas, ground, outline_json, stage
from rafiqa.api.history import history
from rafiqa.api.offer import offers
from rafiqa.api.part import not_cleared_m2, parts
from rafiqa.api.reason import reasons
from rafiqa.api.reply import Reply, reply
from rafiqa.api.view import View
from rafiqa.geo import MOVED_STEPS
from rafiqa.land import (
    BoundaryCorrected,
    ClassDecided,
    LandReopened,
    Reason,
    Recorded,
    ReleaseProposed,
    ReleaseTransferred,
    WorkedPart,
    answer_reasons,
    evidence_reasons,
    proofs,
    quarantines,
    standing,
)
from rafiqa.service import AsOf


def show_areas(ask: Ask) -> Reply:
    """Returns every area on record by then."""
    view = View.of(ask)
    return view.kept("areas", lambda: reply(shape.Areas([_brief(view, on) for on in areas(view)])))


def _brief(view: View, on: Ground) -> shape.AreaBrief:
    return shape.AreaBrief(
        on.claim_id,
        on.name,
        on.status,
        stage(view, on),
        on.reopened,
        on.hazard_m2,
        on.in_doubt2_mm2(view.doubts()) > 0,
    )


def show_area(ask: Ask) -> Reply:
    """Returns one area: its land, its parts, why, what may be done, and how it came so.

    Raises:
        NotFound: no area, and no ground of its own, of that id was on record by then.
    """
    area_id = ask.path["area_id"]
    view = View.of(ask).of_area(area_id)
    key = ("area", area_id, view.moment.land_key, view.lang, view.reach)
    sheet: shape.Area = view.desk.sheets.get(key, lambda: _sheet(view, area_id))
    if ask.actor is None or not ask.staff:
        return reply(sheet)
    present = replace(view, moment=view.desk.moments.at(AsOf()))
    # What somebody may do is asked each time: much more than land speaks for it or against.
    return reply(msgspec.structs.replace(sheet, acts=offers(present, ask.actor, area_id)))


def _sheet(view: View, area_id: str) -> shape.Area:
    """Returns all of an area's sheet but what the asker may do; none of it tells what was seen."""
    on = ground(view, area_id)
    return shape.Area(
        on.claim_id,
        on.name,
        on.status,
        stage(view, on),
        _validation(view, on),
        _figures(view, on),
        on.record.fact.source if on.record else None,
        parts(view, on),
        reasons(view, _reasons(view, on)),
        [],
        list(_releases(view, on)),
        list(certificates(view, on.claim_id)),
        history(view, _told_of(view, on)),
        outline_json(view, on.outline) if view.staff and on.record else None,
    )


def _told_of(view: View, on: Ground) -> Iterator[Recorded]:
    """Yields an area's own facts, and the approvals of each: they stand by the entry."""
    for record in on.facts:
        yield record
        moves = view.register.approvals.get(record.entry_id, ())
        yield from (item for item in moves if view.true(item))


def _validation(view: View, on: Ground) -> str:
    """Returns where the record stands: as moved, or where nobody moved it, as decided on.

    Nobody having moved it, it is approved once the authority entered it or ruled on it.
    """
    if on.record is not None:
        moves = view.register.approvals.get(on.record.recorded.entry_id, ())
        moved = standing(on.record.recorded, [item for item in moves if view.true(item)])
        if moved.moves:
            return moved.state
    decided = any(
        record.actor.role == "authority"
        for record in on.facts
        if record.seq == (on.record.recorded.seq if on.record else 0)
        or isinstance(record.fact, ClassDecided | BoundaryCorrected | LandReopened)
    )
    return "approved" if decided else "submitted"


def _figures(view: View, on: Ground) -> shape.Figures:
    sizes2 = dict.fromkeys(("cancelled", "reduced", "cleared"), 0)
    doubted2, doubts = dict(sizes2), view.doubts()
    hazard2 = 0
    for face, state in on.faces:
        if state.is_hazard:
            hazard2 += face.shape.area2_mm2
        else:
            sizes2[state.status] += face.shape.area2_mm2
            doubted2[state.status] += face.shape.area2_mm2 if doubts.on(face, state) else 0
    left_m2 = not_cleared_m2(view, on)
    reported, difference_mm2 = _as_registered(on)
    return shape.Figures(
        registered_m2=on.outline.area2_mm2 / 2e6,
        computed_m2=(hazard2 + sum(sizes2.values())) / 2e6,
        reported_m2=reported,
        grid_difference_m2=difference_mm2 / 1e6,
        grid_bound_m2=on.outline.geometry.length * MOVED_STEPS / 1e6,
        geodesic_m2=view.desk.office.frame.geodesic_m2(on.outline),
        area_definition="planar-site-frame",
        open_m2=max(hazard2 / 2e6 - left_m2, 0.0),
        cancelled_m2=sizes2["cancelled"] / 2e6,
        reduced_m2=sizes2["reduced"] / 2e6,
        cleared_m2=sizes2["cleared"] / 2e6,
        not_cleared_m2=left_m2,
        cancelled_in_doubt_m2=doubted2["cancelled"] / 2e6,
        reduced_in_doubt_m2=doubted2["reduced"] / 2e6,
        cleared_in_doubt_m2=doubted2["cleared"] / 2e6,
    )


def _as_registered(on: Ground) -> tuple[float | None, int]:
    """Returns the source's own figure in m² and what the grid changed in mm²."""
    facts = [on.record.fact] if on.record else [record.fact for record in on.facts]
    for fact in facts:
        reported = getattr(fact, "area_reported_m2", None)
        if reported is not None or not isinstance(fact, LandReopened):
            difference_mm2 = getattr(fact, "grid_difference_mm2", 0)
            return (None if reported is None else float(reported)), difference_mm2
    return None, 0


def _reasons(view: View, on: Ground) -> Iterator[Reason]:
    name = on.name or on.claim_id
    if on.status is not None:
        yield Reason(f"land.point.{on.status}", {"area": name}, (on.claim_id,))
    doubted_mm2 = on.in_doubt2_mm2(view.doubts()) // 2
    if doubted_mm2:
        yield Reason("api.area.in-doubt", {"area_m2": -(-doubted_mm2 // 1_000_000)})
    if any(state.unproven for _, state in on.faces):
        yield Reason("land.ground.unproven", subjects=(on.claim_id,))
    register = view.register
    params: dict[str, str | int]
    for subject in dict.fromkeys(item for _, state in on.faces for item in state.subjects):
        reopening = register.reopenings.get(subject)
        if reopening is not None and isinstance(reopening.fact, LandReopened):
            yield Reason("land.point.reopened", {"cause": reopening.fact.cause}, (subject,))
    stops = [
        stop for _, state in on.faces for stop in quarantines(register, state, view.moment.valid_us)
    ]
    for stop in dict.fromkeys(stops):
        params = {"lot": stop.lot_id, "work": stop.work_id}
        yield Reason("land.point.quarantined", params, (stop.lot_id,))
    yield from evidence_reasons(register, on.claim_id, view.moment.valid_us)
    for part_id in dict.fromkeys(item for _, state in on.faces for item in state.part_ids):
        part = register.parts[part_id][0]
        if isinstance(part, WorkedPart):
            yield from answer_reasons(part)
    if on.record is not None and on.record.fact.source:
        yield Reason("land.point.source", {"source": on.record.fact.source}, (on.claim_id,))
    for record in on.facts:
        if on.record is None and isinstance(record.fact, ReleaseTransferred):
            params = {"authority": record.fact.released_by, "source": record.fact.source}
            yield Reason("land.point.transferred", params, (record.fact.part_id,))
    if on.status in {"cancelled", "reduced", "cleared"}:
        yield Reason("land.point.not-a-promise")


def _releases(view: View, on: Ground) -> Iterator[shape.Release]:
    """Yields releases as they stood by then; only accepted ones, and no persons, for all."""
    seqs = {record.seq for record in on.facts}
    for release in view.register.releases.values():
        proposal = release.proposal.fact
        if release.proposal.seq not in seqs or not isinstance(proposal, ReleaseProposed):
            continue
        decided = release.decision is not None and view.true(release.decision)
        state = release.state if decided else "proposed"
        if not view.staff and state != "accepted":
            continue
        accepter = release.decision.actor.person_id if release.decision and decided else None
        yield shape.Release(
            release.release_id,
            state,
            release.proposal.actor.person_id if view.staff else None,
            accepter if view.staff and state == "accepted" else None,
            list(proposal.part_ids),
            reasons(view, proofs(view.register, proposal.part_ids, view.moment.valid_us)),
        )
