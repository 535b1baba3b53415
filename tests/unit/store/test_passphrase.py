"""What a passphrase seals: read by another program, guarded in every part, costly to guess."""

from __future__ import annotations

import resource
import unicodedata
from collections.abc import Callable
from hashlib import sha256

import pyrage
import pytest

from rafiqa.store.passphrase import DATA_BYTES, is_sealed, opened, sealed

WORDS = "river-lantern-basalt-otter"
DATA = b"-----BEGIN PRIVATE KEY-----\n" + bytes(range(64))


class Draws:
    """Random bytes that are the same in every run, and never the same twice in one."""

    def __init__(self) -> None:
        self._n_drawn = 0

    def __call__(self, count: int) -> bytes:
        self._n_drawn += 1
        return sha256(self._n_drawn.to_bytes(4, "big")).digest()[:count]


@pytest.fixture(scope="module")
def file() -> bytes:
    """One file for all tests that only read it: each sealing takes half a second."""
    return sealed(DATA, WORDS, Draws())


def test_it_opens_by_its_passphrase_only(file: bytes) -> None:
    assert is_sealed(file)
    assert opened(file, WORDS) == DATA
    assert opened(file, WORDS + "s") is None
    assert DATA[:20] not in file
    assert DATA[-20:] not in file


def test_what_we_seal_another_program_opens(file: bytes) -> None:
    """Pyrage as it is: nothing of ours between."""
    assert pyrage.passphrase.decrypt(file, WORDS) == DATA


@pytest.mark.slow
def test_what_another_program_seals_we_open() -> None:
    """It takes pyrage seconds: it sets the cost by the machine."""
    assert opened(pyrage.passphrase.encrypt(DATA, WORDS), WORDS) == DATA


@pytest.mark.parametrize("size", [0, DATA_BYTES])
def test_nothing_and_as_much_as_there_may_be(size: int) -> None:
    assert pyrage.passphrase.decrypt(sealed(bytes(size), WORDS, Draws()), WORDS) == bytes(size)


def test_more_is_not_sealed() -> None:
    with pytest.raises(ValueError, match="64 KiB"):
        sealed(bytes(DATA_BYTES + 1), WORDS, Draws())


@pytest.mark.parametrize(
    "entropy",
    [lambda _: bytes(range(32)), lambda _: bytes(range(16)), lambda count: bytes(count)[1:]],
)
def test_entropy_that_repeats_itself_seals_nothing(entropy: Callable[[int], bytes]) -> None:
    """A seed that is handed on as entropy would stand in the file, as its salt."""
    with pytest.raises(ValueError, match="repeats"):
        sealed(DATA, WORDS, entropy)


def test_what_is_sealed_is_not_its_own_salt() -> None:
    draws = Draws()
    secret = Draws()(16)
    with pytest.raises(ValueError, match="sealed"):
        sealed(b"before" + secret + b"after", WORDS, draws)


def test_the_same_words_from_another_keyboard() -> None:
    """Arabic letters with their marks may come composed or in two."""
    composed = "نهر أخضر قرب المئذنة"
    decomposed = unicodedata.normalize("NFD", composed)
    assert decomposed != composed
    assert opened(sealed(DATA, composed, Draws()), decomposed) == DATA


def test_every_part_is_guarded(file: bytes) -> None:
    """One bit in the salt, the wrapped key, the MAC, the nonce, the payload, its tag; and cuts."""
    lines = file.split(b"\n", 4)
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(5)]
    places = [starts[1] + 12, starts[2] + 5, starts[3] + 10, starts[4] + 3, starts[4] + 30]
    for place in [*places, len(file) - 1]:
        bent = bytearray(file)
        bent[place] ^= 1
        assert opened(bytes(bent), WORDS) is None, place
    for cut in (len(file) - 1, starts[4]):
        assert opened(file[:cut], WORDS) is None, cut
    assert opened(file, WORDS) == DATA, "the control"


def test_a_guess_takes_time_and_memory(file: bytes) -> None:
    """The cost stands in the file: 2 to the power of 17 rounds, 128 MiB for each guess."""
    assert b"-> scrypt " in file
    assert file.split(b"\n")[1].endswith(b" 17")


def test_what_would_cost_too_much_is_not_worked_off(file: bytes) -> None:
    """2**30 would take a terabyte of memory: refused before a byte is asked for."""
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert opened(file.replace(b" 17\n", b" 30\n", 1), WORDS) is None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 64 * 1024


@pytest.mark.parametrize("data", [b"", b"age-encryption.org/v1\n", b"age-encryption.org/v1\n-> X"])
def test_what_is_no_sealed_file(data: bytes) -> None:
    assert not is_sealed(data)
    assert opened(data, WORDS) is None
