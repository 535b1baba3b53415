"""A sharing policy names what leaves; what is no policy lets nothing out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rafiqa.errors import InvalidInput
from rafiqa.ledger.row import Malformed
from rafiqa.wire.exchangecard import ExchangeCard, card_bytes, exchange_card
from rafiqa.wire.exchangeitem import item_bytes, item_of
from rafiqa.wire.sharingpolicy import sharing_policy


@pytest.mark.parametrize(
    ("policy", "codes"),
    [
        ({"stream": "s"}, {"wire.sharing.nothing"}),
        ({"stream": "", "hazard": {}}, {"wire.sharing.shape"}),
        ({"stream": "s", "hazard": {"fields": ["note"]}}, {"wire.sharing.field"}),
        ({"stream": "s", "hazard": {"step_m": 0}, "victims": {}}, {"wire.sharing.shape"}),
        ({"stream": "s", "hazard": {}, "within": [3, 2, 1, 4]}, {"wire.sharing.shape"}),
        ({"stream": "s", "accident": {"place": "near"}}, {"wire.sharing.shape"}),
        ({"stream": "s", "accident": []}, {"wire.sharing.shape"}),
        ([], {"wire.sharing.shape"}),
    ],
)
def test_a_policy_that_is_none_is_refused(policy: Any, codes: set[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        sharing_policy(json.dumps(policy).encode())
    assert {fault.code for fault in refused.value.faults} == codes


def test_what_an_item_needs_is_told_whether_named_or_not() -> None:
    policy = sharing_policy(b'{"stream": "s", "hazard": {}, "released": {"fields": ["method"]}}')
    assert policy.kinds["hazard"].fields == ("class",)
    assert policy.kinds["released"].fields == ("outcome", "released_on", "method")
    assert "accident" not in policy.kinds


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("hazard", {}),
        ("hazard", {"class": "cha", "note": "words"}),
        ("released", {"outcome": "cleared", "depth_cm": "30"}),
        ("accident", {"killed": -1}),
        ("victim", {"name": "somebody"}),
        ("accident", {"kind": "a\nb"}),
    ],
)
def test_an_item_of_another_form_is_not_read(kind: str, fields: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        item_of(item_bytes(kind, "id", fields, None))


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        b"[1]",
        b'{"format": "rafiqa/exchange-card/1", "authority": "a", "public_key": "00"}',
        card_bytes(ExchangeCard("a", bytes(32))).replace(b"card/1", b"card/2"),
        card_bytes(ExchangeCard("a", bytes(32))).replace(b"0000", b"zzzz"),
    ],
)
def test_what_is_no_card_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput):
        exchange_card(data)
    assert exchange_card(card_bytes(ExchangeCard("a", bytes(32)))).authority == "a"
