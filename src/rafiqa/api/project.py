"""Projects: the list of them, and one with its gates and what happened on its land."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from rafiqa import land
from rafiqa.api import gateshape
from rafiqa.api.ask import Ask
from rafiqa.api.asset import brief, located
from rafiqa.api.history import history
from rafiqa.api.permit import permits_on
from rafiqa.api.permitshape import ProjectSheet
from rafiqa.api.reason import gates
from rafiqa.api.reply import Reply, reply
from rafiqa.api.view import View, named
from rafiqa.errors import Fault, NotFound
from rafiqa.land import Recorded
from rafiqa.recovery import (
    GateAnswer,
    PermitIssued,
    PictureKept,
    ProjectRegistered,
    RubbleLotMoved,
    RubbleLotRegistered,
    SiteFact,
)

ON_ITS_LAND = (
    land.AreaRecorded,
    land.ReleaseAccepted,
    land.ReleaseTransferred,
    land.LandReopened,
)
"""What happened to the land under a project belongs to the project's own story."""


def show_projects(ask: Ask) -> Reply:
    """Returns every project with the outcome of its gates."""
    view = View.of_works(ask)

    def make() -> Reply:
        briefs = [
            gateshape.ProjectBrief(
                project.project_id,
                named(project.name, project.name_ar, view.lang),
                project.kind,
                gate.outcome,
                project.depth_cm,
            )
            for project, gate in view.gates().values()
        ]
        return reply(gateshape.Projects(briefs))

    return view.kept("projects", make)


def show_project(ask: Ask) -> Reply:
    """Returns one project with every gate and reason.

    Raises:
        NotFound: no project of that id was registered by then.
    """
    view = View.of_works(ask)
    project_id = ask.path["project_id"]
    known = view.gate(project_id)
    if known is None:
        params: dict[str, str | int] = {"project": project_id}
        raise NotFound(Fault("service.project.unknown", "project_id", params=params))
    project, gate = known
    key = ("project", view.gate_key(project), view.lang, view.reach)
    sheet: ProjectSheet = view.desk.sheets.get(key, lambda: _sheet(view, project, gate))
    permits, notices, may, roles = permits_on(ask, project_id)
    told = {"permits": permits, "notices": notices, "may": may, "party_roles": roles}
    return reply(msgspec.structs.replace(sheet, **told))


def _sheet(view: View, project: ProjectRegistered, gate: GateAnswer) -> ProjectSheet:
    """Returns all of a project's sheet but its permits, which stop by the clock."""
    found = (located(view, asset_id) for asset_id in project.asset_ids)
    return ProjectSheet(
        project.project_id,
        named(project.name, project.name_ar, view.lang),
        project.kind,
        project.depth_cm,
        [brief(view, *each) for each in found if each is not None],
        gates(view, gate),
        history(view, _story(view, project)),
        list(_pictures(view, project.project_id)),
        *([], [], [], []),
    )


def _pictures(view: View, works_id: str) -> Iterator[gateshape.Picture]:
    """Yields the pictures of works, oldest first; to everybody only those with consent."""
    folder = view.moment.recovery.folder(works_id)
    for paper in folder.all_of(PictureKept) if view.staff else folder.shown_pictures():
        fact = paper.fact
        yield gateshape.Picture(
            fact.picture_moment,  # type: ignore[arg-type]
            fact.sha256,
            fact.taken_on,
            fact.source,
            fact.consent,  # type: ignore[arg-type]
        )


def _is_about(fact: object, works_id: str) -> bool:
    if isinstance(fact, ProjectRegistered | PermitIssued):
        return fact.project_id == works_id
    if isinstance(fact, RubbleLotRegistered | RubbleLotMoved):
        return fact.lot_id == works_id
    return isinstance(fact, SiteFact) and fact.works_id == works_id


def _story(view: View, project: ProjectRegistered) -> Iterator[Recorded]:
    moment = view.moment
    for record in view.desk.office.facts(moment.known_us):
        fact = record.fact
        if _is_about(fact, project.project_id) and view.true(record):
            yield record
    if project.ground is None:
        return
    area_ids = {
        claim
        for face in moment.book.near(project.ground)
        for step in face.timeline.steps
        if step.state is not None and step.at_us <= moment.valid_us
        for claim in step.state.claims
    }
    for area_id in area_ids & view.register.areas.keys():
        for record in view.moment.book.story(area_id):
            if isinstance(record.fact, ON_ITS_LAND) and view.true(record):
                yield record
