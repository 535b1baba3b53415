"""Wording: texts as they came, and the marks of a text that was destroyed on the way."""

from __future__ import annotations

import re
import unicodedata

from rafiqa.dictionary.bad import Bad, bad

LONGEST = 10_000

_LOST = "\ufffd"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_SPACE = re.compile(r"[\W_]+")
# What UTF-8 bytes of Arabic, Kurdish or Cyrillic letters look like when read as Latin-1.
_LEADS = re.compile("[\u00c2-\u00c5\u00d0\u00d1\u00d8-\u00db][\u0080-\u00bf\u0152-\u2122]")


def worded(value: object, longest: int = LONGEST) -> str | Bad:
    """The text that was written, without outer space and in composed letters, or why none.

    Whole numbers and decimals are taken as their digits, since tables often hold a name such
    as ``12`` as a number.

    Args:
        value: text or number.
        longest: greatest length, in characters.

    Refuses:
        dictionary.text.type, dictionary.text.control, dictionary.text.destroyed,
        dictionary.text.encoding, dictionary.text.too-long
    """
    if not isinstance(value, str):
        digits = _digits(value)
        if digits is None:
            return bad("dictionary.text.type", value)
        value = digits
    text = value.strip()
    if len(text) > longest:
        return bad("dictionary.text.too-long", text, longest=longest, length=len(text))
    if text.isascii() and text.isprintable() and "?" not in text:
        return text
    text = unicodedata.normalize("NFC", text)
    if _CONTROL.search(text):
        return bad("dictionary.text.control", text)
    if is_destroyed(text):
        return bad("dictionary.text.destroyed", text)
    if is_misread(text):
        return bad("dictionary.text.encoding", text)
    return text


def is_destroyed(text: str) -> bool:
    """Whether question marks or replacement characters stand where letters should.

    True when they are at least half of all that is not space or punctuation: a name such as
    ``?????? - ????`` came out of a program that could not write its letters.
    """
    lost = text.count("?") + text.count(_LOST)
    if not lost:
        return False
    return lost >= len(_SPACE.sub("", text))


def is_misread(text: str) -> bool:
    """Whether the text is UTF-8 that was read as a Western single-byte encoding.

    True when it turns back into shorter, valid UTF-8 with letters beyond Latin-1.
    """
    if not _LEADS.search(text):
        return False
    for encoding in ("cp1252", "latin-1"):
        try:
            back = text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        return len(back) < len(text)
    return False


def _digits(value: object) -> str | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, int) and abs(value) < 10**30:
        return str(value)
    return None
