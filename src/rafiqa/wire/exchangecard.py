"""Cards of exchange: an authority's name and key, to be handed over beside its fingerprint."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from rafiqa.errors import Fault, InvalidInput
from rafiqa.ledger.signing import Algorithm
from rafiqa.wire.strictjson import parse_json

FORMAT: Final = "rafiqa/exchange-card/1"
_LETTERS: Final = 200


@dataclass(frozen=True, slots=True)
class ExchangeCard:
    """An authority as its bundles name it, and the raw bytes of its public key."""

    authority: str
    public_key: bytes


def card_bytes(card: ExchangeCard) -> bytes:
    """Returns a card as it is handed over. Its fingerprint is not on it: it goes another way."""
    told = {
        "format": FORMAT,
        "authority": card.authority,
        "public_key": card.public_key.hex(),
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def exchange_card(data: bytes) -> ExchangeCard:
    """Returns the card that a file is.

    Raises:
        InvalidInput: ``wire.exchange-card``: it is none.
    """
    fault = InvalidInput(Fault("wire.exchange-card", "CARD"))
    told = parse_json(data, levels=2)
    if not isinstance(told, dict) or set(told) != {"format", "authority", "public_key"}:
        raise fault
    authority, coded = told["authority"], told["public_key"]
    if told["format"] != FORMAT or not isinstance(authority, str) or not isinstance(coded, str):
        raise fault
    if not 0 < len(authority) <= _LETTERS or len(coded) != 2 * Algorithm.ED25519.public_key_bytes:
        raise fault
    try:
        return ExchangeCard(authority, bytes.fromhex(coded))
    except ValueError:
        raise fault from None
