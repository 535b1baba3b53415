"""Certificates on record: issued, suspended, taken back; and whether the land still bears one out.

A certificate changes nothing of what the land is. The other way round it is bound to the land book:
whatever puts ground within its outline back to hazard takes it out of force at once, without
anybody having to think of it. What must hold is asked of the outline that is printed and signed,
not of the drawing it was made from.

``state_of`` errs to one side: what is not certainly borne out is not in force.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.geo import SiteFrame, planar_mm
from rafiqa.land.book import LandBook
from rafiqa.land.certificatefact import CertificateIssued, CertificateMoved
from rafiqa.land.face import Face
from rafiqa.land.fact import Recorded, SiteOpened
from rafiqa.land.quarantine import quarantines
from rafiqa.land.rule import supports
from rafiqa.land.ruling import Reason
from rafiqa.land.timeline import LandState
from rafiqa.ledger.certificate import certificate_of
from rafiqa.ledger.claims import Claims, Part
from rafiqa.ledger.row import Malformed

CertificateState = Literal["in-force", "suspended", "reopened", "revoked", "superseded"]
_WORSE = {"cleared": 0, "reduced": 1, "cancelled": 2}
_UNTOUCHED: frozenset[str] = frozenset({"left", "structure"})
"""Raises that a report of work brings itself, or that only say what stands there."""
_LEAST_MM2 = 1.0
"""Ground on both sides of a line is not ground; less than a square millimetre is rounding."""


@dataclass(frozen=True, slots=True)
class CertificateStanding:
    """Where a certificate stands at a time, and why where it is not in force."""

    number: str
    state: CertificateState
    reasons: tuple[Reason, ...] = ()


def claims_on(record: Recorded) -> Claims | None:
    """Returns what a certificate on record says; None where its bytes are none."""
    fact = record.fact
    if not isinstance(fact, CertificateIssued):
        return None
    try:
        return certificate_of(fact.certificate).claims
    except Malformed:
        return None


def state_of(book: LandBook, number: str, valid_at_us: int) -> CertificateStanding | None:
    """Returns where a certificate stands at a time; None where none of that number is on record.

    Args:
        book: the land book as known at the time asked about.
        number: the certificate's number.
        valid_at_us: the time the answer is to be true at.
    """
    record = book.register.certificates.get(number)
    if record is None:
        return None
    fact, claims = record.fact, claims_on(record)
    params: dict[str, str | int] = {"number": number}
    if not isinstance(fact, CertificateIssued) or claims is None:
        return CertificateStanding(number, "revoked", (Reason("land.certificate.void", params),))
    if not _by_its_office(record, fact):
        params["role"] = record.actor.role
        reason = Reason("land.certificate.not-its-office", params)
        return CertificateStanding(number, "revoked", (reason,))
    moved = _moved(book, number, valid_at_us)
    if moved is not None and moved.state == "revoked":
        return CertificateStanding(number, "revoked", (moved.reason,))
    newer = _successor(book, number, valid_at_us)
    if newer is not None:
        params["newer"] = newer
        reason = Reason("land.certificate.superseded", params, (newer,))
        return CertificateStanding(number, "superseded", (reason,))
    against = tuple(_against(book, record, claims, valid_at_us))
    if against:
        return CertificateStanding(number, "reopened", against)
    stopped = tuple(_quarantined(book, claims, valid_at_us))
    if moved is not None or stopped:
        told = (moved.reason,) if moved is not None else ()
        return CertificateStanding(number, "suspended", (*told, *stopped))
    return CertificateStanding(number, "in-force")


def _by_its_office(record: Recorded, fact: CertificateIssued) -> bool:
    return record.actor.role == ("operator" if fact.kind == "completion" else "authority")


@dataclass(frozen=True, slots=True)
class _Move:
    state: str
    reason: Reason


def _moved(book: LandBook, number: str, valid_at_us: int) -> _Move | None:
    """The suspension or revocation that stands at a time; a revocation is for ever."""
    standing: Recorded | None = None
    for record in book.register.certificate_moves.get(number, ()):
        fact = record.fact
        if not isinstance(fact, CertificateMoved) or record.actor.role != "authority":
            continue
        if record.valid_at_us > valid_at_us:
            continue
        if fact.state == "reinstated":
            if standing is not None and not standing.actor.is_one_with(record.actor):
                standing = None
            continue
        standing = record
        if fact.state == "revoked":
            break
    if standing is None or not isinstance(standing.fact, CertificateMoved):
        return None
    params: dict[str, str | int] = {"number": number, "reason": standing.fact.reason}
    code = f"land.certificate.{standing.fact.state}"
    return _Move(standing.fact.state, Reason(code, params, (number,)))


def _successor(book: LandBook, number: str, valid_at_us: int) -> str | None:
    joined = book.register.joined("certificate", number)
    for record in joined.certificates.values():
        fact = record.fact
        if isinstance(fact, CertificateIssued) and fact.supersedes == number:
            lawful = _by_its_office(record, fact) and claims_on(record) is not None
            if lawful and record.valid_at_us <= valid_at_us:
                return fact.number
    return None


def _against(
    book: LandBook, record: Recorded, claims: Claims, valid_at_us: int
) -> Iterator[Reason]:
    """Yields, part by part, why the land does not bear the certificate out."""
    frame = _frame(book)
    if frame is None:
        yield Reason("land.certificate.void", {"number": claims.number})
        return
    for part in claims.parts:
        ground = planar_mm(part.outline, frame)
        params: dict[str, str | int] = {"number": claims.number, "part": part.part_id}
        if claims.kind == "completion":
            raised = _raised_since(book, record, ground, valid_at_us)
            if raised:
                yield Reason("land.certificate.raised-since", params, raised)
        elif not _borne_out(book, part, ground, valid_at_us):
            yield Reason("land.certificate.reopened", params, (part.part_id,))


def _quarantined(book: LandBook, claims: Claims, valid_at_us: int) -> Iterator[Reason]:
    """Yields the failed lots that stop work of the same hands on the ground of a certificate."""
    stops: dict[tuple[str, str], None] = {}
    for _, state in _released_in(book, claims, valid_at_us):
        for stop in quarantines(book.register, state, valid_at_us):
            stops[stop.lot_id, stop.work_id] = None
    for lot_id, work_id in stops:
        yield Reason("land.point.quarantined", {"lot": lot_id, "work": work_id}, (lot_id,))


def certified_ground(
    book: LandBook, number: str, valid_at_us: int
) -> Iterator[tuple[Face, LandState]]:
    """Yields the ground that stands released within the outlines of a certificate, face by face."""
    record = book.register.certificates.get(number)
    claims = None if record is None else claims_on(record)
    if claims is not None:
        yield from _released_in(book, claims, valid_at_us)


def _released_in(
    book: LandBook, claims: Claims, valid_at_us: int
) -> Iterator[tuple[Face, LandState]]:
    frame = _frame(book)
    grounds = [] if frame is None else [planar_mm(part.outline, frame) for part in claims.parts]
    for ground in grounds:
        for face in book.touching(ground):
            state = face.timeline.at(valid_at_us)
            if state is not None and not state.is_hazard and _overlaps(face.shape.geometry, ground):
                yield face, state


def _frame(book: LandBook) -> SiteFrame | None:
    site = book.register.site
    if site is None or not isinstance(site.fact, SiteOpened):
        return None
    return SiteFrame(site.fact.origin.lon_deg, site.fact.origin.lat_deg)


def _raised_since(
    book: LandBook, record: Recorded, ground: BaseGeometry, valid_at_us: int
) -> tuple[str, ...]:
    """The acts that put ground of a report back to hazard after it was made."""
    found = [
        item.subject
        for item in book.raises_near(ground)
        if item.kind not in _UNTOUCHED
        and item.valid_at_us <= valid_at_us
        and not supports(item, record)
        and _overlaps(item.shape.geometry, ground)
    ]
    return tuple(dict.fromkeys(found))


def _borne_out(book: LandBook, part: Part, ground: BaseGeometry, valid_at_us: int) -> bool:
    """Whether all ground of a part stands lowered as the certificate says, or better."""
    states = [
        face.timeline.at(valid_at_us)
        for face in book.touching(ground)
        if _overlaps(face.shape.geometry, ground)
    ]
    return bool(states) and all(state is not None and _holds(state, part) for state in states)


def _holds(state: LandState, part: Part) -> bool:
    if state.is_hazard or state.unproven:
        return False
    if part.unit is not None:
        status = dict(state.units).get(part.unit)
        return status is not None and _WORSE[status] <= _WORSE[part.outcome]
    if _WORSE[state.status] > _WORSE[part.outcome]:
        return False
    return part.depth_cm is None or (state.depth_cm or 0) >= part.depth_cm


def _overlaps(shape: BaseGeometry, ground: BaseGeometry) -> bool:
    return bool(shapely.area(shapely.intersection(shape, ground)) > _LEAST_MM2)
