"""What may come between a judgement and what is written by it, and what may not."""

from __future__ import annotations

import pytest

from rafiqa.errors import Conflict
from rafiqa.ledger import GENESIS, Draft
from tests.contract.conftest import Bench
from tests.contract.drafts import make_draft

ASIDE = frozenset({"submission.received"})


def form(number: int) -> Draft:
    return make_draft(number, kind="submission.received")


def test_kinds_that_are_named_may_come_between(bench: Bench) -> None:
    store = bench.store
    for number, expected in ((1, GENESIS), (3, None)):
        head = store.head() if expected is None else expected
        store.append([form(number)])
        receipt = store.append([make_draft(number + 1)], expected_head=head, aside=ASIDE)
        assert len(receipt.stored) == 1
    assert store.head().seq == 4


def test_any_other_kind_is_refused_wherever_it_came(bench: Bench) -> None:
    store = bench.store
    head = store.append([make_draft(1)]).head
    for number in (2, 3, 4):
        store.append([make_draft(number) if number == 3 else form(number)])
        if number > 2:
            with pytest.raises(Conflict):
                store.append([make_draft(9)], expected_head=head, aside=ASIDE)
    with pytest.raises(Conflict):
        store.append([make_draft(9)], expected_head=GENESIS, aside=ASIDE)
    assert store.head().seq == 4


def test_without_a_kind_named_none_may(bench: Bench) -> None:
    head = bench.store.append([make_draft(1)]).head
    bench.store.append([form(2)])
    with pytest.raises(Conflict):
        bench.store.append([make_draft(3)], expected_head=head)


def test_a_head_that_never_was_is_refused(bench: Bench) -> None:
    store = bench.store
    store.append([form(1)])
    other = type(store.head())(1, bytes(32), store.head().recorded_at_us)
    store.append([form(2)])
    with pytest.raises(Conflict):
        store.append([make_draft(3)], expected_head=other, aside=ASIDE)
    ahead = type(store.head())(9, bytes(32), store.head().recorded_at_us)
    with pytest.raises(Conflict):
        store.append([make_draft(3)], expected_head=ahead, aside=ASIDE)
