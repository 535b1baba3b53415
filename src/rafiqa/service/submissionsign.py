"""Signs of a form that are left to what was made of it: only where all that was drawn is covered.

A sign stands for a whole line or outline, and the last one for many places. What was made of the
form takes its place where it keeps people away from all of that, and from nothing less.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from rafiqa.land import Actor, AreaRecorded, EvidenceRecorded, ReportAnswered, ResidentReported
from rafiqa.service.fieldbook import Story
from rafiqa.service.incident import leave_to_record
from rafiqa.service.office import Office
from rafiqa.service.spot import point_mm
from rafiqa.service.submissionplace import PLACES_LIMIT, Placed, places_in, spot_of
from rafiqa.service.submissionsealing import Sealing

SAME_MM: Final = 1_000
"""How far apart two readings of one place come out: degrees are rounded on the way."""
_Made = EvidenceRecorded | AreaRecorded


def sign_digest(
    sealing: Sealing, dangerous: Sequence[Placed], declared: frozenset[str], *, hazard: bool
) -> bytes:
    """Returns what names the signs of a form: nothing by which a name in it could be guessed.

    The same form warns once, whether the vault failed at first, names were cut from it, or it
    comes back without them. Where a place stood in what was cut, the places name them too.

    Args:
        sealing: the form as the ledger keeps it.
        dangerous: the places that the form warns of, as it came.
        declared: paths of the answers that its form declares as places.
        hazard: whether the whole form is about hazards.
    """
    if sealing.cut is None:
        return sealing.digest
    digest = sha256(sealing.text.encode()).digest()
    if places_in(sealing.cut, declared).dangerous(hazard=hazard) == tuple(dangerous):
        return digest
    drawn = "".join(place.geometry.wkb_hex for place in dangerous)
    return sha256(digest + drawn.encode()).digest()


def leave_signs(
    office: Office,
    actor: Actor,
    story: Story,
    places: Sequence[Placed],
    fact_ids: Iterable[str],
    entry_id: str,
) -> None:
    """Answers each sign of a form where what was made of the form covers all it stands for.

    A fact without a place, or of another one, keeps nobody away from there.

    Args:
        office: the open store.
        actor: who reviewed the form.
        story: the submission.
        places: every place that the form names.
        fact_ids: entries of the facts that were made of it.
        entry_id: what the entries of the answers begin with.
    """
    entries = (office.store.find(fact_id) for fact_id in fact_ids)
    facts = [office.fact_of(entry) for entry in entries if entry is not None]
    standing = [
        (fact, ground)
        for fact in facts
        if isinstance(fact, _Made) and (ground := _kept_from(office, fact)) is not None
    ]
    whole = shapely.union_all([ground for _, ground in standing])
    for number, sign in enumerate(_signs_of(office, story)):
        meant = _meant(sign, number, places)
        drawn = [_drawn_mm(office, place.geometry) for place in meant]
        if not drawn or not all(each is not None and whole.covers(each) for each in drawn):
            continue
        by = next((fact for fact, ground in standing if ground.intersects(drawn[0])), None)
        area_id = by.area_id if isinstance(by, AreaRecorded) else None
        answer = ReportAnswered(sign.report_id, "new_area", area_id, note=story.fact.instance_id)
        name = "answer" if number == 0 else f"answer-{number}"
        leave_to_record(office, actor, answer, f"{entry_id}.{name}")


def _signs_of(office: Office, story: Story) -> Iterator[ResidentReported]:
    """Yields the signs that stand for a form, in the order of its places."""
    known, sign_id = office.register().reports, story.fact.sign_id
    for number in range(PLACES_LIMIT if sign_id else 0):
        sign = known.get(f"{sign_id}-{number}" if number else str(sign_id))
        if sign is None or not isinstance(sign.fact, ResidentReported):
            return
        yield sign.fact


def _meant(sign: ResidentReported, number: int, places: Sequence[Placed]) -> Sequence[Placed]:
    """Returns the places that a sign may stand for: of the last one any of the form's."""
    if number == PLACES_LIMIT - 1:
        return places
    return [place for place in places if spot_of(place.geometry) == sign.spot]


def _kept_from(office: Office, fact: _Made) -> BaseGeometry | None:
    """Returns the ground that a fact keeps people away from, in mm; None where it has no place."""
    if fact.shape is not None and not fact.shape.is_empty:
        return shapely.buffer(fact.shape.geometry, SAME_MM)
    spot = fact.spot if isinstance(fact, EvidenceRecorded) else None
    point = None if spot is None else point_mm(office, spot)
    if point is None or not isinstance(fact, EvidenceRecorded):
        return None
    return shapely.buffer(point, float(fact.accuracy_m or 0) * 1_000 + SAME_MM)


def _drawn_mm(office: Office, place: BaseGeometry) -> BaseGeometry | None:
    """Returns all of a drawn place, in mm; None where some of it has no place on the site."""
    drawn = np.array([place], dtype=object)
    if not office.frame.shapes_placeable(drawn)[0]:
        return None
    shape: BaseGeometry = office.frame.shapes_to_mm(drawn)[0]
    # Of an outline that crosses itself nobody knows what it holds: all it may.
    return shape if shape.is_valid else shape.convex_hull
