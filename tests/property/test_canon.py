"""One value has one encoding, and one encoding one value."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import hypothesis.strategies as st
from hypothesis import example, given, settings

from rafiqa.errors import InvalidInput
from rafiqa.ledger import canonical, parse

TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
DECIMALS = st.builds(
    lambda mantissa, exponent: Decimal(f"{mantissa}E{exponent}"),
    st.integers(-(10**18), 10**18),
    st.integers(-40, 40),
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64 - 1)
    | TEXT
    | st.binary(max_size=30)
    | DECIMALS
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=25,
)


def typed(value: Any) -> Any:
    """The value with its types, so that 1, True and Decimal(1) are three."""
    if isinstance(value, list):
        return [typed(item) for item in value]
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    return (type(value).__name__, value)


def shuffled(value: Any) -> Any:
    """The value with the keys of every dict in the opposite order."""
    if isinstance(value, list):
        return [shuffled(item) for item in value]
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(value)}
    return value


@settings(max_examples=400, deadline=None)
@given(VALUES)
def test_what_is_written_is_read_back(value: Any) -> None:
    assert typed(parse(canonical(value))) == typed(value)


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_the_order_of_keys_does_not_matter(value: Any) -> None:
    assert canonical(shuffled(value)) == canonical(value)


@settings(max_examples=300, deadline=None)
@given(VALUES, VALUES)
def test_two_values_never_share_an_encoding(one: Any, other: Any) -> None:
    assert (canonical(one) == canonical(other)) == (typed(one) == typed(other))


def refused_or_canonical(data: bytes) -> None:
    try:
        value = parse(data)
    except InvalidInput:
        return
    assert canonical(value) == data


@settings(max_examples=1000, deadline=None)
@given(st.binary(max_size=60))
@example(b"\xc4\x82\x21\x19\x6a\xb3")
@example(b"\xa2\x61a\x01\x61a\x02")
def test_any_bytes_are_refused_or_the_canonical_form_of_what_they_say(data: bytes) -> None:
    refused_or_canonical(data)


@settings(max_examples=200, deadline=None)
@given(VALUES, st.data())
def test_bytes_changed_a_little_are_refused_or_another_value(value: Any, data: Any) -> None:
    coded = bytearray(canonical(value))
    at = data.draw(st.integers(0, len(coded) - 1))
    bit = data.draw(st.integers(0, 7))
    coded[at] ^= 1 << bit
    refused_or_canonical(bytes(coded))
    refused_or_canonical(bytes(coded[:at]))
    if bytes(coded[:at]):
        refused_or_canonical(bytes(coded[:at]) + bytes(coded))
