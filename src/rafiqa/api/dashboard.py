"""Dashboards: progress, quality, waiting times and equity, each figure with where it comes from."""

from __future__ import annotations

from typing import Any

import msgspec

from rafiqa.api import dashshape as shape
from rafiqa.api.act import actor_of
from rafiqa.api.ask import Ask
from rafiqa.api.figureshape import Statement
from rafiqa.api.problem import Unknown
from rafiqa.api.reply import Reply, reply
from rafiqa.api.view import View
from rafiqa.errors import Fault
from rafiqa.land import Statement as Origin
from rafiqa.service.equity import District, ask_equity
from rafiqa.service.progress import QuarterAccount, ask_progress
from rafiqa.service.qualityfigures import ask_quality
from rafiqa.service.waits import Step, ask_waits
from rafiqa.wire.figurejson import m2, statement_json
from rafiqa.wire.instant import iso

_FLOWS = ("new", "reopened", "reclassified", "corrected", "cancelled", "reduced", "cleared")


def show_progress(ask: Ask) -> Reply:
    """Returns the land account of each quarter; everybody may see it, as they may the account.

    Raises:
        InvalidInput: the period ends before it begins, or holds too many quarters.
    """
    view = View.of(ask)
    found = ask_progress(view.desk.office, **_period(ask, view))
    told = [_progress(each) for each in found.quarters]
    return reply(shape.ProgressTold(_origin(found.statement), told))


def _period(ask: Ask, view: View) -> dict[str, Any]:
    until_us = ask.time_us("to")
    return {
        "from_us": ask.time_us("from", last=False),
        "until_us": view.moment.valid_us if until_us is None else until_us,
        "known_at_us": ask.time_us("known_at"),
    }


def _origin(statement: Origin) -> Statement:
    return msgspec.convert(statement_json(statement), Statement)


def _progress(each: QuarterAccount) -> shape.ProgressQuarter:
    classes = each.account.classes
    return shape.ProgressQuarter(
        each.quarter,
        iso(each.until_us),
        {name: m2(item.closing) for name, item in classes.items()},
        {name: m2(sum(item.flows[name] for item in classes.values())) for name in _FLOWS},
        m2(each.account.balance_error),
    )


def show_quality(ask: Ask) -> Reply:
    """Returns what was looked at, what failed, and what passed wrongly, for staff.

    Raises:
        Unknown: nobody of the staff is signed in.
        InvalidInput: the period ends before it begins, or holds too many quarters.
    """
    view = _staff_view(ask)
    found = ask_quality(view.desk.office, **_period(ask, view))
    quarters = [
        shape.QualityQuarterTold(
            each.quarter,
            each.passed,
            each.failed,
            each.visits,
            dict(each.raised),
            m2(each.rework2_mm2),
        )
        for each in found.quarters
    ]
    wrong = [
        shape.WrongPassTold(each.look_id, each.work_id, each.shown_by, iso(each.at_us))
        for each in found.wrong
        if _is_own(view, each.work_id)
    ]
    told = shape.QualityTold(
        _origin(found.statement),
        quarters,
        found.n_passed,
        found.n_failed,
        wrong,
        dict(found.open_by_severity),
        *found.seeds,
    )
    return reply(told)


def _is_own(view: View, work_id: str) -> bool:
    """Returns whether a work is the asker's own, or they see all of them."""
    work = view.register.works.get(work_id)
    return view.staff or getattr(getattr(work, "fact", None), "organisation_id", "") == view.own


def _staff_view(ask: Ask) -> View:
    actor_of(ask)
    if not ask.staff:
        raise Unknown(Fault("api.session.needed"))
    return View.of(ask)


def show_waits(ask: Ask) -> Reply:
    """Returns how long each step of the way of land takes, open cases counted, for staff.

    Raises:
        Unknown: nobody of the staff is signed in.
    """
    view = _staff_view(ask)
    found = ask_waits(view.desk.office, view.moment.as_of)
    steps = [_step(view, each) for each in found.steps]
    return reply(shape.WaitsTold(_origin(found.statement), steps))


def _step(view: View, step: Step) -> shape.WaitStep:
    """Returns a step; which cases wait longest is told to who sees all of them."""
    time = step.time
    longest = step.longest if view.staff else ()
    return shape.WaitStep(
        step.name,
        time.n_over,
        time.n_open,
        step.left_out,
        time.median_days,
        time.p90_days,
        time.over_median_days,
        time.over_p90_days,
        time.longest_open_days,
        [shape.WaitCase(case.subject, iso(case.since_us)) for case in longest],
        [shape.CurvePoint(days, float(share)) for days, share in time.curve],
    )


def show_equity(ask: Ask) -> Reply:
    """Returns what each district bears and how long it has waited, for staff.

    Raises:
        Unknown: nobody of the staff is signed in.
    """
    view = _staff_view(ask)
    found = ask_equity(view.desk.office, view.desk.shelf, view.moment.as_of)
    hazard2 = sum(each.hazard2 for each in found.districts)
    told = [_district(each) for each in found.districts]
    return reply(shape.EquityTold(_origin(found.statement), told, m2(hazard2)))


def _district(each: District) -> shape.DistrictTold:
    return shape.DistrictTold(
        each.name,
        each.residents,
        m2(each.hazard2),
        m2(each.indication2),
        m2(each.released2),
        m2(each.in_doubt2),
        each.per_resident_m2,
        len(each.area_ids),
        None if each.median_days is None else float(each.median_days),
        each.longest_days,
    )
