"""What a certificate says, field by field, and as bytes.

Everything a reader is shown comes from here: what stands on paper beside the code may be painted.
Names of offices and places, never of persons. Whole square metres, rounded down; outlines in
millionths of a degree, rounded inwards by whoever makes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rafiqa.errors import Fault, InvalidInput
from rafiqa.ledger.canon import Plain, canonical
from rafiqa.ledger.outline import Outline, outline_bytes, outline_of
from rafiqa.ledger.row import Malformed, Row

TAG: Final = "rafiqa/certificate/1"
DEMONSTRATION: Final = "Demo city (invented)"
"""The authority of papers whose keys everybody knows: anybody can sign them; readers are told."""
KINDS: Final = ("completion", "release", "handover", "cancellation")
OUTCOMES: Final = ("cleared", "reduced", "cancelled")
LIMIT_BYTES: Final = 4096
SALT_BYTES: Final = 16
DEPTH_END_CM: Final = 100_000
_HASH_BYTES = 32
_CODE_LETTERS = 40
_FIELDS = 17


@dataclass(frozen=True, slots=True)
class Part:
    """A part of land with one outcome.

    Attributes:
        part_id: its id.
        outcome: ``cleared``, ``reduced`` or ``cancelled``.
        unit: the storey, room group or layer that it is, or None for open ground.
        depth_cm: cleared down to here from the surface; None where nothing was dug.
        area_m2: whole square metres, rounded down.
        not_dug: surfaces in it that were searched but not dug.
        outline: where it is, rounded inwards.
    """

    part_id: str
    outcome: str
    unit: str | None
    depth_cm: int | None
    area_m2: int
    not_dug: tuple[str, ...]
    outline: Outline


@dataclass(frozen=True, slots=True)
class NotCleared:
    """Ground or a unit inside that was not cleared, and why; its outline is rounded outwards."""

    unit: str | None
    reason: str
    outline: Outline


@dataclass(frozen=True, slots=True)
class Found:
    """How many items of a kind were found; where is never told."""

    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class Claims:
    """What one certificate says.

    Attributes:
        number: its number, once in the world.
        kind: ``completion``, ``release``, ``handover`` or ``cancellation``.
        authority: the office that says so.
        place: the site and the area, in words.
        decided_on: days since 1970-01-01.
        logged_at_s: when the decision was recorded, seconds since 1970 UTC.
        methods: codes of the methods used.
        parts: what became of each part.
        not_cleared: what was left, part by part.
        found: what was found, by kind.
        area_m2: whole square metres of all parts on the ground together, rounded down.
        received_by: the office or user that received the land; never a person's name.
        survey_sha256: of the facts that the decision rests on.
        list_version: version of the status list at that time; an older list knows nothing of it.
        salt: 16 random bytes, so that nobody can guess a certificate from its hash.
        supersedes: number of the certificate that this one takes the place of, or None.
    """

    number: str
    kind: str
    authority: str
    place: str
    decided_on: int
    logged_at_s: int
    methods: tuple[str, ...]
    parts: tuple[Part, ...]
    not_cleared: tuple[NotCleared, ...]
    found: tuple[Found, ...]
    area_m2: int
    received_by: str | None
    survey_sha256: bytes
    list_version: int
    salt: bytes
    supersedes: str | None = None

    @property
    def is_demonstration(self) -> bool:
        """Whether it says nothing of any real land: its keys are published with this program."""
        return self.authority == DEMONSTRATION


def claims_bytes(claims: Claims) -> bytes:
    """The canonical bytes of claims.

    Raises:
        InvalidInput: they could not be read back: a field is out of its bounds, an outcome does
            not belong on that kind of paper, or all of it is too long for one code.
    """
    data = canonical(
        (
            TAG,
            claims.number,
            claims.kind,
            claims.authority,
            claims.place,
            claims.decided_on,
            claims.logged_at_s,
            claims.methods,
            [_part_row(part) for part in claims.parts],
            [(left.unit, left.reason, outline_bytes(left.outline)) for left in claims.not_cleared],
            [(found.kind, found.count) for found in claims.found],
            claims.area_m2,
            claims.received_by,
            claims.survey_sha256,
            claims.list_version,
            claims.salt,
            claims.supersedes,
        )
    )
    try:
        read = claims_of(data)
    except Malformed:
        read = None
    if read != claims:
        raise InvalidInput(Fault("ledger.paper.claims", params={"number": claims.number[:80]}))
    return data


def claims_of(data: bytes) -> Claims:
    """The claims that bytes are.

    Raises:
        Malformed: they are none; also where a paper says what its kind may not say.
    """
    row = Row.of(data, _FIELDS, LIMIT_BYTES)
    row.tag(TAG)
    claims = Claims(
        row.text(_CODE_LETTERS),
        row.text(_CODE_LETTERS),
        row.text(),
        row.text(),
        row.whole(),
        row.whole(),
        row.many(_code),
        row.many(_part),
        row.many(_not_cleared),
        row.many(_found),
        row.whole(),
        row.maybe(Row.text),
        row.raw(_HASH_BYTES),
        row.whole(),
        row.raw(SALT_BYTES),
        row.maybe(_code),
    )
    if not _may_say(claims):
        raise Malformed
    return claims


def _may_say(claims: Claims) -> bool:
    """Cancelled land is never called cleared; what is cleared has a depth or is a unit."""
    outcomes = {part.outcome for part in claims.parts}
    if claims.kind not in KINDS or not outcomes or not outcomes <= set(OUTCOMES):
        return False
    if (claims.kind == "cancellation") != (outcomes == {"cancelled"}):
        return False
    if claims.kind == "release" and "cancelled" in outcomes:
        return False
    if (claims.kind == "handover") != (claims.received_by is not None):
        return False
    return all(_is_sound(part) for part in claims.parts)


def _is_sound(part: Part) -> bool:
    if part.outcome == "cleared":
        return part.depth_cm is not None or part.unit is not None
    return part.depth_cm is None and not part.not_dug


def _part_row(part: Part) -> Plain:
    return (
        part.part_id,
        part.outcome,
        part.unit,
        part.depth_cm,
        part.area_m2,
        part.not_dug,
        outline_bytes(part.outline),
    )


def _part(row: Row) -> Part:
    row = row.row(7)
    return Part(
        row.text(_CODE_LETTERS),
        row.text(_CODE_LETTERS),
        row.maybe(Row.text),
        row.maybe(_depth),
        row.whole(),
        row.many(Row.text),
        outline_of(row.raw()),
    )


def _not_cleared(row: Row) -> NotCleared:
    row = row.row(3)
    return NotCleared(row.maybe(Row.text), row.text(), outline_of(row.raw()))


def _found(row: Row) -> Found:
    row = row.row(2)
    return Found(row.text(_CODE_LETTERS), row.whole())


def _code(row: Row) -> str:
    return row.text(_CODE_LETTERS)


def _depth(row: Row) -> int:
    return row.whole(DEPTH_END_CM)
