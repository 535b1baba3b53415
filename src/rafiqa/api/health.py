"""Health: whether the store answers, and where its ledger ends."""

from __future__ import annotations

from rafiqa.api import shape
from rafiqa.api.ask import Ask
from rafiqa.api.reply import Reply, reply


def show_health(ask: Ask) -> Reply:
    """Returns ``ok``, or ``read-only`` where the store takes no more writes."""
    store = ask.desk.office.store
    head, writable = store.head(), store.writable
    status = "ok" if writable else "read-only"
    answer = shape.Health(status, head.seq, head.entry_hash.hex(), writable)
    return reply(answer, {"Cache-Control": "no-store"})
