"""Codes of reports: twelve digits that a person can say over the telephone.

Digits, for they are read aloud in every language here. The last one checks the others, so that
one wrong digit, or two that changed places, is told before anything is looked for. The ledger
holds only the digest.
"""

from __future__ import annotations

import unicodedata
from hashlib import sha256
from typing import Final

CODE_DIGITS: Final = 12
_DOMAIN: Final = b"rafiqa.report-code.v1\n"
# Damm, H. M., 2004: a totally anti-symmetric quasigroup of order ten.
_DAMM: Final = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def read_code(written: str) -> str | None:
    """Returns the twelve digits of a code as somebody wrote it; None where it cannot be one.

    Digits of any script are read, spaces and hyphens passed over.
    """
    bare = [letter for letter in written if not letter.isspace() and letter not in "-–—.·"]
    if len(bare) != CODE_DIGITS or not all(letter.isdecimal() for letter in bare):
        return None
    digits = "".join(str(unicodedata.decimal(letter)) for letter in bare)
    return digits if check_digit(digits[:-1]) == digits[-1] else None


def check_digit(digits: str) -> str:
    """Returns the digit that is put behind others to check them."""
    at = "0"
    for digit in digits:
        at = _DAMM[int(at)][int(digit)]
    return at


def digest_of(code: str) -> str:
    """Returns what the ledger holds of a code."""
    return sha256(_DOMAIN + code.encode("ascii")).hexdigest()
