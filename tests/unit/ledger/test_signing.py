"""Both algorithms sign and are checked; whatever is malformed is simply not signed."""

from __future__ import annotations

import pytest

from rafiqa.ledger.signing import Algorithm, MemorySigner, is_signed

ED25519_TEST_2 = (
    # RFC 8032, section 7.1, test 2: seed, public key, message, signature.
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    ),
)


def test_the_published_vector() -> None:
    seed, public_key, message, signature = map(bytes.fromhex, ED25519_TEST_2)
    signer = MemorySigner("test", Algorithm.ED25519, seed)
    assert signer.public_key == public_key
    assert signer.sign(message) == signature
    assert is_signed(Algorithm.ED25519, public_key, message, signature)


@pytest.mark.parametrize("algorithm", Algorithm)
def test_signed_by_this_key_over_this_message_and_nothing_else(algorithm: Algorithm) -> None:
    signer = MemorySigner("office", algorithm, bytes(range(32)))
    other = MemorySigner("other", algorithm, bytes(32))
    signature = signer.sign(b"message")
    assert len(signer.public_key) == algorithm.public_key_bytes
    assert len(signature) == algorithm.signature_bytes
    assert is_signed(algorithm, signer.public_key, b"message", signature)
    assert not is_signed(algorithm, signer.public_key, b"massage", signature)
    assert not is_signed(algorithm, other.public_key, b"message", signature)
    for place in range(0, len(signature), 37):
        bent = bytearray(signature)
        bent[place] ^= 1
        assert not is_signed(algorithm, signer.public_key, b"message", bytes(bent))


@pytest.mark.parametrize("algorithm", Algorithm)
def test_the_malformed_is_not_signed_and_raises_nothing(algorithm: Algorithm) -> None:
    signer = MemorySigner("office", algorithm, bytes(32))
    signature = signer.sign(b"m")
    for key in (b"", signer.public_key[:-1], signer.public_key + b"\x00", bytes(32), b"\xff" * 32):
        assert not is_signed(algorithm, key, b"m", signature)
    for bad in (b"", signature[:-1], signature + b"\x00", bytes(len(signature))):
        assert not is_signed(algorithm, signer.public_key, b"m", bad)


def test_a_key_is_not_printed() -> None:
    seed = bytes(range(100, 132))
    signer = MemorySigner("office", Algorithm.ED25519, seed)
    assert repr(signer) == "MemorySigner('office', ed25519)"
    assert seed.hex() not in repr(vars(signer))


def test_a_seed_of_another_length_makes_no_key() -> None:
    with pytest.raises(ValueError, match="32"):
        MemorySigner("x", Algorithm.ED25519, b"short")
