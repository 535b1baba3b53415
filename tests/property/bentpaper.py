"""Bytes of signed papers, bent: bits and pieces of them, or the values that they hold."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from rafiqa.errors import InvalidInput
from rafiqa.ledger.canon import canonical, parse

STEADY = settings(
    deadline=None,
    derandomize=True,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
"""The same examples in every run: what is found can be found again."""


def _nested(depth: int) -> Any:
    value: Any = 0
    for _ in range(depth):
        value = [value]
    return value


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, 1, -1, 23, 24, 255, 256, 2**32, 2**53 - 1, 2**53, 2**63, 2**64 - 1]),
    st.sampled_from([b"", b"\x00", b"\x01\x01\x03" + b"\x02" * 6, bytes(8), bytes(32), bytes(64)]),
    st.sampled_from(["", "release", "cancellation", "cancelled", "cleared", "issuer", "a\nb"]),
    st.integers(-(2**64), 2**64 - 1),
    st.binary(max_size=70),
    st.text(max_size=210),
    st.just(Decimal("1.5")),
    st.just({}),
    st.just({"a": [1]}),
    st.just([]),
    st.integers(1, 30).map(_nested),
)


@st.composite
def bent_bytes(draw: st.DrawFn, whole: bytes) -> bytes:
    """A few pieces flipped, cut, doubled, put in or written over."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        end = at + draw(st.integers(1, 12))
        kind = draw(st.sampled_from(("bit", "cut", "double", "put", "over", "end")))
        if kind == "bit" and data:
            data[at] ^= 1 << draw(st.integers(0, 7))
        elif kind == "cut":
            del data[at:end]
        elif kind == "double":
            data[at:at] = data[at:end]
        elif kind == "put":
            data[at:at] = draw(st.binary(min_size=1, max_size=9))
        elif kind == "over":
            data[at:end] = draw(st.binary(max_size=12))
        else:
            del data[at:]
    return bytes(data)


@st.composite
def bent_values(draw: st.DrawFn, whole: bytes) -> bytes:
    """Values in it replaced, dropped, doubled, exchanged or put in; written canonically again.

    What no canonical bytes can hold is bent as bytes instead.
    """
    value = parse(whole)
    for _ in range(draw(st.integers(1, 3))):
        value = _bent(draw, value)
    try:
        return canonical(value)
    except InvalidInput:
        return draw(bent_bytes(whole))


def _bent(draw: st.DrawFn, value: Any) -> Any:
    if isinstance(value, list) and value and draw(st.integers(0, 9)):
        at = draw(st.integers(0, len(value) - 1))
        kind = draw(st.sampled_from(("in", "in", "in", "in", "drop", "double", "swap", "put")))
        if kind == "in":
            return [*value[:at], _bent(draw, value[at]), *value[at + 1 :]]
        if kind == "drop":
            return [*value[:at], *value[at + 1 :]]
        if kind == "double":
            return [*value[: at + 1], *value[at:]]
        if kind == "put":
            return [*value[:at], draw(VALUES), *value[at:]]
        to = draw(st.integers(0, len(value) - 1))
        value = [*value]
        value[at], value[to] = value[to], value[at]
        return value
    if isinstance(value, bytes) and value and draw(st.booleans()):
        return draw(bent_bytes(value))
    if isinstance(value, int) and draw(st.booleans()):
        return value + draw(st.sampled_from((-1, 1)))
    return draw(VALUES)
