"""What to do next in each area, as plain JSON values with its words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from rafiqa.land import Reason
from rafiqa.risk.worth import Costs, SurveyPower, Visit
from rafiqa.wire.answer import reason_json

METHOD = "value of information per hectare; probability of the class, or as stated for the area"


def worth_json(
    visits: Sequence[Visit], costs: Costs, power: SurveyPower, lang: str
) -> dict[str, Any]:
    """Returns what to do next, what saves most first, with the costs that it rests on."""
    return {
        "areas": [_visit(each, lang) for each in visits],
        "reasons": [reason_json(Reason("risk.worth.orders-only"), lang)],
        "costs": {
            "clear_per_ha": costs.clear,
            "survey_per_ha": costs.survey,
            "leave_per_ha": costs.leave,
            "sensitivity": power.sensitivity,
            "specificity": power.specificity,
        },
        "method": METHOD,
    }


def _visit(each: Visit, lang: str) -> dict[str, Any]:
    found = each.worth
    return {
        "area_id": each.area_id,
        "class": each.class_,
        "choice": found.choice,
        "p_contaminated": _four(each.p_contaminated),
        "p_stated": each.stated,
        "hectares": round(each.hectares, 4),
        "net_value_per_ha": round(found.net_value, 4),
        "saves": round(each.saves, 4),
        "p_after_sign": round(found.p_after_sign, 4),
        "p_after_none": _four(found.p_after_none),
        "survey_pays_from_p": found.from_p,
        "survey_pays_until_p": found.until_p,
        "holds": each.holds,
        "reasons": [reason_json(reason, lang) for reason in _reasons(each)],
    }


def _reasons(each: Visit) -> Iterator[Reason]:
    found, subjects = each.worth, (each.area_id,)
    params: dict[str, str | int] = {
        "area": each.area_id,
        "percent": _percent(each.p_contaminated),
        "turning_percent": _percent(found.turning_p),
        "from_percent": _percent(found.from_p or 0.0),
        "until_percent": _percent(found.until_p or 0.0),
        "value": f"{found.net_value:,.2f}",
        "sign_percent": _percent(found.p_after_sign),
        "none_percent": _percent(found.p_after_none),
    }
    if found.choice == "survey":
        yield Reason("risk.worth.survey", params, subjects)
        yield Reason("risk.worth.after", params, subjects)
    elif found.choice == "clear":
        yield Reason("risk.worth.clear", params, subjects)
    else:
        yield Reason("risk.worth.watch", params, subjects)
    if found.from_p is None:
        yield Reason("risk.worth.never-pays", params, subjects)
    if each.stated:
        yield Reason("risk.worth.stated", params, subjects)
    else:
        yield Reason(
            "risk.worth.of-class", {**params, "class": each.class_, "n": each.n_results}, subjects
        )
    if not each.holds:
        yield Reason("risk.worth.turns", params, subjects)


def _percent(chance: float) -> str:
    """Returns percent to one decimal: what lies between whole ones turns the choice here.

    What may be is never told as 0.0, however unlikely: that would read as an all-clear.
    """
    told = math.floor(chance * 1_000 + 0.5) / 10
    return f"{max(told, 0.1) if chance > 0 else 0.0:.1f}"


def _four(chance: float) -> float:
    """Returns a probability to four digits; one that is not 0 is not told as 0."""
    return max(round(chance, 4), 0.0001) if chance > 0 else 0.0
