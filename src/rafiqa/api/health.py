"""Health: whether the store answers, where its ledger ends, and whether a person must look."""

from __future__ import annotations

from rafiqa.api.ask import Ask
from rafiqa.api.healthshape import Health, WorkerSeen
from rafiqa.api.problem import told_fault
from rafiqa.api.reply import Reply, reply
from rafiqa.api.workerseen import workers_of
from rafiqa.service.alarm import alarms
from rafiqa.wire.instant import iso


def show_health(ask: Ask) -> Reply:
    """Returns ``ok``, ``attention``, or ``read-only`` with every reason why nothing is written.

    What fires is told to staff alone: a disk that is nearly full is a thing to make use of. That a
    copy stands behind is told to everybody.
    """
    store = ask.desk.office.store
    # Asked once: a store may stop between two questions, and the answer must not contradict itself.
    vanished = ask.desk.office.vanished
    head, stopped = store.head(), (*store.stopped(), *([vanished] if vanished else ()))
    fired = alarms(ask.desk.office, ask.desk.beside, ask.desk.now_us())
    status = "read-only" if stopped else "attention" if fired else "ok"
    late = [fault for fault in fired if fault.code == "service.alarm.replica"]
    seen = [told_fault(fault, ask.lang) for fault in (fired if ask.staff else late)]
    told = [told_fault(fault, ask.lang) for fault in stopped]
    workers = workers_of(store, ask.desk.now_us()) if ask.staff and ask.desk.crew.together else []
    crew = [
        WorkerSeen(each.name, iso(each.since_us), each.entries, each.answered, each.failed)
        for each in workers
    ]
    following = ask.desk.office.following
    lag_us = None if following is None else following.lag_us()
    answer = Health(
        status,
        head.seq,
        head.entry_hash.hex(),
        not stopped,
        told,
        seen,
        crew,
        None if following is None else iso(following.as_of_us()),
        None if lag_us is None else lag_us // 1_000_000,
        iso(ask.desk.office.now_us()),
    )
    return reply(answer, {"Cache-Control": "no-store"})
