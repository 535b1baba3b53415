"""Keys in a hardware module, tried on SoftHSM, and on modules that lie or go away."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from rafiqa.errors import StoreError
from rafiqa.ledger.signing import Algorithm, MemorySigner, is_signed
from rafiqa.store import hardwarekey
from rafiqa.store.hardwarekey import PROBE, HardwareSigner, make_hardware_key
from tests.softhsm import KEY, PIN, TOKEN


def code_of(*arguments: Any) -> str:
    with pytest.raises(StoreError) as caught:
        HardwareSigner(*arguments)
    return caught.value.code


def test_it_signs_as_any_signer(softhsm: Path) -> None:
    with HardwareSigner(softhsm, TOKEN, KEY, PIN) as signer:
        signature = signer.sign(b"message")
        assert (signer.name, signer.algorithm) == (KEY, Algorithm.ED25519)
        assert is_signed(Algorithm.ED25519, signer.public_key, b"message", signature)
        assert not is_signed(Algorithm.ED25519, signer.public_key, b"massage", signature)
        assert PIN not in repr(signer)


def test_the_same_key_after_a_restart(softhsm: Path) -> None:
    """In another process, which knows nothing but the labels and the PIN."""
    script = (
        "import sys; from pathlib import Path\n"
        "from rafiqa.store.hardwarekey import HardwareSigner\n"
        "with HardwareSigner(Path(sys.argv[1]), *sys.argv[2:]) as s: print(s.public_key.hex())"
    )
    command = [sys.executable, "-c", script, str(softhsm), TOKEN, KEY, PIN]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    with HardwareSigner(softhsm, TOKEN, KEY, PIN) as signer:
        assert done.stdout.strip() == signer.public_key.hex()


def test_what_is_not_there_is_said(softhsm: Path, tmp_path: Path) -> None:
    assert code_of(softhsm, "another token", KEY, PIN) == "store.module-token"
    assert code_of(softhsm, TOKEN, "another key", PIN) == "store.module-key-absent"
    assert code_of(softhsm, TOKEN, KEY, "1111111111") == "store.module-pin"
    assert code_of(tmp_path / "none.so", TOKEN, KEY, PIN) == "store.module-unreachable"
    HardwareSigner(softhsm, TOKEN, KEY, PIN).close()


def test_a_key_is_never_made_twice(softhsm: Path) -> None:
    with pytest.raises(StoreError) as caught:
        make_hardware_key(softhsm, TOKEN, KEY, PIN)
    assert caught.value.code == "store.module-key-twice"


def test_a_closed_signer_signs_nothing(softhsm: Path) -> None:
    signer = HardwareSigner(softhsm, TOKEN, KEY, PIN)
    signer.close()
    signer.close()
    with pytest.raises(StoreError) as caught:
        signer.sign(b"m")
    assert caught.value.code == "store.module-unreachable"


def test_two_signers_of_one_token_do_not_put_each_other_out(softhsm: Path) -> None:
    """Closing one logs all of a process out; the other logs in again by itself."""
    first = HardwareSigner(softhsm, TOKEN, KEY, PIN)
    second = HardwareSigner(softhsm, TOKEN, KEY, PIN)
    assert first.sign(b"m") == second.sign(b"m"), "Ed25519 signs alike each time"
    first.close()
    assert is_signed(Algorithm.ED25519, second.public_key, b"m", second.sign(b"m"))
    second.close()


def test_a_signer_that_is_let_go_is_logged_out(softhsm: Path) -> None:
    """Else whoever comes next in this process would be in by another's PIN."""
    signer = HardwareSigner(softhsm, TOKEN, KEY, PIN)
    assert signer.sign(b"m")
    del signer
    gc.collect()
    assert code_of(softhsm, TOKEN, KEY, "1111111111") == "store.module-pin"


def test_one_let_go_while_another_is_opened_does_not_put_it_out(
    softhsm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the collector of unused memory may do at any time, by the thread that opens."""
    import pkcs11

    forgotten = [HardwareSigner(softhsm, TOKEN, KEY, PIN)]
    find = hardwarekey._pair

    def found(session: pkcs11.Session, label: str) -> tuple[Any, bytes | None]:
        forgotten.clear()
        gc.collect()
        return find(session, label)

    monkeypatch.setattr(hardwarekey, "_pair", found)
    with HardwareSigner(softhsm, TOKEN, KEY, PIN) as signer:
        assert forgotten == []
        assert is_signed(Algorithm.ED25519, signer.public_key, b"m", signer.sign(b"m"))
    assert code_of(softhsm, TOKEN, KEY, "1111111111") == "store.module-pin", "nobody is in"


def test_a_key_is_made_while_another_signs(softhsm: Path) -> None:
    with (
        HardwareSigner(softhsm, TOKEN, KEY, PIN) as signer,
        make_hardware_key(softhsm, TOKEN, "second", PIN) as second,
    ):
        assert signer.public_key != second.public_key
        assert is_signed(Algorithm.ED25519, signer.public_key, b"m", signer.sign(b"m"))


def test_from_many_threads(softhsm: Path) -> None:
    with HardwareSigner(softhsm, TOKEN, KEY, PIN) as signer:
        wrong: list[bytes] = []

        def sign(number: int) -> None:
            for round_ in range(20):
                message = b"%d %d" % (number, round_)
                if not is_signed(
                    Algorithm.ED25519, signer.public_key, message, signer.sign(message)
                ):
                    wrong.append(message)

        threads = [Thread(target=sign, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []


@pytest.mark.parametrize(
    ("sensitive", "extractable"), [(False, True), (True, True), (False, False)]
)
def test_a_key_that_can_be_taken_out_is_not_used(
    softhsm: Path, sensitive: bool, extractable: bool
) -> None:
    """Read as it is, or wrapped by another key: whoever has the PIN may have a copy."""
    import pkcs11
    from pkcs11 import Attribute, KeyType, Mechanism

    label = f"open {sensitive} {extractable}"
    token = pkcs11.lib(str(softhsm)).get_token(token_label=TOKEN)
    with token.open(rw=True, user_pin=PIN) as session:
        curve = session.create_domain_parameters(
            KeyType.EC_EDWARDS, {Attribute.EC_PARAMS: bytes.fromhex("06032b6570")}, local=True
        )
        curve.generate_keypair(
            mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
            store=True,
            label=label,
            private_template={Attribute.SENSITIVE: sensitive, Attribute.EXTRACTABLE: extractable},
        )
    assert code_of(softhsm, TOKEN, label, PIN) == "store.module-key-kind"


class FakeModule:
    """A module that does as it is told, so that it can be told to do wrong.

    Attributes:
        plan: what each signature in turn does: sign rightly, sign wrongly, or fail.
        logins: PINs that were tried.
    """

    def __init__(self, seed: bytes = bytes(32)) -> None:
        self.signer = MemorySigner(KEY, Algorithm.ED25519, seed)
        self.plan: list[str] = []
        self.logins: list[str] = []
        self.pin = PIN
        self.wrapped = True

    def __call__(self, _: str) -> FakeModule:
        return self

    def get_token(self, **_: str) -> FakeModule:
        return self

    def open(self, *, rw: bool = False, user_pin: str | None = None) -> FakeModule:  # noqa: ARG002
        from pkcs11.exceptions import PinIncorrect

        self.logins.append(str(user_pin))
        if user_pin != self.pin:
            raise PinIncorrect
        return self

    def close(self) -> None:
        return

    def get_key(self, **_: object) -> FakeModule:
        return self

    def __getitem__(self, attribute: object) -> object:
        from pkcs11 import Attribute

        head = b"\x04\x20" if self.wrapped else b""
        return head + self.signer.public_key if attribute == Attribute.EC_POINT else True

    def sign(self, message: bytes, **_: object) -> bytes:
        from pkcs11.exceptions import DeviceRemoved

        step = self.plan.pop(0) if self.plan else "right"
        if step == "gone":
            raise DeviceRemoved
        signature = self.signer.sign(message)
        return signature if step == "right" else signature[:-1] + bytes([signature[-1] ^ 1])


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeModule:
    module = FakeModule()
    pkcs11 = pytest.importorskip("pkcs11", reason="python-pkcs11 is not installed (make setup)")
    monkeypatch.setattr(pkcs11, "lib", module)
    return module


def opened() -> HardwareSigner:
    return HardwareSigner(Path("/maker.so"), TOKEN, KEY, PIN)


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_public_key_wrapped_or_bare(fake: FakeModule, wrapped: bool) -> None:
    fake.wrapped = wrapped
    assert opened().public_key == fake.signer.public_key


def test_a_wrong_signature_is_not_given_out(fake: FakeModule) -> None:
    signer = opened()
    fake.plan = ["wrong"]
    with pytest.raises(StoreError) as caught:
        signer.sign(b"m")
    assert caught.value.code == "store.module-signature"
    assert signer.sign(b"m") == fake.signer.sign(b"m"), "the control: a right one is"


def test_a_module_that_signs_wrongly_is_not_opened(fake: FakeModule) -> None:
    fake.plan = ["wrong"]
    assert code_of(Path("/maker.so"), TOKEN, KEY, PIN) == "store.module-signature"


def test_a_module_that_was_away_is_logged_into_once_more(fake: FakeModule) -> None:
    signer = opened()
    fake.plan = ["gone"]
    assert signer.sign(b"m") == fake.signer.sign(b"m")
    assert fake.logins == [PIN, PIN]
    fake.plan = ["gone", "gone"]
    with pytest.raises(StoreError) as caught:
        signer.sign(b"m")
    assert caught.value.code == "store.module-unreachable"
    assert signer.sign(b"m") == fake.signer.sign(b"m"), "and again when it is back"


def test_another_module_in_its_place_signs_nothing(fake: FakeModule) -> None:
    """Same labels, same PIN, another key: the trust list would not know it."""
    signer = opened()
    fake.plan = ["gone"]
    fake.signer = MemorySigner(KEY, Algorithm.ED25519, bytes([7]) * 32)
    with pytest.raises(StoreError) as caught:
        signer.sign(b"m")
    assert caught.value.code == "store.module-signature"


def test_a_wrong_pin_is_tried_once(fake: FakeModule) -> None:
    """The PIN was changed meanwhile: each try more would bring the token nearer to its lock."""
    signer = opened()
    fake.pin = "changed"
    fake.plan = ["gone"] * 9
    codes = []
    for _ in range(3):
        with pytest.raises(StoreError) as caught:
            signer.sign(b"m")
        codes.append(caught.value.code)
    assert codes == ["store.module-pin", "store.module-unreachable", "store.module-unreachable"]
    assert fake.logins == [PIN, PIN]


def test_without_the_driver_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    assert code_of(Path("/maker.so"), TOKEN, KEY, PIN) == "store.module-driver"
    with pytest.raises(StoreError) as caught:
        make_hardware_key(Path("/maker.so"), TOKEN, KEY, PIN)
    assert caught.value.code == "store.module-driver"


def test_what_is_signed_on_opening_is_no_checkpoint_and_no_certificate() -> None:
    """A note has an empty line before its signatures, a COSE structure begins with an array."""
    assert PROBE.count(b"\n") == 1
    assert PROBE[0] >> 5 != 4
