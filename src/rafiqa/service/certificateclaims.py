"""From what the land book bears out to the words and outlines of a certificate.

Released ground is rounded inwards and what was left outwards, each as finely as one code on paper
holds; where it would cost a part more than a fiftieth of its land, nothing is issued.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from rafiqa.errors import Fault, InvalidInput
from rafiqa.geo import (
    EDGE_M,
    Outline,
    OutlineE6,
    ShapeFault,
    SiteFrame,
    outline_around,
    outline_within,
)
from rafiqa.land import (
    AreaRecord,
    Certifiable,
    CertifiedPart,
    LandHandedOver,
    Recorded,
    SiteOpened,
    WorkReported,
)
from rafiqa.ledger import canonical
from rafiqa.ledger.claims import Claims, Found, NotCleared, Part, claims_bytes
from rafiqa.ledger.qrtext import CERTIFICATE, text_of
from rafiqa.wire.factcode import fact_bytes

TOLERANCES_M: Final = (0.25, 0.5, 1.0, 2.0, 5.0)
"""What simplifying may move, tried in this order; land of few corners is not simplified."""
GOOD_LETTERS: Final = 1_300
"""About a code of version 28 at level Q, 68 mm wide: two of them stand side by side."""
MOST_LETTERS: Final = 3_391
"""What the largest code holds at level M (ISO/IEC 18004, version 40)."""
_ENVELOPE_BYTES: Final = 90
"""Signature and header around the claims."""
_CODE_LETTERS, _TEXT_LETTERS = 40, 200
_DAY_US: Final = 86_400_000_000
_S_US: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Issue:
    """What a certificate says beside the land: who, when, and under which number."""

    number: str
    authority: str
    now_us: int
    list_version: int
    salt: bytes
    supersedes: str | None = None


def make_claims(site: SiteOpened, area: AreaRecord, found: Certifiable, issue: Issue) -> Claims:
    """Returns the claims of a certificate, its outlines as fine as paper holds.

    Raises:
        InvalidInput: no outline is short enough for one code, or a part cannot be drawn.
    """
    frame = SiteFrame(site.origin.lon_deg, site.origin.lat_deg)
    bare = _bare(site, area, found, issue)
    shortest: tuple[int, Claims] | None = None
    faults: list[Fault] = []
    for tolerance_m in TOLERANCES_M:
        drawn = _drawn(bare, found, frame, tolerance_m)
        if not isinstance(drawn, Claims):
            faults = faults or drawn
            continue
        letters = _letters(drawn)
        if letters <= GOOD_LETTERS:
            return drawn
        if shortest is None or letters < shortest[0]:
            shortest = letters, drawn
    if shortest is None:
        raise InvalidInput(faults)
    if shortest[0] > MOST_LETTERS:
        params: dict[str, str | int] = {"area": found.area_id, "letters": shortest[0]}
        raise InvalidInput(Fault("service.certificate.too-long", params=params))
    return shortest[1]


def _drawn(
    bare: Claims, found: Certifiable, frame: SiteFrame, tolerance_m: float
) -> Claims | list[Fault]:
    """The claims with their outlines at a tolerance, or why some of them cannot be drawn."""
    inside = [
        outline_within(part.shape, frame, tolerance_m=tolerance_m, edge_m=EDGE_M)
        for part in found.parts
    ]
    around = [outline_around(left.shape, frame, tolerance_m=tolerance_m) for left in found.left]
    ids = [*(part.part_id for part in found.parts), *(left.part_id for left in found.left)]
    faults = [
        Fault("service.certificate.undrawable", each.code, None, {"part": part_id})
        for part_id, each in zip(ids, [*inside, *around], strict=True)
        if isinstance(each, ShapeFault)
    ]
    if faults:
        return faults
    return replace(
        bare,
        parts=tuple(_parts(found.parts, _polygons(inside))),
        not_cleared=tuple(_left(found, _polygons(around))),
    )


def _polygons(outlines: Iterable[Outline | ShapeFault]) -> list[OutlineE6]:
    return [each.polygons for each in outlines if isinstance(each, Outline)]


def _letters(claims: Claims) -> int:
    return len(text_of(CERTIFICATE, bytes(len(claims_bytes(claims)) + _ENVELOPE_BYTES)))


def _bare(site: SiteOpened, area: AreaRecord, found: Certifiable, issue: Issue) -> Claims:
    """The claims without their outlines."""
    handed = found.handover.fact if found.handover is not None else None
    name = f"{site.name} · {area.fact.name or found.area_id}"
    if found.kind == "completion":
        worked = (each.fact for each in found.works)
        ids = {each.organisation_id for each in worked if isinstance(each, WorkReported)}
        name = f"{name} · {', '.join(sorted(ids))}"
    return Claims(
        number=issue.number,
        kind=found.kind,
        authority=_short(issue.authority, _TEXT_LETTERS),
        place=_short(name, _TEXT_LETTERS),
        decided_on=max(found.decided_us, 0) // _DAY_US,
        # The paper's own time: a key counts for what it signed, not for what was decided before.
        logged_at_s=issue.now_us // _S_US,
        methods=tuple(_short(each, _CODE_LETTERS) for each in found.methods),
        parts=(),
        not_cleared=(),
        found=tuple(Found(_short(kind, _CODE_LETTERS), count) for kind, count in found.found),
        area_m2=found.ground.area2_mm2 // 2_000_000,
        received_by=(
            _short(handed.receiver, _TEXT_LETTERS) if isinstance(handed, LandHandedOver) else None
        ),
        survey_sha256=survey_hash((*found.works, *found.releases)),
        list_version=issue.list_version,
        salt=issue.salt,
        supersedes=issue.supersedes,
    )


def survey_hash(records: Iterable[Recorded]) -> bytes:
    """Returns the SHA-256 of the facts that a certificate rests on, in the order of the ledger."""
    ordered = sorted(records, key=lambda record: record.seq)
    return sha256(canonical([fact_bytes(record.fact) for record in ordered])).digest()


def _parts(parts: Iterable[CertifiedPart], outlines: Iterable[OutlineE6]) -> Iterator[Part]:
    for part, outline in zip(parts, outlines, strict=True):
        yield Part(
            _short(part.part_id, _CODE_LETTERS),
            part.outcome,
            None if part.unit_id is None else _short(part.unit_id, _TEXT_LETTERS),
            part.depth_cm,
            part.shape.area2_mm2 // 2_000_000,
            part.not_dug,
            outline,
        )


def _left(found: Certifiable, outlines: Iterable[OutlineE6]) -> Iterator[NotCleared]:
    for left, outline in zip(found.left, outlines, strict=True):
        unit = None if left.unit_id is None else _short(left.unit_id, _TEXT_LETTERS)
        yield NotCleared(unit, _short(left.reason, _CODE_LETTERS), outline)


def _short(words: str, letters: int) -> str:
    """The words, or where they are too long their beginning and a hash of the whole."""
    if len(words) <= letters:
        return words
    return f"{words[: letters - 9]}~{sha256(words.encode()).hexdigest()[:8]}"
