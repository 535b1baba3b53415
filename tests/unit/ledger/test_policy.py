"""Two of three organisations, each once, however many keys it has."""

from __future__ import annotations

import pytest

from rafiqa.ledger.checkpoint import signed_line
from rafiqa.ledger.merkle import MerkleTree
from rafiqa.ledger.note import KeyKind, Note, NoteKey
from rafiqa.ledger.policy import policy_of, policy_text
from rafiqa.ledger.row import Malformed
from tests.papers import NOW_S, signer
from tests.witnesses import LOG_KEY, checkpoint, leaves, note

STANDS = checkpoint(MerkleTree(leaves(9)))
WHO = {"authority": ("a1", "a2"), "un": ("u1",), "university": ("v1",)}
KEYS = {
    organisation: [NoteKey(name, KeyKind.COSIGNATURE, signer(name).public_key) for name in names]
    for organisation, names in WHO.items()
}
TEXT = policy_text([LOG_KEY], KEYS, 2)
POLICY = policy_of(TEXT)


def seen_by(*names: str) -> Note:
    lines = [signed_line(STANDS, KeyKind.COSIGNATURE, signer(name), NOW_S) for name in names]
    return Note(STANDS.text, (*note(STANDS).lines, *lines))


@pytest.mark.parametrize(
    ("names", "met"),
    [
        ((), False),
        (("a1",), False),
        (("a1", "a2"), False),
        (("a1", "a1"), False),
        (("a1", "stranger"), False),
        (("a1", "u1"), True),
        (("u1", "v1"), True),
        (("a1", "a2", "u1", "v1"), True),
    ],
)
def test_organisations_count_once(names: tuple[str, ...], *, met: bool) -> None:
    assert POLICY.is_met(STANDS, seen_by(*names)) is met


def test_without_the_log_s_own_signature_nobody_is_enough() -> None:
    lines = seen_by("a1", "u1", "v1").lines[1:]
    assert not POLICY.is_met(STANDS, Note(STANDS.text, lines))
    forged = signed_line(STANDS, KeyKind.ED25519, signer("stranger"), 0)
    assert not POLICY.is_met(STANDS, Note(STANDS.text, (forged, *lines)))


def test_another_log_is_not_believed() -> None:
    other = checkpoint(MerkleTree(leaves(9)), origin="other.example/log")
    assert not POLICY.is_met(other, note(other))


def test_comments_places_and_groups_of_groups() -> None:
    text = TEXT.replace(LOG_KEY.text, LOG_KEY.text + " https://log.example") + "# the end\n\n"
    assert policy_of(text) == POLICY
    nested = TEXT.replace("quorum organisations", "group top all organisations un\nquorum top")
    assert policy_of(nested).is_met(STANDS, seen_by("u1", "v1"))
    assert not policy_of(nested).is_met(STANDS, seen_by("a1", "v1"))


@pytest.mark.parametrize("least", [0, 1, 4])
def test_one_organisation_alone_is_no_policy_of_ours(least: int) -> None:
    with pytest.raises(ValueError, match="two organisations"):
        policy_text([LOG_KEY], KEYS, least)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("quorum organisations", ""),
        ("quorum organisations", "quorum nobody"),
        ("quorum organisations", "quorum un\nquorum un"),
        ("organisations 2", "organisations 4"),
        ("organisations 2", "organisations 0"),
        ("organisations 2", "organisations many"),
        ("group un any un.1", "group un any un.1 un.1"),
        ("group un any un.1", "group un any ghost"),
        ("group un any un.1", "group un any un"),
        ("group un any", "group authority any"),
        ("log ", "blog "),
        (f"log {LOG_KEY.text}\n", ""),
        ("witness un.1 ", "witness authority.1 "),
        (KEYS["un"][0].text, LOG_KEY.text),
    ],
)
def test_what_is_no_policy_is_refused(old: str, new: str) -> None:
    assert old in TEXT
    with pytest.raises(Malformed):
        policy_of(TEXT.replace(old, new))
