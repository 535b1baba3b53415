"""What every store promises of erasures and attachments. Each test runs on each store."""

from __future__ import annotations

import itertools
from hashlib import sha256
from typing import Any

import pytest

from rafiqa.errors import Conflict, Fault, InvalidInput, NotFound
from rafiqa.ledger import (
    ERASURE_KIND,
    PART_BYTES,
    Draft,
    canonical,
    check_chain,
    is_erased,
)
from rafiqa.store import Progress, Store
from tests.contract.conftest import Bench
from tests.contract.drafts import make_draft

PHOTO = b"".join(sha256(f"{at}".encode()).digest() for at in range(20_000))  # 640,000 bytes
NAME = sha256(PHOTO).hexdigest()
PARTS = [PHOTO[at : at + PART_BYTES] for at in range(0, len(PHOTO), PART_BYTES)]


def erasing(entry_id: str, seq: int, number: int = 900, **changes: Any) -> Draft:
    erasure: dict[str, Any] = {"entry_id": entry_id, "seq": seq, "cause": "asked for"}
    body = canonical({**erasure, "remainder": b"\xa0", **changes})
    digest = sha256(body).digest()
    return make_draft(number, kind=ERASURE_KIND, body=body, request_digest=digest)


def whole(store: Store) -> list[Fault]:
    return [*store.check(), *check_chain(store.read(), until=store.head(), erased=store.erased())]


# Erasure


def test_an_erasing_entry_takes_body_and_salt_away_and_the_chain_still_proves(bench: Bench) -> None:
    bench.store.append([make_draft(number) for number in range(1, 6)])
    before = [entry.entry_hash for entry in bench.store.read()]
    receipt = bench.store.append([erasing("entry-000003", 3)])
    bench.reopen()
    store = bench.store
    entries = list(store.read())
    assert [entry.entry_hash for entry in entries[:5]] == before
    assert [is_erased(entry) for entry in entries] == [False, False, True, False, False, False]
    assert (entries[2].body, entries[2].salt) == (b"", b"")
    assert store.find("entry-000003") == entries[2]
    assert entries[2] in store.of_subject(entries[2].subject)
    assert store.erased() == {3: 6}
    assert store.erasure_of(3) == receipt.stored[0]
    assert store.erasure_of(2) is None
    assert whole(store) == []


def test_control_without_its_erasure_a_missing_body_is_a_fault(store: Store) -> None:
    store.append([make_draft(1), make_draft(2)])
    store.append([erasing("entry-000001", 1)])
    assert [fault.code for fault in check_chain(store.read())] == ["ledger.chain.body"]


def test_an_erasure_sent_twice_is_one(store: Store) -> None:
    store.append([make_draft(1)])
    first = store.append([erasing("entry-000001", 1)])
    again = store.append([erasing("entry-000001", 1)])
    assert again.already == (first.stored[0].entry_id,)
    assert store.head().seq == 2


def test_erased_content_sent_again_is_known_and_not_kept_again(store: Store) -> None:
    store.append([make_draft(1)])
    store.append([erasing("entry-000001", 1)])
    assert store.append([make_draft(1)]).already == ("entry-000001",)
    found = store.find("entry-000001")
    assert found is not None
    assert is_erased(found)


@pytest.mark.parametrize(
    "draft",
    [
        erasing("nothing", 1),
        erasing("entry-000001", 2),
        erasing("entry-000900", 2),
        make_draft(900, kind=ERASURE_KIND),
        erasing("entry-000001", 1, surplus=1),
    ],
    ids=["unknown", "another place", "itself", "no erasure", "another form"],
)
def test_what_erases_nothing_on_record_is_refused_whole(store: Store, draft: Draft) -> None:
    store.append([make_draft(1)])
    with pytest.raises(InvalidInput, match=r"ledger\.erasure\.target"):
        store.append([make_draft(2), draft])
    assert store.head().seq == 1
    assert whole(store) == []


def test_an_erasure_cannot_be_erased(store: Store) -> None:
    store.append([make_draft(1)])
    store.append([erasing("entry-000001", 1)])
    with pytest.raises(InvalidInput, match=r"ledger\.erasure\.target"):
        store.append([erasing("entry-000900", 2, number=901)])


# Attachments


def put_all(store: Store, order: list[int]) -> Progress:
    progress = store.await_attachment(NAME, len(PHOTO))
    for number in order:
        progress = store.put_part(NAME, number, PARTS[number])
    return progress


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_parts_come_in_any_order_over_restarts(bench: Bench, order: tuple[int, ...]) -> None:
    assert bench.store.await_attachment(NAME, len(PHOTO)).missing == (0, 1, 2)
    missing = {0, 1, 2}
    for number in order:
        bench.reopen()
        assert bench.store.attachment(NAME) is None
        progress = bench.store.put_part(NAME, number, PARTS[number])
        missing.discard(number)
        assert progress == bench.store.progress(NAME)
        assert set(progress.missing) == missing
    bench.reopen()
    parts = bench.store.attachment(NAME)
    assert parts is not None
    assert b"".join(parts) == PHOTO
    assert bench.store.progress(NAME) == Progress(NAME, len(PHOTO), (), whole=True)
    assert whole(bench.store) == []


def test_a_part_sent_again_changes_nothing(store: Store) -> None:
    put_all(store, [1, 1, 0, 1])
    assert put_all(store, [2, 0, 0]).whole
    assert put_all(store, [0]).whole


def test_parts_that_do_not_make_what_was_named_are_all_let_go(store: Store) -> None:
    put_all(store, [0, 1])
    with pytest.raises(InvalidInput, match=r"store\.attachment-hash"):
        store.put_part(NAME, 2, bytes(len(PARTS[2])))
    progress = store.progress(NAME)
    assert progress is not None
    assert progress.missing == (0, 1, 2)
    assert put_all(store, [0, 1, 2]).whole
    assert whole(store) == []


@pytest.mark.parametrize(
    ("number", "content"),
    [(0, PARTS[0][:-1]), (2, PARTS[0]), (3, b"x"), (-1, PARTS[0]), (1, b"")],
)
def test_a_part_of_another_length_is_refused(store: Store, number: int, content: bytes) -> None:
    store.await_attachment(NAME, len(PHOTO))
    with pytest.raises(InvalidInput, match=r"store\.part-length"):
        store.put_part(NAME, number, content)
    assert store.await_attachment(NAME, len(PHOTO)).missing == (0, 1, 2)


def test_what_is_not_awaited_or_misnamed_is_refused(store: Store) -> None:
    with pytest.raises(NotFound, match=r"store\.attachment-unknown"):
        store.put_part(NAME, 0, PARTS[0])
    with pytest.raises(InvalidInput) as caught:
        store.await_attachment(NAME.upper(), 0)
    assert [fault.place for fault in caught.value.faults] == ["sha256", "n_bytes"]
    store.await_attachment(NAME, len(PHOTO))
    with pytest.raises(Conflict, match=r"store\.attachment-other"):
        store.await_attachment(NAME, len(PHOTO) - 1)
    assert store.progress("0" * 64) is None


@pytest.mark.parametrize("order", [[0, 1, 2], [1]])
def test_an_erased_attachment_is_gone_and_does_not_come_back(
    bench: Bench, order: list[int]
) -> None:
    bench.store.append([make_draft(1)])
    put_all(bench.store, order)
    bench.store.append([erasing("entry-000001", 1, attachment=NAME)])
    bench.reopen()
    progress = bench.store.progress(NAME)
    assert progress is not None
    assert (progress.whole, progress.erased, progress.missing) == (False, True, ())
    assert bench.store.attachment(NAME) is None
    with pytest.raises(Conflict, match=r"store\.attachment-erased"):
        bench.store.put_part(NAME, 0, PARTS[0])
    assert whole(bench.store) == []


def test_an_attachment_in_one_piece_is_whole_at_once_and_once(store: Store) -> None:
    content = bytes(range(256)) * 2_000
    whole = store.put_attachment(content)
    assert (whole.whole, whole.missing) == (True, ())
    assert store.put_attachment(content) == whole == store.progress(whole.sha256)
    parts = store.attachment(whole.sha256)
    assert parts is not None
    assert b"".join(parts) == content
    with pytest.raises(InvalidInput):
        store.put_attachment(b"")


def test_a_piece_that_was_wrong_before_comes_anew(store: Store) -> None:
    content = bytes(range(256)) * 2_000
    name = sha256(content).hexdigest()
    store.await_attachment(name, len(content))
    store.put_part(name, 0, bytes(PART_BYTES))
    assert store.put_attachment(content).whole
    parts = store.attachment(name)
    assert parts is not None
    assert b"".join(parts) == content


SHARED = b"the same hazard, without who stands beside it" * 9_000
STANDING_IN = sha256(SHARED).hexdigest()


@pytest.mark.parametrize("order", [[0, 1, 2], [1], []])
def test_a_sealed_attachment_is_shown_by_what_stands_in_its_place(
    bench: Bench, order: list[int]
) -> None:
    put_all(bench.store, order)
    sealed = bench.store.seal_attachment(NAME, len(PHOTO), SHARED)
    assert sealed == Progress(NAME, len(PHOTO), (), whole=True, shared=STANDING_IN)
    bench.reopen()
    assert bench.store.progress(NAME) == sealed
    for name in (NAME, STANDING_IN):
        assert b"".join(bench.store.attachment(name) or ()) == SHARED
    # Sent again, in parts or whole, or sealed again, nothing of it comes back.
    assert put_all(bench.store, [0, 2]) == sealed
    assert bench.store.put_attachment(PHOTO) == sealed
    assert bench.store.seal_attachment(NAME, len(PHOTO), SHARED + b"other") == sealed
    assert bench.store.progress(sha256(SHARED + b"other").hexdigest()) is None
    assert b"".join(bench.store.attachment(NAME) or ()) == SHARED
    assert whole(bench.store) == []


def test_what_stands_in_a_place_is_not_sealed_itself_nor_by_itself(store: Store) -> None:
    store.seal_attachment(NAME, len(PHOTO), SHARED)
    own = store.seal_attachment(STANDING_IN, len(SHARED), b"another")
    assert own == Progress(STANDING_IN, len(SHARED), (), whole=True)
    with pytest.raises(InvalidInput, match=r"store\.attachment-itself"):
        store.seal_attachment(sha256(b"a").hexdigest(), 1, b"a")
    with pytest.raises(Conflict, match=r"store\.attachment-other"):
        store.seal_attachment(NAME, len(PHOTO) + 1, SHARED)
    assert b"".join(store.attachment(NAME) or ()) == SHARED
    # One whose bytes would be those of a sealed one is shown by what stands for that.
    later = sha256(b"later").hexdigest()
    store.seal_attachment(later, 5, PHOTO)
    assert b"".join(store.attachment(later) or ()) == SHARED
    assert whole(store) == []


def test_an_erased_attachment_takes_along_what_stands_for_it_alone(bench: Bench) -> None:
    twin = sha256(PHOTO[1:]).hexdigest()
    bench.store.append([make_draft(1), make_draft(2)])
    bench.store.seal_attachment(NAME, len(PHOTO), SHARED)
    bench.store.seal_attachment(twin, len(PHOTO) - 1, SHARED)
    bench.store.append([erasing("entry-000001", 1, attachment=NAME)])
    bench.reopen()
    assert bench.store.attachment(NAME) is None
    assert b"".join(bench.store.attachment(twin) or ()) == SHARED
    assert bench.store.seal_attachment(NAME, len(PHOTO), SHARED).erased
    bench.store.append([erasing("entry-000002", 2, 901, attachment=twin)])
    bench.reopen()
    for name in (NAME, twin, STANDING_IN):
        progress = bench.store.progress(name)
        assert progress is not None
        assert (progress.erased, progress.shared) == (True, None)
        assert bench.store.attachment(name) is None
    assert whole(bench.store) == []
