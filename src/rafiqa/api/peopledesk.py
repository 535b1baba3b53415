"""People harmed and people warned at the desk: accidents, inquiries, help, and their forms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import msgspec
import shapely

from rafiqa.api import peopleshape
from rafiqa.api.accessshape import Told
from rafiqa.api.act import actor_of, done, refuse_other_name
from rafiqa.api.ask import Ask
from rafiqa.api.problem import Unknown
from rafiqa.api.reply import Reply, reply
from rafiqa.api.view import View
from rafiqa.dictionary import Field, dictionary
from rafiqa.errors import Fault, Forbidden, NotFound
from rafiqa.land import AccidentInquired, AccidentRecorded, AssistanceNoted, Recorded
from rafiqa.service import Office, allow
from rafiqa.service.accidentreport import ASKED_ALWAYS, FIRST_REPORT
from rafiqa.service.community import (
    BANDS,
    community_name,
    newest_surveys,
    sign_of,
    told_band,
)
from rafiqa.service.inquiry import assistance, inquiries, reopening_of
from rafiqa.service.peoplerecord import NOT_ASKED, PEOPLE_RECORDS, put_record, told_record
from rafiqa.service.permit import Facts
from rafiqa.service.spot import place_mm
from rafiqa.wire.answer import reason_json
from rafiqa.wire.instant import iso, iso_date

ACTS: Final = {
    "accident": "record_accident",
    "eore_session": "record_session",
    "accident_inquiry": "record_inquiry",
    "assistance": "note_assistance",
    "community_impact": "record_survey",
    "survey_withdrawal": "withdraw_survey",
}
"""The dictionary's record → its act in the table of permits."""
_DRAWN: Final = frozenset({"line", "polygon", "shape"})
"""Types of fields that a form without a map has not; a point is written in degrees."""
_ALWAYS: Final = {"accident": ASKED_ALWAYS}
"""What a form asks for although a file may come without it."""
_SHOWN: Final = {"accident": FIRST_REPORT}
"""Of these a form shows only so much: a first report is quick, the detailed one follows."""
_NO_STORE: Final = {"Cache-Control": "no-store"}


def show_people(ask: Ask) -> Reply:
    """Returns every accident with its inquiry, where help stands, and the forms for them.

    Pseudonyms are told only to who may note help, and names to nobody.

    Raises:
        Unknown: nobody of the staff is signed in.
        Forbidden: they see their own organisation's work alone.
    """
    actor = actor_of(ask)
    if not ask.staff:
        raise Unknown(Fault("api.session.needed"))
    if not View.of(ask).staff:
        params: dict[str, str | int] = {"role": actor.role, "act": "see_work"}
        raise Forbidden(Fault("service.permit.organisation", params=params))
    office, sees = ask.desk.office, not _why_not(ask, "note_assistance")
    found = peopleshape.PeopleTold(
        list(_accidents(office, ask.lang))[::-1],
        list(_communities(office, ask.lang)),
        list(_help(office, ask.lang))[::-1] if sees else None,
        [_form(ask, kind) for kind in PEOPLE_RECORDS],
    )
    return reply(found, _NO_STORE)


def _accidents(office: Office, lang: str) -> Iterator[peopleshape.AccidentTold]:
    steps: dict[str, list[peopleshape.InquiryStep]] = {}
    for recorded, told in inquiries(office):
        steps.setdefault(told.accident_id, []).append(_step(recorded, told, lang))
    kinds = dictionary().lists["accident_kind"]
    for record in office.register().accidents.values():
        if isinstance(record.fact, AccidentRecorded):
            yield peopleshape.AccidentTold(
                record.fact.accident_id,
                kinds.label(record.fact.kind, lang),
                iso(record.valid_at_us),
                _areas_at(office, record.fact),
                steps.get(record.fact.accident_id, []),
                reopening_of(office, record),
            )


def _areas_at(office: Office, fact: AccidentRecorded) -> list[str]:
    place = place_mm(office, fact)
    if place is None:
        return []
    return [
        record.area_id
        for record in office.register().areas.values()
        if shapely.intersects(record.fact.shape.geometry, place)
    ]


def _step(recorded: Recorded, told: AccidentInquired, lang: str) -> peopleshape.InquiryStep:
    lists = dictionary().lists
    return peopleshape.InquiryStep(
        lists["inquiry_step"].label(told.step, lang),
        iso_date(recorded.valid_at_us),
        told.organisation_id,
        None if told.cause is None else lists["accident_cause"].label(told.cause, lang),
        told.lessons,
        told.area_id,
    )


def _communities(office: Office, lang: str) -> Iterator[peopleshape.CommunityTold]:
    """Yields what each community told last, the worst first; ``waits`` where its hazard does."""
    lists, register = dictionary().lists, office.register()
    told = sorted(newest_surveys(office), key=lambda each: BANDS.index(told_band(each[1])))
    for record, fact in told:
        band, sign_id = told_band(fact), sign_of(fact)
        yield peopleshape.CommunityTold(
            fact.survey_id,
            community_name(fact),
            fact.organisation_id,
            iso_date(record.valid_at_us),
            lists["yes_no_unknown"].label(fact.contaminated, lang),
            band,
            lists["impact_band"].label(band, lang),
            [lists["blockage"].label(code, lang) for code in dict.fromkeys(fact.blocked)],
            sign_id in register.reports and not register.answers.get(sign_id),
        )


def _help(office: Office, lang: str) -> Iterator[peopleshape.HelpTold]:
    """Yields where each help stands, by its last word."""
    last: dict[str, tuple[Recorded, AssistanceNoted]] = {}
    for recorded, told in assistance(office):
        last[told.assistance_id] = (recorded, told)
    lists = dictionary().lists
    for recorded, told in last.values():
        yield peopleshape.HelpTold(
            told.assistance_id,
            told.person_ref,
            lists["assistance_service"].label(told.service, lang),
            lists["assistance_state"].label(told.state, lang),
            told.consent,
            lists["yes_no_unknown"].label(told.consent, lang),
            iso_date(recorded.valid_at_us),
            told.accident_id,
        )


def _form(ask: Ask, kind: str) -> peopleshape.RecordForm:
    record = dictionary().records[kind]
    left = NOT_ASKED.get(kind, frozenset())
    shown = _SHOWN.get(kind, record.names)
    fields_of = (field for name in shown if (field := record.field(name)) is not None)
    asked = (each for each in fields_of if each.type not in _DRAWN and each.name not in left)
    always = _ALWAYS.get(kind, frozenset())
    fields = [_field(each, ask.lang, required=each.name in always) for each in asked]
    return peopleshape.RecordForm(
        kind, record.labels.of(ask.lang), fields, _why_not(ask, ACTS[kind])
    )


def _field(field: Field, lang: str, *, required: bool) -> peopleshape.FormField:
    listed = dictionary().lists[field.codelist] if field.codelist else None
    least, most = field.limits.minimum, field.limits.maximum
    return peopleshape.FormField(
        field.name,
        field.labels.of(lang),
        field.type,
        required or field.required.always,
        {} if listed is None else {code: listed.label(code, lang) for code in listed.names},
        None if least is None else float(least),
        None if most is None else float(most),
        field.limits.length,
    )


def _why_not(ask: Ask, act: str) -> list[Told]:
    permit = allow(actor_of(ask), act, Facts(standing=ask.standing))
    if permit.allowed:
        return []
    return [msgspec.convert(reason_json(each, ask.lang), Told) for each in permit.reasons]


def put_people(ask: Ask) -> Reply:
    """Returns the entry that puts a record of people on record, as of the day that it names.

    Raises:
        Unknown: nobody is signed in.
        NotFound: no such record.
        InvalidInput: a field is unknown, or is not what the dictionary says.
        Forbidden: the actor's role may not do this.
        Refused: a rule forbids it; every reason is listed.
    """
    actor, asked, kind = actor_of(ask), ask.taken(peopleshape.RecordAsked), ask.path["kind"]
    if kind not in PEOPLE_RECORDS:
        params: dict[str, str | int] = {"kind": kind[:60], "known": ", ".join(PEOPLE_RECORDS)}
        raise NotFound(Fault("service.site.kind", "kind", params=params))
    refuse_other_name(actor, asked.fields.get("organisation_id"))
    fact, valid_at_us = told_record(kind, asked.fields, actor.organisation_id)
    stamp = replace(ask.stamp, valid_at_us=valid_at_us)
    return done(put_record(ask.desk.office, actor, kind, (fact, stamp), asked.fields))
