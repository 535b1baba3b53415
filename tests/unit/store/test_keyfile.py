"""Keys in files: found again by us and by others' programs, open to nobody else."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest

from rafiqa.errors import InvalidInput, StoreError
from rafiqa.ledger.signing import Algorithm, MemorySigner, is_signed
from rafiqa.store import passphrase as sealing
from rafiqa.store.keyfile import SECRET_BYTES, read_key, read_secret, write_key

WORDS = "river-lantern-basalt-otter"
NAME = "مكتب الرافقة 2026"


def counted() -> Iterator[int]:
    number = 0
    while True:
        yield number
        number += 1


class Entropy:
    """Random bytes that are the same in every run."""

    def __init__(self) -> None:
        self._numbers = counted()

    def __call__(self, n_bytes: int) -> bytes:
        return bytes((next(self._numbers) * 7 + 3) % 256 for _ in range(n_bytes))


@pytest.fixture(scope="module")
def sealed_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One sealed file for all tests that only read it: each opening takes half a second."""
    path = tmp_path_factory.mktemp("keys") / "office.age"
    write_key(path, NAME, Algorithm.ED25519, entropy=Entropy(), passphrase=WORDS)
    return path


def code_of(path: Path, words: str | None = None) -> str:
    with pytest.raises(InvalidInput) as caught:
        read_key(path, words)
    return caught.value.code


def copy(path: Path, data: bytes) -> Path:
    path.unlink(missing_ok=True)
    path.write_bytes(data)
    path.chmod(0o400)
    return path


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_key_is_found_again_in_its_file(tmp_path: Path, algorithm: Algorithm) -> None:
    path = tmp_path / "office.pem"
    made = write_key(path, NAME, algorithm, entropy=Entropy())
    found = read_key(path)
    assert (found.name, found.algorithm, found.public_key) == (NAME, algorithm, made.public_key)
    assert found.public_key == MemorySigner(NAME, algorithm, Entropy()(32)).public_key
    assert is_signed(algorithm, made.public_key, b"m", found.sign(b"m"))
    assert path.stat().st_mode & 0o777 == 0o400


def test_another_program_reads_the_key(tmp_path: Path) -> None:
    """OpenSSL, by its own command: a key must outlive this program."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl here")
    path = tmp_path / "office.pem"
    made = write_key(path, NAME, Algorithm.ED25519, entropy=Entropy())
    done = subprocess.run(
        [openssl, "pkey", "-in", path, "-pubout", "-outform", "DER"],
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert done.stdout[-32:] == made.public_key


def test_a_sealed_key_opens_by_its_passphrase_only(sealed_file: Path) -> None:
    signer = read_key(sealed_file, WORDS)
    assert signer.name == NAME
    seed = Entropy()(32)
    assert signer.public_key == MemorySigner(NAME, Algorithm.ED25519, seed).public_key
    assert seed not in sealed_file.read_bytes()
    assert b"PRIVATE" not in sealed_file.read_bytes()
    assert code_of(sealed_file, WORDS + "s") == "store.key-passphrase"
    assert code_of(sealed_file) == "store.key-passphrase-needed"


def test_what_we_seal_pyrage_opens_and_the_other_way_round(sealed_file: Path) -> None:
    """Pyrage reads it as it is: no part of our own program between."""
    plain = pyrage.passphrase.decrypt(sealed_file.read_bytes(), WORDS)
    assert plain.startswith(f"name: {NAME}\n-----BEGIN PRIVATE KEY-----\n".encode())


@pytest.mark.slow
def test_what_pyrage_seals_we_open() -> None:
    """It takes pyrage seconds: it sets the cost by the machine."""
    assert sealing.opened(pyrage.passphrase.encrypt(b"data", WORDS), WORDS) == b"data"


def test_the_same_words_from_another_keyboard() -> None:
    """Arabic letters with their marks may come composed or in two."""
    composed = "نهر أخضر قرب المئذنة"
    decomposed = unicodedata.normalize("NFD", composed)
    assert decomposed != composed
    data = sealing.sealed(b"data", composed, Entropy())
    assert sealing.opened(data, decomposed) == b"data"


def test_every_part_of_a_sealed_file_is_guarded(sealed_file: Path, tmp_path: Path) -> None:
    """One bit in the salt, the wrapped key, the MAC, the nonce, the payload, its tag; and cuts."""
    data = sealed_file.read_bytes()
    lines = data.split(b"\n", 4)
    starts = [0, *(sum(len(line) + 1 for line in lines[:number]) for number in (1, 2, 3, 4))]
    places = [starts[1] + 12, starts[2] + 5, starts[3] + 10, starts[4] + 3, starts[4] + 30, -1]
    for place in places:
        bent = bytearray(data)
        bent[place] ^= 1
        assert read_refused(copy(tmp_path / "bent", bytes(bent))), place
    for cut in (len(data) - 1, starts[4] + 16, starts[4]):
        assert read_refused(copy(tmp_path / "cut", data[:cut])), cut
    assert read_key(copy(tmp_path / "whole", data), WORDS).name == NAME, "the control"


def read_refused(path: Path) -> bool:
    return code_of(path, WORDS) in {"store.key-passphrase", "store.key-form"}


def test_a_costly_file_is_not_worked_off(sealed_file: Path, tmp_path: Path) -> None:
    """2**30 would take a terabyte of memory: refused before a byte is asked for."""
    data = sealed_file.read_bytes().replace(b" 17\n", b" 30\n", 1)
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert code_of(copy(tmp_path / "costly", data), WORDS) == "store.key-passphrase"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 64 * 1024


@pytest.mark.parametrize("mode", [0o440, 0o404, 0o420, 0o402, 0o444, 0o410])
def test_a_key_that_others_reach_is_not_used(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "office.pem"
    write_key(path, NAME, Algorithm.ED25519, entropy=Entropy())
    path.chmod(mode)
    assert code_of(path) == "store.key-open"
    path.chmod(0o600)
    assert read_key(path).name == NAME, "the control: the owner alone"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a file to somebody else")
def test_a_key_that_belongs_to_somebody_else_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "office.pem"
    write_key(path, NAME, Algorithm.ED25519, entropy=Entropy())
    os.chown(path, 12_345, -1)
    assert code_of(path) == "store.key-open"


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "office.pem"
    made = write_key(path, NAME, Algorithm.ED25519, entropy=Entropy())
    with pytest.raises(InvalidInput) as caught:
        write_key(path, NAME, Algorithm.ED25519, entropy=os.urandom)
    assert caught.value.code == "store.key-exists"
    assert read_key(path).public_key == made.public_key


def test_every_fault_of_what_is_asked_is_told(tmp_path: Path) -> None:
    for name in ("", " x", "x ", "a\nb", "a\x00b", "x" * 201):
        with pytest.raises(InvalidInput) as caught:
            write_key(
                tmp_path / "k", name, Algorithm.ED25519, entropy=Entropy(), passphrase=WORDS[:11]
            )
        codes = [fault.code for fault in caught.value.faults]
        assert codes == ["store.key-name", "store.key-passphrase-short"]
    assert not (tmp_path / "k").exists()


def test_what_is_no_key(tmp_path: Path) -> None:
    good = tmp_path / "good.pem"
    write_key(good, NAME, Algorithm.ED25519, entropy=Entropy())
    text = good.read_bytes()
    line, _, pem = text.partition(b"\n")
    rsa = _rsa_key()
    for number, data in enumerate(
        (
            *(b"", b"name: x\n", pem, b"key: x\n" + pem, b"name: \n" + pem, b"name: \xff\n" + pem),
            *(b"name: a\x00b\n" + pem, line + b"\n" + rsa, text[:-40], b"x" * (SECRET_BYTES + 1)),
            line + b"\n" + pem.replace(b"PRIVATE", b"ENCRYPTED PRIVATE"),
        )
    ):
        assert code_of(copy(tmp_path / str(number), data)) == "store.key-form", data[:40]
    assert code_of(tmp_path / "none") == "store.key-missing"
    assert code_of(tmp_path) == "store.key-form"
    os.mkfifo(tmp_path / "pipe", 0o400)
    assert code_of(tmp_path / "pipe") == "store.key-form", "and it does not wait for a writer"


def _rsa_key() -> bytes:
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    key = generate_private_key(65_537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_a_key_that_could_not_be_kept_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError) as caught:
        write_key(tmp_path / "k", NAME, Algorithm.ED25519, entropy=Entropy())
    assert caught.value.code == "store.full"
    assert [*tmp_path.iterdir()] == []
    monkeypatch.undo()
    assert write_key(tmp_path / "k", NAME, Algorithm.ED25519, entropy=Entropy()).name == NAME


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        write_key(tmp_path / "a" / "k", NAME, Algorithm.ED25519, entropy=Entropy())
    assert caught.value.code == "store.no-access"


def test_secrets_stand_in_no_message(sealed_file: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_key(sealed_file, "a wrong passphrase")
    error = caught.value
    assert "wrong" not in f"{error} {error.faults} {error.__cause__} {error.__context__}"


def test_a_pin_is_read_as_a_key_is(tmp_path: Path) -> None:
    path = copy(tmp_path / "pin", b"1234567890")
    assert read_secret(path) == b"1234567890"
    path.chmod(0o444)
    with pytest.raises(InvalidInput):
        read_secret(path)
