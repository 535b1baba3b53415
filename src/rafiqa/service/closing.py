"""The end of work: assess what was reported, hand released land over, declare completion."""

from __future__ import annotations

from collections.abc import Iterator

from rafiqa.land import (
    AREA_FOUND,
    Actor,
    AssessmentMoved,
    CompletionDeclared,
    LandHandedOver,
    Reason,
    Records,
    Register,
    ReportAnswered,
    StageCase,
    WorkReported,
    area_case,
    assessment_stage,
    completion_ruling,
    move_ruling,
    rule,
)
from rafiqa.service.act import NOW, Stamp, by_the_newest, carry_out
from rafiqa.service.doubt import Doubts
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted

_NOTHING_FOUND = frozenset({"nothing_found"})
_ASSESSED = frozenset({"assessing", "open", "no_hazard_found"})


@by_the_newest
def assess(office: Office, actor: Actor, fact: AssessmentMoved, stamp: Stamp = NOW) -> Acted:
    """Returns the act of moving an assessment; what it says never changes what the land is."""
    register = office.register()
    known = register.areas if fact.subject == "area" else register.reports
    against: list[Reason] = []
    if fact.subject_id not in known:
        code = "land.area.unknown" if fact.subject == "area" else "service.report.unknown"
        against.append(Reason(code, {fact.subject: fact.subject_id}))
    elif fact.stage not in _ASSESSED:
        params: dict[str, str | int] = {"current": "assessing", "target": fact.stage}
        against.append(Reason("land.stage.no-such-move", params))
    else:
        of_area = fact.subject == "area"
        current = assessment_stage(register, fact.subject_id, of_area=of_area)
        case = _area_case(office, fact, stamp) if of_area else _report_case(register, fact)
        against += move_ruling(current, fact.stage, actor.role, case).reasons
    return carry_out(
        office, actor, "assess", fact.subject_id, fact, stamp=stamp, ruling=rule(against)
    )


def _area_case(office: Office, fact: AssessmentMoved, stamp: Stamp) -> StageCase:
    at_us = office.now_us() if stamp.valid_at_us is None else stamp.valid_at_us
    words = (fact.reason, fact.note)
    return area_case(office.book(), fact.subject_id, at_us, words=words)


def _report_case(register: Records, fact: AssessmentMoved) -> StageCase:
    """Returns what a report's assessment rests on: the answers that are on record of it."""
    answers = [item.fact for item in register.answers.get(fact.subject_id, ())]
    outcomes = {item.outcome for item in answers if isinstance(item, ReportAnswered)}
    # A report has no outline: while nobody went there, all of it counts as hazard left.
    unseen = not (outcomes and outcomes <= _NOTHING_FOUND)
    return StageCase(
        fact.reason,
        fact.note,
        evidence=bool(outcomes & AREA_FOUND),
        hazard2_mm2=2_000_000 if unseen else 0,
    )


@by_the_newest
def hand_over(office: Office, actor: Actor, fact: LandHandedOver, stamp: Stamp = NOW) -> Acted:
    """Returns the act of handing released land to its users, with its limits told."""
    register = office.register()
    against: list[Reason] = []
    if fact.area_id not in register.areas:
        against.append(Reason("land.area.unknown", {"area": fact.area_id}))
    if fact.task_id is not None and fact.task_id not in register.tasks:
        against.append(Reason("land.task.unknown", {"task": fact.task_id}))
    against += _untold(fact)
    of_area = register.joined("area", fact.area_id)
    against += _unlisted(of_area, fact)
    if not _released(of_area, fact.area_id):
        against.append(Reason("land.handover.nothing-released", {"area": fact.area_id}))
    if Doubts.asked(office, office.now_us()).of_area(fact.area_id):
        # Whoever takes it over would take it for released: what was seen there comes first.
        against.append(Reason("land.handover.in-doubt", {"area": fact.area_id}))
    return carry_out(
        office, actor, "hand_over", fact.handover_id, fact, stamp=stamp, ruling=rule(against)
    )


def _untold(fact: LandHandedOver) -> Iterator[Reason]:
    told = {
        "receiver": fact.receiver,
        "community_told_on": fact.community_told_on,
        "residual_risk": fact.residual_risk,
        "limits": fact.limits,
    }
    for name, value in told.items():
        if not value.strip():
            params: dict[str, str | int] = {"handover": fact.handover_id, "field": name}
            yield Reason("land.handover.untold", params)


def _unlisted(register: Register, fact: LandHandedOver) -> Iterator[Reason]:
    """Yields parts of the area that were not cleared and that the handover does not list."""
    for part_id, (part, record) in register.parts.items():
        if part.outcome != "not_cleared" or part_id in fact.not_cleared:
            continue
        if getattr(record.fact, "area_id", None) == fact.area_id:
            params: dict[str, str | int] = {"handover": fact.handover_id, "part": part_id}
            yield Reason("land.handover.part-unlisted", params, (part_id,))


def _released(register: Register, area_id: str) -> bool:
    works = [
        work_id
        for work_id, record in register.works.items()
        if isinstance(record.fact, WorkReported) and record.fact.area_id == area_id
    ]
    accepted = any(
        release.state == "accepted"
        for work_id in works
        for release in register.releases_of.get(work_id, ())
    )
    return accepted or any(item.area_id == area_id for item in register.lowers)


@by_the_newest
def declare_completion(
    office: Office, actor: Actor, fact: CompletionDeclared, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of declaring all known work in a boundary done; no land changes by it."""
    at_us = office.now_us() if stamp.valid_at_us is None else stamp.valid_at_us
    against = list(completion_ruling(office.book(), fact, actor, at_us).reasons)
    known = office.register().completions.get(fact.completion_id)
    if known is not None and known.entry_id != stamp.entry_id:
        params: dict[str, str | int] = {"completion": fact.completion_id}
        against.append(Reason("land.completion.id-twice", params))
    return carry_out(
        office,
        actor,
        "declare_completion",
        fact.completion_id,
        fact,
        stamp=stamp,
        ruling=rule(against),
    )
