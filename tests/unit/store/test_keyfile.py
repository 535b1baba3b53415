"""Keys in files: sealed or the owner's alone, the same key when it is read again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rafiqa.errors import StoreError
from rafiqa.ledger.signing import Algorithm, is_signed
from rafiqa.store.keyfile import make_key, signer_of


def draws(count: int) -> bytes:
    return bytes(range(count))


@pytest.mark.parametrize("algorithm", Algorithm)
@pytest.mark.parametrize("passphrase", [None, b"four words of rubble"])
def test_a_key_is_the_same_when_it_is_read_again(
    algorithm: Algorithm, passphrase: bytes | None, tmp_path: Path
) -> None:
    path = tmp_path / "keys" / "office.pem"
    made = make_key(path, "Office of releases", algorithm, entropy=draws, passphrase=passphrase)
    read = signer_of(path, passphrase)
    assert (read.name, read.algorithm, read.public_key) == (
        "Office of releases",
        algorithm,
        made.public_key,
    )
    assert is_signed(algorithm, made.public_key, b"m", read.sign(b"m"))
    assert path.stat().st_mode & 0o777 == 0o400
    assert draws(32).hex() not in path.read_bytes().hex() or passphrase is None


def codes(error: pytest.ExceptionInfo[StoreError]) -> str:
    return error.value.code


def test_no_key_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "a.pem"
    make_key(path, "a", Algorithm.ED25519, entropy=draws)
    before = path.read_bytes()
    with pytest.raises(StoreError) as error:
        make_key(path, "b", Algorithm.ED25519, entropy=os.urandom)
    assert codes(error) == "store.key.taken"
    assert path.read_bytes() == before


@pytest.mark.parametrize("mode", [0o440, 0o404, 0o644, 0o660])
def test_a_key_that_others_can_read_is_not_used(mode: int, tmp_path: Path) -> None:
    path = tmp_path / "a.pem"
    make_key(path, "a", Algorithm.ED25519, entropy=draws)
    path.chmod(mode)
    with pytest.raises(StoreError) as error:
        signer_of(path)
    assert codes(error) == "store.key.open-to-others"


def test_a_sealed_one_may_lie_anywhere_and_opens_to_its_passphrase_only(tmp_path: Path) -> None:
    path = tmp_path / "a.pem"
    make_key(path, "a", Algorithm.ED25519, entropy=draws, passphrase=b"right")
    path.chmod(0o644)
    assert signer_of(path, b"right").name == "a"
    for wrong in (b"wrong", b"", None):
        with pytest.raises(StoreError) as error:
            signer_of(path, wrong)
        assert codes(error) == "store.key.unreadable"


@pytest.mark.parametrize("content", [b"", b"noise", b"# rafiqa key: a\n", bytes(100_000)])
def test_what_is_no_key_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.pem"
    path.write_bytes(content)
    path.chmod(0o400)
    with pytest.raises(StoreError) as error:
        signer_of(path)
    assert codes(error) == "store.key.unreadable"


def test_no_file_is_no_key(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as error:
        signer_of(tmp_path / "nothing.pem")
    assert codes(error) == "store.key.missing"
