"""Keys in files: sealed or the owner's alone, the same key when it is read again."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from rafiqa.errors import StoreError
from rafiqa.ledger.signing import SEED_BYTES, Algorithm, is_signed
from rafiqa.store.keyfile import make_key, signer_of

WORDS = "river-lantern-basalt-otter"


def draws(count: int) -> bytes:
    """The same key in every run; what seals it is drawn."""
    return bytes(range(count)) if count == SEED_BYTES else os.urandom(count)


@pytest.mark.parametrize("algorithm", Algorithm)
@pytest.mark.parametrize("passphrase", [None, "four words of rubble"])
def test_a_key_is_the_same_when_it_is_read_again(
    algorithm: Algorithm, passphrase: str | None, tmp_path: Path
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
    make_key(path, "a", Algorithm.ED25519, entropy=draws, passphrase=WORDS)
    path.chmod(0o644)
    assert signer_of(path, WORDS).name == "a"
    for wrong in (WORDS + "s", "", None):
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


def test_a_short_passphrase_seals_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as error:
        make_key(tmp_path / "a.age", "a", Algorithm.ED25519, entropy=draws, passphrase=WORDS[:11])
    assert codes(error) == "store.key.short"
    assert [*tmp_path.iterdir()] == []


def test_another_program_reads_the_key(tmp_path: Path) -> None:
    """OpenSSL, by its own command: a key must outlive this program."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl here")
    made = make_key(tmp_path / "a.pem", "مكتب الرافقة", Algorithm.ED25519, entropy=draws)
    done = subprocess.run(
        [openssl, "pkey", "-in", tmp_path / "a.pem", "-pubout", "-outform", "DER"],
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert done.stdout[-32:] == made.public_key


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a file to somebody else")
def test_a_key_that_belongs_to_somebody_else_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "a.pem"
    make_key(path, "a", Algorithm.ED25519, entropy=draws)
    os.chown(path, 12_345, -1)
    with pytest.raises(StoreError) as error:
        signer_of(path)
    assert codes(error) == "store.key.open-to-others"


def test_a_pipe_or_a_folder_is_no_key_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o400)
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(StoreError):
            signer_of(path)


def test_a_key_of_another_kind_signs_nothing_here(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    path = tmp_path / "a.pem"
    key = Ed448PrivateKey.generate()
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.chmod(0o400)
    with pytest.raises(StoreError) as error:
        signer_of(path)
    assert codes(error) == "store.key.unreadable"


def test_a_key_that_could_not_be_kept_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the next try would say that the name is taken, by half a key."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError) as error:
        make_key(tmp_path / "a.pem", "a", Algorithm.ED25519, entropy=draws)
    assert codes(error) == "store.key.disk"
    assert [*tmp_path.iterdir()] == []
    monkeypatch.undo()
    assert make_key(tmp_path / "a.pem", "a", Algorithm.ED25519, entropy=draws).name == "a"
