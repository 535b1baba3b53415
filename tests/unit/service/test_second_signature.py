"""What is kept is signed twice: the second outlives the day on which the first can be forged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rafiqa.land import CertificateIssued
from rafiqa.ledger import cose
from rafiqa.ledger.certificate import certificate_of
from rafiqa.ledger.qrtext import qr_texts
from rafiqa.ledger.signing import Algorithm
from rafiqa.ledger.verdict import Answer, verdict
from rafiqa.service import Keyring, Office, issue_certificate, make_keys
from rafiqa.service.certifying import certificate_faults
from tests.fault.test_compromise_drill import PLAN, START_S
from tests.unit.service.ground import FIRST, Draws, office_at


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return make_keys(PLAN, tmp_path / "keys", Draws())


@pytest.fixture
def office(keyring: Keyring) -> Office:
    office = office_at("released")
    assert issue_certificate(office, keyring, FIRST, "release", "A1").acted.done
    return office


def on_record(office: Office) -> CertificateIssued:
    (record,) = office.book().register.certificates.values()
    assert isinstance(record.fact, CertificateIssued)
    return record.fact


def test_a_certificate_on_record_is_signed_twice(office: Office, keyring: Keyring) -> None:
    fact = on_record(office)
    assert keyring.second is not None
    assert fact.second_signature is not None
    payload = certificate_of(fact.certificate).signed.payload
    key_id = cose.key_id(keyring.second.public_key)
    second = cose.Signed(Algorithm.ML_DSA_44, key_id, payload, fact.second_signature)
    assert second.is_by(keyring.second.public_key)
    assert certificate_faults(office, keyring.trust) == []


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_signature_of_another_office_is_found(
    algorithm: Algorithm, office: Office, keyring: Keyring
) -> None:
    """Each of the two alone is missed where its key is not the office's."""
    keys = tuple(
        key for key in keyring.trust.keys if (key.role, key.algorithm) != ("issuer", algorithm)
    )
    (fault,) = certificate_faults(office, replace(keyring.trust, keys=keys))
    assert fault.code == "service.certificate.signature"
    assert fault.params == {"number": on_record(office).number}


def test_the_second_key_s_signature_is_none_on_paper(office: Office, keyring: Keyring) -> None:
    """A verifier's page checks Ed25519 alone, so nothing else stands on paper anywhere."""
    assert keyring.second is not None
    payload = certificate_of(on_record(office).certificate).signed.payload
    texts = qr_texts(cose.signed(payload, keyring.second))
    found = verdict(texts, keyring.trust, None, START_S)
    assert (found.answer, found.reasons) == (Answer.NOT_AUTHENTIC, ("signature",))


def test_an_older_set_of_keys_signs_once(office: Office, keyring: Keyring) -> None:
    other = office_at("released")
    made = issue_certificate(other, replace(keyring, second=None), FIRST, "release", "A1")
    assert made.acted.done
    assert on_record(other).second_signature is None
    assert certificate_faults(other, keyring.trust) == []
    assert office is not other
