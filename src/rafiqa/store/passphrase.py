"""What a passphrase seals, in the age format: opened here, or by anybody's age program in decades.

It is written here and read by pyrage, two programs that must agree. Pyrage does not write it, for
it sets the cost by the speed of the machine: on a quick one 1 GiB of memory and 5 seconds, which a
laptop in a field office has not got, or refuses.

Source: C2SP age.md (age v1: the scrypt recipient, the header's MAC, the payload). Cost: scrypt with
N = 2**17, r = 8, p = 1 (128 MiB, half a second), the least that the OWASP Password Storage Cheat
Sheet names.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import Final

import pyrage
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

LETTERS_LEAST: Final = 12
"""Shorter passphrases are not taken: whoever has the file can try as many as they like."""
DATA_BYTES: Final = 64 * 1024
"""Most that is sealed: one piece of the payload."""
LOG_COST: Final = 17
LOG_COST_LIMIT: Final = 20
"""Greatest cost that is worked off when opening: 1 GiB of memory."""

_DRAW_BYTES: Final = 16
_SEALED = re.compile(rb"age-encryption\.org/v1\n-> scrypt [A-Za-z0-9+/]{22} (?P<cost>[1-9]\d?)\n")
_FIRST_AND_LAST = bytes(11) + b"\x01"
"""Nonce of a payload in one piece: piece 0, and the last one."""


def is_sealed(data: bytes) -> bool:
    """Whether bytes begin as an age file of a passphrase does."""
    return _SEALED.match(data) is not None


def sealed(data: bytes, passphrase: str, entropy: Callable[[int], bytes]) -> bytes:
    """An age file that the passphrase opens.

    Args:
        data: at most 64 KiB.
        passphrase: read as NFC, so that it is the same from every keyboard.
        entropy: gives that many secret random bytes.

    Raises:
        ValueError: there is more data than that, or the entropy gives something else than asked or
            the same again: salt and nonce stand in the file for everybody, so nothing that is
            secret elsewhere may come back as one of them.
    """
    if len(data) > DATA_BYTES:
        raise ValueError("one piece of a payload has at most 64 KiB")
    file_key, salt, nonce = draws = [entropy(_DRAW_BYTES) for _ in range(3)]
    if len(set(draws)) != len(draws) or {*map(len, draws)} != {_DRAW_BYTES}:
        raise ValueError("the entropy repeats itself")
    if any(draw in data for draw in draws):
        raise ValueError("the entropy is what is sealed")
    label = b"age-encryption.org/v1/scrypt" + salt
    wrapping = Scrypt(salt=label, length=32, n=1 << LOG_COST, r=8, p=1).derive(_bytes(passphrase))
    wrapped = ChaCha20Poly1305(wrapping).encrypt(bytes(12), file_key, None)
    header = (
        b"age-encryption.org/v1\n"
        + b"-> scrypt %b %d\n" % (_coded(salt), LOG_COST)
        + _coded(wrapped)
        + b"\n---"
    )
    mac = hmac.digest(_derived(file_key, b"", b"header"), header, sha256)
    payload = ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))
    return (
        header + b" " + _coded(mac) + b"\n" + nonce + payload.encrypt(_FIRST_AND_LAST, data, None)
    )


def opened(data: bytes, passphrase: str) -> bytes | None:
    """What was sealed; None where the passphrase is another or the file is damaged or none."""
    found = _SEALED.match(data)
    if found is None or int(found["cost"]) > LOG_COST_LIMIT:
        return None
    try:
        return bytes(pyrage.passphrase.decrypt(data, _bytes(passphrase).decode()))
    except pyrage.DecryptError:
        return None


def _bytes(passphrase: str) -> bytes:
    return unicodedata.normalize("NFC", passphrase).encode()


def _derived(file_key: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=purpose).derive(file_key)


def _coded(data: bytes) -> bytes:
    """Base64 without the padding."""
    return b64encode(data).rstrip(b"=")
