"""One strict parser for all JSON: what it refuses, by its code."""

from __future__ import annotations

import json
import math

import pytest

from rafiqa.errors import InvalidInput
from rafiqa.wire.strictjson import DOCUMENT_BYTES, parse_json, strict_json

REFUSED = {
    "a key twice": (b'{"class":"sha","class":"cleared"}', "wire.json.duplicate-key"),
    "a key twice, deep": (b'[{"a":{"b":1,"b":2}}]', "wire.json.duplicate-key"),
    "a key twice, once escaped": (rb'{"a":1,"\u0061":2}', "wire.json.duplicate-key"),
    "no number": (b"[NaN]", "wire.json.not-finite"),
    "no end": (b"[-Infinity]", "wire.json.not-finite"),
    "a fraction beyond all": (b"[1e400]", "wire.json.number"),
    "beyond 64 bits": (b"[9223372036854775808]", "wire.json.number"),
    "thousands of digits": (b"[" + b"9" * 5_000 + b"]", "wire.json.number"),
    "21 levels": (b"[" * 21 + b"]" * 21, "wire.json.depth"),
    "a hundred thousand levels": (b"[" * 100_000, "wire.json.depth"),
    "half a letter": (rb'["\ud83d"]', "wire.json.half-letter"),
    "half a letter in a name": (rb'{"\uDC00":1}', "wire.json.half-letter"),
    "halves the wrong way round": (rb'["\udc00\ud83d"]', "wire.json.half-letter"),
    "raw half": (b'["\xed\xa0\x80"]', "wire.encoding.wrong"),
    "no UTF-8": (b'["\xff"]', "wire.encoding.wrong"),
    "cut off": (b'{"a":1', "wire.json.syntax"),
    "followed by more": (b"{}{}", "wire.json.syntax"),
    "nothing": (b"", "wire.json.syntax"),
    "a comment": (b"[1] // one", "wire.json.syntax"),
    "a comma too many": (b"[1,]", "wire.json.syntax"),
    "too long": (b" " * DOCUMENT_BYTES + b"{}", "wire.json.too-large"),
}


@pytest.mark.parametrize(("data", "code"), REFUSED.values(), ids=[*REFUSED])
def test_what_readers_would_decide_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        strict_json(data)
    assert refused.value.code == code


def test_what_is_plain_is_read_as_it_stands() -> None:
    told = {"name": "حلب 😀", "n": [0, -1, 2**63 - 1, -(2**63) + 1, 1.5, True, None]}
    for escaped in (True, False):
        assert strict_json(json.dumps(told, ensure_ascii=escaped).encode()) == told
    assert strict_json(b"\xef\xbb\xbf[" + b"[" * 19 + b"]" * 19 + b"]") is not None


def test_danger_is_not_turned_away_for_half_a_letter_or_an_odd_number() -> None:
    told = rb'{"text":"mine \ud83d","accuracy_m":1e999,"n":99999999999999999999}'
    assert strict_json(told, danger=True)
    long = b'{"n":' + b"9" * 5_000 + b',"m":-' + b"9" * 5_000 + b',"k":' + b"9" * 4_000 + b"}"
    assert strict_json(long, danger=True) == {"n": math.inf, "m": -math.inf, "k": 10**4_000 - 1}
    assert parse_json(long, levels=20, danger=True) == strict_json(long, danger=True)
    with pytest.raises(InvalidInput):
        strict_json(b'{"seen":"mine","seen":"nothing"}', danger=True)
