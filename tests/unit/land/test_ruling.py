"""A ruling is asked for ``.allowed``; read as a truth value it would let a refusal pass."""

from __future__ import annotations

import pytest

from rafiqa.land import Reason, Ruling, rule


def test_a_ruling_has_no_truth_value() -> None:
    for ruling in (Ruling(allowed=True), rule([Reason("a.b.c")])):
        with pytest.raises(TypeError, match="allowed"):
            bool(ruling)


def test_every_reason_is_kept_in_order() -> None:
    reasons = [Reason("a.b.c"), Reason("a.b.d", {"n": 1}, ("x",))]
    ruling = rule(iter(reasons))
    assert not ruling.allowed
    assert ruling.reasons == tuple(reasons)


def test_nothing_against_is_allowed() -> None:
    ruling = rule([])
    assert ruling.allowed
    assert ruling.reasons == ()
