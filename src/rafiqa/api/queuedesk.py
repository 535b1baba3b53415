"""The queue at the desk: what waits for who asks, in words; and what they take off their list."""

from __future__ import annotations

from collections import Counter

import msgspec

from rafiqa.api.accessshape import Told
from rafiqa.api.act import actor_of
from rafiqa.api.ask import Ask
from rafiqa.api.name import told
from rafiqa.api.problem import Unknown
from rafiqa.api.queueshape import AsideAsked, AsideDone, KindCount, Queue, QueueItem
from rafiqa.api.reply import Reply, reply
from rafiqa.api.submissiondesk import form_title
from rafiqa.dictionary import dictionary
from rafiqa.errors import Fault, InvalidInput
from rafiqa.locale import text
from rafiqa.service.accounts import Account
from rafiqa.service.deskmark import desk_mark, set_aside
from rafiqa.service.queue import Waiting, group_of, queue_of
from rafiqa.wire.answer import reason_json
from rafiqa.wire.instant import iso

NO_STORE = {"Cache-Control": "no-store"}


def show_queue(ask: Ask) -> Reply:
    """Returns what waits for who asks: danger first, then what waits longest.

    Raises:
        Unknown: nobody of the staff is signed in.
    """
    account = staff_account(ask)
    found = _queue(ask, account)
    mine = [waiting for waiting in found if waiting.mine]
    counted = Counter(waiting.kind for waiting in mine)
    return reply(
        Queue(
            [_item(ask, waiting) for waiting in mine],
            [_item(ask, waiting) for waiting in found if not waiting.mine],
            [KindCount(kind, n) for kind, n in sorted(counted.items())],
            account.actor.role,
        ),
        NO_STORE,
    )


def staff_account(ask: Ask) -> Account:
    """Returns whose desk it is.

    Raises:
        Unknown: nobody of the staff is signed in.
    """
    actor_of(ask)
    if ask.account is None or not ask.staff:
        raise Unknown(Fault("api.session.needed"))
    return ask.account


def _queue(ask: Ask, account: Account) -> list[Waiting]:
    office, limits = ask.desk.office, ask.standing.area_ids
    found = queue_of(office, account.actor, desk_mark(office.store, account.login))
    return [waiting for waiting in found if not limits or _is_within(waiting, limits)]


def _is_within(waiting: Waiting, limits: frozenset[str]) -> bool:
    """Whether an account for some areas is told of it: what tells of no area of others."""
    if waiting.kind == "pair" and not waiting.area_ids:
        return False
    return limits.issuperset(waiting.area_ids)


def _item(ask: Ask, waiting: Waiting) -> QueueItem:
    return QueueItem(
        waiting.kind,
        waiting.id,
        _says(ask, waiting),
        iso(waiting.since_us),
        waiting.danger,
        list(waiting.area_ids),
        [msgspec.convert(reason_json(each, ask.lang), Told) for each in waiting.why_not],
        waiting.n_aside is not None,
        waiting.n_aside or 1,
    )


def _says(ask: Ask, waiting: Waiting) -> str:
    params = dict(waiting.says.params)
    lists = dictionary().lists
    if "form" in params:
        params["form"] = form_title(ask, str(params["form"]))
    if "about" in params:
        kind = str(params["about"])
        hazard = kind not in lists["request_kind"].names
        params["about"] = lists["request_kind"].label(kind, ask.lang)
        if hazard:
            params["about"] = text("queue.about-hazard", {}, ask.lang)
        if hazard and params["seen"] in lists["report_seen"].names:
            params["about"] = lists["report_seen"].label(str(params["seen"]), ask.lang)
        params["triage"] = lists["report_triage"].label(str(params["triage"]), ask.lang)
        answers = lists["report_outcome" if hazard else "request_outcome"]
        if params.get("outcome"):
            params["outcome"] = answers.label(str(params["outcome"]), ask.lang)
    return told(waiting.says.code, params, ask.lang)


def put_aside(ask: Ask) -> Reply:
    """Returns how much waits still, after something was taken off the list of who asks.

    Only what no act can settle can be set aside; it comes back when there is more of it. What came
    after it was shown to who asks was not seen by them, and it stays on their list.

    Raises:
        Unknown: nobody of the staff is signed in.
        InvalidInput: it does not wait there, or is settled by an act alone.
    """
    account, asked = staff_account(ask), ask.taken(AsideAsked)
    found = _queue(ask, account)
    named = [each for each in found if (each.kind, each.id) == (asked.kind, asked.id)]
    if not named or named[0].n_aside is None:
        params: dict[str, str | int] = {"kind": asked.kind[:40], "id": asked.id[:80]}
        raise InvalidInput(Fault("api.queue.not-aside", "$.id", params=params))
    seen = min(asked.n, named[0].n_aside)
    set_aside(ask.desk.office.store, account.login, group_of(named[0]), seen)
    left = sum(each.mine for each in _queue(ask, account))
    return reply(AsideDone(left), NO_STORE)
