"""Signed papers as texts that QR codes hold and people can paste.

A prefix says what follows, in Base45 (RFC 9285), whose letters are those of a QR code's
alphanumeric mode. Nothing is compressed: hashes and signatures do not shrink, and what unpacks
can be made to unpack into too much.
"""

from __future__ import annotations

from typing import Final

import base45  # type: ignore[import-untyped]

CERTIFICATE: Final = "RFQ1:"
PROOF: Final = "RFQ2:"
STATUS_LIST: Final = "RFQ3:"
TRUST_LIST: Final = "RFQ4:"
CODE_LETTERS: Final = 4_296
"""The most that one code holds (ISO/IEC 18004, version 40-L, alphanumeric)."""
CODE_BYTES: Final = (CODE_LETTERS - len(CERTIFICATE)) // 3 * 2
"""The most that a code's letters are bytes of: three letters hold two (RFC 9285, section 4)."""
LIST_LETTERS: Final = 1_600_000
"""The most that a list of 1 MiB needs."""


def text_of(prefix: str, data: bytes) -> str:
    """The text of a paper's bytes."""
    return prefix + str(base45.b45encode(data), "ascii")


def bytes_of(text: str, prefix: str) -> bytes | None:
    """The bytes of a paper's text, or None where it is none with that prefix.

    Breaks of lines, as pasting puts them in, are passed over; a space is a letter.
    """
    text = text.replace("\r", "").replace("\n", "").replace("\t", "")
    limit = CODE_LETTERS if prefix in (CERTIFICATE, PROOF) else LIST_LETTERS
    if not text.startswith(prefix) or len(text) > limit:
        return None
    try:
        data = bytes(base45.b45decode(text[len(prefix) :]))
    except (ValueError, UnicodeError):
        return None
    return data if text_of(prefix, data) == text else None


def qr_texts(certificate: bytes, proof: bytes | None = None) -> tuple[str, ...]:
    """The texts of a certificate's codes: itself, and its proof where there is one."""
    texts = (text_of(CERTIFICATE, certificate),)
    return texts if proof is None else (*texts, text_of(PROOF, proof))
