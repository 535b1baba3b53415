"""Surveys of communities: put on record, corrected, taken back, and read by community.

They lower nothing and count as no search of ground. What speaks of ordnance in one goes to the
same desk as any report of hazard, in the same breath, and stays there whatever becomes of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import date
from hashlib import sha256
from math import ceil
from typing import Any, Final

import shapely

from rafiqa.dictionary import dictionary
from rafiqa.errors import Fault, RafiqaError
from rafiqa.geo import Spot
from rafiqa.land import (
    Actor,
    CommunitySurveyed,
    Reason,
    Recorded,
    ResidentReported,
    SurveyWithdrawn,
    impact_band,
    impact_points,
    rule,
)
from rafiqa.land.community import MINES
from rafiqa.land.reporttable import LEAST_PEOPLE
from rafiqa.ledger import IdentityKept
from rafiqa.service.act import NOW, Meant, Stamp, carry_out, carry_out_together
from rafiqa.service.importpersons import PERSONS_APART
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.vaulting import is_erased, keep_identity
from rafiqa.store import Quarantined
from rafiqa.wire.instant import date_us

RECORD: Final = "community_impact"
WORDS: Final = ("eore_by", "clearance_note", "note")
"""Fields in free words, in which somebody may be named: they go into the vault."""
NOT_TAKEN: Final = frozenset({"attachments", "validation"})
"""Fields of the record that only a form of the field fills in."""
_SIGN: Final = ".sign"
_PLACES: Final = ("neighbourhood", "community", "subdistrict", "district", "governorate")
_RENAMED: Final = frozenset({"survey_id", "spot", "accuracy_m", "last_fighting_us"})
BANDS: Final = ("high", "medium", "low", "untold")
"""Bands of impact, the worst first."""
Standing = tuple[Recorded, CommunitySurveyed]


def record_survey(
    office: Office,
    actor: Actor,
    fact: CommunitySurveyed,
    stamp: Stamp = NOW,
    *,
    signed: bool = False,
) -> Acted:
    """Returns the act of putting a community's survey on record, with the hazard it tells of.

    Both go into the ledger together: at no moment is the survey known and its hazard not.

    Args:
        office: the open store.
        actor: who puts it on record.
        fact: the survey.
        stamp: when it was held, and the client's own id.
        signed: its form brought its signs onto the map when it came; they wait there.
    """
    meant = [
        Meant(
            "record_survey",
            fact.survey_id,
            fact,
            stamp,
            rule(list(_against(office, actor, fact, stamp))),
        )
    ]
    sign = None if signed else _sign_of(office, fact)
    if sign is not None:
        entry_id = f"{stamp.entry_id}{_SIGN}" if stamp.entry_id else None
        later = replace(stamp, entry_id=entry_id, request_digest=None)
        meant.append(Meant("report_hazard", sign.report_id, sign, later))
    return carry_out_together(office, actor, meant)


def _against(
    office: Office, actor: Actor, fact: CommunitySurveyed, stamp: Stamp
) -> Iterator[Reason]:
    params: dict[str, str | int] = {"survey": fact.survey_id}
    known = dict(_every(office))
    first = known.get(fact.survey_id)
    if first is not None and first[0].entry_id != stamp.entry_id:
        yield Reason("service.survey.id-twice", params)
    if fact.spot is None and not any(getattr(fact, name) for name in (*_PLACES, "place_id")):
        yield Reason("service.survey.no-place", params)
    if fact.corrects is None:
        return
    named: dict[str, str | int] = {"survey": fact.corrects}
    corrected = known.get(fact.corrects)
    if corrected is None or fact.corrects == fact.survey_id:
        yield Reason("service.survey.unknown", named)
        return
    if actor.role != "authority" and corrected[1].organisation_id != actor.organisation_id:
        yield Reason("service.survey.not-yours", named)
    others = [each for _, each in known.values() if each.corrects == fact.corrects]
    if any(each.survey_id != fact.survey_id for each in others):
        yield Reason("service.survey.corrected", named)


def _sign_of(office: Office, fact: CommunitySurveyed) -> ResidentReported | None:
    """Returns the report of hazard that a survey is; None where it tells of none.

    A correction of the same place leaves it to the report that is there.
    """
    if not fact.tells_hazard:
        return None
    reports = office.register().reports
    earlier = None if fact.corrects is None else reports.get(f"{fact.corrects}{_SIGN}")
    if (
        earlier is not None
        and isinstance(earlier.fact, ResidentReported)
        and (earlier.fact.spot, earlier.fact.accuracy_m) == (fact.spot, fact.accuracy_m)
    ):
        return None
    return ResidentReported(
        sign_of(fact),
        fact.spot,
        "mine" if set(fact.ordnance) & MINES else "other",
        fact.geo_precision or ("exact" if fact.accuracy_m else "community"),
        "untriaged",
        place=", ".join(each for name in _PLACES if (each := getattr(fact, name))) or None,
        accuracy_m=fact.accuracy_m,
        channel="in_person",
    )


def sign_of(fact: CommunitySurveyed) -> str:
    """Returns the id of the report of hazard that a survey brought, if it brought one."""
    return f"{fact.survey_id}{_SIGN}"


def withdraw_survey(
    office: Office, actor: Actor, fact: SurveyWithdrawn, stamp: Stamp = NOW
) -> Acted:
    """Returns the act of taking a survey back; the hazard that it reported waits for an answer."""
    against: list[Reason] = []
    params: dict[str, str | int] = {"survey": fact.survey_id}
    if fact.survey_id not in dict(_every(office)):
        against.append(Reason("service.survey.unknown", params))
    elif fact.survey_id in _withdrawn(office, None):
        against.append(Reason("service.survey.withdrawn", params))
    return carry_out(
        office, actor, "withdraw_survey", fact.survey_id, fact, stamp=stamp, ruling=rule(against)
    )


def keep_words(
    office: Office, actor: Actor, values: Mapping[str, object], acted: Acted
) -> tuple[Reason, ...]:
    """Returns what to tell of the free words of a survey that is on record: they may name somebody.

    They go into the vault. Where there is none, or it does not take them, they lie in the
    quarantine: they may tell of hazards. Where that fails too they stand nowhere, and that is
    told: the survey stays, hazards first.
    """
    told = {name: str(values[name]) for name in WORDS if values.get(name) not in (None, "")}
    if not told or not acted.done:
        return ()
    said = json.dumps({"record": RECORD, "fields": told}, ensure_ascii=False, sort_keys=True)
    # A lone surrogate is no text that can be kept, and no reason to lose the others.
    content = said.encode("utf-8", "backslashreplace")
    stamp = Stamp(entry_id=f"{acted.entry_ids[0]}.words")
    survey_id = str(values.get("id"))
    params: dict[str, str | int] = {"fields": ", ".join(told), "survey": survey_id}
    refused: tuple[Reason, ...] = ()
    try:
        kept, _ = keep_identity(office, actor, survey_id, "field_form", content, stamp=stamp)
        if kept.done:
            return ()
        refused = kept.reasons
    except (RafiqaError, OSError):
        pass
    is_apart = _apart(office, actor, stamp.entry_id or "", content, params)
    code = "service.survey.words-apart" if is_apart else "service.survey.words-left"
    return (Reason(code, params), *refused)


def _apart(
    office: Office, actor: Actor, entry_id: str, content: bytes, params: dict[str, str | int]
) -> bool:
    """Returns whether words that the vault did not take lie in the quarantine now.

    Never what was in the vault and is erased: nothing brings it back.
    """
    key = entry_id.encode() + b"\n" + content
    try:
        entry = office.store.find(entry_id)
        fact = None if entry is None else office.fact_of(entry)
        if isinstance(fact, IdentityKept) and is_erased(office, fact.pseudonym):
            return False
        office.store.quarantine(
            [
                Quarantined(
                    f"{PERSONS_APART}words-{sha256(key).hexdigest()[:26]}",
                    f"{RECORD}.json",
                    None,
                    content,
                    (Fault("service.survey.words-apart", params=params),),
                    office.now_us(),
                    actor.person_id,
                )
            ]
        )
    except (RafiqaError, OSError):
        return False
    return True


def surveys_on_record(office: Office, known_at_us: int | None = None) -> list[Standing]:
    """Returns the surveys that stand at a time: none corrected by a later one or taken back."""
    found = dict(_every(office, known_at_us))
    gone = _withdrawn(office, known_at_us)
    # What corrected a survey and was itself taken back leaves the first one standing.
    gone |= {
        fact.corrects
        for _, fact in found.values()
        if fact.corrects is not None and fact.survey_id not in gone
    }
    return [each for survey_id, each in found.items() if survey_id not in gone]


def newest_surveys(
    office: Office, known_at_us: int | None = None, until_us: int | None = None
) -> list[Standing]:
    """Returns the newest survey of each community by each organisation, by the community's name.

    Two organisations that asked the same people are two sources, and two rows.
    """
    found: dict[tuple[str, ...], Standing] = {}
    for record, fact in surveys_on_record(office, known_at_us):
        if until_us is not None and record.valid_at_us > until_us:
            continue
        key = (*community_key(fact), fact.organisation_id)
        known = found.get(key)
        if known is None or known[0].valid_at_us <= record.valid_at_us:
            found[key] = record, fact
    return [found[key] for key in sorted(found)]


def community_key(fact: CommunitySurveyed) -> tuple[str, ...]:
    """Returns what a community is known by: its names, folded; the survey's own id without any."""
    names = tuple(str(getattr(fact, name) or "").casefold().strip() for name in _PLACES)
    return names if any(names) else ("", "", "", "", fact.place_id or fact.survey_id)


def community_name(fact: CommunitySurveyed) -> str:
    """Returns what a community is called."""
    named = [str(value) for name in _PLACES[:2] if (value := getattr(fact, name))]
    wider = (getattr(fact, name) for name in (*_PLACES[2:], "place_id", "survey_id"))
    return ", ".join(named) or str(next(each for each in wider if each))


def told_band(fact: CommunitySurveyed) -> str:
    """Returns a community's band of impact, as it is told: where its victims are few, as for four.

    By its own number the band, beside what is blocked, would give that number away.
    """
    few = fact.victims is not None and 0 < fact.victims < LEAST_PEOPLE
    return impact_band(impact_points(fact, LEAST_PEOPLE - 1 if few else None))


def worst_band(facts: Iterable[CommunitySurveyed]) -> str | None:
    """Returns the worst of the bands told; None where nobody was asked."""
    return min(map(told_band, facts), key=BANDS.index, default=None)


def _every(office: Office, known_at_us: int | None = None) -> Iterator[tuple[str, Standing]]:
    for recorded in office.facts(known_at_us):
        if isinstance(recorded.fact, CommunitySurveyed):
            yield recorded.fact.survey_id, (recorded, recorded.fact)


def _withdrawn(office: Office, known_at_us: int | None) -> set[str | None]:
    return {
        recorded.fact.survey_id
        for recorded in office.facts(known_at_us)
        if isinstance(recorded.fact, SurveyWithdrawn)
    }


def survey_of(clean: Mapping[str, Any], organisation_id: str) -> tuple[CommunitySurveyed, int]:
    """Returns the survey that checked values state, without its free words, and its day in µs."""
    taken = {item.name for item in fields(CommunitySurveyed)} - _RENAMED
    said: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list | tuple) else value
        for name, value in clean.items()
        if name in taken and value is not None
    }
    said.setdefault("organisation_id", organisation_id)
    place = clean.get("geometry")
    if place is not None:
        ((lon_deg, lat_deg),) = shapely.get_coordinates(place).tolist()
        said["spot"] = Spot.of(lon_deg, lat_deg)
    if clean.get("accuracy_m") is not None:
        said["accuracy_m"] = ceil(clean["accuracy_m"])
    if isinstance(clean.get("last_fighting_on"), date):
        said["last_fighting_us"] = date_us(clean["last_fighting_on"])
    return CommunitySurveyed(str(clean["id"]), **said), date_us(clean["surveyed_on"])


def withdrawal_of(clean: Mapping[str, Any], organisation_id: str) -> tuple[SurveyWithdrawn, int]:
    """Returns the withdrawal that checked values state, and its day in microseconds."""
    del organisation_id
    fact = SurveyWithdrawn(clean["survey_id"], clean["cause"])
    return fact, date_us(clean["withdrawn_on"])


def tells_hazard(answers: Mapping[str, str]) -> bool:
    """Returns whether the answers of a form of the field, unreviewed, speak of ordnance.

    Read as they came: what cannot be read is unknown, and that is no "no".
    """
    if answers.get("contaminated") != "no":
        return True
    record = dictionary().records[RECORD]
    told = ("extent", "ordnance", "blocked_uses", "victims", "blockages")
    said = {name: answers.get(name, "").strip() for name in told if record.field(name)}
    said["victims"] = said["victims"].lstrip("0")
    said["blockages"] = "" if said["blockages"] == "none" else said["blockages"]
    marked = "yes" in {answers.get("marked_official"), answers.get("marked_local")}
    return marked or any(said.values())
