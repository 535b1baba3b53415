"""The worker that reads another authority's bundle under limits, before anything here does.

Forked by ``rafiqa.wire.nurse``. It reads the file whole and each item in it, and says whether that
can be done; what is believed of it is judged elsewhere, by the key that signed it.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from rafiqa.ledger.exchange import Partial, exchange_of
from rafiqa.ledger.row import Malformed
from rafiqa.wire.confinement import confine
from rafiqa.wire.exchangeitem import item_of
from rafiqa.wire.limit import MEBIBYTE

_CPU_S: Final = 60
LATER: Final[tuple[str, ...]] = ()
"""Modules that not every reading needs, imported while the first goes on."""


def warm() -> None:
    """Makes ready, before there is a bundle, what every bundle needs: its imports are enough."""


def told_of(data: bytes) -> dict[str, Any]:
    """Returns how the reading of a bundle went: ``whole``, or how far it reaches, or neither."""
    try:
        exchange = exchange_of(data)
    except Partial as error:
        return {"whole": False, "n": error.n_bytes, "of": error.whole_bytes}
    except Malformed:
        return {"whole": False}
    for item in exchange.items:
        # One that this version does not read is counted later; here it must only end.
        with suppress(Malformed):
            item_of(item)
    return {"whole": True}


def main(order: dict[str, Any]) -> None:
    """Reads one bundle under limits."""
    confine(_CPU_S, 1_000 * MEBIBYTE, 3_000 * MEBIBYTE)
    told = told_of(Path(order["came"]).read_bytes())
    Path(order["told"]).write_text(json.dumps(told), encoding="utf-8")
