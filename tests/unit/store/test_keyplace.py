"""A key is found where it lies; whoever asks need not know whether that is a file or a module."""

from __future__ import annotations

from pathlib import Path

import pytest

from rafiqa.errors import StoreError
from rafiqa.ledger.signing import Algorithm, is_signed
from rafiqa.store.hardwarekey import HardwareSigner
from rafiqa.store.keyfile import make_key
from rafiqa.store.keyplace import InModule, is_key_at, keep_in_module, set_aside, signer_at
from tests.softhsm import KEY, PIN, TOKEN


def draws(count: int) -> bytes:
    return bytes(range(count))


@pytest.fixture
def pin_file(tmp_path: Path) -> Path:
    path = tmp_path / "pin"
    path.write_text(PIN + "\n")
    path.chmod(0o400)
    return path


def code_of(path: Path) -> str:
    with pytest.raises(StoreError) as caught:
        signer_at(path)
    return caught.value.code


def test_a_key_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "log.pem"
    assert not is_key_at(path)
    assert code_of(path) == "store.key.missing"
    made = make_key(path, "office", Algorithm.ED25519, entropy=draws)
    assert is_key_at(path)
    assert signer_at(path).public_key == made.public_key


def test_a_key_in_a_module_that_was_there(softhsm: Path, tmp_path: Path, pin_file: Path) -> None:
    path = tmp_path / "keys" / "log.pem"
    made = keep_in_module(path, InModule(softhsm, TOKEN, pin_file), KEY)
    with HardwareSigner(softhsm, TOKEN, KEY, PIN) as known:
        assert made.public_key == known.public_key
    assert is_key_at(path)
    assert not path.exists(), "no key lies here"
    found = signer_at(path)
    assert (found.name, found.public_key) == (KEY, made.public_key)
    assert is_signed(found.algorithm, made.public_key, b"m", found.sign(b"m"))


def test_a_key_that_the_module_makes(softhsm: Path, tmp_path: Path, pin_file: Path) -> None:
    name = "مكتب الرافقة/2026"
    made = keep_in_module(tmp_path / "log.pem", InModule(softhsm, TOKEN, pin_file), name)
    assert signer_at(tmp_path / "log.pem").public_key == made.public_key
    again = keep_in_module(tmp_path / "other.pem", InModule(softhsm, TOKEN, pin_file), name)
    assert again.public_key == made.public_key, "it is not made twice"


def test_no_secret_stands_in_the_file_that_names_the_module(
    softhsm: Path, tmp_path: Path, pin_file: Path
) -> None:
    keep_in_module(tmp_path / "log.pem", InModule(softhsm, TOKEN, pin_file), KEY)
    assert PIN not in (tmp_path / "log.module").read_text()


def test_a_key_is_not_put_over_another(softhsm: Path, tmp_path: Path, pin_file: Path) -> None:
    make_key(tmp_path / "log.pem", "office", Algorithm.ED25519, entropy=draws)
    with pytest.raises(StoreError) as caught:
        keep_in_module(tmp_path / "log.pem", InModule(softhsm, TOKEN, pin_file), KEY)
    assert caught.value.code == "store.key.taken"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "noise",
        'module = "/m.so"\ntoken = "t"\nkey = "k"\n',
        'module = "/m.so"\ntoken = "t"\nkey = "k"\npin_file = 5\n',
        'module = "/m.so"\ntoken = "t"\nkey = "k"\npin_file = "pin"\npin = "1234"\n',
        'module = "/m.so"\nmodule = "/n.so"\ntoken = "t"\nkey = "k"\npin_file = "pin"\n',
    ],
)
def test_what_names_no_module(text: str, tmp_path: Path, pin_file: Path) -> None:
    (tmp_path / "log.module").write_text(text)
    assert code_of(tmp_path / "log.pem") == "store.module-place"
    good = f'module = "/none.so"\ntoken = "t"\nkey = "k"\npin_file = "{pin_file.name}"\n'
    (tmp_path / "log.module").write_text(good)
    pytest.importorskip("pkcs11", reason="python-pkcs11 is not installed (make setup)")
    assert code_of(tmp_path / "log.pem") == "store.module-unreachable", "the control: it is asked"


def test_a_pin_that_others_can_read_is_not_used(tmp_path: Path, pin_file: Path) -> None:
    (tmp_path / "log.module").write_text(
        'module = "/none.so"\ntoken = "t"\nkey = "k"\npin_file = "pin"\n'
    )
    pin_file.chmod(0o440)
    assert code_of(tmp_path / "log.pem") == "store.key.open-to-others"
    pin_file.unlink()
    assert code_of(tmp_path / "log.pem") == "store.key.missing"
    pin_file.write_bytes(b"\xff")
    pin_file.chmod(0o400)
    assert code_of(tmp_path / "log.pem") == "store.key.unreadable"


def test_a_key_that_is_set_aside_is_found_no_more(
    softhsm: Path, tmp_path: Path, pin_file: Path
) -> None:
    keep_in_module(tmp_path / "a.pem", InModule(softhsm, TOKEN, pin_file), KEY)
    make_key(tmp_path / "b.pem", "office", Algorithm.ED25519, entropy=draws)
    for name in ("a.pem", "b.pem"):
        set_aside(tmp_path / name, "replaced-2")
        assert not is_key_at(tmp_path / name)
        assert is_key_at(tmp_path / name.replace(".", ".replaced-2."))
