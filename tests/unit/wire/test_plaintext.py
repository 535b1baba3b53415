"""Plain text in the encodings in which it comes."""

from __future__ import annotations

import pytest

from rafiqa.errors import InvalidInput
from rafiqa.wire.plaintext import plain_text

TEXT = "لم يتم تطهير الحي من الألغام.\r\nنعم"


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode("utf-8"),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("cp1256"),
    ],
)
def test_every_character_is_kept(content: bytes) -> None:
    assert plain_text(content) == TEXT


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "wire.plaintext.empty"),
        (b" \n 12 .", "wire.plaintext.empty"),
        (b"\x00\x01\x02mine", "wire.plaintext.encoding"),
        (b"\xff\xfeabc", "wire.plaintext.encoding"),
    ],
)
def test_what_is_no_text(content: bytes, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        plain_text(content)
    assert refused.value.faults[0].code == code
