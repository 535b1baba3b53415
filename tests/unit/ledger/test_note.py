"""Notes, keys and checkpoints are read as they were written, and nothing else is read."""

from __future__ import annotations

from base64 import b64decode

import pytest

from rafiqa.ledger.checkpoint import (
    Checkpoint,
    checkpoint_of,
    read_checkpoint,
    signed_at_s,
    signed_line,
)
from rafiqa.ledger.merkle import MerkleTree
from rafiqa.ledger.note import KeyKind, Note, NoteKey, key_of, lines_of, note_of, note_text
from rafiqa.ledger.row import Malformed
from rafiqa.ledger.signing import Algorithm
from tests.papers import NOW_S, signer
from tests.witnesses import LOG, LOG_KEY, ORIGIN, checkpoint, leaves, note

STANDS = checkpoint(MerkleTree(leaves(300)))
WHOLE = note_text(note(STANDS))
KINDS = {
    KeyKind.ED25519: Algorithm.ED25519,
    KeyKind.COSIGNATURE: Algorithm.ED25519,
    KeyKind.COSIGNATURE_ML_DSA_44: Algorithm.ML_DSA_44,
}


def test_a_checkpoint_is_read_as_it_was_written() -> None:
    read, found = read_checkpoint(WHOLE.encode())
    assert read == STANDS
    assert note_text(found) == WHOLE
    assert WHOLE.split("\n")[:2] == [ORIGIN, "300"]
    assert b64decode(WHOLE.split("\n")[2]) == STANDS.root
    assert WHOLE.split("\n")[4].startswith(f"\u2014 {ORIGIN} ")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_key_signs_and_is_handed_on_as_text(kind: KeyKind) -> None:
    by = signer("witness.example/w", KINDS[kind])
    key = NoteKey(by.name, kind, by.public_key)
    assert key_of(key.text) == key
    line = signed_line(STANDS, kind, by, NOW_S)
    assert lines_of(line.text) == (line,)
    assert signed_at_s(STANDS, line, key) == (0 if kind is KeyKind.ED25519 else NOW_S)
    other = Checkpoint(STANDS.origin, STANDS.size - 1, STANDS.root)
    assert signed_at_s(other, line, key) is None
    assert signed_at_s(STANDS, line, NoteKey("other", kind, by.public_key)) is None
    for place in range(0, len(line.signature), 41):
        bent = bytearray(line.signature)
        bent[place] ^= 1
        assert signed_at_s(STANDS, type(line)(line.name, line.key_id, bytes(bent)), key) is None


def test_the_same_key_signs_differently_for_each_use() -> None:
    """A log's signature is no witness's, even where somebody uses one key for both."""
    as_log = NoteKey(LOG.name, KeyKind.ED25519, LOG.public_key)
    as_witness = NoteKey(LOG.name, KeyKind.COSIGNATURE, LOG.public_key)
    assert as_log.key_id != as_witness.key_id
    line = signed_line(STANDS, KeyKind.ED25519, LOG, NOW_S)
    assert signed_at_s(STANDS, line, as_log) == 0
    assert signed_at_s(STANDS, line, as_witness) is None


NO_NOTES = {
    "nothing": "",
    "no signature": STANDS.text,
    "no empty line": STANDS.text + note(STANDS).lines[0].text,
    "no break at the end": WHOLE.removesuffix("\n"),
    "a control character": WHOLE.replace("300", "30\x000"),
    "a carriage return": WHOLE.replace("\n", "\r\n"),
    "another dash": WHOLE.replace("\u2014", "-"),
    "a broken base64": WHOLE.removesuffix("\n") + "*\n",
    "a base64 with a second spelling": WHOLE.removesuffix("\n")[:-1] + "B==\n",
    "only a key's id": STANDS.text + f"\n\u2014 {ORIGIN} AAAAAA==\n",
    "a name with a plus": STANDS.text + "\n\u2014 a+b AAAAAAAA\n",
    "too many lines": STANDS.text + "\n" + note(STANDS).lines[0].text * 33,
    "too long": STANDS.text * 3_000 + "\n" + note(STANDS).lines[0].text,
}


@pytest.mark.parametrize("kind", NO_NOTES)
def test_what_is_no_note_is_refused(kind: str) -> None:
    with pytest.raises(Malformed):
        note_of(NO_NOTES[kind].encode())


def test_broken_letters_are_no_note() -> None:
    with pytest.raises(Malformed):
        note_of(b"\xff" + WHOLE.encode())


@pytest.mark.parametrize(
    "text",
    [
        f"{ORIGIN}\n300\n",
        f"{ORIGIN}\n300\nAAAA\n",
        f"{ORIGIN}\n0300\n{STANDS.text.split(chr(10))[2]}\n",
        f"{ORIGIN}\n-3\n{STANDS.text.split(chr(10))[2]}\n",
        f"{ORIGIN}\n\u0663\u0660\n{STANDS.text.split(chr(10))[2]}\n",
        f"{ORIGIN}\n{'9' * 30}\n{STANDS.text.split(chr(10))[2]}\n",
        f"\n300\n{STANDS.text.split(chr(10))[2]}\n",
        STANDS.text + "one more line\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        checkpoint_of(Note(text, note(STANDS).lines))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        LOG_KEY.text.replace("+", "-"),
        LOG_KEY.text.replace(ORIGIN, "another"),
        LOG_KEY.text[:-4],
        LOG_KEY.text + "AAAA",
        "a b" + LOG_KEY.text,
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        key_of(text)
