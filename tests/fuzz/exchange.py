"""Bundles of other authorities as they are fuzzed: an item is bent, and the bundle signed anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import shapely

from rafiqa.errors import Fault, InvalidInput
from rafiqa.ledger.exchange import ExchangeHead, exchange_bytes, items_bytes, items_root
from rafiqa.ledger.merkle import EMPTY_ROOT
from rafiqa.ledger.row import Malformed
from rafiqa.ledger.signing import Algorithm, MemorySigner
from rafiqa.wire.bundleworker import told_of
from rafiqa.wire.exchangeitem import item_bytes, item_of

GROUND = shapely.box(38.5, 34.9, 38.51, 34.91)
SIGNER = MemorySigner("Office of exchange", Algorithm.ED25519, bytes(range(32)))


def signed_items() -> Sequence[bytes]:
    """An item of each kind: what is hazard there, what is called released, an accident."""
    released: dict[str, str | int] = {"outcome": "cleared", "released_on": "2026-02-01"}
    released["depth_cm"] = 30
    return [
        item_bytes("hazard", "h1", {"class": "cha", "name": "Mill"}, GROUND),
        item_bytes("released", "r1", released, GROUND),
        item_bytes("accident", "a1", {"kind": "mine"}, shapely.Point(38.5, 34.9)),
    ]


def read_exchange(data: bytes, _folder: Path) -> object:
    """What a bent item is read as; a bundle of it is whole, the item alone and half are none."""
    of_items = (1, items_bytes([data]), items_root([data]))
    head = ExchangeHead("a", "s", 1, 1_770_000_000, 0, EMPTY_ROOT, (), (), bytes(32), *of_items)
    whole = exchange_bytes(head, [data], SIGNER)
    assert told_of(whole)["whole"]
    assert not told_of(data)["whole"]
    assert not told_of(whole[: len(data)])["whole"]
    try:
        return item_of(data)
    except Malformed:
        raise InvalidInput(Fault("service.federation.altered")) from None
