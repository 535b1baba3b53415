"""Canaries: facts of every kind whose every text, id and place is one that nobody may be told."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from decimal import Decimal
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from rafiqa.geo import GridShape, Spot
from rafiqa.land import Actor
from rafiqa.ledger import Erasure
from rafiqa.service import Office
from rafiqa.service.office import Saying
from rafiqa.wire.factcode import KINDS
from tests.city import box

WORD = "canary"
STRANGER = Actor("canary-person-planter", "canary-house-planter", "authority")
WITHOUT = frozenset({Erasure})
"""An erasure holds what is left of another entry, and its cause; ``test_erasing.py`` sees to it."""


@dataclass
class Nest:
    """What was planted: words, and places in degrees.

    Attributes:
        words: every text that was planted.
        spots: every exact position.
    """

    words: list[str] = field(default_factory=list)
    spots: list[tuple[float, float]] = field(default_factory=list)

    def word(self) -> str:
        self.words.append(f"{WORD}-{len(self.words):05}-q")
        return self.words[-1]

    def spot(self) -> Spot:
        number = len(self.spots)
        spot = Spot.of(39.0123457 + number * 1.37e-5, 35.9512347 + (number % 97) * 1.91e-5)
        self.spots.append((spot.lon_deg, spot.lat_deg))
        return spot

    def shape(self) -> GridShape:
        at = len(self.words) % 400
        return box(600 + at, 600, 640 + at, 640)

    def value(self, hint: Any, name: str) -> Any:
        """A value of a type; text is a canary whatever it is called."""
        if name == "extra":
            return f'{{"marking":"{self.word()}","note":"{self.word()}"}}'
        if hint is str:
            return self.word()
        if hint is Spot:
            return self.spot()
        if hint is GridShape:
            return self.shape()
        if is_dataclass(hint):
            return self.fact(hint)
        return self._other(hint, name)

    def _other(self, hint: Any, name: str) -> Any:
        origin = get_origin(hint)
        if origin is tuple:
            return tuple(self.value(get_args(hint)[0], name) for _ in range(2))
        if origin in {Union, types.UnionType}:
            inner = [each for each in get_args(hint) if each is not type(None)]
            return self.value(inner[0], name)
        if origin is Literal:
            return get_args(hint)[0]
        simple: dict[Any, Any] = {
            bool: False,
            int: 1,
            Decimal: Decimal(3),
            bytes: self.word().encode(),
        }
        return simple[hint]

    def fact(self, kind: Any) -> Any:
        hints = get_type_hints(kind)
        return kind(**{item.name: self.value(hints[item.name], item.name) for item in fields(kind)})


def plant(office: Office, nest: Nest, rounds: int) -> Iterator[str]:
    """Yields each kind of fact after so many of it were written past every rule of the verbs."""
    for name, kind in KINDS.items():
        if kind in WITHOUT:
            continue
        facts = [nest.fact(kind) for _ in range(rounds)]
        sayings = [
            Saying(office.new_id(), nest.word(), office.now_us() - 1_000, fact) for fact in facts
        ]
        office.say(STRANGER, sayings)
        yield name
