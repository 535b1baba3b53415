"""Papers of works: what a form or a file says of one works, put on record as a fact.

One table ties each of the dictionary's records to its fact and to the act that may put it there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, cast

from rafiqa.dictionary import check_row, dictionary
from rafiqa.errors import Fault, InvalidInput
from rafiqa.land import Actor, Reason, rule
from rafiqa.recovery import (
    CLOSING_RIGHTS,
    BombSearched,
    ChanceFindAnswered,
    ChanceFound,
    CrewBriefed,
    EodSupportAgreed,
    HazmatScreened,
    MethodStated,
    PictureKept,
    ProtectionConsented,
    RecoveryRegister,
    RightsChecked,
    RightsClaimed,
    RubbleLifted,
    SiteFact,
    SiteFolder,
    SiteRated,
    UtilitiesNoted,
    WorksClosed,
)
from rafiqa.service.act import NOW, Stamp, by_the_newest, carry_out
from rafiqa.service.chancefind import find_of
from rafiqa.service.incident import record_find
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted
from rafiqa.service.permit import allow
from rafiqa.service.protectedsites import protected_sites
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
    "protection_consent": (ProtectionConsented, "consent_protected"),
    "works_picture": (PictureKept, "keep_picture"),
}
"""The dictionary's record → its fact, and its act in the table of permits."""
_BETWEEN_PAPERS = re.compile(r"[,;،؛\n]+")
_BETWEEN_TICKETS = re.compile(r"[\s,;،؛]+")
ACTS: dict[type, str] = dict(SITE_RECORDS.values())
_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class ToldPaper:
    """A paper as it was told: the fact, and what of it is kept only as words."""

    fact: SiteFact
    unread: tuple[Fault, ...] = ()


@by_the_newest
def put_on_record(office: Office, actor: Actor, fact: SiteFact, stamp: Stamp = NOW) -> Acted:
    """Returns the act of putting a paper of works on record; what it says against them closes."""
    if isinstance(fact, ChanceFound):
        # Recorded wherever it was, even of works that nobody registered: that comes later.
        return record_find(office, actor, fact, stamp)
    act = ACTS[type(fact)]
    ruling = rule(_against(office, actor, fact, stamp))
    return carry_out(office, actor, act, fact.works_id, fact, stamp=stamp, ruling=ruling)


def _against(office: Office, actor: Actor, fact: SiteFact, stamp: Stamp) -> Iterator[Reason]:
    register = office.recovery()
    folder = register.folder(fact.works_id)
    if isinstance(fact, ChanceFindAnswered):
        at_us = office.now_us() if stamp.valid_at_us is None else stamp.valid_at_us
        yield from _against_answer(folder, actor, fact.find_id, at_us)
    elif register.works(fact.works_id) is None:
        yield Reason("service.site.works-unknown", {"works": fact.works_id})
    if isinstance(fact, RightsClaimed):
        yield from _against_claim(folder, actor, fact)
    if isinstance(fact, ProtectionConsented):
        yield from _against_consent(office, register, actor, fact)
    if isinstance(fact, PictureKept) and not _is_hash(fact.sha256):
        yield Reason("service.site.picture-hash", {"value": fact.sha256[:80]})


def _against_answer(folder: SiteFolder, actor: Actor, find_id: str, at_us: int) -> Iterator[Reason]:
    """Yields why a note answers no find: it is unknown, their own, or was made after the note."""
    params: dict[str, str | int] = {"find": find_id}
    told = [paper for paper in folder.all_of(ChanceFound) if paper.fact.find_id == find_id]
    if not told:
        yield Reason("service.site.find-unknown", params)
    if any(paper.persons & actor.persons for paper in told):
        yield Reason("service.site.own-find", params)
    if any(paper.valid_at_us > at_us for paper in told):
        yield Reason("service.site.answer-before-find", params)


def _against_claim(folder: SiteFolder, actor: Actor, fact: RightsClaimed) -> Iterator[Reason]:
    """Yields why a claim in dispute is not settled by this: that is for who checks rights."""
    before = [paper for paper in folder.claims() if paper.fact.claim_id == fact.claim_id]
    open_ = any(paper.fact.hlp_status in CLOSING_RIGHTS for paper in before)
    if open_ and fact.hlp_status not in CLOSING_RIGHTS and not allow(actor, "check_rights").allowed:
        yield Reason("service.site.claim-settled-by", {"claim": fact.claim_id})


def _against_consent(
    office: Office, register: RecoveryRegister, actor: Actor, fact: ProtectionConsented
) -> Iterator[Reason]:
    """Yields why a word on a protected site is not that of the body named for it."""
    params: dict[str, str | int] = {"site": fact.site_id}
    named = {
        site.authority for site in protected_sites(office, register) if site.site_id == fact.site_id
    }
    if not named:
        yield Reason("service.site.protected-unknown", params)
    elif named != {fact.organisation_id} or actor.organisation_id != fact.organisation_id:
        yield Reason("service.site.not-its-body", params)


def _is_hash(told: str) -> bool:
    return len(told) == 64 and set(told) <= set("0123456789abcdef")


def site_fact(kind: str, values: Mapping[str, object], row: int | None = None) -> SiteFact:
    """Returns the fact that the values of one of the dictionary's records state.

    Raises:
        InvalidInput: see ``told_paper``.
    """
    return told_paper(kind, values, row).fact


def told_paper(kind: str, values: Mapping[str, object], row: int | None = None) -> ToldPaper:
    """Returns the fact that some values state, and what of them could not be read.

    Only of a find anything is left unread: it is never refused for its form.

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
    faults += bad
    if kind == "chance_find":
        return ToldPaper(find_of(values, clean, faults), tuple(faults))
    if faults:
        raise InvalidInput(faults)
    return ToldPaper(_fact(SITE_RECORDS[kind][0], clean))


def _fact(type_: type, clean: Mapping[str, object]) -> SiteFact:
    taken = {item.name for item in fields(cast("Any", type_))}
    said = {name: _kept(value) for name, value in clean.items() if name in taken}
    for name, value in clean.items():
        if isinstance(value, date) and f"{name.removesuffix('_on')}_us" in taken:
            # A day that something stands until is meant to its end.
            said[f"{name.removesuffix('_on')}_us"] = date_us(value) + _DAY_US - 1
    if "consents" in said:
        # The number of a paper may have spaces in it; that of a ticket has none.
        said["consents"] = tuple(_listed(_BETWEEN_PAPERS.split(str(said["consents"]))))
    if "tickets" in said:
        said["tickets"] = tuple(_listed(_BETWEEN_TICKETS.split(str(said["tickets"]))))
    return cast("SiteFact", type_(**said))


def _listed(told: Iterable[str]) -> Iterator[str]:
    return (item.strip() for item in told if item.strip())


def _kept(value: object) -> object:
    if isinstance(value, list):
        return tuple(value)
    return value.isoformat() if isinstance(value, date) else value
