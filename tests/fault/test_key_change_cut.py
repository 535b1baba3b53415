"""A key is replaced, and the power goes, or the disk fails, at every step: a keyring is found.

Either the one of before or the one of after, whole, and the change can be gone on with. The control
is the order that was there before: the old key set aside first, and the list written unsynced.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from rafiqa.errors import InvalidInput, NotFound, StoreError
from rafiqa.ledger.qrtext import TRUST_LIST, text_of
from rafiqa.ledger.signing import Algorithm, Signer
from rafiqa.service import keychange
from rafiqa.service.keychange import KeyChange, replace_key
from rafiqa.service.keyring import KeyPlan, Keyring, keyring_in, listed_in, make_keys
from rafiqa.store import keyplace, passphrase
from rafiqa.store.keyfile import make_key, signer_of
from rafiqa.store.keyplace import UNSEALED, InModule, Passphrases
from tests.fault.cutdisk import PICTURES, Cut, CutDisk
from tests.softhsm import PIN, TOKEN
from tests.unit.service.ground import START_US, Draws

START_S = START_US // 1_000_000
ORIGIN = "office.example/certificates/2026"
KINDS = ("file", "sealed", "module")


class Words:
    """Everybody's passphrase."""

    def opening(self, path: Path) -> tuple[str, ...]:
        del path
        return ("four words of rubble",)

    def sealing(self, path: Path) -> str:
        del path
        return "four words of rubble"


@dataclass(frozen=True)
class Before:
    """A set of keys that a change begins with."""

    folder: Path
    keyring: Keyring
    roots: tuple[Signer, ...]
    words: Passphrases
    place: InModule | None

    def change(self, at_s: int = START_S + 60) -> KeyChange:
        return KeyChange("issuer", 0, self.roots, at_s, self.place)

    def opened(self, folder: Path) -> Keyring:
        return keyring_in(folder, self.words)


@pytest.fixture(params=KINDS)
def before(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Before:
    kind, place = request.param, None
    monkeypatch.setattr(passphrase, "LOG_COST", 1)  # only the order is asked here
    if kind == "module":
        pin = tmp_path / "pin"
        pin.write_text(PIN)
        pin.chmod(0o400)
        place = InModule(request.getfixturevalue("softhsm"), TOKEN, pin)
    words: Passphrases = Words() if kind == "sealed" else UNSEALED
    in_modules = {"issuer": place} if place else {}
    plan = KeyPlan("Office", ORIGIN, START_S, 700, ("a", "b"), in_modules)
    folder = tmp_path / "keys"
    keyring = make_keys(plan, folder, Draws(), words)
    roots = tuple(keyplace.signer_at(folder / "roots" / f"root-{at}.pem", words) for at in (1, 3))
    return Before(folder, keyring, roots, words, place)


def public_of_second(keyring: Keyring) -> bytes:
    assert keyring.second is not None
    return keyring.second.public_key


Change = Callable[[Path, Before], object]


def as_it_is(folder: Path, before: Before) -> object:
    return replace_key(folder, before.change(), Draws(100), before.words)


def lived(before: Before, change: Change, at: int, *, fails: bool = False) -> CutDisk:
    """One life of the change in a fresh copy, cut or failing at a step."""
    folder = before.folder.with_name("life")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(before.folder, folder)
    disk = CutDisk(folder, at, fails)
    with pytest.MonkeyPatch.context() as patch:
        disk.under(patch)
        try:
            change(folder, before)
        except (Cut, StoreError):
            assert at
    return disk


def n_steps(before: Before, change: Change) -> int:
    return lived(before, change, 0).n_steps


def assert_holds(before: Before, folder: Path) -> str:
    """A keyring opens, the one of before or of after, and the change can be made (again)."""
    found = before.opened(folder)
    is_old = found.issuer.public_key == before.keyring.issuer.public_key
    assert found.trust.version == (1 if is_old else 2)
    assert found.issuer.sign(b"m")
    again = replace_key(folder, before.change(START_S + 90), Draws(300), before.words)
    assert again.trust.version == found.trust.version + 1
    last = before.opened(folder)
    assert (public_of_second(found) == public_of_second(before.keyring)) is is_old
    assert public_of_second(last) not in {
        public_of_second(each) for each in (before.keyring, found)
    }
    assert last.issuer.public_key == again.issuer.public_key
    assert last.issuer.public_key != before.keyring.issuer.public_key
    vouched = {key.key_id.hex() for key in last.trust.keys}
    waiting = {path.name.split("next-")[1][:16] for path in folder.glob("*.next-*")}
    assert not waiting & vouched, "whatever the list names bears its own name by now"
    assert list(folder.glob("issuer.replaced-*")), "the old key can be looked into"
    assert list(folder.glob("issuer-ml-dsa-44.replaced-*")), "and the old second one"
    revoked = {key.public_key for key in last.trust.keys if key.revoked_from is not None}
    assert {public_of_second(before.keyring), before.keyring.issuer.public_key} <= revoked
    return "old" if is_old else "new"


@pytest.mark.parametrize(
    ("before", "picture"),
    [
        pytest.param(kind, picture, marks=[pytest.mark.slow] if kind != "file" and at else [])
        for kind in KINDS
        for at, picture in enumerate(PICTURES)
    ],
    indirect=["before"],
)
def test_a_keyring_is_found_wherever_the_power_goes(before: Before, picture: str) -> None:
    total = n_steps(before, as_it_is)
    assert total >= 10
    found: Counter[str] = Counter()
    for at in range(1, total + 1):
        disk = lived(before, as_it_is, at)
        disk.left(picture)
        found[assert_holds(before, disk.folder)] += 1
    assert min(found["old"], found["new"]) >= 3, found


def test_a_keyring_is_found_whichever_step_fails(before: Before) -> None:
    found: Counter[str] = Counter()
    for at in range(1, n_steps(before, as_it_is) + 1):
        disk = lived(before, as_it_is, at, fails=True)
        found[assert_holds(before, disk.folder)] += 1
    assert min(found["old"], found["new"]) >= 3, found


def first_aside(folder: Path, before: Before) -> object:
    """The order that was there before."""
    made: list[bytes] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keychange, "made_file", lambda *_: None)
        patch.setattr(keychange, "put_trust", lambda _, data: made.append(data))
        patch.setattr(keychange, "_settle", lambda *_: None)
        replace_key(folder, before.change(), Draws(100), before.words)
    path = folder / "issuer.pem"
    keyplace.set_aside(path, "replaced-2")
    make_key(path, "Office of certificates", Algorithm.ED25519, entropy=Draws(100))
    put_unsynced(folder, made[0])
    return None


def put_unsynced(folder: Path, data: bytes) -> None:
    """The trust list as it was written before."""
    beside = folder / "trust.rfq.new"
    beside.write_text(text_of(TRUST_LIST, data) + "\n", "ascii")
    beside.replace(folder / "trust.rfq")


@pytest.mark.parametrize("before", ["file"], indirect=True)
@pytest.mark.parametrize("picture", PICTURES)
def test_control_the_order_of_before_is_found_without_a_key(before: Before, picture: str) -> None:
    without = 0
    for at in range(1, n_steps(before, first_aside) + 1):
        disk = lived(before, first_aside, at)
        disk.left(picture)
        try:
            before.opened(disk.folder)
        except (StoreError, InvalidInput, NotFound):
            without += 1
    assert without >= 2


@pytest.mark.parametrize("before", ["file"], indirect=True)
def test_control_a_list_that_is_not_synced_is_found_empty(
    before: Before, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keychange, "put_trust", put_unsynced)
    without = 0
    for at in range(1, n_steps(before, as_it_is) + 1):
        disk = lived(before, as_it_is, at)
        disk.left("names only")
        try:
            listed_in(disk.folder)
        except InvalidInput:
            without += 1
    assert without >= 1


@pytest.mark.parametrize("before", ["file", "sealed"], indirect=True)
def test_a_change_that_waits_is_settled_before_the_next_of_another_office(before: Before) -> None:
    """A new key of one office that has no name yet is not lost by a change of the other's."""
    disk = lived(before, as_it_is, n_steps(before, as_it_is))
    while len([*disk.folder.glob("issuer*.next-*")]) < 2:
        disk = lived(before, as_it_is, disk.at - 1)
        disk.left("killed")
    assert listed_in(disk.folder)[0].version == 2, "it was cut between list and names"
    found = before.opened(disk.folder)
    issuer, second = found.issuer.public_key, public_of_second(found)
    status = KeyChange("status", 0, before.roots, START_S + 90)
    replace_key(disk.folder, status, Draws(300), before.words)
    assert not [*disk.folder.glob("*.next-*")]
    after = before.opened(disk.folder)
    assert after.trust.version == 3
    assert (after.issuer.public_key, public_of_second(after)) == (issuer, second)


def test_a_key_that_is_lost_is_replaced_all_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    make_keys(KeyPlan("Office", ORIGIN, START_S, 700), folder, Draws())
    roots = tuple(signer_of(folder / "roots" / f"root-{at}.pem") for at in (1, 2))
    (folder / "issuer.pem").unlink()
    with pytest.raises(StoreError):
        keyring_in(folder)
    made = replace_key(folder, KeyChange("issuer", 0, roots, START_S + 60), Draws(100))
    assert keyring_in(folder).issuer.public_key == made.issuer.public_key


def test_the_key_of_an_office_that_does_not_sign_now_is_known_and_closed(tmp_path: Path) -> None:
    made = make_keys(KeyPlan("Office", ORIGIN, START_S, 700), tmp_path / "keys", Draws())
    (tmp_path / "keys" / "issuer.pem").unlink()
    lists = keyring_in(tmp_path / "keys", roles=("status",))
    assert lists.status.sign(b"m") == made.status.sign(b"m")
    assert lists.issuer.public_key == made.issuer.public_key
    for closed in (lists.issuer, lists.log):
        with pytest.raises(StoreError) as caught:
            closed.sign(b"m")
        assert caught.value.code == "store.key.closed"
