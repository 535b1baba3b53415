"""The drill for a stolen key: what the thief signs is not believed, what was given out before is.

A thief has the issuer's key and a printer, and not the log: papers without a proof, with another
paper's proof, or with one from a log of the thief's own. docs/how-to/stolen-key.md tells the same.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from rafiqa.errors import InvalidInput
from rafiqa.ledger.certificate import LogProof, certificate_of, issued, proof_bytes, proof_of
from rafiqa.ledger.checkpoint import checkpoint_text
from rafiqa.ledger.merkle import MerkleTree, leaf_hash
from rafiqa.ledger.qrtext import CERTIFICATE, PROOF, bytes_of, qr_texts
from rafiqa.ledger.trustlist import TrustList, is_signed_by_roots, succeeds, trust_list_of
from rafiqa.ledger.verdict import Answer, verdict
from rafiqa.service import (
    KeyPlan,
    Keyring,
    Office,
    issue_certificate,
    kept_certificate,
    make_keys,
    status_list,
)
from rafiqa.service.certificatelog import log_tree
from rafiqa.service.keychange import KeyChange, replace_key
from rafiqa.service.keyring import keyring_in
from rafiqa.store.keyfile import signer_of
from tests.unit.service.ground import FIRST, START_US, Draws, office_at

START_S = START_US // 1_000_000
PLAN = KeyPlan("Office", "office.example/certificates/2026", START_S, 700, ("a", "b", "c"))


@pytest.fixture
def office() -> Office:
    return office_at("released")


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    make_keys(PLAN, tmp_path / "keys", Draws())
    return tmp_path / "keys"


def given_out(office: Office, keyring: Keyring) -> tuple[str, ...]:
    made = issue_certificate(office, keyring, FIRST, "release", "A1")
    assert made.acted.done, made.acted.reasons
    kept = kept_certificate(office, keyring, str(made.number))
    assert kept is not None
    assert len(kept.texts) == 2
    return kept.texts


def stolen_papers(thief: Keyring, honest: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """What a thief can print: a forged claim under the stolen key, with each proof at hand."""
    data = bytes_of(honest[0], CERTIFICATE)
    proof = proof_of(bytes_of(honest[1], PROOF) or b"")
    assert data is not None
    claims = replace(certificate_of(data).claims, number="RFQ-FORGED", salt=bytes(16))
    forged = issued(claims, thief.issuer)
    tree = MerkleTree([leaf_hash(forged)])
    text = checkpoint_text(thief.trust.log_origin, 1, tree.root())
    own_log = LogProof(0, 1, (), thief.issuer.sign(text), proof.cosignatures)
    return {
        "without a proof": qr_texts(forged),
        "with another paper's proof": qr_texts(forged, proof_bytes(proof)),
        "with a log of its own": qr_texts(forged, proof_bytes(own_log)),
    }


def change(office: Office, keys: Path, *, at_s: int) -> KeyChange:
    roots = tuple(signer_of(keys / "roots" / f"root-{at}.pem") for at in (1, 3))
    return KeyChange("issuer", log_tree(office.book()).size, roots, at_s)


def answer(texts: tuple[str, ...], trust: TrustList, office: Office) -> Answer:
    return verdict(texts, trust, None, office.now_us() // 1_000_000).answer


def test_the_drill(office: Office, keys: Path) -> None:
    before = keyring_in(keys)
    honest = given_out(office, before)
    thief_keys = keys.with_name("thief")
    shutil.copytree(keys, thief_keys)
    papers = stolen_papers(keyring_in(thief_keys), honest)

    # Until somebody notices, a paper with no proof passes: the control, and why the drill is run.
    assert answer(papers["without a proof"], before.trust, office) is Answer.UNKNOWN
    for name in ("with another paper's proof", "with a log of its own"):
        assert answer(papers[name], before.trust, office) is Answer.NOT_AUTHENTIC

    after = replace_key(keys, change(office, keys, at_s=START_S + 60), Draws(100))
    trust, signatures = trust_list_of(after.trust_data)
    assert succeeds(trust, signatures, before.trust)
    assert is_signed_by_roots(trust, before.trust, signatures)

    for name, texts in papers.items():
        assert answer(texts, trust, office) is Answer.NOT_AUTHENTIC, name
    # Good papers stay good by their proof; without it nobody can tell them from the thief's.
    assert answer(honest, trust, office) is Answer.UNKNOWN
    assert answer(honest[:1], trust, office) is Answer.NOT_AUTHENTIC
    now_s = office.now_us() // 1_000_000
    assert verdict(honest, trust, status_list(office, keyring_in(keys)), now_s).status == "in-force"


def test_after_it_the_office_goes_on_with_its_new_key(office: Office, keys: Path) -> None:
    before = keyring_in(keys)
    honest = given_out(office, before)
    after = replace_key(keys, change(office, keys, at_s=START_S), Draws(100))
    assert after.issuer.public_key != before.issuer.public_key
    fresh = given_out(office, keyring_in(keys))
    assert answer(fresh, after.trust, office) is Answer.UNKNOWN
    assert answer(fresh, before.trust, office) is Answer.NOT_AUTHENTIC
    assert answer(honest, after.trust, office) is Answer.UNKNOWN
    assert (keys / "issuer.replaced-2.pem").is_file()


def test_one_root_alone_changes_nothing(office: Office, keys: Path) -> None:
    both = change(office, keys, at_s=START_S)
    before = {path.name: path.read_bytes() for path in keys.glob("*.*")}
    for roots in ((), both.roots[:1], (both.roots[0], both.roots[0]), (keyring_in(keys).issuer,)):
        with pytest.raises(InvalidInput) as caught:
            replace_key(keys, replace(both, roots=roots), Draws(100))
        assert caught.value.code == "service.keys.too-few-roots"
    assert {path.name: path.read_bytes() for path in keys.glob("*.*")} == before


def test_a_thief_cannot_vouch_for_another_key(keys: Path, tmp_path: Path) -> None:
    """A list that the thief made, of keys of the thief's own, does not succeed the office's."""
    make_keys(PLAN, tmp_path / "other", Draws(500))
    other, signatures = trust_list_of(keyring_in(tmp_path / "other").trust_data)
    assert not succeeds(replace(other, version=9), signatures, keyring_in(keys).trust)
    # Nor are keys used that the list beside them does not vouch for.
    shutil.copy(tmp_path / "other" / "issuer.pem", tmp_path / "issuer.pem")
    (keys / "issuer.pem").unlink()
    shutil.copy(tmp_path / "issuer.pem", keys / "issuer.pem")
    with pytest.raises(InvalidInput) as caught:
        keyring_in(keys)
    assert caught.value.code == "service.keys.not-trusted"
