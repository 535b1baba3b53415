"""Health: whether the store answers, and where its ledger ends."""

from __future__ import annotations

from rafiqa.api import shape
from rafiqa.api.ask import Ask
from rafiqa.api.problem import told_fault
from rafiqa.api.reply import Reply, reply


def show_health(ask: Ask) -> Reply:
    """Returns ``ok``, or ``read-only`` with every reason where the store takes no more writes."""
    store = ask.desk.office.store
    # Asked once: a store may stop between two questions, and the answer must not contradict itself.
    head, stopped = store.head(), store.stopped()
    status = "read-only" if stopped else "ok"
    told = [told_fault(fault, ask.lang) for fault in stopped]
    answer = shape.Health(status, head.seq, head.entry_hash.hex(), not stopped, told)
    return reply(answer, {"Cache-Control": "no-store"})
