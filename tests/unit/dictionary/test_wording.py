"""Texts, and the marks of texts destroyed on the way."""

from __future__ import annotations

import pytest

from rafiqa.dictionary import Bad, is_destroyed, is_misread, worded


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("  School 4 ", "School 4"),
        ("الرقة", "الرقة"),
        ("Qamişlokê", "Qamişlokê"),
        ("e\u0301cole", "école"),
        (12, "12"),
        (128103.0, "128103"),
        ("Is it here?", "Is it here?"),
        ("line one\nline two", "line one\nline two"),
        ("Ærø Århus Ñuñoa Ökölødal", "Ærø Århus Ñuñoa Ökölødal"),
    ],
)
def test_texts_as_they_came(written, expected):
    assert worded(written) == expected


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("??????", "dictionary.text.destroyed"),
        ("?????? - ???? ?????", "dictionary.text.destroyed"),
        ("\ufffd\ufffd\ufffd", "dictionary.text.destroyed"),
        ("Al ??????", "dictionary.text.destroyed"),
        ("Ø§Ù„Ø±Ù‚Ø©", "dictionary.text.encoding"),
        ("QamiÅŸlo", "dictionary.text.encoding"),
        ("a\x00b", "dictionary.text.control"),
        ("a\ud800b", "dictionary.text.control"),
        ("x" * 10_001, "dictionary.text.too-long"),
        ({"a": 1}, "dictionary.text.type"),
        (True, "dictionary.text.type"),
        (1.5, "dictionary.text.type"),
        (b"bytes", "dictionary.text.type"),
    ],
)
def test_refused(written, code):
    found = worded(written)
    assert isinstance(found, Bad)
    assert found.code == code


def test_destroyed_needs_half():
    assert is_destroyed("?")
    assert is_destroyed("ab??")
    assert not is_destroyed("abc??")
    assert not is_destroyed("abc")


def test_misread_needs_letters_behind_it():
    assert is_misread("Ð¥Ð°Ñ€ÐºÑ–Ð²")
    assert not is_misread("Ø")
    assert not is_misread("Øystein")
    assert not is_misread("Харків")
