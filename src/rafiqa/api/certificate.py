"""Certificates at this door: which an area has and where each stands, and the paper itself.

Everybody is told numbers and where each stands. The paper says what was found in a small place:
it is for staff, who give it to whoever received the land. None is printed of what is out of force.
"""

from __future__ import annotations

from collections.abc import Iterator

from rafiqa.api import shape
from rafiqa.api.ask import Ask
from rafiqa.api.filename import inline
from rafiqa.api.problem import Unknown
from rafiqa.api.reply import Reply
from rafiqa.api.view import View
from rafiqa.errors import Conflict, Fault, NotFound
from rafiqa.land import CertificateIssued
from rafiqa.service import kept_certificate
from rafiqa.wire.certificatepdf import certificate_pdf
from rafiqa.wire.instant import iso

PDF = "application/pdf"


def certificates(view: View, area_id: str) -> Iterator[shape.CertificateBrief]:
    """Yields the certificates of an area on record by then, oldest first, as they stand then."""
    records = sorted(view.register.certificates.values(), key=lambda record: record.seq)
    for record in records:
        fact = record.fact
        if not isinstance(fact, CertificateIssued) or fact.area_id != area_id:
            continue
        standing = view.doubts().standing(fact.number)
        if standing is not None and view.true(record):
            yield shape.CertificateBrief(
                fact.number, fact.kind, standing.state, iso(record.recorded_at_us)
            )


def show_paper(ask: Ask) -> Reply:
    """Returns a certificate's paper as it was given out.

    Raises:
        Unknown: nobody is signed in.
        NotFound: no certificate of that number is on record.
        Conflict: it is not in force now.
    """
    if ask.actor is None or not ask.staff:
        raise Unknown(Fault("api.session.needed"))
    number = ask.path["number"]
    params: dict[str, str | int] = {"number": number}
    kept = kept_certificate(ask.desk.office, None, number)
    if kept is None:
        raise NotFound(Fault("service.certificate.unknown", params=params))
    if kept.standing.state != "in-force":
        raise Conflict(Fault("api.certificate.not-in-force", params=params))
    headers = {**inline(f"{number}.pdf"), "Cache-Control": "no-store"}
    return Reply(certificate_pdf(kept.claims, kept.texts), PDF, headers=headers)
