"""Numbers as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from rafiqa.dictionary import Bad, decimal_number, whole_number


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("12", 12),
        (" +12 ", 12),
        ("-3", -3),
        ("12.0", 12),
        ("1e3", 1000),
        ("١٢", 12),
        ("۱۲", 12),
        ("−5", -5),
        ("\u200f١٥", 15),
        ("١٬٢٣٤", 1234),
        (12.0, 12),
        (Decimal("12.00"), 12),
        (7, 7),
    ],
)
def test_whole_numbers(written, expected):
    found = whole_number(written)
    assert found == expected
    assert type(found) is int


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("14.5", "14.5"),
        ("١٤٫٥", "14.5"),
        (".5", "0.5"),
        ("1.5e-3", "0.0015"),
        (0.1, "0.1"),
        (3, "3"),
        ("۰٫۲۵", "0.25"),
    ],
)
def test_decimals(written, expected):
    assert decimal_number(written) == Decimal(expected)


@pytest.mark.parametrize(
    ("written", "mark", "expected"),
    [
        ("1,234.5", ".", "1234.5"),
        ("1.234,5", ",", "1234.5"),
        ("3,5", ",", "3.5"),
        ("1,234", ".", "1234"),
        ("1.234", ",", "1234"),
    ],
)
def test_named_decimal_mark(written, mark, expected):
    assert decimal_number(written, mark) == Decimal(expected)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("tot 14,5 meter -mv", "dictionary.number.invalid"),
        ("20 cm", "dictionary.number.invalid"),
        ("", "dictionary.number.invalid"),
        ("0x10", "dictionary.number.invalid"),
        ("1_000", "dictionary.number.invalid"),
        ("१२", "dictionary.number.invalid"),
        ("1e999999999", "dictionary.number.invalid"),
        ("9" * 10_000, "dictionary.number.invalid"),
        (10**40, "dictionary.number.invalid"),
        (True, "dictionary.number.invalid"),
        ([1], "dictionary.number.invalid"),
        ("1,234", "dictionary.number.ambiguous"),
        ("3,5", "dictionary.number.ambiguous"),
        ("NaN", "dictionary.number.nan"),
        ("-inf", "dictionary.number.nan"),
        (float("nan"), "dictionary.number.nan"),
        (float("inf"), "dictionary.number.nan"),
        (Decimal("NaN"), "dictionary.number.nan"),
    ],
)
def test_refused(written, code):
    for read in (decimal_number, whole_number):
        found = read(written)
        assert isinstance(found, Bad)
        assert found.code == code


@pytest.mark.parametrize("written", ["12.5", 12.5, "١٢٫٥", "1e-1", Decimal("0.5")])
def test_fractions_are_no_whole_numbers(written):
    found = whole_number(written)
    assert isinstance(found, Bad)
    assert found.code == "dictionary.number.fraction"


def test_wrong_mark_is_asked_about():
    found = decimal_number("12.34", ",")
    assert isinstance(found, Bad)
    assert found.code == "dictionary.number.ambiguous"


def test_quote_is_short_and_printable():
    found = decimal_number("x\x00" * 500)
    assert isinstance(found, Bad)
    value = found.params["value"]
    assert isinstance(value, str)
    assert len(value) <= 41
    assert value.isprintable()
