"""A plan as plain JSON values with its words; and an earlier plan read back from such."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from rafiqa.errors import Fault, InvalidInput
from rafiqa.land import Reason
from rafiqa.locale import direction, text
from rafiqa.plan.answer import PlanAnswer, Planned, WhatIf
from rafiqa.plan.contamination import Contamination
from rafiqa.plan.forecast import Change, Forecast
from rafiqa.plan.outcome import Outcome, Share
from rafiqa.plan.policy import SERVICES
from rafiqa.plan.problem import Kept
from rafiqa.plan.range import Range
from rafiqa.plan.replanning import standing
from rafiqa.plan.robust import Robust
from rafiqa.wire.answer import reason_json
from rafiqa.wire.strictjson import TABLE_BYTES, strict_json
from rafiqa.wire.teamfile import ordinal_of

METHOD = (
    "ways over the roads on record, contracted where hazard closes them; order by people let in and"
    " harm averted along each way per team-day, improved by local search; days whole"
)
_LEVELS = 24
_OWN = ("plan", "without-pins", "without-floor")
"""Plans that stand beside one by themselves; others have the name that was given."""
_WORDED = {
    "service": "service",
    "services": "service",
    "question": "question",
    "basis": "basis",
}
"""Parameters of a plan's texts that are codes, and the family of texts that words them."""


def plan_json(
    answer: PlanAnswer, lang: str, notes: Sequence[Reason] = (), what_ifs: Sequence[WhatIf] = ()
) -> dict[str, Any]:
    """Returns a plan with its reasons, figures, bound and forecast.

    ``harm_averted`` and ``bound`` are in weighed person-days within the days planned: the bound is
    the most that any plan could avert, None where none was proved.
    """
    setting, policy = answer.setting, answer.setting.policy
    bound = answer.bound
    return {
        "planned_on": _day(answer, 0),
        "days": setting.n_days,
        "tasks": [_task(answer, planned, lang) for planned in answer.tasks],
        "left": [
            {"area_id": setting.sites[site].area_id, "reason": told_json(reason, lang)}
            for site, reason in answer.left
        ],
        "harm_averted": round(answer.outcome.averted.mid, 1),
        "bound": None if bound is None else round(bound.averted, 1),
        "gap": None if answer.gap is None else round(answer.gap, 4),
        "outcome": _outcome(answer.outcome),
        "harm_first": _outcome(answer.plain),
        "weights": answer.weights,
        "policy": {
            "method": policy.method,
            "person_days_per_casualty": policy.person_days_per_casualty,
            "casualties_per_hour": _range(policy.casualties_per_hour, 12),
            "equity_floor": policy.equity_floor,
            "after_share": policy.after_share,
            "impact_tie": policy.impact_tie,
            "seed": policy.seed,
            "n_trials": policy.n_trials,
        },
        "pins": [_pin(answer, area) for area in sorted(setting.pins)],
        "sensitivity": {
            "first": list(answer.sensitivity.first),
            "steady": list(answer.sensitivity.steady),
            "holds": answer.sensitivity.holds,
            "tried": answer.sensitivity.n_tried,
            "shifts": [
                {
                    "criterion": shift.criterion,
                    "factor": shift.factor,
                    "out": list(shift.out),
                    "into": list(shift.into),
                }
                for shift in answer.sensitivity.shifts
            ],
        },
        "districts": [_share(share) for share in answer.outcome.shares],
        "equity_floor_holds": answer.floor_holds,
        "forecasts": [_forecast(answer, forecast) for forecast in answer.forecasts],
        "changes": [_change(change, lang) for change in answer.changes],
        "robust": None if answer.robust is None else _robust(answer.robust),
        "what_ifs": [_what_if(answer, row, lang) for row in what_ifs],
        "notes": [told_json(note, lang) for note in notes],
        "method": METHOD,
    }


def told_json(reason: Reason, lang: str) -> dict[str, Any]:
    """Returns a reason of a plan with the names of services, questions and bases in words."""
    params = dict(reason.params)
    for name, family in _WORDED.items():
        if name in params:
            codes = str(params[name]).split(", ")
            words = [text(f"plan.{family}.{code}", {}, lang) for code in codes]
            params[name] = ("، " if direction(lang) == "rtl" else ", ").join(words)
    return reason_json(Reason(reason.code, params, reason.subjects), lang)


def _task(answer: PlanAnswer, planned: Planned, lang: str) -> dict[str, Any]:
    task, setting = planned.task, answer.setting
    site = setting.sites[task.site]
    return {
        "area_id": site.area_id,
        "name": site.name,
        "rank": planned.rank,
        "start": _day(answer, task.start_day),
        "end": _day(answer, task.end_day - 1),
        "team": setting.teams[task.team].team_id,
        "area_m2": round(site.area_m2, 1),
        "district": site.district,
        "reasons": [told_json(reason, lang) for reason in planned.reasons],
        "criteria": {name: round(value, 3) for name, value in planned.criteria.items() if value},
        "contamination": _contamination(site.contamination),
    }


def _contamination(found: Contamination) -> dict[str, Any]:
    m2 = found.contaminated_m2
    return {
        "basis": found.basis,
        "p_contaminated": _range(found.p_contaminated, 6),
        "contaminated_m2": None if m2 is None else _range(m2, 1),
    }


def _pin(answer: PlanAnswer, area: str) -> dict[str, Any]:
    pin = answer.setting.pins[area]
    return {
        "area_id": area,
        "reason": pin.reason,
        "by": pin.by,
        "rank": pin.rank,
        "team": pin.team_id,
        "exclude": pin.exclude,
        "answers": dict(pin.answers),
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "averted": _range(outcome.averted, 1),
        "borne": _range(outcome.borne, 1),
        "casualties": _range(outcome.casualties, 4),
        "person_days": {
            name: round(days) for name, days in zip(SERVICES, outcome.person_days, strict=True)
        },
        "done_m2": round(outcome.done_m2, 1),
    }


def _range(figure: Range, digits: int) -> dict[str, float]:
    return {
        "low": round(figure.low, digits),
        "mid": round(figure.mid, digits),
        "high": round(figure.high, digits),
    }


def _share(share: Share) -> dict[str, Any]:
    return {
        "district": share.district,
        "borne": round(share.borne, 1),
        "averted": round(share.averted, 1),
        "relieved": round(share.relieved, 4),
    }


def _forecast(answer: PlanAnswer, forecast: Forecast) -> dict[str, Any]:
    days = [None if day is None else _day(answer, day - 1) for day in forecast.done_days]
    planned = forecast.planned_day
    return {
        "district": forecast.name,
        "area_m2": round(forecast.area_m2, 1),
        "sites": forecast.n_sites,
        "left": forecast.n_left,
        "planned": None if planned is None else _day(answer, max(0, planned - 1)),
        "done_by": dict(zip(("tenth", "half", "nine_tenths"), days, strict=True)),
        "m2_per_day": round(forecast.m2_per_day, 1),
        "contaminated_m2": None
        if forecast.contaminated_m2 is None
        else _range(forecast.contaminated_m2, 1),
        "mapped": forecast.n_mapped,
    }


def _robust(found: Robust) -> dict[str, Any]:
    names = ("tenth", "half", "nine_tenths")
    return {
        "averted": dict(zip(names, (round(each, 1) for each in found.averted), strict=True)),
        "harm_first": dict(zip(names, (round(each, 1) for each in found.harm_first), strict=True)),
        "no_less_share": round(found.better_share, 4),
        "runs": found.n_runs,
    }


def _change(change: Change, lang: str) -> dict[str, Any]:
    params: dict[str, str | int] = {"team": change.team_id or ""}
    reason = Reason(f"plan.change.{change.kind}", params)
    return {
        "kind": change.kind,
        "team": change.team_id,
        "averted": round(change.averted, 1),
        "days_sooner": change.days,
        "text": told_json(reason, lang)["text"],
    }


def _what_if(answer: PlanAnswer, row: WhatIf, lang: str) -> dict[str, Any]:
    worst = row.outcome.worst_served
    return {
        "name": row.name,
        "text": text(f"plan.what-if.{row.name}", {}, lang) if row.name in _OWN else row.name,
        "tasks": row.n_tasks,
        "last": None if row.last_day is None else _day(answer, row.last_day - 1),
        "outcome": _outcome(row.outcome),
        "worst_served": None if worst is None else _share(worst),
    }


def _day(answer: PlanAnswer, day: int) -> str:
    return date.fromordinal(answer.setting.first_ordinal + max(0, day)).isoformat()


def kept_from(data: bytes, first_ordinal: int, n_frozen: int) -> list[Kept]:
    """Returns the tasks of an earlier plan that stand on a day.

    Teams that were to be at work by then stay at it, and what begins within the frozen days stands.

    Args:
        data: the JSON of the earlier plan.
        first_ordinal: the day.
        n_frozen: how many days from it on stay as they are.

    Raises:
        InvalidInput: no plan; every task that cannot be read is told.
    """
    document = strict_json(data, levels=_LEVELS, most_bytes=TABLE_BYTES)
    tasks = document.get("tasks") if isinstance(document, dict) else None
    if not isinstance(tasks, list):
        raise InvalidInput(Fault("wire.plan.shape", "tasks"))
    faults: list[Fault] = []
    found: list[Kept] = []
    for at, told in enumerate(tasks):
        task = told if isinstance(told, dict) else {}
        area, team, start = task.get("area_id"), task.get("team"), ordinal_of(task.get("start"))
        if not isinstance(area, str) or not isinstance(team, str) or start is None:
            faults.append(Fault("wire.plan.task", f"tasks[{at}]", at + 1))
        else:
            found.append(Kept(area, team, start - first_ordinal))
    if faults:
        raise InvalidInput(faults)
    return standing(found, 0, n_frozen)
