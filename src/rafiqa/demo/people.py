"""What is done for people: warnings, help after accidents, and what is remembered of places.

Nothing is drawn by chance here: everything follows from the city and its plan. One quarter with
hazard is left without a session, and some sessions reach a few only, of whom no number is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

from rafiqa import service
from rafiqa.demo import cast
from rafiqa.demo.city import City
from rafiqa.demo.clock import DAY_US, FIRST_DAY
from rafiqa.demo.name import in_kurdish
from rafiqa.demo.place import codes_of
from rafiqa.demo.plan import DAYS, Plan, PlannedAccident
from rafiqa.demo.quarter import Quarter
from rafiqa.demo.structure import Said
from rafiqa.geo import Spot
from rafiqa.land import AccidentInquired, Actor, AssistanceNoted, EoreSessionHeld
from rafiqa.recovery import ArchiveWritten, AreaNoticeWritten, PublicDecided
from rafiqa.service import Acted, AssetShelf, Office
from rafiqa.service.education import record_session
from rafiqa.service.inquiry import note_assistance, record_inquiry

_WARNERS = ("edu-swallow", "edu-wren")
_SESSIONS_DAY, _EVERY_DAYS, _SESSIONS = 140, 37, 20
_HELPED = 12
_SERVICES = ("medical_care", "prosthesis", "psychosocial", "livelihood")
At = Callable[[float, float], Spot]


def people(city: City, plan: Plan, at: At) -> tuple[Said, ...]:
    """Returns what is done for people, each act on its day.

    Args:
        city: whose quarters are warned and remembered.
        plan: whose accidents are looked into.
        at: the place of a point of the plan, in metres.
    """
    return (
        *_sessions(city, plan, at),
        *_inquiries(plan),
        *_help(plan),
        *_notices(city),
        *_memories(city),
    )


def warned_quarters(city: City, plan: Plan) -> list[Quarter]:
    """Returns the quarters where hazard lies, but for the last: nobody came there yet."""
    shapes = [area.shape for area in plan.areas]
    found = [one for one in city.quarters if any(one.shape.intersects(each) for each in shapes)]
    return found[:-1]


def _sessions(city: City, plan: Plan, at: At) -> Iterator[Said]:
    """Yields sessions in schools, yards and homes, and two campaigns on the air."""
    kinds = (
        *(("school_session", "school"), ("community_session", "open_place")),
        *(("house_visit", "home"), ("returnee_briefing", "community_centre")),
    )
    quarters = warned_quarters(city, plan)
    for number in range(_SESSIONS if quarters else 0):
        quarter = quarters[number % len(quarters)]
        activity, place_kind = kinds[number % len(kinds)]
        inside = quarter.shape.representative_point()
        share = 1 if activity == "house_visit" else 4
        counts = [share * (2 + (number * step) % 7) for step in (3, 5, 2, 4, 6, 1)]
        children, adults = counts[:4], counts[4:]
        if activity == "school_session":
            adults = [0, 0]
        fact = EoreSessionHeld(
            f"edu-{number + 1:03d}",
            _WARNERS[number % len(_WARNERS)],
            "direct",
            activity,
            1 + number % 3,
            at(round(inside.x, 1), round(inside.y, 1)),
            neighbourhood=f"{quarter.name.en} · {quarter.name.ar}",
            place_kind=place_kind,
            donor=(*cast.DONORS, None)[number % 3],
            girls_5_12=children[0],
            boys_5_12=children[1],
            girls_13_17=children[2],
            boys_13_17=children[3],
            women_18_plus=adults[0],
            men_18_plus=adults[1],
            with_impairment=number % 4,
        )
        day = _SESSIONS_DAY + number * _EVERY_DAYS
        yield Said(day, record_session, cast.INFORMATION, fact)
    for number, day in enumerate((300, 700), 1):
        heard = EoreSessionHeld(
            f"edu-air-{number}",
            _WARNERS[0],
            "indirect",
            "broadcast",
            14,
            place_kind="on_air",
            people_estimated=round(city.population, -2) // 4,
        )
        yield Said(day, record_session, cast.INFORMATION, heard)


def _looked_into(plan: Plan) -> list[PlannedAccident]:
    """Returns the accidents that somebody was harmed in and lived, the oldest first."""
    return sorted((one for one in plan.accidents if one.injured), key=lambda one: one.day)


def _inquiries(plan: Plan) -> Iterator[Said]:
    """Yields the steps of three inquiries: one to its end, one looked into, one told alone."""
    steps = (
        ("detailed_report", 3, cast.INFORMATION),
        ("investigation", 24, cast.INSPECTOR),
        ("lessons_shared", 60, cast.INFORMATION),
    )
    for number, accident in enumerate(_looked_into(plan)[:3]):
        for step, later, actor in steps[: 3 - number]:
            lessons = "Mark the edge the same day · تعليم الحافة في اليوم نفسه"
            fact = AccidentInquired(
                accident.accident_id,
                step,
                actor.organisation_id,
                lessons=lessons if step == "lessons_shared" else None,
            )
            yield Said(accident.day + later, record_inquiry, actor, fact)


def _help(plan: Plan) -> Iterator[Said]:
    """Yields help for people who were hurt, by pseudonym; one of them did not want any."""
    hurt = [one for one in _looked_into(plan) for _ in range(one.injured)][:_HELPED]
    for number, accident in enumerate(hurt, 1):
        wanted = number != _HELPED
        states = ("referred", "begun", "ended")[: 1 + number % 3] if wanted else ("declined",)
        kind = _SERVICES[number % 2 if number <= _HELPED // 2 else number % len(_SERVICES)]
        for later, state in enumerate(states):
            fact = AssistanceNoted(
                f"help-{number:03d}-{later + 1}",
                f"person-{number:03d}",
                kind,
                state,
                "yes" if wanted else "no",
                accident.accident_id,
            )
            day = accident.day + 10 + 45 * later
            yield Said(day, note_assistance, cast.INFORMATION, fact)


def _notices(city: City) -> Iterator[Said]:
    """Yields notices that two persons told: one that is over, and two that stand at the end."""
    told = (
        (
            *("n-blast", "detonation", 500, 3),
            "Loud blasts in the mornings: stay indoors.",
            "تفجيرات صباحية عالية الصوت: ابقوا في البيوت.",
        ),
        (
            *("n-flood", "recontamination", DAYS - 20, 150),
            "High water may have moved mines: keep off the banks.",
            "قد يكون ارتفاع الماء حرّك الألغام: ابتعدوا عن الضفاف.",
        ),
        (
            *("n-works", "works", DAYS - 12, 90),
            "Machines at work: keep children away from the fence.",
            "آليات تعمل: أبعدوا الأطفال عن السياج.",
        ),
    )
    codes = codes_of(city)
    shelf = AssetShelf()
    for number, (notice_id, kind, day, days, text, text_ar) in enumerate(told):
        quarter = city.quarters[number % len(city.quarters)]
        place_id = codes[quarter.quarter_id]
        # From when until when is filled in on the day.
        fact = AreaNoticeWritten(notice_id, kind, place_id, 0, days * DAY_US, text, text_ar)
        yield Said(day, partial(_write_notice, shelf=shelf), cast.FIRST, fact)
        approved = PublicDecided(notice_id, "approved")
        yield Said(day + 1, service.decide_public, cast.SECOND, approved)


def _write_notice(
    office: Office, actor: Actor, fact: AreaNoticeWritten, *, shelf: AssetShelf
) -> Acted:
    now_us = office.now_us()
    dated = replace(fact, from_us=now_us, until_us=now_us + fact.until_us)
    return service.write_notice(office, actor, dated, shelf)


def _memories(city: City) -> Iterator[Said]:
    """Yields the ruined quarter before, during and after, as two persons told it."""
    quarter = next(one for one in city.quarters if one.quarter_id == city.ruined_quarter_id)
    ckb, kmr = in_kurdish(quarter.name)
    name, name_ar = quarter.name.en, quarter.name.ar
    told = (
        (
            *("before", -4_500, "remembrance"),
            f"{name}: market day under the plane trees",
            f"{name_ar}: يوم السوق تحت أشجار الدلب",
            f"{ckb}: ڕۆژی بازاڕ لەژێر دارەکان",
            f"{kmr}: roja bazarê di bin daran de",
        ),
        (
            *("during", 12, "remembrance"),
            f"{name}: the street of the bakers after the fighting",
            f"{name_ar}: شارع الخبازين بعد القتال",
            f"{ckb}: شەقامی نانەواکان دوای شەڕ",
            f"{kmr}: kolana nanpêjan piştî şer",
        ),
        (
            *("after", DAYS - 90, "after_action"),
            f"{name}: rubble sifted and taken away, the first walls stand",
            f"{name_ar}: رُفع الركام بعد غربلته وقامت أولى الجدران",
            f"{ckb}: داروپەردوو لابرا، یەکەم دیوارەکان ڕاوەستاون",
            f"{kmr}: kavil hatin rakirin, dîwarên pêşîn rawestane",
        ),
    )
    write = partial(_write_archive, shelf=AssetShelf())
    code = codes_of(city)[quarter.quarter_id]
    for number, (moment, taken_day, purpose, en, ar, ckb_, kmr_) in enumerate(told, 1):
        taken = FIRST_DAY + timedelta(days=taken_day)
        fact = ArchiveWritten(
            f"memory-{number}",
            "place",
            code,
            moment,
            taken.date().isoformat(),
            purpose,
            "Municipal archive · أرشيف البلدية",
            f"consent-{number:03d}",
            *(en, ar, ckb_, kmr_),
        )
        yield Said(DAYS - 80, write, cast.INFORMATION, fact)
        approved = PublicDecided(fact.archive_id, "approved")
        yield Said(DAYS - 79, service.decide_public, cast.SECOND, approved)


def _write_archive(
    office: Office, actor: Actor, fact: ArchiveWritten, *, shelf: AssetShelf
) -> Acted:
    return service.write_archive(office, actor, fact, shelf)
