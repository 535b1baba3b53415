"""What rebuilding adds to the city: damage assessed, tags, permits, a stop, and how people feel.

Nothing is drawn by chance here: everything follows from the city and its plan. Two bodies assess
the same schools and differ; an engineer's tag ends by damage that was seen later; the school whose
ground is reopened has a permit, which stops, and of those told of it only one has answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import shapely

from rafiqa import service
from rafiqa.demo import cast
from rafiqa.demo.building import Building
from rafiqa.demo.city import City
from rafiqa.demo.clock import FIRST_DAY
from rafiqa.demo.plan import DAYS, Plan, PlannedArea
from rafiqa.demo.project import SCHOOL_PROJECT_ID
from rafiqa.demo.schedule import REOPENING_DAY
from rafiqa.demo.structure import Said
from rafiqa.geo import Spot
from rafiqa.land import Actor
from rafiqa.recovery import (
    DamageAssessed,
    NoticeAcknowledged,
    Party,
    PermitIssued,
    ResidentAsked,
    StructureTagged,
    seen,
)
from rafiqa.service import AssetShelf, Office
from rafiqa.wire.instant import date_us

_ASSESSED = 6
_ASSESSED_DAY = 420
_TAGGED_DAY = 470
_AFTERSHOCK_DAY = 640
_FEELING_DAY = DAYS - 40
_FEELING_AREAS, _ASKED = 3, 6
_TOLD = (Party("crew_lead", "op-builders"), Party("owner", "municipality"))
At = Callable[[float, float], Spot]


def rebuilding(city: City, plan: Plan, at: At) -> tuple[Said, ...]:
    """Returns the acts of rebuilding on their days.

    Args:
        city: whose buildings are assessed.
        plan: whose projects are permitted.
        at: the place of a point of the plan, in metres.
    """
    return (*_damage(city), *_permits(plan), *_feelings(plan, at))


def assessed(city: City) -> list[Building]:
    """Returns the buildings that were assessed: damaged schools, hospitals and homes."""
    serving = {"school": 0, "hospital": 1, "clinic": 2}
    hurt = [one for one in city.buildings if one.damage in {"moderate", "heavy"}]
    hurt.sort(key=lambda one: (serving.get(one.kind, len(serving)), one.building_id))
    return hurt[:_ASSESSED]


def _damage(city: City) -> Iterator[Said]:
    """Yields two assessments of each building that differ, and the tags of the first two."""
    for building in assessed(city):
        asset_id, number = building.building_id, building.building_id[1:]
        from_above = DamageAssessed(
            f"a{number}-sat",
            "unosat",
            "Moderate Damage",
            "moderate",
            asset_id,
            sensor="image of 0.5 m",
            source="satellite reading",
        )
        from_street = DamageAssessed(
            f"a{number}-ems", "ems98", "Grade 3", "grade_3", asset_id, source="municipality"
        )
        yield Said(_ASSESSED_DAY, service.assess_damage, cast.INFORMATION, from_above)
        yield Said(_ASSESSED_DAY + 9, service.assess_damage, cast.ENGINEER, from_street)
    shelf = AssetShelf()
    for building, tag in zip(assessed(city), ("green", "yellow"), strict=False):
        fact = StructureTagged(building.building_id, tag, "municipality")
        yield Said(_TAGGED_DAY, partial(_tag, shelf), cast.ENGINEER, fact)
    for building in assessed(city)[:1]:
        worse = DamageAssessed(
            f"a{building.building_id[1:]}-late",
            "ems98",
            "Grade 4",
            "grade_4",
            building.building_id,
            source="municipality",
            note="After the quake of the night · بعد هزة الليل",
        )
        yield Said(_AFTERSHOCK_DAY, service.assess_damage, cast.ENGINEER, worse)


def _tag(shelf: AssetShelf, office: Office, actor: Actor, fact: StructureTagged) -> service.Acted:
    return service.tag_structure(office, actor, fact, shelf)


def _permits(plan: Plan) -> Iterator[Said]:
    """Yields the school's permit, one that stays in force, and who heard of the school's stop."""
    school = PermitIssued("demo-m1", SCHOOL_PROJECT_ID, "", cast.AUTHORITY, _TOLD)
    yield Said(REOPENING_DAY - 20, partial(_issue, ()), cast.FIRST, school)
    heard = NoticeAcknowledged("", "crew_lead", "op-builders", "Crew sent home · صُرف الفريق")
    yield Said(REOPENING_DAY + 1, _acknowledge, cast.operator("op-builders"), heard)
    until = FIRST_DAY + timedelta(days=DAYS + 365)
    lasting = PermitIssued(
        "demo-m2",
        SCHOOL_PROJECT_ID,
        "",
        cast.AUTHORITY,
        _TOLD,
        conditions=("By day only · نهاراً فقط",),
        until_us=date_us(until.date()),
    )
    # Those on released ground first: most of them are open.
    first = sorted(plan.projects, key=lambda one: one.meant != "released")
    asked = tuple(one.project_id for one in first if one.project_id != SCHOOL_PROJECT_ID)
    yield Said(DAYS - 2, partial(_issue, asked), cast.FIRST, lasting)


def _issue(
    asked: tuple[str, ...], office: Office, actor: Actor, fact: PermitIssued
) -> service.Acted:
    """Returns the act of permitting the first works asked for that are not closed.

    In a small town all may be: then the authority overrides what is closed, and says so.
    """
    looked = service.Override()
    for project_id in asked or (fact.project_id,):
        fact = replace(fact, project_id=project_id)
        answer = service.gate_of(office, service.project_of(office, project_id))
        if answer.outcome != "closed":
            return service.issue_permit(office, actor, fact)
        closed = tuple(gate.code for gate in answer.gates if gate.outcome == "closed")
        looked = service.Override(closed, seen(answer))
    overriding = replace(
        fact, override="Shelter before winter · مأوى قبل الشتاء", authority="Mayor"
    )
    return service.issue_permit(office, actor, overriding, override=looked)


def _acknowledge(office: Office, actor: Actor, fact: NoticeAcknowledged) -> service.Acted:
    """Returns the act of acknowledging the stop that there is then; its id follows from it."""
    notice = service.notices_of(office, project_id=SCHOOL_PROJECT_ID)[-1]
    heard = NoticeAcknowledged(notice.stop.notice_id, fact.role, fact.organisation, fact.note)
    return service.acknowledge_notice(office, actor, heard)


def _feelings(plan: Plan, at: At) -> Iterator[Said]:
    """Yields how residents feel on released ground: enough answers in each area to be told."""
    released = [area for area in plan.areas if area.released() and area.fate == "cleared"]
    for area in released[:_FEELING_AREAS]:
        x_m, y_m = _inside(area)
        for number in range(_ASKED):
            said = "yes" if number % 3 else "no"
            request_id = f"{area.area_id}-felt{number + 1}"
            asked = ResidentAsked(request_id, "feeling", spot=at(x_m, y_m), feels_at_ease=said)
            yield Said(_FEELING_DAY + number, service.ask_office, cast.RESIDENT, asked)


def _inside(hazard: PlannedArea) -> tuple[float, float]:
    inside = shapely.point_on_surface(hazard.shape)
    return float(inside.x), float(inside.y)
