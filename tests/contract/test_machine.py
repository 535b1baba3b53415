"""Each store against a model of a few lines, step by step, with whatever Hypothesis thinks of."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from rafiqa.errors import Conflict
from rafiqa.ledger import GENESIS, Draft, Head, check_chain
from rafiqa.store import MemoryStore, Quarantined, Receipt, Store
from tests.contract.conftest import MAKERS, Bench
from tests.contract.drafts import MEMORY, make_draft

BATCHES = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2)), max_size=5)


class Model:
    """The ledger as a list, the quarantine as a set."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.conflicts: set[tuple[str, bytes]] = set()

    def append(self, batch: list[Draft]) -> tuple[list[str], list[str], list[str]]:
        stored, already, quarantined = [], [], []
        for draft in batch:
            held = [old for old in self.drafts if old.entry_id == draft.entry_id]
            if not held:
                self.drafts.append(draft)
                stored.append(draft.entry_id)
            elif held[0].request_digest == draft.request_digest:
                already.append(draft.entry_id)
            else:
                self.conflicts.add((draft.entry_id, draft.request_digest))
                quarantined.append(draft.entry_id)
        return stored, already, quarantined


def draft_of(number: int, version: int) -> Draft:
    body = f"{number} {version}".encode()
    return make_draft(number, body=body, request_digest=sha256(body).digest())


class StoreMachine(RuleBasedStateMachine):
    make: Callable[[Bench, bool], Store]
    keeps: bool

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="rafiqa-contract-", dir=MEMORY))
        self.bench = Bench(self.make, self.folder, self.keeps)
        self.model = Model()
        self.heads: list[Head] = [GENESIS]

    def teardown(self) -> None:
        if hasattr(self, "bench"):
            try:
                assert check_chain(self.bench.store.read(), until=self.heads[-1]) == []
                assert self.bench.store.check() == []
            finally:
                self.bench.store.close()
                shutil.rmtree(self.folder)

    @rule(batch=BATCHES)
    def append(self, batch: list[tuple[int, int]]) -> None:
        drafts = [draft_of(*pair) for pair in batch]
        stored, already, quarantined = self.model.append(drafts)
        receipt = self.bench.store.append(drafts)
        assert [entry.entry_id for entry in receipt.stored] == stored
        assert list(receipt.already) == already
        assert list(receipt.quarantined) == quarantined
        self.heads.extend(entry.head for entry in receipt.stored)
        assert receipt.head == self.heads[-1]

    @rule(number=st.integers(0, 12), back=st.integers(0, 3))
    def append_to_an_expected_head(self, number: int, back: int) -> None:
        expected = self.heads[max(len(self.heads) - 1 - back, 0)]
        known = any(old.entry_id == draft_of(number, 0).entry_id for old in self.model.drafts)
        if known or expected == self.heads[-1]:
            self.model.append([draft_of(number, 0)])
            receipt = self.bench.store.append([draft_of(number, 0)], expected_head=expected)
            self.heads.extend(entry.head for entry in receipt.stored)
        else:
            with pytest.raises(Conflict):
                self.bench.store.append([draft_of(number, 0)], expected_head=expected)

    @rule()
    def reopen(self) -> None:
        self.bench.reopen()

    @rule(step_us=st.sampled_from([-(10**12), -1, 0, 1, 10**9]))
    def turn_the_clock(self, step_us: int) -> None:
        self.bench.clock.now_us += step_us

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        if not hasattr(self, "bench"):
            return
        store = self.bench.store
        entries = list(store.read())
        assert [(e.entry_id, e.body) for e in entries] == [
            (draft.entry_id, draft.body) for draft in self.model.drafts
        ]
        assert [entry.head for entry in entries] == self.heads[1:]
        assert store.head() == self.heads[-1]
        subject = make_draft(1).subject
        assert list(store.of_subject(subject)) == [e for e in entries if e.subject == subject]
        assert len(list(store.quarantined())) == len(self.model.conflicts)


def run(examples: int, phases: tuple[Phase, ...] = tuple(Phase), **bench: Any) -> None:
    run_state_machine_as_test(
        type("Machine", (StoreMachine,), bench),
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            database=None,
            phases=phases,
            report_multiple_bugs=False,
            print_blob=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("kind", MAKERS)
def test_the_store_does_what_the_model_does(kind: str) -> None:
    make, keeps = MAKERS[kind]
    run(100, make=staticmethod(make), keeps=keeps)


@pytest.mark.slow
@pytest.mark.parametrize("kind", MAKERS)
def test_the_store_does_what_the_model_does_many_times(kind: str) -> None:
    make, keeps = MAKERS[kind]
    run(1000, make=staticmethod(make), keeps=keeps)


# Planted faults: the machine must see each of them.


class ForgetsConflicts(MemoryStore):
    def quarantine(self, items: Sequence[Quarantined]) -> int:
        return len(items)


class StoresTwice(MemoryStore):
    def append(self, drafts: Sequence[Draft], *, expected_head: Head | None = None) -> Receipt:
        if len(drafts) == 2:
            self._by_id.clear()
        return super().append(drafts, expected_head=expected_head)


class IgnoresTheExpectedHead(MemoryStore):
    def append(self, drafts: Sequence[Draft], *, expected_head: Head | None = None) -> Receipt:
        del expected_head
        return super().append(drafts)


class BelievesItsClock(MemoryStore):
    def append(self, drafts: Sequence[Draft], *, expected_head: Head | None = None) -> Receipt:
        receipt = super().append(drafts, expected_head=expected_head)
        for at, entry in enumerate(self._entries):
            if entry in receipt.stored:
                self._entries[at] = replace(entry, recorded_at_us=self._now_us())
        return receipt


class LosesTheLastOfALongBatch(MemoryStore):
    def append(self, drafts: Sequence[Draft], *, expected_head: Head | None = None) -> Receipt:
        receipt = super().append(drafts, expected_head=expected_head)
        if len(receipt.stored) == 4:
            self._entries.pop()
        return receipt


@pytest.mark.parametrize(
    "planted",
    [
        ForgetsConflicts,
        StoresTwice,
        IgnoresTheExpectedHead,
        BelievesItsClock,
        LosesTheLastOfALongBatch,
    ],
)
def test_control_the_machine_sees_a_planted_fault(planted: type[MemoryStore]) -> None:
    def make(bench: Bench, _create: bool) -> Store:
        return planted(entropy=bench.salts, now_us=bench.clock)

    with pytest.raises((AssertionError, pytest.fail.Exception)):
        run(200, (Phase.generate,), make=staticmethod(make), keeps=False)
