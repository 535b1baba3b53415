"""A task's dossier: everything on record of one task, as true and known at the times asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rafiqa.api.act import actor_of
from rafiqa.api.ask import Ask
from rafiqa.api.certificate import certificates
from rafiqa.api.dossiershape import (
    AccreditationTold,
    DocumentTold,
    Dossier,
    HandoverTold,
    OutcomeM2,
    ReleaseTold,
    TaskBrief,
    Tasks,
    WorkTold,
)
from rafiqa.api.history import history, label
from rafiqa.api.problem import Unknown
from rafiqa.api.releaseseen import looks_of, nonconformities
from rafiqa.api.reply import Reply, reply
from rafiqa.api.view import View
from rafiqa.api.workpart import evidence_of, finds_told, place_json, worked_part
from rafiqa.errors import Fault, NotFound
from rafiqa.land import (
    AccreditationEnded,
    AccreditationGranted,
    LandHandedOver,
    Recorded,
    ReleaseProposed,
    TaskOrdered,
    WorkReported,
)
from rafiqa.land.task import Task, task_of
from rafiqa.ledger import AttachmentNamed
from rafiqa.locale import text
from rafiqa.wire.answer import METHOD
from rafiqa.wire.instant import iso

NO_STORE = {"Cache-Control": "no-store"}
_OUTCOMES = ("cha", "sha", "indication", "cancelled", "reduced", "cleared", "in_doubt")


def show_tasks(ask: Ask) -> Reply:
    """Returns every task that the asker may see, the newest order first.

    Raises:
        Unknown: nobody of the staff is signed in.
    """
    view = _staff_view(ask)
    tasks = [task for task_id in view.register.tasks if (task := _task(view, task_id)) is not None]
    briefs = sorted(
        (_brief(view, task) for task in tasks), key=lambda one: (one.ordered_at, one.task_id)
    )
    return reply(Tasks(briefs[::-1]), NO_STORE)


def _staff_view(ask: Ask) -> View:
    actor_of(ask)
    if not ask.staff:
        raise Unknown(Fault("api.session.needed"))
    return View.of(ask)


def _task(view: View, task_id: str) -> Task | None:
    """Returns a task, or None: what another organisation has is told like what does not exist."""
    task = task_of(view.moment.book, task_id)
    if task is None or not _sees(view, task):
        return None
    facts = tuple(record for record in task.facts if view.true(record))
    ordered = any(isinstance(record.fact, TaskOrdered) for record in facts)
    return Task(task.task_id, task.order, task.ground, facts) if ordered else None


def _sees(view: View, task: Task) -> bool:
    """Returns whether a task is the asker's own, or they see all of them; and its area too."""
    own = task.order.organisation_id == view.own and task.order.area_id in view.own_areas
    return view.staff or own


def _brief(view: View, task: Task) -> TaskBrief:
    area = view.register.areas.get(task.order.area_id)
    hazard2 = sum(size2 for status, size2 in _sizes2(view, task).items() if status in _OUTCOMES[:3])
    return TaskBrief(
        task.task_id,
        task.order.area_id,
        area.fact.name if area else None,
        task.order.organisation_id,
        task.stage,
        label("stage", task.stage, view.lang),
        iso(_ordered(task).valid_at_us),
        task.ground.area2_mm2 / 2e6,
        hazard2 / 2e6,
    )


def _ordered(task: Task) -> Recorded:
    return next(record for record in task.facts if isinstance(record.fact, TaskOrdered))


def _sizes2(view: View, task: Task) -> dict[str, int]:
    """Returns twice the mm² of the task's ground by what it is; the worst of all claims on it.

    Released ground about which something newer speaks is none of the released.
    """
    doubts = view.doubts()
    found = dict.fromkeys(_OUTCOMES, 0)
    for face in view.moment.book.near(task.ground):
        state = face.timeline.at(view.moment.valid_us)
        if state is not None:
            status = "in_doubt" if doubts.on(face, state) else state.status
            found[status] += task.ground.intersection(face.shape).area2_mm2
    return found


def show_dossier(ask: Ask) -> Reply:
    """Returns one task with everything on record of it by then.

    Raises:
        Unknown: nobody of the staff is signed in.
        NotFound: no such task was ordered by then.
    """
    view, task_id = _staff_view(ask), ask.path["task_id"]
    task = _task(view, task_id) if task_id in view.register.tasks else None
    if task is None:
        params: dict[str, str | int] = {"task": task_id[:80]}
        raise NotFound(Fault("land.task.unknown", "task_id", params=params))
    return reply(_dossier(view.of_area(task.order.area_id), task), NO_STORE)


def _dossier(view: View, task: Task) -> Dossier:
    order, moment = task.order, view.moment
    works = [record for record in task.facts if isinstance(record.fact, WorkReported)]
    sizes2 = _sizes2(view, task)
    whole2 = task.ground.area2_mm2
    return Dossier(
        _brief(view, task),
        [label("method", method, view.lang) for method in order.methods],
        order.depth_cm,
        order.donor_id,
        None if order.cost is None else float(order.cost),
        order.currency,
        order.note,
        _ordered(task).actor.organisation_id,
        sorted({team for work in works if (team := getattr(work.fact, "team_id", None))}),
        list(_accreditations(view, order.organisation_id)),
        place_json(view, task.ground),
        [
            OutcomeM2(name, label(_list_of(name), name, view.lang), size2 / 2e6)
            for name, size2 in sizes2.items()
            if size2
        ],
        (whole2 - sum(sizes2.values())) / 2e6,
        list(evidence_of(view, order.area_id)),
        [_work(view, record) for record in works],
        history(view, _quality(view, task, works)),
        history(view, _against(view, works)),
        list(_releases(view, works)),
        list(_handovers(view, task)),
        list(certificates(view, order.area_id)),
        list(_documents(view, task, works)),
        history(view, task.facts),
        f"{view.desk.office.site.name}; ledger 1–{moment.n_known}, {moment.root}",
        iso(moment.valid_us),
        iso(moment.known_us),
        f"{METHOD}; {text('api.dossier.method', {}, view.lang)}",
        moment.n_known,
        moment.root,
    )


def _list_of(status: str) -> str:
    if status == "in_doubt":
        return "hazard_status"
    return "class" if status in _OUTCOMES[:3] else "outcome"


def _accreditations(view: View, organisation_id: str) -> Iterator[AccreditationTold]:
    said = view.register.accreditations.get(organisation_id, ())
    ended = {
        record.fact.accreditation_id
        for record in said
        if isinstance(record.fact, AccreditationEnded) and view.true(record)
    }
    now_us = view.moment.valid_us
    for record in said:
        fact = record.fact
        if isinstance(fact, AccreditationGranted) and view.true(record):
            until_us = fact.valid_until_us
            runs = fact.valid_from_us <= now_us and (until_us is None or now_us <= until_us)
            yield AccreditationTold(
                fact.accreditation_id,
                [label("method", method, view.lang) for method in fact.methods],
                iso(fact.valid_from_us),
                None if until_us is None else iso(until_us),
                fact.restrictions,
                fact.granted_by,
                runs and fact.accreditation_id not in ended,
            )


def _work(view: View, record: Recorded) -> WorkTold:
    fact = record.fact
    assert isinstance(fact, WorkReported)  # noqa: S101 - callers pass works only
    return WorkTold(
        fact.work_id,
        iso(record.recorded_at_us),
        None if fact.begun_us is None else iso(fact.begun_us),
        None if fact.ended_us is None else iso(fact.ended_us),
        fact.team_id,
        list(fact.asset_ids or ()),
        None if fact.deminer_hours is None else float(fact.deminer_hours),
        fact.finds_complete,
        fact.note,
        [worked_part(view, part) for part in fact.parts],
        finds_told(view, fact.finds),
    )


def _quality(view: View, task: Task, works: Sequence[Recorded]) -> Iterator[Recorded]:
    """Yields what looked at the works, and visits to the task, true by then."""
    for work in works:
        yield from (each for each in looks_of(view.register, work) if view.true(each))
    for said in view.register.visits.values():
        for each in said:
            if getattr(each.fact, "task_id", None) == task.task_id and view.true(each):
                yield each


def _against(view: View, works: Sequence[Recorded]) -> Iterator[Recorded]:
    for work in works:
        yield from (each for each in nonconformities(view.register, work) if view.true(each))


def _releases(view: View, works: Sequence[Recorded]) -> Iterator[ReleaseTold]:
    for work in works:
        assert isinstance(work.fact, WorkReported)  # noqa: S101 - callers pass works only
        sizes2 = {part.part_id: part.shape.area2_mm2 for part in work.fact.parts}
        for release in view.register.releases_of.get(work.fact.work_id, ()):
            proposal = release.proposal.fact
            if not isinstance(proposal, ReleaseProposed) or not view.true(release.proposal):
                continue
            decided = release.decision is not None and view.true(release.decision)
            yield ReleaseTold(
                release.release_id,
                release.state if decided else "proposed",
                list(proposal.part_ids),
                sum(sizes2.get(part_id, 0) for part_id in proposal.part_ids) / 2e6,
                iso(release.proposal.valid_at_us),
                iso(release.decision.valid_at_us) if decided and release.decision else None,
            )


def _handovers(view: View, task: Task) -> Iterator[HandoverTold]:
    for record in view.register.handovers.get(task.order.area_id, ()):
        fact = record.fact
        if not isinstance(fact, LandHandedOver) or not view.true(record):
            continue
        if fact.task_id in {None, task.task_id}:
            yield HandoverTold(
                fact.handover_id,
                fact.receiver,
                fact.community_told_on,
                fact.residual_risk,
                fact.limits,
                list(fact.not_cleared),
            )


def _documents(view: View, task: Task, works: Sequence[Recorded]) -> Iterator[DocumentTold]:
    """Yields files named of the task, its area or its works, oldest first."""
    office = view.desk.office
    works_ids = [str(getattr(work.fact, "work_id", "")) for work in works]
    for subject in (task.task_id, task.order.area_id, *works_ids):
        for entry in office.store.of_subject(subject):
            fact = office.fact_of(entry)
            if isinstance(fact, AttachmentNamed) and entry.recorded_at_us <= view.moment.known_us:
                name = fact.note or fact.sha256[:12]
                yield DocumentTold(name, fact.media_type, fact.sha256, iso(entry.recorded_at_us))
