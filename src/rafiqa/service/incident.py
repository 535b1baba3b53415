"""Accidents, finds and residents' reports: they only ever raise, and never wait for formality.

What has no date may have happened on any day, so also after the ground was released.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256

import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import GridShape, union_of
from rafiqa.land import (
    AREA_FOUND,
    NEAR_MM,
    AccidentRecorded,
    Actor,
    Face,
    LandReopened,
    Reason,
    ReportAnswered,
    ResidentReported,
    Ruling,
    rule,
)
from rafiqa.recovery import ChanceFound
from rafiqa.service.act import NOW, Stamp, by_the_newest, carry_out, on_record
from rafiqa.service.coding import code_faults
from rafiqa.service.dating import dated
from rafiqa.service.office import Office, Saying
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import allow
from rafiqa.service.question import BEGINNING_US
from rafiqa.service.spot import place_mm, point_mm
from rafiqa.wire.factcode import fact_bytes

_REOPENING, _DRAWN = ".reopening", ".drawn"
_DAY_US = 86_400_000_000
_NODING_MM = 10
"""More than the millimetre by which the edges of faces may differ from the shapes they cut."""


def record_accident(
    office: Office, actor: Actor, fact: AccidentRecorded, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of recording an accident; on released land it reopens what it hit.

    Both facts go into the ledger together, so that no moment exists at which the accident is
    known and the land still stands as released (domain practice around IMAS 10.60).
    """

    def reopening(valid_us: int) -> LandReopened | None:
        return accident_reopening(office, fact, valid_us)

    return _raise(office, actor, "record_accident", fact.accident_id, fact, reopening, stamp)


def record_find(office: Office, actor: Actor, fact: ChanceFound, stamp: Stamp = NOW) -> Acted:
    """Returns the act of recording ordnance that works found; they stop with it.

    What lay on or in released ground reopens that ground, in the same breath as an accident
    would; what lay in the rubble above it says nothing of the ground and stops the works alone.
    Where nobody said at which place of the works it lay, all their ground is reopened.
    """
    works = office.recovery().works(fact.works_id)
    place = place_mm(office, fact)

    def reopening(valid_us: int) -> LandReopened | None:
        name = f"{fact.works_id}-{fact.find_id}"
        if fact.lay_in == "rubble":
            return None
        if place is not None:
            return _reopening_at(office, place, name, "missed_item", valid_us)
        ground = None if works is None else works.shape
        return None if ground is None else _reopening_of(office, ground, name, valid_us)

    params: dict[str, str | int] = {"works": fact.works_id[:80], "find": fact.find_id[:80]}
    warnings = []
    if works is None:
        warnings.append(Reason("service.site.find-of-nobody", params))
    if place is None:
        warnings.append(Reason("service.site.find-no-place", params))
    acted = _raise(office, actor, "log_find", fact.works_id, fact, reopening, stamp)
    return replace(acted, warnings=(*acted.warnings, *warnings)) if acted.done else acted


def _reopening_of(
    office: Office, ground: GridShape, name: str, valid_us: int
) -> LandReopened | None:
    """Returns the reopening of all that stands as released of some ground; None of nothing."""
    hit = [
        face.shape.intersection(ground)
        for face in office.book().near(ground)
        if _lowered(office, face, valid_us)
    ]
    hit = [shape for shape in hit if not shape.is_empty]
    if not hit:
        return None
    return LandReopened(f"{name}-reopening", union_of(hit), "missed_item", "cha", note=name)


def _raise(
    office: Office,
    actor: Actor,
    act: str,
    subject: str,
    fact: object,
    reopening: Callable[[int], LandReopened | None],
    stamp: Stamp,
) -> Acted:
    """Returns the act of recording something that raises, with the reopening it brings about."""
    reasons = (*allow(actor, act).reasons, *code_faults(fact))
    if reasons:
        return Acted(rule(reasons))
    judged = dated(fact, stamp.valid_at_us, office.now_us())
    # By a clock that runs ahead: what was found stops now, not when that day comes.
    valid_us = min(judged.valid_at_us, office.now_us())
    entry_id = stamp.entry_id or office.new_id()
    digest = stamp.request_digest or sha256(fact_bytes(fact)).digest()
    sayings = [Saying(entry_id, subject, valid_us, judged.fact, digest)]
    # What an accident or a find on record brought about stands beside it since then.
    known = on_record(office, stamp)
    since_us = reopened_us(office, valid_us)
    opened = None if known else reopening(since_us)
    if opened is not None:
        # The id follows from the first one's, so that sending it twice reopens once.
        opened_id, _ = reopening_ids(entry_id)
        sayings.append(Saying(opened_id, opened.reopening_id, since_us, opened))
    receipt = office.say(actor, sayings)
    if receipt.quarantined:
        return Acted(rule([Reason("ledger.id-conflict", {"entry": entry_id})]))
    ids = tuple(saying.entry_id for saying in sayings)
    already = entry_id in receipt.already
    return Acted(Ruling(allowed=True), ids, already=already, warnings=judged.warnings)


def reopened_us(office: Office, valid_us: int) -> int:
    """Returns since when ground is reopened for what happened then: now, where it has no date."""
    return office.now_us() if valid_us <= BEGINNING_US else valid_us


def accident_reopening(
    office: Office, fact: AccidentRecorded, valid_us: int
) -> LandReopened | None:
    """Returns the reopening that an accident brings about; None where no released land was hit.

    One that is drawn as an outline may have happened anywhere on it, so that all released land
    that the outline touches is reopened.

    Args:
        office: the open store.
        fact: the accident.
        valid_us: since when its ground is reopened (``reopened_us``).
    """
    place = place_mm(office, fact)
    if place is None:
        # Off the grid no land can be on record; what happened there is recorded all the same.
        return None
    return _reopening_at(office, place, fact.accident_id, "accident", valid_us)


def reopening_ids(entry_id: str) -> tuple[str, str]:
    """Returns under which ids stand what an entry reopened, and what its ground did later."""
    return f"{entry_id}{_REOPENING}", f"{entry_id}{_REOPENING}{_DRAWN}"


def brought_by(entry_id: str) -> str:
    """Returns the entry that a reopening belongs to, by its id; of any other entry its own id."""
    return entry_id.removesuffix(_DRAWN).removesuffix(_REOPENING)


def drawn_anew(office: Office, fact: AccidentRecorded, entry_id: str) -> Saying | None:
    """Returns the reopening of what an accident hit that is on record with its spot alone.

    It was told of as ground before a fact had room for that, and only its spot was asked then. The
    same file coming again says the rest: all that stood as released then where it was drawn.

    Args:
        office: the open store.
        fact: the accident as its row is read now.
        entry_id: under which it is on record.
    """
    known = office.register().accidents.get(fact.accident_id)
    if known is None or known.entry_id != entry_id or not isinstance(known.fact, AccidentRecorded):
        return None
    _, again_id = reopening_ids(entry_id)
    if known.fact.ground or fact.ground is None or office.store.find(again_id):
        return None
    undated = known.valid_at_us <= BEGINNING_US
    since_us = known.recorded_at_us if undated else known.valid_at_us
    name = f"{fact.accident_id}-drawn"
    opened = _reopening_at(office, fact.ground.geometry, name, "accident", since_us)
    if opened is None:
        return None
    opened = replace(opened, note=fact.accident_id)
    return Saying(again_id, opened.reopening_id, since_us, opened)


def _reopening_at(
    office: Office, place: BaseGeometry, name: str, cause: str, valid_us: int
) -> LandReopened | None:
    if not _was_lowered(office, place):
        return None
    hit = [face.shape for face in office.book().touching(place) if _lowered(office, face, valid_us)]
    if not hit:
        return None
    return LandReopened(f"{name}-reopening", union_of(hit), cause, "cha", note=name)


def _lowered(office: Office, face: Face, valid_us: int) -> bool:
    """Returns whether a face stood as released when something happened on it.

    What is dated by its day alone may have happened at any hour of it: also after what was
    released that day.
    """
    moments = [valid_us]
    if valid_us % _DAY_US == 0:
        moments.append(min(valid_us + _DAY_US - 1, office.now_us()))
    states = (face.timeline.at(moment) for moment in moments)
    return any(state is not None and not state.is_hazard for state in states)


def _was_lowered(office: Office, place: BaseGeometry) -> bool:
    """Returns whether a place lies on or beside ground that any act ever took off hazard.

    Only there can land stand as released, so that elsewhere no book need be folded: with
    thousands of facts that is most of the cost of an accident.
    """
    return bool(office.book().lowers_near(place, _NODING_MM))


def report_hazard(
    office: Office, actor: Actor, fact: ResidentReported, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of taking a resident's report; it is never refused for its form."""
    return carry_out(office, actor, "report_hazard", fact.report_id, fact, stamp=stamp)


@by_the_newest
def answer_report(office: Office, actor: Actor, fact: ReportAnswered, stamp: Stamp = NOW) -> Acted:
    """Returns the act of answering a report: what became of it, told back.

    Nobody answers a report of their own, and none is left to an area that does not stand there.
    """
    return carry_out(
        office,
        actor,
        "answer_report",
        fact.report_id,
        fact,
        stamp=stamp,
        ruling=rule(_answer_faults(office, actor, fact)),
    )


def leave_to_record(office: Office, actor: Actor, answer: ReportAnswered, entry_id: str) -> Acted:
    """Returns the act of leaving the sign of a form to the fact that was made of the form."""
    stamp = Stamp(entry_id=entry_id)
    return carry_out(office, actor, "answer_report", answer.report_id, answer, stamp=stamp)


def _answer_faults(office: Office, actor: Actor, fact: ReportAnswered) -> Iterator[Reason]:
    register = office.register()
    report = register.reports.get(fact.report_id)
    params: dict[str, str | int] = {"report": fact.report_id}
    if report is None or not isinstance(report.fact, ResidentReported):
        yield Reason("service.report.unknown", params)
        return
    if report.actor.is_one_with(actor):
        yield Reason("service.report.own", params)
    if fact.outcome not in AREA_FOUND:
        return
    area = register.areas.get(fact.area_id or "")
    if area is None:
        yield Reason("service.report.area-missing", {**params, "area": fact.area_id or ""})
    elif not _beside(office, area.outline, report.fact):
        yield Reason("service.report.area-elsewhere", {**params, "area": area.area_id})


def _beside(office: Office, outline: GridShape, report: ResidentReported) -> bool:
    """Returns whether an area reaches to where a report may be of; one without a place to any."""
    if report.spot is None:
        return True
    point = point_mm(office, report.spot)
    reach_mm = max(NEAR_MM, 1_000 * max(0, report.accuracy_m or 0))
    return point is not None and bool(shapely.dwithin(outline.geometry, point, reach_mm))
