"""Residual: what is judged to be left in the cleared ground of an area."""

from __future__ import annotations

from dataclasses import replace

from rafiqa.errors import Fault, NotFound
from rafiqa.risk.judgement import DEFAULT, AreaJudged, Assumptions, judged
from rafiqa.service.doubt import Doubts
from rafiqa.service.office import Office
from rafiqa.service.question import NOW, AsOf


def ask_residual(
    office: Office, area_id: str, as_of: AsOf = NOW, assumed: Assumptions = DEFAULT
) -> AreaJudged:
    """Returns what is judged to be left in the cleared parts of an area; it releases nothing.

    Raises:
        NotFound: no such area was on record by then.
    """
    book, valid_us = office.book(as_of.known_at_us), as_of.valid_us(office)
    area = book.register.areas.get(area_id)
    if area is None or area.recorded.valid_at_us > valid_us:
        raise NotFound(Fault("service.residual.no-area", "AREA", params={"area": area_id}))
    found = judged(book, office.frame, area_id, valid_us, assumed)
    doubts = Doubts.asked(office, valid_us, as_of.known_at_us)
    told = (
        replace(part, in_doubt=part.released and doubts.of_part(part.part_id))
        for part in found.parts
    )
    return replace(found, parts=tuple(told))
