"""Parts of an area's land: released, left, only reported, or reopened since."""

from __future__ import annotations

from collections.abc import Iterator

from rafiqa.api import shape
from rafiqa.api.ground import Ground, since_us
from rafiqa.api.history import label
from rafiqa.api.reason import reasons
from rafiqa.api.view import View
from rafiqa.geo import GridShape
from rafiqa.land import (
    Face,
    LandState,
    Reason,
    Recorded,
    ReleaseProposed,
    ReleaseTransferred,
    WorkedPart,
    proofs,
)
from rafiqa.service.residual import ask_residual
from rafiqa.wire.instant import iso
from rafiqa.wire.residualjson import part_reasons

_WHOLE = 0.999
"""A part that holds on this much of its ground holds wholly: the rest is drawing noise."""
OnRecord = WorkedPart | ReleaseTransferred


def parts(view: View, on: Ground) -> list[shape.Part]:
    """Returns the parts of a piece of ground; what was only reported is for staff alone.

    Staff are told beside each cleared part what is judged to be left in it.
    """
    beside = _judged(view, on)
    return [
        _part(view, part_id, part, beside.get(part_id, []))
        for part_id, part, _ in _on_record(view, on)
    ]


def _judged(view: View, on: Ground) -> dict[str, list[Reason]]:
    """Returns what is judged of each part of an area in words; it releases nothing."""
    if not view.staff or on.record is None:
        return {}
    told = ask_residual(view.desk.office, on.claim_id, view.moment.as_of)
    return {part.part_id: list(part_reasons(part, told)) for part in told.parts}


def _on_record(view: View, on: Ground) -> Iterator[tuple[str, OnRecord, Recorded]]:
    on_ground = {part_id for _, state in on.faces for part_id in state.part_ids}
    for part_id, (part, record) in view.register.parts.items():
        own = getattr(record.fact, "area_id", None) == on.claim_id or part_id == on.claim_id
        if not view.true(record) or not (own or part_id in on_ground):
            continue
        if view.staff or part.outcome == "not_cleared" or was_released(view, part_id):
            yield part_id, part, record


def _part(view: View, part_id: str, part: OnRecord, beside: list[Reason]) -> shape.Part:
    if part.outcome == "not_cleared":
        left_m2 = _area_m2(part.shape, hazards_in(view, part.shape))
        why = [Reason("land.point.not-cleared", {"reason": part.reason or ""}, (part_id,))]
        return shape.Part(part_id, "not_cleared", None, left_m2, None, reasons(view, why))
    held = holding(view, part_id, part.shape)
    if held:
        return _held(view, part_id, part, held, beside)
    outcome = label("outcome", part.outcome, view.lang)
    params: dict[str, str | int] = {"outcome": outcome, "part": part_id}
    if was_released(view, part_id):
        why = [Reason("api.part.reopened", params, (part_id,)), *beside]
        return shape.Part(part_id, "reopened", None, part.shape.area_m2, None, reasons(view, why))
    why = [Reason("api.part.reported", params, (part_id,)), *beside]
    return shape.Part(part_id, "reported", None, part.shape.area_m2, None, reasons(view, why))


def _held(
    view: View,
    part_id: str,
    part: OnRecord,
    held: list[tuple[Face, LandState]],
    beside: list[Reason],
) -> shape.Part:
    area_m2 = sum(face.shape.area2_mm2 for face, _ in held) / 2e6
    why = []
    doubts = view.doubts()
    in_doubt = any(doubts.on(face, state) for face, state in held)
    if in_doubt:
        why.append(Reason("api.part.in-doubt", {"part": part_id}, (part_id,)))
    if area_m2 < _WHOLE * part.shape.area_m2:
        lost_m2 = max(round(part.shape.area_m2 - area_m2), 1)
        params: dict[str, str | int] = {"area_m2": lost_m2, "part": part_id}
        why.append(Reason("api.part.partly", params, (part_id,)))
    if part.surface:
        why.append(Reason("land.point.surface", {"surface": part.surface}, (part_id,)))
    if isinstance(part, ReleaseTransferred):
        params = {"authority": part.released_by, "source": part.source}
        why.append(Reason("land.point.transferred", params, (part_id,)))
    why += [*proofs(view.register, (part_id,), view.moment.valid_us), *beside]
    since = max(since_us(face, view.moment.valid_us) for face, _ in held)
    # A part's own depth, but never deeper than what the ground it lies in is known for.
    depths = [state.depth_cm for _, state in held if state.depth_cm is not None]
    depth_cm = None if part.depth_cm is None else min([part.depth_cm, *depths])
    outcome = part.outcome
    told = reasons(view, why)
    return shape.Part(part_id, outcome, depth_cm, area_m2, iso(since), told, in_doubt)


def holding(view: View, part_id: str, within: GridShape) -> list[tuple[Face, LandState]]:
    """Returns the faces that are released because of a part."""
    return [
        (face, state)
        for face in view.moment.book.near(within)
        if (state := face.timeline.at(view.moment.valid_us)) is not None
        and part_id in state.part_ids
    ]


def hazards_in(view: View, within: GridShape) -> list[Face]:
    """Returns the faces of hazard that a shape touches."""
    return [
        face
        for face in view.moment.book.near(within)
        if (state := face.timeline.at(view.moment.valid_us)) is not None and state.is_hazard
    ]


def _area_m2(within: GridShape, faces: list[Face]) -> float:
    return sum(face.shape.intersection(within).area2_mm2 for face in faces) / 2e6


def not_cleared_m2(view: View, on: Ground) -> float:
    """Returns how much of the ground's hazard was explicitly not cleared, in m²."""
    left = [part.shape for _, part, _ in _on_record(view, on) if part.outcome == "not_cleared"]
    size2 = 0
    for face, state in on.faces:
        if state.is_hazard:
            rest = face.shape
            for unit in left:
                rest = rest.difference(unit) if rest.intersects(unit) else rest
            size2 += face.shape.area2_mm2 - rest.area2_mm2
    return size2 / 2e6


def was_released(view: View, part_id: str) -> bool:
    """Returns whether a part's release had been accepted, or taken over, by the moment."""
    part, record = view.register.parts[part_id]
    if isinstance(part, ReleaseTransferred):
        return view.true(record)
    return any(
        release.state == "accepted"
        and release.decision is not None
        and view.true(release.decision)
        and isinstance(release.proposal.fact, ReleaseProposed)
        and part_id in release.proposal.fact.part_ids
        for release in view.register.releases.values()
    )
