"""What is known of one point of ground, with every reason and the facts it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import shapely

from rafiqa.land.book import Face, LandBook
from rafiqa.land.fact import LandReopened, ReleaseTransferred, WorkedPart
from rafiqa.land.ruling import Reason
from rafiqa.land.timeline import LandState

UNRECORDED = "unrecorded"


@dataclass(frozen=True, slots=True)
class PointAnswer:
    """The state of a point: a status of the land book, or ``unrecorded``, which is no all-clear."""

    state: str
    depth_cm: int | None
    reopened: bool
    reasons: tuple[Reason, ...]
    area_ids: tuple[str, ...]
    part_ids: tuple[str, ...]


_WORST_LAST = ("cleared", "reduced", "cancelled", UNRECORDED, "indication", "sha", "cha")


def point(book: LandBook, x_mm: int, y_mm: int, valid_at_us: int) -> PointAnswer:
    """Returns what is known of a point at a time; on an edge, the worst of both sides.

    The outer edge of released land counts as unrecorded: released shapes only shrink.
    """
    touching = [
        (face, state)
        for face in book.at_mm(x_mm, y_mm)
        if (state := face.timeline.at(valid_at_us)) is not None
    ]
    if not touching:
        return _unrecorded()
    worst = max((state for _, state in touching), key=_badness)
    if not worst.is_hazard and _on_outer_edge([face for face, _ in touching], x_mm, y_mm):
        return _unrecorded()
    reasons = tuple(_reasons(book, worst, (x_mm, y_mm), valid_at_us))
    return PointAnswer(
        worst.status, worst.depth_cm, worst.reopened, reasons, worst.claims, worst.part_ids
    )


def _badness(state: LandState) -> tuple[int, bool, int]:
    """Returns what makes one state worse than another; of cleared ground, the shallower."""
    depth_cm = -1 if state.depth_cm is None else state.depth_cm
    return _WORST_LAST.index(state.status), state.reopened, -depth_cm


def _unrecorded() -> PointAnswer:
    return PointAnswer(
        UNRECORDED,
        None,
        reopened=False,
        reasons=(Reason("land.point.unrecorded"),),
        area_ids=(),
        part_ids=(),
    )


def _on_outer_edge(touching: list[Face], x_mm: int, y_mm: int) -> bool:
    together = shapely.unary_union([face.shape.geometry for face in touching])
    return not shapely.contains_properly(together, shapely.Point(x_mm, y_mm))


def _reasons(
    book: LandBook, state: LandState, at_mm: tuple[int, int], valid_at_us: int
) -> Iterator[Reason]:
    register = book.register
    for claim in state.claims:
        area = register.areas.get(claim)
        name = area.fact.name if area and area.fact.name else claim
        yield Reason(f"land.point.{state.status}", {"area": name}, (claim,))
        if area is not None and area.fact.source:
            yield Reason("land.point.source", {"source": area.fact.source}, (claim,))
    if state.is_hazard:
        yield from _hazard_reasons(book, state, at_mm, valid_at_us)
    else:
        yield from _released_reasons(book, state)


def _hazard_reasons(
    book: LandBook, state: LandState, at_mm: tuple[int, int], valid_at_us: int
) -> Iterator[Reason]:
    register = book.register
    for subject in state.subjects:
        reopening = register.reopenings.get(subject)
        if reopening is not None and isinstance(reopening.fact, LandReopened):
            yield Reason("land.point.reopened", {"cause": reopening.fact.cause}, (subject,))
        if subject in register.failed:
            params = {"inspection": subject}
            yield Reason("land.point.inspection-failed", params, (subject,))
    for claim in state.claims:
        if claim in register.areas:
            ids = register.evidence_raising(claim)
            if ids:
                yield Reason("land.point.evidence", {"n": len(ids)}, ids)
    for part_id in book.not_cleared_at_mm(*at_mm):
        part, recorded = register.parts[part_id]
        if recorded.valid_at_us <= valid_at_us:
            yield Reason("land.point.not-cleared", {"reason": part.reason or ""}, (part_id,))


def _released_reasons(book: LandBook, state: LandState) -> Iterator[Reason]:
    for part_id in state.part_ids:
        part, _ = book.register.parts[part_id]
        if part.outcome == "cleared":
            yield Reason("land.point.depth", {"depth_cm": part.depth_cm or 0}, (part_id,))
        if part.surface:
            yield Reason("land.point.surface", {"surface": part.surface}, (part_id,))
        if isinstance(part, ReleaseTransferred):
            params = {"authority": part.released_by, "source": part.source}
            yield Reason("land.point.transferred", params, (part_id,))
        elif isinstance(part, WorkedPart):
            yield from _decided_by(book, state)
    yield Reason("land.point.not-a-promise")


def _decided_by(book: LandBook, state: LandState) -> Iterator[Reason]:
    for subject in state.subjects:
        release = book.register.releases.get(subject)
        if release is not None and release.decision is not None:
            params = {
                "proposer": release.proposal.actor.person_id,
                "accepter": release.decision.actor.person_id,
                "organisation": release.decision.actor.organisation_id,
            }
            yield Reason("land.point.released-by", params, (subject,))
