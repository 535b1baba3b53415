"""After an accident: put an inquiry's step and help for a victim on record; neither moves land."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

import shapely

from rafiqa.land import (
    AccidentInquired,
    AccidentRecorded,
    Actor,
    AssistanceNoted,
    Reason,
    Recorded,
    rule,
)
from rafiqa.service.act import NOW, Stamp, carry_out
from rafiqa.service.identitybook import IdentityStory, identities
from rafiqa.service.incident import reopening_ids
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.scope import organisations_in
from rafiqa.service.spot import place_mm
from rafiqa.wire.instant import date_us

PSEUDONYM: Final = re.compile(r"[A-Za-z0-9-]*[0-9][A-Za-z0-9-]*")
"""Letters, digits and hyphens, one digit at least, no spaces: a name is most often none."""
HARMED: Final = frozenset({"victim_assistance", "accident_inquiry", "field_form"})
"""What identities of people who were harmed are kept for; whoever reported or owns is another."""
_PSEUDONYM_LETTERS: Final = (4, 64)


def record_inquiry(
    office: Office, actor: Actor, fact: AccidentInquired, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of recording one step of an inquiry; an investigation is by others."""
    register = office.register()
    accident = register.accidents.get(fact.accident_id)
    params: dict[str, str | int] = {"accident": fact.accident_id}
    against: list[Reason] = []
    if accident is None:
        against.append(Reason("service.inquiry.no-accident", params))
    if fact.area_id is not None and fact.area_id not in register.areas:
        against.append(Reason("land.area.unknown", {"area": fact.area_id}))
    if fact.reopening_id is not None and fact.reopening_id not in register.reopenings:
        named: dict[str, str | int] = {"reopening": fact.reopening_id}
        against.append(Reason("service.inquiry.no-reopening", named))
    at_work = set() if accident is None else _at_work(office, accident, fact.area_id)
    if fact.step == "investigation" and {fact.organisation_id, actor.organisation_id} & at_work:
        against.append(Reason("service.inquiry.not-independent", params))
    return carry_out(
        office, actor, "record_inquiry", fact.accident_id, fact, stamp=stamp, ruling=rule(against)
    )


def _at_work(office: Office, accident: Recorded, area_id: str | None) -> set[str]:
    """Whose accident it may have been: who reported it as an operator, who works where it was.

    Of the areas at its place as well as of the one that is named: to name none, or another, makes
    nobody independent.
    """
    told = {accident.actor.organisation_id} if accident.actor.role == "operator" else set()
    register, place = office.register(), place_mm(office, accident.fact)
    areas = set() if area_id is None else {area_id}
    if place is not None:
        areas |= {
            record.area_id
            for record in register.areas.values()
            if shapely.intersects(record.outline.geometry, place)
            or shapely.intersects(record.fact.shape.geometry, place)
        }
    for each in areas:
        told |= organisations_in(register, each)
    return told


def is_pseudonym(told: str) -> bool:
    """Returns whether a text may stand for a person: no name has its form."""
    least, most = _PSEUDONYM_LETTERS
    return least <= len(told) <= most and PSEUDONYM.fullmatch(told) is not None


def is_assistance_id(told: str) -> bool:
    """Returns whether a text may be the id of help: of a pseudonym's form, if shorter."""
    return len(told) <= _PSEUDONYM_LETTERS[1] and PSEUDONYM.fullmatch(told) is not None


def note_assistance(
    office: Office, actor: Actor, fact: AssistanceNoted, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of noting one step of help; nobody is referred who did not agree."""
    against: list[Reason] = []
    if not is_pseudonym(fact.person_ref):
        against.append(Reason("service.assistance.pseudonym", {}))
    # Its id is read by as many: a name has no place in it either.
    if not is_assistance_id(fact.assistance_id):
        against.append(Reason("service.assistance.id", {}))
    if fact.consent != "yes" and fact.state in {"referred", "begun"}:
        against.append(Reason("service.assistance.consent", {"assistance": fact.assistance_id}))
    if fact.accident_id is not None and fact.accident_id not in office.register().accidents:
        params: dict[str, str | int] = {"accident": fact.accident_id}
        against.append(Reason("service.inquiry.no-accident", params))
    elif not against:
        against += _person_faults(office, actor, fact)
    return carry_out(
        office,
        actor,
        "note_assistance",
        fact.assistance_id,
        fact,
        stamp=stamp,
        ruling=rule(against),
    )


def _person_faults(office: Office, actor: Actor, fact: AssistanceNoted) -> Iterator[Reason]:
    """Yields why help is not this person's: nobody of that pseudonym is known as harmed there.

    Whoever the ledger names by it counts, while not erased and of the organisation that kept them
    or of the authority. Where no vault ever kept anybody the pseudonyms are the office's own, from
    its case files: the first help brings one, for that accident.
    """
    steps = [each.fact for each in office.facts() if isinstance(each.fact, AssistanceNoted)]
    if any(
        each.assistance_id == fact.assistance_id and each.person_ref != fact.person_ref
        for each in steps
    ):
        told: dict[str, str | int] = {"assistance": fact.assistance_id}
        yield Reason("service.assistance.other-help", told)
    kept = identities(office)
    story = kept.get(fact.person_ref)
    if story is not None:
        known = story.erased is None and story.fact.purpose in HARMED
        known = known and _is_of(office, actor, story)
        known = known and _was_in(office, story.fact.record_id, fact.accident_id)
    else:
        before = [each for each in steps if each.person_ref == fact.person_ref]
        known = bool(before) or not kept
        accidents = {each.accident_id for each in before} - {None}
        known = known and (not accidents or fact.accident_id in {None, *accidents})
    if not known:
        yield Reason("service.assistance.unknown-person", {})


def _is_of(office: Office, actor: Actor, story: IdentityStory) -> bool:
    """Whether somebody's organisation may touch an identity: its own, and the authority any."""
    return actor.organisation_id in {story.kept.actor.organisation_id, office.site.authority_id}


def _was_in(office: Office, record_id: str, accident_id: str | None) -> bool:
    """Whether an identity may be of a victim of an accident: it is told with no other record."""
    register = office.register()
    if record_id in register.reports:
        # Whoever reported something is nobody who was harmed.
        return False
    return accident_id is None or record_id not in register.accidents or record_id == accident_id


def inquiries(
    office: Office, known_at_us: int | None = None
) -> Iterator[tuple[Recorded, AccidentInquired]]:
    """Yields every step of every inquiry known at a time, in the order of the ledger."""
    for recorded in office.facts(known_at_us):
        if isinstance(recorded.fact, AccidentInquired):
            yield recorded, recorded.fact


def assistance(
    office: Office, known_at_us: int | None = None
) -> Iterator[tuple[Recorded, AssistanceNoted]]:
    """Yields every step of help known at a time, in the order of the ledger."""
    for recorded in office.facts(known_at_us):
        if isinstance(recorded.fact, AssistanceNoted):
            yield recorded, recorded.fact


def reopening_of(office: Office, accident: Recorded, known_at_us: int | None = None) -> str | None:
    """Returns the reopening that an accident brought about, or that an inquiry named; or None."""
    fact = accident.fact
    accident_id = fact.accident_id if isinstance(fact, AccidentRecorded) else ""
    reopenings = office.book(known_at_us).register.reopenings
    brought = {record.entry_id: name for name, record in reopenings.items()}
    for entry_id in reopening_ids(accident.entry_id):
        if entry_id in brought:
            return brought[entry_id]
    named = [
        told.reopening_id
        for _, told in inquiries(office, known_at_us)
        if told.accident_id == accident_id and told.reopening_id
    ]
    return named[-1] if named else None


def inquiry_of(clean: Mapping[str, Any], organisation_id: str) -> tuple[AccidentInquired, int]:
    """Returns the step that checked values state, and its day in microseconds."""
    names = ("cause", "lessons", "area_id", "reopening_id")
    beside = {name: clean[name] for name in names if clean.get(name) is not None}
    fact = AccidentInquired(
        clean["accident_id"],
        clean["step"],
        clean.get("organisation_id") or organisation_id,
        **beside,
    )
    return fact, _day_us(clean["reported_on"])


def assistance_of(clean: Mapping[str, Any], organisation_id: str) -> tuple[AssistanceNoted, int]:
    """Returns the step of help that checked values state, and its day in microseconds."""
    del organisation_id
    fact = AssistanceNoted(
        clean["id"],
        clean["person_ref"],
        clean["service"],
        clean["state"],
        clean["consent"],
        clean.get("accident_id"),
    )
    return fact, _day_us(clean["noted_on"])


def _day_us(day: date) -> int:
    return date_us(day)
