"""Each store against a model of a few lines, step by step, with whatever Hypothesis thinks of."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Collection, Sequence
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

from rafiqa.errors import Conflict, InvalidInput
from rafiqa.ledger import GENESIS, Draft, Head, check_chain
from rafiqa.store import MemoryStore, Progress, Quarantined, Receipt, Store
from tests.contract.conftest import MAKERS, Bench
from tests.contract.drafts import MEMORY, make_draft
from tests.contract.test_keep import NAME, PARTS, PHOTO, erasing

EXAMPLES = {"memory": 150, "embedded": 500, "postgres": 15}
BATCHES = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2)), max_size=5)


class Model:
    """The ledger as a list, the quarantine as a set."""

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.conflicts: set[tuple[str, bytes]] = set()
        self.erased: set[str] = set()
        self.parts: set[int] = set()

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
                store = self.bench.store
                chain = check_chain(store.read(), until=self.heads[-1], erased=store.erased())
                assert chain == []
                assert self.bench.store.check() == []
            finally:
                self.bench.end()
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

    @rule(phones=st.lists(st.tuples(st.integers(0, 1), st.integers(0, 5)), min_size=1, max_size=8))
    def two_phones_send_with_the_same_ids(self, phones: list[tuple[int, int]]) -> None:
        """Out of order, again and again, one at a time, as a queue does whose replies are lost."""
        for phone, number in phones:
            self.append([(number, phone)])

    @rule(number=st.integers(0, 12))
    def erase(self, number: int) -> None:
        entry_id = draft_of(number, 0).entry_id
        seq = 1 + next(
            (at for at, old in enumerate(self.model.drafts) if old.entry_id == entry_id), -1
        )
        draft = erasing(entry_id, seq, number=100 + number)
        known = any(old.entry_id == draft.entry_id for old in self.model.drafts)
        if not known and seq == 0:
            with pytest.raises(InvalidInput):
                self.bench.store.append([draft])
            return
        self.model.append([draft])
        receipt = self.bench.store.append([draft])
        self.heads.extend(entry.head for entry in receipt.stored)
        assert bool(receipt.already) == known
        self.model.erased.add(entry_id)

    @rule(number=st.integers(0, len(PARTS) - 1))
    def bring_a_part(self, number: int) -> None:
        self.bench.store.await_attachment(NAME, len(PHOTO))
        progress = self.bench.store.put_part(NAME, number, PARTS[number])
        self.model.parts.add(number)
        assert set(range(len(PARTS))) - set(progress.missing) == self.model.parts
        assert progress.whole == (not progress.missing)

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
        gone = self.model.erased
        assert [(e.entry_id, e.body) for e in entries] == [
            (draft.entry_id, b"" if draft.entry_id in gone else draft.body)
            for draft in self.model.drafts
        ]
        assert {entries[seq - 1].entry_id for seq in store.erased()} == gone
        parts = store.attachment(NAME)
        assert (parts is not None) == (len(self.model.parts) == len(PARTS))
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
    run(EXAMPLES[kind], make=staticmethod(make), keeps=keeps)


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
    def append(
        self,
        drafts: Sequence[Draft],
        *,
        expected_head: Head | None = None,
        aside: Collection[str] = (),
    ) -> Receipt:
        if len(drafts) == 2:
            self._by_id.clear()
        return super().append(drafts, expected_head=expected_head, aside=aside)


class IgnoresTheExpectedHead(MemoryStore):
    def append(
        self,
        drafts: Sequence[Draft],
        *,
        expected_head: Head | None = None,
        aside: Collection[str] = (),
    ) -> Receipt:
        del expected_head, aside
        return super().append(drafts)


class BelievesItsClock(MemoryStore):
    def append(
        self,
        drafts: Sequence[Draft],
        *,
        expected_head: Head | None = None,
        aside: Collection[str] = (),
    ) -> Receipt:
        receipt = super().append(drafts, expected_head=expected_head, aside=aside)
        for at, entry in enumerate(self._entries):
            if entry in receipt.stored:
                self._entries[at] = replace(entry, recorded_at_us=self._now_us())
        return receipt


class LosesTheLastOfALongBatch(MemoryStore):
    def append(
        self,
        drafts: Sequence[Draft],
        *,
        expected_head: Head | None = None,
        aside: Collection[str] = (),
    ) -> Receipt:
        receipt = super().append(drafts, expected_head=expected_head, aside=aside)
        if len(receipt.stored) == 4:
            self._entries.pop()
        return receipt


class KeepsWhatWasErased(MemoryStore):
    def _erase(self, seq: int, by_seq: int, sha256: str | None) -> None:
        del sha256
        self._erased.setdefault(seq, by_seq)


class TakesASecondPhonesWord(MemoryStore):
    """The same id with other content replaces what was there."""

    def append(
        self,
        drafts: Sequence[Draft],
        *,
        expected_head: Head | None = None,
        aside: Collection[str] = (),
    ) -> Receipt:
        for draft in drafts:
            old = self._by_id.get(draft.entry_id)
            if old is not None and old.request_digest != draft.request_digest:
                new = replace(old, body=draft.body)
                self._entries[old.seq - 1] = self._by_id[old.entry_id] = new
        return super().append(drafts, expected_head=expected_head, aside=aside)


class SaysWholeTooSoon(MemoryStore):
    def put_part(self, sha256: str, number: int, content: bytes) -> Progress:
        progress = super().put_part(sha256, number, content)
        return replace(progress, whole=len(progress.missing) < 2)


@pytest.mark.parametrize(
    "planted",
    [
        KeepsWhatWasErased,
        TakesASecondPhonesWord,
        SaysWholeTooSoon,
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
