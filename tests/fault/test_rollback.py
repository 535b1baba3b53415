"""Rolled back, forked, cut or dressed up: a witness signs a log that only grew, nothing else."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from itertools import pairwise

import pytest

from rafiqa.ledger.checkpoint import Checkpoint, read_checkpoint, signed_at_s
from rafiqa.ledger.merkle import EMPTY_ROOT, MerkleTree
from rafiqa.ledger.note import Note, lines_of, note_text
from rafiqa.ledger.witness import (
    BAD,
    CONFLICT,
    FORBIDDEN,
    INCONSISTENT,
    SIGNED,
    UNKNOWN,
    request_text,
)
from tests.papers import NOW_S, signer
from tests.witnesses import LOG, ORIGIN, Witness, asking, checkpoint, leaves, note

TREE = MerkleTree(leaves(400))
OTHER = MerkleTree([*leaves(150), *leaves(400, " changed")[150:]])
"""The same log until its 150th entry, and then another one."""


@pytest.fixture
def witness() -> Witness:
    """A witness that has seen the first 200 entries."""
    made = Witness()
    assert made.asked(asking(TREE, 0, 200)).status == SIGNED
    return made


@pytest.mark.parametrize("ml_dsa", [False, True])
def test_the_control_an_honest_log_is_signed_as_it_grows(ml_dsa: bool) -> None:
    made = Witness(ml_dsa=ml_dsa)
    sizes = [0, 1, 2, 3, 7, 8, 64, 200, 200, 201, 400]
    for old, new in pairwise(sizes):
        reply = made.asked(asking(TREE, old, new))
        assert reply.status == SIGNED
        lines = lines_of(reply.body)
        assert len(lines) == len(made.keys)
        for line, key in zip(lines, made.keys, strict=True):
            assert signed_at_s(checkpoint(TREE, new), line, key) == NOW_S
    assert [each.size for each in made.signed] == sizes[1:]


def asked(old: int, path: tuple[bytes, ...], stands: Checkpoint) -> bytes:
    return request_text(old, path, note(stands)).encode()


def bent(path: tuple[bytes, ...], at: int) -> tuple[bytes, ...]:
    return (*path[:at], path[at][::-1], *path[at + 1 :])


PATH = TREE.consistency(200, 400)
STANDS = checkpoint(TREE, 400)
WHOLE = asking(TREE, 200, 400).decode()
LIES: dict[str, tuple[int, Callable[[], bytes]]] = {
    # Rolled back: an older state, as a restored backup would show it.
    "one entry less": (BAD, lambda: asked(200, (), checkpoint(TREE, 199))),
    "half of it": (BAD, lambda: asked(200, (), checkpoint(TREE, 100))),
    "nothing left": (BAD, lambda: asked(200, (), Checkpoint(ORIGIN, 0, EMPTY_ROOT))),
    "older, and says so": (CONFLICT, lambda: asking(TREE, 100, 150)),
    "begun anew": (CONFLICT, lambda: asking(TREE, 0, 400)),
    "begun anew as another": (CONFLICT, lambda: asking(OTHER, 0, 400)),
    "ahead of what was seen": (CONFLICT, lambda: asking(TREE, 300, 400)),
    # Forked: another history of the same length or longer.
    "another root of the same size": (CONFLICT, lambda: asked(200, (), checkpoint(OTHER, 200))),
    "another history, its own proof": (INCONSISTENT, lambda: asking(OTHER, 200, 400)),
    "another history, the true proof": (
        INCONSISTENT,
        lambda: asked(200, PATH, checkpoint(OTHER, 400)),
    ),
    "the true log, another's proof": (
        INCONSISTENT,
        lambda: asked(200, OTHER.consistency(200, 400), STANDS),
    ),
    "a root made up": (
        INCONSISTENT,
        lambda: asked(200, PATH, Checkpoint(ORIGIN, 400, bytes(32))),
    ),
    "the old root for the new": (
        INCONSISTENT,
        lambda: asked(200, PATH, Checkpoint(ORIGIN, 400, TREE.root(200))),
    ),
    "a size made up": (
        INCONSISTENT,
        lambda: asked(200, PATH, Checkpoint(ORIGIN, 600, TREE.root())),
    ),
    "a huge size": (
        INCONSISTENT,
        lambda: asked(200, PATH, Checkpoint(ORIGIN, 1 << 52, TREE.root())),
    ),
    # Proofs cut or bent.
    "no proof": (INCONSISTENT, lambda: asked(200, (), STANDS)),
    "a proof cut short": (INCONSISTENT, lambda: asked(200, PATH[:-1], STANDS)),
    "a proof without its beginning": (INCONSISTENT, lambda: asked(200, PATH[1:], STANDS)),
    "a proof too long": (INCONSISTENT, lambda: asked(200, (*PATH, bytes(32)), STANDS)),
    "a proof of 63 lines": (INCONSISTENT, lambda: asked(200, (bytes(32),) * 63, STANDS)),
    **{
        f"a proof bent at {at}": (
            INCONSISTENT,
            lambda at=at: asked(200, bent(PATH, at), STANDS),  # type: ignore[misc]
        )
        for at in range(len(PATH))
    },
    "a proof where none belongs": (
        INCONSISTENT,
        lambda: asked(200, (bytes(32),), checkpoint(TREE, 200)),
    ),
    # Not the log's own.
    "signed by a stranger": (
        FORBIDDEN,
        lambda: request_text(200, PATH, note(STANDS, signer("stranger"))).encode(),
    ),
    "signed by a stranger of the log's name": (
        FORBIDDEN,
        lambda: request_text(
            200, PATH, Note(STANDS.text, tuple(note(STANDS, signer("x")).lines))
        ).encode(),
    ),
    "signed for another size": (
        FORBIDDEN,
        lambda: request_text(
            200, PATH, Note(STANDS.text, note(checkpoint(TREE, 399)).lines)
        ).encode(),
    ),
    "another log": (
        UNKNOWN,
        lambda: asked(0, (), checkpoint(TREE, 400, "other.example/log")),
    ),
    # No requests.
    "nothing": (BAD, lambda: b""),
    "no old size": (BAD, lambda: WHOLE.replace("old 200", "200").encode()),
    "an old size below zero": (BAD, lambda: WHOLE.replace("old 200", "old -200").encode()),
    "an old size with zeros": (BAD, lambda: WHOLE.replace("old 200", "old 0200").encode()),
    "an old size of Arabic digits": (
        BAD,
        lambda: WHOLE.replace("old 200", "old \u0662\u0660\u0660").encode(),
    ),
    "an old size without an end": (
        BAD,
        lambda: WHOLE.replace("old 200", "old " + "9" * 400).encode(),
    ),
    "a proof of 64 lines": (BAD, lambda: asked(200, (bytes(32),) * 64, STANDS)),
    "a short hash": (BAD, lambda: asked(200, (b"short",), STANDS)),
    "a hash that is no base64": (
        BAD,
        lambda: WHOLE.replace(b64encode(PATH[0]).decode(), "*" * 44).encode(),
    ),
    "no signature": (BAD, WHOLE.rpartition("\n\n")[0].encode),
    "cut in the middle": (BAD, WHOLE[: len(WHOLE) // 2].encode),
    "noise": (BAD, lambda: bytes(range(256)) * 20),
    "longer than anything": (BAD, lambda: WHOLE.encode() * 200),
    "carriage returns": (BAD, lambda: WHOLE.replace("\n", "\r\n").encode()),
}


@pytest.mark.parametrize("kind", LIES)
def test_a_lie_is_not_signed_and_not_remembered(kind: str, witness: Witness) -> None:
    status, lie = LIES[kind]
    reply = witness.asked(lie())
    assert reply.status == status
    assert reply.latest is None
    assert "\u2014" not in reply.body
    if status == CONFLICT:
        assert reply.body == "200\n", "so that an honest log can go on from there"
    assert witness.latest == checkpoint(TREE, 200)
    assert witness.asked(asking(TREE, 200, 400)).status == SIGNED, "the honest log goes on"


def test_there_are_more_than_forty_lies() -> None:
    assert len(LIES) >= 40


def test_the_control_a_witness_that_does_not_ask_for_proofs_signs_both(
    monkeypatch: pytest.MonkeyPatch, witness: Witness
) -> None:
    """What the proof is for: without it two histories are signed, and the tests above see it."""
    monkeypatch.setattr("rafiqa.ledger.witness.is_consistent", lambda *_: True)
    assert witness.asked(asking(OTHER, 200, 400)).status == SIGNED


def test_two_witnesses_shown_two_faces_find_out_when_they_compare() -> None:
    """Each is told another history from the start: each signs, and their notes do not agree."""
    one, two = Witness("witness.example/a"), Witness("witness.example/b")
    assert one.asked(asking(TREE, 0, 400)).status == SIGNED
    assert two.asked(asking(OTHER, 0, 400)).status == SIGNED
    assert one.latest is not None
    assert two.latest is not None
    assert (one.latest.size, one.latest.origin) == (two.latest.size, two.latest.origin)
    assert one.latest.root != two.latest.root
    assert two.asked(asking(TREE, 400, 400)).status == CONFLICT


def test_a_log_that_lies_about_its_size_goes_no_further() -> None:
    """A proof does not show how much lies under its last hash; what follows does."""
    made = Witness()
    assert made.asked(asking(TREE, 0, 200)).status == SIGNED
    assert made.asked(asked(200, PATH, Checkpoint(ORIGIN, 401, TREE.root(400)))).status == SIGNED
    more = MerkleTree(leaves(500))
    assert made.asked(asking(more, 400, 500)).status == CONFLICT
    assert made.asked(asking(more, 401, 500)).status == INCONSISTENT


def test_a_request_by_stick_is_the_same_bytes() -> None:
    """What is carried as a file is what goes over the wire."""
    made = Witness()
    reply = made.asked(asking(TREE, 0, 200))
    whole = note(checkpoint(TREE, 200))
    joined = Note(whole.text, (*whole.lines, *lines_of(reply.body)))
    read, again = read_checkpoint(note_text(joined).encode())
    assert read == checkpoint(TREE, 200)
    assert len(again.lines) == 2
    assert LOG.name == ORIGIN
