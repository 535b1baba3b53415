"""What a certificate may say, and that it is read as it was written."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rafiqa.errors import InvalidInput
from rafiqa.ledger.claims import Claims, NotCleared, Part, claims_bytes, claims_of
from rafiqa.ledger.outline import Outline, outline_bytes, outline_of
from rafiqa.ledger.row import Malformed
from tests.papers import CANCELLATION, HANDOVER, KINDS, RELEASE, RUBBLE, SQUARE

CLEARED, REDUCED = RELEASE.parts
CANCELLED = CANCELLATION.parts[0]


@pytest.mark.parametrize("claims", KINDS, ids=lambda claims: claims.kind)
def test_what_is_written_is_read_back(claims: Claims) -> None:
    assert claims_of(claims_bytes(claims)) == claims


MAY_NOT: dict[str, Claims] = {
    "cancelled land called cleared": replace(CANCELLATION, parts=(replace(CLEARED),)),
    "a release of cancelled land": replace(RELEASE, parts=(CANCELLED,)),
    "a release with cancelled land in it": replace(RELEASE, parts=(CLEARED, CANCELLED)),
    "cleared without a depth": replace(RELEASE, parts=(replace(CLEARED, depth_cm=None),)),
    "reduced with a depth": replace(RELEASE, parts=(replace(REDUCED, depth_cm=20),)),
    "reduced with surfaces not dug": replace(RELEASE, parts=(replace(REDUCED, not_dug=("x",)),)),
    "not cleared as an outcome": replace(RELEASE, parts=(replace(REDUCED, outcome="not_cleared"),)),
    "no part at all": replace(RELEASE, parts=()),
    "another kind": replace(RELEASE, kind="title"),
    "a handover to nobody": replace(HANDOVER, received_by=None),
    "a release to somebody": replace(RELEASE, received_by="Water Board"),
    "no number": replace(RELEASE, number=""),
    "a number too long": replace(RELEASE, number="R" * 41),
    "a place too long": replace(RELEASE, place="p" * 201),
    "a depth below zero": replace(RELEASE, parts=(replace(CLEARED, depth_cm=-1),)),
    "a depth of a kilometre": replace(RELEASE, parts=(replace(CLEARED, depth_cm=100_000),)),
    "an area below zero": replace(RELEASE, area_m2=-1),
    "a short salt": replace(RELEASE, salt=b"salt"),
    "a short hash": replace(RELEASE, survey_sha256=b"hash"),
    "more than one code holds": replace(RELEASE, parts=(CLEARED,) * 200),
}


@pytest.mark.parametrize("kind", MAY_NOT)
def test_what_no_certificate_may_say_is_not_written(kind: str) -> None:
    with pytest.raises(InvalidInput, match=r"ledger\.paper\.claims"):
        claims_bytes(MAY_NOT[kind])


def test_a_unit_is_cleared_without_a_depth() -> None:
    unit = replace(CLEARED, unit="storey 2", depth_cm=None)
    assert claims_of(claims_bytes(replace(RELEASE, parts=(unit,)))).parts == (unit,)


E6 = st.tuples(st.integers(-180_000_000, 180_000_000), st.integers(-90_000_000, 90_000_000))
RINGS = st.lists(E6, min_size=3, max_size=12).map(tuple)
OUTLINES = st.lists(st.lists(RINGS, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3).map(
    tuple
)


@given(OUTLINES)
def test_any_outline_is_read_back(outline: Outline) -> None:
    assert outline_of(outline_bytes(outline)) == outline


@given(OUTLINES, st.data())
def test_a_changed_outline_is_another_or_none(outline: Outline, data: st.DataObject) -> None:
    whole = outline_bytes(outline)
    place = data.draw(st.integers(0, len(whole) * 8 - 1))
    bent = bytearray(whole)
    bent[place // 8] ^= 1 << place % 8
    try:
        read = outline_of(bytes(bent))
    except Malformed:
        return
    assert read != outline
    assert outline_bytes(read) == bytes(bent), "one spelling each"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"\x01",
        b"\x01\x01\x02\x00\x00\x00\x00",
        b"\x81\x00" + outline_bytes((SQUARE,))[1:],
        outline_bytes((SQUARE,)) + b"\x00",
        outline_bytes((SQUARE,))[:-1],
        b"\xff" * 20,
    ],
    ids=["empty", "none", "cut", "two points", "a long zero", "more", "less", "huge"],
)
def test_what_is_no_outline_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        outline_of(data)


@pytest.mark.parametrize(
    "outline", [(), ((),), ((SQUARE[0][:2],),), ((((0, 0), (1, 1), (0, 90_000_001)),),)]
)
def test_no_such_outline_is_written(outline: Outline) -> None:
    with pytest.raises(ValueError, match="no such outline"):
        outline_bytes(outline)


def test_more_points_than_a_paper_draws_are_refused() -> None:
    ring = tuple((number, number % 7) for number in range(2_001))
    with pytest.raises(ValueError, match="no such outline"):
        outline_bytes(((ring,),))


def test_not_cleared_may_be_a_unit_or_ground() -> None:
    left = (NotCleared("cellar", "flooded", (RUBBLE,)), NotCleared(None, "under_road", (SQUARE,)))
    claims = replace(RELEASE, not_cleared=left)
    assert claims_of(claims_bytes(claims)).not_cleared == left


def test_a_part_is_what_it_was() -> None:
    part = Part("P", "cleared", "room 4", 30, 0, ("stairs", "bath"), (SQUARE, RUBBLE))
    assert claims_of(claims_bytes(replace(RELEASE, parts=(part,)))).parts == (part,)
