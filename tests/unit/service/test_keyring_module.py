"""The key for certificates in a hardware module: papers are the same, and it can be replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from rafiqa.errors import StoreError
from rafiqa.ledger.trustlist import TrustList
from rafiqa.ledger.verdict import verdict
from rafiqa.service import KeyPlan, issue_certificate, kept_certificate, make_keys
from rafiqa.service.keychange import KeyChange, replace_key
from rafiqa.service.keyring import keyring_in
from rafiqa.store.hardwarekey import HardwareSigner
from rafiqa.store.keyfile import signer_of
from rafiqa.store.keyplace import InModule
from tests.softhsm import PIN, TOKEN
from tests.unit.service.ground import FIRST, START_US, Draws, office_at

START_S = START_US // 1_000_000
ORGANISATIONS = ("a", "b", "c")


@pytest.fixture
def place(softhsm: Path, tmp_path: Path) -> InModule:
    pin_file = tmp_path / "pin"
    pin_file.write_text(PIN)
    pin_file.chmod(0o400)
    return InModule(softhsm, TOKEN, pin_file)


def plan(place: InModule | None) -> KeyPlan:
    origin = "office.example/certificates/2026"
    in_modules = {} if place is None else {"issuer": place}
    return KeyPlan("Office", origin, START_S, 700, ORGANISATIONS, in_modules)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def judged(texts: tuple[str, ...], trust: TrustList) -> str:
    return verdict(texts, trust, None, now_s=START_S + 60).answer.value


def test_papers_by_a_key_in_a_module_are_believed(place: InModule, tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    keyring = make_keys(plan(place), folder, Draws())
    assert isinstance(keyring.issuer, HardwareSigner)
    assert "issuer.module" in names(folder)
    assert "issuer.pem" not in names(folder), "no copy lies here"
    office = office_at("released")
    made = issue_certificate(office, keyring, FIRST, "release", "A1")
    kept = kept_certificate(office, keyring, str(made.number))
    assert kept is not None
    assert judged(kept.texts, keyring.trust) == "authentic-status-unknown"
    other = make_keys(plan(None), tmp_path / "other", Draws())
    assert judged(kept.texts, other.trust) == "not-authentic", "the control: another's list"


def test_it_is_replaced_by_a_new_one_in_a_module_and_never_by_itself(
    place: InModule, tmp_path: Path
) -> None:
    folder = tmp_path / "keys"
    before = make_keys(plan(place), folder, Draws())
    roots = tuple(signer_of(folder / "roots" / f"root-{at}.pem") for at in (1, 3))
    after = replace_key(folder, KeyChange("issuer", 0, roots, START_S + 60, place), Draws(100))
    assert after.issuer.public_key != before.issuer.public_key
    assert {"issuer.module", "issuer.replaced-2.module"} <= names(folder)
    assert keyring_in(folder).issuer.public_key == after.issuer.public_key
    in_a_file = replace_key(folder, KeyChange("issuer", 0, roots, START_S + 90), Draws(200))
    assert {"issuer.pem", "issuer.replaced-3.module"} <= names(folder)
    assert not isinstance(in_a_file.issuer, HardwareSigner)


def test_a_module_that_is_away_signs_nothing_and_changes_nothing(
    place: InModule, tmp_path: Path
) -> None:
    folder = tmp_path / "keys"
    make_keys(plan(place), folder, Draws())
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    roots = tuple(signer_of(folder / "roots" / f"root-{at}.pem") for at in (1, 3))
    gone = InModule(tmp_path / "none.so", TOKEN, place.pin_file)
    with pytest.raises(StoreError) as caught:
        replace_key(folder, KeyChange("issuer", 0, roots, START_S + 60, gone), Draws(100))
    assert caught.value.code == "store.module-unreachable"
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
