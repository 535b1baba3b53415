"""Papers of works: what a form or a file says of one works, put on record as a fact.

One table ties each of the dictionary's records to its fact and to the act that may put it there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date
from typing import Any, cast

from rafiqa.dictionary import check_row, dictionary
from rafiqa.errors import Fault, InvalidInput
from rafiqa.geo import Spot
from rafiqa.land import Actor, Reason, rule
from rafiqa.recovery import (
    BombSearched,
    ChanceFindAnswered,
    ChanceFound,
    CrewBriefed,
    EodSupportAgreed,
    HazmatScreened,
    MethodStated,
    PictureKept,
    RightsChecked,
    RightsClaimed,
    RubbleLifted,
    SiteFact,
    SiteFolder,
    SiteRated,
    UtilitiesNoted,
    WorksClosed,
)
from rafiqa.service.act import NOW, Stamp, carry_out
from rafiqa.service.incident import record_find
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.wire.instant import date_us

SITE_RECORDS: dict[str, tuple[type, str]] = {
    "rights_check": (RightsChecked, "check_rights"),
    "rights_claim": (RightsClaimed, "claim_rights"),
    "site_rating": (SiteRated, "rate_site"),
    "eod_support": (EodSupportAgreed, "agree_eod_support"),
    "utility_note": (UtilitiesNoted, "note_utilities"),
    "method_statement": (MethodStated, "state_method"),
    "hazmat_screening": (HazmatScreened, "screen_hazmat"),
    "crew_briefing": (CrewBriefed, "brief_crew"),
    "rubble_lift": (RubbleLifted, "log_lift"),
    "chance_find": (ChanceFound, "log_find"),
    "find_answer": (ChanceFindAnswered, "answer_find"),
    "bomb_search": (BombSearched, "search_bombs"),
    "works_closing": (WorksClosed, "close_works"),
    "works_picture": (PictureKept, "keep_picture"),
}
"""The dictionary's record → its fact, and its act in the table of permits."""
ACTS: dict[type, str] = dict(SITE_RECORDS.values())
_DAY_US = 86_400_000_000


def put_on_record(office: Office, actor: Actor, fact: SiteFact, stamp: Stamp = NOW) -> Acted:
    """Returns the act of putting a paper of works on record; what it says against them closes."""
    if isinstance(fact, ChanceFound):
        # Recorded wherever it was, even of works that nobody registered: that comes later.
        return record_find(office, actor, fact, stamp)
    act = ACTS[type(fact)]
    ruling = rule(_against(office, actor, fact))
    return carry_out(office, actor, act, fact.works_id, fact, stamp=stamp, ruling=ruling)


def _against(office: Office, actor: Actor, fact: SiteFact) -> Iterator[Reason]:
    register = office.recovery()
    if register.works(fact.works_id) is None and not isinstance(fact, ChanceFindAnswered):
        yield Reason("service.site.works-unknown", {"works": fact.works_id})
    if isinstance(fact, ChanceFindAnswered):
        found = register.folder(fact.works_id).papers.get(ChanceFound, ())
        told = [
            record for record in found if cast("ChanceFound", record.fact).find_id == fact.find_id
        ]
        params: dict[str, str | int] = {"find": fact.find_id}
        if not told:
            yield Reason("service.site.find-unknown", params)
        elif any(record.actor.person_id == actor.person_id for record in told):
            yield Reason("service.site.own-find", params)
    if isinstance(fact, PictureKept) and not _is_hash(fact.sha256):
        yield Reason("service.site.picture-hash", {"value": fact.sha256[:80]})


def _against_answer(folder: SiteFolder, actor: Actor, find_id: str) -> Iterator[Reason]:
    """Yields why somebody may not answer a find: it is unknown, or they told of it themselves."""
    params: dict[str, str | int] = {"find": find_id}
    told = [
        record
        for record in folder.papers.get(ChanceFound, ())
        if isinstance(record.fact, ChanceFound) and record.fact.find_id == find_id
    ]
    if not told:
        yield Reason("service.site.find-unknown", params)
    elif any(record.actor.person_id == actor.person_id for record in told):
        yield Reason("service.site.own-find", params)


def _is_hash(told: str) -> bool:
    return len(told) == 64 and set(told) <= set("0123456789abcdef")


def site_fact(kind: str, values: Mapping[str, object], row: int | None = None) -> SiteFact:
    """Returns the fact that the values of one of the dictionary's records state.

    Raises:
        InvalidInput: the kind is none of these, a field is unknown, or a value is not what the
            dictionary says; every fault is listed.
    """
    if kind not in SITE_RECORDS:
        known = ", ".join(SITE_RECORDS)
        raise InvalidInput(Fault("service.site.kind", "KIND", row, {"kind": kind, "known": known}))
    record = dictionary().records[kind]
    strange = sorted(set(values) - set(record.names))
    faults = [Fault("service.site.field-unknown", name, row, {"field": name}) for name in strange]
    clean, bad = check_row(record, values, row=row)
    if faults or bad:
        raise InvalidInput([*faults, *bad])
    return _fact(SITE_RECORDS[kind][0], clean)


def _fact(type_: type, clean: Mapping[str, object]) -> SiteFact:
    taken = {item.name for item in fields(cast("Any", type_))}
    said = {name: _kept(value) for name, value in clean.items() if name in taken}
    for name, value in clean.items():
        if isinstance(value, date) and f"{name.removesuffix('_on')}_us" in taken:
            # A day that something stands until is meant to its end.
            said[f"{name.removesuffix('_on')}_us"] = date_us(value) + _DAY_US - 1
    for name in ("consents", "tickets"):
        if name in said:
            said[name] = tuple(str(said[name]).replace(",", " ").replace(";", " ").split())
    if "spot" in taken and "lon_deg" in clean and "lat_deg" in clean:
        said["spot"] = Spot.of(float(str(clean["lon_deg"])), float(str(clean["lat_deg"])))
    return cast("SiteFact", type_(**said))


def _kept(value: object) -> object:
    if isinstance(value, list):
        return tuple(value)
    return value.isoformat() if isinstance(value, date) else value
