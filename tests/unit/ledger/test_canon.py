"""The bytes of RFC 8949, and the refusal of all other bytes for the same values."""

from __future__ import annotations

import enum
from decimal import Decimal
from typing import Any

import pytest

from rafiqa.errors import InvalidInput
from rafiqa.ledger import canonical, parse
from tests.steps import calls

# RFC 8949, appendix A, those of our values; and section 3.4.4 (the decimal fraction).
RFC_8949 = [
    (0, "00"),
    (1, "01"),
    (10, "0a"),
    (23, "17"),
    (24, "1818"),
    (25, "1819"),
    (100, "1864"),
    (1000, "1903e8"),
    (1000000, "1a000f4240"),
    (1000000000000, "1b000000e8d4a51000"),
    (18446744073709551615, "1bffffffffffffffff"),
    (-18446744073709551616, "3bffffffffffffffff"),
    (-1, "20"),
    (-10, "29"),
    (-100, "3863"),
    (-1000, "3903e7"),
    (False, "f4"),
    (True, "f5"),
    (None, "f6"),
    (b"", "40"),
    (b"\x01\x02\x03\x04", "4401020304"),
    ("", "60"),
    ("a", "6161"),
    ("IETF", "6449455446"),
    ('"\\', "62225c"),
    ("\u00fc", "62c3bc"),
    ("\u6c34", "63e6b0b4"),
    ("\U00010151", "64f0908591"),
    ([], "80"),
    ([1, 2, 3], "83010203"),
    ([1, [2, 3], [4, 5]], "8301820203820405"),
    (list(range(1, 26)), "98190102030405060708090a0b0c0d0e0f101112131415161718181819"),
    ({}, "a0"),
    ({"a": 1, "b": [2, 3]}, "a26161016162820203"),
    (["a", {"b": "c"}], "826161a161626163"),
    (
        {"a": "A", "b": "B", "c": "C", "d": "D", "e": "E"},
        "a56161614161626142616361436164614461656145",
    ),
    (Decimal("273.15"), "c48221196ab3"),
]


@pytest.mark.parametrize(("value", "coded"), RFC_8949)
def test_the_vectors_of_the_rfc(value: Any, coded: str) -> None:
    assert canonical(value).hex() == coded
    found = parse(bytes.fromhex(coded))
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("edge", [0x17, 0x18, 0xFF, 0x100, 0xFFFF, 0x10000, 2**32 - 1, 2**32])
def test_lengths_and_numbers_at_each_edge_of_the_head(edge: int) -> None:
    for value in (edge, -edge, -edge - 1):
        assert parse(canonical(value)) == value
    if edge <= 0x10000:
        for long in ("x" * edge, b"x" * edge, [0] * edge, {f"{n:05d}": n for n in range(edge)}):
            assert parse(canonical(long)) == long


def test_keys_stand_in_the_bytewise_order_of_their_encodings() -> None:
    coded = canonical({"aa": 1, "b": 2, "a": 3, "": 4})
    assert list(parse(coded)) == ["", "a", "b", "aa"]
    assert canonical({"b": 2, "": 4, "aa": 1, "a": 3}) == coded


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1.50", "1.5"),
        ("-0", "0"),
        ("0E+9", "0"),
        ("300", "300"),
        ("-0.001", "-0.001"),
        ("12E3", "12000"),
    ],
)
def test_decimals_are_normalised(written: str, read: str) -> None:
    assert str(parse(canonical(Decimal(written)))) == read
    assert canonical(Decimal(written)) == canonical(Decimal(read))


def test_an_int_and_a_decimal_and_a_bool_stay_apart() -> None:
    assert len({canonical(1), canonical(Decimal(1)), canonical(True)}) == 3


def test_a_tuple_is_written_as_a_list() -> None:
    assert canonical((1, ("a",))) == canonical([1, ["a"]])


class Named(enum.StrEnum):
    A = "a"


@pytest.mark.parametrize(
    ("value", "code", "place"),
    [
        (1.0, "float", "$"),
        (float("nan"), "float", "$"),
        ({"parts": [{"depth": 0.5}]}, "float", "$.parts[0].depth"),
        ({"a": {1, 2}}, "type", "$.a"),
        (Named.A, "type", "$"),
        (bytearray(b"a"), "type", "$"),
        ({1: 2}, "key", "$"),
        ({None: 2}, "key", "$"),
        ({Named.A: 2}, "key", "$"),
        (2**64, "int-range", "$"),
        (-(2**64) - 1, "int-range", "$"),
        ("\ud800", "surrogate", "$"),
        ({"\udfff": 1}, "surrogate", "$"),
        (Decimal("NaN"), "decimal", "$"),
        (Decimal("-Infinity"), "decimal", "$"),
        (Decimal("1E+65"), "decimal", "$"),
        (Decimal("1E-999999"), "decimal", "$"),
        (Decimal("1" * 5000), "decimal", "$"),
    ],
)
def test_what_may_not_be_written_is_refused_with_its_place(
    value: Any, code: str, place: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        canonical(value)
    assert caught.value.code == f"ledger.canon.{code}"
    assert caught.value.faults[0].place == place


@pytest.mark.parametrize(
    ("coded", "code"),
    [
        ("", "truncated"),
        ("18", "truncated"),
        ("1900", "truncated"),
        ("6261", "truncated"),
        ("42ff", "truncated"),
        ("8201", "truncated"),
        ("a16161", "truncated"),
        ("a1", "truncated"),
        ("c4", "unsupported"),
        ("c482", "truncated"),
        ("c48201", "truncated"),
        ("0000", "trailing"),
        ("f6f6", "trailing"),
        ("1817", "not-shortest"),
        ("190018", "not-shortest"),
        ("1a0000ffff", "not-shortest"),
        ("1b00000000ffffffff", "not-shortest"),
        ("7801" + "61", "not-shortest"),
        ("980101", "not-shortest"),
        ("f90000", "unsupported"),
        ("fa47c35000", "unsupported"),
        ("fb3ff199999999999a", "unsupported"),
        ("f97e00", "unsupported"),
        ("f7", "unsupported"),
        ("f0", "unsupported"),
        ("f8ff", "unsupported"),
        ("ff", "unsupported"),
        ("5f42010243030405ff", "unsupported"),
        ("7f657374726561646d696e67ff", "unsupported"),
        ("9fff", "unsupported"),
        ("bf61610161629f0203ffff", "unsupported"),
        ("1c", "unsupported"),
        ("c249010000000000000000", "unsupported"),
        ("c11a514b67b0", "unsupported"),
        ("d818456449455446", "unsupported"),
        ("c58201" + "03", "unsupported"),
        ("61ff", "utf8"),
        ("63eda080", "utf8"),
        ("62c080", "utf8"),
        ("a201020304", "key-type"),
        ("a1" + "80" + "01", "key-type"),
        ("a1f601", "key-type"),
        ("a2616101616102", "key-twice"),
        ("a2616201616101", "key-order"),
        ("a262616101616202", "key-order"),
        ("c482200a", "decimal-form"),
        ("c4820100", "decimal-form"),
        ("c482184101", "decimal-form"),
        ("c482616101", "decimal-form"),
        ("c48200c240", "decimal-form"),
        ("c4820080", "decimal-form"),
        ("81" * 21 + "00", "depth"),
        ("a16161" * 21 + "00", "depth"),
        ("9b7fffffffffffffff", "truncated"),
        ("bb7fffffffffffffff", "truncated"),
        ("5b7fffffffffffffff", "truncated"),
    ],
)
def test_bytes_that_are_not_canonical_are_refused(coded: str, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse(bytes.fromhex(coded))
    assert caught.value.code == f"ledger.canon.{code}"


def test_twenty_levels_are_allowed_and_no_more() -> None:
    value: Any = 0
    for _ in range(20):
        value = [value]
    assert parse(canonical(value)) == value
    with pytest.raises(InvalidInput, match="depth"):
        canonical([value])


def test_a_list_inside_itself_is_refused_by_its_depth() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(InvalidInput, match="depth"):
        canonical(endless)


@pytest.mark.parametrize("bomb", [b"\x81" * 1_000_000, b"\xa1\x61\x61" * 300_000, b"\xc4" * 10**6])
def test_bombs_are_refused_at_once(bomb: bytes) -> None:

    def read() -> None:
        with pytest.raises(InvalidInput):
            parse(bomb)

    assert calls(read) < 1_000
