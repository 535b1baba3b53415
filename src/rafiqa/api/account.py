"""The land account over a period, what is asked beside it, and where every figure comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import msgspec

from rafiqa.api import figureshape
from rafiqa.api.ask import Ask
from rafiqa.api.history import PUBLIC_KINDS
from rafiqa.api.reply import Reply, reply
from rafiqa.api.view import View
from rafiqa.errors import Fault, InvalidInput
from rafiqa.locale import text
from rafiqa.service import (
    By,
    Figures,
    Question,
    ask_exactness,
    ask_figures,
    compare,
    split,
)
from rafiqa.service.drawing import ring_outline
from rafiqa.wire.answer import account_json, exactness_json
from rafiqa.wire.factcode import kind_of
from rafiqa.wire.figurejson import (
    difference_json,
    disagreements_json,
    indicators_json,
    m2,
    output_json,
    reported_json,
    split_json,
    statement_json,
)
from rafiqa.wire.instant import iso

SECTIONS = ("output", "reported", "disagreements", "indicators")
"""What may be asked for beside the account."""

_STAFF_INDICATORS = frozenset({"cost_per_m2", "cost_per_item"})
_STAFF_TOPICS = frozenset({"outcome", "depth"})
"""Parts that were only reported, what was found and what it cost are for staff alone."""


def show_account(ask: Ask) -> Reply:
    """Returns the account of a period, of everything on record or of an operator's or donor's.

    Raises:
        InvalidInput: the period ends before it begins, the boundary is no outline, or something
            unknown is asked for.
    """
    view = View.of(ask)
    figures = _figures(ask, view)
    statement = figures.statement
    office, moment = view.desk.office, view.moment
    told = account_json(
        figures.account,
        floor=figures.floor,
        known_at_us=moment.known_us,
        source=f"{office.site.name}; ledger 1–{moment.n_known}, {moment.root}",
        boundary=statement.boundary,
    )
    opening, closing = figures.indication
    told |= {
        "as_of": iso(statement.valid_at_us),
        "statement": statement_json(statement),
        "indication": {"opening_m2": m2(opening), "closing_m2": m2(closing)},
        "operator": figures.question.operator_id,
        "donor": figures.question.donor_id,
        "withheld": [],
    }
    beside = ask_exactness(
        office,
        until_us=statement.valid_at_us,
        known_at_us=moment.known_us,
        boundary=figures.question.boundary,
    )
    told |= exactness_json(beside)
    _add_sections(told, figures, view, _sections(ask.query))
    _add_split(told, figures, ask.query.get("by"))
    _add_difference(told, figures, view, ask.time_us("compare_known_at"))
    return reply(msgspec.convert(told, figureshape.Account))


def _figures(ask: Ask, view: View) -> Figures:
    from_us = ask.time_us("from", last=False)
    until_us = ask.time_us("to")
    until_us = view.moment.valid_us if until_us is None else until_us
    if from_us is not None and from_us > until_us:
        raise InvalidInput(Fault("api.query.period", "from"))
    ring = ask.query.get("boundary") or None
    name = "api.account.everything" if ring is None else "api.account.drawn"
    question = Question(
        from_us,
        until_us,
        view.moment.known_us,
        boundary=None if ring is None else ring_outline(view.desk.office, ring),
        boundary_name=text(name, {}, view.lang),
        operator_id=ask.query.get("operator") or None,
        donor_id=ask.query.get("donor") or None,
    )
    return ask_figures(view.desk.office, question)


def _sections(query: Mapping[str, str]) -> list[str]:
    asked = [name for name in query.get("show", "").split(",") if name]
    for name in asked:
        if name not in SECTIONS:
            raise _unknown("show", name, SECTIONS)
    return asked


def _unknown(place: str, value: str, known: tuple[str, ...]) -> InvalidInput:
    params: dict[str, str | int] = {"name": place, "value": value[:60], "known": ", ".join(known)}
    return InvalidInput(Fault("api.query.choice", place, params=params))


def _add_sections(told: dict[str, Any], figures: Figures, view: View, sections: list[str]) -> None:
    withheld: list[str] = told["withheld"]
    if "output" in sections:
        told["output"] = output_json(figures.output, figures.items if view.staff else ())
        withheld += [] if view.staff else ["output.items"]
    if "reported" in sections:
        told["reported"] = reported_json(*figures.reported)
        if not view.staff:
            told["reported"]["parts"] = []
            withheld.append("reported.parts")
    if "disagreements" in sections:
        found = disagreements_json(figures.disagreements)
        shown = [row for row in found if view.staff or row["topic"] not in _STAFF_TOPICS]
        told["disagreements"] = shown
        withheld += ["disagreements.parts"] if len(shown) < len(found) else []
    if "indicators" in sections:
        told["indicators"] = _indicators(figures, view)
        withheld += [] if view.staff else ["indicators.cost", "indicators.parts"]


def _indicators(figures: Figures, view: View) -> list[dict[str, Any]]:
    return [
        row
        for row in indicators_json(figures.indicators, figures.statement, view.lang)
        if view.staff
        or not (
            row["indicator"] in _STAFF_INDICATORS or (row["indicator"] == "fade_out" and row["of"])
        )
    ]


def _add_split(told: dict[str, Any], figures: Figures, by: str | None) -> None:
    if not by:
        return
    known: dict[str, By] = {name: name for name in get_args(By)}
    if by not in known:
        raise _unknown("by", by, tuple(known))
    rows = split_json(by, split(figures, known[by]), figures.statement)
    told["by"] = [{"id": row.pop(by), **row} for row in rows]


def _add_difference(
    told: dict[str, Any], figures: Figures, view: View, compared_us: int | None
) -> None:
    if compared_us is None:
        return
    earlier, found = compare(view.desk.office, figures, compared_us)
    told["difference"] = difference_json(
        found,
        earlier.statement,
        figures.statement,
        view.lang,
        lambda record: view.staff or kind_of(record.fact) in PUBLIC_KINDS,
    )
