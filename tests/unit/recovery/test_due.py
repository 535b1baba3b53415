"""Dates on which permits are asked again: each once, however often it was named."""

from __future__ import annotations

import heapq

from rafiqa.recovery.stopwork import _pop_once


def test_a_date_that_is_named_often_is_asked_once():
    due = [(1, "a"), (2, "a"), (1, "b"), (1, "a"), (2, "a"), (1, "a")]
    heapq.heapify(due)
    assert [_pop_once(due) for _ in range(3)] == [(1, "a"), (1, "b"), (2, "a")]
    assert not due
